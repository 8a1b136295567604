#include "quantum/transpiler/merge.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "core/constants.h"
#include "quantum/circuit/algebra.h"
#include "quantum/transpiler/one_qubit.h"
#include "quantum/transpiler/program.h"

namespace quanta::quantum {
namespace {

/// exp(-i t P/2) for something whose square is one: 2 pi makes -1.
bool is_rotation(Gate gate) {
  switch (gate) {
    case Gate::kRx:
    case Gate::kRy:
    case Gate::kRz:
    case Gate::kR:
    case Gate::kRxx:
    case Gate::kRyy:
    case Gate::kRzz:
    case Gate::kRzx:
    case Gate::kPauliExponential:
      return true;
    default:
      return false;
  }
}

/// How many of the leading angles of two such gates in a row add, the others being equal; 0 for
/// other gates.
std::size_t adding_angles(Gate gate) {
  if (is_rotation(gate)) return 1;
  switch (gate) {
    case Gate::kP:
    case Gate::kXxPlusYy:
    case Gate::kXxMinusYy:
      return 1;
    case Gate::kFsim:
      return 2;
    default:
      return 0;
  }
}

/// The multiple of 2 pi nearest to the angle, in units of 2 pi.
double turns(double angle) { return std::round(angle / (2 * kPi)); }

bool is_none(double angle, double period) {
  return std::abs(std::remainder(angle, period)) < kNoAngle;
}

/// The phase e^{ig} that the matrix is a multiple of the identity by.
std::optional<double> scalar_phase(const std::vector<Amplitude>& matrix, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const Amplitude expected = i == j ? matrix[0] : Amplitude{};
      if (std::abs(matrix[i * n + j] - expected) > kSameMatrix) return std::nullopt;
    }
  }
  return std::arg(matrix[0]);
}

/// The g for which the gate, without its controls, is e^{ig} times the identity.
std::optional<Angle> phase_of_identity(const Operation& operation) {
  if (operation.gate == Gate::kI) return Angle();
  if (operation.gate == Gate::kPauliExponential &&
      operation.payload->paulis.find_first_not_of('I') == std::string::npos) {
    return -0.5 * operation.angles[0];
  }
  if (!operation.has_numbers()) return std::nullopt;
  const auto angle = [&](std::size_t i) { return operation.angles[i].constant; };
  if (is_rotation(operation.gate)) {
    if (!is_none(angle(0), 2 * kPi)) return std::nullopt;
    return Angle(is_none(angle(0), 4 * kPi) ? 0.0 : kPi);
  }
  bool none = false;
  switch (operation.gate) {
    case Gate::kP:
      none = is_none(angle(0), 2 * kPi);
      break;
    case Gate::kXxPlusYy:
    case Gate::kXxMinusYy:
      none = is_none(angle(0), 4 * kPi);
      break;
    case Gate::kFsim:
      none = is_none(angle(0), 2 * kPi) && is_none(angle(1), 2 * kPi);
      break;
    case Gate::kPermutation: {
      const auto& images = operation.payload->images;
      none = std::ranges::is_sorted(images);
      break;
    }
    case Gate::kDiagonal: {
      const auto& numbers = operation.payload->numbers;
      none = std::ranges::all_of(
          numbers, [&](const Amplitude& a) { return std::abs(a - numbers[0]) < kSameMatrix; });
      if (none) return Angle(std::arg(numbers[0]));
      break;
    }
    case Gate::kU:
    case Gate::kUnitary:
      if (const auto phase = scalar_phase(operand_matrix(operation, {}),
                                          std::size_t{1} << operation.operands().size())) {
        return Angle(*phase);
      }
      break;
    default:
      break;
  }
  if (none) return Angle();
  return std::nullopt;
}

/// A controlled phase treats its controls on 1 and its target alike.
bool is_symmetric_phase(const Operation& operation) {
  if (!operation.controls_all_one() || operation.n_controls == 0) return false;
  switch (operation.gate) {
    case Gate::kZ:
    case Gate::kS:
    case Gate::kSdg:
    case Gate::kT:
    case Gate::kTdg:
    case Gate::kP:
      return true;
    default:
      return false;
  }
}

bool is_symmetric(Gate gate) {
  switch (gate) {
    case Gate::kSwap:
    case Gate::kIswap:
    case Gate::kRxx:
    case Gate::kRyy:
    case Gate::kRzz:
    case Gate::kFsim:
      return true;
    default:
      return false;
  }
}

std::optional<Merged> if_allowed(Merged merged, const Basis& basis) {
  if (merged.operation && !basis.allows(*merged.operation)) return std::nullopt;
  return merged;
}

