#include "quantum/simulator/level_code.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "core/random.h"

namespace quanta::quantum {
namespace {

TEST(LevelCode, GivesBackEveryValue) {
  // Around the change from one byte to two, and at the most.
  for (const std::size_t n_levels : {1UL, 2UL, 255UL, 256UL, 257UL, 5000UL, 65536UL}) {
    SCOPED_TRACE(n_levels);
    RandomStream stream(1, "test levels");
    std::vector<double> levels(n_levels);
    for (auto& l : levels) l = stream.normal();
    std::vector<double> values = levels;
    for (int i = 0; i < 1000; ++i) values.push_back(levels[stream.below(n_levels)]);
    const auto code = LevelCode::create(values);
    ASSERT_TRUE(code.has_value());
    ASSERT_EQ(code->size(), values.size());
    ASSERT_EQ(code->levels().size(), n_levels);
    EXPECT_TRUE(std::ranges::is_sorted(code->levels()));
    for (std::size_t x = 0; x < values.size(); ++x) ASSERT_EQ(code->value(x), values[x]);
    std::vector<double> out(7);
    code->expand<double>(n_levels - 1, code->levels(), out);
    for (std::size_t i = 0; i < out.size(); ++i) ASSERT_EQ(out[i], values[n_levels - 1 + i]);
  }
}

TEST(LevelCode, RefusesMoreLevelsThanTwoBytesTell) {
  std::vector<double> values(65537);
  for (std::size_t x = 0; x < values.size(); ++x) values[x] = std::sqrt(static_cast<double>(x));
  EXPECT_FALSE(LevelCode::create(values).has_value());
  values.back() = values.front();
  EXPECT_TRUE(LevelCode::create(values).has_value());
}

TEST(LevelCode, TakesMinusZeroForZero) {
  const std::vector<double> values = {0.0, -0.0, 1.0};
  EXPECT_EQ(LevelCode::create(values)->levels().size(), 2U);
}

}  // namespace
}  // namespace quanta::quantum
