#include "quantum/simulator/distribution.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace quanta::quantum {
namespace {

Distribution of(const std::vector<double>& probabilities) {
  return {probabilities.size(), [&](std::size_t begin, std::span<double> out) {
            std::copy_n(probabilities.begin() + static_cast<std::ptrdiff_t>(begin), out.size(),
                        out.begin());
          }};
}

/// 10,000 uneven probabilities, every third of them 0.
std::vector<double> uneven(std::size_t n) {
  RandomStream stream(2, "test probabilities");
  std::vector<double> p(n);
  double sum = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    if (i % 3 != 0) p[i] = std::pow(stream.uniform(), 8.0);
    sum += p[i];
  }
  for (double& x : p) x /= sum;
  return p;
}

TEST(Draw, FollowsTheProbabilities) {
  const std::vector<double> p = uneven(10'000);
  for (const std::uint64_t shots : {20'000U, 100'000U, 10'000'000U}) {
    RandomStream stream(5, "test shots");
    const auto counts = draw(of(p), shots, stream);
    std::vector<double> found(p.size());
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      ASSERT_TRUE(i == 0 || counts[i - 1].first < counts[i].first);
      ASSERT_GT(counts[i].second, 0U);
      found[counts[i].first] = static_cast<double>(counts[i].second);
      all += counts[i].second;
    }
    EXPECT_EQ(all, shots);
    const auto n = static_cast<double>(shots);
    double statistic = 0.0;  // Pearson's, classes of fewer than five in one
    double classes = 0.0;
    double rest = 0.0;
    double rest_found = 0.0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      EXPECT_TRUE(p[i] > 0.0 || found[i] == 0.0) << i;
      if (n * p[i] < 5.0) {
        rest += n * p[i];
        rest_found += found[i];
        continue;
      }
      statistic += (found[i] - n * p[i]) * (found[i] - n * p[i]) / (n * p[i]);
      classes += 1.0;
    }
    if (rest > 5.0) statistic += (rest_found - rest) * (rest_found - rest) / rest;
    EXPECT_GT(classes, 50.0);
    EXPECT_LT(statistic, classes + 5.0 * std::sqrt(2.0 * classes));
  }
}

TEST(Draw, NeverDrawsWhatCannotHappen) {
  std::vector<double> p(9'000);
  p[5'000] = 1.0;
  RandomStream stream(1, "test shots");
  using Counts = std::vector<std::pair<std::size_t, std::uint64_t>>;
  EXPECT_EQ(draw(of(p), 3, stream), (Counts{{5'000, 3}}));
  EXPECT_EQ(draw(of(p), 1'000'000, stream), (Counts{{5'000, 1'000'000}}));
  EXPECT_EQ(draw(of(p), 0, stream), Counts{});
}

TEST(Draw, TakesProbabilitiesThatAreNotScaled) {
  RandomStream stream(1, "test shots");
  const auto counts = draw(of({0.0, 3.0, 1.0}), 100'000, stream);
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_NEAR(static_cast<double>(counts[0].second), 75'000, 5 * 137);
}

TEST(Likeliest, SortsByProbabilityThenByNumber) {
  std::vector<double> p(10'000, 0.5e-4);
  p[7'000] = 0.2;
  p[8'000] = 0.3;
  p[10] = 0.2 * (1.0 + 1e-15);  // equal but for rounding
  p[20] = 0.0;
  const auto best = likeliest(of(p), 5);
  ASSERT_EQ(best.size(), 5U);
  EXPECT_EQ(best[0], (std::pair{std::size_t{8'000}, 0.3}));
  EXPECT_EQ(best[1].first, 10U);
  EXPECT_EQ(best[2].first, 7'000U);
  EXPECT_EQ(best[3].first, 0U);
  EXPECT_EQ(best[4].first, 1U);
}

TEST(Likeliest, AgreesWithASort) {
  const std::vector<double> p = uneven(5'000);
  std::vector<double> sorted = p;
  std::ranges::sort(sorted, std::greater<>());
  const auto best = likeliest(of(p), 100);
  for (std::size_t i = 0; i < best.size(); ++i) EXPECT_EQ(best[i].second, sorted[i]);
  EXPECT_EQ(likeliest(of(p), 5'000).size(), 3'333U);  // the others are 0
  EXPECT_TRUE(likeliest(of(p), 0).empty());
}

}  // namespace
}  // namespace quanta::quantum
