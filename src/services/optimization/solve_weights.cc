#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "services/optimization/deadline.h"
#include "services/optimization/solve.h"
#include "services/optimization/stopwatch.h"

namespace quanta::services {
namespace {

portfolio::Objective engine_objective(OptimizeObjective objective) {
  switch (objective) {
    case OptimizeObjective::kMaxSharpe:
      return portfolio::Objective::kMaxSharpe;
    case OptimizeObjective::kTargetReturn:
      return portfolio::Objective::kTargetReturn;
    case OptimizeObjective::kUtility:
      return portfolio::Objective::kUtility;
    default:
      break;
  }
  return portfolio::Objective::kMinVariance;
}

/// --bounds for every asset, then --bound for some.
Result<portfolio::Bounds> bounds_of(const OptimizeRequest& request,
                                    const std::vector<std::string>& assets) {
  const auto [low, high] = request.bounds.value_or(std::pair{0.0, 1.0});
  if (low > high) {
    return infeasible("bounds", fmt::format("the lower limit {} is above the upper {}", low, high));
  }
  portfolio::Bounds bounds = portfolio::uniform_bounds(assets.size(), low, high);
  std::vector<bool> given(assets.size());
  for (const AssetBounds& own : request.asset_bounds) {
    const auto found = std::ranges::find(assets, own.asset);
    if (found == assets.end()) {
      return std::unexpected(unknown_word("bound", own.asset, {assets.begin(), assets.end()}));
    }
    const auto i = static_cast<std::size_t>(found - assets.begin());
    if (given[i]) {
      return fail(ErrorKind::kUsage, fmt::format("{} is given twice", own.asset), "bound");
    }
    if (own.lower > own.upper) {
      return infeasible("bound", fmt::format("{}: the lower limit {} is above the upper {}",
                                             own.asset, own.lower, own.upper));
    }
    given[i] = true;
    bounds.lower[i] = own.lower;
    bounds.upper[i] = own.upper;
  }
  return bounds;
}

std::vector<ConstraintRow> constraint_rows(const portfolio::MeanVarianceProblem& problem,
                                           const portfolio::ContinuousAnswer& answer,
                                           const std::vector<std::string>& assets) {
  std::vector<ConstraintRow> rows;
  double sum = 0;
  for (const double w : answer.weights) sum += w;
  rows.push_back({"sum", std::nullopt, Relation::kEqual, 1.0, sum, answer.shadow_prices.sum});
  if (problem.objective == portfolio::Objective::kTargetReturn) {
    rows.push_back({"return", std::nullopt, Relation::kAtLeast, problem.target,
                    answer.expected_return, answer.shadow_prices.target});
  }
  for (std::size_t i = 0; i < assets.size(); ++i) {
    if (std::isfinite(problem.bounds.lower[i])) {
      rows.push_back({"weight", assets[i], Relation::kAtLeast, problem.bounds.lower[i],
                      answer.weights[i], answer.shadow_prices.lower[i]});
    }
    if (std::isfinite(problem.bounds.upper[i])) {
      rows.push_back({"weight", assets[i], Relation::kAtMost, problem.bounds.upper[i],
                      answer.weights[i], answer.shadow_prices.upper[i]});
    }
  }
  return rows;
}

}  // namespace

Result<void> solve_weights(const OptimizeRequest& request, const Estimate& estimate, const Run& run,
                           OptimizeDocument& document) {
  portfolio::MeanVarianceProblem problem;
  problem.mean = estimate.moments.mean;
  problem.covariance = estimate.moments.covariance;
  problem.objective = engine_objective(request.objective);
  problem.target = request.target.value_or(0.0);
  problem.risk_free = request.moments.risk_free;
  problem.risk_aversion = request.risk_aversion.value_or(3.0);
  QUANTA_TRY(problem.bounds, bounds_of(request, estimate.assets));

  const Deadline deadline(run.execution.stop, request.deadline_s);
  Execution execution = run.execution;
  execution.stop = deadline.token();
  const Stopwatch watch;
  auto answer = portfolio::optimize_mean_variance(problem, execution);
  if (!answer) {
    Error error = std::move(answer).error();
    // The moments are made from the prices; a user has no flag called covariance or mean.
    if (error.field == "covariance" || error.field == "mean") {
      error.field = request.moments.moments_file.empty() ? "prices" : "moments";
    }
    return std::unexpected(std::move(error));
  }

  document.weights = answer->weights;
  document.objective.value = answer->value;
  document.objective.sense = answer->sense;
  document.certificate = answer->certificate;
  document.constraints = constraint_rows(problem, *answer, estimate.assets);
  MethodRun method;
  method.name = "quadratic program";
  method.value = answer->value;
  method.gap = answer->certificate.gap;
  method.seconds = watch.seconds();
  method.iterations = static_cast<std::uint64_t>(answer->iterations);
  method.weights = answer->weights;
  document.provenance.method = method.name;
  document.methods.push_back(std::move(method));
  return {};
}

}  // namespace quanta::services
