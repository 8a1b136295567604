#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "portfolio/frontier/efficient_frontier.h"
#include "services/optimization/deadline.h"
#include "services/optimization/solve.h"
#include "services/optimization/stopwatch.h"

namespace quanta::services {
namespace {

portfolio::Objective engine_objective(OptimizeObjective objective) {
  switch (objective) {
    case OptimizeObjective::kMaxSharpe:
    case OptimizeObjective::kMaxDiversification:  // a ratio as well, of the mean volatility
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

/// The moments are made from the prices; a user has no flag called covariance or mean.
std::unexpected<Error> of_source(Error error, const OptimizeRequest& request) {
  if (error.field == "covariance" || error.field == "mean") {
    error.field = request.moments.moments_file.empty() ? "prices" : "moments";
  }
  return std::unexpected(std::move(error));
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
  QUANTA_TRY(problem.bounds, bounds_of(request.bounds, estimate.assets));

  if (request.objective == OptimizeObjective::kMaxDiversification) {
    problem.risk_free = 0.0;
    for (std::size_t i = 0; i < problem.mean.size(); ++i) {
      problem.mean[i] = std::sqrt(problem.covariance(i, i));
    }
  }
  if (request.objective == OptimizeObjective::kMaxDecorrelation) {
    auto correlation = statistics::correlation(problem.covariance);
    if (!correlation) return of_source(std::move(correlation).error(), request);
    problem.covariance = *std::move(correlation);
  }

  const Deadline deadline(run.execution.stop, request.deadline_s);
  Execution execution = run.execution;
  execution.stop = deadline.token();
  const Stopwatch watch;
  const bool target_risk = request.objective == OptimizeObjective::kTargetRisk;
  auto answer = target_risk ? portfolio::optimize_target_risk(problem, execution)
                            : portfolio::optimize_mean_variance(problem, execution);
  if (!answer) return of_source(std::move(answer).error(), request);

  document.weights = answer->weights;
  document.objective.value = answer->value;
  document.objective.sense = answer->sense;
  document.certificate = answer->certificate;
  document.constraints = constraint_rows(problem, *answer, estimate.assets);
  if (target_risk) {
    document.constraints.insert(document.constraints.begin() + 1,
                                {"volatility", std::nullopt, Relation::kAtMost, problem.target,
                                 std::sqrt(answer->variance), answer->shadow_prices.target});
  }
  MethodRun method;
  method.name = target_risk ? "critical line" : "quadratic program";
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
