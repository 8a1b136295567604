#include "portfolio/confidence/binding_target.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/sums.h"
#include "portfolio/confidence/simulated_panels_for_tests.h"
#include "statistics/normal.h"

namespace quanta::portfolio {
namespace {

LevelledMoments five(double level_deviation) {
  const TrueMoments truth = true_moments();
  return {.moments = {truth.mean, truth.covariance, {}},
          .level = 0.08 / 250,
          .level_mean = 0.08 / 250,
          .level_deviation = level_deviation};
}

TEST(BindingTarget, LevelIsDrawnFromTheCutNormalDistribution) {
  const LevelledMoments draw = five(0.02 / 250);
  const auto problem = simulated_problem(draw.moments, Objective::kTargetReturn, 0.0, 1.0);
  const auto least = simulated_weights(draw.moments, Objective::kMinVariance, 0.0, 1.0).value();
  // The score at which each end of the frontier just meets the target.
  const double low = (problem.target - 0.11 / 250) / draw.level_deviation;
  const double high = (problem.target - dot(problem.mean, least)) / draw.level_deviation;
  const double expected =
      (statistics::normal_density(low) - statistics::normal_density(high)) /
      (statistics::normal_upper_tail(low) - statistics::normal_upper_tail(high));
  const int draws = 2000;
  double average = 0.0;
  for (std::uint64_t d = 0; d < draws; ++d) {
    RandomStream random(d, "test target");
    const auto weights = binding_target_weights(problem, draw, random, {}).value();
    // Where the target binds, the change of level is what the return lacks of it.
    const double score = (problem.target - dot(problem.mean, weights)) / draw.level_deviation;
    ASSERT_GE(score, low - 1e-3);
    ASSERT_LE(score, high + 1e-9);
    average += score / draws;
  }
  EXPECT_NEAR(average, expected, 5.0 * (high - low) / std::sqrt(12.0 * draws));
}

TEST(BindingTarget, KeepsTheLevelWhereDataExcludeABindingTarget) {
  LevelledMoments draw = five(1e-4 / 250);
  auto problem = simulated_problem(draw.moments, Objective::kTargetReturn, 0.0, 1.0, 0.02 / 250);
  RandomStream random(1, "test target");
  EXPECT_EQ(binding_target_weights(problem, draw, random, {}).value(),
            simulated_weights(draw.moments, Objective::kMinVariance, 0.0, 1.0).value());
  problem.target = 0.5 / 250;
  const auto none = binding_target_weights(problem, draw, random, {});
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().field, "target");
}

// Far in either tail of the level, where probabilities near 1 have no digits left.
TEST(BindingTarget, BindsInBothTails) {
  for (const double target : {0.02, 0.16}) {
    SCOPED_TRACE(target);
    const LevelledMoments draw = five(0.02 / 250);
    const auto problem =
        simulated_problem(draw.moments, Objective::kTargetReturn, 0.0, 1.0, target / 250);
    const auto least = simulated_weights(draw.moments, Objective::kMinVariance, 0.0, 1.0).value();
    for (std::uint64_t d = 0; d < 50; ++d) {
      RandomStream random(d, "test target");
      const auto weights = binding_target_weights(problem, draw, random, {}).value();
      EXPECT_GE(dot(problem.mean, weights), dot(problem.mean, least) - 1e-12);
    }
  }
}

}  // namespace
}  // namespace quanta::portfolio
