#include "quantum/simulator/elements.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <numbers>
#include <string>
#include <string_view>
#include <utility>

#include "core/constants.h"
#include "quantum/simulator/bits.h"

namespace quanta::quantum {
namespace {

/// Pauli strings with more X and Y letters go through one qubit, so that every element fits into
/// any window.
constexpr int kMostMixed = 8;
constexpr Amplitude kImaginary{0.0, 1.0};
constexpr double kRootHalf = std::numbers::sqrt2 / 2;

using Matrix2 = std::array<Amplitude, 4>;

Matrix2 product(const Matrix2& a, const Matrix2& b) {
  return {a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3], a[2] * b[0] + a[3] * b[2],
          a[2] * b[1] + a[3] * b[3]};
}

Matrix2 adjoint(const Matrix2& a) {
  return {std::conj(a[0]), std::conj(a[2]), std::conj(a[1]), std::conj(a[3])};
}

Matrix2 turn_matrix(double angle) {
  const double c = std::cos(angle / 2);
  const double s = std::sin(angle / 2);
  return {c, -s, s, c};
}

/// e^{i phase} P(left) RY(turn) P(right), P(t) = diag(1, e^{it}).
struct Zyz {
  double phase;
  double left;
  double turn;
  double right;
};

Zyz zyz(const Matrix2& u) {
  const double c = std::abs(u[0]);
  const double s = std::abs(u[2]);
  if (s < kNoise) return {std::arg(u[0]), std::arg(u[3]) - std::arg(u[0]), 0.0, 0.0};
  if (c < kNoise) {
    const double phase = std::arg(-u[1]);
    return {phase, std::arg(u[2]) - phase, kPi, 0.0};
  }
  // Where s is small, the phases of u[1] and u[2] are those of rounding: left + right must not be.
  const double phase = std::arg(u[0]);
  const double left = std::arg(u[2]) - phase;
  const double right = s < c ? std::arg(u[3]) - phase - left : std::arg(-u[1]) - phase;
  return {phase, left, 2 * std::atan2(s, c), right};
}

/// V and phases with U = V diag(e^{i low}, e^{i (low + step)}) V^+.
struct Eigen {
  Matrix2 vectors;
  double low;
  double step;
};

Eigen eigen(const Matrix2& u) {
  // U = e^{ia} (cos h - i sin h (nx X + ny Y + nz Z)); V turns Z to the axis n.
  const double a = std::arg(u[0] * u[3] - u[1] * u[2]) / 2;
  const Amplitude back = std::polar(1.0, -a);
  const double cosine = (back * (u[0] + u[3])).real() / 2;
  const Amplitude off = (back * u[2] - std::conj(back * u[1])) / 2.0;
  const double x = -off.imag();
  const double y = off.real();
  const double z = (back * (u[3] - u[0])).imag() / 2;
  const double sine = std::hypot(x, y, z);
  if (sine < kNoise) return {{1, 0, 0, 1}, cosine < 0 ? a + kPi : a, 0.0};
  const double h = std::atan2(sine, cosine);
  const double polar = std::atan2(std::hypot(x, y), z);
  const Matrix2 turned = turn_matrix(polar);
  const Amplitude turn_z = std::polar(1.0, std::hypot(x, y) < kNoise ? 0.0 : std::atan2(y, x));
  return {{turned[0], turned[1], turn_z * turned[2], turn_z * turned[3]}, a - h, 2 * h};
}

/// V with V^+ P V = Z for the letter P.
Matrix2 basis_of(char letter) {
  switch (letter) {
    case 'X':
      return eigen({0, 1, 1, 0}).vectors;
    case 'Y':
      return eigen({0, -kImaginary, kImaginary, 0}).vectors;
    default:
      return {1, 0, 0, 1};
  }
}

class Builder {
 public:
  Builder(std::span<const double> parameters, unsigned n_qubits)
      : parameters_(parameters), gates_(n_qubits, kIdentity), place_(n_qubits) {
    for (unsigned q = 0; q < n_qubits; ++q) place_[q] = q;
  }

