/// Which operations may change places.
#pragma once

#include <cstddef>
#include <cstdint>

#include "quantum/circuit/circuit.h"
#include "quantum/transpiler/small_matrix.h"

namespace quanta::quantum {

/// An operation lies along axis P of a qubit where it is made of I and P there: it then commutes
/// with all else that does. A control lies along z, the target of a cx along x.
enum class Axis : std::uint8_t {
  kNone,  ///< along no axis
  kX,
  kY,
  kZ,
  kEvery,  ///< it does nothing to the qubit
};

/// The axis of a unitary operation on its qubits[position]; kNone for what is no gate.
Axis axis_of(const Operation& operation, std::size_t position);

/// Whether a matrix is made of I and the Pauli matrix of the axis (within 1e-13).
bool lies_along(const Matrix2& matrix, Axis axis);

/// Whether the two may change places. True is always right; false is said too where they do commute
/// for a reason that is none of these: no common qubit, one axis on each common qubit, exponentials
/// of Pauli strings that differ on an even number of qubits, or two gates with numbers for angles
/// on the same two qubits whose matrices commute. Measurements, resets, barriers and operations
/// under a condition commute with what shares no qubit and no classical bit with them.
bool commute(const Operation& a, const Operation& b);

}  // namespace quanta::quantum
