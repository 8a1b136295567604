#include "services/frontier/pareto.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "core/sums.h"
#include "portfolio/frontier/pareto_front.h"
#include "services/optimization/benchmark_moments.h"

namespace quanta::services {
namespace {

bool is_root(FrontierRisk risk) {
  return risk == FrontierRisk::kVolatility || risk == FrontierRisk::kTrackingError;
}

Result<void> check(const ParetoRequest& request) {
  const FrontierRequest& asked = request.frontier;
  if (request.risk == request.against) {
    return fail(
        ErrorKind::kUsage,
        fmt::format("{} stands on both sides; a front is of two risks", to_text(request.risk)),
        "against");
  }
  if (request.alpha && !takes_alpha(request.risk) && !takes_alpha(request.against)) {
    return fail(ErrorKind::kUsage,
                fmt::format("belongs to cvar, cdar or evar, not to {} and {}",
                            to_text(request.risk), to_text(request.against)),
                "alpha");
  }
  const bool follows = request.risk == FrontierRisk::kTrackingError ||
                       request.against == FrontierRisk::kTrackingError;
  if (follows == request.benchmark.empty()) {
    return fail(
        ErrorKind::kUsage,
        follows ? "tracking-error needs --benchmark FILE[:COLUMN]" : "belongs to tracking-error",
        "benchmark");
  }
  if (!asked.moments.moments_file.empty()) {
    return fail(ErrorKind::kUsage,
                "a front of two risks is measured on the returns of each period: it needs prices, "
                "not a file of moments",
                "moments");
  }
  if (asked.resampled) {
    return fail(ErrorKind::kUsage,
                "averages the exact corners of return against volatility; of two risks each draw "
                "would solve every point anew, which is not offered",
                "resampled");
  }
  if (asked.points < 2) {
    return fail(ErrorKind::kUsage, "a front has at least 2 points", "points");
  }
  return {};
}

/// As the engine has it: squares in place of roots.
Result<portfolio::ParetoRisk> measured(FrontierRisk risk, const ParetoRequest& request,
                                       const Estimate& estimate, const Execution& execution,
                                       Provenance& provenance) {
  if (const auto scenario = engine_risk(risk)) {
    return portfolio::ParetoRisk{.scenario = scenario, .alpha = request.alpha.value_or(0.95)};
  }
  if (risk == FrontierRisk::kVolatility) {
    return portfolio::ParetoRisk{.form = estimate.moments.covariance};
  }
  QUANTA_TRY(BenchmarkMoments benchmark, benchmark_moments(request.benchmark, estimate, execution));
  provenance.inputs.push_back(std::move(benchmark.input));
  std::ranges::move(benchmark.warnings, std::back_inserter(provenance.warnings));
  return portfolio::ParetoRisk{.form = std::move(benchmark.covariance),
                               .linear = std::move(benchmark.with_assets),
                               .constant = benchmark.variance};
}

double shown(FrontierRisk risk, double value) {
  return is_root(risk) ? std::sqrt(std::max(value, 0.0)) : value;
}

ParetoRow row_of(const portfolio::ParetoPoint& point, const ParetoRequest& request,
                 const statistics::Moments& moments, bool is_end) {
  const auto [u, v] = point.dual.shares;
  ParetoRow row{.risk = shown(request.risk, point.values[0]),
                .against = shown(request.against, point.values[1]),
                .expected_return = dot(moments.mean, point.weights),
                .volatility = 0.0,
                .weights = point.weights,
                .rate = std::nullopt,
                .risk_share = u,
                .against_share = v,
                .certificate = point.certificate};
  row.volatility =
      std::sqrt(std::max(dot(point.weights, times(moments.covariance, point.weights)), 0.0));
  // Along the front u d(risk) = -v d(against), of squares with d(x^2) = 2 x dx.
  const double risk_step = u * (is_root(request.risk) ? 2.0 * row.risk : 1.0);
  const double against_step = v * (is_root(request.against) ? 2.0 * row.against : 1.0);
  if (!is_end && risk_step > 0.0) row.rate = against_step / risk_step;
  return row;
}

}  // namespace

Result<ParetoDocument> pareto(const ParetoRequest& request, const Run& run) {
  QUANTA_CHECK(check(request));
  const FrontierRequest& asked = request.frontier;
  QUANTA_TRY(const Estimate estimate, estimate_moments(asked.moments, run.execution));
  ParetoDocument document;
  document.provenance = begin_provenance(run, estimate, "");
  std::vector<portfolio::LinearLimit> groups;
  const auto failed = [&](Error error) {
    if (error.field == "risks") error.field = "risk";
    return std::unexpected(as_asked(std::move(error), asked, estimate, groups, run.execution));
  };
  auto limited = limited_problem(asked, estimate, document.provenance);
  if (!limited) return failed(std::move(limited).error());
  groups = limited->limits;
  portfolio::ParetoProblem problem{.returns = std::move(limited->returns),
                                   .risks = {},
                                   .bounds = std::move(limited->bounds),
                                   .limits = groups,
                                   .n_points = asked.points};
  const std::array<FrontierRisk, 2> sides = {request.risk, request.against};
  for (std::size_t k = 0; k < 2; ++k) {
    QUANTA_TRY(problem.risks[k],
               measured(sides[k], request, estimate, run.execution, document.provenance));
  }
  auto front = portfolio::pareto_front(problem, run.execution);
  if (!front) return failed(std::move(front).error());

  document.assets = estimate.assets;
  document.risk = request.risk;
  document.against = request.against;
  if (takes_alpha(request.risk) || takes_alpha(request.against)) {
    document.alpha = request.alpha.value_or(0.95);
  }
  document.equal_steps = sides[front->stepped];
  document.least = {front->least[0], front->least[1]};
  document.periods_per_year = estimate.periods_per_year;
  document.risk_free = asked.moments.risk_free;
  document.provenance.method = std::string(front->method);
  std::size_t unproven = 0;
  for (std::size_t i = 0; i < front->points.size(); ++i) {
    const bool is_end = i == 0 || i + 1 == front->points.size();
    document.points.push_back(row_of(front->points[i], request, estimate.moments, is_end));
    unproven += front->points[i].certificate.proven ? 0 : 1;
  }
  std::vector<std::string>& warnings = document.provenance.warnings;
  if (document.points.size() == 1) {
    warnings.push_back(
        fmt::format("one portfolio has the least {} and the least {}: there is "
                    "nothing to trade off",
                    to_text(request.risk), to_text(request.against)));
  }
  if (front->stopped) {
    document.provenance.degraded = true;
    warnings.push_back(
        fmt::format("stopped after {} of {} points", document.points.size(), asked.points));
  }
  if (unproven > 0) {
    warnings.push_back(
        fmt::format("{} of {} points are not proven; their certificates say how far "
                    "from the front they can be",
                    unproven, document.points.size()));
  }
  return document;
}

}  // namespace quanta::services
