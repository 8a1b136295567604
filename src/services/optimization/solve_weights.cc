#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

#include "core/constants.h"
#include "portfolio/frontier/efficient_frontier.h"
#include "services/market_data/asset_file.h"
#include "services/optimization/assess.h"
#include "services/optimization/benchmark_moments.h"
#include "services/optimization/deadline.h"
#include "services/optimization/groups.h"
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
    case OptimizeObjective::kTrackingError:
      return portfolio::Objective::kTrackingError;
    case OptimizeObjective::kUtility:
      return portfolio::Objective::kUtility;
    default:
      break;
  }
  return portfolio::Objective::kMinVariance;
}

/// The coefficients of market impact: one number for all assets, or a file.
Result<std::vector<double>> read_impact(const OptimizeRequest& request, const Estimate& estimate,
                                        OptimizeDocument& document) {
  const std::string& text = request.impact;
  if (text.empty()) return std::vector<double>{};
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size()) {
    return std::vector<double>(estimate.assets.size(), number);
  }
  QUANTA_TRY(AssetFigures loaded, load_asset_figures(text, "impact", "impact", estimate.assets));
  document.provenance.inputs.push_back(std::move(loaded.input));
  return std::move(loaded.figures);
}

Result<void> add_benchmark(const OptimizeRequest& request, const Estimate& estimate, const Run& run,
                           OptimizeDocument& document, portfolio::MeanVarianceProblem& problem) {
  QUANTA_TRY(BenchmarkMoments moments,
             benchmark_moments(request.benchmark, estimate, run.execution));
  problem.covariance = std::move(moments.covariance);
  problem.benchmark_covariance = std::move(moments.with_assets);
  problem.benchmark_variance = moments.variance;
  document.provenance.inputs.push_back(std::move(moments.input));
  std::ranges::move(moments.warnings, std::back_inserter(document.provenance.warnings));
  return {};
}

}  // namespace

Result<void> add_start(const OptimizeRequest& request, const Estimate& estimate,
                       OptimizeDocument& document, portfolio::MeanVarianceProblem& problem) {
  problem.max_leverage = request.max_leverage.value_or(kInfinity);
  if (request.current.empty()) return {};
  const std::size_t n = estimate.assets.size();
  portfolio::Trading trading{.current = std::vector<double>(n, 1.0 / static_cast<double>(n)),
                             .cost = request.cost.value_or(0.0),
                             .max_turnover = request.max_turnover.value_or(kInfinity)};
  if (request.current != "equal") {
    QUANTA_TRY(AssetFigures loaded,
               load_asset_figures(request.current, "current", "weight", estimate.assets));
    trading.current = std::move(loaded.figures);
    document.provenance.inputs.push_back(std::move(loaded.input));
  }
  QUANTA_TRY(trading.impact, read_impact(request, estimate, document));
  problem.trading = std::move(trading);
  return {};
}

std::unexpected<Error> of_flags(Error error, const OptimizeRequest& request) {
  if (error.field == "limits") error.field = "group";
  if (error.field == "max_turnover") error.field = "max-turnover";
  if (error.field == "max_leverage") error.field = "max-leverage";
  if (error.field == "covariance" || error.field == "mean" || error.field == "returns") {
    error.field = request.moments.moments_file.empty() ? "prices" : "moments";
  }
  return std::unexpected(std::move(error));
}

LimitsAsStated limits_as_stated(const OptimizeRequest& request, const Estimate& estimate,
                                const portfolio::MeanVarianceProblem& problem) {
  LimitsAsStated out{.assets = estimate.assets,
                     .bounds = request.bounds,
                     .groups = problem.limits,
                     .trading = problem.trading,
                     .most_leverage = request.max_leverage,
                     .most_held = request.select,
                     .least_held = request.min_weight};
  if (!request.target) return out;
  if (request.objective == OptimizeObjective::kTargetRisk) {
    out.covariance = estimate.moments.covariance;
    out.most_volatility = request.target;
  } else {
    out.mean = estimate.moments.mean;
    out.least_return = request.target;
  }
  return out;
}

