#include "quantum/algorithm/option_pricing.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "quantum/circuit/algebra.h"
#include "quantum/circuit/state_loading.h"

namespace quanta::quantum {
namespace {

Result<void> check(const LogNormalMarket& market) {
  const std::size_t d = market.spots.size();
  if (d == 0) return bad_input("spots", "at least one price is needed");
  if (market.volatilities.size() != d) {
    return bad_input("volatilities",
                     fmt::format("{} of them for {} prices", market.volatilities.size(), d));
  }
  for (std::size_t i = 0; i < d; ++i) {
    if (!(market.spots[i] > 0.0 && std::isfinite(market.spots[i]))) {
      return bad_input("spots", fmt::format("price {} is {}, not above 0", i, market.spots[i]));
    }
    if (!(market.volatilities[i] > 0.0 && std::isfinite(market.volatilities[i]))) {
      return bad_input("volatilities",
                       fmt::format("number {} is {}, not above 0", i, market.volatilities[i]));
    }
  }
  const Matrix& correlation = market.correlation;
  if (!correlation.empty() && (correlation.rows() != d || correlation.columns() != d)) {
    return bad_input("correlation", fmt::format("{} x {} numbers for {} prices", correlation.rows(),
                                                correlation.columns(), d));
  }
  for (std::size_t i = 0; i < d && !correlation.empty(); ++i) {
    if (!(std::abs(correlation(i, i) - 1.0) <= 1e-12)) {
      return bad_input("correlation",
                       fmt::format("({0}, {0}) is {1}, not 1", i, correlation(i, i)));
    }
  }
  if (!std::isfinite(market.rate)) {
    return bad_input("rate", fmt::format("{} is not a finite number", market.rate));
  }
  if (!(market.maturity > 0.0 && std::isfinite(market.maturity))) {
    return bad_input("maturity", fmt::format("{} years: it must be above 0", market.maturity));
  }
  return {};
}

double correlation_of(const LogNormalMarket& market, std::size_t i, std::size_t j) {
  if (!market.correlation.empty()) return market.correlation(i, j);
  return i == j ? 1.0 : 0.0;
}

double forward(const LogNormalMarket& market, std::size_t i) {
  return market.spots[i] * std::exp(market.rate * market.maturity);
}

/// Undiscounted call and its chance P(S >= K), by the formula of Black.
struct BlackCall {
  double value = 0.0;
  double chance = 0.0;
};
BlackCall black_call(double forward_price, double strike, double deviation) {
  const double d1 = std::log(forward_price / strike) / deviation + 0.5 * deviation;
  const double d2 = d1 - deviation;
  return {forward_price * normal_cdf(d1) - strike * normal_cdf(d2), normal_cdf(d2)};
}

/// A payoff on the indices of a register, piece by piece; pieces that another one begins on the
/// spot are left out.
std::vector<LinearPiece> pieces(std::vector<LinearPiece> list) {
  std::vector<LinearPiece> kept;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i + 1 == list.size() || list[i].begin != list[i + 1].begin) kept.push_back(list[i]);
  }
  return kept;
}

/// An independent stream for each estimate of a request.
ExpectationOptions with_own_seed(ExpectationOptions options, std::string_view purpose) {
  options.seed = RandomStream(options.seed, purpose).next();
  return options;
}

void set_closed_form(ExpectationEstimate& estimate, double value) {
  estimate.closed_form = value;
  estimate.grid_bias = estimate.exact - value;
}

std::unexpected<Error> no_linear_encoding(std::string_view why) {
  return bad_input("encoding", fmt::format("linear: {}; the exact encoding takes any payoff", why));
}

/// Whether the options ask for the linear encoding.
bool is_linear(const ExpectationOptions& options) {
  return !options.real && options.encoding == PayoffEncoding::kLinear;
}

/// A European payoff: by pieces of the grid's index, and its slope by thresholds of the index.
struct EuropeanPayoff {
  std::vector<LinearPiece> payoff;
  Interval range;
  std::vector<std::uint64_t> slope_changes;  ///< where the slope changes between 0 and `slope`
  bool slope_at_low = false;                 ///< whether it is not 0 at the lower end
  double slope = 1.0;
};

