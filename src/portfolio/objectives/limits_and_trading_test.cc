// Groups, costs, turnover and a benchmark in mean-variance problems.
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/random.h"
#include "portfolio/objectives/mean_variance.h"
#include "statistics/moments.h"

namespace quanta::portfolio {
namespace {

statistics::Moments random_moments(std::size_t n, std::uint64_t seed) {
  RandomStream stream(seed, "test limits");
  Matrix returns(4 * n + 20, n);
  for (std::size_t t = 0; t < returns.rows(); ++t) {
    const double market = stream.normal();
    for (std::size_t i = 0; i < n; ++i) {
      returns(t, i) = 0.05 * static_cast<double>(i % 5) + 0.6 * market + stream.normal();
    }
  }
  return statistics::estimate_moments(returns, {}).value();
}

MeanVarianceProblem random_problem(std::size_t n, std::uint64_t seed, Objective objective) {
  auto moments = random_moments(n, seed);
  MeanVarianceProblem problem{.mean = std::move(moments.mean),
                              .covariance = std::move(moments.covariance),
                              .bounds = uniform_bounds(n, 0.0, 1.0),
                              .objective = objective,
                              .target = 0.05,
                              .risk_free = 0.01};
  LinearLimit first{.name = "first", .coefficients = std::vector<double>(n)};
  for (std::size_t i = 0; i < n / 2; ++i) first.coefficients[i] = 1.0;
  LinearLimit tilt{.name = "tilt", .coefficients = std::vector<double>(n)};
  for (std::size_t i = 0; i < n; ++i) tilt.coefficients[i] = static_cast<double>(i % 3);
  first.lower = 0.2;
  first.upper = 0.4;
  tilt.lower = tilt.upper = 0.9;
  problem.limits = {first, tilt};
  return problem;
}

double at(const LinearLimit& limit, const std::vector<double>& w) {
  double sum = 0.0;
  for (std::size_t i = 0; i < w.size(); ++i) sum += limit.coefficients[i] * w[i];
  return sum;
}

// The proof stands for optimality; the prices are held against the value after a small change.
TEST(Limits, AreMetProvenAndPriced) {
  for (const auto objective : {Objective::kMinVariance, Objective::kMaxSharpe, Objective::kUtility,
                               Objective::kTargetReturn}) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      SCOPED_TRACE(testing::Message() << to_text(objective) << " " << seed);
      const auto problem = random_problem(6 + seed, seed, objective);
      const auto answer = optimize_mean_variance(problem, {});
      ASSERT_TRUE(answer.has_value()) << answer.error().message;
      EXPECT_TRUE(answer->certificate.proven) << answer->certificate.gap;
      EXPECT_GE(at(problem.limits[0], answer->weights), 0.2 - 1e-12);
      EXPECT_LE(at(problem.limits[0], answer->weights), 0.4 + 1e-12);
      EXPECT_NEAR(at(problem.limits[1], answer->weights), 0.9, 1e-12);
      const double step = 1e-5;
      auto changed = problem;
      changed.limits[0].upper += step;
      const auto more = optimize_mean_variance(changed, {}).value();
      EXPECT_NEAR((more.value - answer->value) / step, answer->shadow_prices.limits[0].upper,
                  1e-3 * (1.0 + std::abs(answer->value)));
      changed = problem;
      changed.limits[1].lower += step;
      changed.limits[1].upper += step;
      const auto moved = optimize_mean_variance(changed, {}).value();
      EXPECT_NEAR((moved.value - answer->value) / step,
                  answer->shadow_prices.limits[1].lower + answer->shadow_prices.limits[1].upper,
                  1e-3 * (1.0 + std::abs(answer->value)));
    }
  }
}

TEST(Limits, SayWhatCannotHold) {
  auto problem = random_problem(8, 1, Objective::kMinVariance);
  problem.limits[0].lower = 1.2;
  problem.limits[0].upper = 2.0;
  const auto beyond = optimize_mean_variance(problem, {});
  ASSERT_FALSE(beyond.has_value());
  EXPECT_EQ(beyond.error().field, "limits");
  EXPECT_EQ(beyond.error().kind, ErrorKind::kInfeasible);
  EXPECT_NE(beyond.error().message.find("first"), std::string::npos);
  problem = random_problem(8, 1, Objective::kMinVariance);
  problem.limits[0].lower = problem.limits[0].upper = 0.0;  // and the tilt only by the second half
  problem.limits[1].lower = problem.limits[1].upper = 2.0;
  problem.bounds.upper[5] = 0.1;
  const auto apart = optimize_mean_variance(problem, {});
  ASSERT_FALSE(apart.has_value());
  EXPECT_EQ(apart.error().field, "limits");
  problem = random_problem(8, 1, Objective::kMinVariance);
  problem.limits[0].coefficients.pop_back();
  EXPECT_EQ(optimize_mean_variance(problem, {}).error().field, "limits");
}

