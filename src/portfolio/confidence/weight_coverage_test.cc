/// How often 90 % intervals hold the true weights, on 500 simulated panels a row: the table of
/// docs/portfolio/confidence.md. It takes minutes, so it runs when it is asked for:
///
///   build/debug/portfolio_test --gtest_also_run_disabled_tests --gtest_filter='*Coverage*'
#include <algorithm>
#include <cmath>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/parallel.h"
#include "portfolio/confidence/simulated_panels_for_tests.h"
#include "portfolio/confidence/weight_confidence.h"
#include "statistics/normal.h"

namespace quanta::portfolio {
namespace {

constexpr std::size_t kPanels = 500;
constexpr std::size_t kDraws = 400;

struct Row {
  Objective objective;
  bool bounds;
  Dynamics dynamics;
  std::size_t n_periods;
  bool promised;  ///< whether 85 to 95 % are what the docs promise
  double correlation = 0.3;
};

struct Coverage {
  double percentile = 0.0;
  double basic = 0.0;      ///< the percentile interval mirrored at the estimate
  double corrected = 0.0;  ///< the quantiles moved for the median bias of the draws (Efron's BC)
  double posterior = 0.0;
  double width = 0.0;      ///< of the percentile interval
  double on_bounds = 0.0;  ///< of weights that are 0 in truth, the percentile interval
  double block = 0.0;
  double failed = 0.0;
};

/// Efron's bias-corrected 90 % interval of asset i: the quantiles P(2 z +- 1.645), z that of the
/// share of draws below the estimate. J. American Statistical Association 82 (1987).
bool corrected_holds(const Matrix& draws, std::size_t i, double estimate, double truth) {
  std::vector<double> column(draws.rows());
  for (std::size_t d = 0; d < column.size(); ++d) column[d] = draws(d, i);
  std::ranges::sort(column);
  const double n = static_cast<double>(column.size());
  const double below = static_cast<double>(
      std::ranges::count_if(column, [estimate](double w) { return w < estimate; }));
  const double share = std::clamp(below / n, 0.5 / n, 1.0 - 0.5 / n);
  const double z = -statistics::normal_upper_quantile(share);
  const auto at = [&](double score) {
    const double place = (1.0 - statistics::normal_upper_tail(score)) * (n - 1.0);
    return column[static_cast<std::size_t>(std::lround(place))];
  };
  return at(2.0 * z - 1.645) <= truth && truth <= at(2.0 * z + 1.645);
}

/// Of one panel, the share of its weights that lie between their bounds in truth.
Coverage coverage_of(const Row& row, const TrueMoments& truth, const std::vector<double>& expected,
                     std::size_t panel) {
  const double upper = row.bounds ? 1.0 : HUGE_VAL;
  const double lower = row.bounds ? 0.0 : -HUGE_VAL;
  const auto of_moments = [&](const statistics::Moments& moments) {
    return simulated_weights(moments, row.objective, lower, upper);
  };
  const auto of_returns = [&](const Matrix& sample) {
    return of_moments(statistics::estimate_moments(sample, {}).value());
  };
  Coverage out;
  const Matrix returns = simulate_panel(truth, row.dynamics, row.n_periods, panel);
  const auto estimate = of_returns(returns);
  if (!estimate) {
    out.failed = 1.0;
    return out;
  }
  out.block = weights_block_length(returns, *estimate).value();
  const auto share = [&](bool held, const auto& holds) {
    double all = 0.0;
    double held_ones = 0.0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if ((expected[i] != 0.0) != held) continue;
      all += 1.0;
      held_ones += holds(i) ? 1.0 : 0.0;
    }
    return all > 0.0 ? held_ones / all : 0.0;
  };
  const auto resampled = bootstrap_weights(returns, out.block, kDraws, panel, of_returns, {});
  const auto drawn = posterior_weights(returns, kDraws, panel, of_moments, {});
  if (!resampled || !drawn) {
    out.failed = 1.0;
    return out;
  }
  const auto intervals = weight_intervals(*resampled, 0.9);
  out.percentile = share(true, [&](std::size_t i) {
    return intervals[i].low <= expected[i] && expected[i] <= intervals[i].high;
  });
  out.basic = share(true, [&](std::size_t i) {
    const double mirrored = 2 * (*estimate)[i] - expected[i];
    return intervals[i].low <= mirrored && mirrored <= intervals[i].high;
  });
  out.corrected = share(true, [&](std::size_t i) {
    return corrected_holds(resampled->weights, i, (*estimate)[i], expected[i]);
  });
  out.on_bounds = share(false, [&](std::size_t i) { return intervals[i].low <= 0.0; });
  const auto credible = weight_intervals(*drawn, 0.9);
  out.posterior = share(true, [&](std::size_t i) {
    return credible[i].low <= expected[i] && expected[i] <= credible[i].high;
  });
  for (const WeightInterval& interval : intervals) {
    out.width += (interval.high - interval.low) / static_cast<double>(expected.size());
  }
  return out;
}

TEST(WeightCoverage, DISABLED_TableOf500Panels) {
  using enum Objective;
  using enum Dynamics;
  const Row rows[] = {
      {kMinVariance, false, kNormal, 250, true},
      {kMinVariance, false, kNormal, 500, true},
      {kMinVariance, false, kAutoregressive, 250, true},
      {kMinVariance, false, kAutoregressive, 500, true},
      {kMinVariance, false, kMarketGarch, 250, true},
      {kMinVariance, false, kMarketGarch, 500, true},
      {kMinVariance, false, kOwnGarch, 500, false},
      {kMinVariance, true, kNormal, 250, true},
      {kMinVariance, true, kNormal, 500, true, 0.7},
      {kUtility, false, kNormal, 250, true},
      {kUtility, false, kNormal, 500, true},
      {kUtility, false, kAutoregressive, 500, true},
      {kUtility, false, kMarketGarch, 500, true},
      {kUtility, true, kNormal, 500, false},
      {kTargetReturn, false, kNormal, 500, false},
      {kTargetReturn, true, kNormal, 500, false},
      {kTargetReturn, true, kNormal, 2500, false},
      {kMaxSharpe, false, kNormal, 500, false},
      {kMaxSharpe, true, kNormal, 500, false},
      {kMaxSharpe, true, kNormal, 2500, false},
  };
  ThreadPool pool(std::thread::hardware_concurrency());
  const Execution execution{.pool = &pool};
  fmt::print(
      "| objective | bounds | returns | T | block | width | percentile | mirrored | corrected | "
      "posterior | of zeros | no answer |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n");
  for (const Row& row : rows) {
    const TrueMoments truth = true_moments(row.correlation);
    const auto expected =
        simulated_weights({truth.mean, truth.covariance, {}}, row.objective,
                          row.bounds ? 0.0 : -HUGE_VAL, row.bounds ? 1.0 : HUGE_VAL)
            .value();
    std::vector<Coverage> panels(kPanels);
    parallel_for(execution, kPanels, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t p = begin; p < end; ++p) panels[p] = coverage_of(row, truth, expected, p);
    });
    Coverage mean;
    double failed = 0.0;
    for (const Coverage& panel : panels) failed += panel.failed;
    std::vector<double> widths;
    for (const Coverage& panel : panels) {
      if (panel.failed > 0.0) continue;
      const double share = 1.0 / (static_cast<double>(kPanels) - failed);
      mean.percentile += share * panel.percentile;
      mean.basic += share * panel.basic;
      mean.corrected += share * panel.corrected;
      mean.posterior += share * panel.posterior;
      mean.on_bounds += share * panel.on_bounds;
      mean.block += share * panel.block;
      widths.push_back(panel.width);
    }
    std::ranges::sort(widths);
    fmt::print(
        "| {} | {} | {} | {} | {:.1f} | {:.3f} | {:.1f} % | {:.1f} % | {:.1f} % | {:.1f} % | {} | "
        "{} |\n",
        to_text(row.objective), row.bounds ? "0:1" : "none", to_text(row.dynamics), row.n_periods,
        mean.block, widths[widths.size() / 2], 100 * mean.percentile, 100 * mean.basic,
        100 * mean.corrected, 100 * mean.posterior,
        mean.on_bounds > 0 ? fmt::format("{:.1f} %", 100 * mean.on_bounds) : "-", failed);
    std::fflush(stdout);
    if (!row.promised) continue;
    EXPECT_GE(mean.percentile, 0.85);
    EXPECT_LE(mean.percentile, 0.95);
    if (row.dynamics != kNormal) continue;  // the posterior supposes independent normal returns
    EXPECT_GE(mean.posterior, 0.85);
    EXPECT_LE(mean.posterior, 0.95);
  }
}

}  // namespace
}  // namespace quanta::portfolio
