#include "quantum/simulator/sweep_compiler.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "core/constants.h"
#include "quantum/simulator/bits.h"
#include "quantum/simulator/window_choice.h"

namespace quanta::quantum {
namespace {

template <class Visit>
void for_each_bit(std::uint64_t mask, const Visit& visit) {
  for (; mask != 0; mask &= mask - 1) visit(static_cast<unsigned>(std::countr_zero(mask)));
}

template <class Real>
void push(AlignedVector<Real>& table, double value) {
  table.push_back(static_cast<Real>(value));
}

}  // namespace

template <class Real>
SweepCompiler<Real>::SweepCompiler(const ElementList& list, PendingDiagonal& pending,
                                   std::span<const unsigned> position, std::uint64_t window,
                                   std::uint64_t always, unsigned lane_bits, unsigned register_bits)
    : list_(list),
      pending_(pending),
      lane_bits_(lane_bits),
      register_bits_(register_bits),
      window_(window),
      always_(always),
      local_(position.size()),
      block_bit_(position.size()) {
  std::vector<unsigned> qubit_at(position.size());
  for (unsigned q = 0; q < position.size(); ++q) qubit_at[position[q]] = q;
  for (unsigned p = 0; p < qubit_at.size(); ++p) {
    const unsigned q = qubit_at[p];
    if ((window >> q & 1) != 0) {
      local_[q] = static_cast<unsigned>(qubits_.size());
      qubits_.push_back(q);
      sweep_.from.push_back(p);
    } else {
      block_bit_[q] = static_cast<unsigned>(sweep_.outer.size());
      sweep_.outer.push_back(p);
    }
  }
}

template <class Real>
auto SweepCompiler<Real>::places(std::uint64_t qubits) const -> Places {
  Places result;
  for_each_bit(qubits, [&](unsigned q) {
    if ((window_ >> q & 1) == 0) {
      result.block |= bit(block_bit_[q]);
    } else if (local_[q] < lane_bits_) {
      result.lanes |= 1U << local_[q];
    } else if (const unsigned r = register_of(local_[q]); r < register_bits_) {
      result.registers |= 1U << r;
    } else {
      result.vectors |= bit(local_[q] - lane_bits_);
    }
  });
  return result;
}

/// Which register bit a local bit is; register_bits_ where it is none.
template <class Real>
unsigned SweepCompiler<Real>::register_of(unsigned local) const {
  const auto found = std::ranges::find(registers_, local);
  return found == registers_.end() ? register_bits_
                                   : static_cast<unsigned>(found - registers_.begin());
}

template <class Real>
std::uint64_t SweepCompiler<Real>::lanes_mask() const {
  std::uint64_t mask = 0;
  for (unsigned l = 0; l < lane_bits_; ++l) mask |= bit(qubits_[l]);
  return mask;
}

template <class Real>
void SweepCompiler<Real>::push_step(PlannedStep<Real> step) {
  sweep_.steps.push_back(std::move(step));
  ++sweep_.operations.back().n_steps;
}

// ---- choosing tiles ----

template <class Real>
void SweepCompiler<Real>::apply(std::span<const std::uint32_t> ids) {
  std::vector<std::uint32_t> waiting(ids.begin(), ids.end());
  while (!waiting.empty()) {
    const Element& first = list_.elements[waiting.front()];
    if (!fits_tile(first)) {
      if (first.kind == Element::Kind::kMatrix) {
        clear_lanes(waiting);
        apply_matrix(first);
      } else if (first.kind == Element::Kind::kRead) {
        apply_whole_reading(first);
      } else {
        apply_pauli(first);
      }
      tiles_open_ = 0;
      waiting.erase(waiting.begin());
      continue;
    }
    // The tiles' lanes are exchanged at the end of the program before, so some of its qubits stay.
    const std::uint64_t set = choose_set(
        list_.elements, std::span(waiting).first(std::min<std::size_t>(waiting.size(), 1024)),
        {.universe = window_,
         .size = lane_bits_ + register_bits_,
         .keep_from = tiles_open_ != 0 ? tiles_open_ & ~always_ : lanes_mask(),
         .keep_count = lane_bits_,
         .prefer = lanes_mask(),
         .tiles = true,
         .always = always_});
    std::uint64_t ready = set & tiles_open_ & ~lanes_mask() & ~always_;
    for (unsigned l = 0; l < lane_bits_; ++l) {
      if ((set >> qubits_[l] & 1) != 0) continue;
      exchange_lane(l, static_cast<unsigned>(std::countr_zero(ready)));
      ready &= ready - 1;
    }
    begin_tiles(set);
    Gatekeeper gate(set);
    std::vector<std::uint32_t> left;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      const Element& element = list_.elements[waiting[i]];
      if (gate.closed()) {
        left.insert(left.end(), waiting.begin() + static_cast<std::ptrdiff_t>(i), waiting.end());
        break;
      }
      if (!gate.admit(element, fits_tile(element))) {
        left.push_back(waiting[i]);
      } else if (element.kind == Element::Kind::kPhase) {
        pending_.multiply(element.watched, element.angle);
      } else if (element.kind == Element::Kind::kRead && element.mixed == 0) {
        diagonals_.push_back(waiting[i]);
        diagonal_watched_ |= element.watched;
      } else if (element.kind == Element::Kind::kRead) {
        apply_reading(element);
      } else {
        apply_turn(element);
      }
    }
    read_diagonals();
    waiting = std::move(left);
  }
}