/// Gates whose angles add.
std::optional<Merged> sum_of(const Operation& first, const Operation& second, const Basis& basis) {
  const std::size_t n = adding_angles(first.gate);
  if (first.gate != second.gate || n == 0) return std::nullopt;
  for (std::size_t i = n; i < first.angles.size(); ++i) {
    if (first.angles[i] != second.angles[i]) return std::nullopt;
  }
  if (first.gate == Gate::kPauliExponential && first.payload->paulis != second.payload->paulis) {
    return std::nullopt;
  }
  Operation sum = first;
  for (std::size_t i = 0; i < n; ++i) {
    sum.angles[i] = first.angles[i] + second.angles[i];
    std::erase_if(sum.angles[i].terms,
                  [](const Angle::Term& term) { return std::abs(term.factor) < kNoAngle; });
  }
  if (auto none = without_effect(sum, basis)) return none;
  Angle phase;
  if (Angle& angle = sum.angles[0]; angle.is_number()) {
    if (first.gate == Gate::kP || (is_rotation(first.gate) && first.n_controls == 0)) {
      if (first.gate != Gate::kP) phase = std::remainder(turns(angle.constant), 2.0) * kPi;
      angle.constant = wrapped_angle(angle.constant);
    } else if (is_rotation(first.gate) && std::abs(angle.constant) > 2 * kPi) {
      angle.constant = std::remainder(angle.constant, 4 * kPi);
    }
  }
  return if_allowed({.operation = std::move(sum), .phase = phase}, basis);
}

/// Turns about z of different names, at least one of them with a named angle.
std::optional<Merged> phases_together(const Operation& first, const Operation& second,
                                      const Basis& basis) {
  const auto a = phase_turn(first);
  const auto b = a ? phase_turn(second) : std::nullopt;
  if (!b) return std::nullopt;
  if (first.n_controls == 0) {
    auto merged = phase_gate(first.qubits[0], a->angle + b->angle, basis);
    if (merged && a->is_rz) merged->phase = merged->phase - 0.5 * a->angle;
    if (merged && b->is_rz) merged->phase = merged->phase - 0.5 * b->angle;
    return merged;
  }
  if (a->is_rz || b->is_rz) return std::nullopt;
  Operation sum = first;
  sum.gate = Gate::kP;
  sum.angles = {a->angle + b->angle};
  return if_allowed({.operation = std::move(sum)}, basis);
}

/// Gates on one operand with numbers for angles.
std::optional<Merged> product_of(const Operation& first, const Operation& second,
                                 const Basis& basis) {
  if (first.operands().size() != 1 || !first.has_numbers() || !second.has_numbers() ||
      first.gate == Gate::kDefined || second.gate == Gate::kDefined) {
    return std::nullopt;
  }
  const Matrix2 product = matrix2(second) * matrix2(first);
  const double phase = std::arg(product[0]);
  if (distance(product, scaled(kIdentity2, std::polar(1.0, phase))) < kSameMatrix) {
    return phase_on_controls(first, phase, basis);
  }
  auto single = single_gate(product, basis, first.n_controls);
  if (!single) return std::nullopt;
  single->operation.qubits = first.qubits;
  single->operation.control_state = first.control_state;
  return if_allowed({.operation = std::move(single->operation), .phase = single->phase}, basis);
}

/// Gates that carry a table, on the same operands in the same order.
std::optional<Merged> tables_together(const Operation& first, const Operation& second,
                                      const Basis& basis) {
  if (first.gate != second.gate) return std::nullopt;
  Payload payload;
  switch (first.gate) {
    case Gate::kDiagonal:
      payload.numbers = first.payload->numbers;
      for (std::size_t i = 0; i < payload.numbers.size(); ++i) {
        payload.numbers[i] *= second.payload->numbers[i];
      }
      break;
    case Gate::kPermutation:
      payload.images = first.payload->images;
      for (std::uint32_t& image : payload.images) image = second.payload->images[image];
      break;
    case Gate::kUnitary: {
      const std::size_t n = std::size_t{1} << first.operands().size();
      payload.numbers.resize(n * n);
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < n; ++k) {
          const Amplitude factor = second.payload->numbers[i * n + k];
          for (std::size_t j = 0; j < n; ++j) {
            payload.numbers[i * n + j] += factor * first.payload->numbers[k * n + j];
          }
        }
      }
      break;
    }
    default:
      return std::nullopt;
  }
  Operation product = first;
  product.payload = std::make_shared<const Payload>(std::move(payload));
  if (auto none = without_effect(product, basis)) return none;
  return if_allowed({.operation = std::move(product)}, basis);
}

/// Whether two defined gates are a body and its inverse, by their names and then by what they hold.
bool undoes(const Operation& first, const Operation& second) {
  constexpr std::size_t kMostCompared = 10'000;  // operations: nested bodies can be of any size
  if (first.gate != Gate::kDefined || second.gate != Gate::kDefined) return false;
  const std::string& a = first.payload->name;
  const std::string& b = second.payload->name;
  if (a != b + "_dg" && b != a + "_dg") return false;
  return expanded_size(*first.payload->body) <= kMostCompared && second == inverse(first);
}

}  // namespace

