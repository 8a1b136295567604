#include "portfolio/optimizers/critical_line.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/random.h"
#include "portfolio/optimizers/dual_bound.h"
#include "statistics/moments.h"
#include "statistics/us20_for_tests.h"

namespace quanta::portfolio {
namespace {

ParametricProgram frontier_program(const Matrix& covariance, const std::vector<double>& mean,
                                   double lower, double upper) {
  const std::size_t n = mean.size();
  return {.base = {.quadratic = covariance,
                   .linear = std::vector<double>(n, 0.0),
                   .equality = Matrix(1, n, 1.0),
                   .equality_value = {1.0},
                   .inequality = {},
                   .inequality_limit = {},
                   .lower = std::vector<double>(n, lower),
                   .upper = std::vector<double>(n, upper)},
          .reward = mean};
}

statistics::Moments random_moments(std::size_t n, std::uint64_t seed) {
  RandomStream stream(seed, "test frontier");
  Matrix returns(3 * n + 10, n);
  for (std::size_t t = 0; t < returns.rows(); ++t) {
    const double market = stream.normal();
    for (std::size_t i = 0; i < n; ++i) {
      returns(t, i) = 0.02 * static_cast<double>(i % 7) + 0.5 * market + stream.normal();
    }
  }
  return statistics::estimate_moments(returns, {}).value();
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

double variance_of(const Matrix& s, const std::vector<double>& w) {
  double sum = 0.0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    for (std::size_t j = 0; j < w.size(); ++j) sum += w[i] * s(i, j) * w[j];
  }
  return sum;
}

// Corner portfolios of an independent critical line, checked with cvxopt (see the file).
TEST(CriticalLine, HasTheStoredCornersOfTheShares) {
  QUANTA_SKIP_WITHOUT_SHARED_DATA();
  const auto book = statistics::expected_values("us20_frontier_corners.json");
  const auto names = statistics::us20_prices().names;
  const auto moments = statistics::annualise(
      statistics::estimate_moments(statistics::us20_returns(), {}).value(), 252);
  const auto program = frontier_program(moments.covariance, moments.mean, 0.0, 1.0);
  const auto line = trace_critical_line(program, {}).value();
  const auto& corners = book.at("corners").as_array();
  ASSERT_EQ(line.corners.size(), corners.size());
  EXPECT_TRUE(line.bounded);
  for (std::size_t c = 0; c < corners.size(); ++c) {
    const Corner& own = line.corners[corners.size() - 1 - c];
    EXPECT_NEAR(dot(moments.mean, own.x), json::from<double>(corners[c].at("return")).value(),
                1e-12);
    EXPECT_NEAR(variance_of(moments.covariance, own.x),
                json::from<double>(corners[c].at("variance")).value(), 1e-12);
    const auto& weights = corners[c].at("weights").as_object();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const double expected =
          weights.contains(names[i]) ? json::from<double>(weights.at(names[i])).value() : 0.0;
      EXPECT_NEAR(own.x[i], expected, 1e-9);
    }
  }
}

// At any t between two corners the straight line is the optimum of the quadratic program there.
TEST(CriticalLine, EveryPointBetweenCornersIsOptimal) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    const std::size_t n = 3 + seed % 12;
    const auto moments = random_moments(n, seed);
    const double upper = seed % 3 == 0 ? 1.0 : 2.5 / static_cast<double>(n);
    const double lower = seed % 4 == 0 ? -0.2 : 0.0;
    auto program = frontier_program(moments.covariance, moments.mean, lower, upper);
    if (seed % 2 == 0) {  // the first half of the assets at most 60 %
      program.base.inequality = Matrix(1, n);
      for (std::size_t i = 0; i < n / 2; ++i) program.base.inequality(0, i) = 1.0;
      program.base.inequality_limit = {0.6};
    }
    const auto line = trace_critical_line(program, {});
    ASSERT_TRUE(line.has_value()) << line.error().message;
    ASSERT_FALSE(line->corners.empty());
    EXPECT_EQ(line->corners[0].t, 0.0);
    for (std::size_t c = 0; c + 1 < line->corners.size(); ++c) {
      const Corner& a = line->corners[c];
      const Corner& b = line->corners[c + 1];
      ASSERT_LT(a.t, b.t);
      const double t = 0.5 * (a.t + b.t);
      QuadraticProgram here = program.base;
      for (std::size_t i = 0; i < n; ++i) here.linear[i] = -t * moments.mean[i];
      const auto expected = solve_quadratic_program(here, {}).value();
      for (std::size_t i = 0; i < n; ++i) {
        EXPECT_NEAR(0.5 * (a.x[i] + b.x[i]), expected.x[i], 1e-9);
      }
    }
    // Past the last corner nothing earns more.
    QuadraticProgram far = program.base;
    for (std::size_t i = 0; i < n; ++i) {
      far.linear[i] = -(line->corners.back().t + 10.0) * moments.mean[i];
    }
    const auto last = solve_quadratic_program(far, {}).value();
    EXPECT_NEAR(dot(moments.mean, last.x), dot(moments.mean, line->corners.back().x), 1e-9);
  }
}

TEST(CriticalLine, WithoutBoundsItIsOneRayFromTheLeastVariance) {
  const auto moments = random_moments(5, 3);
  const auto line = trace_critical_line(
                        frontier_program(moments.covariance, moments.mean, -HUGE_VAL, HUGE_VAL), {})
                        .value();
  ASSERT_EQ(line.corners.size(), 1U);
  EXPECT_FALSE(line.bounded);
  double sum = 0.0;
  for (const double r : line.ray) sum += r;
  EXPECT_NEAR(sum, 0.0, 1e-12);
  EXPECT_GT(dot(moments.mean, line.ray), 0.0);
}

TEST(CriticalLine, EqualMeansAreOnePoint) {
  const auto moments = random_moments(4, 5);
  const auto line =
      trace_critical_line(frontier_program(moments.covariance, {0.1, 0.1, 0.1, 0.1}, 0.0, 1.0), {})
          .value();
  EXPECT_EQ(line.corners.size(), 1U);
  EXPECT_TRUE(line.bounded);
}

TEST(CriticalLine, ASingularCovarianceIsNamed) {
  const Matrix twins(2, 2, {1, 1, 1, 1});
  const auto line = trace_critical_line(frontier_program(twins, {0.1, 0.2}, -1.0, 2.0), {});
  ASSERT_FALSE(line.has_value());
  EXPECT_EQ(line.error().field, "covariance");
}

}  // namespace
}  // namespace quanta::portfolio
