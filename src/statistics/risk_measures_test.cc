#include "statistics/risk_measures.h"

#include <cmath>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "statistics/moments.h"
#include "statistics/normal.h"
#include "statistics/us20_for_tests.h"

namespace quanta::statistics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void expect_relative(double own, double want, double relative = 1e-10) {
  EXPECT_NEAR(own, want, relative * std::abs(want));
}

/// Weights proportional to 1 … n, as in us20_risk.json.
std::vector<double> ramp(std::size_t n) {
  std::vector<double> weights(n);
  std::iota(weights.begin(), weights.end(), 1.0);
  for (double& w : weights) w /= 0.5 * static_cast<double>(n * (n + 1));
  return weights;
}

// Wichura, Algorithm AS 241 (1988), and Abramowitz and Stegun, table 26.5.
TEST(Normal, QuantilesEqualPublishedOnes) {
  expect_relative(normal_upper_quantile(0.05), 1.6448536269514722, 1e-15);
  expect_relative(normal_upper_quantile(0.01), 2.3263478740408408, 1e-15);
  expect_relative(normal_upper_quantile(0.25), 0.6744897501960817, 1e-15);
  expect_relative(normal_upper_quantile(1e-20), 9.262340089798408, 1e-14);
  expect_relative(normal_upper_quantile(0.75), -0.6744897501960817, 1e-15);
  EXPECT_EQ(normal_upper_quantile(0.5), 0.0);
  EXPECT_TRUE(std::isnan(normal_upper_quantile(0.0)));
  EXPECT_TRUE(std::isnan(normal_upper_quantile(1.0)));
}

TEST(RiskMeasures, NormalTailsMirrorEachOther) {
  // The quantile at 1e-20 is minus the published one at 1 - 1e-20, which no double holds.
  const TailRisk low = normal_tail_risk(0.0, 1.0, 1e-20, 1.0).value();
  expect_relative(low.value_at_risk, -9.262340089798408, 1e-14);
  EXPECT_TRUE(low.expected_shortfall >= 0.0 && low.expected_shortfall < 1e-18);
}

TEST(RiskMeasures, EqualTheExpectedValuesOfUs20) {
  QUANTA_SKIP_WITHOUT_SHARED_DATA();
  const auto book = expected_values("us20_risk.json").as_object();
  const Columns prices = us20_prices();
  const Matrix asset_returns = us20_returns();
  const auto weights = ramp(20);
  const std::vector<double> returns = portfolio_returns(asset_returns, weights).value();
  const double mean = mean_of(returns).value();
  const double deviation = volatility(returns).value();
  expect_relative(mean, book.at("moments").at("mean").as_double());
  expect_relative(deviation, book.at("moments").at("sd_ddof1").as_double());

  for (const char* key : {"1d_0.95", "1d_0.99", "10d_0.95", "10d_0.99"}) {
    SCOPED_TRACE(key);
    const auto& want = book.at("var_es").at(key).as_object();
    const std::size_t horizon = key[1] == '0' ? 10 : 1;
    const double alpha = std::string(key).ends_with("95") ? 0.95 : 0.99;
    const auto normal =
        normal_tail_risk(mean, deviation, alpha, static_cast<double>(horizon)).value();
    expect_relative(normal.value_at_risk, want.at("normal").at("var").as_double());
    expect_relative(normal.expected_shortfall, want.at("normal").at("es").as_double());
    const auto compounded = compound_over_horizon(returns, horizon).value();
    const auto historical = historical_tail_risk(compounded, alpha).value();
    const auto& observed =
        want.at(horizon == 1 ? "historical" : "historical_overlapping_compounded");
    expect_relative(historical.value_at_risk, observed.at("var_linear_type7").as_double());
    expect_relative(historical.expected_shortfall, observed.at("es_exact").as_double());
  }

  const auto& performance = book.at("performance").as_object();
  expect_relative(sharpe_ratio(returns, 0.02, 252.0).value(), performance.at("sharpe").as_double());
  const auto index = simple_returns(
      read_columns("prices/sp500_index_1990_2022.csv", prices.dates.front(), prices.dates.back())
          .values);
  ASSERT_TRUE(index.has_value());
  const auto figures = benchmark_figures(returns, index->values(), 0.02, 252.0);
  ASSERT_TRUE(figures.has_value());
  expect_relative(figures->beta, performance.at("beta").as_double());
  expect_relative(figures->alpha, performance.at("alpha_jensen_annual").as_double());
  expect_relative(figures->correlation, performance.at("correlation").as_double());
  expect_relative(figures->tracking_error, performance.at("tracking_error_annual").as_double());
  expect_relative(figures->information_ratio, performance.at("information_ratio").as_double());

  const auto& fall = book.at("drawdown").as_object();
  const auto drawdown = maximum_drawdown(returns).value();
  expect_relative(drawdown.depth, fall.at("max_drawdown").as_double());
  EXPECT_EQ(prices.dates[drawdown.peak], fall.at("peak_date").as_string());
  EXPECT_EQ(prices.dates[drawdown.trough], fall.at("trough_date").as_string());
  ASSERT_TRUE(drawdown.recovery.has_value());
  EXPECT_EQ(prices.dates[*drawdown.recovery], fall.at("recovery_date").as_string());
  const auto path = drawdowns(returns).value();
  const auto first = numbers(fall.at("first_20"));
  for (std::size_t t = 0; t < first.size(); ++t) EXPECT_NEAR(path[t], first[t], 1e-14);

  const auto moments = estimate_moments(asset_returns, {}).value();
  const auto& split = book.at("decomposition_normal_0.95_1d").as_object();
  const auto own =
      normal_var_contributions(weights, moments.mean, moments.covariance, 0.95, 1.0).value();
  const auto volatility_split = volatility_contributions(weights, moments.covariance).value();
  expect_relative(own.total, split.at("var").as_double());
  expect_relative(volatility_split.total, deviation);
  for (std::size_t i = 0; i < 20; ++i) {
    SCOPED_TRACE(prices.names[i]);
    const auto& name = prices.names[i];
    expect_relative(own.marginal[i], split.at("marginal").at(name).as_double());
    expect_relative(own.component[i], split.at("component").at(name).as_double());
    expect_relative(own.incremental[i],
                    split.at("incremental_position_to_cash").at(name).as_double(), 1e-9);
    expect_relative(volatility_split.component[i],
                    split.at("volatility_contribution").at(name).as_double());
  }
}

