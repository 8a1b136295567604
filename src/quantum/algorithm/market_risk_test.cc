#include "quantum/algorithm/market_risk.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "core/random.h"

namespace quanta::quantum {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Losses of a day with fat tails: a normal number over a uniform root.
std::vector<double> losses_of_days(std::size_t n, std::uint64_t seed) {
  RandomStream random(seed, "losses");
  std::vector<double> losses;
  for (std::size_t i = 0; i < n; ++i) {
    losses.push_back(0.01 * random.normal() / std::sqrt(0.1 + random.uniform()) - 0.0005);
  }
  return losses;
}

TEST(MarketRisk, NamesTheFieldAtFault) {
  const std::vector<double> good = {0.01, -0.02, 0.03};
  const struct {
    const char* name;
    std::vector<double> losses;
    MarketRiskOptions market;
    const char* field;
  } cases[] = {
      {"none", {}, {}, "losses"},
      {"one", {0.01}, {}, "losses"},
      {"not a number", {0.01, kNaN, 0.02}, {}, "losses"},
      {"all equal", {0.01, 0.01}, {}, "losses"},
      {"too far apart", {-1e308, 1e308}, {}, "losses"},
      {"no qubits", good, {.qubits = 0}, "qubits"},
      {"too many qubits", good, {.qubits = 13}, "qubits"},
      {"no tail", good, {.tail = 0.0}, "tail"},
      {"nothing but tail", good, {.tail = 1.0}, "tail"},
      {"tail not a number", good, {.tail = kNaN}, "tail"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto risk = estimate_market_risk(c.losses, c.market, {}, {});
    ASSERT_FALSE(risk.has_value());
    EXPECT_EQ(risk.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(risk.error().field, c.field);
  }
  const auto field = [](GridDistribution losses) {
    return estimate_market_risk(losses, 0.05, {}, {}).error().field;
  };
  EXPECT_EQ(field({.axes = {}, .probabilities = {0.5, 0.5}}), "axes");
  EXPECT_EQ(field({.axes = {{1.0, 1.0, 1}}, .probabilities = {0.5, 0.5}}), "axes");
  EXPECT_EQ(field({.axes = {{0.0, 1.0, 0}}, .probabilities = {0.5, 0.5}}), "axes");
  EXPECT_EQ(field({.axes = {{0.0, 1.0, 2}}, .probabilities = {0.5, 0.5}}), "probabilities");
  EXPECT_EQ(field({.axes = {{0.0, 1.0, 1}}, .probabilities = {0.5, 0.4}}), "probabilities");
  EXPECT_EQ(field({.axes = {{0.0, 1.0, 1}}, .probabilities = {1.5, -0.5}}), "probabilities");
}

// By hand: ten equal losses 1 … 10. The 80 % quantile is 8, the mean of the worst fifth 9.5, that
// of the worst quarter (10 + 9 + 8/2) / 2.5 = 9.2.
TEST(MarketRisk, MeasuresTails) {
  std::vector<double> losses;
  for (int i = 1; i <= 10; ++i) losses.push_back(i);
  const std::vector<double> equal(10, 0.1);
  const TailRisk fifth = tail_risk_of(losses, equal, 0.2);
  EXPECT_EQ(fifth.value_at_risk, 8.0);
  EXPECT_NEAR(fifth.probability, 0.8, 1e-15);
  EXPECT_NEAR(fifth.expected_shortfall, 9.5, 1e-12);
  EXPECT_NEAR(fifth.mean_beyond, 9.5, 1e-12);
  const TailRisk quarter = tail_risk_of(losses, equal, 0.25);
  EXPECT_EQ(quarter.value_at_risk, 8.0);
  EXPECT_NEAR(quarter.expected_shortfall, 9.2, 1e-12);
  EXPECT_NEAR(quarter.mean_beyond, 9.5, 1e-12);
  // Equal losses count together, and a tail thinner than the last loss is that loss.
  const TailRisk ties =
      tail_risk_of(std::vector<double>{1.0, 2.0, 2.0, 3.0}, std::vector<double>(4, 0.25), 0.5);
  EXPECT_EQ(ties.value_at_risk, 2.0);
  EXPECT_NEAR(ties.probability, 0.75, 1e-15);
  const TailRisk thin = tail_risk_of(losses, equal, 0.01);
  EXPECT_EQ(thin.value_at_risk, 10.0);
  EXPECT_EQ(thin.mean_beyond, 10.0);
  EXPECT_NEAR(thin.expected_shortfall, 10.0, 1e-12);
}

// The estimates against what is exact on the grid, and the grid against the losses themselves: no
// loss moves by more than half a step, so neither does a quantile or a mean of the tail.
TEST(MarketRisk, FindsTheTailOfTheLosses) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    RandomStream random(seed, "case");
    const std::vector<double> losses = losses_of_days(50 + random.below(400), seed);
    const MarketRiskOptions market{.qubits = static_cast<unsigned>(2 + random.below(4)),
                                   .tail = 0.02 + 0.3 * random.uniform()};
    ExpectationOptions options{.estimator = IterativeOptions{.epsilon = 1e-3}, .seed = seed};
    const auto risk = estimate_market_risk(losses, market, options, {}).value();
    const double half_step = 0.5 * risk.histogram.axes[0].step() + 1e-12;
    EXPECT_LE(std::abs(risk.tail.exact.value_at_risk - risk.sample.value_at_risk), half_step);
    EXPECT_LE(std::abs(risk.tail.exact.expected_shortfall - risk.sample.expected_shortfall),
              half_step);
    EXPECT_NEAR(risk.expected_loss.payoff_bias, 0.0, 1e-12);
    EXPECT_NEAR(risk.tail.excess.payoff_bias, 0.0, 1e-12);
    EXPECT_EQ(risk.tail.steps, market.qubits);
    EXPECT_TRUE(risk.tail.value_at_risk_interval.contains(risk.tail.value_at_risk));
    // A probability is off by at most 1e-3 with confidence 0.95: the estimated value at risk is the
    // quantile of a level as near to the right one. (Failures of the intervals are rare: see the
    // coverage tests of the methods.)
    std::vector<double> points;
    for (std::size_t i = 0; i < risk.histogram.axes[0].size(); ++i) {
      points.push_back(risk.histogram.axes[0].value(i));
    }
    const auto quantile = [&](double tail) {
      return tail_risk_of(points, risk.histogram.probabilities, tail).value_at_risk;
    };
    EXPECT_GE(risk.tail.value_at_risk, quantile(market.tail + 1e-3));
    EXPECT_LE(risk.tail.value_at_risk, quantile(market.tail - 1e-3));
  }
}

// With the signed method and the linear encoding, whose bias goes with c.
TEST(MarketRisk, TakesEveryEncoding) {
  const std::vector<double> losses = losses_of_days(300, 3);
  for (const auto& options :
       {ExpectationOptions{}, ExpectationOptions{.encoding = PayoffEncoding::kLinear, .c = 1e-2},
        ExpectationOptions{.real = RealOptions{.epsilon = 5e-3}}}) {
    const auto risk = estimate_market_risk(losses, {.qubits = 4}, options, {}).value();
    EXPECT_NEAR(risk.tail.value_at_risk, risk.tail.exact.value_at_risk,
                risk.histogram.axes[0].step() + 1e-12);
    EXPECT_TRUE(risk.expected_loss.interval.contains(risk.expected_loss.circuit_value));
    EXPECT_NEAR(risk.expected_loss.payoff_bias, 0.0, 2e-6);
    EXPECT_TRUE(risk.tail.excess.interval.contains(risk.tail.excess.circuit_value));
    EXPECT_GE(risk.tail.expected_shortfall, risk.tail.value_at_risk);
    EXPECT_NEAR(risk.tail.monte_carlo.value_at_risk, risk.tail.exact.value_at_risk,
                risk.histogram.axes[0].step() + 1e-12);
  }
}

}  // namespace
}  // namespace quanta::quantum
