#include "portfolio/frontier/resampled_frontier.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "core/parallel.h"
#include "portfolio/confidence/simulated_panels_for_tests.h"
#include "statistics/stationary_bootstrap.h"

namespace quanta::portfolio {
namespace {

Result<statistics::Moments> plain(const Matrix& returns) {
  return statistics::estimate_moments(returns, {});
}

Matrix panel() { return simulate_panel(true_moments(), Dynamics::kNormal, 100, 5); }

TEST(ResampledFrontier, NamesTheFieldAtFault) {
  const Matrix returns = panel();
  const auto moments = plain(returns).value();
  const Bounds bounds = uniform_bounds(5, 0.0, 1.0);
  const struct {
    const char* name;
    Matrix returns;
    Bounds bounds;
    ResamplingOptions options;
    const char* field;
  } cases[] = {{"no returns", Matrix(), bounds, {}, "returns"},
               {"other assets", Matrix(9, 4, 0.1), bounds, {}, "returns"},
               {"few draws", returns, bounds, {.n_draws = 19}, "draws"},
               {"one point", returns, bounds, {.n_points = 1}, "points"},
               {"block of nothing", returns, bounds, {.block_length = 0.9}, "block_length"},
               {"block too long", returns, bounds, {.block_length = 101}, "block_length"},
               {"no bounds", returns, uniform_bounds(5, -HUGE_VAL, HUGE_VAL), {}, "bounds"},
               {"bounds of others", returns, uniform_bounds(4, 0.0, 1.0), {}, "bounds"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto frontier = resample_frontier(c.returns, plain, moments, c.bounds, c.options, {});
    ASSERT_FALSE(frontier.has_value());
    EXPECT_EQ(frontier.error().field, c.field) << frontier.error().message;
  }
}

// Draws that all give the same moments average to the exact frontier of those.
TEST(ResampledFrontier, IsTheExactOneWhereNothingIsUnsure) {
  const Matrix returns = panel();
  const auto moments = plain(returns).value();
  const Bounds bounds = uniform_bounds(5, 0.0, 0.6);
  const auto same = [&](const Matrix&) -> Result<statistics::Moments> { return moments; };
  const auto resampled =
      resample_frontier(returns, same, moments, bounds, {.n_draws = 20, .n_points = 5}, {}).value();
  const auto exact = trace_frontier(moments.mean, moments.covariance, bounds, {}).value();
  const double low = exact.corners.back().expected_return;
  const double high = exact.corners.front().expected_return;
  ASSERT_EQ(resampled.points.size(), 5U);
  for (std::size_t k = 0; k < 5; ++k) {
    const double wanted = k == 4 ? high : low + 0.25 * static_cast<double>(k) * (high - low);
    const auto expected = exact.at_return(wanted, moments.covariance).value();
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_NEAR(resampled.points[k].weights[i], expected.weights[i], 1e-12);
    }
    EXPECT_NEAR(resampled.points[k].volatility, expected.volatility, 1e-12);
  }
}

// The highest rank of each draw holds its best asset alone, so that the average counts how often
// each is the best: a multinomial share, found here from the resamples themselves.
TEST(ResampledFrontier, TheHighestRankCountsTheWinners) {
  const Matrix returns = panel();
  const auto moments = plain(returns).value();
  const ResamplingOptions options{.n_draws = 50, .n_points = 3, .block_length = 2.0, .seed = 6};
  const auto resampled =
      resample_frontier(returns, plain, moments, uniform_bounds(5, 0.0, 1.0), options, {}).value();
  std::vector<double> share(5, 0.0);
  for (std::size_t d = 0; d < 50; ++d) {
    RandomStream random(6, "resampled frontier", d);
    const auto places = statistics::stationary_resample(100, 2.0, random);
    const auto mean = statistics::mean_returns(statistics::rows_at(returns, places)).value();
    share[static_cast<std::size_t>(std::ranges::max_element(mean) - mean.begin())] += 0.02;
  }
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(resampled.points.back().weights[i], share[i], 1e-12);
  }
}

TEST(ResampledFrontier, KeepsBoundsAndLiesBelowTheExactOne) {
  const Matrix returns = panel();
  const auto moments = plain(returns).value();
  const Bounds bounds = uniform_bounds(5, 0.05, 0.5);
  const auto resampled =
      resample_frontier(returns, plain, moments, bounds, {.n_draws = 40, .n_points = 9}, {})
          .value();
  const auto exact = trace_frontier(moments.mean, moments.covariance, bounds, {}).value();
  double below = 0.0;
  for (const FrontierPoint& point : resampled.points) {
    EXPECT_NEAR(std::accumulate(point.weights.begin(), point.weights.end(), 0.0), 1.0, 1e-12);
    for (const double w : point.weights) {
      EXPECT_GE(w, 0.05);
      EXPECT_LE(w, 0.5);
    }
    const auto best = exact.at_volatility(point.volatility, moments.covariance);
    if (!best) continue;
    EXPECT_LE(point.expected_return, best->expected_return + 1e-12);
    below = std::max(below, best->expected_return - point.expected_return);
  }
  EXPECT_GT(below, 1e-6);
}

TEST(ResampledFrontier, DrawsThatFailAreCounted) {
  const Matrix returns = panel();
  const auto moments = plain(returns).value();
  const auto fails_above = [](double limit) {
    return [limit](const Matrix& sample) -> Result<statistics::Moments> {
      auto out = plain(sample);
      if (out->mean[0] > limit) return bad_input("returns", "too good");
      return out;
    };
  };
  const Bounds bounds = uniform_bounds(5, 0.0, 1.0);
  const ResamplingOptions options{.n_draws = 40, .n_points = 2};
  const auto some = resample_frontier(returns, fails_above(moments.mean[0] + 0.0005), moments,
                                      bounds, options, {})
                        .value();
  EXPECT_GT(some.failed, 0U);
  EXPECT_LT(some.failed, 20U);
  EXPECT_EQ(some.reason->message, "too good");
  const auto all = resample_frontier(returns, fails_above(-1.0), moments, bounds, options, {});
  ASSERT_FALSE(all.has_value());
  EXPECT_EQ(all.error().field, "draws");
}

TEST(ResampledFrontier, SameBitsForAnyNumberOfThreadsAndStopsWhenAsked) {
  const Matrix returns = panel();
  const auto moments = plain(returns).value();
  const Bounds bounds = uniform_bounds(5, 0.0, 1.0);
  const ResamplingOptions options{.n_draws = 30, .n_points = 4};
  const auto one = resample_frontier(returns, plain, moments, bounds, options, {}).value();
  for (const std::size_t threads : {2U, 7U}) {
    ThreadPool pool(threads);
    const auto many =
        resample_frontier(returns, plain, moments, bounds, options, {.pool = &pool}).value();
    for (std::size_t k = 0; k < 4; ++k) EXPECT_EQ(many.points[k].weights, one.points[k].weights);
  }
  std::stop_source source;
  source.request_stop();
  const Execution stopped{.stop = source.get_token()};
  EXPECT_EQ(resample_frontier(returns, plain, moments, bounds, options, stopped).error().kind,
            ErrorKind::kCancelled);
}

}  // namespace
}  // namespace quanta::portfolio