Result<EuropeanPayoff> european_payoff(const EuropeanOption& option, const GridAxis& axis) {
  const std::size_t needed = option.kind == EuropeanKind::kBullSpread ? 2 : 1;
  if (option.strikes.size() != needed) {
    return bad_input("strikes", fmt::format("a {} has {}, not {}", to_text(option.kind), needed,
                                            option.strikes.size()));
  }
  for (const double strike : option.strikes) {
    if (!std::isfinite(strike)) return bad_input("strikes", fmt::format("{} is no price", strike));
    if (option.kind != EuropeanKind::kForward && !(axis.low < strike && strike < axis.high)) {
      return bad_input("strikes", fmt::format("{} is outside the grid of prices ({}, {})", strike,
                                              axis.low, axis.high));
    }
  }
  const double low = axis.low;
  const double step = axis.step();
  const double strike = option.strikes[0];
  const std::uint64_t at = axis.first_at_least(strike);
  switch (option.kind) {
    case EuropeanKind::kCall:
      return EuropeanPayoff{.payoff = pieces({{0, 0.0, 0.0}, {at, low - strike, step}}),
                            .range = {0.0, axis.high - strike},
                            .slope_changes = {at}};
    case EuropeanKind::kPut:
      return EuropeanPayoff{.payoff = pieces({{0, strike - low, -step}, {at, 0.0, 0.0}}),
                            .range = {0.0, strike - low},
                            .slope_changes = {at},
                            .slope_at_low = true,
                            .slope = -1.0};
    case EuropeanKind::kBullSpread: {
      const double upper = option.strikes[1];
      if (!(strike < upper)) {
        return bad_input("strikes", fmt::format("{} and {} do not rise", strike, upper));
      }
      const std::uint64_t end = axis.first_at_least(upper);
      return EuropeanPayoff{
          .payoff = pieces({{0, 0.0, 0.0}, {at, low - strike, step}, {end, upper - strike, 0.0}}),
          .range = {0.0, upper - strike},
          .slope_changes = {at, end}};
    }
    case EuropeanKind::kForward:
      break;
  }
  return EuropeanPayoff{.payoff = {{0, low - strike, step}},
                        .range = {low - strike, axis.high - strike},
                        .slope_changes = {},
                        .slope_at_low = true};
}

double payoff_at(const EuropeanPayoff& european, std::uint64_t i) {
  double value = 0.0;
  for (const LinearPiece& piece : european.payoff) {
    if (piece.begin <= i) value = piece.offset + piece.slope * static_cast<double>(i);
  }
  return value;
}

double slope_at(const EuropeanPayoff& european, std::uint64_t i) {
  bool on = european.slope_at_low;
  for (const std::uint64_t change : european.slope_changes) on ^= i >= change;
  return on ? european.slope : 0.0;
}

/// P(slope is not 0) as it is: comparisons flip the objective.
EncodedExpectation encode_slope(const Circuit& load, const EuropeanPayoff& european,
                                std::span<const unsigned> x) {
  const unsigned objective = load.n_qubits();
  Circuit circuit = tensor(load, Circuit(1)).value();  // a qubit more: within any limit
  if (european.slope_at_low) circuit.x(objective);
  for (const std::uint64_t change : european.slope_changes) {
    flip_if_at_least(circuit, x, change, objective);
  }
  return {.problem = {.preparation = std::move(circuit), .objective = {objective}},
          .scale = european.slope};
}

/// sum_i w_i S_i as base + step * (sum of indices), the indices counted from above where w is -1,
/// in a register of their sum.
struct SumOfIndices {
  Circuit circuit;  ///< loads the grid and adds; has `spare` qubits more behind
  std::vector<unsigned> sum = {};
  unsigned spare = 0;  ///< the first of them
  double base = 0.0;
  double step = 0.0;
  double high = 0.0;  ///< the largest sum_i w_i S_i

