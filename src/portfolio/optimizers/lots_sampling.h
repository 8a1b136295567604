/// Classical baselines that a quantum answer must be shown beside.
#pragma once

#include <cstddef>
#include <cstdint>
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

/// The best of `draws` random feasible picks: N of the n M lot slots, uniformly, which is what
/// measuring QAOA's start state gives. Errors: kBadInput, field "shots" (0).
Result<SampledLots> best_of_random(const LotProblem& problem, std::uint64_t draws,
                                   std::uint64_t seed, const Execution& execution);

/// The best of `starts` steepest descents from random picks; a move takes one lot from one asset
/// to another. O(n^2) a move. Errors: kBadInput, field "starts" (0); kCancelled before the first
/// start is done.
Result<SampledLots> swap_descent(const LotProblem& problem, std::uint64_t starts,
                                 std::uint64_t seed, const Execution& execution);

}  // namespace quanta::portfolio
