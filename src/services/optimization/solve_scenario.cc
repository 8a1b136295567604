#include <limits>

#include <fmt/format.h>

#include "portfolio/objectives/scenario_risk.h"
#include "services/optimization/deadline.h"
#include "services/optimization/solve.h"
#include "services/optimization/stopwatch.h"

namespace quanta::services {
namespace {

portfolio::ScenarioRisk risk_of(OptimizeObjective objective) {
  switch (objective) {
    case OptimizeObjective::kMinCdar:
      return portfolio::ScenarioRisk::kCdar;
    case OptimizeObjective::kMinMad:
      return portfolio::ScenarioRisk::kMad;
    case OptimizeObjective::kMinSemivariance:
      return portfolio::ScenarioRisk::kSemivariance;
    case OptimizeObjective::kMinEvar:
      return portfolio::ScenarioRisk::kEvar;
    case OptimizeObjective::kMinMaxDrawdown:
      return portfolio::ScenarioRisk::kMaxDrawdown;
    case OptimizeObjective::kKelly:
      return portfolio::ScenarioRisk::kMissedGrowth;
    default:
      break;
  }
  return portfolio::ScenarioRisk::kCvar;
}

/// What is missed, least, is what is gained, most: every figure with the other sign.
void turn_to_gain(portfolio::ScenarioAnswer& answer) {
  const auto turn = [](double& x) { x = 0.0 - x; };
  turn(answer.value);
  turn(answer.certificate.best);
  turn(answer.certificate.bound);
  portfolio::ShadowPrices& prices = answer.shadow_prices;
  turn(prices.sum);
  turn(prices.leverage);
  turn(prices.turnover);
  for (double& price : prices.lower) turn(price);
  for (double& price : prices.upper) turn(price);
  for (auto& [lower, upper] : prices.limits) {
    turn(lower);
    turn(upper);
  }
  if (prices.target) turn(*prices.target);
}

}  // namespace

Result<void> solve_scenario(const OptimizeRequest& request, const Estimate& estimate,
                            const Run& run, OptimizeDocument& document) {
  portfolio::MeanVarianceProblem shared;  // bounds, limits and target, as for the other weights
  shared.mean = estimate.moments.mean;
  QUANTA_CHECK(add_groups(request, estimate, document, shared));
  QUANTA_CHECK(add_start(request, estimate, document, shared));
  const auto infeasible_error = [&](Error error) {
    return of_flags(with_conflicts(std::move(error), limits_as_stated(request, estimate, shared),
                                   run.execution),
                    request);
  };
  auto bounds = bounds_of(request.bounds, estimate.assets);
  if (!bounds) return infeasible_error(std::move(bounds).error());
  shared.bounds = *std::move(bounds);
  if (request.target) {
    shared.objective = portfolio::Objective::kTargetReturn;
    shared.target = *request.target;
  }
  const portfolio::ScenarioProblem problem{.returns = estimate.returns,
                                           .risk = risk_of(request.objective),
                                           .alpha = request.alpha.value_or(0.95),
                                           .bounds = shared.bounds,
                                           .limits = shared.limits,
                                           .target = request.target,
                                           .mean = shared.mean,
                                           .trading = shared.trading,
                                           .max_leverage = shared.max_leverage};
  const double in_tail = (1.0 - problem.alpha) * static_cast<double>(problem.returns.rows());
  if (takes_alpha(request.objective) && in_tail < 1.0) {
    document.provenance.warnings.push_back(
        fmt::format("beyond alpha {} lies less than one of {} returns: the worst one alone is the "
                    "tail",
                    problem.alpha, problem.returns.rows()));
  }

  const Deadline deadline(run.execution, request.deadline_s);
  const Stopwatch watch;
  auto answer = portfolio::optimize_scenario_risk(problem, deadline.execution());
  if (!answer) return infeasible_error(std::move(answer).error());

  const bool gain = request.objective == OptimizeObjective::kKelly;
  if (gain) turn_to_gain(*answer);

  portfolio::ContinuousAnswer rows{};
  rows.weights = answer->weights;
  rows.shadow_prices = answer->shadow_prices;
  rows.leverage = answer->leverage;
  rows.turnover = answer->turnover;
  for (std::size_t i = 0; i < rows.weights.size(); ++i) {
    rows.expected_return += shared.mean[i] * rows.weights[i];
  }
  document.weights = answer->weights;
  document.objective.value = answer->value;
  document.objective.sense = gain ? portfolio::Sense::kMaximize : portfolio::Sense::kMinimize;
  document.certificate = answer->certificate;
  document.constraints = constraint_rows(shared, rows, estimate.assets);
  document.provenance.method = std::string(answer->method);
  if (answer->stopped) {
    document.provenance.degraded = true;
    document.provenance.warnings.push_back(kStoppedEarly);
  }
  document.methods.push_back({.name = std::string(answer->method),
                              .kind = MethodKind::kClassical,
                              .value = answer->value,
                              .gap = answer->certificate.gap,
                              .seconds = watch.seconds(),
                              .iterations = static_cast<std::uint64_t>(answer->iterations),
                              .weights = answer->weights,
                              .details = {}});
  return {};
}

}  // namespace quanta::services