/// The lanes, the given qubits and others until a tile is full.
template <class Real>
std::uint64_t SweepCompiler<Real>::any_tile(std::uint64_t set) const {
  set |= lanes_mask() | always_;
  for (std::size_t l = qubits_.size(); l-- > 0;) {
    if (static_cast<unsigned>(std::popcount(set)) < lane_bits_ + register_bits_) {
      set |= bit(qubits_[l]);
    }
  }
  return set;
}

/// A new tile program whose tiles are the lanes and the other qubits of the set.
template <class Real>
void SweepCompiler<Real>::begin_tiles(std::uint64_t set) {
  registers_.clear();
  for (unsigned l = lane_bits_; l < qubits_.size(); ++l) {
    if ((set >> qubits_[l] & 1) != 0) registers_.push_back(l);
  }
  assert(registers_.size() == register_bits_);
  tiles_open_ = set;
  BlockOperation<Real> tiles{.kind = BlockOperation<Real>::Kind::kTiles,
                             .first_step = sweep_.steps.size()};
  for (unsigned r = 0; r < register_bits_; ++r) tiles.registers[r] = registers_[r] - lane_bits_;
  sweep_.operations.push_back(std::move(tiles));
}

/// Exchanges the lane's qubit with another one of the tile program.
template <class Real>
void SweepCompiler<Real>::exchange_lane(unsigned lane, unsigned qubit) {
  const unsigned r = register_of(local_[qubit]);
  assert(r < register_bits_);
  push_step({.step = {.code = StepCode{register_bits_}.exchange(r, lane)}});
  const unsigned other = qubits_[lane];
  std::swap(local_[qubit], local_[other]);
  std::swap(qubits_[lane], qubits_[local_[other]]);
}

template <class Real>
void SweepCompiler<Real>::arrange_lanes(std::span<const unsigned> wanted) {
  const auto placed = [&] {
    return std::ranges::equal(wanted, std::span(qubits_).first(lane_bits_));
  };
  if (placed()) return;
  // A program over the lanes, the wanted qubits and one more to put a lane's qubit aside.
  std::uint64_t set = 0;
  for (const unsigned q : wanted) set |= bit(q);
  set = any_tile(set);
  if ((set & ~tiles_open_) != 0) begin_tiles(set);
  for (unsigned l = 0; l < lane_bits_; ++l) {
    if (qubits_[l] == wanted[l]) continue;
    if (const unsigned from = local_[wanted[l]]; from < lane_bits_) {
      const auto aside = std::ranges::find_if(registers_, [&](unsigned local) {
        return (always_ >> qubits_[local] & 1) == 0 &&
               std::ranges::find(wanted, qubits_[local]) == wanted.end();
      });
      exchange_lane(from, qubits_[*aside]);
    }
    exchange_lane(l, wanted[l]);
  }
  assert(placed());
}

