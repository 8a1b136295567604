#include "services/frontier/frontier.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "portfolio/frontier/efficient_frontier.h"

namespace quanta::services {
namespace {

FrontierRow row_of(const portfolio::FrontierPoint& point) {
  return {point.expected_return, point.volatility, point.weights};
}

std::unexpected<Error> of_source(Error error, const FrontierRequest& request) {
  if (error.field == "covariance" || error.field == "mean") {
    error.field = request.moments.moments_file.empty() ? "prices" : "moments";
  }
  return std::unexpected(std::move(error));
}

}  // namespace

Result<FrontierDocument> frontier(const FrontierRequest& request, const Run& run) {
  if (request.points < 2) {
    return fail(ErrorKind::kUsage, "a frontier has at least 2 points", "points");
  }
  QUANTA_TRY(const Estimate estimate, estimate_moments(request.moments, run.execution));
  QUANTA_TRY(const portfolio::Bounds bounds, bounds_of(request.bounds, estimate.assets));
  const statistics::Moments& moments = estimate.moments;
  auto traced = portfolio::trace_frontier(moments.mean, moments.covariance, bounds, run.execution);
  if (!traced) return of_source(std::move(traced).error(), request);

  FrontierDocument document;
  document.assets = estimate.assets;
  for (std::size_t i = 0; i < estimate.assets.size(); ++i) {
    document.alone.push_back({moments.mean[i], std::sqrt(std::max(moments.covariance(i, i), 0.0))});
  }
  document.kkt_residual = traced->kkt_residual;
  document.periods_per_year = estimate.periods_per_year;
  document.risk_free = request.moments.risk_free;
  for (const auto& corner : traced->corners) document.corners.push_back(row_of(corner));
  document.minimum_variance = document.corners.back();
  const double low = document.minimum_variance.expected_return;
  const double high = traced->ray.empty() ? document.corners.front().expected_return
                                          : std::max(low, *std::ranges::max_element(moments.mean));
  for (unsigned i = 0; i < request.points; ++i) {
    // The last point is the highest return itself, whatever rounding makes of the steps.
    const double share = static_cast<double>(i) / (request.points - 1);
    const double wanted = i + 1 == request.points ? high : low + share * (high - low);
    if (const auto point = traced->at_return(wanted, moments.covariance)) {
      document.points.push_back(row_of(*point));
    }
  }
  document.provenance = begin_provenance(run, "critical line");
  document.provenance.inputs = estimate.inputs;
  document.provenance.warnings = estimate.warnings;
  if (estimate.as_of) document.provenance.as_of = to_text(*estimate.as_of);

  portfolio::MeanVarianceProblem ratio{.mean = moments.mean,
                                       .covariance = moments.covariance,
                                       .bounds = bounds,
                                       .objective = portfolio::Objective::kMaxSharpe,
                                       .risk_free = request.moments.risk_free};
  const auto best = portfolio::optimize_mean_variance(ratio, run.execution);
  if (best) {
    document.maximum_sharpe =
        FrontierRow{best->expected_return, std::sqrt(best->variance), best->weights};
  } else if (best.error().kind == ErrorKind::kInfeasible) {
    document.provenance.warnings.push_back(best.error().message);
  } else {
    return of_source(best.error(), request);
  }
  return document;
}

}  // namespace quanta::services
