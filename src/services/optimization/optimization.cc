#include "services/optimization/optimization.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "services/optimization/assess.h"
#include "services/optimization/solve.h"
#include "statistics/risk_measures.h"

namespace quanta::services {
namespace {

/// What `field` is for, where it was given for something else.
std::unexpected<Error> out_of_place(std::string_view field, std::string_view belongs,
                                    OptimizeObjective objective) {
  return fail(ErrorKind::kUsage,
              fmt::format("belongs to --objective {}, not to {}", belongs, to_text(objective)),
              std::string(field));
}

std::unexpected<Error> missing(std::string_view field, std::string_view what,
                               OptimizeObjective objective) {
  return fail(ErrorKind::kUsage,
              fmt::format("must be given for --objective {}: {}", to_text(objective), what),
              std::string(field));
}

/// Leverage, and what it costs to come from the weights that are held.
Result<void> check_trading(const OptimizeRequest& request) {
  using enum OptimizeObjective;
  const OptimizeObjective objective = request.objective;
  const bool distances = !is_discrete(objective) && !is_rule(objective) && objective != kTargetRisk;
  const bool costs =
      objective == kUtility || objective == kMinVariance || objective == kTargetReturn;
  const auto refuse = [&](std::string_view field, std::string message) {
    return fail(ErrorKind::kUsage, std::move(message), std::string(field));
  };
  const std::string no_meaning = fmt::format("has no meaning for {}", to_text(objective));
  if (!distances && !request.current.empty()) return refuse("current", no_meaning);
  if (!distances && request.max_leverage) return refuse("max-leverage", no_meaning);
  if (request.cost && !costs && !is_scenario(objective)) {
    return refuse("cost", fmt::format("the value of {} is nothing that costs could be taken from; "
                                      "--max-turnover limits what is traded",
                                      to_text(objective)));
  }
  if (!request.impact.empty() && !costs) {
    return refuse("impact", fmt::format("belongs to --objective min-variance, target-return or "
                                        "utility, not to {}; --max-turnover limits what is traded",
                                        to_text(objective)));
  }
  const std::string_view cost = request.cost ? "cost" : request.impact.empty() ? "" : "impact";
  if (request.select || request.min_weight) {
    constexpr std::string_view kApart = "does not go together with --select or --min-weight";
    if (!request.current.empty()) return refuse("current", std::string(kApart));
    if (request.max_leverage) return refuse("max-leverage", std::string(kApart));
  }
  if (request.current.empty() && (!cost.empty() || request.max_turnover)) {
    return refuse(cost.empty() ? "max-turnover" : cost,
                  "needs the weights that are held (--current equal or FILE)");
  }
  if (request.max_leverage && !request.bounds.given()) {
    return refuse("max-leverage",
                  "says nothing of weights from 0 to 1: give bounds that allow short positions, "
                  "such as --bounds -0.3:1 or --bounds none");
  }
  return {};
}

/// Errors where a member was set that the objective has no use for, or one is not set that it
/// needs.
Result<void> check(const OptimizeRequest& request) {
  using enum OptimizeObjective;
  const OptimizeObjective objective = request.objective;
  const bool discrete = is_discrete(objective);
  const bool few = objective == kMinVariance || objective == kTargetReturn || objective == kUtility;
  const bool has_target = objective == kTargetReturn || objective == kTargetRisk ||
                          is_scenario(objective) ||
                          (objective == kMinVariance && (request.select || request.min_weight));
  if (request.target && !has_target) {
    return out_of_place(
        "target", "target-return, target-risk, min-cvar or its kin (min-variance with --select)",
        objective);
  }
  if (request.alpha && !takes_alpha(objective)) {
    return out_of_place("alpha", "min-cvar, min-cdar or min-evar", objective);
  }
  if (request.risk_aversion && objective != kUtility) {
    return out_of_place("risk-aversion", "utility", objective);
  }
  if (request.select && objective != kSelection && !few) {
    return out_of_place("select", "selection, min-variance, target-return or utility", objective);
  }
  if (request.min_weight && !few) {
    return out_of_place("min-weight", "min-variance, target-return or utility", objective);
  }
  if (request.lots && objective != kLots) return out_of_place("lots", "lots", objective);
  if (request.max_lots && objective != kLots) return out_of_place("max-lots", "lots", objective);
  if (request.risk_weight && !discrete) {
    return out_of_place("risk-weight", "selection or lots", objective);
  }
  const bool hierarchical = objective == kHrp || objective == kHerc || objective == kNestedClusters;
  if (!request.budgets_file.empty() != (objective == kRiskBudget)) {
    return objective == kRiskBudget ? missing("budgets", "a file asset,budget", objective)
                                    : out_of_place("budgets", "risk-budget", objective);
  }
  if (request.linkage && !hierarchical)
    return out_of_place("linkage", "hrp, herc or nested-clusters", objective);
  if (request.distance && !hierarchical)
    return out_of_place("distance", "hrp, herc or nested-clusters", objective);
  if (request.clusters && objective != kHerc && objective != kNestedClusters) {
    return out_of_place("clusters", "herc or nested-clusters", objective);
  }
  if (request.leaf_order && objective != kHrp) return out_of_place("leaf-order", "hrp", objective);
  const bool no_bounds = discrete || is_rule(objective);
  if (no_bounds && request.bounds.given()) {
    return fail(ErrorKind::kUsage, fmt::format("has no meaning for {}", to_text(objective)),
                request.bounds.all ? "bounds" : "bound");
  }
  const auto without = [&](std::string_view field) {
    return fail(ErrorKind::kUsage, fmt::format("has no meaning for {}", to_text(objective)),
                std::string(field));
  };
  const bool rows = discrete || (!no_bounds && objective != kTargetRisk);
  if (!rows && !request.groups_file.empty()) return without("groups");
  if (request.groups_file.empty() != request.groups.empty()) {
    return fail(ErrorKind::kUsage,
                "a file of groups (--groups) and limits of them (--group) belong together",
                request.groups.empty() ? "groups" : "group");
  }
  QUANTA_CHECK(check_trading(request));
  if (request.benchmark.empty() == (objective == kTrackingError)) {
    return objective == kTrackingError ? missing("benchmark", "FILE[:COLUMN]", objective)
                                       : out_of_place("benchmark", "tracking-error", objective);
  }
  if (objective == kTrackingError && !request.moments.moments_file.empty()) {
    return fail(ErrorKind::kUsage, "tracking-error needs prices, not a file of moments", "moments");
  }
  if (is_scenario(objective) && !request.moments.moments_file.empty()) {
    return fail(ErrorKind::kUsage,
                fmt::format("{} is measured on the returns of each period: it needs prices, not a "
                            "file of moments",
                            to_text(objective)),
                "moments");
  }
  const bool qaoa = request.method == OptimizeMethod::kQaoa;
  const bool named = qaoa || request.method == OptimizeMethod::kVqe ||
                     request.method == OptimizeMethod::kAnneal ||
                     request.method == OptimizeMethod::kEnumerate;
  const bool chooses = qaoa && few && request.select;
  if (!discrete && named && !chooses) {
    return fail(
        ErrorKind::kUsage,
        fmt::format("{} solves selection and lots{}; weights are solved by exact",
                    to_text(request.method), qaoa ? " and chooses the assets of --select" : ""),
        "method");
  }
  const bool samples = chooses || (discrete && request.method != OptimizeMethod::kExact &&
                                   request.method != OptimizeMethod::kEnumerate);
  if (request.warm_start && !(discrete && (qaoa || request.method == OptimizeMethod::kAuto))) {
    return fail(ErrorKind::kUsage, "belongs to qaoa, which does not run here", "warm-start");
  }
  if (request.layers && !samples) {
    return fail(ErrorKind::kUsage, "belongs to qaoa, which does not run here", "layers");
  }
  if (request.shots && !samples) {
    return fail(ErrorKind::kUsage, "belongs to qaoa, which does not run here", "shots");
  }
  if (objective == kTargetReturn && !request.target) {
    return missing("target", "the least return of a year", objective);
  }
  if (objective == kTargetRisk && !request.target) {
    return missing("target", "the largest volatility of a year", objective);
  }
  if (objective == kSelection && !request.select) {
    return missing("select", "how many assets", objective);
  }
  if (objective == kLots && !request.lots) return missing("lots", "how many in all", objective);
  if (request.deadline_s && !(*request.deadline_s > 0)) {
    return fail(ErrorKind::kUsage, fmt::format("{} s is no time", *request.deadline_s), "deadline");
  }
  return check_assessment(request);
}

/// What a set of means does not go together with.
Result<void> check_robust(const OptimizeRequest& request) {
  using enum OptimizeObjective;
  if (!request.robust) return {};
  const OptimizeObjective objective = request.objective;
  if (objective != kUtility && objective != kTargetReturn && objective != kMaxSharpe) {
    return out_of_place("robust", "utility, target-return or max-sharpe", objective);
  }
  if (!request.moments.moments_file.empty()) {
    return fail(ErrorKind::kUsage,
                "standard errors need the number of returns: prices, not a file of moments",
                "robust");
  }
  if (!request.current.empty() || request.max_leverage || request.select || request.min_weight) {
    return fail(ErrorKind::kUsage,
                "does not go together with --current, --max-leverage, --select or --min-weight",
                "robust");
  }
  if (request.sensitivity || request.confidence || request.stability) {
    return fail(ErrorKind::kUsage,
                "does not go together with --sensitivity, --confidence or --stability", "robust");
  }
  if (!(request.robust->width > 0.0)) {
    return fail(
        ErrorKind::kUsage,
        fmt::format("{} standard errors are no width; 1 or 2 are usual", request.robust->width),
        "robust");
  }
  return {};
}

ReturnAndRisk figures(const statistics::Moments& moments, const std::vector<double>& weights,
                      double risk_free) {
  ReturnAndRisk result;
  double variance = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    result.expected_return += moments.mean[i] * weights[i];
    for (std::size_t j = 0; j < weights.size(); ++j) {
      variance += weights[i] * moments.covariance(i, j) * weights[j];
    }
  }
  result.volatility = std::sqrt(std::max(variance, 0.0));
  if (result.volatility > 0) {
    result.sharpe = (result.expected_return - risk_free) / result.volatility;
  }
  return result;
}

}  // namespace

