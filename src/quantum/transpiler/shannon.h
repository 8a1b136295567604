/// Unitaries on several qubits as circuits.
#pragma once

#include <span>

#include "quantum/transpiler/one_qubit.h"

namespace quanta::quantum {

/// A unitary on n >= 2 qubits, 2^n rows row by row, as four unitaries on n - 1 qubits (kUnitary)
/// and three multiplexed rotations: the cosine-sine decomposition, then its halves made one by the
/// eigenvectors of their quotient. Down to two qubits that gives 24 cx for n = 3, 120 for 4, 528
/// for
/// 5. Source: Shende, Bullock & Markov 2006 (quant-ph/0406176).
GateSequence shannon_decomposition(std::span<const Amplitude> unitary,
                                   std::span<const unsigned> qubits);

}  // namespace quanta::quantum
