#include "portfolio/frontier/resampled_frontier.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/random.h"
#include "statistics/stationary_bootstrap.h"

namespace quanta::portfolio {
namespace {

constexpr std::size_t kFewestDraws = 20;

Result<void> check(const Matrix& returns, const statistics::Moments& moments, const Bounds& bounds,
                   const ResamplingOptions& options) {
  if (returns.empty()) return bad_input("returns", "there are none");
  if (returns.columns() != moments.mean.size()) {
    return bad_input("returns", fmt::format("of {} assets, but the moments are of {}",
                                            returns.columns(), moments.mean.size()));
  }
  if (options.n_draws < kFewestDraws) {
    return bad_input("draws", fmt::format("{} draws are too few for an average; at least {} are "
                                          "needed",
                                          options.n_draws, kFewestDraws));
  }
  if (options.n_points < 2) return bad_input("points", "a frontier has at least 2 points");
  if (!(options.block_length >= 1.0 &&
        options.block_length <= static_cast<double>(returns.rows()))) {
    return bad_input("block_length", fmt::format("{} is not between 1 and the {} periods",
                                                 options.block_length, returns.rows()));
  }
  QUANTA_CHECK(check_bounds(bounds, moments.mean.size()));
  for (std::size_t i = 0; i < bounds.lower.size(); ++i) {
    if (std::isfinite(bounds.lower[i]) && std::isfinite(bounds.upper[i])) continue;
    return bad_input("bounds", fmt::format("asset {} has no limit on one side: the frontiers then "
                                           "have no highest return, and no ranks to average by",
                                           i + 1));
  }
  return {};
}

/// Weights at equal steps of return, one row each.
Result<Matrix> ranked_weights(const statistics::Moments& moments, const Bounds& bounds,
                              std::size_t n_points, const Execution& execution) {
  QUANTA_TRY(const EfficientFrontier frontier,
             trace_frontier(moments.mean, moments.covariance, bounds, execution));
  const double high = frontier.corners.front().expected_return;
  const double low = frontier.corners.back().expected_return;
  Matrix out(n_points, moments.mean.size());
  for (std::size_t k = 0; k < n_points; ++k) {
    const double share = static_cast<double>(k) / static_cast<double>(n_points - 1);
    // Both ends as they stand, whatever rounding makes of the steps.
    const double wanted = std::min(low + share * (high - low), high);
    const auto point =
        k + 1 == n_points
            ? frontier.corners.front()
            : frontier.at_return(wanted, moments.covariance).value_or(frontier.corners.back());
    std::ranges::copy(point.weights, out.row(k).begin());
  }
  return out;
}

FrontierPoint point_of(std::vector<double> weights, const statistics::Moments& moments) {
  FrontierPoint point;
  double variance = 0.0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    point.expected_return += moments.mean[i] * weights[i];
    for (std::size_t j = 0; j < weights.size(); ++j) {
      variance += weights[i] * moments.covariance(i, j) * weights[j];
    }
  }
  point.volatility = std::sqrt(std::max(variance, 0.0));
  point.weights = std::move(weights);
  return point;
}

}  // namespace

Result<ResampledFrontier> resample_frontier(
    const Matrix& returns,
    const std::function<Result<statistics::Moments>(const Matrix& returns)>& moments_of,
    const statistics::Moments& moments, const Bounds& bounds, const ResamplingOptions& options,
    const Execution& execution) {
  QUANTA_CHECK(check(returns, moments, bounds, options));
  QUANTA_CHECK(trace_frontier(moments.mean, moments.covariance, bounds, execution));
  const Execution within{.instruction_set = execution.instruction_set, .stop = execution.stop};
  std::vector<std::optional<Result<Matrix>>> drawn(options.n_draws);
  parallel_for(execution, options.n_draws, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t d = begin; d < end; ++d) {
      if (execution.cancelled()) return;
      RandomStream random(options.seed, "resampled frontier", d);
      auto estimate = moments_of(statistics::rows_at(
          returns, statistics::stationary_resample(returns.rows(), options.block_length, random)));
      if (!estimate) {
        drawn[d] = std::unexpected(std::move(estimate).error());
      } else {
        drawn[d] = ranked_weights(*estimate, bounds, options.n_points, within);
      }
    }
  });

  ResampledFrontier out;
  const std::size_t n = moments.mean.size();
  Matrix sum(options.n_points, n);
  for (auto& draw : drawn) {
    if (!draw) return cancelled_error();
    if (!*draw) {
      if (draw->error().kind == ErrorKind::kCancelled) return cancelled_error();
      if (out.failed++ == 0) out.reason = std::move(*draw).error();
      continue;
    }
    for (std::size_t c = 0; c < options.n_points * n; ++c) sum.data()[c] += (*draw)->data()[c];
  }
  const std::size_t held = options.n_draws - out.failed;
  if (2 * held < options.n_draws) {
    return infeasible("draws", fmt::format("only {} of {} draws have a frontier; the first "
                                           "without: {}",
                                           held, options.n_draws, out.reason->message));
  }
  for (std::size_t k = 0; k < options.n_points; ++k) {
    std::vector<double> weights(n);
    for (std::size_t i = 0; i < n; ++i) weights[i] = sum(k, i) / static_cast<double>(held);
    out.points.push_back(
        point_of(clean_weights(bounds.lower, bounds.upper, std::move(weights)), moments));
  }
  return out;
}

}  // namespace quanta::portfolio
