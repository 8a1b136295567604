#include "quantum/simulator/rotation_passes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>

#include "quantum/simulator/aligned_array.h"
#include "quantum/simulator/kernels.h"

namespace quanta::quantum {
namespace {

/// A state of so many qubits is one block: 256 kB in double precision.
constexpr unsigned kOneWindow = 14;
/// Qubits of the second window where the first need not grow for it.
constexpr unsigned kSecondWindow = 9;
/// Bytes of neighbours that a row of the second window's blocks has, and of the gap.
constexpr std::size_t kRowBytes = 512;
/// Amplitudes in a parallel chunk, about.
constexpr unsigned kChunkBits = 16;

/// Bits first … first + n - 1.
struct BitGroup {
  unsigned first;
  unsigned n;
};

/// [from, to) in groups of at most `most`, as even as they get.
std::vector<BitGroup> groups_of(unsigned from, unsigned to, unsigned most) {
  std::vector<BitGroup> groups;
  unsigned n_groups = (to - from + most - 1) / most;
  for (; n_groups > 0; --n_groups) {
    const unsigned n = (to - from + n_groups - 1) / n_groups;
    groups.push_back({from, n});
    from += n;
  }
  return groups;
}

/// Chunks in their order, each with as many as there are dots.
void add_parts(std::span<const StepDots> parts, std::span<StepDots> dots) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    StepDots& to = dots[i % dots.size()];
    to.before += parts[i].before;
    to.diagonal += parts[i].diagonal;
    to.after += parts[i].after;
  }
}

double squared_cosine(double tangent) { return 1.0 / (1.0 + tangent * tangent); }

/// The polynomial as a function of the local bits where the others, `fixed`, are as in `block`.
void local_fields(const PhasePolynomial& p, std::span<const unsigned> fixed, std::size_t block,
                  double& base, std::vector<double>& field) {
  const std::size_t n = p.n();
  base = p.constant;
  field.assign(p.linear.begin(), p.linear.end());
  for (; block != 0; block &= block - 1) {
    const unsigned q = fixed[static_cast<std::size_t>(std::countr_zero(block))];
    base += field[q];
    const double* row = p.couplings.data() + q * n;
    for (std::size_t i = 0; i < n; ++i) field[i] += row[i];
  }
}

/// sum of the couplings among the set bits of each r, bit j standing for qubit rows[j].
std::vector<double> pair_sums(const PhasePolynomial& p, std::span<const unsigned> rows) {
  std::vector<double> sums(std::size_t{1} << rows.size());
  std::vector<double> with(sums.size() / 2 + 1);  // couplings of bit j with those of r
  for (std::size_t j = 0; j < rows.size(); ++j) {
    const std::size_t half = std::size_t{1} << j;
    with[0] = 0.0;
    for (std::size_t i = 0; i < j; ++i) {
      const double coupling = p.coupling(rows[j], rows[i]);
      const std::size_t size = std::size_t{1} << i;
      for (std::size_t r = 0; r < size; ++r) with[size + r] = with[r] + coupling;
    }
    for (std::size_t r = 0; r < half; ++r) sums[half + r] = sums[r] + with[r];
  }
  return sums;
}

/// sum over the set lanes bits of `terms`, for every lane.
void lane_sums(unsigned lane_bits, const double* terms, double* sums) {
  sums[0] = 0.0;
  for (unsigned b = 0; b < lane_bits; ++b) {
    const std::size_t half = std::size_t{1} << b;
    for (std::size_t w = 0; w < half; ++w) sums[half + w] = sums[w] + terms[b];
  }
}

}  // namespace

/// What the blocks of one pass have in common, and the tables of the block at hand.
template <class Real>
class RotationPasses<Real>::Work {
 public:
  Work(const RotationPasses& passes, const Window& window, std::span<const PassStep> steps,
       const Observable* observable, bool back)
      : kernels_(*passes.kernels_), set_(passes.set_), window_(window), back_(back) {
    const unsigned m = window.shape.row_bits;
    const unsigned most = back ? kernels_.turn_back_bits : kernels_.turn_bits;
    n_turn_ = std::min(most, m - window.first);
    groups_ = groups_of(window.first + n_turn_, m, back ? kRotateBackBits : kRotateBits);
    low_bits_ = std::max((m + 1) / 2, window.first + n_turn_);
    for (const PassStep& step : steps) {
      Step& own = steps_.emplace_back();
      if (step.before != nullptr) own.before = tangents(*step.before);
      if (step.after != nullptr) own.after = tangents(*step.after);
      if (step.phase == nullptr) continue;
      own.phase = back ? scaled(*step.phase, -1.0) : *step.phase;
      own.scale = std::sqrt(own.before.squared_cosines * own.after.squared_cosines);
      prepare_phase(own);
      if (back) {
        own.diagonal = *step.diagonal;
        prepare_diagonal(own.diagonal, own.diagonal_pairs, own.diagonal_lanes);
      }
    }
    if (observable != nullptr) {
      observable_ = *observable->diagonal;
      cap_ = observable->cap;
      prepare_diagonal(observable_, observable_pairs_, observable_lanes_);
    }
  }