Result<OptimizeDocument> optimize(const OptimizeRequest& request, const Run& run) {
  QUANTA_CHECK(check(request));
  QUANTA_CHECK(check_robust(request));
  QUANTA_TRY(const Estimate estimate, estimate_moments(request.moments, run.execution));
  if (estimate.assets.size() < 2) {
    return bad_input(request.moments.moments_file.empty() ? "prices" : "moments",
                     fmt::format("there is only one asset, {}; choosing needs at least two",
                                 estimate.assets[0]));
  }
  OptimizeDocument document;
  document.assets = estimate.assets;
  document.periods_per_year = estimate.periods_per_year;
  document.risk_free = request.moments.risk_free;
  document.objective.name = request.objective;
  document.provenance = begin_provenance(run, estimate, "");

  if (is_discrete(request.objective)) {
    QUANTA_CHECK(solve_lots(request, estimate, run, document));
  } else if (is_scenario(request.objective)) {
    QUANTA_CHECK(solve_scenario(request, estimate, run, document));
  } else if (is_rule(request.objective)) {
    QUANTA_CHECK(solve_rule(request, estimate, document));
  } else {
    QUANTA_CHECK(solve_weights(request, estimate, run, document));
  }

  const ReturnAndRisk asked =
      figures(estimate.moments, document.weights, request.moments.risk_free);
  QUANTA_TRY(statistics::RiskContributions risk,
             statistics::volatility_contributions(document.weights, estimate.moments.covariance));
  if (risk.total > 0.0) {
    for (double& share : risk.component) share /= risk.total;
    document.risk_contributions = std::move(risk.component);
  }
  document.expected_return = asked.expected_return;
  document.volatility = asked.volatility;
  document.sharpe = asked.sharpe;
  document.sample = figures(estimate.sample, document.weights, request.moments.risk_free);
  return document;
}

}  // namespace quanta::services