  void add(const Operation& operation);
  void read(const ControlledPauli& pauli);

  ElementList finish() && {
    for (unsigned q = 0; q < gates_.size(); ++q) settle(q);
    list_.place = std::move(place_);
    list_.factor /= std::abs(list_.factor);
    return std::move(list_);
  }

 private:
  static constexpr Matrix2 kIdentity = {1, 0, 0, 1};

  // A product and no sum of angles, which would lose digits as it grows.
  void add_phase(double angle) { list_.factor *= std::polar(1.0, angle); }
  void gate1(unsigned q, const Matrix2& u) { gates_[q] = product(u, gates_[q]); }
  void turn(std::uint64_t x, std::uint64_t z, double angle);
  void phase1(unsigned q, double angle) { gate1(q, {1, 0, 0, std::polar(1.0, angle)}); }
  void phase2(unsigned a, unsigned b, double angle);
  void controlled1(unsigned control, bool value, unsigned target, const Matrix2& u);
  void pauli(std::span<const unsigned> qubits, std::string_view letters, double angle);
  void matrix(std::vector<unsigned> operands, std::uint64_t mask, std::uint64_t value,
              std::vector<Amplitude> entries);
  void controlled_matrix(std::vector<unsigned> operands, std::uint64_t mask, std::uint64_t value,
                         std::vector<Amplitude> entries);
  void through_one_qubit(std::string_view letters, double angle, std::span<const unsigned> operands,
                         std::uint64_t mask, std::uint64_t value);
  void margolus(std::span<const unsigned> qubits);
  void whole(const Operation& operation, std::span<const unsigned> qubits);
  void add_two_qubit_gate(Gate gate, unsigned a, unsigned b, std::span<const double> angles);
  void add_diagonal(const Operation& operation, std::span<const unsigned> qubits);
  void add_defined(const Operation& operation);

  /// Emits what has gathered on the qubit, up to a phase that stays and commutes with phases.
  void settle_turn(unsigned q);
  /// Emits all of it.
  void settle(unsigned q);
  void emit_phase(std::uint64_t mask, double angle) {
    angle = std::remainder(angle, 2 * kPi);
    if (std::abs(angle) < kNoise) return;
    list_.elements.push_back({.kind = Element::Kind::kPhase, .watched = mask, .angle = angle});
  }