  /// Tables that change from block to block; one for each thread's chunk.
  struct Tables {
    AlignedArray<Real> high;
    AlignedArray<Real> low;
    AlignedArray<double> diagonal_high;
    AlignedArray<double> diagonal_low;
    std::vector<double> field;
    std::vector<double> angles;
    std::vector<Amplitude> phases;
    std::vector<Real> scalars;
  };
  Tables make_tables() const {
    const unsigned m = window_.shape.row_bits;
    Tables tables;
    tables.high = AlignedArray<Real>(row() << (m - low_bits_));
    tables.low = AlignedArray<Real>(row() << low_bits_);
    tables.diagonal_high = AlignedArray<double>(lanes() << (m - low_bits_));
    tables.diagonal_low = AlignedArray<double>(lanes() << low_bits_);
    tables.angles.resize(lanes() + m);
    tables.phases.resize(lanes() + m);
    tables.scalars.resize(2 * std::size_t{m});
    return tables;
  }

  void forward(Real* block, std::size_t number, std::size_t next, Tables& tables) const {
    for (const Step& step : steps_) {
      if (step.before.any) {
        for (std::size_t g = groups_.size(); g-- > 0;) rotate(block, groups_[g], step.before);
      }
      PhaseFactors<Real> factors;
      if (step.phase.n() > 0) factors = phase_factors(step, number, tables);
      kernels_.turn(block, window_.shape, window_.first, n_turn_,
                    step.before.any ? &step.before.low : nullptr,
                    step.phase.n() > 0 ? &factors : nullptr,
                    step.after.any ? &step.after.low : nullptr, next);
      if (step.after.any) {
        for (const BitGroup& group : groups_) rotate(block, group, step.after);
      }
    }
  }

  /// `weight` times a dot product of the stored states is that of the true ones.
  void backward(Real* psi, Real* phi, std::size_t number, double weight, Tables& tables,
                std::span<StepDots> dots) const {
    for (std::size_t s = steps_.size(); s-- > 0;) {
      const Step& step = steps_[s];
      if (step.after.any) {
        for (std::size_t g = groups_.size(); g-- > 0;) {
          dots[s].after += weight * rotate_back(psi, phi, groups_[g], step.after);
          weight *= squared_cosines(groups_[g], step.after);
        }
      }
      PhaseFactors<Real> factors;
      DiagonalTerms terms;
      const bool has_phase = step.phase.n() > 0;
      if (has_phase) {
        factors = phase_factors(step, number, tables);
        terms =
            diagonal_terms(step.diagonal, step.diagonal_pairs, step.diagonal_lanes, number, tables);
      }
      TurnDots turned;
      kernels_.turn_back(psi, phi, window_.shape, window_.first, n_turn_,
                         step.after.any ? &step.after.low : nullptr, has_phase ? &factors : nullptr,
                         has_phase ? &terms : nullptr, step.before.any ? &step.before.low : nullptr,
                         &turned);
      if (step.after.any) {
        dots[s].after += weight * turned.before;
        weight *= low_squared_cosines(step.after);
      }
      dots[s].diagonal += weight * turned.diagonal;
      if (has_phase) weight /= step.scale * step.scale;
      if (step.before.any) {
        dots[s].before += weight * turned.after;
        weight *= low_squared_cosines(step.before);
        for (const BitGroup& group : groups_) {
          dots[s].before += weight * rotate_back(psi, phi, group, step.before);
          weight *= squared_cosines(group, step.before);
        }
      }
    }
  }

  double expectation(const Real* block, std::size_t number, Tables& tables) const {
    return kernels_.expectation(
        block, window_.shape,
        diagonal_terms(observable_, observable_pairs_, observable_lanes_, number, tables), cap_);
  }
  double observe(Real* psi, Real* phi, std::size_t number, double scale, Tables& tables) const {
    return kernels_.observe(
        psi, phi, window_.shape,
        diagonal_terms(observable_, observable_pairs_, observable_lanes_, number, tables), cap_,
        scale);
  }

