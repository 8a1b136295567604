#include "core/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace quanta {
namespace {

TEST(Philox, GivesTheKnownAnswers) {
  // Random123 (D. E. Shaw Research), tests/kat_vectors, the lines of philox4x32 with 10 rounds.
  using Counter = std::array<std::uint32_t, 4>;
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}),
            (Counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

RC_GTEST_PROP(RandomStreamProperty, IsAFunctionOfItsNames,
              (std::uint64_t seed, const std::string& purpose, std::uint64_t index)) {
  RandomStream a(seed, purpose, index);
  RandomStream b(seed, purpose, index);
  for (int i = 0; i < 5; ++i) RC_ASSERT(a.next() == b.next());
}

TEST(RandomStream, EveryPartOfItsNameMatters) {
  std::set<std::uint64_t> firsts;
  std::size_t n_streams = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (const char* purpose : {"", "a", "b", "aa", "ab", "ba", "qaoa shots"}) {
      for (std::uint64_t index = 0; index < 10; ++index, ++n_streams) {
        RandomStream stream(seed, purpose, index);
        firsts.insert(stream.next());
        firsts.insert(stream.next());
      }
    }
  }
  // Among 1400 words of 64 bits two are equal with a chance of 5e-14.
  EXPECT_EQ(firsts.size(), 2 * n_streams);
}

double correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const double n = static_cast<double>(x.size());
  const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / n;
  const double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / n;
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mean_x) * (y[i] - mean_y);
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
  }
  return xy / std::sqrt(xx * yy);
}

std::vector<double> uniforms(RandomStream stream, std::size_t n) {
  std::vector<double> x(n);
  std::ranges::generate(x, [&] { return stream.uniform(); });
  return x;
}

TEST(RandomStream, NeighbouringStreamsAreUncorrelated) {
  constexpr std::size_t kN = 100'000;
  const double bound = 5.0 / std::sqrt(static_cast<double>(kN));  // five standard errors
  const auto base = uniforms(RandomStream(1, "paths", 0), kN);
  EXPECT_LT(std::abs(correlation(base, uniforms(RandomStream(1, "paths", 1), kN))), bound);
  EXPECT_LT(std::abs(correlation(base, uniforms(RandomStream(2, "paths", 0), kN))), bound);
  EXPECT_LT(std::abs(correlation(base, uniforms(RandomStream(1, "pathz", 0), kN))), bound);
  std::vector<double> lagged(base.begin() + 1, base.end());
  EXPECT_LT(std::abs(correlation({base.begin(), base.end() - 1}, lagged)), bound);
}

/// Pearson's statistic of counts that should be equal.
double chi_square(const std::vector<std::size_t>& counts) {
  const double total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), 0UL));
  const double expected = total / static_cast<double>(counts.size());
  double sum = 0;
  for (const std::size_t c : counts) {
    sum += (static_cast<double>(c) - expected) * (static_cast<double>(c) - expected) / expected;
  }
  return sum;
}

TEST(RandomStream, IsUniform) {
  RandomStream stream(3, "uniform");
  std::vector<std::size_t> counts(256);
  for (int i = 0; i < 1'000'000; ++i) {
    const double u = stream.uniform();
    ASSERT_TRUE(u >= 0.0 && u < 1.0);
    ++counts[static_cast<std::size_t>(u * 256)];
  }
  // 255 degrees of freedom: mean 255, deviation sqrt(510); within five of them.
  EXPECT_NEAR(chi_square(counts), 255, 5 * std::sqrt(510.0));
}

TEST(RandomStream, OpenUniformNeverTouchesTheEnds) {
  RandomStream stream(4, "open");
  for (int i = 0; i < 100'000; ++i) {
    const double u = stream.uniform_open();
    ASSERT_TRUE(u > 0.0 && u < 1.0);
  }
}

TEST(RandomStream, BelowIsUnbiased) {
  RandomStream stream(5, "below");
  std::vector<std::size_t> counts(7);
  for (int i = 0; i < 700'000; ++i) ++counts[stream.below(7)];
  EXPECT_LT(chi_square(counts), 6 + 5 * std::sqrt(12.0));
  // 4/3 as many words of 64 bits as numbers below 3 * 2^62: without rejection every third number
  // would come twice as often, and by taking words modulo n those of the lowest third.
  constexpr std::uint64_t kN = 3ULL << 62;
  std::vector<std::size_t> remainders(3);
  std::vector<std::size_t> thirds(3);
  for (int i = 0; i < 90'000; ++i) {
    const std::uint64_t x = stream.below(kN);
    ++remainders[x % 3];
    ++thirds[x >> 62];
  }
  EXPECT_LT(chi_square(remainders), 2 + 5 * std::sqrt(4.0));
  EXPECT_LT(chi_square(thirds), 2 + 5 * std::sqrt(4.0));
}

RC_GTEST_PROP(RandomStreamProperty, BelowStaysBelow, (std::uint64_t seed)) {
  RandomStream stream(seed, "below");
  const auto n = *rc::gen::inRange<std::uint64_t>(1, ~std::uint64_t{0});
  RC_ASSERT(stream.below(n) < n);
  RC_ASSERT(stream.below(1) == 0);
}

TEST(RandomStream, NormalHasTheMomentsOfANormal) {
  RandomStream stream(6, "normal");
  constexpr int kN = 1'000'000;
  double moments[5] = {};
  int beyond_two = 0;
  for (int i = 0; i < kN; ++i) {
    const double z = stream.normal();
    double power = 1;
    for (double& moment : moments) {
      moment += power / kN;
      power *= z;
    }
    beyond_two += std::abs(z) > 2 ? 1 : 0;
  }
  // Five standard errors of each: Var(z^k) = E z^2k - (E z^k)^2 with E z^2, 4, 6, 8 = 1, 3, 15,
  // 105.
  const double root_n = std::sqrt(static_cast<double>(kN));
  EXPECT_NEAR(moments[1], 0, 5 * 1 / root_n);
  EXPECT_NEAR(moments[2], 1, 5 * std::sqrt(2.0) / root_n);
  EXPECT_NEAR(moments[3], 0, 5 * std::sqrt(15.0) / root_n);
  EXPECT_NEAR(moments[4], 3, 5 * std::sqrt(96.0) / root_n);
  const double p = std::erfc(2 / std::sqrt(2.0));
  EXPECT_NEAR(beyond_two / double{kN}, p, 5 * std::sqrt(p * (1 - p)) / root_n);
}

TEST(RandomStream, ShufflesEveryOrderEquallyOften) {
  std::vector<std::size_t> counts(6);
  for (std::uint64_t i = 0; i < 60'000; ++i) {
    RandomStream stream(7, "shuffle", i);
    std::vector<std::size_t> order = {0, 1, 2};
    std::shuffle(order.begin(), order.end(), stream);
    ++counts[order[0] * 2 + (order[1] > order[2] ? 1 : 0)];
  }
  EXPECT_LT(chi_square(counts), 5 + 5 * std::sqrt(10.0));
}

}  // namespace
}  // namespace quanta
