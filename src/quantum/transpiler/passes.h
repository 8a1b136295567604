/// The rewritings that optimize.h runs until nothing shrinks. Each keeps what the program does: the
/// unitary with its global phase or, where it is said, the outcomes of its measurements. Operations
/// are unitary gates in canonical form (merge.h), or fences: measurements, resets, barriers, state
/// preparations and whatever has a condition. Nothing moves across a fence on its qubits.
#pragma once

#include "quantum/transpiler/basis.h"
#include "quantum/transpiler/program.h"

namespace quanta::quantum {

/// A run of gates on one qubit with nothing between becomes the fewest gates of the basis. O(n).
void merge_runs(Program& program, const Basis& basis);

/// Each gate meets earlier ones on its qubits, looking past up to 64 that it commutes with: what
/// merges, merges, inverse pairs go, and so do gates without effect. Once forwards, once backwards.
void cancel(Program& program, const Basis& basis);

/// Turns about z of the same parity of path variables are added, wherever they stand. Along a
/// circuit of cx, x and swap a qubit carries a parity x_a + x_b + … (+ 1) of variables that all
/// other gates renew; e^{it} on that parity is the same factor of the sum over paths wherever it is
/// applied, also that of rzz on the sum of two. Sources: Amy, Maslov & Mosca 2014
/// (arXiv:1303.2042), Nam et al. 2018 (arXiv:1710.07345). from_zero: the qubits start in |0…0>.
/// Parities are known by 128-bit sums of fixed random labels.
void fold_phases(Program& program, const Basis& basis, bool from_zero);

/// Blocks of gates on the same two qubits with numbers for angles become the circuit of
/// two_qubit.h where that has no more gates and no more two-qubit gates, is smaller in one of them,
/// and makes no longest chain longer (the chains before and behind the block counted).
void resynthesise_blocks(Program& program, const Basis& basis);

/// Outcomes only: qubits start in |0…0>. Gates whose controls are known not to be met go, controls
/// known to be met go, turns about z of known qubits go, and so do resets of qubits in |0>.
void use_known_states(Program& program, const Basis& basis);

/// Outcomes only: what no measurement can see goes: diagonal gates before the last measurements,
/// and gates on qubits that are not looked at any more. Where there is no measurement, all qubits
/// count as measured at the end.
void drop_unseen(Program& program);

}  // namespace quanta::quantum
