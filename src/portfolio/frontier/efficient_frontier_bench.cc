#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "bench/bench.h"
#include "bench/random_covariance.h"
#include "core/random.h"
#include "portfolio/frontier/efficient_frontier.h"

namespace quanta::bench {
namespace {

constexpr std::size_t kAssets = 225;
constexpr std::size_t kPoints = 100;
constexpr double kGoalSeconds = 1e-3;

}  // namespace

/// As many assets as the largest of the OR-Library's five.
Result<std::vector<Row>> frontier_benchmark(const Context& context) {
  portfolio::MeanVarianceProblem problem;
  problem.covariance = random_covariance(kAssets, "frontier");
  problem.bounds.lower.assign(kAssets, 0.0);
  problem.bounds.upper.assign(kAssets, 1.0);
  RandomStream random(1, "frontier means");
  for (std::size_t i = 0; i < kAssets; ++i) {
    problem.mean.push_back(0.5 * problem.covariance(i, i) + 0.02 * random.normal());
  }
  const double highest = *std::ranges::max_element(problem.mean);
  const auto trace = [&] {
    return portfolio::trace_frontier(problem.mean, problem.covariance, problem.bounds,
                                     context.execution);
  };
  QUANTA_TRY(const portfolio::EfficientFrontier frontier, trace());
  const double lowest = frontier.corners.back().expected_return;
  const auto wanted = [&](std::size_t k) {
    return lowest + (highest - lowest) * static_cast<double>(k) / kPoints;
  };

  Row row{.name = fmt::format("frontier, n = {}", kAssets),
          .work = fmt::format("all {} corners and {} points", frontier.corners.size(), kPoints)};
  row.equal = true;
  problem.objective = portfolio::Objective::kTargetReturn;
  row.reference = "one quadratic program for each point";
  row.reference_seconds = seconds_once([&] {
    for (std::size_t k = 0; k < kPoints; ++k) {
      problem.target = wanted(k);
      const auto single = portfolio::optimize_mean_variance(problem, context.execution);
      const auto point = frontier.at_return(wanted(k), problem.covariance);
      row.equal =
          row.equal && single && point &&
          std::abs(point->volatility - std::sqrt(single->variance)) <= 1e-9 * point->volatility;
    }
  });
  row.seconds = minimum_seconds([&] {
    const auto traced = trace();
    for (std::size_t k = 0; k < kPoints; ++k) {
      keep(traced->at_return(wanted(k), problem.covariance));
    }
  });
  row.ratio = *row.reference_seconds / row.seconds;
  // Weights are read from a line, but the volatility of each needs one product with S.
  const double squares = static_cast<double>(kAssets) * kAssets;
  row.floor = "4 n^2 flops for each corner, 2 n^2 for the volatility of each point";
  row.floor_seconds = squares *
                      (4.0 * static_cast<double>(frontier.corners.size()) + 2.0 * kPoints) /
                      context.machine.flops_per_second;
  row.goal = "1 ms";
  row.met = row.seconds <= kGoalSeconds;
  return std::vector{row};
}

}  // namespace quanta::bench
