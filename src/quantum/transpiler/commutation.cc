#include "quantum/transpiler/commutation.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "quantum/transpiler/one_qubit.h"
#include "quantum/transpiler/two_qubit.h"

namespace quanta::quantum {
namespace {

Axis axis_of(const Matrix2& matrix) {
  for (const Axis axis : {Axis::kZ, Axis::kX, Axis::kY}) {
    if (lies_along(matrix, axis)) return axis;
  }
  return Axis::kNone;
}

Axis axis_of_letter(char letter) {
  switch (letter) {
    case 'X':
      return Axis::kX;
    case 'Y':
      return Axis::kY;
    case 'Z':
      return Axis::kZ;
    default:
      return Axis::kEvery;
  }
}

/// The Pauli on each qubit where the operation is a power of one Pauli string; the axis of operand
/// j is axes[j].
std::optional<std::string> pauli_string(const Operation& operation) {
  if (operation.n_controls > 0) return std::nullopt;
  switch (operation.gate) {
    case Gate::kRxx:
      return "XX";
    case Gate::kRyy:
      return "YY";
    case Gate::kRzz:
      return "ZZ";
    case Gate::kRzx:
      return "ZX";
    case Gate::kPauliExponential:
      return std::string(operation.payload->paulis.rbegin(), operation.payload->paulis.rend());
    default:
      break;
  }
  if (operation.qubits.size() != 1) return std::nullopt;
  switch (quantum::axis_of(operation, 0)) {
    case Axis::kX:
      return "X";
    case Axis::kY:
      return "Y";
    case Axis::kZ:
      return "Z";
    default:
      return std::nullopt;
  }
}

/// Whether the strings of two exponentials commute.
bool strings_commute(const Operation& a, const Operation& b) {
  const auto first = pauli_string(a);
  const auto second = first ? pauli_string(b) : std::nullopt;
  if (!second) return false;
  bool even = true;
  for (std::size_t i = 0; i < a.qubits.size(); ++i) {
    for (std::size_t j = 0; j < b.qubits.size(); ++j) {
      if (a.qubits[i] == b.qubits[j] && (*first)[i] != 'I' && (*second)[j] != 'I' &&
          (*first)[i] != (*second)[j]) {
        even = !even;
      }
    }
  }
  return even;
}

bool matrices_commute(const Operation& a, const Operation& b) {
  const auto small = [](const Operation& o) {
    return o.qubits.size() == 2 && o.gate != Gate::kDefined && o.has_numbers();
  };
  if (!small(a) || !small(b)) return false;
  const std::array qubits = {a.qubits[0], a.qubits[1]};
  const bool same = std::ranges::is_permutation(a.qubits, b.qubits);
  if (!same) return false;
  const Matrix4 first = matrix4(a, qubits);
  const Matrix4 second = matrix4(b, qubits);
  return distance(first * second, second * first) < kSameMatrix;
}

bool share_a_bit(const Operation& a, const Operation& b) {
  const auto uses = [](const Operation& o, unsigned bit) {
    return o.bit == bit ||
           (o.condition && std::ranges::find(o.condition->bits, bit) != o.condition->bits.end());
  };
  if (a.bit && uses(b, *a.bit)) return true;
  return b.bit && uses(a, *b.bit);
}

}  // namespace

bool lies_along(const Matrix2& m, Axis axis) {
  switch (axis) {
    case Axis::kZ:
      return std::abs(m[1]) < kSameMatrix && std::abs(m[2]) < kSameMatrix;
    case Axis::kX:
      return std::abs(m[0] - m[3]) < kSameMatrix && std::abs(m[1] - m[2]) < kSameMatrix;
    case Axis::kY:
      return std::abs(m[0] - m[3]) < kSameMatrix && std::abs(m[1] + m[2]) < kSameMatrix;
    case Axis::kEvery:
      return lies_along(m, Axis::kZ) && std::abs(m[0] - m[3]) < kSameMatrix;
    case Axis::kNone:
      return true;
  }
  return false;
}

Axis axis_of(const Operation& operation, std::size_t position) {
  if (!is_unitary(operation) || operation.condition) return Axis::kNone;
  if (position < operation.n_controls) return Axis::kZ;
  const std::size_t operand = position - operation.n_controls;
  switch (operation.gate) {
    case Gate::kI:
      return Axis::kEvery;
    case Gate::kX:
    case Gate::kSx:
    case Gate::kSxdg:
    case Gate::kRx:
    case Gate::kRxx:
      return Axis::kX;
    case Gate::kY:
    case Gate::kRy:
    case Gate::kRyy:
      return Axis::kY;
    case Gate::kZ:
    case Gate::kS:
    case Gate::kSdg:
    case Gate::kT:
    case Gate::kTdg:
    case Gate::kRz:
    case Gate::kP:
    case Gate::kRzz:
    case Gate::kDiagonal:
      return Axis::kZ;
    case Gate::kRzx:
      return operand == 0 ? Axis::kZ : Axis::kX;
    case Gate::kEcr:  // I and X on operand 1
      return operand == 1 ? Axis::kX : Axis::kNone;
    case Gate::kRccx:  // its sequence uses these as controls alone
      return operand < 2 ? Axis::kZ : Axis::kNone;
    case Gate::kRc3x:
      return operand < 3 ? Axis::kZ : Axis::kNone;
    case Gate::kPauliExponential:
      return axis_of_letter(operation.payload->paulis[operation.operands().size() - 1 - operand]);
    case Gate::kR:
    case Gate::kU:
    case Gate::kUnitary:
      return operation.operands().size() == 1 && operation.has_numbers()
                 ? axis_of(matrix2(operation))
                 : Axis::kNone;
    default:
      return Axis::kNone;
  }
}

bool commute(const Operation& a, const Operation& b) {
  if (share_a_bit(a, b)) return false;
  bool axes_agree = true;
  bool any_common = false;
  for (std::size_t i = 0; i < a.qubits.size() && axes_agree; ++i) {
    for (std::size_t j = 0; j < b.qubits.size(); ++j) {
      if (a.qubits[i] != b.qubits[j]) continue;
      any_common = true;
      const Axis first = axis_of(a, i);
      const Axis second = axis_of(b, j);
      axes_agree = first != Axis::kNone && second != Axis::kNone &&
                   (first == second || first == Axis::kEvery || second == Axis::kEvery);
      break;
    }
  }
  if (!any_common || axes_agree) return true;
  if (!is_unitary(a) || !is_unitary(b) || a.condition || b.condition) return false;
  return strings_commute(a, b) || matrices_commute(a, b);
}

}  // namespace quanta::quantum