Result<void> add_groups(const OptimizeRequest& request, const Estimate& estimate,
                        OptimizeDocument& document, portfolio::MeanVarianceProblem& problem) {
  if (request.groups_file.empty()) return {};
  QUANTA_TRY(LoadedGroups groups,
             load_groups(request.groups_file, request.groups, estimate.assets));
  std::ranges::move(groups.limits, std::back_inserter(problem.limits));
  document.provenance.inputs.push_back(std::move(groups.input));
  return {};
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
  for (std::size_t g = 0; g < problem.limits.size(); ++g) {
    const portfolio::LinearLimit& limit = problem.limits[g];
    double at = 0;
    for (std::size_t i = 0; i < assets.size(); ++i) at += limit.coefficients[i] * answer.weights[i];
    if (std::isfinite(limit.lower)) {
      rows.push_back({"group", limit.name, Relation::kAtLeast, limit.lower, at,
                      answer.shadow_prices.limits[g].lower});
    }
    if (std::isfinite(limit.upper)) {
      rows.push_back({"group", limit.name, Relation::kAtMost, limit.upper, at,
                      answer.shadow_prices.limits[g].upper});
    }
  }
  if (std::isfinite(problem.max_leverage)) {
    rows.push_back({"leverage", std::nullopt, Relation::kAtMost, problem.max_leverage,
                    answer.leverage, answer.shadow_prices.leverage});
  }
  if (problem.trading && std::isfinite(problem.trading->max_turnover)) {
    rows.push_back({"turnover", std::nullopt, Relation::kAtMost, problem.trading->max_turnover,
                    answer.turnover, answer.shadow_prices.turnover});
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

Result<void> set_moments(const OptimizeRequest& request, statistics::Moments moments,
                         portfolio::MeanVarianceProblem& problem) {
  problem.mean = std::move(moments.mean);
  problem.covariance = std::move(moments.covariance);
  if (request.objective == OptimizeObjective::kMaxDiversification) {
    problem.risk_free = 0.0;
    for (std::size_t i = 0; i < problem.mean.size(); ++i) {
      problem.mean[i] = std::sqrt(problem.covariance(i, i));
    }
  }
  if (request.objective == OptimizeObjective::kMaxDecorrelation) {
    QUANTA_TRY(problem.covariance, statistics::correlation(problem.covariance));
  }
  return {};
}

Result<portfolio::ContinuousAnswer> solve_problem(const OptimizeRequest& request,
                                                  const portfolio::MeanVarianceProblem& problem,
                                                  const Execution& execution) {
  return request.objective == OptimizeObjective::kTargetRisk
             ? portfolio::optimize_target_risk(problem, execution)
             : portfolio::optimize_mean_variance(problem, execution);
}

Result<void> solve_weights(const OptimizeRequest& request, const Estimate& estimate, const Run& run,
                           OptimizeDocument& document) {
  portfolio::MeanVarianceProblem problem;
  problem.objective = engine_objective(request.objective);
  problem.target = request.target.value_or(0.0);
  problem.risk_free = request.moments.risk_free;
  problem.risk_aversion = request.risk_aversion.value_or(3.0);
  if (auto set = set_moments(request, estimate.moments, problem); !set) {
    return of_flags(std::move(set).error(), request);
  }

  QUANTA_CHECK(add_groups(request, estimate, document, problem));
  QUANTA_CHECK(add_start(request, estimate, document, problem));
  if (request.objective == OptimizeObjective::kTrackingError) {
    QUANTA_CHECK(add_benchmark(request, estimate, run, document, problem));
  }

  const auto infeasible_error = [&](Error error) {
    return of_flags(with_conflicts(std::move(error), limits_as_stated(request, estimate, problem),
                                   run.execution),
                    request);
  };
  auto bounds = bounds_of(request.bounds, estimate.assets);
  if (!bounds) return infeasible_error(std::move(bounds).error());
  problem.bounds = *std::move(bounds);

  if (request.robust) return solve_robust(request, estimate, run, problem, document);
  if (request.select || request.min_weight) {
    return solve_few(request, estimate, run, problem, document);
  }
  const Deadline deadline(run.execution, request.deadline_s);
  const Stopwatch watch;
  const bool target_risk = request.objective == OptimizeObjective::kTargetRisk;
  auto answer = solve_problem(request, problem, deadline.execution());
  if (!answer) return infeasible_error(std::move(answer).error());

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
  return assess_weights(request, estimate, run, problem, *answer, document);
}

}  // namespace quanta::services
