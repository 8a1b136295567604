#include "quantum/algorithm/tail_risk.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <variant>

#include <fmt/format.h>

#include "quantum/circuit/algebra.h"

namespace quanta::quantum {
namespace {

/// The options with an own seed, and `share` of the allowed risk.
ExpectationOptions part_of(ExpectationOptions options, std::uint64_t index, double share) {
  options.seed = RandomStream(options.seed, "tail risk", index).next();
  std::visit([&](auto& method) { method.alpha *= share; }, options.estimator);
  if (options.real) options.real->alpha *= share;
  return options;
}

std::vector<double> losses_of(const GridAxis& axis) {
  std::vector<double> losses(axis.size());
  for (std::size_t i = 0; i < losses.size(); ++i) losses[i] = axis.value(i);
  return losses;
}

/// E[f] where f is linear on pieces of the register. values: f of each state.
Result<ExpectationEstimate> estimate_piecewise(const LossRegister& losses,
                                               std::span<const LinearPiece> pieces,
                                               std::span<const double> values,
                                               const ExpectationOptions& options,
                                               const Execution& execution) {
  if (options.real || options.encoding == PayoffEncoding::kExact) {
    return estimate_expectation(losses.load, losses.model, values, options, execution,
                                losses.qubits);
  }
  const auto [low, high] = std::ranges::minmax(values);
  const unsigned objective = losses.load.n_qubits();
  QUANTA_TRY(const Circuit wide, tensor(losses.load, Circuit(2)));
  // Where all values are 0 any range will do.
  const Interval range{std::min(0.0, low), high > 0.0 || low < 0.0 ? std::max(0.0, high) : 1.0};
  QUANTA_TRY(
      const EncodedExpectation encoded,
      encode_linearly(wide, losses.qubits, pieces, range, options.c, objective, objective + 1));
  return estimate_expectation(encoded, losses.model, values, options, execution);
}

/// P(L <= the loss of state i).
Result<ExpectationEstimate> estimate_probability(const LossRegister& losses, std::size_t i,
                                                 const ExpectationOptions& options,
                                                 const Execution& execution) {
  std::vector<double> values(losses.axis.size());
  for (std::size_t j = 0; j <= i; ++j) values[j] = 1.0;
  if (options.real) {
    return estimate_expectation(losses.load, losses.model, values, options, execution,
                                losses.qubits);
  }
  const unsigned flag = losses.load.n_qubits();
  QUANTA_TRY(Circuit circuit, tensor(losses.load, Circuit(1)));
  circuit.x(flag);
  flip_if_at_least(circuit, losses.qubits, i + 1, flag);
  const EncodedExpectation encoded{
      .problem = {.preparation = std::move(circuit), .objective = {flag}}};
  return estimate_expectation(encoded, losses.model, values, options, execution);
}

double standard_error_of_shortfall(std::span<const double> losses, std::span<const double> shares,
                                   const TailRisk& risk, double tail, std::uint64_t samples) {
  double square = 0.0;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    const double over = std::max(0.0, losses[i] - risk.value_at_risk);
    square += shares[i] * over * over;
  }
  return std::sqrt(std::max(0.0, square - risk.excess * risk.excess) /
                   static_cast<double>(samples)) /
         tail;
}

}  // namespace

Result<void> check_tail(double tail) {
  if (!(tail > 0.0 && tail < 1.0)) {
    return bad_input("tail", fmt::format("{} is outside (0, 1): it is the share of bad cases, such "
                                         "as 0.05",
                                         tail));
  }
  return {};
}

TailRisk tail_risk_of(std::span<const double> losses, std::span<const double> probabilities,
                      double tail) {
  assert(!losses.empty() && losses.size() == probabilities.size());
  constexpr double kRounding = 1e-12;
  TailRisk risk{.value_at_risk = losses.back()};
  double cumulative = 0.0;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    cumulative += probabilities[i];
    if (cumulative < 1.0 - tail - kRounding) continue;
    risk.value_at_risk = losses[i];
    break;
  }
  double beyond = 0.0;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    if (losses[i] <= risk.value_at_risk) {
      risk.probability += probabilities[i];
    } else {
      risk.excess += probabilities[i] * (losses[i] - risk.value_at_risk);
      beyond += probabilities[i];
    }
  }
  risk.expected_shortfall = risk.value_at_risk + risk.excess / tail;
  risk.mean_beyond = risk.value_at_risk + (beyond > 0.0 ? risk.excess / beyond : 0.0);
  return risk;
}