/// Puts qubits into the lanes that the matrix in front does not know and the next ones need last:
/// a matrix on lanes is several times slower. Where there are too few qubits it stays so.
template <class Real>
void SweepCompiler<Real>::clear_lanes(std::span<const std::uint32_t> waiting) {
  constexpr std::size_t kAhead = 64;
  const Element& matrix = list_.elements[waiting.front()];
  const std::uint64_t used = matrix.mixed | matrix.watched;
  if ((lanes_mask() & used) == 0) return;
  std::vector<std::size_t> next_use(local_.size(), kAhead);
  for (std::size_t i = std::min(waiting.size(), kAhead); i-- > 0;) {
    const Element& element = list_.elements[waiting[i]];
    if (element.kind != Element::Kind::kMatrix) continue;
    for_each_bit(element.mixed | element.watched, [&](unsigned q) { next_use[q] = i; });
  }
  std::vector<unsigned> others;
  for (const unsigned q : std::span(qubits_).subspan(lane_bits_)) {
    if (((used | always_) >> q & 1) == 0) others.push_back(q);
  }
  std::ranges::stable_sort(others, std::ranges::greater(), [&](unsigned q) { return next_use[q]; });
  std::vector<unsigned> wanted = lane_qubits();
  for (unsigned& q : wanted) {
    if ((used >> q & 1) == 0 || others.empty()) continue;
    q = others.front();
    others.erase(others.begin());
  }
  arrange_lanes(wanted);
}

// ---- turns ----

/// What a'(w) = f (a(w) + k(w) a(w ^ x)), or the cotangent form, needs, with k(w) = value (times i
/// if imaginary) (-1)^{|w & z|}. f and the diagonal that is left go to the sweep's factor and D.
template <class Real>
auto SweepCompiler<Real>::coefficient(const Element& element) -> Coefficient {
  const PendingDiagonal::Pauli pauli = pending_.conjugated(element.mixed, element.z);
  // exp(-i t/2 P) a = cos(t/2) a - i sin(t/2) P a.
  const unsigned quarters = (pauli.quarters + 3) & 3;
  double c = std::cos(element.angle / 2);
  double s = std::sin(element.angle / 2);
  // Quarter turns exactly, so that what has to cancel does.
  if (std::abs(c) < kNoise) c = 0.0;
  if (std::abs(std::abs(s) - std::abs(c)) < kNoise) {
    c = std::copysign(std::numbers::sqrt2 / 2, c);
    s = std::copysign(std::numbers::sqrt2 / 2, s);
  }
  Coefficient k{.imaginary = (quarters & 1) != 0, .cotangent = std::abs(s) > std::abs(c)};
  k.z = pauli.z;
  if (!k.cotangent) {
    k.value = quarters < 2 ? s / c : -s / c;
    scale_ *= c;
    return k;
  }
  // s i^quarters (-1)^{…} (a(w ^ x) + c/s i^-quarters (-1)^{…} a(w))
  k.value = quarters == 0 || quarters == 3 ? c / s : -c / s;
  scale_ *= s;
  quarters_ += quarters;
  for_each_bit(k.z, [&](unsigned q) { pending_.multiply(bit(q), kPi); });
  return k;
}

template <class Real>
void SweepCompiler<Real>::push_turn_table(const Coefficient& k, unsigned lane_signs) {
  for (const double sign : {1.0, -1.0, 1.0}) {
    for (unsigned lane = 0; lane < 1U << lane_bits_; ++lane) {
      const double value = odd(lane & lane_signs) ? -sign * k.value : sign * k.value;
      push(sweep_.tables, k.imaginary ? -value : value);
      push(sweep_.tables, value);
    }
  }
}

/// Brings the amplitudes in memory back from the edge of the range of Real.
template <class Real>
void SweepCompiler<Real>::keep_scale_in_range() {
  // The amplitudes in memory are 1 / scale_ times what they stand for.
  constexpr int kLeast = std::numeric_limits<Real>::min_exponent / 2;
  if (std::ilogb(scale_) > kLeast) return;
  if (tiles_open_ == 0) begin_tiles(any_tile());
  const int exponent = std::ilogb(scale_);
  push_step({.step = {.code = StepCode{register_bits_}.scale()}, .table = sweep_.tables.size()});
  push(sweep_.tables, std::ldexp(1.0, exponent));
  sweep_.tables.resize((sweep_.tables.size() + kCacheLine - 1) / kCacheLine * kCacheLine);
  scale_ = std::ldexp(scale_, -exponent);
}