// Ten returns -5 … 4 percent. The type-7 quantile at 0.25 lies at position 2.25: -2.75 percent; the
// worst 2.5 observations have the mean (-5 - 4 - 3 / 2) / 2.5 = -4.2 percent.
TEST(HistoricalTailRisk, CountsTheLastLossByItsFraction) {
  const std::vector<double> returns{4, -5, 3, -4, 2, -3, 1, -2, 0, -1};
  const auto tail = historical_tail_risk(returns, 0.75).value();
  EXPECT_DOUBLE_EQ(tail.value_at_risk, 2.75);
  EXPECT_DOUBLE_EQ(tail.expected_shortfall, 4.2);
  const auto one = historical_tail_risk(std::vector<double>{-0.1}, 0.99).value();
  EXPECT_DOUBLE_EQ(one.value_at_risk, 0.1);
  EXPECT_DOUBLE_EQ(one.expected_shortfall, 0.1);
}

TEST(MaximumDrawdown, CountsPositionsOfWealth) {
  const struct {
    const char* name;
    std::vector<double> returns;
    double depth;
    std::size_t peak, trough;
    std::optional<std::size_t> recovery;
  } cases[] = {
      {"never falls", {0.1, 0.0, 0.2}, 0.0, 0, 0, 0},
      {"falls at once, recovers exactly", {-0.5, 1.0}, -0.5, 0, 1, 2},
      {"not yet recovered", {1.0, -0.5, 0.5}, -0.5, 1, 2, std::nullopt},
      {"first of two equal", {-0.5, 1.0, -0.5, 1.0}, -0.5, 0, 1, 2},
      {"recovery of the deepest, not of a later one", {-0.5, 1.5, -0.1, 1.0}, -0.5, 0, 1, 2},
      {"all is lost", {0.5, -1.0, 3.0}, -1.0, 1, 2, std::nullopt},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto drawdown = maximum_drawdown(c.returns).value();
    EXPECT_DOUBLE_EQ(drawdown.depth, c.depth);
    EXPECT_EQ(drawdown.peak, c.peak);
    EXPECT_EQ(drawdown.trough, c.trough);
    EXPECT_EQ(drawdown.recovery, c.recovery);
  }
}

