/// QAOA with an XY mixer on the states of one weight. Inner part of qaoa_circuit.
#pragma once

#include <cstddef>
#include <memory>

#include "core/result.h"
#include "quantum/algorithm/qaoa_evaluator.h"
#include "quantum/algorithm/quadratic_cost.h"
#include "quantum/simulator/exchange_sequence.h"

namespace quanta::quantum {

/// Bytes for each amplitude that an evaluator needs at a time: two states, or one beside the
/// complex numbers that state() returns, the cost, and the lists of exchanges.
inline constexpr std::size_t kXyBytesPerAmplitude = 48;

/// The mixer is the exchanges in their order. The cost is checked.
std::unique_ptr<const QaoaEvaluator> make_xy_evaluator(const QuadraticCost& cost,
                                                       ExchangeSequence mixer,
                                                       bool single_precision,
                                                       const Execution& execution);

}  // namespace quanta::quantum