 private:
  struct Tangents {
    bool any = false;
    LowRotation<Real> low = {};
    std::vector<Real> rows = {};  // of each row bit
    double squared_cosines = 1.0;
  };
  struct Step {
    Tangents before = {};
    Tangents after = {};
    PhasePolynomial phase = {};
    double scale = 1.0;                 // that the phase carries
    AlignedArray<Real> pairs = {};      // factor of each row by its couplings
    AlignedArray<Real> row_lanes = {};  // a row for each row bit: its couplings to the lanes
    PhasePolynomial diagonal = {};
    std::vector<double> diagonal_pairs = {};
    std::vector<double> diagonal_lanes = {};
  };

  std::size_t lanes() const { return std::size_t{1} << kernels_.lane_bits; }
  std::size_t row() const { return 2 * lanes(); }

  Tangents tangents(const Rotation& rotation) const {
    Tangents result{.any = true};
    result.low.any_lanes = window_.lanes;
    result.rows.resize(window_.shape.row_bits);
    const auto take = [&](Real& to, unsigned qubit) {
      to = static_cast<Real>(rotation.tangents[qubit]);
      result.squared_cosines *= squared_cosine(static_cast<double>(to));
    };
    if (window_.lanes) {
      for (unsigned b = 0; b < kernels_.lane_bits; ++b) take(result.low.lanes[b], b);
    }
    for (unsigned j = window_.first; j < window_.shape.row_bits; ++j) {
      take(result.rows[j], window_.rows[j]);
    }
    for (unsigned s = 0; s < n_turn_; ++s) result.low.rows[s] = result.rows[window_.first + s];
    return result;
  }

  void prepare_phase(Step& step) const {
    const unsigned m = window_.shape.row_bits;
    std::vector<double> angles = pair_sums(step.phase, window_.rows);
    std::vector<Amplitude> factors(angles.size(), 1.0);
    multiply_phase(set_, factors.data(), angles.data(), angles.size(), 1.0);
    step.pairs = AlignedArray<Real>(2 * factors.size());
    for (std::size_t r = 0; r < factors.size(); ++r) {
      step.pairs[2 * r] = static_cast<Real>(factors[r].real());
      step.pairs[2 * r + 1] = static_cast<Real>(factors[r].imag());
    }
    step.row_lanes = AlignedArray<Real>(row() * std::max(m, 1U));
    angles.resize(lanes());
    for (unsigned j = 0; j < m; ++j) {
      row_lane_sums(step.phase, j, angles.data());
      factors.assign(lanes(), 1.0);
      multiply_phase(set_, factors.data(), angles.data(), lanes(), 1.0);
      write_row(step.row_lanes.data() + j * row(), factors.data());
    }
  }

  void prepare_diagonal(const PhasePolynomial& diagonal, std::vector<double>& pairs,
                        std::vector<double>& row_lanes) const {
    pairs = pair_sums(diagonal, window_.rows);
    row_lanes.resize(lanes() * window_.shape.row_bits);
    for (unsigned j = 0; j < window_.shape.row_bits; ++j) {
      row_lane_sums(diagonal, j, row_lanes.data() + j * lanes());
    }
  }

  /// Couplings of row bit j with the lanes.
  void row_lane_sums(const PhasePolynomial& p, unsigned j, double* sums) const {
    std::array<double, kMaxLaneBits> terms{};
    for (unsigned b = 0; b < kernels_.lane_bits; ++b) terms[b] = p.coupling(window_.rows[j], b);
    lane_sums(kernels_.lane_bits, terms.data(), sums);
  }

  /// The lanes' own part of a block, all row bits being 0.
  void base_of_lanes(const PhasePolynomial& p, double base, std::span<const double> field,
                     double* sums) const {
    sums[0] = base;
    for (unsigned b = 0; b < kernels_.lane_bits; ++b) {
      const std::size_t half = std::size_t{1} << b;
      for (std::size_t w = 0; w < half; ++w) {
        double coupled = field[b];
        for (unsigned a = 0; a < b; ++a) coupled += (w >> a & 1U) != 0 ? p.coupling(a, b) : 0.0;
        sums[half + w] = sums[w] + coupled;
      }
    }
  }

