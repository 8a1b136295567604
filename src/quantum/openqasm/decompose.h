/// Gates as sequences of simpler ones. Inside the folder only; for the export.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/result.h"
#include "quantum/circuit/circuit.h"

namespace quanta::quantum::openqasm {

/// A sequence that does exactly what a gate does, its phase included.
struct Sequence {
  struct Part {
    Operation operation = {};
    /// Not needed under the gate's controls: what remains of the sequence without the other parts
    /// is the identity.
    bool scaffold = false;
  };
  std::vector<Part> parts = {};
  Angle phase = {};
};

/// Gates with a name on two qubits and more (from kSwap to kRc3x), and kR, from cx and gates on one
/// qubit. Qubits are 0, 1, …. Precondition: such a gate.
Sequence named_sequence(Gate gate, std::span<const Angle> angles);

/// kUnitary (1 to 5 qubits), kDiagonal, kPermutation, kPauliExponential, kStatePreparation, without
/// their controls, on qubits 0, 1, …: from cx, gates on one qubit, and gates on one qubit under
/// controls. Errors: kBadInput, field "circuit": a permutation on more than 8 qubits, a diagonal or
/// state on more than 16.
Result<Sequence> payload_sequence(const Operation& operation);

/// An operation under controls from gates of qelib1.inc and kU under one control: for gates on one
/// qubit under two controls and more (X: five and more), swap under two and more. All controls act
/// on 1, angles are numbers. O(n^2) gates for n controls, no qubits besides its own. Source:
/// Barenco et al. 1995, lemmas 7.2, 7.3 and 7.5.
std::vector<Operation> under_many_controls(const Operation& operation);

/// (t, f, l, g) with u(t, f, l, g) the unitary 2 by 2 matrix.
std::vector<Angle> euler_angles(std::span<const Amplitude> matrix);

}  // namespace quanta::quantum::openqasm
