/// The frontier of averaged portfolios, for moments that are estimates.
///
///   const auto moments_of = [&](const Matrix& returns) -> Result<statistics::Moments> { … };
///   QUANTA_TRY(const auto resampled,
///              resample_frontier(returns, moments_of, moments, bounds, options, execution));
///   resampled.points.front();      // the averaged portfolio of least variance
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/execution.h"
#include "core/matrix.h"
#include "core/result.h"
#include "portfolio/frontier/efficient_frontier.h"
#include "portfolio/weights.h"
#include "statistics/moments.h"

namespace quanta::portfolio {

struct ResamplingOptions {
  std::size_t n_draws = 200;
  std::size_t n_points = 100;  ///< ranks of a frontier, at least 2
  double block_length = 1.0;   ///< of the stationary bootstrap, in periods
  std::uint64_t seed = 1;
};

struct ResampledFrontier {
  /// By rank, from the least variance to the highest return. Return and volatility are those of
  /// the averaged weights under the moments given, so that no point lies above the exact frontier.
  std::vector<FrontierPoint> points;
  std::size_t failed = 0;       ///< draws without a frontier, left out
  std::optional<Error> reason;  ///< of the first of those
};

/// For each draw the exact frontier of moments_of() of resampled returns, at n_points equal steps
/// of its return; point k is the average over the draws of their k-th weights. Full investment
/// within the bounds holds, because both are kept by averages. Same bits for any number of threads.
///
/// moments_of  estimates from T x n returns in the unit of `moments`; called by many threads.
/// Errors: kBadInput, field "draws": fewer than 20; "points": fewer than 2; "block_length": below 1
/// or above T; "returns": empty, or not of as many assets as the moments; "bounds": an asset
/// without a finite bound on both sides, so that no frontier has an end. kInfeasible, field
/// "draws": fewer than half of the draws have a frontier. Others as trace_frontier, whose checks
/// the moments and bounds given pass first. kCancelled. Source: Michaud, Efficient Asset Management
/// (1998), chapter 6; resampling by blocks in place of his normal simulation.
Result<ResampledFrontier> resample_frontier(
    const Matrix& returns,
    const std::function<Result<statistics::Moments>(const Matrix& returns)>& moments_of,
    const statistics::Moments& moments, const Bounds& bounds, const ResamplingOptions& options,
    const Execution& execution);

}  // namespace quanta::portfolio
