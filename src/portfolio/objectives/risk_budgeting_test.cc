#include "portfolio/objectives/risk_budgeting.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/random.h"
#include "statistics/moments.h"
#include "statistics/us20_for_tests.h"

namespace quanta::portfolio {
namespace {

// Weights of two other solvers (see the file), to their tolerance.
TEST(RiskBudgeting, AgreesWithTheStoredWeights) {
  QUANTA_SKIP_WITHOUT_SHARED_DATA();
  const auto book = statistics::expected_values("us20_optimize.json");
  const auto names = statistics::us20_prices().names;
  const Matrix covariance =
      statistics::annualise(statistics::estimate_moments(statistics::us20_returns(), {}).value(),
                            252)
          .covariance;
  std::vector<double> rising;
  for (std::size_t i = 0; i < names.size(); ++i) rising.push_back(static_cast<double>(i + 1));
  for (const auto& [key, budgets] : {std::pair{"equal_risk_contribution", std::vector<double>()},
                                     {"risk_budget_1_to_n", rising}}) {
    SCOPED_TRACE(key);
    const auto answer = risk_budgeting(covariance, budgets).value();
    const auto& expected = book.at("results").at(key);
    EXPECT_NEAR(answer.volatility, json::from<double>(expected.at("value")).value(), 1e-12);
    for (std::size_t i = 0; i < names.size(); ++i) {
      EXPECT_NEAR(answer.weights[i],
                  json::from<double>(expected.at("weights").at(names[i])).value(), 1e-11);
    }
    EXPECT_LT(answer.rule_residual, 1e-14);
  }
}

// With equal correlations the weights of equal budgets are 1/sigma (Maillard and others 2010, 2.3).
TEST(RiskBudgeting, EqualCorrelationsGiveInverseVolatility) {
  const double sigma[] = {0.1, 0.2, 0.4};
  Matrix covariance(3, 3);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) covariance(i, j) = (i == j ? 1 : 0.3) * sigma[i] * sigma[j];
  }
  const auto answer = risk_budgeting(covariance, {}).value();
  const double sum = 10 + 5 + 2.5;
  EXPECT_NEAR(answer.weights[0], 10 / sum, 1e-14);
  EXPECT_NEAR(answer.weights[2], 2.5 / sum, 1e-14);
}

TEST(RiskBudgeting, HoldsItsBudgetsOnAnyCovariance) {
  int answered = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    RandomStream stream(seed, "test budgets");
    const std::size_t n = 2 + stream.below(30);
    Matrix returns(n / 2 + 3 + stream.below(60), n);  // singular ones too
    for (std::size_t t = 0; t < returns.rows(); ++t) {
      const double market = stream.normal();
      for (std::size_t i = 0; i < n; ++i) {
        returns(t, i) = std::pow(10.0, static_cast<double>(i % 4)) * (market + stream.normal());
      }
    }
    std::vector<double> budgets(n);
    for (double& b : budgets) b = std::exp(3 * stream.normal());
    const auto covariance = statistics::estimate_covariance(returns, {})->covariance;
    const auto answer = risk_budgeting(covariance, budgets);
    if (!answer) {  // some mix shows no risk
      EXPECT_EQ(answer.error().kind, ErrorKind::kInfeasible);
      continue;
    }
    EXPECT_LT(answer->rule_residual, 1e-10) << seed;
    ++answered;
  }
  EXPECT_GT(answered, 30);
}

TEST(RiskBudgeting, NamesTheFieldAtFault) {
  const Matrix good(2, 2, {1, 0.2, 0.2, 1});
  EXPECT_EQ(risk_budgeting(Matrix(2, 2, {1, 0, 0, 0}), {}).error().field, "covariance");
  EXPECT_EQ(risk_budgeting(Matrix(2, 2, {1, 2, 2, 1}), {}).error().field, "covariance");
  EXPECT_EQ(risk_budgeting(Matrix(2, 2, {1, -1, -1, 1}), {}).error().kind, ErrorKind::kInfeasible);
  EXPECT_EQ(risk_budgeting(good, std::vector<double>{1}).error().field, "budgets");
  EXPECT_EQ(risk_budgeting(good, std::vector<double>{1, 0}).error().field, "budgets");
  EXPECT_EQ(risk_budgeting(good, std::vector<double>{1, NAN}).error().field, "budgets");
  EXPECT_EQ(risk_budgeting(Matrix(1, 1, 4.0), {})->weights[0], 1.0);
}

}  // namespace
}  // namespace quanta::portfolio
