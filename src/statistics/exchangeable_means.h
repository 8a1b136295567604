/// True means differ less than averages of a few years do: what returns leave open about them where
/// no asset is known to be better than another before the data.
///
///   QUANTA_TRY(const ExchangeableMeans means, exchangeable_means(averages, covariance, 1.0 / T));
///   const DrawnMeans possible = draw_means(means, deviation, random);
#pragma once

#include <span>
#include <vector>

#include "core/matrix.h"
#include "core/random.h"
#include "core/result.h"

namespace quanta::statistics {

/// The model, m the averages of n assets, mu the means and 1 a vector of ones:
///
///   m | mu        normal with mean mu and covariance V
///   mu | level, s normal with mean level x 1 and covariance s V
///   level flat, p(s) ~ (1 + s)^(-1/2)
///
/// With B = 1 / (1 + s), the share by which differences shrink, and g = 1'V^-1 m / 1'V^-1 1:
///
///   B | m        gamma with shape (n - 2)/2 and rate Q/2, cut off at 1,
///                Q = (m - g 1)' V^-1 (m - g 1)
///   mu | B, m    normal with mean g 1 + (1 - B)(m - g 1) and covariance
///                (1 - B) V + B 1 1' / 1'V^-1 1
///
/// Where Q is large, B is close to (n - 2)/Q, as of James and Stein, and mu to m. The level itself,
/// the expected return of the portfolio of least variance, is not shrunk. The covariance of mu is
/// that of Jorion, J. Financial and Quantitative Analysis 21 (1986); the sampled s in place of its
/// estimate: Strawderman, Annals of Mathematical Statistics 42 (1971); a prior that is flat in
/// sqrt(s) where s is large: Gelman, Bayesian Analysis 1 (2006).
struct ExchangeableMeans {
  std::vector<double> mean;           ///< m, n
  std::vector<double> level_weights;  ///< V^-1 1 / 1'V^-1 1, n; sum 1
  double level = 0.0;                 ///< g
  double level_variance = 0.0;        ///< 1 / 1'V^-1 1
  double distance = 0.0;              ///< Q
};

/// V = scale x covariance (of independent returns: 1 / T times theirs).
///
/// Errors: kBadInput, field "means": fewer than three assets (differences of two are not shrunk:
/// no prior of this kind has a posterior), sizes that differ, a V that is not positive definite.
/// Cost: O(n^3).
Result<ExchangeableMeans> exchangeable_means(std::span<const double> mean, const Matrix& covariance,
                                             double scale);

struct DrawnMeans {
  std::vector<double> mean;  ///< mu, n
  double level = 0.0;        ///< level_weights'mu
};

/// One draw of mu. `deviation` is a draw of m - mu, of mean 0 and covariance V, by whatever way
/// those are drawn; it stays the noise of mu, the part that moves all assets alike as it is and the
/// rest times sqrt(1 - B). Deterministic in the stream. Cost: O(n). Precondition: n deviations.
DrawnMeans draw_means(const ExchangeableMeans& means, std::span<const double> deviation,
                      RandomStream& random);

/// A draw of the gamma distribution of that shape and rate, given that it is at most 1. shape >=
/// 0.5, rate >= 0. By rejection: draws of the gamma distribution while these are likely below 1,
/// else -log of it from an exponential that is above its log-concave density.
double draw_gamma_below_one(double shape, double rate, RandomStream& random);

}  // namespace quanta::statistics
