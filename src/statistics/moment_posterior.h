/// What returns leave open about their means and covariance: the Bayesian posterior.
///
///   QUANTA_TRY(const MomentPosterior posterior, moment_posterior(returns));
///   RandomStream random(seed, "posterior of weights", draw);
///   const Moments possible = draw_moments(posterior, random);      // per period
#pragma once

#include <cstddef>
#include <vector>

#include "core/matrix.h"
#include "core/random.h"
#include "core/result.h"
#include "statistics/moments.h"

namespace quanta::statistics {

/// T independent normal returns of n assets, with the prior p(mu, S) ~ |S|^(-(n+1)/2) of Jeffreys,
/// which says as little as can be said before the data:
///
///   S | data      inverse Wishart with T - 1 degrees of freedom and scale A = sum_t d_t d_t'
///   mu | S, data  normal with mean m and covariance S / T
///
/// m the arithmetic means, d_t = r_t - m. So mu alone is multivariate t with T - n degrees of
/// freedom, and E[S] = A / (T - n - 2). Source: Gelman and others, Bayesian Data Analysis (2013),
/// section 3.6.
struct MomentPosterior {
  std::vector<double> mean;   ///< m, n
  Matrix factor;              ///< L, lower triangular, A = L L'
  std::size_t n_periods = 0;  ///< T
};

/// Errors: kBadInput, field "returns": as estimate_covariance; T - 1 below n, or a mix of assets
/// without any variance, so that the posterior is none. Cost: O(T n^2).
Result<MomentPosterior> moment_posterior(const Matrix& returns);

/// One draw of (mu, S), per period. Deterministic in the stream. Cost: O(n^3). Source of the draw:
/// Bartlett's decomposition, Proc. Royal Society of Edinburgh 53 (1933).
Moments draw_moments(const MomentPosterior& posterior, RandomStream& random);

/// A draw of the chi-squared distribution. degrees >= 1. Source: Marsaglia and Tsang, ACM Trans.
/// Mathematical Software 26 (2000).
double draw_chi_squared(double degrees, RandomStream& random);

}  // namespace quanta::statistics
