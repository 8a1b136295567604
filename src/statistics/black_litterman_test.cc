#include "statistics/black_litterman.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace quanta::statistics {
namespace {

/// Seven stock markets: volatilities, correlations and weights of He and Litterman, The Intuition
/// Behind Black-Litterman Model Portfolios (1999), tables 1 and 2.
BlackLitterman seven_countries() {
  const std::vector<double> volatility = {0.160, 0.203, 0.248, 0.271, 0.210, 0.200, 0.187};
  const std::vector<std::vector<double>> below = {
      {},
      {0.488},
      {0.478, 0.664},
      {0.515, 0.655, 0.861},
      {0.439, 0.310, 0.355, 0.354},
      {0.512, 0.608, 0.783, 0.777, 0.405},
      {0.491, 0.779, 0.668, 0.653, 0.306, 0.652},
  };
  BlackLitterman problem{.covariance = Matrix(7, 7),
                         .market_weights = {0.016, 0.022, 0.052, 0.055, 0.116, 0.124, 0.615},
                         .delta = 2.5,
                         .tau = 0.05,
                         .views = {}};
  for (std::size_t i = 0; i < 7; ++i) {
    problem.covariance(i, i) = volatility[i] * volatility[i];
    for (std::size_t j = 0; j < i; ++j) {
      problem.covariance(i, j) = problem.covariance(j, i) =
          below[i][j] * volatility[i] * volatility[j];
    }
  }
  return problem;
}

/// Germany beats the rest of Europe, by market weight, by 5 %.
View germany() {
  return {.weights = {{3, 1.0}, {2, -0.052 / 0.176}, {5, -0.124 / 0.176}}, .value = 0.05};
}

// The printed figures have one decimal of a percent.
TEST(BlackLitterman, GivesThePublishedReturnsOfSevenCountries) {
  BlackLitterman problem = seven_countries();
  const auto balanced = black_litterman(problem);
  ASSERT_TRUE(balanced.has_value());
  const double prior[] = {0.039, 0.069, 0.084, 0.090, 0.043, 0.068, 0.076};
  for (std::size_t i = 0; i < 7; ++i) EXPECT_NEAR(balanced->prior[i], prior[i], 5.1e-4);
  EXPECT_EQ(balanced->mean, balanced->prior);

  problem.views = {germany()};
  const auto posterior = black_litterman(problem);
  ASSERT_TRUE(posterior.has_value());
  const double expected[] = {0.043, 0.076, 0.093, 0.110, 0.045, 0.070, 0.081};
  for (std::size_t i = 0; i < 7; ++i) EXPECT_NEAR(posterior->mean[i], expected[i], 5.1e-4);
}

double of_view(const View& view, const std::vector<double>& mean) {
  double sum = 0.0;
  for (const auto& [asset, weight] : view.weights) sum += weight * mean[asset];
  return sum;
}

TEST(BlackLitterman, ConfidenceMovesFromThePriorToTheView) {
  BlackLitterman problem = seven_countries();
  problem.views = {germany()};
  const auto half = black_litterman(problem);
  const double prior = of_view(germany(), half->prior);
  double last = prior;
  for (const double confidence : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    problem.views[0].confidence = confidence;
    const auto posterior = black_litterman(problem);
    ASSERT_TRUE(posterior.has_value());
    const double now = of_view(germany(), posterior->mean);
    EXPECT_NEAR(now, prior + confidence * (0.05 - prior), 1e-15);  // one view: linear in it
    EXPECT_GE(now, last);
    last = now;
    if (confidence == 0.5) {
      EXPECT_EQ(posterior->mean, half->mean);
    }
  }
}

// In the other algebraic form: mean = (inv(tau S) + P' inv(Omega) P)^-1 (...), checked as a linear
// system so that no inverse is needed: inv(tau S)(mean - pi) = P' inv(Omega)(q - P mean).
TEST(BlackLitterman, SolvesTheNormalEquationsOfTheMixedEstimate) {
  BlackLitterman problem = seven_countries();
  problem.views = {germany(), {.weights = {{4, 1.0}}, .value = 0.02, .confidence = 0.8}};
  const auto posterior = black_litterman(problem).value();
  std::vector<double> pull(7);
  for (const View& view : problem.views) {
    double variance = 0.0;
    for (const auto& [i, a] : view.weights) {
      for (const auto& [j, b] : view.weights) variance += a * b * problem.covariance(i, j);
    }
    const double c = view.confidence.value_or(0.5);
    const double omega = problem.tau * variance * (1 - c) / c;
    const double away = view.value - of_view(view, posterior.mean);
    for (const auto& [i, a] : view.weights) pull[i] += a * away / omega;
  }
  for (std::size_t i = 0; i < 7; ++i) {
    double moved = posterior.prior[i];
    for (std::size_t j = 0; j < 7; ++j) moved += problem.tau * problem.covariance(i, j) * pull[j];
    EXPECT_NEAR(posterior.mean[i], moved, 1e-15);
  }
}

TEST(BlackLitterman, CertainViewsMayRepeatButNotContradict) {
  BlackLitterman problem = seven_countries();
  problem.views = {{.weights = {{0, 1.0}}, .value = 0.05, .confidence = 1.0},
                   {.weights = {{0, 2.0}}, .value = 0.10, .confidence = 1.0}};
  const auto same = black_litterman(problem);
  ASSERT_TRUE(same.has_value());
  EXPECT_NEAR(same->mean[0], 0.05, 1e-14);
  problem.views[1].value = 0.11;
  const auto failed = black_litterman(problem);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().field, "views");
  EXPECT_NE(failed.error().message.find("contradicts"), std::string::npos);
}

TEST(BlackLitterman, NamesTheFieldAtFault) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const struct {
    const char* name;
    void (*spoil)(BlackLitterman&);
    const char* field;
  } cases[] = {
      {"asymmetric", [](BlackLitterman& p) { p.covariance(0, 1) += 0.1; }, "covariance"},
      {"too few weights", [](BlackLitterman& p) { p.market_weights.pop_back(); }, "market_weights"},
      {"delta of zero", [](BlackLitterman& p) { p.delta = 0; }, "delta"},
      {"negative tau", [](BlackLitterman& p) { p.tau = -1; }, "tau"},
      {"no such asset", [](BlackLitterman& p) { p.views[0].weights[0].first = 7; }, "views"},
      {"asset twice", [](BlackLitterman& p) { p.views[0].weights[0].first = 2; }, "views"},
      {"no weight", [](BlackLitterman& p) { p.views[0].weights.clear(); }, "views"},
      {"confidence of two", [](BlackLitterman& p) { p.views[0].confidence = 2; }, "views"},
      {"view without risk",
       [](BlackLitterman& p) {
         for (std::size_t i = 0; i < 7; ++i) p.covariance(3, i) = p.covariance(i, 3) = 0;
         p.views[0].weights = {{3, 1.0}};
       },
       "views"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    BlackLitterman problem = seven_countries();
    problem.views = {germany()};
    c.spoil(problem);
    const auto result = black_litterman(problem);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().field, c.field);
  }
  BlackLitterman problem = seven_countries();
  problem.views = {germany()};
  problem.views[0].value = nan;
  EXPECT_EQ(black_litterman(problem).error().field, "views");
}

}  // namespace
}  // namespace quanta::statistics
