#include "services/frontier/risk_frontier.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "portfolio/objectives/scenario_risk.h"
#include "portfolio/optimizers/dual_bound.h"

namespace quanta::services {
namespace {

portfolio::ScenarioRisk engine_risk(FrontierRisk risk) {
  switch (risk) {
    case FrontierRisk::kCdar:
      return portfolio::ScenarioRisk::kCdar;
    case FrontierRisk::kMad:
      return portfolio::ScenarioRisk::kMad;
    case FrontierRisk::kSemivariance:
      return portfolio::ScenarioRisk::kSemivariance;
    case FrontierRisk::kEvar:
      return portfolio::ScenarioRisk::kEvar;
    case FrontierRisk::kMaxDrawdown:
      return portfolio::ScenarioRisk::kMaxDrawdown;
    default:
      return portfolio::ScenarioRisk::kCvar;
  }
}

bool has_tail(FrontierRisk risk) {
  return risk == FrontierRisk::kCvar || risk == FrontierRisk::kCdar || risk == FrontierRisk::kEvar;
}

Result<void> check(const RiskFrontierRequest& request) {
  if (request.risk == FrontierRisk::kVolatility) {
    return fail(ErrorKind::kUsage, "the frontier of volatility has no scenarios", "risk");
  }
  if (request.alpha && !has_tail(request.risk)) {
    return fail(ErrorKind::kUsage,
                fmt::format("belongs to cvar, cdar or evar, not to {}", to_text(request.risk)),
                "alpha");
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

std::unexpected<Error> of_source(Error error) {
  if (error.field == "returns" || error.field == "mean") error.field = "prices";
  return std::unexpected(std::move(error));
}

}  // namespace

Result<RiskFrontierDocument> risk_frontier(const RiskFrontierRequest& request, const Run& run) {
  QUANTA_CHECK(check(request));
  const FrontierRequest& asked = request.frontier;
  QUANTA_TRY(const Estimate estimate, estimate_moments(asked.moments, run.execution));
  QUANTA_TRY(const portfolio::Bounds bounds, bounds_of(asked.bounds, estimate.assets));
  const statistics::Moments& moments = estimate.moments;
  portfolio::ScenarioProblem problem{.returns = estimate.returns,
                                     .risk = engine_risk(request.risk),
                                     .alpha = request.alpha.value_or(0.95),
                                     .bounds = bounds};
  auto least = portfolio::optimize_scenario_risk(problem, run.execution);
  if (!least) return of_source(std::move(least).error());

  RiskFrontierDocument document;
  document.assets = estimate.assets;
  document.risk = request.risk;
  if (has_tail(request.risk)) document.alpha = problem.alpha;
  document.periods_per_year = estimate.periods_per_year;
  document.risk_free = asked.moments.risk_free;
  document.points.push_back(point_of(*least, moments));
  const double low = document.points.front().expected_return;
  double high = portfolio::largest_on_budget(moments.mean, bounds.lower, bounds.upper, 1.0).value;
  if (!std::isfinite(high)) high = std::max(low, *std::ranges::max_element(moments.mean));

  problem.mean = moments.mean;
  std::string method(least->method);
  std::size_t unproven = least->certificate.proven ? 0 : 1;
  bool stopped = least->stopped;
  for (unsigned i = 1; i < asked.points && !stopped; ++i) {
    const double share = static_cast<double>(i) / (asked.points - 1);
    problem.target = i + 1 == asked.points ? high : low + share * (high - low);
    auto answer = portfolio::optimize_scenario_risk(problem, run.execution);
    if (!answer) return of_source(std::move(answer).error());
    stopped = answer->stopped;
    unproven += answer->certificate.proven ? 0 : 1;
    document.points.push_back(point_of(*answer, moments));
    run.execution.report(share, "frontier");
  }
  document.provenance = begin_provenance(run, method);
  document.provenance.inputs = estimate.inputs;
  document.provenance.warnings = estimate.warnings;
  if (estimate.as_of) document.provenance.as_of = to_text(*estimate.as_of);
  if (unproven > 0) {
    document.provenance.warnings.push_back(
        fmt::format("{} of {} points are not proven; their certificates say how far from the least "
                    "risk they can be",
                    unproven, document.points.size()));
  }
  return document;
}

}  // namespace quanta::services
