/// Circuits as OpenQASM text.
#pragma once

#include <string>

#include "core/result.h"
#include "quantum/circuit/circuit.h"

namespace quanta::quantum::openqasm {

/// The circuit with qelib1.inc. Gates which that library lacks come as `gate` definitions; what has
/// no name of its own (unitaries, diagonals, permutations, Pauli exponentials, gates under many
/// controls) as definitions made of library gates. Angles are k*pi/n where that is exact to 1e-15,
/// else they have all digits that their doubles need (up to 17). Read back, the circuit does the
/// same up to its global phase, which OpenQASM 2 cannot say.
///
/// Errors: kBadInput, field "circuit", naming the operation: named parameters; a condition that
/// needs bits of two registers, or of one with more than 6 bits where it is no `==` of the whole;
/// a permutation of more than 8 qubits, a diagonal or state of more than 16.
Result<std::string> to_openqasm2(const Circuit& circuit);

/// The circuit with stdgates.inc, its global phase included; controls that the library lacks are
/// written with ctrl @ and negctrl @, named parameters as `input float[64]`. Errors: the sizes of
/// to_openqasm2.
Result<std::string> to_openqasm3(const Circuit& circuit);

}  // namespace quanta::quantum::openqasm
