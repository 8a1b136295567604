/// The discrete Fourier transform, of numbers and as a circuit.
#pragma once

#include <span>

#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

/// values[k] = sum over j of values[j] e^{-2 pi i jk/n}, in place; with `inverse` the sign is +.
/// Not scaled. n is a power of two (asserted). O(n log n), factors from one table of sines.
void fourier_transform(std::span<Amplitude> values, bool inverse = false);

/// |j> becomes n^{-1/2} sum over k of e^{2 pi i jk/n} |k>, n = 2^n_qubits, qubit q being bit q of j
/// and of k: Hadamards, controlled phases, and swaps last. With `inverse` undone. n_qubits > 0.
Circuit fourier_circuit(unsigned n_qubits, bool inverse = false);

}  // namespace quanta::quantum