  void write_row(Real* to, const Amplitude* from, double scale = 1.0) const {
    for (std::size_t w = 0; w < lanes(); ++w) {
      to[w] = static_cast<Real>(scale * from[w].real());
      to[lanes() + w] = static_cast<Real>(scale * from[w].imag());
    }
  }

  PhaseFactors<Real> phase_factors(const Step& step, std::size_t number, Tables& tables) const {
    const unsigned m = window_.shape.row_bits;
    double base = 0.0;
    local_fields(step.phase, window_.fixed, number, base, tables.field);
    base_of_lanes(step.phase, base, tables.field, tables.angles.data());
    for (unsigned j = 0; j < m; ++j) tables.angles[lanes() + j] = tables.field[window_.rows[j]];
    std::ranges::fill(tables.phases, Amplitude(1.0));
    multiply_phase(set_, tables.phases.data(), tables.angles.data(), tables.phases.size(), 1.0);
    for (unsigned j = 0; j < m; ++j) {
      tables.scalars[2 * j] = static_cast<Real>(tables.phases[lanes() + j].real());
      tables.scalars[2 * j + 1] = static_cast<Real>(tables.phases[lanes() + j].imag());
    }
    write_row(tables.high.data(), tables.phases.data(), step.scale);
    kernels_.outer_product(tables.high.data(), m - low_bits_,
                           step.row_lanes.data() + low_bits_ * row(),
                           tables.scalars.data() + 2 * low_bits_);
    std::ranges::fill(std::span(tables.low.data(), lanes()), Real{1});
    std::ranges::fill(std::span(tables.low.data() + lanes(), lanes()), Real{0});
    kernels_.outer_product(tables.low.data(), low_bits_, step.row_lanes.data(),
                           tables.scalars.data());
    return {tables.high.data(), tables.low.data(), step.pairs.data(), low_bits_};
  }

  DiagonalTerms diagonal_terms(const PhasePolynomial& diagonal, const std::vector<double>& pairs,
                               const std::vector<double>& row_lanes, std::size_t number,
                               Tables& tables) const {
    const unsigned m = window_.shape.row_bits;
    double base = 0.0;
    local_fields(diagonal, window_.fixed, number, base, tables.field);
    const auto outer_sum = [&](double* to, unsigned from, unsigned end) {
      for (unsigned j = from; j < end; ++j) {
        const std::size_t half = std::size_t{1} << (j - from);
        const double field = tables.field[window_.rows[j]];
        const double* coupled = row_lanes.data() + j * lanes();
        for (std::size_t r = 0; r < half; ++r) {
          for (std::size_t w = 0; w < lanes(); ++w) {
            to[(half + r) * lanes() + w] = to[r * lanes() + w] + (coupled[w] + field);
          }
        }
      }
    };
    base_of_lanes(diagonal, base, tables.field, tables.diagonal_high.data());
    outer_sum(tables.diagonal_high.data(), low_bits_, m);
    std::ranges::fill(std::span(tables.diagonal_low.data(), lanes()), 0.0);
    outer_sum(tables.diagonal_low.data(), 0, low_bits_);
    return {tables.diagonal_high.data(), tables.diagonal_low.data(), pairs.data(), low_bits_};
  }

  void rotate(Real* block, const BitGroup& group, const Tangents& t) const {
    kernels_.rotate(block, window_.shape, group.first, group.n, t.rows.data() + group.first);
  }
  double rotate_back(Real* psi, Real* phi, const BitGroup& group, const Tangents& t) const {
    double dot = 0.0;
    kernels_.rotate_back(psi, phi, window_.shape, group.first, group.n, t.rows.data() + group.first,
                         &dot);
    return dot;
  }
  static double squared_cosines(const BitGroup& group, const Tangents& t) {
    double product = 1.0;
    for (unsigned j = 0; j < group.n; ++j) {
      product *= squared_cosine(static_cast<double>(t.rows[group.first + j]));
    }
    return product;
  }
  static double low_squared_cosines(const Tangents& t) {
    double product = 1.0;
    for (const Real tangent : t.low.lanes) product *= squared_cosine(static_cast<double>(tangent));
    for (const Real tangent : t.low.rows) product *= squared_cosine(static_cast<double>(tangent));
    return product;
  }
  const RotationKernels<Real>& kernels_;
  InstructionSet set_;
  const Window& window_;
  bool back_;
  unsigned n_turn_ = 0;  // row bits that turn takes
  unsigned low_bits_ = 0;
  std::vector<BitGroup> groups_;  // the others
  std::vector<Step> steps_;
  PhasePolynomial observable_ = {};
  double cap_ = 0.0;
  std::vector<double> observable_pairs_ = {};
  std::vector<double> observable_lanes_ = {};
};

