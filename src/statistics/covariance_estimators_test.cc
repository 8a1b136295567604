// The estimators of moments.h that stand in files of their own, and single-factor shrinkage.
#include <algorithm>
#include <cmath>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include "core/random.h"
#include "statistics/denoise.h"
#include "statistics/factor_model.h"
#include "statistics/gerber.h"
#include "statistics/moments.h"
#include "statistics/positive_semidefinite.h"
#include "statistics/rolling_moments.h"

namespace quanta::statistics {
namespace {

/// Returns of n assets that follow one factor by `loading`, rising by `slope` from asset to asset,
/// with noise of deviation 1.
Matrix one_factor(std::size_t n_periods, std::size_t n, double loading, std::uint64_t seed,
                  double slope = 0.1) {
  RandomStream stream(seed, "test factor");
  Matrix returns(n_periods, n);
  for (std::size_t t = 0; t < n_periods; ++t) {
    const double factor = stream.normal();
    for (std::size_t i = 0; i < n; ++i) {
      returns(t, i) = (loading + slope * static_cast<double>(i)) * factor + stream.normal();
    }
  }
  return returns;
}

double smallest_eigenvalue(const Matrix& m) {
  const auto n = static_cast<Eigen::Index>(m.rows());
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(
             Eigen::Map<const Eigen::MatrixXd>(m.data(), n, n), Eigen::EigenvaluesOnly)
      .eigenvalues()[0];
}

double largest_difference(const Matrix& a, const Matrix& b) {
  double most = 0.0;
  for (std::size_t i = 0; i < a.rows(); ++i) {
    for (std::size_t j = 0; j < a.columns(); ++j)
      most = std::max(most, std::abs(a(i, j) - b(i, j)));
  }
  return most;
}

Matrix covariance_by(CovarianceMethod method, const Matrix& returns, double parameter = 0.0) {
  return estimate_covariance(returns, {.method = method, .parameter = parameter})->covariance;
}

// The paper's pi, rho and gamma written as sums over periods and pairs, one entry at a time.
TEST(SingleFactorShrinkage, IsThePapersFormulaEntryByEntry) {
  constexpr std::size_t kPeriods = 40;
  constexpr std::size_t kAssets = 5;
  const Matrix returns = one_factor(kPeriods, kAssets, 0.5, 3);
  const auto estimate =
      estimate_covariance(returns, {.method = CovarianceMethod::kLedoitWolfSingleFactor}).value();

  std::vector<std::vector<double>> x(kPeriods, std::vector<double>(kAssets));
  const auto mean = mean_returns(returns).value();
  std::vector<double> m(kPeriods);
  for (std::size_t t = 0; t < kPeriods; ++t) {
    for (std::size_t i = 0; i < kAssets; ++i) {
      x[t][i] = returns(t, i) - mean[i];
      m[t] += x[t][i] / kAssets;
    }
  }
  const auto average = [&](const auto& term) {
    double sum = 0.0;
    for (std::size_t t = 0; t < kPeriods; ++t) sum += term(t);
    return sum / kPeriods;
  };
  const auto s = [&](std::size_t i, std::size_t j) {
    return average([&](std::size_t t) { return x[t][i] * x[t][j]; });
  };
  const auto v = [&](std::size_t i) {
    return average([&](std::size_t t) { return x[t][i] * m[t]; });
  };
  const double market = average([&](std::size_t t) { return m[t] * m[t]; });
  double pi = 0.0;
  double rho = 0.0;
  double gamma = 0.0;
  for (std::size_t i = 0; i < kAssets; ++i) {
    for (std::size_t j = 0; j < kAssets; ++j) {
      const double pi_ij =
          average([&](std::size_t t) { return std::pow(x[t][i] * x[t][j] - s(i, j), 2); });
      pi += pi_ij;
      if (i == j) {
        rho += pi_ij;
        continue;
      }
      const double target = v(i) * v(j) / market;
      gamma += std::pow(s(i, j) - target, 2);
      // d target = (v_j dv_i + v_i dv_j)/market - v_i v_j dmarket / market^2.
      rho += average([&](std::size_t t) {
        const double ds = x[t][i] * x[t][j] - s(i, j);
        const double di = x[t][i] * m[t] - v(i);
        const double dj = x[t][j] * m[t] - v(j);
        const double dm = m[t] * m[t] - market;
        return ds * ((v(j) * di + v(i) * dj) / market - v(i) * v(j) * dm / (market * market));
      });
    }
  }
  const double shrinkage = std::clamp((pi - rho) / gamma / kPeriods, 0.0, 1.0);
  ASSERT_GT(shrinkage, 0.0);
  ASSERT_LT(shrinkage, 1.0);
  EXPECT_NEAR(*estimate.shrinkage, shrinkage, 1e-12);
  EXPECT_NEAR(estimate.covariance(1, 3),
              (1 - shrinkage) * s(1, 3) + shrinkage * v(1) * v(3) / market, 1e-13);
  EXPECT_NEAR(estimate.covariance(2, 2), s(2, 2), 1e-14);
}

TEST(SingleFactorShrinkage, OneAssetAndConstantAssetsStayAsTheyAre) {
  const Matrix one(4, 1, {1, 2, 4, 3});
  EXPECT_NEAR(covariance_by(CovarianceMethod::kLedoitWolfSingleFactor, one)(0, 0), 1.25, 1e-15);
  const Matrix still(4, 2, 0.1);
  EXPECT_NEAR(covariance_by(CovarianceMethod::kLedoitWolfSingleFactor, still)(0, 1), 0.0, 1e-30);
}

TEST(Denoise, UnrelatedAssetsBecomeUncorrelated) {
  RandomStream stream(5, "test noise");
  Matrix returns(1000, 50);
  for (std::size_t t = 0; t < 1000; ++t) {
    for (double& r : returns.row(t)) r = stream.normal();
  }
  const auto sample = correlation(covariance_by(CovarianceMethod::kSample, returns)).value();
  const auto clean = denoised_correlation(sample, 1000);
  EXPECT_EQ(clean.n_signals, 0U);
  EXPECT_NEAR(clean.edge, std::pow(1 + std::sqrt(0.05), 2), 1e-12);
  EXPECT_LT(largest_difference(clean.correlation, Matrix(50, 50,
                                                         [] {
                                                           std::vector<double> identity(2500);
                                                           for (std::size_t i = 0; i < 50; ++i)
                                                             identity[51 * i] = 1;
                                                           return identity;
                                                         }())),
            1e-13);
}

TEST(Denoise, KeepsACommonFactorAndComesNearerToTheTruth) {
  const Matrix returns = one_factor(200, 30, 1.0, 7, 0.0);
  const Matrix sample = correlation(covariance_by(CovarianceMethod::kSample, returns)).value();
  const auto clean = denoised_correlation(sample, 200);
  EXPECT_EQ(clean.n_signals, 1U);
  EXPECT_NEAR(clean.noise_variance, 0.5, 0.05);
  double before = 0.0;
  double after = 0.0;
  for (std::size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(clean.correlation(i, i), 1.0);
    for (std::size_t j = 0; j < i; ++j) {
      before += std::pow(sample(i, j) - 0.5, 2);
      after += std::pow(clean.correlation(i, j) - 0.5, 2);
    }
  }
  EXPECT_LT(after, 0.5 * before);
  EXPECT_GT(smallest_eigenvalue(clean.correlation), 0.0);
}

// Deviations are 2 (columns +-2 about 0 but for the small moves), the threshold half of it: 1.
TEST(Gerber, CountsByHand) {
  const Matrix returns(6, 2, {3, 3, -3, -3, 3, -3, 0.1, 3, -3, 0.1, 0, 0});
  const Matrix g = gerber_correlation(returns, 0.5);
  // Moves: (+,+) (-,-) (+,-) (0,+) (-,0) (0,0): together 2, apart 1, each asset moves 4 times.
  EXPECT_NEAR(g(0, 1), (2.0 - 1.0) / 4.0, 1e-16);
  EXPECT_EQ(g(0, 0), 1.0);
}

TEST(Gerber, IsPositiveSemidefiniteAndInTheCovariance) {
  const Matrix returns = one_factor(60, 20, 0.7, 9);
  const Matrix covariance = covariance_by(CovarianceMethod::kGerber, returns, 0.7);
  EXPECT_GT(smallest_eigenvalue(covariance), -1e-12);
  const Matrix sample = covariance_by(CovarianceMethod::kSample, returns);
  const Matrix g = gerber_correlation(returns, 0.7);
  EXPECT_NEAR(covariance(3, 8), g(3, 8) * std::sqrt(sample(3, 3) * sample(8, 8)), 1e-14);
  EXPECT_EQ(covariance(3, 3), sample(3, 3));
}

TEST(SemiCovariance, CountsLossesAlone) {
  const Matrix returns(4, 2, {-1, -2, 1, -1, -3, 2, 2, 2});
  const Matrix semi = covariance_by(CovarianceMethod::kSemi, returns);
  EXPECT_EQ(semi(0, 0), (1.0 + 9.0) / 4);
  EXPECT_EQ(semi(0, 1), 2.0 / 4);
  EXPECT_EQ(semi(1, 1), (4.0 + 1.0) / 4);
}

TEST(CovarianceEstimators, AConstantColumnHasNoCorrelation) {
  Matrix returns = one_factor(10, 3, 0.5, 1);
  for (std::size_t t = 0; t < 10; ++t) returns(t, 1) = 0.25;
  for (const auto method : {CovarianceMethod::kDenoised, CovarianceMethod::kGerber}) {
    const auto failed = estimate_covariance(returns, {.method = method});
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().field, "returns");
    EXPECT_NE(failed.error().message.find("column 2"), std::string::npos);
  }
  EXPECT_EQ(parse_covariance_estimator("gerber:1.5", "--cov").error().field, "--cov");
  EXPECT_EQ(parse_covariance_estimator("gerber:0.7", "--cov")->parameter, 0.7);
  EXPECT_EQ(to_text(*parse_covariance_estimator("gerber", "--cov")), "gerber:0.5");
}

TEST(FactorModel, FindsTheLoadingsOfExactData) {
  RandomStream stream(11, "test factors");
  Matrix factors(30, 2);
  Matrix returns(30, 3);
  for (std::size_t t = 0; t < 30; ++t) {
    factors(t, 0) = stream.normal();
    factors(t, 1) = stream.normal();
    for (std::size_t i = 0; i < 3; ++i) {
      returns(t, i) = 0.1 * static_cast<double>(i) + 2.0 * factors(t, 0) -
                      static_cast<double>(i) * factors(t, 1);
    }
  }
  const auto model = fit_factor_model(returns, factors).value();
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(model.alpha[i], 0.1 * static_cast<double>(i), 1e-14);
    EXPECT_NEAR(model.loadings(i, 0), 2.0, 1e-13);
    EXPECT_NEAR(model.loadings(i, 1), -static_cast<double>(i), 1e-13);
    EXPECT_NEAR(model.r_squared[i], 1.0, 1e-13);
  }
  EXPECT_LT(
      largest_difference(model.covariance(), covariance_by(CovarianceMethod::kSample, returns)),
      1e-12);
}

