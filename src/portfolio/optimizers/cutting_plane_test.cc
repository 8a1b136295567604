#include "portfolio/optimizers/cutting_plane.h"

#include <cmath>
#include <limits>
#include <stop_token>
#include <vector>

#include <gtest/gtest.h>

namespace quanta::portfolio {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Polyhedron box(double lower, double upper) {
  return {.lower = {lower, lower}, .upper = {upper, upper}, .rows = {}};
}

/// |x - 1| + |y + 2| + 3.
Tangent distance(std::span<const double> x) {
  Tangent out;
  out.gradient = {x[0] > 1.0 ? 1.0 : -1.0, x[1] > -2.0 ? 1.0 : -1.0};
  out.constant = 3.0 - out.gradient[0] * 1.0 + out.gradient[1] * 2.0;
  out.value = out.constant + out.gradient[0] * x[0] + out.gradient[1] * x[1];
  return out;
}

/// x^2 + y^2 - x.
Tangent bowl(std::span<const double> x) {
  return {.value = x[0] * x[0] + x[1] * x[1] - x[0],
          .constant = -x[0] * x[0] - x[1] * x[1],
          .gradient = {2.0 * x[0] - 1.0, 2.0 * x[1]}};
}

TEST(CuttingPlane, SaysWhyThereIsNoOptimum) {
  Polyhedron empty = box(0.0, 1.0);
  empty.rows.push_back({{1.0, 1.0}, 3.0, true});
  const auto none = minimize_by_tangents(empty, distance, 1e-12, 100, {});
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().field, "constraints");

  const auto slope = [](std::span<const double> x) {
    return Tangent{.value = x[0], .constant = 0.0, .gradient = {1.0, 0.0}};
  };
  const auto endless = minimize_by_tangents(box(-kInfinity, 1.0), slope, 1e-12, 100, {});
  ASSERT_FALSE(endless.has_value());
  EXPECT_EQ(endless.error().field, "objective");

  std::stop_source stop;
  stop.request_stop();
  const auto stopped =
      minimize_by_tangents(box(0.0, 1.0), distance, 1e-12, 100, {.stop = stop.get_token()});
  ASSERT_TRUE(stopped.has_value());
  EXPECT_TRUE(stopped->stopped);
  EXPECT_LE(stopped->bound, stopped->value);
}

TEST(CuttingPlane, EndsInTheVertexOfAPiecewiseLinearFunction) {
  for (const double reach : {5.0, kInfinity}) {
    const auto answer = minimize_by_tangents(box(-reach, reach), distance, 0.0, 100, {}).value();
    EXPECT_NEAR(answer.x[0], 1.0, 1e-9);
    EXPECT_NEAR(answer.x[1], -2.0, 1e-9);
    EXPECT_NEAR(answer.value, 3.0, 1e-9);
    EXPECT_NEAR(answer.bound, 3.0, 1e-9);
  }
}

// On x + y = 2 the bowl is least at x = 1.25, y = 0.75 with value 0.875; its multiplier is -1.5.
TEST(CuttingPlane, BoundsASmoothFunctionAsCloselyAsAsked) {
  Polyhedron line = box(-5.0, 5.0);
  line.rows.push_back({{1.0, 1.0}, 2.0, true});
  const auto answer = minimize_by_tangents(line, bowl, 1e-9, 500, {}).value();
  EXPECT_LE(answer.value - answer.bound, 1e-9);
  EXPECT_LE(answer.bound, 0.875 + 1e-12);
  EXPECT_NEAR(answer.value, 0.875, 1e-9);
  EXPECT_NEAR(answer.row_multipliers[0], -1.5, 1e-3);
}

// The supports alone make the bound: their mixture is a linear function below f.
TEST(CuttingPlane, SupportsHoldUpTheBound) {
  const auto answer = minimize_by_tangents(box(-5.0, 5.0), distance, 0.0, 100, {}).value();
  double sum = 0.0;
  double constant = 0.0;
  std::vector<double> gradient(2);
  for (const auto& support : answer.supports) {
    const Tangent tangent = distance(support.at);
    sum += support.multiplier;
    constant += support.multiplier * tangent.constant;
    for (int i = 0; i < 2; ++i) gradient[i] += support.multiplier * tangent.gradient[i];
  }
  EXPECT_NEAR(sum, 1.0, 1e-12);
  const double bound = constant - 5.0 * (std::abs(gradient[0]) + std::abs(gradient[1]));
  EXPECT_NEAR(bound, answer.value, 1e-9);
}

}  // namespace
}  // namespace quanta::portfolio
