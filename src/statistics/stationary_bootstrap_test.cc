#include "statistics/stationary_bootstrap.h"

#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace quanta::statistics {
namespace {

/// x_t = phi x_(t-1) + e_t, standard normal e.
std::vector<double> autoregression(std::size_t n, double phi, std::uint64_t seed) {
  RandomStream random(seed, "test series");
  std::vector<double> x(n);
  double last = 0.0;
  for (std::size_t t = 0; t < n + 100; ++t) {
    last = phi * last + random.normal();
    if (t >= 100) x[t - 100] = last;
  }
  return x;
}

TEST(StationaryBootstrap, NamesTheFieldAtFault) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> broken(50, 1.0);
  broken[7] = nan;
  std::vector<double> infinite(50, 1.0);
  infinite[7] = HUGE_VAL;
  const struct {
    const char* name;
    std::vector<double> x;
    const char* says;
  } cases[] = {{"none", {}, "0 numbers"},
               {"too few", std::vector<double>(9, 1.0), "9 numbers"},
               {"not a number", broken, "x[7]"},
               {"infinite", infinite, "x[7]"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto length = stationary_block_length(c.x);
    ASSERT_FALSE(length.has_value());
    EXPECT_EQ(length.error().field, "x");
    EXPECT_NE(length.error().message.find(c.says), std::string::npos) << length.error().message;
  }
}

// The Python package arch states 13.635665 (to 1e-4 of itself) in the test of its
// optimal_block_length, arch/tests/bootstrap/test_block_length.py, for a series made from NumPy's
// RandomState(0): Mersenne twister and Marsaglia's polar method, rebuilt here.
TEST(StationaryBootstrap, GivesTheBlockLengthOfArch) {
  std::mt19937 twister(0);
  const auto uniform = [&twister] {
    const double high = static_cast<double>(twister() >> 5U);
    const double low = static_cast<double>(twister() >> 6U);
    return (high * 67108864.0 + low) / 9007199254740992.0;
  };
  std::vector<double> x;
  while (x.size() < 10100) {
    const double a = 2.0 * uniform() - 1.0;
    const double b = 2.0 * uniform() - 1.0;
    const double square = a * a + b * b;
    if (square >= 1.0 || square == 0.0) continue;
    const double factor = std::sqrt(-2.0 * std::log(square) / square);
    x.push_back(factor * b);
    x.push_back(factor * a);
  }
  ASSERT_NEAR(x[0], 1.76405235, 5e-9);  // known to every user of NumPy
  for (std::size_t t = 1; t < x.size(); ++t) x[t] += 0.3 * x[t - 1];
  const auto length = stationary_block_length(std::span(x).subspan(100)).value();
  EXPECT_NEAR(length, 13.635665, 1e-4 * 13.635665);
}

TEST(StationaryBootstrap, BlocksGrowWithDependenceAndStayInRange) {
  const double without = stationary_block_length(autoregression(2000, 0.0, 3)).value();
  const double some = stationary_block_length(autoregression(2000, 0.5, 3)).value();
  const double much = stationary_block_length(autoregression(2000, 0.9, 3)).value();
  EXPECT_LT(without, 0.5 * some);
  EXPECT_LT(some, 0.6 * much);
  EXPECT_GE(without, 1.0);
  EXPECT_EQ(stationary_block_length(std::vector<double>(100, 0.1)).value(), 1.0);
  // The longest there is: a series that only rises.
  std::vector<double> rising(100);
  for (std::size_t t = 0; t < rising.size(); ++t) rising[t] = static_cast<double>(t);
  EXPECT_LE(stationary_block_length(rising).value(), 30.0);
  EXPECT_GT(stationary_block_length(rising).value(), 10.0);
}

TEST(StationaryBootstrap, TheUnitOfTheSeriesChangesNothing) {
  std::vector<double> x = autoregression(500, 0.6, 8);
  const double length = stationary_block_length(x).value();
  for (double& value : x) value = 1e-200 * value;
  EXPECT_NEAR(stationary_block_length(x).value(), length, 1e-9 * length);
}

TEST(StationaryBootstrap, BlocksHaveTheMeanLengthAndBeginAnywhere) {
  RandomStream random(1, "test resample");
  const std::size_t n = 100000;
  const auto places = stationary_resample(n, 8.0, random);
  ASSERT_EQ(places.size(), n);
  std::size_t blocks = 1;
  double sum = 0.0;
  for (std::size_t t = 0; t < n; ++t) {
    ASSERT_LT(places[t], n);
    sum += static_cast<double>(places[t]);
    if (t > 0 && places[t] != (places[t - 1] + 1) % n) ++blocks;
  }
  // Binomial(n, 1/8): six deviations are 628.
  EXPECT_NEAR(static_cast<double>(blocks), 12500.0, 628.0);
  // 12,500 uniform starts: six deviations of their mean are 6 x 0.289 x n x sqrt(2 / 12500).
  EXPECT_NEAR(sum / static_cast<double>(n), 50000.0, 2193.0);
}

TEST(StationaryBootstrap, BlocksOfOneAreIndependentDrawsAndWrap) {
  RandomStream random(1, "test resample");
  const auto places = stationary_resample(1000, 1.0, random);
  std::size_t follow = 0;
  for (std::size_t t = 1; t < places.size(); ++t) follow += places[t] == places[t - 1] + 1 ? 1 : 0;
  EXPECT_LE(follow, 8U);  // Poisson(1)
  const auto ring = stationary_resample(3, 1e9, random);
  EXPECT_EQ((ring[0] + 1) % 3, ring[1]);
  EXPECT_EQ((ring[1] + 1) % 3, ring[2]);
}

// Politis and Romano (1994), lemma 1: the bootstrap variance of the mean is known exactly,
//   (R(0) + 2 sum_k ((1 - k/T)(1 - p)^k + k/T (1 - p)^(T-k)) R(k)) / T.
TEST(StationaryBootstrap, VarianceOfTheMeanIsThatOfTheClosedForm) {
  const std::size_t n = 60;
  const double block = 5.0;
  const std::vector<double> x = autoregression(n, 0.5, 4);
  double mean = 0.0;
  for (const double value : x) mean += value / n;
  double expected = 0.0;
  for (std::size_t k = 0; k < n; ++k) {
    double r = 0.0;
    for (std::size_t t = k; t < n; ++t) r += (x[t] - mean) * (x[t - k] - mean) / n;
    const double share = static_cast<double>(k) / n;
    const double keep = 1.0 - 1.0 / block;
    const double weight = (1.0 - share) * std::pow(keep, k) + share * std::pow(keep, n - k);
    expected += (k == 0 ? 1.0 : 2.0 * weight) * r / n;
  }
  const std::size_t draws = 20000;
  double square = 0.0;
  for (std::size_t d = 0; d < draws; ++d) {
    RandomStream random(9, "test mean", d);
    double sum = 0.0;
    for (const std::size_t t : stationary_resample(n, block, random)) sum += x[t] / n;
    square += (sum - mean) * (sum - mean) / draws;
  }
  // The variance of 20,000 near-normal draws is off by a deviation of 1 %.
  EXPECT_NEAR(square, expected, 0.05 * expected);
}

TEST(StationaryBootstrap, TakesWholeRows) {
  const Matrix matrix(3, 2, {1, 2, 3, 4, 5, 6});
  const std::vector<std::size_t> places = {2, 0, 0};
  EXPECT_EQ(rows_at(matrix, places), Matrix(3, 2, {5, 6, 1, 2, 1, 2}));
}

}  // namespace
}  // namespace quanta::statistics