TEST(RiskMeasures, NameTheFieldAtFault) {
  const std::vector<double> none;
  const std::vector<double> some{0.1, -0.2, 0.3};
  const std::vector<double> missing{0.1, kNaN, 0.3};
  const std::vector<double> constant(3, 0.1);
  const std::vector<double> ruin{0.1, -1.5};
  const Matrix identity(2, 2, {1, 0, 0, 1});
  const std::vector<double> two{0.5, 0.5};
  const auto field = [](const auto& result) {
    return result ? std::string("no error") : result.error().field;
  };
  EXPECT_EQ(field(portfolio_returns(Matrix(2, 2), some)), "weights");
  EXPECT_EQ(field(portfolio_returns(Matrix(2, 3), missing)), "weights");
  EXPECT_EQ(field(historical_tail_risk(none, 0.95)), "returns");
  EXPECT_EQ(field(historical_tail_risk(missing, 0.95)), "returns");
  EXPECT_EQ(field(historical_tail_risk(some, 1.0)), "alpha");
  EXPECT_EQ(field(historical_tail_risk(some, kNaN)), "alpha");
  EXPECT_EQ(field(compound_over_horizon(some, 0)), "horizon");
  EXPECT_EQ(field(compound_over_horizon(some, 4)), "horizon");
  EXPECT_EQ(field(normal_tail_risk(kNaN, 1, 0.95, 1)), "mean");
  EXPECT_EQ(field(normal_tail_risk(0, -1, 0.95, 1)), "deviation");
  EXPECT_EQ(field(normal_tail_risk(0, 1, 0.0, 1)), "alpha");
  EXPECT_EQ(field(normal_tail_risk(0, 1, 0.95, 0)), "horizon");
  EXPECT_EQ(field(volatility(std::vector<double>{0.1})), "returns");
  EXPECT_EQ(field(mean_of(none)), "returns");
  EXPECT_EQ(field(sharpe_ratio(constant, 0, 252)), "returns");
  EXPECT_EQ(field(sharpe_ratio(some, kNaN, 252)), "risk_free");
  EXPECT_EQ(field(sharpe_ratio(some, 0, -1)), "periods_per_year");
  EXPECT_EQ(field(maximum_drawdown(ruin)), "returns");
  EXPECT_EQ(field(drawdowns(none)), "returns");
  EXPECT_EQ(field(benchmark_figures(some, two, 0, 252)), "benchmark");
  EXPECT_EQ(field(benchmark_figures(some, missing, 0, 252)), "benchmark");
  EXPECT_EQ(field(benchmark_figures(some, constant, 0, 252)), "benchmark");
  EXPECT_EQ(field(benchmark_figures(constant, some, 0, 252)), "returns");
  EXPECT_EQ(field(benchmark_figures(some, some, kNaN, 252)), "risk_free");
  EXPECT_EQ(field(benchmark_figures(some, some, 0, 0)), "periods_per_year");
  EXPECT_EQ(field(volatility_contributions(some, identity)), "covariance");
  EXPECT_EQ(field(volatility_contributions(two, Matrix(2, 2, kNaN))), "covariance");
  EXPECT_EQ(field(volatility_contributions(missing, identity)), "weights");
  EXPECT_EQ(field(normal_var_contributions(two, some, identity, 0.95, 1)), "mean");
  EXPECT_EQ(field(normal_var_contributions(two, two, identity, 2.0, 1)), "alpha");
  EXPECT_EQ(field(normal_var_contributions(two, two, identity, 0.95, 0)), "horizon");
}

TEST(RiskContributions, AreZeroWithoutRisk) {
  const auto split = volatility_contributions(std::vector<double>{0.5, 0.5}, Matrix(2, 2)).value();
  EXPECT_EQ(split.total, 0.0);
  EXPECT_EQ(split.marginal, (std::vector<double>{0.0, 0.0}));
}

RC_GTEST_PROP(RiskProperty, ShortfallIsNeverBelowValueAtRiskNorAboveTheWorst,
              (const std::vector<std::int16_t>& raw, std::uint8_t level)) {
  RC_PRE(!raw.empty());
  std::vector<double> returns(raw.begin(), raw.end());
  const double alpha = (level + 0.5) / 256.0;
  const auto tail = historical_tail_risk(returns, alpha).value();
  const double worst = -*std::ranges::min_element(returns);
  RC_ASSERT(tail.expected_shortfall <= worst + 1e-9);
  RC_ASSERT(tail.value_at_risk <= worst + 1e-9);
  // The formula of Rockafellar and Uryasev, minimised over its kinks.
  double least = std::numeric_limits<double>::infinity();
  for (const double level_of_loss : returns) {
    double excess = 0.0;
    for (const double r : returns) excess += std::max(-r + level_of_loss, 0.0);
    least = std::min(
        least, -level_of_loss + excess / ((1.0 - alpha) * static_cast<double>(returns.size())));
  }
  RC_ASSERT(std::abs(tail.expected_shortfall - least) <= 1e-9 * (1.0 + std::abs(least)));
}

RC_GTEST_PROP(RiskProperty, ComponentsSumToTheTotal, ()) {
  const auto n = static_cast<std::size_t>(*rc::gen::inRange(1, 8));
  Matrix returns(12, n);
  for (std::size_t t = 0; t < 12; ++t) {
    for (double& value : returns.row(t)) value = *rc::gen::inRange(-500, 501) / 1e4;
  }
  std::vector<double> weights(n);
  for (double& w : weights) w = *rc::gen::inRange(-100, 101) / 100.0;
  const auto moments = estimate_moments(returns, {}).value();
  const auto split =
      normal_var_contributions(weights, moments.mean, moments.covariance, 0.975, 5.0).value();
  const double sum = std::accumulate(split.component.begin(), split.component.end(), 0.0);
  RC_ASSERT(std::abs(sum - split.total) < 1e-12);
}

}  // namespace
}  // namespace quanta::statistics
