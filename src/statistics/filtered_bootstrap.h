/// Resampling of returns whose volatilities come in cycles: too slow for the blocks of a few years
/// of data, but not for a model of them.
///
///   QUANTA_TRY(const FilteredReturns filtered, filter_returns(returns, seed, execution));
///   RandomStream random(seed, "filtered bootstrap", replicate);
///   const Matrix other = filtered_resample(filtered, random);     // T x n
#pragma once

#include <cstdint>
#include <vector>

#include "core/execution.h"
#include "core/matrix.h"
#include "core/random.h"
#include "core/result.h"

namespace quanta::statistics {

/// GARCH(1,1) with one set of parameters for all n assets and their sample variances as the
/// unconditional ones. With x_ti the return less its mean over the deviation of asset i,
///
///   x_ti = sqrt(g_ti) z_ti
///   g_(t+1)i = 1 - p + a (c x_ti^2 + (1 - c) mean_j x_tj^2) + (p - a) g_ti,    g_1i = 1,
///
/// a the weight of the last squares, p the persistence, and c how far the variance of an asset
/// follows its own squares and not those of all: 1, cycles of its own; 0, one cycle of the market.
/// The parameters come from a grid, a to 0.22, p from 0.5 to 0.995, c in quarters, each weighed by
/// exp(l), l = -1/2 sum_ti (ln g_ti + x_ti^2 / g_ti): the composite likelihood of Pakel, Shephard,
/// Sheppard and Engle, J. Business and Economic Statistics 39 (2021).
struct VolatilityCycles {
  double weight = 0.0;       ///< a
  double persistence = 0.0;  ///< p
  double own = 0.0;          ///< c
  double chance = 0.0;       ///< exp(l) over the sum of it; 1 over all
};

struct FilteredReturns {
  std::vector<double> mean;              ///< n
  Matrix scaled;                         ///< x, T x n
  Matrix to_sample;                      ///< n x n, see filtered_resample
  std::vector<VolatilityCycles> cycles;  ///< all of the grid
};

/// Errors: kBadInput, field "returns": as estimate_covariance; as many assets as periods, or a mix
/// of them without variance. kCancelled. Cost: O(T n) for each of 551 points of the grid, 400
/// resamples. `seed` is that of those resamples; same bits for any number of threads.
Result<FilteredReturns> filter_returns(const Matrix& returns, std::uint64_t seed,
                                       const Execution& execution);

/// One resample, T x n: parameters drawn by their chance, the rows z_t that they leave (centred,
/// with variance 1) drawn at random, each with the correlations of its day, and the recursion run
/// anew over them from the g of a random day. What comes out is turned by the matrix that makes the
/// covariance which 400 such resamples have on average that of the sample, so that draws lie around
/// the estimate. Deterministic in the stream. Cost: O(T n^2). Source: Barone-Adesi, Giannopoulos
/// and Vosper, J. Futures Markets 19 (1999).
Matrix filtered_resample(const FilteredReturns& filtered, RandomStream& random);

}  // namespace quanta::statistics