  std::span<const double> parameters_;
  std::vector<Matrix2> gates_;  ///< gathered on each qubit since its last element
  std::vector<unsigned> place_;
  ElementList list_;
};

void Builder::settle_turn(unsigned q) {
  const Matrix2& u = gates_[q];
  if (u[1] == Amplitude{} && u[2] == Amplitude{}) return;
  const Zyz parts = zyz(u);
  add_phase(parts.phase);
  if (parts.turn != 0.0) {
    emit_phase(bit(q), parts.right);
    list_.elements.push_back({.kind = Element::Kind::kTurn,
                              .mixed = bit(q),
                              .watched = 0,
                              .z = bit(q),
                              .angle = parts.turn});
  }
  gates_[q] = {1, 0, 0, std::polar(1.0, parts.left)};
}

void Builder::settle(unsigned q) {
  settle_turn(q);
  const Matrix2& u = gates_[q];
  const double phase = std::arg(u[0]);
  add_phase(phase);
  emit_phase(bit(q), std::arg(u[3]) - phase);
  gates_[q] = kIdentity;
}

void Builder::turn(std::uint64_t x, std::uint64_t z, double angle) {
  for (std::uint64_t rest = x; rest != 0; rest &= rest - 1) {
    settle(static_cast<unsigned>(std::countr_zero(rest)));
  }
  for (std::uint64_t rest = z & ~x; rest != 0; rest &= rest - 1) {
    settle_turn(static_cast<unsigned>(std::countr_zero(rest)));
  }
  list_.elements.push_back(
      {.kind = Element::Kind::kTurn, .mixed = x, .watched = z & ~x, .z = z, .angle = angle});
}

void Builder::phase2(unsigned a, unsigned b, double angle) {
  settle_turn(a);
  settle_turn(b);
  emit_phase(bit(a) | bit(b), angle);
}

void Builder::controlled1(unsigned control, bool value, unsigned target, const Matrix2& u) {
  const Eigen parts = eigen(u);
  // Where the control has the other value nothing happens: x becomes 1 - x in the phases.
  if (value) {
    phase1(control, parts.low);
  } else {
    add_phase(parts.low);
    phase1(control, -parts.low);
  }
  gate1(target, adjoint(parts.vectors));
  if (!value) phase1(target, parts.step);
  phase2(control, target, value ? parts.step : -parts.step);
  gate1(target, parts.vectors);
}

void Builder::pauli(std::span<const unsigned> qubits, std::string_view letters, double angle) {
  std::uint64_t x = 0;
  std::uint64_t z = 0;
  for (std::size_t j = 0; j < qubits.size(); ++j) {
    const char letter = letters[letters.size() - 1 - j];
    if (letter == 'X' || letter == 'Y') x |= bit(qubits[j]);
    if (letter == 'Z' || letter == 'Y') z |= bit(qubits[j]);
  }
  const int weight = std::popcount(x | z);
  if (weight == 0) {
    add_phase(-angle / 2);
  } else if (weight == 1) {
    const auto q = static_cast<unsigned>(std::countr_zero(x | z));
    const double c = std::cos(angle / 2);
    const double s = std::sin(angle / 2);
    if (x == 0) {
      gate1(q, {Amplitude{c, -s}, 0, 0, Amplitude{c, s}});
    } else if (z == 0) {
      gate1(q, {c, -kImaginary * s, -kImaginary * s, c});
    } else {
      gate1(q, turn_matrix(angle));
    }
  } else if (weight == 2 && std::popcount(x) != 1) {
    // exp(-i t/2 ZZ) is two phases and one on the pair, and the turns that make X and Y of Z melt
    // into what stands before and behind.
    const auto a = static_cast<unsigned>(std::countr_zero(x | z));
    const auto b = static_cast<unsigned>(std::bit_width(x | z) - 1);
    const auto basis = [&](unsigned q) {
      return basis_of((x >> q & 1) == 0 ? 'Z' : (z >> q & 1) == 0 ? 'X' : 'Y');
    };
    for (const unsigned q : {a, b}) gate1(q, adjoint(basis(q)));
    add_phase(-angle / 2);
    phase1(a, angle);
    phase1(b, angle);
    phase2(a, b, -2 * angle);
    for (const unsigned q : {a, b}) gate1(q, basis(q));
  } else if (std::popcount(x) > kMostMixed) {
    through_one_qubit(letters, angle, qubits, 0, 0);
  } else {
    turn(x, z, angle);
  }
}

void Builder::matrix(std::vector<unsigned> operands, std::uint64_t mask, std::uint64_t value,
                     std::vector<Amplitude> entries) {
  const std::size_t n = std::size_t{1} << operands.size();
  std::uint64_t mixed = 0;
  for (std::size_t j = 0; j < operands.size(); ++j) {
    mixed |= bit(operands[j]);
    if (mask != 0) {
      settle(operands[j]);
      continue;
    }
    // Without controls the matrix takes in what has gathered on its qubits.
    const Matrix2 u = std::exchange(gates_[operands[j]], kIdentity);
    for (std::size_t row = 0; row < n; ++row) {
      for (std::size_t column = 0; column < n; ++column) {
        if ((column >> j & 1) != 0) continue;
        Amplitude& zero = entries[row * n + column];
        Amplitude& one = entries[row * n + (column | std::size_t{1} << j)];
        const Amplitude old = zero;
        zero = old * u[0] + one * u[2];
        one = old * u[1] + one * u[3];
      }
    }
  }
  for (std::uint64_t rest = mask; rest != 0; rest &= rest - 1) {
    settle_turn(static_cast<unsigned>(std::countr_zero(rest)));
  }
  list_.elements.push_back({.kind = Element::Kind::kMatrix,
                            .index = static_cast<std::uint32_t>(list_.matrices.size()),
                            .mixed = mixed,
                            .watched = mask});
  list_.matrices.push_back({std::move(operands), mask, value, std::move(entries)});
}

void Builder::whole(const Operation& operation, std::span<const unsigned> qubits) {
  Operation moved = operation;
  moved.qubits.assign(qubits.begin(), qubits.end());
  moved.condition.reset();
  Element element{.kind = Element::Kind::kWhole,
                  .index = static_cast<std::uint32_t>(list_.operations.size())};
  for (std::size_t j = 0; j < qubits.size(); ++j) {
    const bool watched = j < operation.n_controls || operation.gate == Gate::kDiagonal;
    (watched ? element.watched : element.mixed) |= bit(qubits[j]);
    if (watched) {
      settle_turn(qubits[j]);
    } else {
      settle(qubits[j]);
    }
  }
  list_.elements.push_back(element);
  list_.operations.push_back(std::move(moved));
}

void Builder::add_two_qubit_gate(Gate gate, unsigned a, unsigned b,
                                 std::span<const double> angles) {
  const std::array pair = {a, b};
  const double t = angles.empty() ? 0.0 : angles[0];
  switch (gate) {
    case Gate::kRxx:
      return pauli(pair, "XX", t);
    case Gate::kRyy:
      return pauli(pair, "YY", t);
    case Gate::kRzz:
      return pauli(pair, "ZZ", t);
    case Gate::kRzx:
      return pauli(pair, "XZ", t);
    case Gate::kIswap:
      pauli(pair, "XX", -kPi / 2);
      return pauli(pair, "YY", -kPi / 2);
    case Gate::kXxPlusYy:
    case Gate::kXxMinusYy:
      phase1(b, -angles[1]);
      pauli(pair, "XX", t / 2);
      pauli(pair, "YY", gate == Gate::kXxPlusYy ? t / 2 : -t / 2);
      return phase1(b, angles[1]);
    case Gate::kFsim:
      pauli(pair, "XX", t);
      pauli(pair, "YY", t);
      return phase2(a, b, -angles[1]);
    case Gate::kDcx:
      controlled1(a, true, b, {0, 1, 1, 0});
      return controlled1(b, true, a, {0, 1, 1, 0});
    default:  // ecr
      pauli(pair, "XZ", kPi / 4);
      gate1(a, {0, 1, 1, 0});
      return pauli(pair, "XZ", -kPi / 4);
  }
}

/// rccx and rc3x by their sequences on the last qubit (see gate.cc): h, t, tdg and cx from the
/// others.
void Builder::margolus(std::span<const unsigned> qubits) {
  const unsigned target = qubits.back();
  const auto letter = [&](char c) {
    switch (c) {
      case 'h':
        return gate1(target, {kRootHalf, kRootHalf, kRootHalf, -kRootHalf});
      case 't':
        return phase1(target, kPi / 4);
      case 'd':
        return phase1(target, -kPi / 4);
      default:
        return controlled1(qubits[static_cast<std::size_t>(c - '0')], true, target, {0, 1, 1, 0});
    }
  };
  for (const char c : std::string_view(qubits.size() == 3 ? "ht1d0t1dh" : "ht2dh0t1d0t1dht2dh")) {
    letter(c);
  }
}

void Builder::add_diagonal(const Operation& operation, std::span<const unsigned> qubits) {
  const std::vector<Amplitude>& d = operation.payload->numbers;
  if (operation.n_controls == 0 && qubits.size() == 1) {
    gate1(qubits[0], {d[0], 0, 0, d[1]});
  } else if (operation.n_controls == 0 && qubits.size() == 2) {
    const double zero = std::arg(d[0]);
    add_phase(zero);
    phase1(qubits[0], std::arg(d[1]) - zero);
    phase1(qubits[1], std::arg(d[2]) - zero);
    phase2(qubits[0], qubits[1], std::arg(d[3]) - std::arg(d[1]) - std::arg(d[2]) + zero);
  } else {
    whole(operation, qubits);
  }
}

void Builder::add_defined(const Operation& operation) {
  Circuit one(static_cast<unsigned>(gates_.size()));
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    (void)one.parameter(std::string(1, 'p').append(std::to_string(p)));
  }
  Operation unconditional = operation;
  unconditional.condition.reset();
  [[maybe_unused]] const auto added = one.append(std::move(unconditional));
  assert(added.has_value());
  const Circuit expanded = one.expand();
  add_phase(expanded.global_phase().value(parameters_));
  for (const Operation& inner : expanded.operations()) add(inner);
}

