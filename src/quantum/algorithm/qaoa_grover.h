/// QAOA with the Grover mixer. Inner part of qaoa_circuit.
///
/// States of equal cost keep equal amplitudes. Where there are at most 65,536 different costs, one
/// amplitude for each is simulated, with the root of their number as its start: O(levels) a layer.
/// Else one for each state, in one pass a layer: what the mixer adds to all amplitudes is added
/// together with the next phase.
#pragma once

#include <memory>
#include <optional>

#include "quantum/algorithm/qaoa_evaluator.h"
#include "quantum/algorithm/quadratic_cost.h"
#include "quantum/simulator/weight_subspace.h"

namespace quanta::quantum {

/// Bytes for each basis state that an evaluator needs at a time.
inline constexpr std::size_t kGroverBytesPerState = 48;

/// Of the states of `space`, or of all 2^n where there is none. The cost is checked, n <= 34.
std::unique_ptr<const QaoaEvaluator> make_grover_evaluator(const QuadraticCost& cost,
                                                           std::optional<WeightSubspace> space,
                                                           const Execution& execution);

}  // namespace quanta::quantum
