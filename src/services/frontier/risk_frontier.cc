#include "services/frontier/risk_frontier.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "portfolio/objectives/scenario_risk.h"
#include "portfolio/optimizers/allowed_weights.h"
#include "portfolio/optimizers/dual_bound.h"
#include "portfolio/optimizers/linear_bound.h"
#include "services/optimization/conflicts.h"
#include "services/optimization/groups.h"

namespace quanta::services {
namespace {

Result<void> check(const RiskFrontierRequest& request) {
  if (request.risk == FrontierRisk::kVolatility) {
    return fail(ErrorKind::kUsage, "the frontier of volatility has no scenarios", "risk");
  }
  if (request.alpha && !takes_alpha(request.risk)) {
    return fail(ErrorKind::kUsage,
                fmt::format("belongs to cvar, cdar or evar, not to {}", to_text(request.risk)),
                "alpha");
  }
  if (request.risk == FrontierRisk::kTrackingError) {
    return fail(ErrorKind::kUsage,
                "tracking-error stands against another risk: add --against, such as --against "
                "volatility",
                "risk");
  }
  if (request.frontier.resampled) {
    return fail(ErrorKind::kUsage,
                "averages the exact corners of return against volatility; with another risk each "
                "draw would solve every point anew, which is not offered",
                "resampled");
  }
  if (!request.frontier.moments.moments_file.empty()) {
    return fail(ErrorKind::kUsage,
                fmt::format("{} is measured on the returns of each period: it needs prices, not a "
                            "file of moments",
                            to_text(request.risk)),
                "moments");
  }
  if (request.frontier.points < 2) {
    return fail(ErrorKind::kUsage, "a frontier has at least 2 points", "points");
  }
  return {};
}

RiskFrontierPoint point_of(const portfolio::ScenarioAnswer& answer,
                           const statistics::Moments& moments) {
  RiskFrontierPoint point{.risk = answer.value,
                          .weights = answer.weights,
                          .shadow_price = answer.shadow_prices.target.value_or(0.0),
                          .certificate = answer.certificate};
  double variance = 0.0;
  for (std::size_t i = 0; i < point.weights.size(); ++i) {
    point.expected_return += moments.mean[i] * point.weights[i];
    for (std::size_t j = 0; j < point.weights.size(); ++j) {
      variance += point.weights[i] * moments.covariance(i, j) * point.weights[j];
    }
  }
  point.volatility = std::sqrt(std::max(variance, 0.0));
  return point;
}

/// The largest return within bounds and limits; without bounds, the largest mean of an asset.
Result<double> highest_return(const portfolio::ScenarioProblem& problem,
                              const std::vector<double>& mean, double low,
                              const Execution& execution) {
  double high =
      portfolio::largest_on_budget(mean, problem.bounds.lower, problem.bounds.upper, 1.0).value;
  if (!std::isfinite(high)) high = std::max(low, *std::ranges::max_element(mean));
  if (problem.limits.empty()) return high;
  std::vector<double> falling(mean);
  for (double& value : falling) value = -value;
  QUANTA_TRY(const portfolio::LimitMultipliers best,
             portfolio::best_multipliers(portfolio::allowed_weights(problem.bounds, problem.limits),
                                         falling, execution));
  const portfolio::WeightConstraints limits{.bounds = problem.bounds, .limits = problem.limits};
  return std::min(high, -portfolio::linear_bound(limits, falling, best.limits, 0.0));
}

}  // namespace

std::optional<portfolio::ScenarioRisk> engine_risk(FrontierRisk risk) {
  using enum portfolio::ScenarioRisk;
  switch (risk) {
    case FrontierRisk::kCvar:
      return kCvar;
    case FrontierRisk::kCdar:
      return kCdar;
    case FrontierRisk::kMad:
      return kMad;
    case FrontierRisk::kSemivariance:
      return kSemivariance;
    case FrontierRisk::kEvar:
      return kEvar;
    case FrontierRisk::kMaxDrawdown:
      return kMaxDrawdown;
    case FrontierRisk::kVolatility:
    case FrontierRisk::kTrackingError:
      return std::nullopt;
  }
  return std::nullopt;
}

Result<portfolio::ScenarioProblem> limited_problem(const FrontierRequest& request,
                                                   const Estimate& estimate,
                                                   Provenance& provenance) {
  portfolio::ScenarioProblem out{.returns = estimate.returns, .bounds = {}};
  if (request.groups_file.empty() != request.groups.empty()) {
    return request.groups.empty()
               ? fail(ErrorKind::kUsage, "limits nothing without --group NAME=LO:HI", "groups")
               : fail(ErrorKind::kUsage, "needs --groups FILE, which says what is in it", "group");
  }
  if (!request.groups_file.empty()) {
    QUANTA_TRY(LoadedGroups groups,
               load_groups(request.groups_file, request.groups, estimate.assets));
    out.limits = std::move(groups.limits);
    provenance.inputs.push_back(std::move(groups.input));
  }
  QUANTA_TRY(out.bounds, bounds_of(request.bounds, estimate.assets));
  return out;
}

Error as_asked(Error error, const FrontierRequest& request, const Estimate& estimate,
               const std::vector<portfolio::LinearLimit>& groups, const Execution& execution) {
  error = with_conflicts(std::move(error),
                         {.assets = estimate.assets, .bounds = request.bounds, .groups = groups},
                         execution);
  if (error.field == "returns" || error.field == "mean" || error.field == "covariance") {
    error.field = "prices";
  }
  if (error.field == "limits") error.field = "group";
  return error;
}

Result<RiskFrontierDocument> risk_frontier(const RiskFrontierRequest& request, const Run& run) {
  QUANTA_CHECK(check(request));
  const FrontierRequest& asked = request.frontier;
  QUANTA_TRY(const Estimate estimate, estimate_moments(asked.moments, run.execution));
  const statistics::Moments& moments = estimate.moments;
  RiskFrontierDocument document;
  document.provenance = begin_provenance(run, estimate, "");
  std::vector<portfolio::LinearLimit> groups;
  const auto failed = [&](Error error) {
    return std::unexpected(as_asked(std::move(error), asked, estimate, groups, run.execution));
  };
  auto limited = limited_problem(asked, estimate, document.provenance);
  if (!limited) return failed(std::move(limited).error());
  portfolio::ScenarioProblem problem = *std::move(limited);
  groups = problem.limits;
  problem.risk = *engine_risk(request.risk);
  problem.alpha = request.alpha.value_or(0.95);
  auto least = portfolio::optimize_scenario_risk(problem, run.execution);
  if (!least) return failed(std::move(least).error());

  document.assets = estimate.assets;
  document.risk = request.risk;
  if (takes_alpha(request.risk)) document.alpha = problem.alpha;
  document.periods_per_year = estimate.periods_per_year;
  document.risk_free = asked.moments.risk_free;
  document.provenance.method = std::string(least->method);
  document.points.push_back(point_of(*least, moments));
  const double low = document.points.front().expected_return;
  QUANTA_TRY(const double high, highest_return(problem, moments.mean, low, run.execution));

  problem.mean = moments.mean;
  std::size_t unproven = least->certificate.proven ? 0 : 1;
  bool stopped = least->stopped;
  for (unsigned i = 1; i < asked.points && !stopped; ++i) {
    const double share = static_cast<double>(i) / (asked.points - 1);
    problem.target = i + 1 == asked.points ? high : low + share * (high - low);
    auto answer = portfolio::optimize_scenario_risk(problem, run.execution);
    if (!answer) return failed(std::move(answer).error());
    stopped = answer->stopped;
    unproven += answer->certificate.proven ? 0 : 1;
    document.points.push_back(point_of(*answer, moments));
    run.execution.report(share, "frontier");
  }
  if (unproven > 0) {
    document.provenance.warnings.push_back(
        fmt::format("{} of {} points are not proven; their certificates say how far from the least "
                    "risk they can be",
                    unproven, document.points.size()));
  }
  return document;
}

}  // namespace quanta::services