void Builder::add(const Operation& operation) {
  const Gate gate = operation.gate;
  if (gate == Gate::kBarrier) return;
  if (gate == Gate::kDefined) return add_defined(operation);
  std::vector<unsigned> qubits(operation.qubits.size());
  for (std::size_t j = 0; j < qubits.size(); ++j) qubits[j] = place_[operation.qubits[j]];
  const unsigned n_controls = operation.n_controls;
  const std::span<const unsigned> operands = std::span(qubits).subspan(n_controls);
  switch (gate) {
    case Gate::kStatePreparation:
      return whole(operation, qubits);
    case Gate::kPermutation:
      if (operands.size() > 3) return whole(operation, qubits);
      break;
    case Gate::kDiagonal:
      return add_diagonal(operation, qubits);
    case Gate::kPauliExponential:
      if (n_controls == 0) {
        return pauli(qubits, operation.payload->paulis, operation.angles[0].value(parameters_));
      }
      break;
    case Gate::kSwap:
      if (n_controls == 0) {
        std::swap(place_[operation.qubits[0]], place_[operation.qubits[1]]);
        return;
      }
      break;
    default:
      break;
  }
  if (n_controls == 0 && operands.size() == 2 && has_matrix(gate)) {
    std::vector<double> angles;
    for (const Angle& angle : operation.angles) angles.push_back(angle.value(parameters_));
    return add_two_qubit_gate(gate, operands[0], operands[1], angles);
  }
  if (n_controls == 0 && (gate == Gate::kRccx || gate == Gate::kRc3x)) return margolus(operands);
  if (operands.size() == 1 && n_controls <= 1) {
    const std::vector<Amplitude> u = operand_matrix(operation, parameters_);
    const Matrix2 u2 = {u[0], u[1], u[2], u[3]};
    if (n_controls == 0) return gate1(operands[0], u2);
    return controlled1(qubits[0], (operation.control_state & 1) != 0, operands[0], u2);
  }
  std::uint64_t mask = 0;
  std::uint64_t value = 0;
  for (unsigned j = 0; j < n_controls; ++j) {
    mask |= bit(qubits[j]);
    if ((operation.control_state >> j & 1) != 0) value |= bit(qubits[j]);
  }
  if (gate == Gate::kPauliExponential) {
    return through_one_qubit(operation.payload->paulis, operation.angles[0].value(parameters_),
                             operands, mask, value);
  }
  controlled_matrix({operands.begin(), operands.end()}, mask, value,
                    operand_matrix(operation, parameters_));
}