Result<ExpectationEstimate> estimate_expected_loss(const LossRegister& losses,
                                                   const ExpectationOptions& options,
                                                   const Execution& execution) {
  // The linear encoding wants 0 in its range: the axis' low end is added afterwards.
  std::vector<double> values(losses.axis.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<double>(i) * losses.axis.step();
  }
  const std::vector<LinearPiece> line = {{0, 0.0, losses.axis.step()}};
  QUANTA_TRY(ExpectationEstimate e, estimate_piecewise(losses, line, values, options, execution));
  for (double* value : {&e.value, &e.interval.low, &e.interval.high, &e.exact, &e.circuit_value,
                        &e.monte_carlo.value}) {
    *value += losses.axis.low;
  }
  return e;
}

Result<TailRiskEstimate> estimate_tail_risk(const LossRegister& losses, double tail,
                                            const ExpectationOptions& options,
                                            const Execution& execution) {
  QUANTA_CHECK(check_tail(tail));
  assert(losses.model.size() == losses.axis.size() && losses.circuit.size() == losses.axis.size());
  const std::size_t size = losses.axis.size();
  const double share = 1.0 / static_cast<double>(losses.axis.qubits);
  TailRiskEstimate result;
  // VaR is above `below` and at most `at`. `surely` are the same bounds by the intervals' ends.
  std::ptrdiff_t below = -1;
  auto at = static_cast<std::ptrdiff_t>(size - 1);
  std::ptrdiff_t surely_below = -1;
  std::ptrdiff_t surely_at = at;
  while (at - below > 1) {
    const std::ptrdiff_t middle = below + (at - below) / 2;
    QUANTA_TRY(const ExpectationEstimate p,
               estimate_probability(losses, static_cast<std::size_t>(middle),
                                    part_of(options, result.steps, share), execution));
    ++result.steps;
    result.a_calls += p.amplitude.a_calls;
    if (p.interval.high < 1.0 - tail) surely_below = std::max(surely_below, middle);
    if (p.interval.low >= 1.0 - tail) surely_at = std::min(surely_at, middle);
    (p.value >= 1.0 - tail ? at : below) = middle;
  }
  const auto index = static_cast<std::size_t>(at);
  result.value_at_risk = losses.axis.value(index);
  result.value_at_risk_interval = {losses.axis.value(static_cast<std::size_t>(surely_below + 1)),
                                   losses.axis.value(static_cast<std::size_t>(surely_at))};

  QUANTA_TRY(result.probability,
             estimate_probability(losses, index, part_of(options, 1000, 1.0), execution));
  std::vector<double> values(size);
  for (std::size_t i = index; i < size; ++i) {
    values[i] = static_cast<double>(i - index) * losses.axis.step();
  }
  std::vector<LinearPiece> pieces = {{0, 0.0, 0.0}};
  if (index == 0) pieces.clear();
  pieces.push_back({index, -static_cast<double>(index) * losses.axis.step(), losses.axis.step()});
  QUANTA_TRY(result.excess,
             estimate_piecewise(losses, pieces, values, part_of(options, 1001, 1.0), execution));
  result.a_calls += result.probability.amplitude.a_calls + result.excess.amplitude.a_calls;
  // An excess is not negative, whatever its shots say.
  const auto shortfall = [&](double excess) {
    return result.value_at_risk + std::max(0.0, excess) / tail;
  };
  result.expected_shortfall = shortfall(result.excess.value);
  result.expected_shortfall_interval = {shortfall(result.excess.interval.low),
                                        shortfall(result.excess.interval.high)};
  const double beyond = 1.0 - result.probability.value;
  result.mean_beyond =
      result.value_at_risk + (beyond > 0.0 ? std::max(0.0, result.excess.value) / beyond : 0.0);

  const std::vector<double> points = losses_of(losses.axis);
  result.exact = tail_risk_of(points, losses.model, tail);
  result.circuit = tail_risk_of(points, losses.circuit, tail);
  RandomStream random(options.seed, "plain monte carlo of losses");
  std::vector<double> shares;
  for (const std::uint64_t count : sampled_counts(losses.model, result.a_calls, random)) {
    shares.push_back(static_cast<double>(count) / static_cast<double>(result.a_calls));
  }
  result.monte_carlo = tail_risk_of(points, shares, tail);
  result.monte_carlo_standard_error =
      standard_error_of_shortfall(points, shares, result.monte_carlo, tail, result.a_calls);
  return result;
}

}  // namespace quanta::quantum