template <class Real>
RotationPasses<Real>::RotationPasses(unsigned n_qubits, InstructionSet set)
    : kernels_(&rotation_kernels<Real>(set)), set_(set), n_qubits_(n_qubits) {
  assert(n_qubits >= kMaxLaneBits && n_qubits <= 40);
  const unsigned lane_bits = kernels_->lane_bits;
  const std::size_t row = std::size_t{2} << lane_bits;
  // The second window takes what one block cannot; beyond 24 qubits both grow.
  unsigned n_second = 0;
  if (n_qubits > kOneWindow) {
    n_second = n_qubits <= 24 ? std::min(kSecondWindow, n_qubits - kOneWindow + 1)
                              : kSecondWindow + (n_qubits - 24) / 2;
  }
  n_first_ = n_qubits - n_second;
  const auto run_bits = static_cast<unsigned>(std::countr_zero(kRowBytes / (row * sizeof(Real))));
  const std::size_t gap = n_second > 0 ? kRowBytes / sizeof(Real) : 0;
  pitch_ = (std::size_t{2} << n_first_) + gap;
  size_ = pitch_ << n_second;

  const auto grain = [](unsigned block_bits) {
    return std::size_t{1} << (block_bits < kChunkBits ? kChunkBits - block_bits : 0);
  };
  Window first;
  for (unsigned q = 0; q < n_first_; ++q) {
    first.own.push_back(q);
    if (q >= lane_bits) first.rows.push_back(q);
  }
  for (unsigned q = n_first_; q < n_qubits; ++q) first.fixed.push_back(q);
  const auto first_rows = static_cast<unsigned>(first.rows.size());
  first.shape = {.row_bits = first_rows, .run_bits = first_rows, .pitch = 0};
  first.lanes = true;
  first.step = pitch_;
  first.grain = grain(n_first_);
  windows_.push_back(std::move(first));
  if (n_second == 0) return;

  Window second;
  for (unsigned q = lane_bits; q < lane_bits + run_bits; ++q) second.rows.push_back(q);
  for (unsigned q = lane_bits + run_bits; q < n_first_; ++q) second.fixed.push_back(q);
  for (unsigned q = n_first_; q < n_qubits; ++q) {
    second.own.push_back(q);
    second.rows.push_back(q);
  }
  second.first = run_bits;
  second.shape = {.row_bits = run_bits + n_second, .run_bits = run_bits, .pitch = pitch_};
  second.step = row << run_bits;
  second.grain = grain(lane_bits + run_bits + n_second);
  windows_.push_back(std::move(second));
}

template <class Real>
std::size_t RotationPasses<Real>::offset(std::size_t x) const {
  const std::size_t block = x >> n_first_;
  const std::size_t within = x & ((std::size_t{1} << n_first_) - 1);
  const std::size_t lane = within & (lanes() - 1);
  return block * pitch_ + 2 * (within - lane) + lane;
}

template <class Real>
double RotationPasses<Real>::cosines(std::size_t window, const Rotation& rotation) const {
  double product = 1.0;
  for (const unsigned q : windows_[window].own) {
    product *= squared_cosine(static_cast<double>(static_cast<Real>(rotation.tangents[q])));
  }
  return std::sqrt(product);
}

/// body(begin, end) for the blocks' numbers; the sum of what it returns.
template <class Real>
template <class Body>
double RotationPasses<Real>::for_each_block(const Execution& execution, const Window& window,
                                            const Body& body) const {
  return parallel_sum(execution, window.n_blocks(), window.grain, body);
}

template <class Real>
void RotationPasses<Real>::start(const Execution& execution, Real* psi,
                                 std::span<const double> zero, std::span<const double> one,
                                 std::span<const PassStep> steps) const {
  const Window& window = windows_[0];
  const Work work(*this, window, steps, nullptr, false);
  const auto factors = [&](std::span<const unsigned> qubits) {
    std::vector<double> product(std::size_t{1} << qubits.size(), 1.0);
    for (std::size_t j = 0; j < qubits.size(); ++j) {
      const std::size_t half = std::size_t{1} << j;
      for (std::size_t r = 0; r < half; ++r) {
        product[half + r] = product[r] * one[qubits[j]];
        product[r] *= zero[qubits[j]];
      }
    }
    return product;
  };
  const std::vector<double> own = factors(window.own);
  const std::vector<double> others = factors(window.fixed);
  for_each_block(execution, window, [&](std::size_t begin, std::size_t end) {
    auto tables = work.make_tables();
    for (std::size_t number = begin; number < end; ++number) {
      Real* block = psi + number * window.step;
      for (std::size_t x = 0; x < own.size(); x += lanes()) {
        for (std::size_t w = 0; w < lanes(); ++w) {
          block[2 * x + w] = static_cast<Real>(others[number] * own[x + w]);
          block[2 * x + lanes() + w] = Real{0};
        }
      }
      work.forward(block, number, 0, tables);
    }
    return 0.0;
  });
}

