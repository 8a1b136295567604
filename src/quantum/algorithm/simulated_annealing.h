/// Simulated annealing of a quadratic cost: the heuristic that a quantum answer must beat.
///
///   QUANTA_TRY(const Annealed best, anneal(cost, {.weight = 8, .seed = 1}, execution));
///
/// Each restart begins at a random state and makes `sweeps` sweeps of n proposals at one
/// temperature: the flip of each bit in turn, or with a weight the exchange of a random one with a
/// random zero. A proposal that changes the cost by d is taken with probability min(1, exp(-d/T)).
/// T falls geometrically from 2 s to s/1000, s being the root mean square of what a proposal
/// changes at a random state, in closed form: hot enough to take most, cold enough to rest. Then
/// every improving proposal is made until none is left, so that the answer is a local optimum.
/// Source: Kirkpatrick, Gelatt, Vecchi (1983), Science 220, 671.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/algorithm/quadratic_cost.h"
#include "quantum/algorithm/registry.h"

namespace quanta::quantum {

inline constexpr AlgorithmDescription kSimulatedAnnealing{
    .name = "annealing",
    .about = "a low cost by random moves that are ever less often uphill (classical)",
    .min_qubits = 1,
    .max_qubits = 63,
    .cost = "O(1) a proposal, O(n) where it is taken; n sweeps restarts proposals",
    .classical = "it is a classical control; exact enumeration beside it",
    .source = "Kirkpatrick, Gelatt, Vecchi 1983, Science 220, 671"};

struct AnnealingOptions {
  std::optional<unsigned> weight = {};  ///< only states of so many ones
  std::size_t sweeps = 200;             ///< of a restart
  std::size_t restarts = 20;
  std::uint64_t seed = 1;
};

struct Annealed {
  std::uint64_t state = 0;           ///< the best seen, bit i = x_i
  double value = 0.0;                ///< value(cost, state)
  std::uint64_t evaluations = 0;     ///< proposals whose change of the cost was computed
  std::size_t restarts = 0;          ///< finished ones: fewer after a stop
  std::size_t restarts_at_best = 0;  ///< those that ended within rounding of the value
};

/// Deterministic in (cost, options); the same bits for any number of threads. When the execution is
/// stopped the best of the finished restarts is the answer.
/// Errors: those of check(QuadraticCost); kBadInput, field "qubits" (above 63), "weight" (above n),
/// "sweeps", "restarts" (0); kCancelled where no restart was finished.
Result<Annealed> anneal(const QuadraticCost& cost, const AnnealingOptions& options,
                        const Execution& execution);

}  // namespace quanta::quantum