  std::uint64_t first_at_least(double x) const {
    return static_cast<std::uint64_t>(std::max(0.0, std::ceil((x - base) / step - 1e-9)));
  }
};

Result<SumOfIndices> add_indices(const Circuit& load, const GridDistribution& grid,
                                 std::span<const double> weights, unsigned n_spare) {
  SumOfIndices result{.circuit = Circuit(), .step = grid.axes[0].step()};
  std::vector<unsigned> bits;
  std::vector<std::uint64_t> bit_weights;
  std::vector<unsigned> flipped;
  std::uint64_t largest = 0;
  for (std::size_t i = 0; i < grid.axes.size(); ++i) {
    const GridAxis& axis = grid.axes[i];
    if (std::abs(axis.step() - result.step) > 1e-9 * result.step) {
      return no_linear_encoding(
          fmt::format("the steps {} and {} of two axes differ", result.step, axis.step()));
    }
    if (std::abs(weights[i]) != 1.0) {
      return no_linear_encoding(fmt::format("the weight {} is not 1 or -1", weights[i]));
    }
    result.base += weights[i] > 0.0 ? axis.low : -axis.high;
    largest += axis.size() - 1;
    for (const unsigned q : grid.register_of(i)) {
      bit_weights.push_back(std::uint64_t{1} << (q - grid.register_of(i)[0]));
      bits.push_back(q);
      if (weights[i] < 0.0) flipped.push_back(q);
    }
  }
  result.high = result.base + result.step * static_cast<double>(largest);
  const unsigned n_sum = bits_for(largest);
  QUANTA_TRY(result.circuit, tensor(load, Circuit(n_sum + n_spare)));
  for (unsigned q = 0; q < n_sum; ++q) result.sum.push_back(load.n_qubits() + q);
  result.spare = load.n_qubits() + n_sum;
  for (const unsigned q : flipped) result.circuit.x(q);
  add_weighted_bits(result.circuit, bits, bit_weights, result.sum);
  for (const unsigned q : flipped) result.circuit.x(q);
  return result;
}

/// The closed form of a basket option where there is one.
std::optional<double> basket_closed_form(const LogNormalMarket& market,
                                         std::span<const double> weights, double strike) {
  const double root = std::sqrt(market.maturity);
  if (weights.size() == 1 && weights[0] > 0.0 && strike > 0.0) {
    return black_call(weights[0] * forward(market, 0), strike, market.volatilities[0] * root).value;
  }
  if (weights.size() == 2 && weights[0] * weights[1] < 0.0 && strike == 0.0) {
    const std::size_t plus = weights[0] > 0.0 ? 0 : 1;
    const double v0 = market.volatilities[0];
    const double v1 = market.volatilities[1];
    const double variance = v0 * v0 + v1 * v1 - 2.0 * correlation_of(market, 0, 1) * v0 * v1;
    return black_call(weights[plus] * forward(market, plus),
                      -weights[1 - plus] * forward(market, 1 - plus), std::sqrt(variance) * root)
        .value;
  }
  return std::nullopt;
}

Result<void> check_rates(const FixedIncome& asset) {
  const std::size_t d = asset.mean.size();
  if (asset.cash_flows.size() != d) {
    return bad_input("cash_flows",
                     fmt::format("{} of them for {} rates", asset.cash_flows.size(), d));
  }
  for (const double flow : asset.cash_flows) {
    if (!(flow >= 0.0 && std::isfinite(flow))) {
      return bad_input("cash_flows", fmt::format("{} is not a number from 0 on", flow));
    }
  }
  if (std::ranges::all_of(asset.cash_flows, [](double flow) { return flow == 0.0; })) {
    return bad_input("cash_flows", "all are 0");
  }
  for (const Interval& bound : asset.bounds) {
    if (!(bound.low > -1.0)) {
      return bad_input("bounds", fmt::format("a rate of {}: it must be above -1", bound.low));
    }
  }
  return {};
}

}  // namespace

