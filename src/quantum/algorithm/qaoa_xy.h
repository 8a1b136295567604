/// QAOA with an XY mixer on the states of one weight. Inner part of qaoa_circuit.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "quantum/algorithm/qaoa_evaluator.h"
#include "quantum/algorithm/quadratic_cost.h"
#include "quantum/simulator/weight_subspace.h"

namespace quanta::quantum {

/// Bytes for each amplitude that an evaluator needs at a time.
inline constexpr std::size_t kXyBytesPerAmplitude = 64;

/// The mixer's exchanges in their order. The cost is checked.
std::unique_ptr<const QaoaEvaluator> make_xy_evaluator(const QuadraticCost& cost,
                                                       WeightSubspace space,
                                                       std::span<const QubitPair> exchanges,
                                                       const Execution& execution);

}  // namespace quanta::quantum
