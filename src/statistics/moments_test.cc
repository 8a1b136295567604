#include "statistics/moments.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "statistics/returns.h"
#include "statistics/us20_for_tests.h"

namespace quanta::statistics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Returns, AreTheRelativeChangesOfPrices) {
  const auto returns = simple_returns(Matrix(3, 2, {100, 50, 150, 25, 75, 50}));
  ASSERT_TRUE(returns.has_value());
  EXPECT_EQ(returns->rows(), 2u);
  EXPECT_DOUBLE_EQ((*returns)(0, 0), 0.5);
  EXPECT_DOUBLE_EQ((*returns)(0, 1), -0.5);
  EXPECT_DOUBLE_EQ((*returns)(1, 0), -0.5);
  EXPECT_DOUBLE_EQ((*returns)(1, 1), 1.0);
}

TEST(Returns, NameTheRowAndColumnAtFault) {
  const struct {
    const char* name;
    Matrix prices;
    std::size_t line, column;
  } cases[] = {
      {"nothing", Matrix(), 0, 0},
      {"one date", Matrix(1, 2, 1.0), 0, 0},
      {"no asset", Matrix(5, 0), 0, 0},
      {"zero", Matrix(2, 2, {1, 1, 1, 0}), 2, 2},
      {"negative in the first row", Matrix(2, 2, {1, -3, 1, 1}), 1, 2},
      {"missing", Matrix(2, 1, {1, kNaN}), 2, 1},
      {"infinite", Matrix(2, 1, {kInfinity, 1}), 1, 1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = simple_returns(c.prices);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(result.error().field, "prices");
    EXPECT_EQ(result.error().place.line, c.line);
    EXPECT_EQ(result.error().place.column, c.column);
  }
}

// Expected values: numpy, scikit-learn 1.2.1 and the formulas of the papers, see the file.
TEST(Moments, EqualTheExpectedValuesOfUs20) {
  QUANTA_SKIP_WITHOUT_SHARED_DATA();
  const auto book = expected_values("us20_moments.json").as_object();
  const Matrix returns = us20_returns();
  ASSERT_EQ(returns.rows(), 1256u);
  const struct {
    const char* text;
    const char* key;
  } cases[] = {
      {"sample", "sample"},
      {"ledoit-wolf-identity", "ledoit_wolf_identity"},
      {"ledoit-wolf-constant-correlation", "ledoit_wolf_constant_correlation"},
      {"oas", "oas"},
      {"ewma:0.94", "ewma_0.94"},
      {"ewma:0.97", "ewma_0.97"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto estimator = parse_covariance_estimator(c.text, "--cov");
    ASSERT_TRUE(estimator.has_value());
    auto daily = estimate_moments(returns, *estimator);
    ASSERT_TRUE(daily.has_value());
    const Moments annual = annualise(*std::move(daily), 252.0);
    const json::Value& want = book.at(c.key);
    const std::vector<double> upper = numbers(want.is_object() ? want.at("cov") : want);
    std::size_t at = 0;
    for (std::size_t i = 0; i < 20; ++i) {
      for (std::size_t j = i; j < 20; ++j, ++at) {
        EXPECT_NEAR(annual.covariance(i, j), upper[at], 1e-10 * std::abs(upper[at])) << i << j;
        EXPECT_EQ(annual.covariance(i, j), annual.covariance(j, i));
      }
    }
    const bool shrinks = want.is_object() && want.as_object().contains("shrinkage");
    ASSERT_EQ(annual.shrinkage.has_value(), shrinks);
    if (shrinks) {
      EXPECT_NEAR(*annual.shrinkage, want.at("shrinkage").as_double(), 1e-12);
    }
    const std::vector<double> mean = numbers(book.at("mean"));
    for (std::size_t i = 0; i < 20; ++i) {
      EXPECT_NEAR(annual.mean[i], mean[i], 1e-11 * std::abs(mean[i]));
    }
  }
  const std::vector<double> growth = numbers(book.at("cagr"));
  const auto own = compound_annual_growth(returns, 252.0);
  ASSERT_TRUE(own.has_value());
  for (std::size_t i = 0; i < 20; ++i) EXPECT_NEAR((*own)[i], growth[i], 1e-11);
}

// By hand: columns (1, 2, 6) and (0, 0, 3): means 3 and 1, deviations (-2, -1, 3), (-1, -1, 2).
TEST(Moments, EqualValuesByHand) {
  const Matrix returns(3, 2, {1, 0, 2, 0, 6, 3});
  const auto sample = estimate_moments(returns, {});
  ASSERT_TRUE(sample.has_value());
  EXPECT_EQ(sample->mean, (std::vector<double>{3.0, 1.0}));
  EXPECT_EQ(sample->covariance, Matrix(2, 2, {7.0, 4.5, 4.5, 3.0}));
  // Weights 1/7, 2/7, 4/7 at a decay of 1/2; zero mean.
  const auto ewma = estimate_covariance(returns, {CovarianceMethod::kEwma, 0.5});
  ASSERT_TRUE(ewma.has_value());
  EXPECT_NEAR(ewma->covariance(0, 0), (1.0 + 8.0 + 144.0) / 7.0, 1e-13);
  EXPECT_NEAR(ewma->covariance(0, 1), 72.0 / 7.0, 1e-13);
  EXPECT_FALSE(ewma->shrinkage.has_value());
}

TEST(Moments, RefuseWhatHasNone) {
  const struct {
    const char* name;
    Matrix returns;
    CovarianceEstimator estimator;
    const char* field;
  } cases[] = {
      {"empty", Matrix(), {}, "returns"},
      {"one row", Matrix(1, 3, 0.1), {}, "returns"},
      {"not a number", Matrix(2, 1, {0.1, kNaN}), {}, "returns"},
      {"infinite", Matrix(2, 1, {0.1, -kInfinity}), {CovarianceMethod::kEwma, 0.9}, "returns"},
      {"decay of one", Matrix(2, 1, 0.1), {CovarianceMethod::kEwma, 1.0}, "decay"},
      {"negative decay", Matrix(2, 1, 0.1), {CovarianceMethod::kEwma, -0.1}, "decay"},
      {"decay not a number", Matrix(2, 1, 0.1), {CovarianceMethod::kEwma, kNaN}, "decay"},
      {"no second asset",
       Matrix(3, 1, {1, 2, 3}),
       {CovarianceMethod::kLedoitWolfConstantCorrelation},
       "returns"},
      {"a constant column",
       Matrix(3, 2, {1, 0, 2, 0, 3, 0}),
       {CovarianceMethod::kLedoitWolfConstantCorrelation},
       "returns"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = estimate_moments(c.returns, c.estimator);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(result.error().field, c.field);
  }
  EXPECT_FALSE(mean_returns(Matrix()).has_value());
  EXPECT_EQ(compound_annual_growth(Matrix(1, 1, 0.1), 0.0).error().field, "periods_per_year");
  EXPECT_EQ(compound_annual_growth(Matrix(1, 1, -1.5), 252.0).error().field, "returns");
  EXPECT_EQ(compound_annual_growth(Matrix(1, 1, -1.0), 252.0).value()[0], -1.0);
}

TEST(Moments, OneConstantAssetShrinksToNothing) {
  const Matrix returns(4, 1, 0.01);
  for (const auto method :
       {CovarianceMethod::kSample, CovarianceMethod::kLedoitWolfIdentity, CovarianceMethod::kOas}) {
    const auto estimate = estimate_covariance(returns, {method});
    ASSERT_TRUE(estimate.has_value());
    EXPECT_EQ(estimate->covariance(0, 0), 0.0);
  }
}

TEST(Moments, TwoAssetsAreTheirOwnConstantCorrelation) {
  const Matrix returns(4, 2, {0.1, 0.2, -0.1, 0.1, 0.05, -0.3, 0.0, 0.1});
  const auto sample = estimate_covariance(returns, {}).value().covariance;
  const auto shrunk =
      estimate_covariance(returns, {CovarianceMethod::kLedoitWolfConstantCorrelation}).value();
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      EXPECT_NEAR(shrunk.covariance(i, j), 0.75 * sample(i, j), 1e-16);
    }
  }
}

TEST(CovarianceEstimator, ReadsItsOwnText) {
  for (const char* text : {"sample", "ledoit-wolf-identity", "ledoit-wolf-constant-correlation",
                           "oas", "ewma:0.94", "ewma:0.5", "ewma:0.001"}) {
    const auto estimator = parse_covariance_estimator(text, "--cov");
    ASSERT_TRUE(estimator.has_value()) << text;
    EXPECT_EQ(to_text(*estimator), text);
  }
  EXPECT_EQ(parse_covariance_estimator("ewma", "--cov")->parameter, 0.94);
  for (const char* text : {"", "sampel", "ewma:", "ewma:1", "ewma:0", "ewma:-0.5", "ewma:x",
                           "ewma:0.9x", "ewma:nan", "sample:2", "oas:", "SAMPLE"}) {
    const auto estimator = parse_covariance_estimator(text, "--cov");
    ASSERT_FALSE(estimator.has_value()) << text;
    EXPECT_EQ(estimator.error().field, "--cov");
    EXPECT_FALSE(estimator.error().message.empty());
  }
}

TEST(Correlation, HasAUnitDiagonalAndStaysWithinOne) {
  const auto rho = correlation(Matrix(2, 2, {4.0, -3.0, -3.0, 9.0}));
  ASSERT_TRUE(rho.has_value());
  EXPECT_EQ(*rho, Matrix(2, 2, {1.0, -0.5, -0.5, 1.0}));
  EXPECT_EQ(correlation(Matrix(2, 2, {1.0, 1.0 + 1e-15, 1.0 + 1e-15, 1.0}))->operator()(0, 1), 1.0);
  EXPECT_FALSE(correlation(Matrix(2, 2, {1.0, 0.0, 0.0, 0.0})).has_value());
  EXPECT_FALSE(correlation(Matrix(1, 2, 1.0)).has_value());
  EXPECT_FALSE(correlation(Matrix(1, 1, kNaN)).has_value());
}

TEST(CovarianceRank, CountsWhatTheDatesCanTell) {
  QUANTA_SKIP_WITHOUT_SHARED_DATA();
  const Matrix all = us20_returns();
  const auto full = covariance_rank(estimate_covariance(all, {}).value().covariance);
  ASSERT_TRUE(full.has_value());
  EXPECT_EQ(full->rank, 20u);
  EXPECT_FALSE(full->singular);
  EXPECT_GT(full->smallest_eigenvalue, 0.05);
  Matrix few(8, 20);
  std::copy_n(all.data(), 160, few.data());
  const auto short_history = covariance_rank(estimate_covariance(few, {}).value().covariance);
  ASSERT_TRUE(short_history.has_value());
  EXPECT_EQ(short_history->rank, 7u);
  EXPECT_TRUE(short_history->singular);
  const auto shrunk =
      covariance_rank(estimate_covariance(few, {CovarianceMethod::kOas}).value().covariance);
  EXPECT_EQ(shrunk->rank, 20u);
}

TEST(CovarianceRank, DoesNotCallDifferentVolatilitiesSingular) {
  EXPECT_EQ(covariance_rank(Matrix(2, 2, {1e-10, 0, 0, 1e6}))->rank, 2u);
  EXPECT_EQ(covariance_rank(Matrix(2, 2, {1, 2, 2, 4}))->rank, 1u);
  EXPECT_EQ(covariance_rank(Matrix(2, 2, {1, 0, 0, 0}))->rank, 1u);
  EXPECT_EQ(covariance_rank(Matrix(1, 1, 0.0))->rank, 0u);
  EXPECT_FALSE(covariance_rank(Matrix(2, 3)).has_value());
  EXPECT_FALSE(covariance_rank(Matrix()).has_value());
}

Matrix random_returns(std::size_t rows, std::size_t columns) {
  Matrix out(rows, columns);
  for (std::size_t t = 0; t < rows; ++t) {
    for (double& value : out.row(t)) value = *rc::gen::inRange(-500, 501) / 1e4;
  }
  return out;
}

RC_GTEST_PROP(MomentsProperty, SampleEqualsThePlainLoops, ()) {
  const auto rows = static_cast<std::size_t>(*rc::gen::inRange(2, 30));
  const auto columns = static_cast<std::size_t>(*rc::gen::inRange(1, 9));
  const Matrix returns = random_returns(rows, columns);
  const Matrix covariance = estimate_covariance(returns, {}).value().covariance;
  for (std::size_t i = 0; i < columns; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      double mean_i = 0.0, mean_j = 0.0, sum = 0.0;
      for (std::size_t t = 0; t < rows; ++t) {
        mean_i += returns(t, i) / static_cast<double>(rows);
        mean_j += returns(t, j) / static_cast<double>(rows);
      }
      for (std::size_t t = 0; t < rows; ++t) {
        sum += (returns(t, i) - mean_i) * (returns(t, j) - mean_j);
      }
      RC_ASSERT(std::abs(covariance(i, j) - sum / static_cast<double>(rows - 1)) < 1e-15);
    }
  }
}

RC_GTEST_PROP(MomentsProperty, ShrinkageIsAFractionAndKeepsTheTrace, ()) {
  const auto rows = static_cast<std::size_t>(*rc::gen::inRange(2, 20));
  const auto columns = static_cast<std::size_t>(*rc::gen::inRange(2, 9));
  const Matrix returns = random_returns(rows, columns);
  const Matrix sample = estimate_covariance(returns, {}).value().covariance;
  for (const auto method :
       {CovarianceMethod::kLedoitWolfIdentity, CovarianceMethod::kLedoitWolfConstantCorrelation,
        CovarianceMethod::kOas}) {
    const auto estimate = estimate_covariance(returns, {method});
    if (!estimate) continue;  // a column that happens not to move
    RC_ASSERT(*estimate->shrinkage >= 0.0 && *estimate->shrinkage <= 1.0);
    double trace = 0.0, want = 0.0;
    for (std::size_t i = 0; i < columns; ++i) {
      trace += estimate->covariance(i, i);
      want += sample(i, i) * (static_cast<double>(rows) - 1.0) / static_cast<double>(rows);
    }
    RC_ASSERT(std::abs(trace - want) <= 1e-14);
  }
}

}  // namespace
}  // namespace quanta::statistics