template <class Real>
void RotationPasses<Real>::forward(const Execution& execution, Real* psi, std::size_t window,
                                   std::span<const PassStep> steps) const {
  const Window& w = windows_[window];
  const Work work(*this, w, steps, nullptr, false);
  for_each_block(execution, w, [&](std::size_t begin, std::size_t end) {
    auto tables = work.make_tables();
    for (std::size_t number = begin; number < end; ++number) {
      const std::size_t next = number + 1 < w.n_blocks() ? w.step : 0;
      work.forward(psi + number * w.step, number, next, tables);
    }
    return 0.0;
  });
}

template <class Real>
double RotationPasses<Real>::finish(const Execution& execution, Real* psi, std::size_t window,
                                    std::span<const PassStep> steps, const Observable& observable,
                                    double norm) const {
  const Window& w = windows_[window];
  const Work work(*this, w, steps, &observable, false);
  const double sum = for_each_block(execution, w, [&](std::size_t begin, std::size_t end) {
    auto tables = work.make_tables();
    double part = 0.0;
    for (std::size_t number = begin; number < end; ++number) {
      Real* block = psi + number * w.step;
      const std::size_t next = number + 1 < w.n_blocks() ? w.step : 0;
      work.forward(block, number, next, tables);
      part += work.expectation(block, number, tables);
    }
    return part;
  });
  return sum * norm * norm;
}

template <class Real>
double RotationPasses<Real>::finish(const Execution& execution, Real* psi, Real* phi,
                                    std::size_t window, std::span<const PassStep> steps,
                                    const Observable& observable, double norm,
                                    std::span<const PassStep> undo,
                                    std::span<StepDots> dots) const {
  const Window& w = windows_[window];
  const Work forth(*this, w, steps, &observable, false);
  const Work back(*this, w, undo, nullptr, true);
  std::vector<StepDots> parts(undo.size() * quanta::n_chunks(w.n_blocks(), w.grain));
  const double sum = for_each_block(execution, w, [&](std::size_t begin, std::size_t end) {
    auto tables = forth.make_tables();
    auto back_tables = back.make_tables();
    const auto own = std::span(parts).subspan(begin / w.grain * undo.size(), undo.size());
    double part = 0.0;
    for (std::size_t number = begin; number < end; ++number) {
      Real* block = psi + number * w.step;
      Real* other = phi + number * w.step;
      const std::size_t next = number + 1 < w.n_blocks() ? w.step : 0;
      forth.forward(block, number, next, tables);
      // The true state is norm * psi; undoing leaves it too large by 1/norm once more.
      part += forth.observe(block, other, number, norm * norm, tables);
      back.backward(block, other, number, 1.0 / (norm * norm), back_tables, own);
    }
    return part;
  });
  add_parts(parts, dots);
  return sum * norm * norm;
}

template <class Real>
void RotationPasses<Real>::backward(const Execution& execution, Real* psi, Real* phi,
                                    std::size_t window, std::span<const PassStep> undo,
                                    std::span<StepDots> dots) const {
  const Window& w = windows_[window];
  const Work back(*this, w, undo, nullptr, true);
  std::vector<StepDots> parts(undo.size() * quanta::n_chunks(w.n_blocks(), w.grain));
  for_each_block(execution, w, [&](std::size_t begin, std::size_t end) {
    auto tables = back.make_tables();
    const auto own = std::span(parts).subspan(begin / w.grain * undo.size(), undo.size());
    for (std::size_t number = begin; number < end; ++number) {
      back.backward(psi + number * w.step, phi + number * w.step, number, 1.0, tables, own);
    }
    return 0.0;
  });
  add_parts(parts, dots);
}

template class RotationPasses<double>;
template class RotationPasses<float>;

}  // namespace quanta::quantum
