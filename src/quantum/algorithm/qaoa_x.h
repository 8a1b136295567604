/// QAOA with the X mixer or a warm-started one, on all 2^n amplitudes. Inner part of qaoa_circuit.
///
/// In the basis that S turns each qubit to, exp(-i beta X) is the real rotation exp(-i beta Y), and
/// phases stay what they are. Angles are reduced to |beta| <= pi/4; the quarter turns taken out map
/// x to its complement, which the following phases see as a cost with inverted bits. A warm-started
/// mixer is R(t/2) exp(-i beta Z) R(-t/2) with the real rotation R(t/2) = exp(-i t/2 Y).
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "quantum/algorithm/qaoa_evaluator.h"
#include "quantum/algorithm/quadratic_cost.h"

namespace quanta::quantum {

/// Bytes at the most that an evaluator of n qubits needs at a time, states and tables together.
double x_mixer_bytes(unsigned n_qubits, bool single_precision);

/// The cost is checked, 1 <= n <= 34; warm_start is empty or n values in (0, 1).
std::unique_ptr<const QaoaEvaluator> make_x_evaluator(const QuadraticCost& cost,
                                                      std::span<const double> warm_start,
                                                      bool single_precision,
                                                      const Execution& execution);

}  // namespace quanta::quantum
