/// QAOA with an XY mixer on the states of one weight. Inner part of qaoa_circuit.
#pragma once

#include <cstddef>
#include <memory>

#include "core/result.h"
#include "quantum/algorithm/qaoa_circuit.h"
#include "quantum/algorithm/qaoa_evaluator.h"
#include "quantum/simulator/exchange_sequence.h"

namespace quanta::quantum {

/// Bytes for each amplitude that an evaluator needs at a time: two states, or one beside the
/// complex numbers that state() returns, the cost, and the lists of exchanges.
inline constexpr std::size_t kXyBytesPerAmplitude = 48;
/// More of them with a warm start or limits: the start itself, and the costs that meet the limits.
inline constexpr std::size_t kXyBytesOfStart = 16;

/// The mixer is the exchanges in their order. The ansatz is checked but for this: error kBadInput,
/// field "limits", where no state meets them.
Result<std::unique_ptr<const QaoaEvaluator>> make_xy_evaluator(const QaoaAnsatz& ansatz,
                                                               ExchangeSequence mixer,
                                                               const Execution& execution);

}  // namespace quanta::quantum
