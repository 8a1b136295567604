/// Gates in terms of simpler ones.
#pragma once

#include "quantum/transpiler/one_qubit.h"

namespace quanta::quantum {

/// A unitary operation without condition as a product of operations that are nearer to one-qubit
/// gates and cx: on fewer qubits, with fewer controls, or of a simpler kind; phase included.
/// Repeated, it ends in cx and one-qubit gates without controls. Angles may be named. n_qubits: the
/// qubits of the circuit; those that the operation leaves alone may serve as scratch, whatever
/// their state, and get it back. Preconditions: not a gate on one qubit, not cx.
///
/// Multi-controlled X: with scratch 4(k - 2) ccx for k controls, else the recursion through a
/// controlled phase, O(k^2) (Barenco et al. 1995, quant-ph/9503016). Tables on n qubits: O(2^n) for
/// diagonals and states, O(4^n) for unitaries, O(n 2^n) multi-controlled X for permutations
/// (Miller, Maslov & Dueck 2003).
GateSequence decompose(const Operation& operation, unsigned n_qubits);

}  // namespace quanta::quantum