TEST(Trading, ACostKeepsWhatIsHeldAndTurnoverIsKept) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    const std::size_t n = 4 + seed;
    auto problem = random_problem(n, seed, Objective::kUtility);
    problem.limits.clear();
    const std::vector<double> start(n, 1.0 / static_cast<double>(n));
    problem.trading = Trading{.current = start, .cost = 0.0};
    const auto free = optimize_mean_variance(problem, {}).value();
    EXPECT_TRUE(free.certificate.proven);
    auto untraded = problem;
    untraded.trading.reset();
    EXPECT_NEAR(free.value, optimize_mean_variance(untraded, {})->value, 1e-9);

    problem.trading->cost = 1e3;  // nothing is worth that
    const auto still = optimize_mean_variance(problem, {}).value();
    EXPECT_TRUE(still.certificate.proven) << still.certificate.gap;
    for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(still.weights[i], start[i], 1e-12);

    problem.trading->cost = 0.002;
    problem.trading->max_turnover = 0.3;
    const auto some = optimize_mean_variance(problem, {}).value();
    EXPECT_TRUE(some.certificate.proven) << some.certificate.gap;
    EXPECT_LE(some.turnover, 0.3 + 1e-12);
    EXPECT_LE(some.value, free.value + 1e-12);
    auto more = problem;
    more.trading->max_turnover += 1e-5;
    EXPECT_NEAR((optimize_mean_variance(more, {})->value - some.value) / 1e-5,
                some.shadow_prices.turnover, 1e-3);
  }
}

TEST(Trading, NamesTheFieldAtFault) {
  auto problem = random_problem(5, 1, Objective::kUtility);
  problem.limits.clear();
  const auto with = [&](Trading trading) {
    problem.trading = std::move(trading);
    return optimize_mean_variance(problem, {}).error().field;
  };
  EXPECT_EQ(with({.current = {1.0}}), "trading");
  EXPECT_EQ(with({.current = std::vector<double>(5, 0.2), .cost = -1}), "cost");
  EXPECT_EQ(with({.current = std::vector<double>(5, 0.2), .max_turnover = NAN}), "max_turnover");
  // A start outside the bounds has to be left, which this turnover does not allow.
  EXPECT_EQ(with({.current = {2.0, -1.0, 0.0, 0.0, 0.0}, .max_turnover = 0.5}), "max_turnover");
  const std::vector<double> held(5, 0.2);
  EXPECT_EQ(with({.current = held, .impact = {0.1}}), "impact");
  EXPECT_EQ(with({.current = held, .impact = std::vector<double>(5, -0.1)}), "impact");
  EXPECT_EQ(with({.current = held, .impact = std::vector<double>(5, NAN)}), "impact");
  problem.objective = Objective::kMaxSharpe;
  EXPECT_EQ(with({.current = held, .cost = 0.1}), "trading");
  EXPECT_EQ(with({.current = held, .impact = std::vector<double>(5, 0.1)}), "trading");
}

// With one asset less to spare the least of w'Sw + sum c (w - w0)^2 is a linear system, solved here
// by elimination: two assets, w2 = 1 - w1.
TEST(Trading, ImpactOfTwoAssetsIsAClosedForm) {
  MeanVarianceProblem problem{.mean = {0.1, 0.2},
                              .covariance = Matrix(2, 2, {0.04, 0.01, 0.01, 0.09}),
                              .bounds = uniform_bounds(2, 0.0, 1.0)};
  problem.trading = Trading{.current = {0.3, 0.7}, .impact = {0.05, 0.02}};
  const auto answer = optimize_mean_variance(problem, {}).value();
  EXPECT_TRUE(answer.certificate.proven);
  // d/dw1: 2 w1 (.04 - 2 x .01 + .09) + 2 (.01 - .09) + 2 (.05 + .02)(w1 - .3) = 0.
  const double w = (0.08 + 0.07 * 0.3) / (0.11 + 0.07);
  EXPECT_NEAR(answer.weights[0], w, 1e-12);
  const double variance = 0.04 * w * w + 0.02 * w * (1 - w) + 0.09 * (1 - w) * (1 - w);
  EXPECT_NEAR(answer.value, variance + 0.07 * (w - 0.3) * (w - 0.3), 1e-14);
  EXPECT_NEAR(answer.variance, variance, 1e-14);
}