template <class Real>
void SweepCompiler<Real>::apply_turn(const Element& element) {
  if ((element.mixed & diagonal_watched_) != 0) read_diagonals();
  const auto q = static_cast<unsigned>(std::countr_zero(element.mixed));
  apply_phase_of(q);
  const Coefficient k = coefficient(element);
  const Places z = places(k.z);
  const StepCode code{register_bits_};
  PlannedStep<Real> step{.table = sweep_.tables.size(), .block_sign = z.block};
  step.step.mask = static_cast<std::uint32_t>(z.vectors);
  if (local_[q] < lane_bits_) {
    step.step.code = code.lane_turn(z.registers, k.cotangent, k.imaginary);
    step.step.flip = 2U << local_[q] | unsigned{k.imaginary && !k.cotangent};
  } else {
    step.step.code = code.turn(register_of(local_[q]), z.registers, k.cotangent);
  }
  push_turn_table(k, z.lanes);
  push_step(std::move(step));
  keep_scale_in_range();
}

template <class Real>
void SweepCompiler<Real>::apply_pauli(const Element& element) {
  for_each_bit(element.mixed, [&](unsigned q) {
    if (pending_.has_phase(q)) apply_pending(bit(q));
  });
  const Coefficient k = coefficient(element);
  registers_.clear();
  const Places x = places(element.mixed);
  const Places z = places(k.z);
  BlockOperation<Real> operation{.kind = BlockOperation<Real>::Kind::kPauli,
                                 .table = sweep_.tables.size(),
                                 .block_sign = z.block};
  operation.pauli = {.vector_x = x.vectors,
                     .lane_x = x.lanes,
                     .sign = z.vectors,
                     .cotangent = k.cotangent,
                     .imaginary = k.imaginary};
  push_turn_table(k, z.lanes);
  sweep_.operations.push_back(std::move(operation));
  tiles_open_ = 0;
  keep_scale_in_range();
}

// ---- readings ----

/// Applies the phases that it cannot pass, and enters it; of the rest of D it sees signs alone.
template <class Real>
PendingDiagonal::Pauli SweepCompiler<Real>::begin_reading(const Element& element) {
  const PauliString& string = list_.readings[element.index].string;
  const PendingDiagonal::Pauli pauli = pending_.conjugated(string.x, string.z);
  // Im i^quarters c is Im c, Re c, -Im c, -Re c; both states are 1 / scale_ of what they stand for.
  const double sign = (pauli.quarters & 2) == 0 ? 1.0 : -1.0;
  sweep_.readings.push_back({.index = element.index, .factor = sign * scale_ * scale_});
  return pauli;
}

template <class Real>
void SweepCompiler<Real>::apply_reading(const Element& element) {
  if (element.mixed != 0) apply_phase_of(static_cast<unsigned>(std::countr_zero(element.mixed)));
  const PendingDiagonal::Pauli pauli = begin_reading(element);
  const bool imaginary = (pauli.quarters & 1) == 0;
  const Places x = places(element.mixed);
  const Places z = places(pauli.z);
  const StepCode code{register_bits_};
  PlannedStep<Real> step{
      .table = sweep_.tables.size(), .block_sign = z.block, .reading = sweep_.readings.size() - 1};
  step.step.mask = static_cast<std::uint32_t>(z.vectors);
  step.step.signs = z.registers;
  if (element.mixed == 0) {
    step.step.code = code.diagonal_reading();
  } else if (x.registers != 0) {
    const auto r = static_cast<unsigned>(std::countr_zero(x.registers));
    step.step.code = code.reading(r, imaginary);
  } else {
    step.step.code = code.lane_reading();
    step.step.flip = 2 * x.lanes | unsigned{imaginary};
  }
  push_turn_table({.value = imaginary ? -1.0 : 1.0, .imaginary = imaginary}, z.lanes);
  push_step(std::move(step));
}

