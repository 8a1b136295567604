#include "quantum/algorithm/lbfgs.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace quanta::quantum {
namespace {

double rosenbrock(std::span<const double> x, std::span<double> gradient) {
  double value = 0.0;
  for (double& g : gradient) g = 0.0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    const double a = 1.0 - x[i];
    const double b = x[i + 1] - x[i] * x[i];
    value += a * a + 100.0 * b * b;
    gradient[i] += -2.0 * a - 400.0 * x[i] * b;
    gradient[i + 1] += 200.0 * b;
  }
  return value;
}

TEST(Lbfgs, FindsTheMinimumOfRosenbrocksValley) {
  const std::vector<double> start = {-1.2, 1.0, -1.2, 1.0, 3.0, 0.5};
  const auto found =
      minimize_lbfgs(start, {.max_evaluations = 300, .gradient_tolerance = 1e-10}, rosenbrock);
  for (const double x : found.x) EXPECT_NEAR(x, 1.0, 1e-8);
  EXPECT_LT(found.evaluations, 150U);
  EXPECT_TRUE(found.converged);
}

TEST(Lbfgs, KeepsItsBudgetAndReturnsTheBestPointSeen) {
  const std::vector<double> start = {-1.2, 1.0};
  std::vector<double> gradient(2);
  const double at_start = rosenbrock(start, gradient);
  double best = at_start;
  for (const std::size_t budget : {1U, 2U, 5U, 20U}) {
    const auto found = minimize_lbfgs(start, {.max_evaluations = budget}, rosenbrock);
    EXPECT_LE(found.evaluations, budget);
    EXPECT_EQ(found.value, rosenbrock(found.x, gradient));
    EXPECT_LE(found.value, best);
    EXPECT_FALSE(found.converged);
    best = found.value;
  }
  EXPECT_LT(best, 4.0);
}

TEST(Lbfgs, StopsAtOnceAtAMinimumAndWhenAsked) {
  const std::vector<double> minimum = {1.0, 1.0};
  EXPECT_EQ(minimize_lbfgs(minimum, {}, rosenbrock).evaluations, 1U);
  std::stop_source stop;
  stop.request_stop();
  const std::vector<double> start = {-1.2, 1.0};
  EXPECT_EQ(minimize_lbfgs(start, {.stop = stop.get_token()}, rosenbrock).evaluations, 1U);
}

TEST(Lbfgs, StepsBackFromWhereTheFunctionIsNotANumber) {
  const auto found = minimize_lbfgs(
      std::vector<double>{4.0}, {.max_evaluations = 100, .first_step = 10.0},
      [](std::span<const double> x, std::span<double> gradient) {
        gradient[0] = 1.0 - 1.0 / x[0];
        return x[0] > 0.0 ? x[0] - std::log(x[0]) : std::numeric_limits<double>::quiet_NaN();
      });
  EXPECT_NEAR(found.x[0], 1.0, 1e-5);
}

}  // namespace
}  // namespace quanta::quantum
