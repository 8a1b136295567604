#include "quantum/algorithm/iterative_amplitude_estimation.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include <fmt/format.h>

namespace quanta::quantum {
namespace {

/// Angles are in turns: theta in [0, 1/4], halves of the circle are [h/2, (h + 1)/2].
struct Step {
  std::uint64_t power = 0;
  double scale = 2.0;  ///< K = 4 power + 2, so that a shot is good with probability
                       ///< (1 - cos(2 pi K theta)) / 2
  double half = 0.0;   ///< h: the half of the circle, counted through all turns, that holds K theta
};

/// The half in which K times the interval lies; nothing where it lies in two. It is found from the
/// middle, because an end often lies on the border of two exactly and would be rounded to either.
std::optional<double> half_of(double scale, const Interval& turns) {
  constexpr double kRounding = 1e-9;
  const double half = std::floor(2.0 * scale * turns.middle());
  if (2.0 * scale * turns.low < half - kRounding) return std::nullopt;
  if (2.0 * scale * turns.high > half + 1.0 + kRounding) return std::nullopt;
  return half;
}

/// The largest power of which K is at least twice the last K and whose interval lies in one half.
std::optional<Step> next_step(std::uint64_t last_power, const Interval& turns) {
  const auto power_below = [](double scale) { return std::floor((scale - 2.0) / 4.0); };
  const double last_scale = 4.0 * static_cast<double>(last_power) + 2.0;
  // Longer than half a turn fits into no half.
  for (double k = power_below(0.25 / turns.half_width()); 4.0 * k + 2.0 >= 2.0 * last_scale;
       k -= 1.0) {
    const double scale = 4.0 * k + 2.0;
    if (const auto half = half_of(scale, turns)) {
      return Step{static_cast<std::uint64_t>(k), scale, *half};
    }
  }
  return std::nullopt;
}

/// The theta of the step's half for which a shot is good with the given probability.
double turns_of(const Step& step, double probability) {
  const double angle = angle_of(probability) / std::numbers::pi;  // in [0, 1/2]
  const bool rising = std::fmod(step.half, 2.0) == 0.0;
  return (rising ? 0.5 * step.half + angle : 0.5 * (step.half + 1.0) - angle) / step.scale;
}

Result<void> check(const IterativeOptions& options) {
  if (!(options.epsilon >= 1e-9 && options.epsilon < 0.5)) {
    return bad_input("epsilon", fmt::format("{} is outside [1e-9, 0.5)", options.epsilon));
  }
  QUANTA_CHECK(check_alpha(options.alpha));
  return check_shots(options.shots);
}

}  // namespace

Result<AmplitudeEstimate> estimate_iteratively(AmplitudeOracle& oracle,
                                               const IterativeOptions& options, std::uint64_t seed,
                                               const Execution& execution) {
  QUANTA_CHECK(check(options));
  const double rounds =
      std::max(0.0, std::ceil(std::log2(std::numbers::pi / (8.0 * options.epsilon)))) + 1.0;
  RandomStream random(seed, "iterative amplitude estimation");
  AmplitudeEstimate estimate{.confidence = 1.0 - options.alpha, .source = oracle.source()};
  Interval turns{0.0, 0.25};
  Step step;
  EstimationRound same;  // all shots of the step's power so far
  while (2.0 * turns.half_width() > options.epsilon / std::numbers::pi) {
    if (const auto next = next_step(step.power, turns)) {
      step = *next;
      same = {.power = step.power};
    } else if (const auto half = half_of(step.scale, turns)) {
      step.half = *half;
    }
    QUANTA_TRY(const std::uint64_t good,
               oracle.measure(step.power, options.shots, random, execution));
    add_round(estimate, {.power = step.power, .shots = options.shots, .good = good});
    same.shots += options.shots;
    same.good += good;
    const double alpha = options.alpha / rounds;
    const Interval p = options.interval == BinomialInterval::kChernoff
                           ? chernoff_interval(same.good, same.shots, alpha)
                           : clopper_pearson_interval(same.good, same.shots, alpha);
    const double one = turns_of(step, p.low);
    const double other = turns_of(step, p.high);
    turns = {std::min(one, other), std::max(one, other)};
  }
  estimate.interval = {amplitude_of(2.0 * std::numbers::pi * turns.low),
                       amplitude_of(2.0 * std::numbers::pi * turns.high)};
  estimate.value = estimate.interval.middle();
  return estimate;
}

}  // namespace quanta::quantum