TEST(Trading, ImpactIsProvenBesideCostTurnoverAndLeverage) {
  for (const auto objective :
       {Objective::kMinVariance, Objective::kUtility, Objective::kTargetReturn}) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      SCOPED_TRACE(testing::Message() << to_text(objective) << " " << seed);
      const std::size_t n = 5 + seed;
      auto problem = random_problem(n, seed, objective);
      problem.bounds = uniform_bounds(n, -0.5, 1.0);
      problem.target = -0.1;
      problem.max_leverage = 1.4;
      problem.trading = Trading{.current = std::vector<double>(n),
                                .cost = seed % 2 == 0 ? 0.003 : 0.0,
                                .max_turnover = 1.37,
                                .impact = std::vector<double>(n, 0.05)};
      problem.trading->current[seed % n] = 1.0;
      const auto answer = optimize_mean_variance(problem, {});
      ASSERT_TRUE(answer.has_value()) << answer.error().message;
      EXPECT_TRUE(answer->certificate.proven) << answer->certificate.gap;
      EXPECT_LE(answer->turnover, 1.37 + 1e-12);
      EXPECT_LE(answer->leverage, 1.4 + 1e-12);
      double cost = problem.trading->cost * answer->turnover;
      for (std::size_t i = 0; i < n; ++i) {
        cost += 0.05 * std::pow(answer->weights[i] - problem.trading->current[i], 2);
      }
      const double worth =
          objective == Objective::kUtility
              ? answer->expected_return - 0.5 * problem.risk_aversion * answer->variance - cost
              : answer->variance + cost;
      EXPECT_NEAR(answer->value, worth, 1e-13 * (1.0 + std::abs(worth)));
      const double step = 1e-6;
      auto changed = problem;
      changed.trading->max_turnover += step;
      EXPECT_NEAR((optimize_mean_variance(changed, {})->value - answer->value) / step,
                  answer->shadow_prices.turnover, 1e-4 * (1.0 + std::abs(answer->value)));
    }
  }
}

// The proof stands for optimality; the price is held against the value after a small change.
TEST(Leverage, IsMetProvenAndPriced) {
  for (const auto objective : {Objective::kMinVariance, Objective::kMaxSharpe, Objective::kUtility,
                               Objective::kTargetReturn, Objective::kTrackingError}) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      SCOPED_TRACE(testing::Message() << to_text(objective) << " " << seed);
      const std::size_t n = 4 + seed;
      auto problem = random_problem(n, seed, objective);
      if (seed % 2 == 0) problem.limits.clear();
      const double infinity = std::numeric_limits<double>::infinity();
      problem.bounds =
          seed % 3 == 0 ? uniform_bounds(n, -infinity, infinity) : uniform_bounds(n, -0.6, 0.8);
      if (objective == Objective::kTrackingError) {
        for (std::size_t i = 0; i < n; ++i) {
          problem.benchmark_covariance.push_back(problem.covariance(i, 0) -
                                                 problem.covariance(i, 1));
        }
        problem.benchmark_variance = problem.covariance(0, 0) + problem.covariance(1, 1) -
                                     2.0 * problem.covariance(0, 1) + 0.01;
      }
      problem.max_leverage = 1.0 + 0.05 * static_cast<double>(seed);
      const auto answer = optimize_mean_variance(problem, {});
      ASSERT_TRUE(answer.has_value()) << answer.error().message;
      EXPECT_TRUE(answer->certificate.proven) << answer->certificate.gap << " of " << answer->value;
      double gross = 0.0;
      for (const double w : answer->weights) gross += std::abs(w);
      EXPECT_DOUBLE_EQ(answer->leverage, gross);
      EXPECT_LE(gross, problem.max_leverage + 1e-12);
      const double sign = answer->sense == Sense::kMinimize ? 1.0 : -1.0;
      EXPECT_LE(sign * answer->shadow_prices.leverage, 0.0);

      const double step = 1e-6;
      auto changed = problem;
      changed.max_leverage += step;
      const auto more = optimize_mean_variance(changed, {}).value();
      EXPECT_NEAR((more.value - answer->value) / step, answer->shadow_prices.leverage,
                  2e-4 * (1.0 + std::abs(answer->value)));
      changed = problem;
      changed.max_leverage = infinity;
      const auto without = optimize_mean_variance(changed, {});
      if (without) {
        EXPECT_LE(sign * (without->value - answer->value), 1e-9);
      }
    }
  }
}

