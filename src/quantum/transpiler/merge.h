/// Two gates on the same qubits made one, or none.
#pragma once

#include <optional>

#include "quantum/circuit/circuit.h"
#include "quantum/transpiler/basis.h"

namespace quanta::quantum {

/// At most one operation, and a global phase.
struct Merged {
  std::optional<Operation> operation = {};
  Angle phase = {};
};

/// The operation with its controls, and the qubits that it treats alike, in rising order; so that
/// equal gates are written equally.
Operation canonical(Operation operation);

/// `first` then `second`, unitary operations in canonical form without conditions, as one operation
/// of the basis. Empty where they act on different qubits or no such operation is known. Angles may
/// be named: turns about one axis add; what is equal and opposite is gone.
std::optional<Merged> merge(const Operation& first, const Operation& second, const Basis& basis);

/// What is left of an operation that does nothing but turn a phase (a turn by 2 pi, an identity):
/// nothing, or a phase gate on its controls. Empty for any other operation.
std::optional<Merged> without_effect(const Operation& operation, const Basis& basis);

/// e^{i phase} on the controls of `operation` alone: the global phase where it has none. Empty
/// where the basis has no such gate.
std::optional<Merged> phase_on_controls(const Operation& operation, const Angle& phase,
                                        const Basis& basis);

/// diag(1, e^{i angle}) as a gate of the basis, and the phase it leaves: z, s, t and their inverses
/// where they fit, else p, rz or u. Empty where the basis turns about z by several gates only.
std::optional<Merged> phase_gate(unsigned qubit, const Angle& angle, const Basis& basis);

/// The angle t where the operation is diag(1, e^{it}) on its one operand, or R_z(t), which is that
/// times e^{-it/2}.
struct PhaseTurn {
  Angle angle = {};
  bool is_rz = false;
};
std::optional<PhaseTurn> phase_turn(const Operation& operation);

}  // namespace quanta::quantum
