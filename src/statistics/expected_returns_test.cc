#include "statistics/expected_returns.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/random.h"
#include "statistics/moments.h"
#include "statistics/us20_for_tests.h"

namespace quanta::statistics {
namespace {

TEST(EmaReturns, AgreesWithPandas) {
  QUANTA_SKIP_WITHOUT_SHARED_DATA();
  const auto expected = numbers(expected_values("us20_moments.json").at("mean_ema_span500"));
  const auto mean = ema_returns(us20_returns(), 500).value();
  for (std::size_t i = 0; i < mean.size(); ++i) EXPECT_NEAR(252 * mean[i], expected[i], 1e-14);
}

TEST(EmaReturns, WeighsByHand) {
  const Matrix returns(3, 1, {0.3, 0.0, 0.9});  // span 3: weights 1/4, 1/2, 1
  EXPECT_NEAR(ema_returns(returns, 3).value()[0], (0.25 * 0.3 + 0.9) / 1.75, 1e-16);
  EXPECT_EQ(ema_returns(returns, 1).value()[0], 0.9);
  EXPECT_EQ(ema_returns(returns, 0.5).error().field, "span");
  EXPECT_EQ(ema_returns(returns, NAN).error().field, "span");
}

Matrix noise(std::size_t n_periods, const std::vector<double>& means, std::uint64_t seed) {
  RandomStream stream(seed, "test returns");
  Matrix returns(n_periods, means.size());
  for (std::size_t t = 0; t < n_periods; ++t) {
    for (std::size_t i = 0; i < means.size(); ++i) returns(t, i) = means[i] + stream.normal();
  }
  return returns;
}

// James and Stein: for three assets and more the sum of squared errors is smaller on average.
TEST(JamesStein, ErrsLessThanTheMeanOnAverage) {
  const std::vector<double> truth = {0.02, -0.01, 0.03, 0.0, 0.01, 0.02, -0.02, 0.0};
  double plain = 0.0;
  double shrunk = 0.0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Matrix returns = noise(60, truth, seed);
    const auto mean = mean_returns(returns).value();
    const auto drawn = james_stein_returns(returns).value();
    EXPECT_GE(drawn.shrinkage, 0.0);
    EXPECT_LE(drawn.shrinkage, 1.0);
    for (std::size_t i = 0; i < truth.size(); ++i) {
      plain += (mean[i] - truth[i]) * (mean[i] - truth[i]);
      shrunk += (drawn.mean[i] - truth[i]) * (drawn.mean[i] - truth[i]);
    }
  }
  EXPECT_LT(shrunk, 0.6 * plain);
}

// By hand: uncorrelated columns of variance v, so that n l - 2 l_1 = (n - 2) v.
TEST(JamesStein, IsTheFormula) {
  const Matrix returns(4, 3, {1, 1, 2, -1, 1, 2, 1, -1, 2, -1, -1, 2});
  // Means 0, 0, 2; variances 4/3, 4/3, 0; b = 2/3, |m - b|^2 = 8/3; largest 4/3, sum 8/3.
  const auto drawn = james_stein_returns(returns).value();
  EXPECT_NEAR(drawn.target, 2.0 / 3, 1e-15);
  EXPECT_NEAR(drawn.shrinkage, 0.0, 1e-15);
  const Matrix two(4, 2, {1, 1, -1, 1, 1, -1, -1, -1});
  EXPECT_EQ(james_stein_returns(two).value().shrinkage, 0.0);
}

TEST(Capm, TheMarketItselfHasABetaOfOne) {
  const Matrix returns = noise(50, {0.1, 0.2, 0.3}, 3);
  std::vector<double> market;
  for (std::size_t t = 0; t < 50; ++t) market.push_back(0.01 + 0.5 * returns(t, 1));
  const auto capm = capm_returns(returns, market, 0.002).value();
  EXPECT_NEAR(capm.beta[1], 2.0, 1e-14);
  double mean = 0.0;
  for (const double m : market) mean += m / 50;
  EXPECT_NEAR(capm.mean[1], 0.002 + 2.0 * (mean - 0.002), 1e-15);
  // Betas to the mean of all columns average to one.
  const auto own = capm_returns(returns, {}, 0.0).value();
  EXPECT_NEAR(own.beta[0] + own.beta[1] + own.beta[2], 3.0, 1e-14);
}

TEST(Capm, NamesTheFieldAtFault) {
  const Matrix returns = noise(5, {0.1, 0.2}, 3);
  EXPECT_EQ(capm_returns(returns, std::vector<double>{1, 2}, 0).error().field, "market");
  EXPECT_EQ(capm_returns(returns, std::vector<double>(5, 0.1), 0).error().field, "market");
  EXPECT_EQ(capm_returns(returns, std::vector<double>{1, 2, 3, 4, NAN}, 0).error().field, "market");
  EXPECT_EQ(capm_returns(returns, {}, NAN).error().field, "risk_free");
  EXPECT_EQ(capm_returns(Matrix(1, 1), {}, 0).error().field, "returns");
}

}  // namespace
}  // namespace quanta::statistics
