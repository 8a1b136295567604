#include "quantum/algorithm/maximum_likelihood_amplitude_estimation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace quanta::quantum {
namespace {

TEST(MaximumLikelihoodAmplitudeEstimation, NamesTheFieldAtFault) {
  const struct {
    const char* name;
    MaximumLikelihoodOptions options;
    const char* field;
  } cases[] = {
      {"no powers", {.powers = {}}, "powers"},
      {"too deep", {.powers = {0, std::uint64_t{1} << 22}}, "powers"},
      {"far too deep", {.powers = {~std::uint64_t{0}}}, "powers"},
      {"too deep together", {.powers = std::vector<std::uint64_t>(3, 1 << 20)}, "powers"},
      {"no shots", {.shots = 0}, "shots"},
      {"never wrong", {.alpha = 0.0}, "alpha"},
      {"alpha not a number", {.alpha = std::numeric_limits<double>::quiet_NaN()}, "alpha"},
  };
  auto oracle = AmplitudeOracle::of(0.3).value();
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto estimate = estimate_by_likelihood(oracle, c.options, 1, {});
    ASSERT_FALSE(estimate.has_value());
    EXPECT_EQ(estimate.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(estimate.error().field, c.field);
  }
}

/// l on a grid far finer than any lobe, from the definition.
double log_likelihood(const AmplitudeEstimate& estimate, double theta) {
  double sum = 0.0;
  for (const EstimationRound& round : estimate.rounds) {
    const double angle = (2.0 * static_cast<double>(round.power) + 1.0) * theta;
    const auto good = static_cast<double>(round.good);
    const auto bad = static_cast<double>(round.shots - round.good);
    if (good > 0) sum += good * std::log(std::pow(std::sin(angle), 2));
    if (bad > 0) sum += bad * std::log(std::pow(std::cos(angle), 2));
  }
  return sum;
}

// No point of a fine grid is likelier than the estimate, and all that are likely enough lie in the
// interval, whose ends have the level that defines it.
RC_GTEST_PROP(MaximumLikelihoodProperty, FindsTheHighestMaximum, (std::uint64_t seed)) {
  RandomStream random(seed, "case");
  MaximumLikelihoodOptions options{.powers = {}, .shots = 1 + random.below(30)};
  const std::size_t n_powers = 1 + random.below(4);
  while (options.powers.size() < n_powers) options.powers.push_back(random.below(12));
  const double a = random.below(5) == 0 ? static_cast<double>(random.below(2)) : random.uniform();
  auto oracle = AmplitudeOracle::of(a).value();
  const LikelihoodEstimate e = estimate_by_likelihood(oracle, options, seed, {}).value();
  RC_ASSERT(std::abs(log_likelihood(e, angle_of(e.value)) - e.log_likelihood) < 1e-6);
  RC_ASSERT(e.interval.contains(e.value));
  const double least = e.log_likelihood - 0.5 * 1.959963984540054 * 1.959963984540054;
  constexpr int kPoints = 20000;
  for (int i = 1; i < kPoints; ++i) {
    const double theta = std::numbers::pi / 2.0 * i / kPoints;
    const double l = log_likelihood(e, theta);
    RC_ASSERT(l <= e.log_likelihood + 1e-9);
    if (l > least + 1e-9) RC_ASSERT(e.interval.contains(amplitude_of(theta)));
  }
  for (const double end : {e.interval.low, e.interval.high}) {
    if (end == 0.0 || end == 1.0) continue;
    RC_ASSERT(std::abs(log_likelihood(e, angle_of(end)) - least) < 1e-3);
  }
}

// One power alone is a binomial share: the estimate is the share, the interval that of the
// likelihood ratio, whose ends have l = l_max - 1.92073 (half the 0.95 quantile of chi-squared).
//
TEST(MaximumLikelihoodAmplitudeEstimation, IsTheShareOfGoodShotsWithoutAmplification) {
  auto oracle = AmplitudeOracle::of(0.4).value();
  std::uint64_t seed = 0;
  LikelihoodEstimate e;
  do {
    e = estimate_by_likelihood(oracle, {.powers = {0}, .shots = 10}, seed++, {}).value();
  } while (e.rounds[0].good != 4);
  EXPECT_NEAR(e.value, 0.4, 1e-12);
  EXPECT_NEAR(e.fisher_information, 10.0 / (0.4 * 0.6), 1e-9);
  for (const double p : {e.interval.low, e.interval.high}) {
    EXPECT_NEAR(4 * std::log(p) + 6 * std::log1p(-p),
                4 * std::log(0.4) + 6 * std::log(0.6) - 1.920729410347, 1e-9);
  }
  EXPECT_LT(e.interval.low, 0.4);
  EXPECT_GT(e.interval.high, 0.4);
}

// The interval's confidence is asymptotic: with 100 shots of each power it is near what it says.
// 2,000 runs of chance 0.05 miss 100 times with a standard deviation of 10.
TEST(MaximumLikelihoodAmplitudeEstimation, CoversNearTheStatedConfidence) {
  int missed = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const double a = RandomStream(seed, "amplitude").uniform();
    auto oracle = AmplitudeOracle::of(a).value();
    const auto e =
        estimate_by_likelihood(oracle, {.powers = exponential_powers(5)}, seed, {}).value();
    missed += e.interval.contains(a) ? 0 : 1;
  }
  EXPECT_GE(missed, 60);
  EXPECT_LE(missed, 140);
}

TEST(MaximumLikelihoodAmplitudeEstimation, ListsPowers) {
  EXPECT_EQ(exponential_powers(4), (std::vector<std::uint64_t>{0, 1, 2, 4, 8}));
  EXPECT_EQ(linear_powers(3), (std::vector<std::uint64_t>{0, 1, 2, 3}));
}

}  // namespace
}  // namespace quanta::quantum