// Normal equations: residuals are orthogonal to the factors, and sum to zero.
TEST(FactorModel, ResidualsOwnNothingToTheFactors) {
  const Matrix returns = one_factor(50, 4, 0.8, 13);
  Matrix factors(50, 1);
  for (std::size_t t = 0; t < 50; ++t) factors(t, 0) = returns(t, 0) + 0.5 * returns(t, 1);
  const auto model = fit_factor_model(returns, factors).value();
  for (std::size_t i = 0; i < 4; ++i) {
    double sum = 0.0;
    double product = 0.0;
    double squares = 0.0;
    for (std::size_t t = 0; t < 50; ++t) {
      const double rest = returns(t, i) - model.alpha[i] - model.loadings(i, 0) * factors(t, 0);
      sum += rest;
      product += rest * factors(t, 0);
      squares += rest * rest;
    }
    EXPECT_NEAR(sum, 0.0, 1e-12);
    EXPECT_NEAR(product, 0.0, 1e-12);
    EXPECT_NEAR(model.residual_variance[i], squares / 48, 1e-14);
  }
}

TEST(FactorModel, AllComponentsAreTheSampleCovariance) {
  const Matrix returns = one_factor(40, 5, 0.8, 17);
  const Matrix sample = covariance_by(CovarianceMethod::kSample, returns);
  const auto all = principal_components(returns, 5).value();
  EXPECT_LT(largest_difference(all.covariance(), sample), 1e-13);
  const auto one = principal_components(returns, 1).value();
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(one.covariance()(i, i), sample(i, i), 1e-13);
  }
  EXPECT_GT(one.r_squared[4], one.r_squared[0]);
}

