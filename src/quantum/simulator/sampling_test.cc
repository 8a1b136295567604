#include "quantum/simulator/sampling.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace quanta::quantum {
namespace {

TEST(Sample, FollowsTheProbabilities) {
  const std::vector<double> probabilities = {0.0, 0.1, 0.0, 0.6, 0.3, 0.0};
  RandomStream stream(1, "test");
  constexpr std::size_t kShots = 100000;
  const auto positions = sample(probabilities, kShots, stream);
  ASSERT_EQ(positions.size(), kShots);
  EXPECT_TRUE(std::ranges::is_sorted(positions));
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const double p = probabilities[i];
    const auto count = static_cast<double>(std::ranges::count(positions, i));
    // Five standard deviations of a binomial; impossible positions never.
    EXPECT_LE(std::abs(count - p * kShots), 5.0 * std::sqrt(kShots * p * (1.0 - p))) << i;
  }
}

TEST(Sample, NeedsNoNormalisationAndRepeatsWithItsStream) {
  const std::vector<double> probabilities = {2.0, 1.0, 5.0};
  RandomStream one(4, "test");
  RandomStream two(4, "test");
  RandomStream other(5, "test");
  const auto positions = sample(probabilities, 1000, one);
  EXPECT_EQ(positions, sample(probabilities, 1000, two));
  EXPECT_NE(positions, sample(probabilities, 1000, other));
  EXPECT_EQ(sample(std::vector<double>{0.0, 1e-300}, 3, one), (std::vector<std::size_t>{1, 1, 1}));
}

}  // namespace
}  // namespace quanta::quantum