/// Those of the tile program that wait: until a turn mixes a qubit that one of them looks at they
/// stay the same, and phases, which both states share, never change them.
template <class Real>
void SweepCompiler<Real>::read_diagonals() {
  if (diagonals_.empty()) return;
  push_step({.step = {.code = StepCode{register_bits_}.products()}});
  for (const std::uint32_t id : diagonals_) apply_reading(list_.elements[id]);
  diagonals_.clear();
  diagonal_watched_ = 0;
}

template <class Real>
void SweepCompiler<Real>::apply_whole_reading(const Element& element) {
  for_each_bit(element.mixed, [&](unsigned q) {
    if (pending_.has_phase(q)) apply_pending(bit(q));
  });
  const PendingDiagonal::Pauli pauli = begin_reading(element);
  const bool imaginary = (pauli.quarters & 1) == 0;
  registers_.clear();
  const Places x = places(element.mixed);
  const Places z = places(pauli.z);
  const Places mask = places(list_.readings[element.index].control_mask);
  const Places value = places(list_.readings[element.index].control_value);
  BlockOperation<Real> operation{.kind = BlockOperation<Real>::Kind::kReading,
                                 .table = sweep_.tables.size(),
                                 .block_mask = mask.block,
                                 .block_value = value.block,
                                 .block_sign = z.block,
                                 .reading_number = sweep_.readings.size() - 1};
  operation.reading = {.vector_x = x.vectors,
                       .flip = 2 * x.lanes | unsigned{imaginary},
                       .sign = z.vectors,
                       .control_mask = mask.vectors,
                       .control_value = value.vectors};
  push_turn_table({.value = imaginary ? -1.0 : 1.0, .imaginary = imaginary}, z.lanes);
  for (std::size_t i = operation.table; i < sweep_.tables.size(); ++i) {
    const auto lane = static_cast<unsigned>(i - operation.table) / 2 % (1U << lane_bits_);
    if ((lane & mask.lanes) != value.lanes) sweep_.tables[i] = 0;
  }
  sweep_.operations.push_back(std::move(operation));
}

// ---- phases ----

/// Applies the phases of a qubit that a turn cannot pass.
template <class Real>
void SweepCompiler<Real>::apply_phase_of(unsigned qubit) {
  const PendingDiagonal::Phase phase = pending_.take_phase(qubit);
  if (phase.empty()) return;
  const unsigned local = local_[qubit];
  const bool in_lanes = local < lane_bits_;
  const unsigned r = in_lanes ? register_bits_ : register_of(local);
  std::vector<double> lane_angles(lane_bits_);
  std::vector<double> register_angles(register_bits_);
  bool each = false;
  PlannedStep<Real> step;
  for (const QubitAngle& other : phase.others) {
    const Places at = places(bit(other.qubit));
    if (at.lanes != 0) {
      lane_angles[std::countr_zero(at.lanes)] = other.angle;
    } else if (at.registers != 0) {
      register_angles[std::countr_zero(at.registers)] = other.angle;
      each = true;
    } else if (at.vectors != 0) {
      step.vector_angles.push_back(
          {static_cast<unsigned>(std::countr_zero(at.vectors)), other.angle});
    } else {
      step.block_angles.push_back({static_cast<unsigned>(std::countr_zero(at.block)), other.angle});
    }
  }
  step.outer = !step.vector_angles.empty() || !step.block_angles.empty();

  const unsigned n_lanes = 1U << lane_bits_;
  const auto counts = [&](unsigned lane) { return !in_lanes || (lane >> local & 1) != 0; };
  const auto push_factors = [&](double base, bool with_others, unsigned reg) {
    std::vector<Amplitude> factors;
    for (unsigned lane = 0; lane < n_lanes; ++lane) {
      double angle = base;
      for (unsigned l = 0; with_others && l < lane_bits_; ++l) {
        angle += (lane >> l & 1) != 0 ? lane_angles[l] : 0;
      }
      for (unsigned b = 0; with_others && b < register_bits_; ++b) {
        angle += (reg >> b & 1) != 0 ? register_angles[b] : 0;
      }
      factors.push_back(counts(lane) ? std::polar(1.0, angle) : 1.0);
    }
    for (const Amplitude& f : factors) push(sweep_.tables, f.real()), push(sweep_.tables, f.real());
    for (const Amplitude& f : factors)
      push(sweep_.tables, -f.imag()), push(sweep_.tables, f.imag());
  };
  const StepCode code{register_bits_};
  if (each) {
    PlannedStep<Real> first{.step = {.code = code.phase(r, PhaseForm::kEach)},
                            .table = sweep_.tables.size()};
    for (unsigned reg = 0; reg < 1U << register_bits_; ++reg) {
      if (in_lanes || (reg >> r & 1) != 0) push_factors(phase.angle, true, reg);
    }
    push_step(std::move(first));
    if (!step.outer) return;
  }
  step.table = sweep_.tables.size();
  step.step.code = code.phase(r, step.outer ? PhaseForm::kOuter : PhaseForm::kSame);
  if (in_lanes && step.outer) {
    for (const bool one : {false, true}) {
      for (unsigned lane = 0; lane < n_lanes; ++lane) {
        push(sweep_.tables, counts(lane) == one ? 1.0 : 0.0);
        push(sweep_.tables, counts(lane) == one ? 1.0 : 0.0);
      }
    }
  }
  push_factors(each ? 0.0 : phase.angle, !each, 0);
  push_step(std::move(step));
}

