/// Expected returns by other means than the average.
///
///   QUANTA_TRY(const auto shrunk, james_stein_returns(returns));
///   shrunk.mean;        // per period
///   shrunk.shrinkage;   // weight of the common mean
///
/// Shapes as in moments.h: `returns` is T x n, fractions per period; a mean has n entries, per
/// period.
#pragma once

#include <span>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"

namespace quanta::statistics {

/// The exponentially weighted mean of each column at the last period:
///   sum_t w_t r_t / sum_t w_t,  w_t = (1 - 2 / (span + 1))^(T-1-t),
/// as pandas computes ewm(span=span, adjust=True). Errors: kBadInput, field "returns" as in
/// moments.h (one row suffices); "span": below 1 or not finite.
Result<std::vector<double>> ema_returns(const Matrix& returns, double span);

struct ShrunkMean {
  std::vector<double> mean;
  double shrinkage = 0.0;  ///< weight of `target`, in [0, 1]
  double target = 0.0;     ///< the mean that all are drawn to
};

/// Means drawn to their own average b:  (1 - s) m + s b,
///   s = (n l - 2 l_1) / (T |m - b|^2),  clipped to [0, 1],
/// l the mean and l_1 the largest eigenvalue of the sample covariance. With fewer than three assets
/// nothing is gained by shrinking, and s is 0. Source: James and Stein (1961), in the form of
/// Meucci, Risk and Asset Allocation (2005), 4.4.1. Errors: as moments.h, two rows. Cost: O(T n^2 +
/// n^3).
Result<ShrunkMean> james_stein_returns(const Matrix& returns);

struct CapmReturns {
  std::vector<double> mean;
  std::vector<double> beta;
};

/// f + beta_i (E[m] - f), beta_i = cov(r_i, m) / var(m), with m the market's return of each period
/// and f the risk-free rate per period. An empty `market` stands for the equal-weighted mean of the
/// columns. Source: Sharpe, J. Finance 19 (1964). Errors: as moments.h, two rows; field "market":
/// another length than T, not finite, or without variance; "risk_free": not finite.
Result<CapmReturns> capm_returns(const Matrix& returns, std::span<const double> market,
                                 double risk_free);

}  // namespace quanta::statistics