Result<GridDistribution> price_grid(const LogNormalMarket& market) {
  QUANTA_CHECK(check(market));
  const std::size_t d = market.spots.size();
  std::vector<double> mean(d);
  Matrix covariance(d, d);
  for (std::size_t i = 0; i < d; ++i) {
    const double v = market.volatilities[i];
    mean[i] = std::log(market.spots[i]) + (market.rate - 0.5 * v * v) * market.maturity;
    for (std::size_t j = 0; j < d; ++j) {
      covariance(i, j) =
          v * market.volatilities[j] * correlation_of(market, i, j) * market.maturity;
    }
  }
  auto grid = log_normal_grid(mean, covariance, market.qubits, market.deviations);
  if (!grid && grid.error().field == "covariance") grid.error().field = "correlation";
  if (!grid && grid.error().field == "mean") grid.error().field = "volatilities";
  return grid;
}

Result<OptionEstimate> price_european(const LogNormalMarket& market, const EuropeanOption& option,
                                      const ExpectationOptions& options,
                                      const Execution& execution) {
  QUANTA_TRY(const GridDistribution grid, price_grid(market));
  if (grid.axes.size() != 1) {
    return bad_input("spots",
                     fmt::format("{} prices: a European option has one", grid.axes.size()));
  }
  if (option.kind == EuropeanKind::kForward && is_linear(options)) {
    return no_linear_encoding("a forward's payoff is of either sign");
  }
  QUANTA_TRY(const EuropeanPayoff european, european_payoff(option, grid.axes[0]));
  QUANTA_TRY(const Circuit load, load_distribution(grid.probabilities));
  const std::vector<unsigned> x = grid.register_of(0);
  const unsigned n = load.n_qubits();
  std::vector<double> payoffs;
  std::vector<double> slopes;
  for (std::size_t i = 0; i < grid.probabilities.size(); ++i) {
    payoffs.push_back(payoff_at(european, i));
    slopes.push_back(slope_at(european, i));
  }

  OptionEstimate result{.discount_factor = std::exp(-market.rate * market.maturity)};
  const ExpectationOptions of_price = with_own_seed(options, "option price");
  if (is_linear(options)) {
    QUANTA_TRY(const Circuit wide, tensor(load, Circuit(2)));
    QUANTA_TRY(const EncodedExpectation encoded,
               encode_linearly(wide, x, european.payoff, european.range, options.c, n, n + 1));
    QUANTA_TRY(result.price,
               estimate_expectation(encoded, grid.probabilities, payoffs, of_price, execution));
  } else {
    QUANTA_TRY(result.price,
               estimate_expectation(load, grid.probabilities, payoffs, of_price, execution));
  }
  const ExpectationOptions of_delta = with_own_seed(options, "option delta");
  if (options.real) {
    QUANTA_TRY(result.delta,
               estimate_expectation(load, grid.probabilities, slopes, of_delta, execution));
  } else {
    QUANTA_TRY(result.delta, estimate_expectation(encode_slope(load, european, x),
                                                  grid.probabilities, slopes, of_delta, execution));
  }

  const double deviation = market.volatilities[0] * std::sqrt(market.maturity);
  const double strike = option.strikes[0];
  switch (option.kind) {
    case EuropeanKind::kCall:
    case EuropeanKind::kPut: {
      const BlackCall call = black_call(forward(market, 0), strike, deviation);
      const bool put = option.kind == EuropeanKind::kPut;
      set_closed_form(result.price, call.value - (put ? forward(market, 0) - strike : 0.0));
      set_closed_form(result.delta, call.chance - (put ? 1.0 : 0.0));
      break;
    }
    case EuropeanKind::kBullSpread: {
      const BlackCall lower = black_call(forward(market, 0), strike, deviation);
      const BlackCall upper = black_call(forward(market, 0), option.strikes[1], deviation);
      set_closed_form(result.price, lower.value - upper.value);
      set_closed_form(result.delta, lower.chance - upper.chance);
      break;
    }
    case EuropeanKind::kForward:
      set_closed_form(result.price, forward(market, 0) - strike);
      set_closed_form(result.delta, 1.0);
  }
  return result;
}

