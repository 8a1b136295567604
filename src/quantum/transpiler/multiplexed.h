/// Rotations whose angle depends on other qubits, and what is made of them.
#pragma once

#include <span>

#include "quantum/transpiler/one_qubit.h"

namespace quanta::quantum {

/// R_P(angles[x]) on `target` where the controls are in basis state x (bit j: controls[j]): 2^k
/// rotations and as many cx for k controls (k = 0: one rotation). axis: kRy or kRz. Source:
/// Mottonen, Vartiainen, Bergholm & Salomaa 2004 (quant-ph/0404089).
GateSequence multiplexed_rotation(Gate axis, std::span<const double> angles,
                                  std::span<const unsigned> controls, unsigned target);

/// Basis state x times e^{i phases[x]}, for 2^k phases: about 2^k rotations and as many cx.
GateSequence diagonal(std::span<const double> phases, std::span<const unsigned> qubits);

/// The state sum_x amplitudes[x] |x> from |0…0>. amplitudes: 2^k, of norm 1.
GateSequence state_preparation(std::span<const Amplitude> amplitudes,
                               std::span<const unsigned> qubits);

}  // namespace quanta::quantum
