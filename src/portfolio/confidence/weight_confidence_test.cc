#include "portfolio/confidence/weight_confidence.h"

#include <cmath>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "core/parallel.h"
#include "portfolio/confidence/simulated_panels_for_tests.h"
#include "portfolio/objectives/mean_variance.h"

namespace quanta::portfolio {
namespace {

Result<std::vector<double>> mean_weights(const Matrix& returns) {
  return statistics::mean_returns(returns);
}

Matrix few_returns() {
  Matrix returns(30, 2);
  RandomStream random(4, "test returns");
  for (std::size_t t = 0; t < 30; ++t) {
    returns(t, 0) = random.normal();
    returns(t, 1) = 2.0 + random.normal();
  }
  return returns;
}

Result<WeightDraws> block_draws(const Matrix& returns, double block_length, std::size_t n_draws,
                                std::uint64_t seed, const WeightsOfReturns& weights_of,
                                const Execution& execution) {
  QUANTA_TRY(const Resampling blocks, block_resampling(returns, block_length));
  return bootstrap_weights(returns.columns(), blocks, n_draws, seed, weights_of, execution);
}

Result<WeightDraws> levelled_draws(const Matrix& returns, double block_length, double year,
                                   std::size_t n_draws, std::uint64_t seed,
                                   const MomentsOfReturns& moments_of,
                                   const WeightsOfLevelled& weights_of,
                                   const Execution& execution) {
  QUANTA_TRY(const Resampling blocks, block_resampling(returns, block_length));
  return levelled_bootstrap_weights(returns, blocks, year, n_draws, seed, moments_of, weights_of,
                                    execution);
}

TEST(WeightConfidence, NamesTheFieldAtFault) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Matrix returns = few_returns();
  const struct {
    const char* name;
    Matrix returns;
    double block_length;
    std::size_t draws;
    const char* field;
  } cases[] = {{"no returns", Matrix(), 1.0, 100, "returns"},
               {"a block of nothing", returns, 0.5, 100, "block_length"},
               {"a block that is no number", returns, nan, 100, "block_length"},
               {"a block longer than the sample", returns, 31.0, 100, "block_length"},
               {"too few draws", returns, 1.0, 19, "draws"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto draws = block_draws(c.returns, c.block_length, c.draws, 1, mean_weights, {});
    ASSERT_FALSE(draws.has_value());
    EXPECT_EQ(draws.error().field, c.field);
  }
  EXPECT_EQ(weights_block_length(Matrix(), {}).error().field, "returns");
  EXPECT_EQ(weights_block_length(Matrix(5, 1, 0.1), std::vector{1.0}).error().field, "returns");
  const auto of_moments = [](const statistics::Moments& m) -> Result<std::vector<double>> {
    return m.mean;
  };
  EXPECT_EQ(posterior_weights(Matrix(2, 2, 0.1), 100, 1, of_moments, {}).error().field, "returns");
  EXPECT_EQ(posterior_weights(returns, 5, 1, of_moments, {}).error().field, "draws");
}

TEST(WeightConfidence, DrawsWithoutAnAnswerAreCountedAndTooManyAreAnError) {
  const Matrix returns = few_returns();
  const auto sometimes = [](double limit) {
    return [limit](const Matrix& sample) -> Result<std::vector<double>> {
      auto mean = statistics::mean_returns(sample).value();
      if (mean[0] > limit) return infeasible("risk_free", "nothing beats it");
      return mean;
    };
  };
  const auto some = block_draws(returns, 1.0, 200, 1, sometimes(0.2), {}).value();
  EXPECT_GT(some.failed, 0U);
  EXPECT_EQ(some.failed + some.weights.rows(), 200U);
  EXPECT_EQ(some.reason->field, "risk_free");
  for (std::size_t d = 0; d < some.weights.rows(); ++d) EXPECT_LE(some.weights(d, 0), 0.2);
  const auto most = block_draws(returns, 1.0, 200, 1, sometimes(-1.0), {});
  ASSERT_FALSE(most.has_value());
  EXPECT_EQ(most.error().kind, ErrorKind::kInfeasible);
  EXPECT_NE(most.error().message.find("nothing beats it"), std::string::npos);
}

TEST(WeightConfidence, StopsWhenAsked) {
  std::stop_source source;
  source.request_stop();
  const Execution stopped{.stop = source.get_token()};
  EXPECT_EQ(block_draws(few_returns(), 1.0, 100, 1, mean_weights, stopped).error().kind,
            ErrorKind::kCancelled);
  const auto cancelled = [](const Matrix&) -> Result<std::vector<double>> {
    return cancelled_error();
  };
  EXPECT_EQ(block_draws(few_returns(), 1.0, 100, 1, cancelled, {}).error().kind,
            ErrorKind::kCancelled);
}

// Of the mean of T independent numbers: m -+ 1.645 s / sqrt(T), s^2 divided by T.
TEST(WeightConfidence, IntervalOfAMeanIsThatOfTheNormalDistribution) {
  const Matrix returns = few_returns();
  const auto mean = statistics::mean_returns(returns).value();
  const auto draws = block_draws(returns, 1.0, 20000, 3, mean_weights, {}).value();
  const auto intervals = weight_intervals(draws, 0.9);
  for (std::size_t i = 0; i < 2; ++i) {
    double square = 0.0;
    for (std::size_t t = 0; t < 30; ++t) {
      square += (returns(t, i) - mean[i]) * (returns(t, i) - mean[i]) / 30;
    }
    const double deviation = std::sqrt(square / 30);
    // Skewness of the 30 numbers shifts the quantiles by up to a tenth of a deviation, the
    // sampling of 20,000 draws by a few hundredths.
    EXPECT_NEAR(intervals[i].low, mean[i] - 1.645 * deviation, 0.15 * deviation);
    EXPECT_NEAR(intervals[i].high, mean[i] + 1.645 * deviation, 0.15 * deviation);
    EXPECT_NEAR(intervals[i].median, mean[i], 0.1 * deviation);
  }
}

TEST(WeightConfidence, QuantilesAreThoseOfTypeSeven) {
  WeightDraws draws;
  draws.weights = Matrix(5, 1, {50, 10, 40, 20, 30});
  // NumPy: percentile([10, 20, 30, 40, 50], [5, 50, 95]) = 12, 30, 48.
  const auto interval = weight_intervals(draws, 0.9)[0];
  EXPECT_NEAR(interval.low, 12.0, 1e-12);
  EXPECT_NEAR(interval.median, 30.0, 1e-12);
  EXPECT_NEAR(interval.high, 48.0, 1e-12);
}

TEST(WeightConfidence, BlocksFollowTheDependence) {
  const TrueMoments truth = true_moments();
  const std::vector<double> equal(truth.mean.size(), 0.2);
  const double independent =
      weights_block_length(simulate_panel(truth, Dynamics::kNormal, 1000, 1), equal).value();
  const double autoregressive =
      weights_block_length(simulate_panel(truth, Dynamics::kAutoregressive, 1000, 1), equal)
          .value();
  EXPECT_LT(independent, 4.0);
  EXPECT_GT(autoregressive, 1.5 * independent);
}

TEST(WeightConfidence, SameBitsForAnyNumberOfThreads) {
  const TrueMoments truth = true_moments();
  const Matrix returns = simulate_panel(truth, Dynamics::kNormal, 60, 2);
  const auto of_moments = [](const statistics::Moments& moments) {
    return simulated_weights(moments, Objective::kMinVariance, 0.0, 1.0);
  };
  const auto of_returns = [&](const Matrix& sample) {
    return of_moments(statistics::estimate_moments(sample, {}).value());
  };
  const auto one = block_draws(returns, 3.0, 40, 7, of_returns, {}).value();
  const auto bayes = posterior_weights(returns, 40, 7, of_moments, {}).value();
  for (const std::size_t threads : {2U, 7U}) {
    ThreadPool pool(threads);
    const Execution execution{.pool = &pool};
    EXPECT_EQ(block_draws(returns, 3.0, 40, 7, of_returns, execution)->weights, one.weights);
    EXPECT_EQ(posterior_weights(returns, 40, 7, of_moments, execution)->weights, bayes.weights);
  }
  EXPECT_NE(block_draws(returns, 3.0, 40, 8, of_returns, {})->weights, one.weights);
}

// 60 panels of 120 normal returns: how often the interval of the first asset's least-variance
// weight holds the truth is binomial if it has its level. P(X < 45) and P(X > 15, X < 45) of
// (60, 0.9) and (60, 0.5) are left by a right interval once in 5,000 and 10,000 seeds. The full
// table is weight_coverage_test.cc.
TEST(WeightConfidence, HoldsTheTruthAsOftenAsItSays) {
  const TrueMoments truth = true_moments();
  const auto expected = simulated_weights({truth.mean, truth.covariance, {}},
                                          Objective::kMinVariance, -HUGE_VAL, HUGE_VAL)
                            .value();
  const auto of_moments = [](const statistics::Moments& moments) {
    return simulated_weights(moments, Objective::kMinVariance, -HUGE_VAL, HUGE_VAL);
  };
  const auto of_returns = [&](const Matrix& sample) {
    return of_moments(statistics::estimate_moments(sample, {}).value());
  };
  const auto holds = [&](const WeightDraws& draws, double level) {
    const WeightInterval interval = weight_intervals(draws, level)[0];
    return interval.low <= expected[0] && expected[0] <= interval.high ? 1 : 0;
  };
  int bootstrap_wide = 0, bootstrap_narrow = 0, bayes_wide = 0, bayes_narrow = 0;
  for (std::uint64_t panel = 0; panel < 60; ++panel) {
    const Matrix returns = simulate_panel(truth, Dynamics::kNormal, 120, 100 + panel);
    const auto resampled = block_draws(returns, 1.5, 60, panel, of_returns, {}).value();
    bootstrap_wide += holds(resampled, 0.9);
    bootstrap_narrow += holds(resampled, 0.5);
    const auto drawn = posterior_weights(returns, 60, panel, of_moments, {}).value();
    bayes_wide += holds(drawn, 0.9);
    bayes_narrow += holds(drawn, 0.5);
  }
  EXPECT_GE(bootstrap_wide, 45);
  EXPECT_GE(bayes_wide, 45);
  EXPECT_GT(bootstrap_narrow, 15);
  EXPECT_LT(bootstrap_narrow, 45);
  EXPECT_GT(bayes_narrow, 15);
  EXPECT_LT(bayes_narrow, 45);
}

Result<statistics::Moments> sample_moments(const Matrix& returns) {
  return statistics::estimate_moments(returns, {});
}

Result<std::vector<double>> utility_weights(const LevelledMoments& draw, RandomStream&) {
  return simulated_weights(draw.moments, Objective::kUtility, 0.0, 1.0);
}

// An autoregression of coefficient a has the long-run ratio (1 + a)/(1 - a); blocks of mean length
// b see (1 + a q)/(1 - a q) of it, q = 1 - 1/b.
TEST(WeightConfidence, BlocksKnowTheLongRunRatio) {
  const Matrix returns = simulate_panel(true_moments(), Dynamics::kAutoregressive, 20000, 2);
  EXPECT_NEAR(block_resampling(returns, 10.0)->long_run_ratio, 1.27 / 0.73, 0.1);
  EXPECT_EQ(block_resampling(returns, 1.0)->long_run_ratio, 1.0);
}

// Five cycles of their own: the filtered bootstrap knows how little 250 days say, blocks do not.
TEST(WeightConfidence, FilteredIntervalsAreWideWhereVolatilityHasCycles) {
  const Matrix returns = simulate_panel(true_moments(), Dynamics::kOwnGarch, 250, 6);
  const auto of_returns = [](const Matrix& sample) {
    return simulated_weights(statistics::estimate_moments(sample, {}).value(),
                             Objective::kMinVariance, -HUGE_VAL, HUGE_VAL);
  };
  const auto width = [](const WeightDraws& draws) {
    double sum = 0.0;
    for (const WeightInterval& interval : weight_intervals(draws, 0.9)) {
      sum += interval.high - interval.low;
    }
    return sum;
  };
  const Resampling filtered = filtered_resampling(returns, 3, {}).value();
  EXPECT_GT(width(bootstrap_weights(5, filtered, 100, 3, of_returns, {}).value()),
            1.3 * width(block_draws(returns, 5.0, 100, 3, of_returns, {}).value()));
  EXPECT_EQ(filtered_resampling(Matrix(5, 1, 0.1), 3, {}).error().field, "returns");
}

TEST(LevelledWeights, NamesTheFieldAtFault) {
  const TrueMoments truth = true_moments();
  const Matrix seven = simulate_panel(truth, Dynamics::kNormal, 7, 2);
  const struct {
    const char* name;
    Result<WeightDraws> draws;
    const char* field;
  } cases[] = {
      {"two assets",
       levelled_draws(few_returns(), 1.0, 1.0, 50, 1, sample_moments, utility_weights, {}),
       "means"},
      {"two assets of a posterior",
       levelled_posterior_weights(few_returns(), 50, 1, utility_weights, {}), "means"},
      {"seven periods of five assets",
       levelled_draws(seven, 1.0, 1.0, 50, 1, sample_moments, utility_weights, {}), "means"},
      {"no block", levelled_draws(seven, 0.0, 1.0, 50, 1, sample_moments, utility_weights, {}),
       "block_length"},
      {"no returns", levelled_posterior_weights(Matrix(), 50, 1, utility_weights, {}), "returns"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ASSERT_FALSE(c.draws.has_value());
    EXPECT_EQ(c.draws.error().field, c.field) << c.draws.error().message;
  }
}

TEST(LevelledWeights, SameBitsForAnyNumberOfThreads) {
  const Matrix returns = simulate_panel(true_moments(), Dynamics::kNormal, 60, 2);
  const auto bootstrap = [&](const Execution& execution) {
    return levelled_draws(returns, 3.0, 1.0, 40, 7, sample_moments, utility_weights, execution)
        ->weights;
  };
  const auto bayes = [&](const Execution& execution) {
    return levelled_posterior_weights(returns, 40, 7, utility_weights, execution)->weights;
  };
  for (const std::size_t threads : {2U, 7U}) {
    ThreadPool pool(threads);
    const Execution execution{.pool = &pool};
    EXPECT_EQ(bootstrap(execution), bootstrap({}));
    EXPECT_EQ(bayes(execution), bayes({}));
  }
}

// The unit of the moments is the caller's: moments of a year with 250 periods give the same means
// in units of a year, and the covariances as they are.
TEST(LevelledWeights, UnitsFollowThePeriodsOfAYear) {
  const Matrix returns = simulate_panel(true_moments(), Dynamics::kAutoregressive, 60, 2);
  const auto means = [](double year) {
    return [year](const LevelledMoments& draw, RandomStream&) -> Result<std::vector<double>> {
      std::vector<double> out;
      for (const double mean : draw.moments.mean) out.push_back(mean / year);
      out[0] = (draw.level - draw.level_mean) / draw.level_deviation;
      return out;
    };
  };
  const auto daily =
      levelled_draws(returns, 3.0, 1.0, 40, 7, sample_moments, means(1.0), {}).value();
  const auto annual =
      levelled_draws(returns, 3.0, 250.0, 40, 7,
                     [](const Matrix& sample) -> Result<statistics::Moments> {
                       return statistics::annualise(sample_moments(sample).value(), 250.0);
                     },
                     means(250.0), {})
          .value();
  for (std::size_t d = 0; d < 40; ++d) {
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_NEAR(annual.weights(d, i), daily.weights(d, i), 1e-9 * std::abs(daily.weights(d, i)));
    }
  }
}

// Within bounds plain draws hold the truth on some 77 % of panels. Five weights on each of 40
// panels; the panels are independent, and the average of five is at least as certain as one:
// a right interval leaves less than 0.8 once in 10,000 seeds.
TEST(LevelledWeights, HoldTheTruthAsOftenAsTheySay) {
  const TrueMoments truth = true_moments();
  const auto expected =
      simulated_weights({truth.mean, truth.covariance, {}}, Objective::kUtility, 0.0, 1.0).value();
  double bootstrap = 0.0;
  double bayes = 0.0;
  for (std::uint64_t panel = 0; panel < 40; ++panel) {
    const Matrix returns = simulate_panel(truth, Dynamics::kNormal, 120, 500 + panel);
    const auto share = [&](const WeightDraws& draws) {
      const auto intervals = weight_intervals(draws, 0.9);
      double held = 0.0;
      for (std::size_t i = 0; i < 5; ++i) {
        held += intervals[i].low <= expected[i] && expected[i] <= intervals[i].high ? 0.005 : 0.0;
      }
      return held;
    };
    bootstrap += share(
        levelled_draws(returns, 1.5, 1.0, 60, panel, sample_moments, utility_weights, {}).value());
    bayes += share(levelled_posterior_weights(returns, 60, panel, utility_weights, {}).value());
  }
  EXPECT_GE(bootstrap, 0.8);
  EXPECT_GE(bayes, 0.8);
}

}  // namespace
}  // namespace quanta::portfolio
