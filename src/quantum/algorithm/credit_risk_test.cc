#include "quantum/algorithm/credit_risk.h"

#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/enum_text.h"
#include "quantum/algorithm/expected_for_tests.h"
#include "quantum/simulator/simulate.h"

namespace quanta::quantum {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The two obligors of the published example.
CreditPortfolio published_portfolio() {
  return {.default_probabilities = {0.15, 0.25},
          .sensitivities = {0.1, 0.05},
          .losses_given_default = {1, 2}};
}

TEST(CreditRisk, NamesTheFieldAtFault) {
  const struct {
    const char* name;
    void (*spoil)(CreditPortfolio&);
    const char* field;
  } cases[] = {
      {"nobody", [](auto& p) { p.default_probabilities.clear(); }, "default_probabilities"},
      {"certain", [](auto& p) { p.default_probabilities[0] = 1.0; }, "default_probabilities"},
      {"impossible", [](auto& p) { p.default_probabilities[1] = 0.0; }, "default_probabilities"},
      {"no number", [](auto& p) { p.default_probabilities[1] = kNaN; }, "default_probabilities"},
      {"sensitivities too few", [](auto& p) { p.sensitivities.pop_back(); }, "sensitivities"},
      {"sensitivity of 1", [](auto& p) { p.sensitivities[0] = 1.0; }, "sensitivities"},
      {"sensitivity below 0", [](auto& p) { p.sensitivities[0] = -0.1; }, "sensitivities"},
      {"sensitivity no number", [](auto& p) { p.sensitivities[0] = kNaN; }, "sensitivities"},
      {"losses too few", [](auto& p) { p.losses_given_default.pop_back(); },
       "losses_given_default"},
      {"loss of 0", [](auto& p) { p.losses_given_default[0] = 0; }, "losses_given_default"},
      {"losses too large", [](auto& p) { p.losses_given_default = {4000, 96}; },
       "losses_given_default"},
      {"no grid", [](auto& p) { p.z_qubits = 0; }, "z_qubits"},
      {"grid too fine", [](auto& p) { p.z_qubits = 11; }, "z_qubits"},
      {"no width", [](auto& p) { p.z_max = 0.0; }, "z_max"},
      {"width no number", [](auto& p) { p.z_max = kNaN; }, "z_max"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    CreditPortfolio portfolio = published_portfolio();
    c.spoil(portfolio);
    const auto risk = estimate_credit_risk(portfolio, 0.05, DefaultEncoding::kExact, {}, {});
    ASSERT_FALSE(risk.has_value());
    EXPECT_EQ(risk.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(risk.error().field, c.field) << risk.error().message;
  }
  for (const double tail : {0.0, 1.0, -0.1, kNaN}) {
    EXPECT_EQ(estimate_credit_risk(published_portfolio(), tail, DefaultEncoding::kExact, {}, {})
                  .error()
                  .field,
              "tail");
  }
  const CreditPortfolio crowd{.default_probabilities = std::vector<double>(100, 0.1),
                              .sensitivities = std::vector<double>(100, 0.1),
                              .losses_given_default = std::vector<unsigned>(100, 1)};
  const auto refused = estimate_credit_risk(crowd, 0.05, DefaultEncoding::kExact, {}, {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kResource);
  EXPECT_EQ(refused.error().field, "qubits");
}

void expect_distribution(const std::vector<double>& found, const json::Value& expected) {
  ASSERT_EQ(found.size(), expected.as_array().size());
  for (std::size_t x = 0; x < found.size(); ++x) {
    EXPECT_NEAR(found[x], number(expected.at(x)), 1e-12) << "loss " << x;
  }
}

void expect_tail(const TailRisk& found, const json::Value& expected) {
  EXPECT_EQ(found.value_at_risk, number(expected.at("var")));
  EXPECT_NEAR(found.probability, number(expected.at("p_le_var")), 1e-12);
  EXPECT_NEAR(found.mean_beyond, number(expected.at("cvar_above_var")), 1e-12);
  EXPECT_NEAR(found.expected_shortfall, number(expected.at("expected_shortfall_acerbi")), 1e-12);
}

// The published example by an independent program, amplitude_estimation.json: its circuit, with
// angles to first order in z, and the model beside it. (The 0.6641 and 0.9521 printed there as
// exact are from 1,024 shots.)
TEST(CreditRisk, HasTheExpectedValues) {
  QUANTA_EXPECTED(book, "amplitude_estimation.json");
  const auto& credit = book.at("credit");
  const auto& model = credit.at("exact_model");
  const auto& circuit = credit.at("circuit_model_linear_rotation");
  const double tail = number(credit.at("alpha"));
  for (const DefaultEncoding encoding : {DefaultEncoding::kLinear, DefaultEncoding::kExact}) {
    SCOPED_TRACE(to_text(encoding));
    const auto& made = encoding == DefaultEncoding::kLinear ? circuit : model;
    const auto risk = estimate_credit_risk(published_portfolio(), tail, encoding, {}, {}).value();
    expect_distribution(risk.model, model.at("pdf"));
    expect_distribution(risk.circuit, made.at("pdf"));
    expect_tail(risk.tail.exact, model);
    expect_tail(risk.tail.circuit, made);
    EXPECT_NEAR(risk.expected_loss.exact, number(model.at("expected_loss")), 1e-12);
    EXPECT_NEAR(risk.expected_loss.circuit_value, number(made.at("expected_loss")), 1e-12);
    EXPECT_NEAR(*risk.expected_loss.closed_form, 0.15 + 2 * 0.25, 1e-15);
    EXPECT_TRUE(risk.expected_loss.interval.contains(risk.expected_loss.circuit_value));

    EXPECT_EQ(risk.tail.value_at_risk, 2.0);
    EXPECT_TRUE(risk.tail.value_at_risk_interval.contains(2.0));
    EXPECT_NEAR(risk.tail.probability.circuit_value, number(made.at("p_le_var")), 1e-12);
    EXPECT_TRUE(risk.tail.probability.interval.contains(number(made.at("p_le_var"))));
    const double shortfall = number(made.at("expected_shortfall_acerbi"));
    EXPECT_TRUE(risk.tail.expected_shortfall_interval.contains(shortfall));
    EXPECT_NEAR(risk.tail.expected_shortfall, shortfall, 0.2);  // epsilon 0.01 over tail 0.05
    EXPECT_NEAR(risk.tail.mean_beyond, 3.0, 0.2);
    EXPECT_EQ(risk.tail.steps, 2U);
    EXPECT_EQ(risk.tail.monte_carlo.value_at_risk, 2.0);
    EXPECT_NEAR(risk.tail.monte_carlo.expected_shortfall, risk.tail.exact.expected_shortfall,
                5.0 * risk.tail.monte_carlo_standard_error);
  }
}

// The published interval of the loss, 0.6175 to 0.7552, and of P(L <= 2), 0.9577 to 0.9603, hold
// the circuit's values.
TEST(CreditRisk, AgreesWithThePublishedIntervals) {
  QUANTA_EXPECTED(book, "amplitude_estimation.json");
  const auto& published = book.at("published").at("credit");
  const auto risk =
      estimate_credit_risk(published_portfolio(), 0.05, DefaultEncoding::kLinear, {}, {}).value();
  const double loss = risk.expected_loss.circuit_value;
  EXPECT_GE(loss, number(published.at("ci_loss").at(0)));
  EXPECT_LE(loss, number(published.at("ci_loss").at(1)));
  const double probability = risk.tail.probability.circuit_value;
  EXPECT_GE(probability, number(published.at("ci_cdf2").at(0)));
  EXPECT_LE(probability, number(published.at("ci_cdf2").at(1)));
}

// The register of the simulated circuit has the distribution that is calculated beside it, and the
// model's is that of all 2^k outcomes of the defaults.
RC_GTEST_PROP(CreditRiskProperty, CircuitMakesItsDistribution, (std::uint64_t seed)) {
  RandomStream random(seed, "portfolio");
  CreditPortfolio portfolio{.z_qubits = static_cast<unsigned>(1 + random.below(3)),
                            .z_max = 1.0 + 2.0 * random.uniform()};
  const std::size_t k = 1 + random.below(3);
  for (std::size_t i = 0; i < k; ++i) {
    portfolio.default_probabilities.push_back(0.02 + 0.5 * random.uniform());
    portfolio.sensitivities.push_back(0.4 * random.uniform());
    portfolio.losses_given_default.push_back(static_cast<unsigned>(1 + random.below(4)));
  }
  for (const DefaultEncoding encoding : {DefaultEncoding::kExact, DefaultEncoding::kLinear}) {
    const LossRegister losses = credit_losses(portfolio, encoding).value();
    const auto state = simulate(losses.load, {}, {}).value();
    std::vector<double> found(losses.axis.size());
    for (std::size_t x = 0; x < state.amplitudes().size(); ++x) {
      std::size_t loss = 0;
      for (std::size_t q = 0; q < losses.qubits.size(); ++q) {
        loss |= (x >> losses.qubits[q] & 1) << q;
      }
      found[loss] += std::norm(state.amplitudes()[x]);
    }
    for (std::size_t x = 0; x < found.size(); ++x) {
      RC_ASSERT(std::abs(found[x] - losses.circuit[x]) < 1e-12);
    }
  }
  const LossRegister losses = credit_losses(portfolio, DefaultEncoding::kExact).value();
  std::vector<double> expected(losses.axis.size());
  const std::size_t points = std::size_t{1} << portfolio.z_qubits;
  std::vector<double> weights(points);
  const auto z = [&](std::size_t i) {
    return portfolio.z_max * (2.0 * static_cast<double>(i) / static_cast<double>(points - 1) - 1.0);
  };
  for (std::size_t i = 0; i < points; ++i) weights[i] = std::exp(-0.5 * z(i) * z(i));
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (std::size_t i = 0; i < points; ++i) {
    for (std::size_t outcome = 0; outcome < std::size_t{1} << k; ++outcome) {
      double chance = weights[i] / sum;
      std::size_t loss = 0;
      for (std::size_t o = 0; o < k; ++o) {
        const double rho = portfolio.sensitivities[o];
        const double p = normal_cdf(
            (normal_quantile(portfolio.default_probabilities[o]) - std::sqrt(rho) * z(i)) /
            std::sqrt(1.0 - rho));
        const bool defaults = (outcome >> o & 1) != 0;
        chance *= defaults ? p : 1.0 - p;
        loss += defaults ? portfolio.losses_given_default[o] : 0;
      }
      expected[loss] += chance;
    }
  }
  for (std::size_t x = 0; x < expected.size(); ++x) {
    RC_ASSERT(std::abs(expected[x] - losses.model[x]) < 1e-12);
  }
}

// The linear payoff encoding of loss and excess: its bias goes away with c, what is left is that of
// the defaults.
TEST(CreditRisk, TakesTheLinearPayoffEncodingToo) {
  ExpectationOptions options{.encoding = PayoffEncoding::kLinear, .c = 1e-3};
  const auto risk =
      estimate_credit_risk(published_portfolio(), 0.05, DefaultEncoding::kExact, options, {})
          .value();
  EXPECT_NEAR(risk.expected_loss.payoff_bias, 0.0, 1e-6);
  EXPECT_NEAR(risk.tail.excess.payoff_bias, 0.0, 1e-6);
}

TEST(CreditRisk, GivesTheSameBitsForAnyNumberOfThreads) {
  const auto estimate = [&](const Execution& execution) {
    return estimate_credit_risk(published_portfolio(), 0.05, DefaultEncoding::kLinear, {},
                                execution)
        .value();
  };
  const auto alone = estimate({});
  for (const std::size_t threads : {2U, 7U}) {
    ThreadPool pool(threads);
    const auto risk = estimate({.pool = &pool});
    EXPECT_EQ(risk.expected_loss.value, alone.expected_loss.value);
    EXPECT_EQ(risk.tail.expected_shortfall, alone.tail.expected_shortfall);
    EXPECT_EQ(risk.tail.monte_carlo.expected_shortfall, alone.tail.monte_carlo.expected_shortfall);
  }
}

}  // namespace
}  // namespace quanta::quantum
