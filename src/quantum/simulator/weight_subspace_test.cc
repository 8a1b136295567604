#include "quantum/simulator/weight_subspace.h"

#include <bit>
#include <cmath>

#include <gtest/gtest.h>

#include "core/random.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kLimit = std::size_t{1} << 30;

WeightSubspace make_space(unsigned n, unsigned k) {
  return WeightSubspace::create(n, k, kLimit).value();
}

// Below, at and above the 12 qubits of a block.
TEST(WeightSubspace, RanksEveryStateInRisingOrder) {
  for (const unsigned n : {1U, 2U, 5U, 11U, 12U, 13U, 16U}) {
    for (unsigned k = 0; k <= n; ++k) {
      SCOPED_TRACE(testing::Message() << n << " choose " << k);
      const auto space = make_space(n, k);
      std::size_t r = 0;
      for (std::uint64_t x = 0; x < std::uint64_t{1} << n; ++x) {
        if (static_cast<unsigned>(std::popcount(x)) != k) continue;
        ASSERT_EQ(space.rank(x), r);
        ASSERT_EQ(space.state(r), x);
        ++r;
      }
      ASSERT_EQ(space.dimension(), r);
      ASSERT_EQ(binomial(n, k), r);
    }
  }
}

TEST(WeightSubspace, HoldsFewOnesAmongManyQubits) {
  const auto space = make_space(63, 2);
  EXPECT_EQ(space.dimension(), 1953U);
  for (std::size_t r = 0; r < space.dimension(); ++r) ASSERT_EQ(space.rank(space.state(r)), r);
  EXPECT_EQ(space.state(1952), (std::uint64_t{3} << 61));
  EXPECT_EQ(make_space(63, 63).dimension(), 1U);
}

TEST(WeightSubspace, StartsInTheDickeState) {
  const auto state = make_space(6, 3).dicke_state();
  ASSERT_EQ(state.size(), 20U);
  for (const auto& a : state) EXPECT_EQ(a, Amplitude(1.0 / std::sqrt(20.0)));
}

TEST(WeightSubspace, DiagonalIsThePolynomialOfEachState) {
  RandomStream stream(2, "test cost");
  for (const auto& [n, k] : {std::pair{1U, 1U}, {4U, 0U}, {9U, 4U}, {12U, 6U}, {15U, 7U}}) {
    std::vector<double> linear(n);
    std::vector<double> quadratic(std::size_t{n} * n, 1e9);  // the lower half is never read
    for (auto& l : linear) l = stream.normal();
    for (unsigned i = 0; i < n; ++i) {
      for (unsigned j = i + 1; j < n; ++j) quadratic[i * n + j] = stream.normal();
    }
    const auto space = make_space(n, k);
    const auto cost = space.quadratic_diagonal({}, linear, quadratic, 0.25);
    for (std::size_t r = 0; r < space.dimension(); ++r) {
      const std::uint64_t x = space.state(r);
      double expected = 0.25;
      for (unsigned i = 0; i < n; ++i) {
        if (!(x >> i & 1)) continue;
        expected += linear[i];
        for (unsigned j = i + 1; j < n; ++j) {
          if (x >> j & 1) expected += quadratic[i * n + j];
        }
      }
      ASSERT_NEAR(cost[r], expected, 1e-12);
    }
  }
}

TEST(WeightSubspace, NamesTheFieldAtFault) {
  EXPECT_EQ(WeightSubspace::create(0, 0, kLimit).error().field, "qubits");
  EXPECT_EQ(WeightSubspace::create(64, 1, kLimit).error().field, "qubits");
  EXPECT_EQ(WeightSubspace::create(4, 5, kLimit).error().field, "weight");
  const auto large = WeightSubspace::create(60, 30, kLimit);
  ASSERT_FALSE(large.has_value());
  EXPECT_EQ(large.error().kind, ErrorKind::kResource);
  // C(32, 30) = 496 … C(37, 30) = 10,295,472 amplitudes are 165 MB; C(39, 30) = 211,915,132 too
  // many.
  EXPECT_NE(large.error().message.find("fits up to 38 qubits with 30 ones"), std::string::npos)
      << large.error().message;
  // The limit is exact: C(6, 3) = 20 amplitudes of 16 bytes.
  EXPECT_TRUE(WeightSubspace::create(6, 3, 320).has_value());
  EXPECT_FALSE(WeightSubspace::create(6, 3, 319).has_value());
  EXPECT_FALSE(WeightSubspace::create(6, 3, 320, 17).has_value());
}

}  // namespace
}  // namespace quanta::quantum