Result<ExpectationEstimate> price_basket(const LogNormalMarket& market, const BasketOption& option,
                                         const ExpectationOptions& options,
                                         const Execution& execution) {
  QUANTA_TRY(const GridDistribution grid, price_grid(market));
  const std::size_t d = grid.axes.size();
  std::vector<double> weights = option.weights;
  if (weights.empty()) weights.assign(d, 1.0);
  if (weights.size() != d) {
    return bad_input("weights", fmt::format("{} of them for {} prices", weights.size(), d));
  }
  double least = 0.0;
  double most = 0.0;
  for (std::size_t i = 0; i < d; ++i) {
    if (!(std::isfinite(weights[i]) && weights[i] != 0.0)) {
      return bad_input("weights", fmt::format("number {} is {}", i, weights[i]));
    }
    const auto [low, high] =
        std::minmax({weights[i] * grid.axes[i].low, weights[i] * grid.axes[i].high});
    least += low;
    most += high;
  }
  if (!(least < option.strike && option.strike < most)) {
    return bad_input("strike", fmt::format("{} is outside the basket's values on the grid ({}, {})",
                                           option.strike, least, most));
  }
  QUANTA_TRY(const Circuit load, load_distribution(grid.probabilities));
  std::vector<double> payoffs;
  for (std::size_t position = 0; position < grid.probabilities.size(); ++position) {
    double sum = 0.0;
    for (std::size_t i = 0; i < d; ++i) sum += weights[i] * grid.value(position, i);
    payoffs.push_back(std::max(0.0, sum - option.strike));
  }
  ExpectationEstimate estimate;
  if (is_linear(options)) {
    QUANTA_TRY(const SumOfIndices sum, add_indices(load, grid, weights, 2));
    const std::vector<LinearPiece> payoff = pieces(
        {{0, 0.0, 0.0}, {sum.first_at_least(option.strike), sum.base - option.strike, sum.step}});
    QUANTA_TRY(const EncodedExpectation encoded,
               encode_linearly(sum.circuit, sum.sum, payoff, {0.0, sum.high - option.strike},
                               options.c, sum.spare, sum.spare + 1));
    QUANTA_TRY(estimate,
               estimate_expectation(encoded, grid.probabilities, payoffs, options, execution));
  } else {
    QUANTA_TRY(estimate,
               estimate_expectation(load, grid.probabilities, payoffs, options, execution));
  }
  if (const auto value = basket_closed_form(market, weights, option.strike)) {
    set_closed_form(estimate, *value);
  }
  return estimate;
}

Result<ExpectationEstimate> price_asian_barrier_spread(const LogNormalMarket& market,
                                                       const AsianBarrierSpread& option,
                                                       const ExpectationOptions& options,
                                                       const Execution& execution) {
  QUANTA_TRY(const GridDistribution grid, price_grid(market));
  const std::size_t d = grid.axes.size();
  double least = 0.0;
  double most = 0.0;
  std::vector<std::uint64_t> above;  // the first index above the barrier, on each axis
  for (const GridAxis& axis : grid.axes) {
    least += axis.low;
    most += axis.high;
    std::uint64_t i = 0;
    while (i < axis.size() && axis.value(i) <= option.barrier) ++i;
    if (i == 0) {
      return bad_input("barrier", fmt::format("{} is below every price of the grid, from {} on",
                                              option.barrier, axis.low));
    }
    above.push_back(i);
  }
  const double lower = option.lower_strike;
  const double upper = option.upper_strike;
  if (!(least < lower && lower < upper && upper < most)) {
    return bad_input("strikes",
                     fmt::format("{} and {} do not rise inside ({}, {}), the sums of the "
                                 "grid's prices",
                                 lower, upper, least, most));
  }
  QUANTA_TRY(const Circuit load, load_distribution(grid.probabilities));
  std::vector<double> payoffs;
  for (std::size_t position = 0; position < grid.probabilities.size(); ++position) {
    double sum = 0.0;
    bool alive = true;
    for (std::size_t t = 0; t < d; ++t) {
      sum += grid.value(position, t);
      alive &= grid.index(position, t) < above[t];
    }
    payoffs.push_back(alive ? std::clamp(sum - lower, 0.0, upper - lower) : 0.0);
  }
  if (!is_linear(options)) {
    return estimate_expectation(load, grid.probabilities, payoffs, options, execution);
  }
  const std::vector<double> ones(d, 1.0);
  QUANTA_TRY(SumOfIndices sum, add_indices(load, grid, ones, 2 + static_cast<unsigned>(d)));
  std::vector<unsigned> alive;
  for (std::size_t t = 0; t < d; ++t) {
    alive.push_back(sum.spare + 2 + static_cast<unsigned>(t));
    sum.circuit.x(alive.back());
    flip_if_at_least(sum.circuit, grid.register_of(t), above[t], alive.back());
  }
  const std::vector<LinearPiece> payoff =
      pieces({{0, 0.0, 0.0},
              {sum.first_at_least(lower), sum.base - lower, sum.step},
              {sum.first_at_least(upper), upper - lower, 0.0}});
  QUANTA_TRY(const EncodedExpectation encoded,
             encode_linearly(sum.circuit, sum.sum, payoff, {0.0, upper - lower}, options.c,
                             sum.spare, sum.spare + 1, alive));
  return estimate_expectation(encoded, grid.probabilities, payoffs, options, execution);
}

