// Options, loans and market losses: what amplitude estimation is for, beside what knows better.
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "core/random.h"
#include "quantum/algorithm/credit_risk.h"
#include "quantum/algorithm/market_risk.h"
#include "quantum/algorithm/option_pricing.h"
#include "services/algorithm_example/examples.h"
#include "services/optimization/stopwatch.h"
#include "services/report/svg.h"

namespace quanta::services {
namespace {

constexpr double kTail = 0.05;

quantum::ExpectationOptions options_of(quantum::EstimatorOptions estimator, const Run& run) {
  return {.estimator = std::move(estimator), .seed = run.seed};
}

/// An estimate and the Monte Carlo control with as many samples, both against its exact value.
void add_pair(ExampleDocument& document, const std::string& method,
              const quantum::ExpectationEstimate& estimate, double seconds) {
  document.rows.push_back({.method = fmt::format("{}, in [{:.4f}, {:.4f}]", method,
                                                 estimate.interval.low, estimate.interval.high),
                           .kind = MethodKind::kQuantum,
                           .value = estimate.value,
                           .error = std::abs(estimate.value - estimate.exact),
                           .cost = static_cast<double>(estimate.amplitude.a_calls),
                           .seconds = seconds});
  document.rows.push_back({.method = fmt::format("Monte Carlo, standard error {:.2g}",
                                                 estimate.monte_carlo.standard_error),
                           .value = estimate.monte_carlo.value,
                           .error = std::abs(estimate.monte_carlo.value - estimate.exact),
                           .cost = static_cast<double>(estimate.monte_carlo.samples)});
}

/// A tail's expected shortfall, estimated and by its controls.
void add_tail(ExampleDocument& document, const quantum::TailRiskEstimate& tail, double seconds) {
  document.exact = tail.exact.expected_shortfall;
  document.rows.push_back(
      {.method = fmt::format("bisection and iqae: VaR {:.4g} in [{:.4g}, {:.4g}]; shortfall",
                             tail.value_at_risk, tail.value_at_risk_interval.low,
                             tail.value_at_risk_interval.high),
       .kind = MethodKind::kQuantum,
       .value = tail.expected_shortfall,
       .error = std::abs(tail.expected_shortfall - document.exact),
       .cost = static_cast<double>(tail.a_calls),
       .seconds = seconds});
  document.rows.push_back(
      {.method = fmt::format("Monte Carlo: VaR {:.4g}; shortfall, standard error {:.2g}",
                             tail.monte_carlo.value_at_risk, tail.monte_carlo_standard_error),
       .value = tail.monte_carlo.expected_shortfall,
       .error = std::abs(tail.monte_carlo.expected_shortfall - document.exact),
       .cost = static_cast<double>(tail.a_calls)});
  document.rows.push_back(
      {.method = fmt::format("sum over the grid: VaR {:.4g}; shortfall", tail.exact.value_at_risk),
       .value = tail.exact.expected_shortfall,
       .error = 0.0,
       .cost = 0.0});
}

}  // namespace

Result<void> option_example(const Run& run, ExampleDocument& document) {
  using namespace quantum;
  LogNormalMarket market{
      .spots = {2.0}, .volatilities = {0.4}, .rate = 0.05, .maturity = 40.0 / 365.0, .qubits = {3}};
  const EuropeanOption call{EuropeanKind::kCall, {1.896}};
  document.problem =
      "a call on a price of 2 with strike 1.896, 40 days, volatility 40 %, rate 5 %, not "
      "discounted, on 8 prices; below it other options with errors against their own exact values";
  document.cost_unit = "uses of the circuit A, or samples";
  ExpectationOptions linear = options_of(IterativeOptions{}, run);
  linear.encoding = PayoffEncoding::kLinear;
  ExpectationOptions with_sign = options_of(IterativeOptions{}, run);
  with_sign.real = RealOptions{};
  const std::vector<std::pair<std::string, ExpectationOptions>> methods = {
      {"iqae", options_of(IterativeOptions{}, run)},
      {"iqae, published payoff rotation", linear},
      {"mlae", options_of(MaximumLikelihoodOptions{}, run)},
      {"qae", options_of(CanonicalOptions{}, run)},
      {"rqae", with_sign}};
  for (const auto& [name, options] : methods) {
    Stopwatch watch;
    QUANTA_TRY(const OptionEstimate e, price_european(market, call, options, run.execution));
    add_pair(document, name, e.price, watch.seconds());
    document.exact = e.price.exact;
  }
  document.rows.push_back({.method = "sum over the grid",
                           .value = document.exact,
                           .error = 0.0,
                           .cost = static_cast<double>(std::size_t{1} << market.qubits[0])});
  Stopwatch watch;
  QUANTA_TRY(const OptionEstimate spread,
             price_european(market, {EuropeanKind::kBullSpread, {1.438, 2.584}}, methods[0].second,
                            run.execution));
  add_pair(document, fmt::format("bull spread ({:.4f}), iqae", spread.price.exact), spread.price,
           watch.seconds());
  market.spots = {2.0, 2.0};
  market.volatilities = {0.4, 0.4};
  market.qubits = {2, 2};
  watch = Stopwatch();
  QUANTA_TRY(const ExpectationEstimate basket,
             price_basket(market, {.strike = 3.5}, methods[0].second, run.execution));
  add_pair(document, fmt::format("basket of two ({:.4f}), iqae", basket.exact), basket,
           watch.seconds());
  watch = Stopwatch();
  QUANTA_TRY(const ExpectationEstimate asian,
             price_asian_barrier_spread(market, {3.0, 4.0, 2.5}, methods[0].second, run.execution));
  add_pair(document, fmt::format("Asian barrier spread ({:.4f}), iqae", asian.exact), asian,
           watch.seconds());

  market.spots = {2.0};
  market.volatilities = {0.4};
  market.qubits = {5};
  QUANTA_TRY(const GridDistribution grid, price_grid(market));
  svg::BarChart chart{.title = "The loaded distribution of prices on 32 points",
                      .categories = {},
                      .series = {{"probability", grid.probabilities, 1}}};
  for (std::size_t i = 0; i < grid.probabilities.size(); ++i) {
    chart.categories.push_back(i % 4 == 0 ? fmt::format("{:.2f}", grid.value(i, 0)) : "");
  }
  document.picture = svg::standalone(svg::draw(chart, kPicture));
  document.verdict =
      "a sum over the grid is exact and immediate, and the formula of Black and Scholes has no "
      "grid; the published payoff rotation is off by its bias however many shots it gets. "
      "Amplitude estimation could pay where paths are too many to list and a device runs A as fast "
      "as a processor draws a sample";
  return {};
}

Result<void> credit_example(const Run& run, ExampleDocument& document) {
  const quantum::CreditPortfolio portfolio{.default_probabilities = {0.15, 0.25},
                                           .sensitivities = {0.1, 0.05},
                                           .losses_given_default = {1, 2}};
  document.problem =
      "two loans that default with 15 and 25 % and lose 1 and 2 units, tied by one normal factor "
      "on 4 points: expected shortfall of the worst 5 %";
  document.cost_unit = "uses of the circuit A, or samples";
  const auto options = options_of(quantum::IterativeOptions{.epsilon = 0.001}, run);
  Stopwatch watch;
  QUANTA_TRY(const quantum::CreditRiskEstimate risk,
             quantum::estimate_credit_risk(portfolio, kTail, quantum::DefaultEncoding::kExact,
                                           options, run.execution));
  add_tail(document, risk.tail, watch.seconds());
  add_pair(document, fmt::format("expected loss ({:.4f}), iqae", risk.expected_loss.exact),
           risk.expected_loss, watch.seconds());
  QUANTA_TRY(const quantum::LossRegister published,
             quantum::credit_losses(portfolio, quantum::DefaultEncoding::kLinear));
  svg::BarChart chart{
      .title = "Losses: the model, and the published circuit's angles",
      .categories = {"0", "1", "2", "3"},
      .series = {{"model", risk.model, 1}, {"published circuit", published.circuit, 2}}};
  document.picture = svg::standalone(svg::draw(chart, kPicture));
  document.verdict =
      "the distribution of a few loans is summed exactly; of many, by recursion over the points "
      "of the factor, which stays cheap: the number of loans alone does not make the case for a "
      "device";
  return {};
}

Result<void> market_example(const Run& run, ExampleDocument& document) {
  RandomStream random(run.seed, "example losses");
  std::vector<double> losses;
  for (int day = 0; day < 1000; ++day) {  // fat tails: a normal number over a uniform root
    losses.push_back(0.01 * random.normal() / std::sqrt(0.1 + random.uniform()) - 0.0005);
  }
  document.problem =
      "1,000 daily losses made from the seed, on 32 points: expected shortfall of the worst 5 %";
  document.cost_unit = "uses of the circuit A, or samples";
  const auto options = options_of(quantum::IterativeOptions{.epsilon = 0.001}, run);
  Stopwatch watch;
  QUANTA_TRY(
      const quantum::MarketRiskEstimate risk,
      quantum::estimate_market_risk(losses, {.qubits = 5, .tail = kTail}, options, run.execution));
  add_tail(document, risk.tail, watch.seconds());
  document.rows.push_back(
      {.method = fmt::format("historical simulation, losses sorted: VaR {:.4g}; shortfall",
                             risk.sample.value_at_risk),
       .value = risk.sample.expected_shortfall,
       .error = std::abs(risk.sample.expected_shortfall - document.exact),
       .cost = static_cast<double>(losses.size())});
  svg::BarChart chart{.title = "The loaded losses on 32 points",
                      .categories = {},
                      .series = {{"share of days", risk.histogram.probabilities, 1}}};
  for (std::size_t i = 0; i < risk.histogram.probabilities.size(); ++i) {
    chart.categories.push_back(
        i % 4 == 0 ? fmt::format("{:.1f} %", 100 * risk.histogram.value(i, 0)) : "");
  }
  document.picture = svg::standalone(svg::draw(chart, kPicture));
  document.verdict =
      "the losses have to be read to load them, and whoever has read them can sort them: for "
      "observed losses the classical answer is always cheaper";
  return {};
}

}  // namespace quanta::services
