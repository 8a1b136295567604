#include "portfolio/confidence/binding_target.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "portfolio/objectives/mean_variance_program.h"
#include "statistics/normal.h"

namespace quanta::portfolio {
namespace {

constexpr double kLeastChance = 1e-4;

/// A standard normal number between `low` and `high`, whose probability is `chance`.
double normal_between(double low, double high, double chance, RandomStream& random) {
  // From the tail in which both lie, where probabilities are accurate.
  const double side = low + high < 0.0 ? -1.0 : 1.0;
  const double near = side > 0.0 ? low : -high;
  const double tail =
      std::max(std::numeric_limits<double>::min(),
               statistics::normal_upper_tail(near) - chance * random.uniform_open());
  return std::clamp(side * statistics::normal_upper_quantile(tail), low, high);
}

}  // namespace

Result<std::vector<double>> binding_target_weights(const MeanVarianceProblem& problem,
                                                   const LevelledMoments& draw,
                                                   RandomStream& random,
                                                   const Execution& execution) {
  assert(problem.objective == Objective::kTargetReturn);
  MeanVarianceProblem other = problem;
  other.objective = Objective::kMinVariance;
  QUANTA_TRY(const ContinuousAnswer least, optimize_mean_variance(other, execution));
  const auto [lowest, highest] = std::ranges::minmax(problem.mean);
  other.objective = Objective::kUtility;
  other.risk_aversion = 1e-4 * (highest - lowest) / mean_variance::largest_variance(problem);
  double change = 0.0;
  if (other.risk_aversion > 0.0) {
    QUANTA_TRY(const ContinuousAnswer most, optimize_mean_variance(other, execution));
    const auto score = [&](double expected_return) {
      return (draw.level - draw.level_mean + problem.target - expected_return) /
             draw.level_deviation;
    };
    const double low = score(most.expected_return);
    const double high = score(least.expected_return);
    const double side = low + high < 0.0 ? -1.0 : 1.0;
    const double chance = side * (statistics::normal_upper_tail(side * low) -
                                  statistics::normal_upper_tail(side * high));
    if (chance >= kLeastChance) {
      change = draw.level_mean + draw.level_deviation * normal_between(low, high, chance, random) -
               draw.level;
    }
  }
  other.objective = Objective::kTargetReturn;
  other.target = problem.target - change;
  QUANTA_TRY(ContinuousAnswer answer, optimize_mean_variance(other, execution));
  return std::move(answer.weights);
}

}  // namespace quanta::portfolio
