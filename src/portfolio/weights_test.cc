#include "portfolio/weights.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "core/random.h"
#include "portfolio/optimizers/factor.h"

namespace quanta::portfolio {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Weights, BadBoundsSayWhatIsWrong) {
  const struct {
    const char* name;
    Bounds bounds;
    ErrorKind kind;
    const char* says;
  } cases[] = {
      {"one short", {{0.0}, {1.0, 1.0}}, ErrorKind::kBadInput, "1 lower and 2 upper"},
      {"no number", {{0.0, kNan}, {1.0, 1.0}}, ErrorKind::kBadInput, "asset 2"},
      {"nothing allowed", {{kInfinity, 0.0}, {kInfinity, 1.0}}, ErrorKind::kBadInput, "asset 1"},
      {"turned round", {{0.0, 0.6}, {1.0, 0.5}}, ErrorKind::kInfeasible, "asset 2"},
      {"too much", {{0.6, 0.5}, {1.0, 1.0}}, ErrorKind::kInfeasible, "lower some"},
      {"too little", {{0.0, 0.0}, {0.3, 0.6}}, ErrorKind::kInfeasible, "raise some"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = check_bounds(c.bounds, 2);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, c.kind);
    EXPECT_EQ(result.error().field, "bounds");
    EXPECT_NE(result.error().message.find(c.says), std::string::npos) << result.error().message;
  }
  EXPECT_TRUE(check_bounds(uniform_bounds(20, 0.05, 0.05), 20).has_value());
  EXPECT_TRUE(check_bounds(uniform_bounds(3, -kInfinity, kInfinity), 3).has_value());
}

TEST(Weights, BadLimitsSayWhatIsWrong) {
  EXPECT_EQ(check_limit({"tech", {1.0}}, 2).error().kind, ErrorKind::kBadInput);
  EXPECT_EQ(check_limit({"tech", {1.0, kNan}}, 2).error().field, "limits");
  EXPECT_EQ(check_limit({"tech", {1.0, 0.0}, 0.5, 0.4}, 2).error().kind, ErrorKind::kInfeasible);
  EXPECT_TRUE(check_limit({"tech", {1.0, 0.0}, 0.4, 0.4}, 2).has_value());
}

TEST(Weights, BoundsThatSumToOneAreSettled) {
  const Bounds low = settled(uniform_bounds(20, 0.05, 0.5));
  EXPECT_EQ(low.upper, low.lower);
  const Bounds high = settled(uniform_bounds(10, 0.0, 0.1));
  EXPECT_EQ(high.lower, high.upper);
  const Bounds open = settled(uniform_bounds(3, 0.0, 1.0));
  EXPECT_EQ(open.lower, std::vector(3, 0.0));
  EXPECT_EQ(open.upper, std::vector(3, 1.0));
}

TEST(Weights, CleanedOnesSumToOneWithinTheirBounds) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RandomStream random(seed, "weights");
    const std::size_t n = 2 + random.below(30);
    const Bounds bounds = uniform_bounds(n, seed % 2 == 0 ? 0.0 : -0.3, 0.9);
    std::vector<double> x(n);
    for (double& w : x) w = random.uniform();
    const double sum = std::accumulate(x.begin(), x.end(), 0.0);
    for (double& w : x) w = w / sum + 1e-13 * (random.uniform() - 0.5);
    x[0] = -1e-14;
    x[1] += 1.0 - std::accumulate(x.begin(), x.end(), 0.0);
    if (x[1] > 0.9) continue;
    const std::vector<double> clean = clean_weights(bounds.lower, bounds.upper, x);
    EXPECT_LE(std::abs(std::accumulate(clean.begin(), clean.end(), 0.0) - 1.0), 4e-16);
    EXPECT_EQ(clean[0], 0.0);
    EXPECT_FALSE(std::signbit(clean[0]));
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_GE(clean[i], bounds.lower[i]);
      EXPECT_LE(clean[i], bounds.upper[i]);
      EXPECT_NEAR(clean[i], x[i], 1e-11);
    }
  }
}

TEST(Factor, IsThereForWhatIsPositiveSemidefiniteUpToRounding) {
  Matrix rank_one(3, 3, 0.04);  // singular
  ASSERT_TRUE(factor_up_to_rounding(rank_one).has_value());
  EXPECT_NEAR((*factor_up_to_rounding(rank_one))(0, 0), 0.2, 1e-9);
  EXPECT_TRUE(factor_up_to_rounding(Matrix(2, 2)).has_value());  // no risk at all
  rank_one(0, 1) = rank_one(1, 0) = 0.041;
  EXPECT_FALSE(factor_up_to_rounding(rank_one).has_value());
}

}  // namespace
}  // namespace quanta::portfolio
