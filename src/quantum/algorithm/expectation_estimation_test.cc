#include "quantum/algorithm/expectation_estimation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "quantum/circuit/algebra.h"
#include "quantum/circuit/state_loading.h"

namespace quanta::quantum {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(ExpectationEstimation, NamesTheFieldAtFault) {
  const std::vector<double> p = {0.5, 0.5};
  const Circuit load = load_distribution(p).value();
  using Values = std::vector<double>;
  EXPECT_EQ(encode_exactly(load, Values{1.0}).error().field, "values");
  EXPECT_EQ(encode_exactly(load, Values{1.0, kNaN}).error().field, "values");
  EXPECT_EQ(encode_exactly(Circuit(), Values{1.0}).error().field, "values");
  EXPECT_EQ(encode_with_sign(load, Values{1.0, 2.0, 3.0}).error().field, "values");
  const std::vector<LinearPiece> line = {{0, 0.0, 1.0}};
  const std::vector<unsigned> x = {0};
  const auto linear = [&](Interval range, double c) {
    return encode_linearly(Circuit(3), x, line, range, c, 1, 2);
  };
  for (const double c : {0.0, -0.1, 1.5, kNaN}) {
    EXPECT_EQ(linear({0.0, 1.0}, c).error().field, "c") << c;
  }
  EXPECT_EQ(linear({1.0, 1.0}, 0.25).error().field, "range");
  EXPECT_EQ(linear({1.0, 2.0}, 0.25).error().field, "range");
  EXPECT_EQ(linear({0.0, kNaN}, 0.25).error().field, "range");
  EXPECT_EQ(estimate_expectation(load, p, Values{1.0}, {}, {}).error().field, "values");
  const EncodedExpectation encoded = encode_exactly(load, Values{1.0, 2.0}).value();
  EXPECT_EQ(estimate_expectation(encoded, p, Values{1.0}, {}, {}).error().field, "values");
  EXPECT_EQ(estimate_expectation(encoded, p, p, {.estimator = IterativeOptions{.epsilon = 0}}, {})
                .error()
                .field,
            "epsilon");
  const ExpectationOptions small{.oracle = {.memory_limit = 32}};
  const auto refused = estimate_expectation(encoded, p, p, small, {});
  EXPECT_EQ(refused.error().kind, ErrorKind::kResource);
  EXPECT_EQ(refused.error().field, "qubits");
}

struct Case {
  std::vector<double> p;
  std::vector<double> f;
  double exact = 0.0;
};

Case random_case(std::uint64_t seed) {
  RandomStream random(seed, "case");
  Case c;
  c.p.resize(std::size_t{2} << random.below(3));
  double sum = 0.0;
  for (double& p : c.p) sum += p = -std::log(random.uniform_open());
  for (double& p : c.p) p /= sum;
  for (std::size_t x = 0; x < c.p.size(); ++x) c.f.push_back(3.0 * random.normal());
  if (random.below(8) == 0) c.f.assign(c.p.size(), c.f[0]);  // nothing to tell apart
  c.exact = std::inner_product(c.p.begin(), c.p.end(), c.f.begin(), 0.0);
  return c;
}

// The exact and the signed encoding hold the expected value itself, for payoffs of either sign.
RC_GTEST_PROP(ExpectationProperty, ExactEncodingsHaveNoBias, (std::uint64_t seed)) {
  const Case c = random_case(seed);
  const Circuit load = load_distribution(c.p).value();
  for (const bool with_sign : {false, true}) {
    ExpectationOptions options{.estimator = IterativeOptions{.epsilon = 1e-3}, .seed = seed};
    if (with_sign) options.real = RealOptions{.epsilon = 0.01};
    const ExpectationEstimate e = estimate_expectation(load, c.p, c.f, options, {}).value();
    RC_ASSERT(std::abs(e.exact - c.exact) < 1e-12);
    RC_ASSERT(std::abs(e.circuit_value - c.exact) < 1e-11);
    RC_ASSERT(std::abs(e.payoff_bias) < 1e-11);
    RC_ASSERT(e.interval.contains(e.value));
    RC_ASSERT(e.monte_carlo.samples == e.amplitude.a_calls);
    // Six standard errors, and what rounding needs where there is no error. The true one where the
    // samples know less: a rare x that none of them drew.
    double variance = 0.0;
    for (std::size_t x = 0; x < c.p.size(); ++x) {
      variance += c.p[x] * (c.f[x] - c.exact) * (c.f[x] - c.exact);
    }
    const double error = std::max(e.monte_carlo.standard_error,
                                  std::sqrt(variance / static_cast<double>(e.monte_carlo.samples)));
    RC_ASSERT(std::abs(e.monte_carlo.value - c.exact) < 6.0 * error + 1e-12);
  }
}

// The linear encoding is the sine that the header gives, and its bias goes down as c^2.
TEST(ExpectationEstimation, LinearEncodingHasTheStatedBias) {
  const std::vector<double> p = {0.05, 0.1, 0.15, 0.2, 0.2, 0.15, 0.1, 0.05};
  std::vector<double> f;
  for (int x = 0; x < 8; ++x) f.push_back(x < 3 ? -0.5 : -0.5 + 0.7 * (x - 2));
  const std::vector<LinearPiece> payoff = {{0, -0.5, 0.0}, {3, -1.9, 0.7}};
  const Interval range{-0.5, 3.0};
  const std::vector<unsigned> x = {0, 1, 2};
  const Circuit load = tensor(load_distribution(p).value(), Circuit(2)).value();
  double last_bias = 0.0;
  for (const double c : {0.4, 0.2, 0.1, 0.05}) {
    const auto encoded = encode_linearly(load, x, payoff, range, c, 3, 4).value();
    double a = 0.0;
    for (std::size_t i = 0; i < 8; ++i) {
      const double share = (f[i] - range.low) / (range.high - range.low);
      a += p[i] * amplitude_of(std::numbers::pi * c / 2.0 * (share - 0.5) + std::numbers::pi / 4.0);
    }
    const auto e = estimate_expectation(encoded, p, f, {}, {}).value();
    const double expected = range.low + 3.5 * (2.0 / (std::numbers::pi * c) * (a - 0.5) + 0.5);
    EXPECT_NEAR(e.circuit_value, expected, 1e-12);
    EXPECT_NEAR(e.payoff_bias, e.circuit_value - e.exact, 1e-15);
    if (last_bias != 0.0) {
      EXPECT_NEAR(last_bias / e.payoff_bias, 4.0, 0.2);
    }
    last_bias = e.payoff_bias;
  }
}

TEST(ExpectationEstimation, ControlsTakeThePayoffAway) {
  const std::vector<double> p = {0.1, 0.2, 0.3, 0.4};
  const std::vector<unsigned> x = {0};
  const std::vector<unsigned> controls = {1};
  const std::vector<LinearPiece> payoff = {{0, 1.0, 2.0}};  // 1 and 3, where qubit 1 is 1
  const Circuit load = tensor(load_distribution(p).value(), Circuit(2)).value();
  const auto encoded = encode_linearly(load, x, payoff, {0.0, 3.0}, 1e-4, 2, 3, controls).value();
  const auto oracle = AmplitudeOracle::create(encoded.problem, {}, {}).value();
  EXPECT_NEAR(encoded.offset + encoded.scale * oracle.exact(), 0.3 * 1.0 + 0.4 * 3.0, 1e-6);
}

TEST(ExpectationEstimation, MonteCarloIsTheMeanOfItsSamples) {
  const std::vector<double> p = {0.25, 0.0, 0.75, 0.0};
  const std::vector<double> f = {-2.0, 1e9, 6.0, 1e9};
  RandomStream random(1, "samples");
  const MonteCarloValue large = monte_carlo_mean(p, f, 200'000, random);
  // The deviation of one sample is 8 sqrt(3)/4.
  EXPECT_NEAR(large.standard_error, 2.0 * std::sqrt(3.0) / std::sqrt(200'000.0), 1e-4);
  EXPECT_NEAR(large.value, 4.0, 5.0 * large.standard_error);
  EXPECT_EQ(large.samples, 200'000U);
  const std::vector<double> same(4, 1.0 / 3.0);
  EXPECT_EQ(monte_carlo_mean(p, same, 1000, random).value, 1.0 / 3.0);
  EXPECT_EQ(monte_carlo_mean(p, same, 1000, random).standard_error, 0.0);
  // One sample: the value of a point, without an error to tell.
  const MonteCarloValue one = monte_carlo_mean(p, f, 1, random);
  EXPECT_TRUE(one.value == -2.0 || one.value == 6.0);
  EXPECT_EQ(one.standard_error, 0.0);
}

// Counts add up, impossible points never come, and the others come as often as they are likely:
// chi-squared of four points, 3 degrees of freedom, exceeds 21.1 once in 10,000.
TEST(ExpectationEstimation, DrawsCountsOfTheDistribution) {
  const std::vector<double> p = {0.0, 0.4, 0.3, 0.0, 0.2, 0.1, 0.0, 0.0};
  RandomStream random(2, "samples");
  constexpr std::uint64_t kSamples = 1'000'000;
  const auto counts = sampled_counts(p, kSamples, random);
  double chi_squared = 0.0;
  for (std::size_t x = 0; x < p.size(); ++x) {
    if (p[x] == 0.0) {
      EXPECT_EQ(counts[x], 0U);
      continue;
    }
    const double expected = p[x] * static_cast<double>(kSamples);
    chi_squared += std::pow(static_cast<double>(counts[x]) - expected, 2) / expected;
  }
  EXPECT_LT(chi_squared, 21.1);
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}), kSamples);
}

}  // namespace
}  // namespace quanta::quantum
