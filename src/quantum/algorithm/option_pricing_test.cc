#include "quantum/algorithm/option_pricing.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/enum_text.h"
#include "quantum/algorithm/expected_for_tests.h"

namespace quanta::quantum {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The market of the published examples: spot 2, volatility 40 %, 5 % a year, 40 days.
LogNormalMarket published_market(std::vector<unsigned> qubits) {
  const std::size_t d = qubits.size();
  return {.spots = std::vector<double>(d, 2.0),
          .volatilities = std::vector<double>(d, 0.4),
          .rate = 0.05,
          .maturity = 40.0 / 365.0,
          .qubits = std::move(qubits)};
}

EuropeanOption call(double strike) { return {.kind = EuropeanKind::kCall, .strikes = {strike}}; }

const ExpectationOptions kLinear{.encoding = PayoffEncoding::kLinear};

void expect_bad(const Error& error, std::string_view field) {
  EXPECT_EQ(error.kind, ErrorKind::kBadInput) << error.message;
  EXPECT_EQ(error.field, field) << error.message;
}

TEST(OptionPricing, NamesTheFieldOfTheMarketAtFault) {
  const struct {
    const char* name;
    void (*spoil)(LogNormalMarket&);
    const char* field;
  } cases[] = {
      {"no price", [](auto& m) { m.spots.clear(); }, "spots"},
      {"price of 0", [](auto& m) { m.spots[0] = 0.0; }, "spots"},
      {"price not a number", [](auto& m) { m.spots[1] = kNaN; }, "spots"},
      {"a volatility too few", [](auto& m) { m.volatilities.pop_back(); }, "volatilities"},
      {"negative volatility", [](auto& m) { m.volatilities[0] = -0.2; }, "volatilities"},
      {"volatility out of range", [](auto& m) { m.volatilities[0] = 1e3; }, "volatilities"},
      {"correlation of another size", [](auto& m) { m.correlation = Matrix(1, 1, 1.0); },
       "correlation"},
      {"diagonal not 1", [](auto& m) { m.correlation = Matrix(2, 2, {1.0, 0.0, 0.0, 0.9}); },
       "correlation"},
      {"not definite", [](auto& m) { m.correlation = Matrix(2, 2, 1.0); }, "correlation"},
      {"no correlation", [](auto& m) { m.correlation = Matrix(2, 2, {1, kNaN, kNaN, 1}); },
       "correlation"},
      {"rate", [](auto& m) { m.rate = kNaN; }, "rate"},
      {"maturity", [](auto& m) { m.maturity = 0.0; }, "maturity"},
      {"too few registers", [](auto& m) { m.qubits.pop_back(); }, "qubits"},
      {"empty register", [](auto& m) { m.qubits[0] = 0; }, "qubits"},
      {"too many qubits", [](auto& m) { m.qubits[0] = 40; }, "qubits"},
      {"deviations", [](auto& m) { m.deviations = -1.0; }, "deviations"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    LogNormalMarket market = published_market({2, 2});
    c.spoil(market);
    const auto grid = price_grid(market);
    ASSERT_FALSE(grid.has_value());
    expect_bad(grid.error(), c.field);
    EXPECT_EQ(price_basket(market, {.strike = 3.5}, {}, {}).error().field, c.field);
  }
}

TEST(OptionPricing, NamesTheFieldOfTheOptionAtFault) {
  const LogNormalMarket one = published_market({3});
  const LogNormalMarket two = published_market({2, 2});
  const LogNormalMarket uneven = published_market({2, 3});
  const auto european = [&](EuropeanOption option, const ExpectationOptions& options = {}) {
    return price_european(one, option, options, {}).error();
  };
  expect_bad(european({EuropeanKind::kCall, {}}), "strikes");
  expect_bad(european({EuropeanKind::kCall, {1.0, 2.0}}), "strikes");
  expect_bad(european({EuropeanKind::kBullSpread, {2.0}}), "strikes");
  expect_bad(european({EuropeanKind::kBullSpread, {2.0, 2.0}}), "strikes");
  expect_bad(european({EuropeanKind::kCall, {kNaN}}), "strikes");
  expect_bad(european({EuropeanKind::kCall, {1.0}}), "strikes");  // below the grid
  expect_bad(european({EuropeanKind::kPut, {3.0}}), "strikes");   // above it
  expect_bad(european({EuropeanKind::kForward, {2.0}}, kLinear), "encoding");
  ExpectationOptions wrong_c = kLinear;
  wrong_c.c = 0.0;
  expect_bad(european(call(2.0), wrong_c), "c");
  expect_bad(european(call(2.0), {.estimator = IterativeOptions{.alpha = 2.0}}), "alpha");
  expect_bad(price_european(two, call(2.0), {}, {}).error(), "spots");

  const auto basket = [&](const LogNormalMarket& market, BasketOption option,
                          const ExpectationOptions& options = {}) {
    return price_basket(market, option, options, {}).error();
  };
  expect_bad(basket(two, {.weights = {1.0}, .strike = 2.0}), "weights");
  expect_bad(basket(two, {.weights = {1.0, 0.0}, .strike = 2.0}), "weights");
  expect_bad(basket(two, {.weights = {1.0, kNaN}, .strike = 2.0}), "weights");
  expect_bad(basket(two, {.strike = 10.0}), "strike");
  expect_bad(basket(two, {.strike = kNaN}), "strike");
  expect_bad(basket(two, {.weights = {0.5, 0.5}, .strike = 2.0}, kLinear), "encoding");
  expect_bad(basket(uneven, {.strike = 3.5}, kLinear), "encoding");

  const auto asian = [&](AsianBarrierSpread option) {
    return price_asian_barrier_spread(two, option, {}, {}).error();
  };
  expect_bad(asian({3.0, 3.0, 2.5}), "strikes");
  expect_bad(asian({2.0, 4.0, 2.5}), "strikes");
  expect_bad(asian({3.0, kNaN, 2.5}), "strikes");
  expect_bad(asian({3.0, 4.0, 1.0}), "barrier");
  expect_bad(asian({3.0, 4.0, kNaN}), "barrier");
  expect_bad(price_asian_barrier_spread(uneven, {3.0, 4.0, 2.5}, kLinear, {}).error(), "encoding");

  const FixedIncome bond{.cash_flows = {1.0, 2.0},
                         .mean = {0.12, 0.24},
                         .covariance = Matrix(2, 2, {0.01, 0.0, 0.0, 0.01}),
                         .bounds = {{0.0, 0.12}, {0.0, 0.24}},
                         .qubits = {2, 2}};
  const auto fixed = [&](void (*spoil)(FixedIncome&)) {
    FixedIncome spoilt = bond;
    spoil(spoilt);
    return price_fixed_income(spoilt, {}, {}).error();
  };
  expect_bad(fixed([](auto& b) { b.cash_flows.pop_back(); }), "cash_flows");
  expect_bad(fixed([](auto& b) { b.cash_flows[0] = -1.0; }), "cash_flows");
  expect_bad(fixed([](auto& b) { b.cash_flows = {0.0, 0.0}; }), "cash_flows");
  expect_bad(fixed([](auto& b) { b.bounds[1] = {-1.0, 0.2}; }), "bounds");
  expect_bad(fixed([](auto& b) { b.covariance = Matrix(2, 2, 0.01); }), "covariance");
}

/// That an estimate is about `exact` with the encoding's bias, and its Monte Carlo control near it.
void expect_sound(const ExpectationEstimate& e, double exact) {
  EXPECT_NEAR(e.exact, exact, 1e-12);
  EXPECT_TRUE(e.interval.contains(e.value));
  EXPECT_TRUE(e.interval.contains(e.circuit_value)) << e.circuit_value;
  EXPECT_NEAR(e.circuit_value, e.exact + e.payoff_bias, 1e-15);
  EXPECT_EQ(e.monte_carlo.samples, e.amplitude.a_calls);
  EXPECT_NEAR(e.monte_carlo.value, exact, 5.0 * e.monte_carlo.standard_error + 1e-12);
}

// The Qiskit Finance examples by an independent program, amplitude_estimation.json: exact on the
// grid, probability of the objective with the linear encoding, and its value.
TEST(OptionPricing, HasTheExpectedEuropeanPrices) {
  QUANTA_EXPECTED(book, "amplitude_estimation.json");
  const LogNormalMarket market = published_market({3});
  const struct {
    EuropeanKind kind;
    const char* key;
  } cases[] = {{EuropeanKind::kCall, "call"},
               {EuropeanKind::kPut, "put"},
               {EuropeanKind::kBullSpread, "bull_spread"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.key);
    const auto& expected = book.at(c.key);
    const auto& published = book.at("published").at(c.key);
    EuropeanOption option{.kind = c.kind};
    if (c.kind == EuropeanKind::kBullSpread) {
      for (const auto& k : expected.at("strikes").as_array()) option.strikes.push_back(number(k));
    } else {
      option.strikes.push_back(number(expected.at("strike")));
    }
    const double exact = number(expected.at("exact"));
    const double exact_delta = number(expected.at("exact_delta"));
    const OptionEstimate linear = price_european(market, option, kLinear, {}).value();
    expect_sound(linear.price, exact);
    expect_sound(linear.delta, exact_delta);
    EXPECT_NEAR(linear.price.circuit_value, number(expected.at("mapped")), 1e-12);
    EXPECT_NEAR(linear.delta.circuit_value, exact_delta, 1e-12);
    EXPECT_NEAR(linear.discount_factor, std::exp(-0.05 * 40 / 365), 1e-15);
    // What the published interval was about; it is an interval of 95 %.
    EXPECT_GE(linear.price.circuit_value, number(published.at("ci").at(0)));
    EXPECT_LE(linear.price.circuit_value, number(published.at("ci").at(1)));

    const OptionEstimate unbiased = price_european(market, option, {}, {}).value();
    expect_sound(unbiased.price, exact);
    EXPECT_NEAR(unbiased.price.payoff_bias, 0.0, 1e-13);
    const OptionEstimate with_sign =
        price_european(market, option, {.real = RealOptions{}}, {}).value();
    expect_sound(with_sign.price, exact);
    expect_sound(with_sign.delta, exact_delta);
    EXPECT_NEAR(with_sign.price.payoff_bias, 0.0, 1e-13);
  }
}

// The probability of the objective qubit itself, from its value v: (v - 1/2) pi c/2 + 1/2, with v
// as a share of the payoff's range.
TEST(OptionPricing, HasTheExpectedObjectiveProbability) {
  QUANTA_EXPECTED(book, "amplitude_estimation.json");
  const GridAxis axis = price_grid(published_market({3})).value().axes[0];
  const auto expect_probability = [&](const char* key, const EuropeanOption& option, double range) {
    const auto e = price_european(published_market({3}), option, kLinear, {}).value();
    const double a = (e.price.circuit_value / range - 0.5) * M_PI * 0.25 / 2.0 + 0.5;
    EXPECT_NEAR(a, number(book.at(key).at("operator")), 1e-12) << key;
    EXPECT_TRUE(e.price.amplitude.interval.contains(a)) << key;
  };
  expect_probability("call", call(1.896), axis.high - 1.896);
  expect_probability("put", {EuropeanKind::kPut, {2.126}}, 2.126 - axis.low);
  expect_probability("bull_spread", {EuropeanKind::kBullSpread, {1.438, 2.584}}, 2.584 - 1.438);
}

TEST(OptionPricing, HasTheExpectedCallOnEveryGrid) {
  QUANTA_EXPECTED(book, "amplitude_estimation.json");
  const double black = number(book.at("call").at("black_scholes_undiscounted"));
  for (const auto& entry : book.at("call_by_qubits").as_array()) {
    const auto n = entry.at(0).to_number<unsigned>();
    SCOPED_TRACE(testing::Message() << n << " qubits");
    const auto e = price_european(published_market({n}), call(1.896), {}, {}).value();
    EXPECT_NEAR(e.price.exact, number(entry.at(1)), 1e-12);
    EXPECT_NEAR(e.price.circuit_value, e.price.exact, 1e-12);
    EXPECT_NEAR(*e.price.closed_form, black, 1e-12);
    EXPECT_NEAR(*e.price.grid_bias, e.price.exact - black, 1e-12);
    EXPECT_EQ(e.price.qubits, n + 1);
  }
}

TEST(OptionPricing, HasTheExpectedBasketAndAsianPrices) {
  QUANTA_EXPECTED(book, "amplitude_estimation.json");
  const LogNormalMarket market = published_market({2, 2});
  const auto& published = book.at("published").at("basket");
  const double basket = number(book.at("basket").at("exact"));
  const BasketOption option{.strike = number(book.at("basket").at("strike"))};
  const auto& asian = book.at("asian_barrier_spread");
  const double spread = number(asian.at("exact"));
  const AsianBarrierSpread path{number(asian.at("strikes").at(0)),
                                number(asian.at("strikes").at(1)), number(asian.at("barrier"))};
  for (const auto& options :
       {ExpectationOptions{}, kLinear, ExpectationOptions{.real = RealOptions{}}}) {
    const auto b = price_basket(market, option, options, {}).value();
    expect_sound(b, basket);
    EXPECT_FALSE(b.closed_form.has_value());
    const auto a = price_asian_barrier_spread(market, path, options, {}).value();
    expect_sound(a, spread);
    if (options.encoding == PayoffEncoding::kLinear) {
      // The published interval of 95 % is about the value with this encoding's bias.
      EXPECT_GE(b.circuit_value, number(published.at("ci").at(0)));
      EXPECT_LE(b.circuit_value, number(published.at("ci").at(1)));
    } else {
      EXPECT_NEAR(b.payoff_bias, 0.0, 1e-12);
      EXPECT_NEAR(a.payoff_bias, 0.0, 1e-12);
    }
  }
}

// The bias of the linear encoding vanishes with c, in the circuits that add and compare too: so
// they calculate the payoff that the exact encoding tabulates.
TEST(OptionPricing, LinearCircuitsCalculateThePayoff) {
  ExpectationOptions fine = kLinear;
  fine.c = 1e-3;
  LogNormalMarket market = published_market({3, 3});
  const auto near = [](const ExpectationEstimate& e) { EXPECT_NEAR(e.payoff_bias, 0.0, 3e-6); };
  for (const double strike : {3.2, 3.9, 4.4}) {
    near(price_basket(market, {.strike = strike}, fine, {}).value());
  }
  for (const double strike : {-0.4, 0.0, 0.7}) {  // a spread of the second less the first
    near(price_basket(market, {.weights = {-1.0, 1.0}, .strike = strike}, fine, {}).value());
  }
  for (const double barrier : {1.9, 2.4, 9.0}) {
    near(price_asian_barrier_spread(market, {3.3, 4.1, barrier}, fine, {}).value());
    near(price_asian_barrier_spread(market, {3.3, 3.31, barrier}, fine, {}).value());
  }
  market = published_market({3});
  near(price_european(market, {EuropeanKind::kBullSpread, {1.7, 1.71}}, fine, {})->price);
}

// Closed forms: put-call parity, the exchange option of Margrabe, and the grid's error going away
// with qubits and width.
TEST(OptionPricing, TendsToTheClosedForms) {
  LogNormalMarket market = published_market({10});
  market.deviations = 6.0;
  const double forward = 2.0 * std::exp(0.05 * 40 / 365);
  for (const double strike : {1.6, 2.0, 2.3}) {
    const auto c = price_european(market, call(strike), {}, {}).value();
    const auto p = price_european(market, {EuropeanKind::kPut, {strike}}, {}, {}).value();
    EXPECT_NEAR(*c.price.grid_bias, 0.0, 2e-5);
    EXPECT_NEAR(*p.price.grid_bias, 0.0, 2e-5);
    EXPECT_NEAR(*c.delta.grid_bias, 0.0, 5e-3);
    EXPECT_NEAR(*c.price.closed_form - *p.price.closed_form, forward - strike, 1e-13);
    EXPECT_NEAR(*c.delta.closed_form - *p.delta.closed_form, 1.0, 1e-13);
  }
  LogNormalMarket pair = published_market({5, 5});
  pair.spots = {2.0, 1.9};
  pair.volatilities = {0.4, 0.3};
  pair.correlation = Matrix(2, 2, {1.0, 0.35, 0.35, 1.0});
  pair.deviations = 5.0;
  const auto exchange = price_basket(pair, {.weights = {1.0, -1.0}, .strike = 0.0}, {}, {}).value();
  ASSERT_TRUE(exchange.closed_form.has_value());
  EXPECT_NEAR(*exchange.grid_bias, 0.0, 2e-3);
  const auto single = price_basket(market, {.weights = {3.0}, .strike = 6.0}, {}, {}).value();
  EXPECT_NEAR(*single.grid_bias, 0.0, 6e-5);
}

// Only the signed method, and the exact encoding by its offset, take a payoff of either sign.
TEST(OptionPricing, PricesAForwardOfEitherSign) {
  for (const double strike : {1.5, 2.6}) {
    const EuropeanOption forward{EuropeanKind::kForward, {strike}};
    const LogNormalMarket market = published_market({4});
    for (const auto& options : {ExpectationOptions{}, ExpectationOptions{.real = RealOptions{}}}) {
      const auto e = price_european(market, forward, options, {}).value();
      EXPECT_TRUE(e.price.interval.contains(e.price.exact));
      EXPECT_EQ(e.price.value > 0.0, strike < 2.0);
      EXPECT_NEAR(e.price.payoff_bias, 0.0, 1e-12);
      EXPECT_NEAR(e.delta.exact, 1.0, 1e-12);
      EXPECT_TRUE(e.delta.interval.contains(1.0) || e.delta.interval.high > 1.0 - 1e-12);
    }
  }
}

TEST(OptionPricing, HasTheExpectedFixedIncome) {
  QUANTA_EXPECTED(book, "amplitude_estimation.json");
  const auto& expected = book.at("fixed_income");
  FixedIncome asset{.covariance = Matrix(2, 2), .qubits = {2, 2}};
  for (std::size_t i = 0; i < 2; ++i) {
    asset.cash_flows.push_back(number(expected.at("cash_flow").at(i)));
    asset.mean.push_back(number(expected.at("mu").at(i)));
    asset.covariance(i, i) = number(expected.at("variance"));
    asset.bounds.push_back(
        {number(expected.at("bounds").at(i).at(0)), number(expected.at("bounds").at(i).at(1))});
  }
  // What they call exact is exact to first order in the rates; with discount factors it is 2.3762.
  double sum = 0.0;
  const GridDistribution grid =
      normal_grid(asset.mean, asset.covariance, asset.bounds, asset.qubits).value();
  for (std::size_t x = 0; x < 16; ++x) {
    sum += grid.probabilities[x] *
           (1.0 / (1.0 + grid.value(x, 0)) + 2.0 / std::pow(1.0 + grid.value(x, 1), 2));
  }
  for (const auto& options : {ExpectationOptions{}, ExpectationOptions{.real = RealOptions{}}}) {
    const auto e = price_fixed_income(asset, options, {}).value();
    expect_sound(e.price, sum);
    EXPECT_NEAR(e.price.payoff_bias, 0.0, 1e-12);
    EXPECT_NEAR(e.first_order, number(expected.at("exact")), 1e-12);
  }
  ExpectationOptions linear = kLinear;
  linear.c = 1e-3;
  const auto first_order = price_fixed_income(asset, linear, {}).value();
  EXPECT_NEAR(first_order.price.circuit_value, first_order.first_order, 1e-6);
}

TEST(OptionPricing, GivesTheSameBitsForAnyNumberOfThreads) {
  for (const OracleSource source : {OracleSource::kExact, OracleSource::kCircuit}) {
    ExpectationOptions options = kLinear;
    options.oracle.source = source;
    const auto alone = price_basket(published_market({2, 2}), {.strike = 3.5}, options, {}).value();
    for (const std::size_t threads : {2U, 7U}) {
      ThreadPool pool(threads);
      const auto e =
          price_basket(published_market({2, 2}), {.strike = 3.5}, options, {.pool = &pool}).value();
      EXPECT_EQ(e.value, alone.value);
      EXPECT_EQ(e.circuit_value, alone.circuit_value);
      EXPECT_EQ(e.monte_carlo.value, alone.monte_carlo.value);
    }
  }
}

}  // namespace
}  // namespace quanta::quantum