void Builder::read(const ControlledPauli& pauli) {
  const auto placed = [&](std::uint64_t mask) {
    std::uint64_t result = 0;
    for (std::uint64_t rest = mask; rest != 0; rest &= rest - 1) {
      result |= bit(place_[static_cast<std::size_t>(std::countr_zero(rest))]);
    }
    return result;
  };
  ControlledPauli moved{.string = {.x = placed(pauli.string.x), .z = placed(pauli.string.z)},
                        .control_mask = placed(pauli.control_mask),
                        .control_value = placed(pauli.control_value)};
  // Two X or Y letters are turned to Z, and back: the turns melt with those of the gate that they
  // generate, and a Z string is read in registers. So are too many letters.
  std::vector<std::pair<unsigned, Matrix2>> turned;
  const int n_mixed = std::popcount(moved.string.x);
  if ((n_mixed == 2 && moved.control_mask == 0) || n_mixed > kMostMixed) {
    for (std::uint64_t rest = moved.string.x; rest != 0; rest &= rest - 1) {
      const auto q = static_cast<unsigned>(std::countr_zero(rest));
      const bool y = (moved.string.z >> q & 1) != 0;
      turned.emplace_back(q, y ? basis_of('Y') : basis_of('X'));
    }
    moved.string.z |= moved.string.x;
    moved.string.x = 0;
  }
  for (const auto& [q, basis] : turned) gate1(q, adjoint(basis));
  const std::uint64_t x = moved.string.x;
  const std::uint64_t looked_at = (moved.string.z | moved.control_mask) & ~x;
  for (std::uint64_t rest = x; rest != 0; rest &= rest - 1) {
    settle(static_cast<unsigned>(std::countr_zero(rest)));
  }
  for (std::uint64_t rest = looked_at; rest != 0; rest &= rest - 1) {
    settle_turn(static_cast<unsigned>(std::countr_zero(rest)));
  }
  list_.elements.push_back({.kind = Element::Kind::kRead,
                            .index = static_cast<std::uint32_t>(list_.readings.size()),
                            .mixed = x,
                            .watched = looked_at,
                            .z = moved.string.z});
  list_.readings.push_back(moved);
  for (const auto& [q, basis] : turned) gate1(q, basis);
}