TEST(FactorModel, NamesTheFieldAtFault) {
  const Matrix returns = one_factor(10, 3, 0.5, 1);
  EXPECT_EQ(fit_factor_model(returns, Matrix(9, 1, 1.0)).error().field, "factors");
  EXPECT_EQ(fit_factor_model(returns, Matrix(10, 0)).error().field, "factors");
  EXPECT_EQ(fit_factor_model(returns, Matrix(10, 1, 1.0)).error().field, "factors");
  EXPECT_EQ(fit_factor_model(returns, Matrix(10, 1, NAN)).error().field, "factors");
  EXPECT_EQ(fit_factor_model(returns, Matrix(10, 9, 1.0)).error().field, "returns");
  EXPECT_EQ(principal_components(returns, 0).error().field, "n_factors");
  EXPECT_EQ(principal_components(returns, 4).error().field, "n_factors");
}

// Higham 2002, page 334: the nearest correlation matrix, to the printed digits.
TEST(NearestCorrelation, IsHighamsExample) {
  const Matrix given(3, 3, {1, 1, 0, 1, 1, 1, 0, 1, 1});
  const auto nearest = nearest_correlation(given).value();
  EXPECT_NEAR(nearest.matrix(0, 1), 0.7607, 5e-5);
  EXPECT_NEAR(nearest.matrix(0, 2), 0.1573, 5e-5);
  EXPECT_NEAR(nearest.distance, 0.5278, 5e-5);
  EXPECT_NEAR(nearest.smallest_eigenvalue, 1 - std::sqrt(2.0), 1e-14);
  EXPECT_GT(smallest_eigenvalue(nearest.matrix), -1e-11);
  EXPECT_EQ(nearest.matrix(1, 1), 1.0);
}

