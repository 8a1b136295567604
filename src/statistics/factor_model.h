/// Covariances through a few factors.
///
///   QUANTA_TRY(const FactorModel model, fit_factor_model(returns, factors));
///   Matrix covariance = model.covariance();   // B F B' + diag(d)
#pragma once

#include <cstddef>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"

namespace quanta::statistics {

/// r_t = alpha + B f_t + e_t with uncorrelated e; all per period.
struct FactorModel {
  std::vector<double> alpha;              ///< n
  Matrix loadings;                        ///< B, n x k
  Matrix factor_covariance;               ///< F, k x k, divided by T - 1
  std::vector<double> residual_variance;  ///< d, n; by T - 1 - k for given factors, T - 1 for PCA
  std::vector<double> r_squared;          ///< n: share of the variance that the factors explain

  /// B F B' + diag(d), n x n.
  Matrix covariance() const;
};

/// Least squares of each column on given factors (T x k). Errors: kBadInput, field "returns" as in
/// moments.h, at least k + 2 rows; "factors": another number of rows, no column, not finite, or
/// columns that are linearly dependent (a constant one is). Cost: O(T k (k + n)).
Result<FactorModel> fit_factor_model(const Matrix& returns, const Matrix& factors);

/// The k first principal components of the sample covariance as factors, loadings orthonormal, the
/// largest entry of each positive so that signs are settled; alpha is the mean. The covariance
/// keeps the diagonal of the sample. Errors: as moments.h, two rows; "n_factors": 0 or more than
/// min(n, T - 1). Cost: O(T n^2 + n^3).
Result<FactorModel> principal_components(const Matrix& returns, std::size_t n_factors);

}  // namespace quanta::statistics
