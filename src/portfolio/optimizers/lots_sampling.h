/// Classical heuristics that a quantum answer must be shown beside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "portfolio/objectives/selection.h"

namespace quanta::portfolio {

struct SampledLots {
  std::vector<unsigned> lots;
  double value = 0.0;
  std::uint64_t iterations = 0;  ///< picks drawn, or moves made
};

/// The best of `draws` random feasible picks: N of the n M lot slots, uniformly among those that
/// meet the groups' limits, which without limits is what measuring QAOA's start state gives.
/// Errors: kBadInput, field "shots" (0).
Result<SampledLots> best_of_random(const LotProblem& problem, std::uint64_t draws,
                                   std::uint64_t seed, const Execution& execution);

/// The best of `starts` steepest descents from random picks; a move takes one lot from one asset
/// to another and keeps the groups' limits. O(n^2) a move. Errors: kBadInput, field "starts" (0);
/// kCancelled before the first start is done.
Result<SampledLots> swap_descent(const LotProblem& problem, std::uint64_t starts,
                                 std::uint64_t seed, const Execution& execution);

/// Simulated annealing on the same moves: from each of `restarts` random picks `sweeps` sweeps of n
/// proposals, a lot of a random holder to a random other asset with room, taken with probability
/// min(1, exp(-d/T)); T falls geometrically from 2 s to s/1000, s the root mean square of what 200
/// random moves change; a descent ends each. Source: Kirkpatrick, Gelatt, Vecchi (1983), Science
/// 220, 671. O(1) a proposal, O(n) where it is taken. The same bits for any number of threads.
/// Errors: kBadInput, field "restarts" or "sweeps" (0); kCancelled before the first is done.
Result<SampledLots> anneal_lots(const LotProblem& problem, std::uint64_t restarts,
                                std::uint64_t sweeps, std::uint64_t seed,
                                const Execution& execution);

/// The best of the steepest descents from these z, each of which is first repaired where it breaks
/// a group's limits: lot by lot, at the least loss, from where there are too many to where there
/// are too few. The z have the sum N and at most M in an asset. Errors: kBadInput, field "starts"
/// (none); kCancelled as above.
Result<SampledLots> polish(const LotProblem& problem, std::span<const std::vector<unsigned>> starts,
                           const Execution& execution);

}  // namespace quanta::portfolio
