#include "statistics/moment_posterior.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace quanta::statistics {
namespace {

Matrix normal_returns(std::size_t n_periods, std::size_t n, std::uint64_t seed) {
  RandomStream random(seed, "test returns");
  Matrix returns(n_periods, n);
  for (std::size_t t = 0; t < n_periods; ++t) {
    const double common = random.normal();
    for (std::size_t i = 0; i < n; ++i) returns(t, i) = 0.01 * (common + random.normal());
  }
  return returns;
}

TEST(MomentPosterior, NamesTheFieldAtFault) {
  Matrix broken = normal_returns(20, 2, 1);
  broken(3, 1) = std::numeric_limits<double>::quiet_NaN();
  Matrix twins = normal_returns(20, 2, 1);
  for (std::size_t t = 0; t < 20; ++t) twins(t, 1) = twins(t, 0);
  const struct {
    const char* name;
    Matrix returns;
    const char* says;
  } cases[] = {{"empty", Matrix(), "returns"},
               {"not a number", broken, "row 4"},
               {"as many periods as assets", normal_returns(4, 4, 1), "at least 5"},
               {"twins", twins, "singular"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto posterior = moment_posterior(c.returns);
    ASSERT_FALSE(posterior.has_value());
    EXPECT_EQ(posterior.error().field, "returns");
    if (c.returns.rows() > 0) {
      EXPECT_NE(posterior.error().message.find(c.says), std::string::npos)
          << posterior.error().message;
    }
  }
  EXPECT_TRUE(moment_posterior(normal_returns(5, 4, 1)).has_value());
}

// Mean k and variance 2 k.
TEST(MomentPosterior, ChiSquaredHasItsMoments) {
  for (const double degrees : {1.0, 2.0, 3.0, 17.0, 250.0}) {
    SCOPED_TRACE(degrees);
    const std::size_t draws = 40000;
    double mean = 0.0;
    double square = 0.0;
    for (std::size_t d = 0; d < draws; ++d) {
      RandomStream random(2, "test chi", d);
      const double x = draw_chi_squared(degrees, random);
      mean += x / draws;
      square += (x - degrees) * (x - degrees) / draws;
    }
    // Five deviations: of the mean sqrt(2 k / N), of the variance sqrt((8 k^2 + 48 k) / N).
    EXPECT_NEAR(mean, degrees, 5 * std::sqrt(2 * degrees / draws));
    EXPECT_NEAR(square, 2 * degrees, 5 * std::sqrt((8 * degrees * degrees + 48 * degrees) / draws));
  }
}

// E[S] = A / (T - n - 2), and mu_i - m_i over sqrt(A_ii / (T (T - n))) is Student t with T - n
// degrees of freedom. With T = 12, n = 2: t(10), whose 95 % quantile is 1.812461 (tables).
TEST(MomentPosterior, IsTheKnownOne) {
  const Matrix returns = normal_returns(12, 2, 5);
  const Moments sample = estimate_moments(returns, {}).value();
  const MomentPosterior posterior = moment_posterior(returns).value();
  const std::size_t draws = 40000;
  Matrix mean(2, 2);
  std::size_t above = 0;
  std::size_t below = 0;
  for (std::size_t d = 0; d < draws; ++d) {
    RandomStream random(3, "test posterior", d);
    const Moments drawn = draw_moments(posterior, random);
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t j = 0; j < 2; ++j) mean(i, j) += drawn.covariance(i, j) / draws;
    }
    const double t =
        (drawn.mean[0] - sample.mean[0]) / std::sqrt(11 * sample.covariance(0, 0) / (12 * 10));
    above += t > 1.812461 ? 1 : 0;
    below += t < -1.812461 ? 1 : 0;
  }
  // Five binomial deviations of 2,000: 218.
  EXPECT_NEAR(static_cast<double>(above), 2000.0, 218.0);
  EXPECT_NEAR(static_cast<double>(below), 2000.0, 218.0);
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      const double expected = 11 * sample.covariance(i, j) / (12 - 2 - 2);
      // A diagonal entry is scaled inverse chi-squared with 10 degrees: deviation 0.58 of itself.
      EXPECT_NEAR(mean(i, j), expected,
                  5 * 0.58 / std::sqrt(draws) *
                      std::sqrt(sample.covariance(i, i) * sample.covariance(j, j)) * 11 / 8);
    }
  }
}

}  // namespace
}  // namespace quanta::statistics