TEST(Leverage, OfOneIsLongOnlyAndWideOnesDoNotBind) {
  for (const auto objective : {Objective::kMinVariance, Objective::kMaxSharpe}) {
    auto problem = random_problem(9, 5, objective);
    problem.limits.clear();
    const auto long_only = optimize_mean_variance(problem, {}).value();
    problem.bounds = uniform_bounds(9, -1.0, 1.0);
    const auto wide = optimize_mean_variance(problem, {}).value();
    problem.max_leverage = 1.0;
    const auto one = optimize_mean_variance(problem, {}).value();
    EXPECT_TRUE(one.certificate.proven);
    EXPECT_NEAR(one.value, long_only.value, 1e-10);
    for (std::size_t i = 0; i < 9; ++i) EXPECT_NEAR(one.weights[i], long_only.weights[i], 1e-7);
    problem.max_leverage = 20.0;
    const auto loose = optimize_mean_variance(problem, {}).value();
    EXPECT_TRUE(loose.certificate.proven);
    EXPECT_EQ(loose.weights, wide.weights);
    EXPECT_EQ(loose.shadow_prices.leverage, 0.0);
  }
}

TEST(Leverage, SaysWhatCannotHold) {
  auto problem = random_problem(6, 1, Objective::kMinVariance);
  problem.max_leverage = 0.9;
  EXPECT_EQ(optimize_mean_variance(problem, {}).error().field, "max_leverage");
  EXPECT_EQ(optimize_mean_variance(problem, {}).error().kind, ErrorKind::kInfeasible);
  problem.max_leverage = NAN;
  EXPECT_EQ(optimize_mean_variance(problem, {}).error().kind, ErrorKind::kBadInput);
  problem.limits.clear();
  problem.bounds = uniform_bounds(6, -1.0, 1.0);
  problem.bounds.upper[0] = -0.4;
  problem.max_leverage = 1.7;  // 0.4 short needs 1.4 long: 1.8
  EXPECT_EQ(optimize_mean_variance(problem, {}).error().field, "max_leverage");
  EXPECT_EQ(optimize_mean_variance(problem, {}).error().kind, ErrorKind::kInfeasible);
  problem.max_leverage = 1.8;
  EXPECT_TRUE(optimize_mean_variance(problem, {}).has_value());
}

TEST(Trading, ATurnoverLimitsTheSharpeRatioAndTheTrackingError) {
  for (const auto objective : {Objective::kMaxSharpe, Objective::kTrackingError}) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      SCOPED_TRACE(testing::Message() << to_text(objective) << " " << seed);
      const std::size_t n = 5 + seed;
      auto problem = random_problem(n, seed, objective);
      problem.limits.clear();
      problem.risk_free = -0.5;
      problem.benchmark_covariance.assign(n, 0.3);
      problem.benchmark_variance = 1.5;
      problem.trading = Trading{.current = std::vector<double>(n), .max_turnover = 0.4};
      problem.trading->current[1] = problem.trading->current[3] = 0.5;
      const auto answer = optimize_mean_variance(problem, {});
      ASSERT_TRUE(answer.has_value()) << answer.error().message;
      EXPECT_TRUE(answer->certificate.proven) << answer->certificate.gap;
      EXPECT_LE(answer->turnover, 0.4 + 1e-12);
      auto changed = problem;
      changed.trading->max_turnover += 1e-6;
      EXPECT_NEAR((optimize_mean_variance(changed, {})->value - answer->value) / 1e-6,
                  answer->shadow_prices.turnover, 2e-4);
    }
  }
}

// The benchmark is a portfolio of the assets: it can be followed without error.
TEST(TrackingError, VanishesWhereTheBenchmarkIsAPortfolioOfTheAssets) {
  auto problem = random_problem(6, 3, Objective::kTrackingError);
  problem.limits.clear();
  const std::vector<double> benchmark = {0.1, 0.2, 0.3, 0.4, 0.0, 0.0};
  for (std::size_t i = 0; i < 6; ++i) {
    double sum = 0.0;
    for (std::size_t j = 0; j < 6; ++j) sum += problem.covariance(i, j) * benchmark[j];
    problem.benchmark_covariance.push_back(sum);
    problem.benchmark_variance += benchmark[i] * sum;
  }
  const auto answer = optimize_mean_variance(problem, {}).value();
  EXPECT_NEAR(answer.value, 0.0, 1e-7);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(answer.weights[i], benchmark[i], 1e-7);
  problem.bounds = uniform_bounds(6, 0.0, 0.25);
  const auto near = optimize_mean_variance(problem, {}).value();
  EXPECT_GT(near.value, 0.01);
  EXPECT_TRUE(near.certificate.proven);
  problem.benchmark_covariance.pop_back();
  EXPECT_EQ(optimize_mean_variance(problem, {}).error().field, "benchmark");
}

}  // namespace
}  // namespace quanta::portfolio
