#include "services/frontier/frontier.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "portfolio/confidence/weight_confidence.h"
#include "portfolio/frontier/efficient_frontier.h"
#include "portfolio/frontier/resampled_frontier.h"
#include "services/optimization/conflicts.h"

namespace quanta::services {
namespace {

FrontierRow row_of(const portfolio::FrontierPoint& point) {
  return {point.expected_return, point.volatility, point.weights};
}

std::unexpected<Error> of_source(Error error, const FrontierRequest& request) {
  if (error.field == "covariance" || error.field == "mean") {
    error.field = request.moments.moments_file.empty() ? "prices" : "moments";
  }
  if (error.field == "draws") error.field = "resampled";
  if (error.field == "returns") error.field = "prices";
  return std::unexpected(std::move(error));
}

Result<void> check(const FrontierRequest& request) {
  if (request.points < 2) {
    return fail(ErrorKind::kUsage, "a frontier has at least 2 points", "points");
  }
  if (!request.groups_file.empty() || !request.groups.empty()) {
    return fail(ErrorKind::kUsage,
                "the exact corners of the return against volatility know bounds alone; groups go "
                "with another --risk, with --against, and with optimize --objective target-return",
                request.groups_file.empty() ? "group" : "groups");
  }
  if (!request.resampled) return {};
  if (!request.moments.moments_file.empty()) {
    return fail(ErrorKind::kUsage, "resamples returns: it needs prices, not a file of moments",
                "resampled");
  }
  if (request.moments.returns.method == ReturnsMethod::kBlackLitterman ||
      !request.moments.market.empty()) {
    return fail(ErrorKind::kUsage,
                "estimates anew from the returns of the assets alone: not with views (bl) or a "
                "market of its own (--market)",
                "resampled");
  }
  return {};
}

Result<void> add_resampled(const FrontierRequest& request, const Estimate& estimate,
                           const portfolio::Bounds& bounds, const Run& run,
                           FrontierDocument& document) {
  auto block = portfolio::weights_block_length(estimate.returns, document.minimum_variance.weights);
  if (!block) return of_source(std::move(block).error(), request);
  auto averaged = portfolio::resample_frontier(
      estimate.returns,
      [&](const Matrix& returns) {
        return moments_of(request.moments, returns, *estimate.periods_per_year);
      },
      estimate.moments, bounds,
      {.n_draws = *request.resampled,
       .n_points = request.points,
       .block_length = *block,
       .seed = run.seed},
      run.execution);
  if (!averaged) return of_source(std::move(averaged).error(), request);
  Resampled& resampled = document.resampled.emplace();
  resampled.draws = *request.resampled;
  resampled.failed = averaged->failed;
  resampled.block_length = *block;
  for (const portfolio::FrontierPoint& point : averaged->points) {
    resampled.points.push_back(row_of(point));
  }
  if (averaged->failed > 0) {
    document.provenance.warnings.push_back(fmt::format(
        "{} of {} draws have no frontier and are left out of the average; the first: {}",
        averaged->failed, *request.resampled, averaged->reason->message));
  }
  return {};
}

}  // namespace

Result<FrontierDocument> frontier(const FrontierRequest& request, const Run& run) {
  QUANTA_CHECK(check(request));
  QUANTA_TRY(const Estimate estimate, estimate_moments(request.moments, run.execution));
  const auto infeasible_error = [&](Error error) {
    return of_source(
        with_conflicts(std::move(error), {.assets = estimate.assets, .bounds = request.bounds},
                       run.execution),
        request);
  };
  auto checked = bounds_of(request.bounds, estimate.assets);
  if (!checked) return infeasible_error(std::move(checked).error());
  const portfolio::Bounds bounds = *std::move(checked);
  const statistics::Moments& moments = estimate.moments;
  auto traced = portfolio::trace_frontier(moments.mean, moments.covariance, bounds, run.execution);
  if (!traced) return infeasible_error(std::move(traced).error());

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
  document.provenance = begin_provenance(run, estimate, "critical line");

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
  if (request.resampled) {
    QUANTA_CHECK(add_resampled(request, estimate, bounds, run, document));
  }
  return document;
}

}  // namespace quanta::services