/// exp(-i t/2 P) = W exp(-i t/2 Z) W^+ with Z on one qubit, which alone needs the controls: W turns
/// each letter to Z and adds the parity of the others to that qubit.
void Builder::through_one_qubit(std::string_view letters, double angle,
                                std::span<const unsigned> operands, std::uint64_t mask,
                                std::uint64_t value) {
  std::vector<std::pair<unsigned, Matrix2>> turned;
  for (std::size_t j = 0; j < operands.size(); ++j) {
    const char letter = letters[letters.size() - 1 - j];
    if (letter != 'I') turned.emplace_back(operands[j], basis_of(letter));
  }
  const Amplitude low = std::polar(1.0, -angle / 2);
  if (turned.empty()) return controlled_matrix({}, mask, value, {low});
  const unsigned last = turned.back().first;
  for (const auto& [q, basis] : turned) gate1(q, adjoint(basis));
  for (const auto& [q, basis] : turned) {
    if (q != last) controlled1(q, true, last, {0, 1, 1, 0});
  }
  if (mask == 0) {
    gate1(last, {low, 0, 0, std::conj(low)});
  } else {
    controlled_matrix({last}, mask, value, {low, 0, 0, std::conj(low)});
  }
  for (auto one = turned.rbegin(); one != turned.rend(); ++one) {
    if (one->first != last) controlled1(one->first, true, last, {0, 1, 1, 0});
  }
  for (const auto& [q, basis] : turned) gate1(q, basis);
}

void Builder::controlled_matrix(std::vector<unsigned> operands, std::uint64_t mask,
                                std::uint64_t value, std::vector<Amplitude> entries) {
  if (operands.size() == 1 && entries[1] == Amplitude{} && entries[2] == Amplitude{}) {
    // diag(a, b) under controls: a factor on them and one on them with the operand.
    const Amplitude first = entries[0];
    if (first != Amplitude{1.0}) matrix({}, mask, value, {first});
    return matrix({}, mask | bit(operands[0]), value | bit(operands[0]), {entries[3] / first});
  }
  matrix(std::move(operands), mask, value, std::move(entries));
}

}  // namespace

ElementList elements_of(std::span<const Operation> operations, std::span<const double> parameters,
                        unsigned n_qubits, std::span<const Reading> readings) {
  Builder builder(parameters, n_qubits);
  auto reading = readings.begin();
  for (std::size_t j = 0; j <= operations.size(); ++j) {
    for (; reading != readings.end() && reading->before == j; ++reading) {
      builder.read(reading->pauli);
    }
    if (j < operations.size()) builder.add(operations[j]);
  }
  return std::move(builder).finish();
}

}  // namespace quanta::quantum