Result<FixedIncomeEstimate> price_fixed_income(const FixedIncome& asset,
                                               const ExpectationOptions& options,
                                               const Execution& execution) {
  QUANTA_TRY(const GridDistribution grid,
             normal_grid(asset.mean, asset.covariance, asset.bounds, asset.qubits));
  QUANTA_CHECK(check_rates(asset));
  const std::size_t d = grid.axes.size();
  FixedIncomeEstimate result;
  std::vector<double> values;
  for (std::size_t position = 0; position < grid.probabilities.size(); ++position) {
    double sum = 0.0;
    double first_order = 0.0;
    for (std::size_t t = 0; t < d; ++t) {
      const double rate = grid.value(position, t);
      const auto years = static_cast<double>(t + 1);
      sum += asset.cash_flows[t] * std::pow(1.0 + rate, -years);
      first_order += asset.cash_flows[t] * (1.0 - years * rate);
    }
    values.push_back(sum);
    result.first_order += grid.probabilities[position] * first_order;
  }
  QUANTA_TRY(const Circuit load, load_distribution(grid.probabilities));
  if (!is_linear(options)) {
    QUANTA_TRY(result.price,
               estimate_expectation(load, grid.probabilities, values, options, execution));
    return result;
  }
  // sum_t c_t (1 - t r_t) = offset + one line per axis, each falling to 0 at the axis' upper end.
  double offset = 0.0;
  double range = 0.0;
  std::vector<LinearPiece> lines;
  for (std::size_t t = 0; t < d; ++t) {
    const GridAxis& axis = grid.axes[t];
    const double slope = asset.cash_flows[t] * static_cast<double>(t + 1);
    lines.push_back({0, slope * (axis.high - axis.low), -slope * axis.step()});
    offset += asset.cash_flows[t] - slope * axis.high;
    range += lines[t].offset;
  }
  const unsigned objective = load.n_qubits();
  QUANTA_TRY(const Circuit wide, tensor(load, Circuit(1)));
  QUANTA_TRY(EncodedExpectation encoded,
             encode_linearly(wide, grid.register_of(0), std::span(lines).first(1), {0.0, range},
                             options.c, objective, objective));
  for (std::size_t t = 1; t < d; ++t) {  // angles add up
    const double per_payoff = std::numbers::pi * options.c / range;
    linear_ry(encoded.problem.preparation, grid.register_of(t), per_payoff * lines[t].offset,
              per_payoff * lines[t].slope, objective);
  }
  encoded.offset += offset;
  QUANTA_TRY(result.price,
             estimate_expectation(encoded, grid.probabilities, values, options, execution));
  return result;
}

}  // namespace quanta::quantum