template <class Real>
void SweepCompiler<Real>::apply_pending(std::uint64_t mask) {
  const PendingDiagonal::Everything all = pending_.take(mask);
  if (all.empty()) return;
  const auto in_window = [&](unsigned q) { return (window_ >> q & 1) != 0; };
  PlannedDiagonal diagonal;
  for (const QubitAngle& single : all.singles) {
    if (in_window(single.qubit)) {
      diagonal.local.push_back({local_[single.qubit], single.angle});
    } else {
      diagonal.block.push_back({block_bit_[single.qubit], single.angle});
    }
  }
  // pairs[a][b]: both in the block, a > b.
  std::vector<std::vector<BitAngle>> pairs(qubits_.size());
  for (const PairAngle& pair : all.pairs) {
    unsigned a = pair.first;
    unsigned b = pair.second;
    if (!in_window(a)) std::swap(a, b);
    if (!in_window(a)) {
      diagonal.block_block.push_back({block_bit_[a], {block_bit_[b], pair.angle}});
    } else if (!in_window(b)) {
      diagonal.local_block.push_back({local_[a], {block_bit_[b], pair.angle}});
    } else {
      const unsigned high = std::max(local_[a], local_[b]);
      pairs[high].push_back({std::min(local_[a], local_[b]), pair.angle});
      diagonal.has_table = true;
    }
  }
  if (diagonal.has_table) {
    // The factor of w with highest bit b is that of w without b times those of b's pairs; the
    // latter, over the bits below b, grow in the same way.
    diagonal.table = sweep_.tables.size();
    std::vector<Amplitude> table = {1.0};
    for (const std::vector<BitAngle>& of_bit : pairs) {
      std::vector<Amplitude> factors = {1.0};
      for (unsigned lower = 0; (std::size_t{1} << lower) < table.size(); ++lower) {
        double angle = 0.0;
        for (const BitAngle& pair : of_bit) angle += pair.bit == lower ? pair.angle : 0.0;
        const Amplitude factor = std::polar(1.0, angle);
        const std::size_t n = factors.size();
        for (std::size_t i = 0; i < n; ++i) factors.push_back(factors[i] * factor);
      }
      const std::size_t n = table.size();
      for (std::size_t i = 0; i < n; ++i) table.push_back(table[i] * factors[i]);
    }
    for (const Amplitude& factor : table) {
      push(sweep_.tables, factor.real());
      push(sweep_.tables, factor.imag());
    }
  }
  sweep_.operations.push_back(
      {.kind = BlockOperation<Real>::Kind::kDiagonal, .diagonal = std::move(diagonal)});
  tiles_open_ = 0;
}

// ---- matrices ----

