// Groups, costs, turnover and a benchmark in mean-variance problems.
#include <cmath>

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
  problem.objective = Objective::kMaxSharpe;
  EXPECT_EQ(with({.current = std::vector<double>(5, 0.2)}), "trading");
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
