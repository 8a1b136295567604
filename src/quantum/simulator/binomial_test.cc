#include "quantum/simulator/binomial.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace quanta::quantum {
namespace {

TEST(BinomialSample, KnowsTheCertainCases) {
  RandomStream stream(1, "test");
  EXPECT_EQ(binomial_sample(0, 0.5, stream), 0U);
  EXPECT_EQ(binomial_sample(1000, 0.0, stream), 0U);
  EXPECT_EQ(binomial_sample(1000, 1.0, stream), 1000U);
  EXPECT_EQ(binomial_sample(1'000'000, 1e-300, stream), 0U);
}

/// Pearson's statistic of `draws` samples against the exact probabilities, over the values that are
/// expected at least five times, the rest in one class.
void expect_binomial(std::uint64_t n, double p) {
  SCOPED_TRACE(testing::Message() << n << " trials of " << p);
  constexpr int kDraws = 200'000;
  RandomStream stream(7, "test", n);
  std::vector<double> found(n + 1);
  for (int i = 0; i < kDraws; ++i) found[binomial_sample(n, p, stream)] += 1.0;
  double statistic = 0.0;
  double classes = 0.0;
  double rest_found = kDraws;
  double rest_expected = kDraws;
  for (std::uint64_t k = 0; k <= n; ++k) {
    const auto x = static_cast<double>(k);
    const auto m = static_cast<double>(n);
    const double log_probability = std::lgamma(m + 1) - std::lgamma(x + 1) -
                                   std::lgamma(m - x + 1) + x * std::log(p) +
                                   (m - x) * std::log1p(-p);
    const double expected = kDraws * std::exp(log_probability);
    if (expected < 5.0) continue;
    statistic += (found[k] - expected) * (found[k] - expected) / expected;
    classes += 1.0;
    rest_found -= found[k];
    rest_expected -= expected;
  }
  if (rest_expected >= 1.0) {
    statistic += (rest_found - rest_expected) * (rest_found - rest_expected) / rest_expected;
    classes += 1.0;
  }
  // Mean and variance of chi-square with f degrees are f and 2 f; five deviations.
  const double degrees = classes - 1.0;
  EXPECT_LT(statistic, degrees + 5.0 * std::sqrt(2.0 * degrees));
}

TEST(BinomialSample, FollowsTheBinomialLaw) {
  expect_binomial(1, 0.3);
  expect_binomial(12, 0.5);
  expect_binomial(40, 0.1);    // by waiting times
  expect_binomial(40, 0.93);   // mirrored
  expect_binomial(30, 0.4);    // the smallest that is rejected
  expect_binomial(500, 0.27);  // by rejection
  expect_binomial(5000, 0.61);
}

TEST(BinomialSample, IsRepeatedByItsStream) {
  RandomStream a(5, "test");
  RandomStream b(5, "test");
  for (std::uint64_t n = 1; n < 1'000'000; n *= 3) {
    EXPECT_EQ(binomial_sample(n, 0.37, a), binomial_sample(n, 0.37, b));
  }
}

}  // namespace
}  // namespace quanta::quantum