Operation canonical(Operation operation) {
  auto& qubits = operation.qubits;
  if (is_symmetric_phase(operation)) {
    std::ranges::sort(qubits);
    return operation;
  }
  if (is_symmetric(operation.gate)) {
    std::sort(qubits.begin() + operation.n_controls, qubits.end());
  }
  if (operation.n_controls > 1) {
    std::vector<std::pair<unsigned, bool>> controls(operation.n_controls);
    for (unsigned j = 0; j < operation.n_controls; ++j) {
      controls[j] = {qubits[j], (operation.control_state >> j & 1) != 0};
    }
    std::ranges::sort(controls);
    operation.control_state = 0;
    for (unsigned j = 0; j < operation.n_controls; ++j) {
      qubits[j] = controls[j].first;
      operation.control_state |= std::uint64_t{controls[j].second} << j;
    }
  }
  return operation;
}

std::optional<PhaseTurn> phase_turn(const Operation& operation) {
  switch (operation.gate) {
    case Gate::kZ:
      return PhaseTurn{kPi, false};
    case Gate::kS:
      return PhaseTurn{kPi / 2, false};
    case Gate::kSdg:
      return PhaseTurn{-kPi / 2, false};
    case Gate::kT:
      return PhaseTurn{kPi / 4, false};
    case Gate::kTdg:
      return PhaseTurn{-kPi / 4, false};
    case Gate::kP:
      return PhaseTurn{operation.angles[0], false};
    case Gate::kRz:
      return PhaseTurn{operation.angles[0], true};
    default:
      return std::nullopt;
  }
}

std::optional<Merged> phase_gate(unsigned qubit, const Angle& angle, const Basis& basis) {
  const auto gate = [&](Gate kind, std::vector<Angle> angles, const Angle& phase) {
    return Merged{
        .operation = Operation{.gate = kind, .qubits = {qubit}, .angles = std::move(angles)},
        .phase = phase};
  };
  Angle turn = angle;
  if (angle.is_number()) {
    turn.constant = wrapped_angle(angle.constant);
    if (std::abs(turn.constant) < kNoAngle) return Merged{};
    for (const auto& [kind, t] : {std::pair{Gate::kZ, kPi}, std::pair{Gate::kZ, -kPi},
                                  std::pair{Gate::kS, kPi / 2}, std::pair{Gate::kSdg, -kPi / 2},
                                  std::pair{Gate::kT, kPi / 4}, std::pair{Gate::kTdg, -kPi / 4}}) {
      if (std::abs(turn.constant - t) < kNoAngle && basis.allows(kind, 0))
        return gate(kind, {}, {});
    }
  }
  const bool rz = basis.allows(Gate::kRz, 0);
  const bool p = basis.allows(Gate::kP, 0);
  if (rz && (basis.prefers_rz() || !p)) return gate(Gate::kRz, {turn}, 0.5 * turn);
  if (p) return gate(Gate::kP, {turn}, {});
  if (basis.allows(Gate::kU, 0)) return gate(Gate::kU, {0.0, 0.0, turn, 0.0}, {});
  return std::nullopt;
}

std::optional<Merged> phase_on_controls(const Operation& operation, const Angle& phase,
                                        const Basis& basis) {
  if (phase.is_number() && is_none(phase.constant, 2 * kPi)) return Merged{};
  if (operation.n_controls == 0) return Merged{.operation = {}, .phase = phase};
  if (operation.control_state == 0) return std::nullopt;  // a phase on zeros takes more gates
  unsigned target = operation.n_controls - 1;
  while ((operation.control_state >> target & 1) == 0) --target;
  if (operation.n_controls == 1) {
    return phase_gate(operation.qubits[0], phase, basis);
  }
  Operation gate{.gate = Gate::kP, .n_controls = operation.n_controls - 1, .angles = {phase}};
  for (unsigned j = 0; j < operation.n_controls; ++j) {
    if (j == target) continue;
    gate.control_state |= (operation.control_state >> j & 1) << gate.qubits.size();
    gate.qubits.push_back(operation.qubits[j]);
  }
  gate.qubits.push_back(operation.qubits[target]);
  if (phase.is_number() && is_none(phase.constant - kPi, 2 * kPi) &&
      basis.allows(Gate::kZ, gate.n_controls)) {
    gate.gate = Gate::kZ;
    gate.angles.clear();
  }
  return if_allowed({.operation = canonical(std::move(gate))}, basis);
}

std::optional<Merged> without_effect(const Operation& operation, const Basis& basis) {
  if (!is_unitary(operation) || operation.condition) return std::nullopt;
  const auto phase = phase_of_identity(operation);
  if (!phase) return std::nullopt;
  return phase_on_controls(operation, *phase, basis);
}

std::optional<Merged> merge(const Operation& first, const Operation& second, const Basis& basis) {
  if (first.qubits != second.qubits || first.n_controls != second.n_controls ||
      first.control_state != second.control_state) {
    return std::nullopt;
  }
  if (first.gate == second.gate && properties(first.gate).self_inverse) return Merged{};
  if (auto sum = sum_of(first, second, basis)) return sum;
  if (auto product = product_of(first, second, basis)) return product;
  if (auto phase = phases_together(first, second, basis)) return phase;
  if (auto table = tables_together(first, second, basis)) return table;
  if (undoes(first, second)) return Merged{};
  return std::nullopt;
}

}  // namespace quanta::quantum