TEST(NearestPositiveSemidefinite, LeavesAGoodMatrixAloneAndCutsANegativeEigenvalue) {
  const Matrix good = covariance_by(CovarianceMethod::kSample, one_factor(20, 4, 0.5, 1));
  const auto same = nearest_positive_semidefinite(good).value();
  EXPECT_EQ(same.matrix, good);
  EXPECT_EQ(same.distance, 0.0);
  // Eigenvalues 3 and -1 on (1,1) and (1,-1): what remains is 1.5 everywhere.
  const auto cut = nearest_positive_semidefinite(Matrix(2, 2, {1, 2, 2, 1})).value();
  for (const double value : cut.matrix.values()) EXPECT_NEAR(value, 1.5, 1e-15);
  EXPECT_NEAR(cut.distance, 1.0, 1e-15);
  EXPECT_EQ(nearest_positive_semidefinite(Matrix(2, 2, {1, 2, 3, 1})).error().field, "covariance");
  EXPECT_EQ(nearest_correlation(Matrix(2, 2, {1, 0, 0, 2})).error().field, "covariance");
}

TEST(RollingMoments, FollowAWindowToTheLastDigits) {
  constexpr std::size_t kWindow = 30;
  Matrix returns = one_factor(400, 4, 0.5, 19);
  for (std::size_t t = 0; t < 400; ++t) returns(t, 2) = 1e6 + returns(t, 2);  // a far level
  RollingMoments rolling(4);
  for (std::size_t t = 0; t < returns.rows(); ++t) {
    rolling.add(returns.row(t));
    if (t < kWindow) continue;
    rolling.drop(returns.row(t - kWindow));
    ASSERT_EQ(rolling.count(), kWindow);
    if (t % 37 != 0) continue;
    Matrix window(kWindow, 4);
    for (std::size_t r = 0; r < kWindow; ++r) {
      std::ranges::copy(returns.row(t - kWindow + 1 + r), window.row(r).begin());
    }
    const auto expected = estimate_moments(window, {}).value();
    const auto moments = rolling.moments();
    EXPECT_LT(largest_difference(moments.covariance, expected.covariance), 1e-9);
    EXPECT_NEAR(moments.covariance(0, 1), expected.covariance(0, 1), 1e-13);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(moments.mean[i], expected.mean[i], 1e-9);
  }
}

}  // namespace
}  // namespace quanta::statistics
