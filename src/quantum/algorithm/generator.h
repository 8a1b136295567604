/// What turns when an angle of a gate turns: the basis of every gradient.
///
/// For a gate U(t) under controls, dU/dt = -i Pi G U with G Hermitian on the operands and Pi the
/// projector on the states that the controls let pass.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "quantum/circuit/circuit.h"
#include "quantum/simulator/elements.h"

namespace quanta::quantum {

/// factor Pi P.
struct GeneratorTerm {
  ControlledPauli pauli = {};
  double factor = 0.0;
};

/// i (dU/dangle) U^+ on the operands of one gate without its controls, 2^k rows. `angle` is the
/// place among the gate's angles. Precondition: has_matrix(gate), it takes that angle.
std::vector<Amplitude> generator_matrix(Gate gate, std::span<const double> angles,
                                        std::size_t angle);

/// A Hermitian matrix on operation.operands() under its controls, in Pauli strings of the whole
/// circuit. Terms below rounding are left out, and the identity without controls: its share of a
/// gradient is zero. Precondition: qubits below 64.
std::vector<GeneratorTerm> pauli_terms(const Operation& operation,
                                       std::span<const Amplitude> matrix);

/// G of an angle of a gate that is not kDefined, as above.
std::vector<GeneratorTerm> generator(const Operation& operation, std::size_t angle,
                                     std::span<const double> parameters);

}  // namespace quanta::quantum