template <class Real>
void SweepCompiler<Real>::apply_matrix(const Element& element) {
  if (element.mixed != 0) apply_pending(element.mixed);
  const ControlledMatrix& matrix = list_.matrices[element.index];
  registers_.clear();
  const Places mask = places(matrix.control_mask);
  const Places value = places(matrix.control_value);
  BlockOperation<Real> operation{.kind = BlockOperation<Real>::Kind::kMatrix,
                                 .table = sweep_.tables.size(),
                                 .block_mask = mask.block,
                                 .block_value = value.block};
  operation.matrix.lane_mask = places(element.mixed).lanes;
  operation.matrix.control_mask = mask.vectors;
  operation.matrix.control_value = value.vectors;
  std::vector<std::size_t> high;                        // operand number of each row bit
  std::vector<std::pair<unsigned, std::size_t>> lanes;  // lane bit, operand number
  for (std::size_t j = 0; j < matrix.operands.size(); ++j) {
    const unsigned local = local_[matrix.operands[j]];
    if (local < lane_bits_) {
      lanes.emplace_back(local, j);
    } else {
      operation.matrix.high[high.size()] = local - lane_bits_;
      high.push_back(j);
    }
  }
  operation.matrix.n_high = static_cast<unsigned>(high.size());
  const std::size_t size = std::size_t{1} << matrix.operands.size();
  // The index in the matrix of row (or column) bits and a lane.
  const auto index = [&](std::size_t row, unsigned lane) {
    std::size_t result = 0;
    for (std::size_t j = 0; j < high.size(); ++j) result |= (row >> j & 1) << high[j];
    for (const auto& [l, j] : lanes) result |= std::size_t{lane >> l & 1} << j;
    return result;
  };
  const unsigned n_lanes = 1U << lane_bits_;
  const unsigned lane_mask = operation.matrix.lane_mask;
  const std::size_t rows = std::size_t{1} << high.size();
  const std::size_t group = std::min<std::size_t>(rows, 4);
  const auto factor = [&](std::size_t row, std::size_t column, unsigned flip, unsigned lane) {
    if ((lane & mask.lanes) != value.lanes) {
      return row == column && flip == 0 ? Amplitude(1.0) : Amplitude(0.0);
    }
    return matrix.entries[index(row, lane) * size + index(column, lane ^ flip)];
  };
  operation.matrix.vector_factors = lane_mask != 0 || mask.lanes != 0;
  if (!operation.matrix.vector_factors) {
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t column = 0; column < rows; ++column) {
        push(sweep_.tables, factor(row, column, 0, 0).real());
        push(sweep_.tables, factor(row, column, 0, 0).imag());
      }
    }
    sweep_.tables.resize((sweep_.tables.size() + kCacheLine - 1) / kCacheLine * kCacheLine);
    sweep_.operations.push_back(std::move(operation));
    return;
  }
  for (std::size_t first = 0; first < rows; first += group) {
    for (std::size_t column = 0; column < rows; ++column) {
      unsigned flip = 0;
      do {
        for (std::size_t row = first; row < first + group; ++row) {
          for (unsigned lane = 0; lane < n_lanes; ++lane) {
            const double re = factor(row, column, flip, lane).real();
            push(sweep_.tables, re);
            push(sweep_.tables, re);
          }
          for (unsigned lane = 0; lane < n_lanes; ++lane) {
            const double im = factor(row, column, flip, lane).imag();
            push(sweep_.tables, -im);
            push(sweep_.tables, im);
          }
        }
        flip = (flip - lane_mask) & lane_mask;
      } while (flip != 0);
    }
  }
  sweep_.operations.push_back(std::move(operation));
}

// ---- the end ----

template <class Real>
Sweep<Real> SweepCompiler<Real>::finish(std::span<const unsigned> new_position,
                                        Amplitude factor) && {
  for (const unsigned q : qubits_) sweep_.to.push_back(new_position[q]);
  static constexpr Amplitude kPowers[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
  sweep_.factor = factor * scale_ * kPowers[quarters_ & 3];
  return std::move(sweep_);
}

template class SweepCompiler<float>;
template class SweepCompiler<double>;

}  // namespace quanta::quantum
