/// Means and covariances of returns.
///
///   QUANTA_TRY(const auto estimator, parse_covariance_estimator("ewma:0.94", "--cov"));
///   QUANTA_TRY(const Moments daily, estimate_moments(returns, estimator));
///   const Moments annual = annualise(daily, 252.0);
///
/// Shapes: `returns` is T x n, one row per period in time order, one column per asset, fractions
/// per period. A covariance is n x n, exactly symmetric, in the squared unit of the returns.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/enum_text.h"
#include "core/matrix.h"
#include "core/result.h"

namespace quanta::statistics {

enum class CovarianceMethod {
  kSample,                         ///< divides by T - 1
  kLedoitWolfIdentity,             ///< shrunk towards mean variance x identity (2004)
  kLedoitWolfConstantCorrelation,  ///< shrunk towards one common correlation (2004)
  kLedoitWolfSingleFactor,         ///< shrunk towards one market factor (2003)
  kOas,                            ///< oracle approximating shrinkage (Chen and others 2010)
  kEwma,                           ///< exponentially weighted, mean taken as zero
  kDenoised,                       ///< noise eigenvalues made equal (Marchenko, Pastur)
  kGerber,                         ///< counts of large moves together and apart (2022)
  kSemi,                           ///< of the returns below zero alone
};

constexpr auto enum_names(CovarianceMethod) {
  using enum CovarianceMethod;
  return std::array{
      std::pair{kSample, std::string_view("sample")},
      std::pair{kLedoitWolfIdentity, std::string_view("ledoit-wolf-identity")},
      std::pair{kLedoitWolfConstantCorrelation,
                std::string_view("ledoit-wolf-constant-correlation")},
      std::pair{kLedoitWolfSingleFactor, std::string_view("ledoit-wolf-single-factor")},
      std::pair{kOas, std::string_view("oas")},
      std::pair{kEwma, std::string_view("ewma")},
      std::pair{kDenoised, std::string_view("denoised")},
      std::pair{kGerber, std::string_view("gerber")},
      std::pair{kSemi, std::string_view("semi")}};
}

/// A method with its parameter: what `--cov` says.
struct CovarianceEstimator {
  CovarianceMethod method = CovarianceMethod::kSample;
  /// kEwma: the weight kept per period, in (0, 1). kGerber: the threshold in deviations, in (0, 1].
  /// 0 stands for the usual one, 0.94 and 0.5. The others take none.
  double parameter = 0.0;

  friend bool operator==(const CovarianceEstimator&, const CovarianceEstimator&) = default;
};

/// The words of enum_names, with ":DECAY" behind "ewma" (alone it is 0.94) and ":THRESHOLD" behind
/// "gerber" (alone it is 0.5). Errors: kBadInput with `field`: an unknown word (with a suggestion),
/// a parameter that is no number in its range, or one where none belongs.
Result<CovarianceEstimator> parse_covariance_estimator(std::string_view text,
                                                       std::string_view field);

/// The text that parses back to it: "ewma:0.94".
std::string to_text(const CovarianceEstimator& estimator);

struct CovarianceEstimate {
  Matrix covariance;
  std::optional<double> shrinkage;  ///< weight of the target in [0, 1], where the method shrinks
};

/// The covariance of the columns by one method, per period. With C = the covariance divided by T:
///
///   sample                       C T / (T - 1)
///   ledoit-wolf-identity         (1-s) C + s m I, m = tr(C)/n. Ledoit and Wolf, "A
///                                well-conditioned estimator for large-dimensional covariance
///                                matrices", J. Multivariate Analysis 88 (2004), section 3.3.
///   ledoit-wolf-constant-correlation  (1-s) C + s F, F_ij = rbar sqrt(C_ii C_jj). Ledoit and
///                                Wolf, "Honey, I shrunk the sample covariance matrix", J.
///                                Portfolio Management 30 (2004), appendix A and B.
///   ledoit-wolf-single-factor    (1-s) C + s F, F_ij = b_i b_j var(m) off the diagonal, C_ii on
///   it,
///                                m the equal-weighted mean of the columns, b_i the beta to it.
///                                Ledoit and Wolf, "Improved estimation of the covariance matrix of
///                                stock returns", J. Empirical Finance 10 (2003).
///   oas                          (1-s) C + s m I. Chen, Wiesel, Eldar, Hero, "Shrinkage algorithms
///                                for MMSE covariance estimation", IEEE Trans. Signal Processing 58
///                                (2010), eq. 23, in the form that scikit-learn 1.2 computes (the
///                                terms divided by n are kept out of the numerator).
///   ewma                         sum_t w_t r_t r_t', w_t = (1-d) d^(T-1-t) / (1 - d^T)
///   denoised                     the sample's deviations with the correlation of denoise.h
///   gerber                       the sample's deviations with the correlation of gerber.h
///   semi                         sum_t min(r_t, 0) min(r_t, 0)' / T. Estrada, J. Applied Finance
///   18
///                                (2008).
///
/// Errors: kBadInput, field "returns": fewer than two rows, no column, a value that is not finite
/// (names row and column); for constant correlation fewer than two columns or a column without any
/// variance; the same columns for denoised and gerber. Field "decay" or "threshold": out of range.
/// Cost: O(T n^2); constant correlation twice that.
Result<CovarianceEstimate> estimate_covariance(const Matrix& returns,
                                               const CovarianceEstimator& estimator);

/// The arithmetic mean of each column, per period. Errors: as estimate_covariance, one row
/// suffices.
Result<std::vector<double>> mean_returns(const Matrix& returns);

/// Compound growth per year of each column: (product of (1 + r))^(periods_per_year / T) - 1.
/// Errors: as mean_returns; field "periods_per_year": not positive; field "returns": a return
/// below -1.
Result<std::vector<double>> compound_annual_growth(const Matrix& returns, double periods_per_year);

struct Moments {
  std::vector<double> mean;         ///< n
  Matrix covariance;                ///< n x n
  std::optional<double> shrinkage;  ///< see CovarianceEstimate
};

/// Arithmetic means and a covariance, per period. Errors: as estimate_covariance.
Result<Moments> estimate_moments(const Matrix& returns, const CovarianceEstimator& estimator);

/// Mean and covariance times periods_per_year (so volatility times its square root).
Moments annualise(Moments per_period, double periods_per_year);

/// rho_ij = S_ij / sqrt(S_ii S_jj), within [-1, 1], with an exact 1 on the diagonal. Errors:
/// kBadInput, field "covariance": not square; an asset without variance (names its index).
Result<Matrix> correlation(const Matrix& covariance);

/// How well a covariance matrix determines portfolios.
struct CovarianceRank {
  std::size_t rank = 0;              ///< eigenvalues above 1e-12 x the largest
  double smallest_eigenvalue = 0.0;  ///< of the matrix scaled to a unit diagonal
  double largest_eigenvalue = 0.0;   ///< the same
  bool singular = false;             ///< rank < n: some mix of the assets shows no risk at all
};

/// The rank by eigenvalues of the matrix scaled to unit diagonal, so that assets of very different
/// volatility do not count as singular; below 1e-12 an eigenvalue is rounding of the sums that made
/// the matrix. A sample covariance of T periods has rank at most T - 1. Errors: kBadInput, field
/// "covariance": not square, empty, not finite. Cost: O(n^3), n = 500 about 0.1 s.
Result<CovarianceRank> covariance_rank(const Matrix& covariance);

}  // namespace quanta::statistics
