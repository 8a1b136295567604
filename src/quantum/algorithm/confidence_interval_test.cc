#include "quantum/algorithm/confidence_interval.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace quanta::quantum {
namespace {

TEST(ConfidenceInterval, NamesTheFieldAtFault) {
  for (const double alpha : {0.0, 1.0, -0.1, 2.0, std::numeric_limits<double>::quiet_NaN()}) {
    const auto checked = check_alpha(alpha);
    ASSERT_FALSE(checked.has_value()) << alpha;
    EXPECT_EQ(checked.error().field, "alpha");
  }
  EXPECT_TRUE(check_alpha(0.05).has_value());
  EXPECT_EQ(check_shots(0).error().field, "shots");
  EXPECT_EQ(check_shots((std::uint64_t{1} << 32) + 1).error().field, "shots");
  EXPECT_EQ(check_shots(11, 10).error().field, "shots");
  EXPECT_TRUE(check_shots(1).has_value());
}

// Clopper-Pearson at 95 %: 4 of 10 from R, binom.test(4, 10)$conf.int; no success in n has the
// closed form [0, 1 - (alpha/2)^(1/n)].
TEST(ConfidenceInterval, GivesTheExactBinomialInterval) {
  const Interval four = clopper_pearson_interval(4, 10, 0.05);
  EXPECT_NEAR(four.low, 0.1215523, 5e-8);
  EXPECT_NEAR(four.high, 0.7376219, 5e-8);
  const Interval none = clopper_pearson_interval(0, 20, 0.05);
  EXPECT_EQ(none.low, 0.0);
  EXPECT_NEAR(none.high, 1.0 - std::pow(0.025, 1.0 / 20), 1e-14);
  const Interval all = clopper_pearson_interval(20, 20, 0.05);
  EXPECT_NEAR(all.low, std::pow(0.025, 1.0 / 20), 1e-14);
  EXPECT_EQ(all.high, 1.0);
}

// The chance that the interval misses, summed over all counts, for many probabilities: at most
// alpha is what both promise.
TEST(ConfidenceInterval, CoversEveryProbability) {
  constexpr unsigned kShots = 30;
  constexpr double kAlpha = 0.1;
  for (int i = 0; i <= 100; ++i) {
    const double p = i / 100.0;
    double missed_exact = 0.0;
    double missed_chernoff = 0.0;
    for (unsigned good = 0; good <= kShots; ++good) {
      const double ways = std::exp(std::lgamma(kShots + 1.0) - std::lgamma(good + 1.0) -
                                   std::lgamma(kShots - good + 1.0));
      const double chance = ways * std::pow(p, good) * std::pow(1 - p, kShots - good);
      const Interval exact = clopper_pearson_interval(good, kShots, kAlpha);
      const Interval chernoff = chernoff_interval(good, kShots, kAlpha);
      if (!exact.contains(p)) missed_exact += chance;
      if (!chernoff.contains(p)) missed_chernoff += chance;
      EXPECT_LT(exact.half_width(), chernoff.half_width() + 1e-12);
    }
    EXPECT_LE(missed_exact, kAlpha) << p;
    EXPECT_LE(missed_chernoff, kAlpha) << p;
  }
}

TEST(ConfidenceInterval, InvertsTheNormalDistribution) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-14);  // printed tables
  for (const double z : {-7.5, -3.0, -0.2, 0.0, 1.0, 4.0}) {
    EXPECT_NEAR(normal_quantile(normal_cdf(z)), z, 1e-11);
  }
  EXPECT_NEAR(normal_density(0.0), 0.3989422804014327, 1e-16);
}

}  // namespace
}  // namespace quanta::quantum
