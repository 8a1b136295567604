/// Resampling of a series that keeps what follows what: the stationary bootstrap.
///
///   QUANTA_TRY(const double block, stationary_block_length(series));
///   RandomStream random(seed, "bootstrap of weights", replicate);
///   for (const std::size_t t : stationary_resample(series.size(), block, random)) … series[t] …
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/matrix.h"
#include "core/random.h"
#include "core/result.h"

namespace quanta::statistics {

/// The mean block length b at which the stationary bootstrap estimates the variance of the mean of
/// a series of T numbers with the least mean square error:
///
///   b = (G^2 T / D)^(1/3),  G = sum_k l(k/M) |k| R(k),  D = (sum_k l(k/M) R(k))^2,  k = -M … M,
///
/// R the autocovariance (divided by T), l(s) = min(1, 2 (1 - |s|)), and M twice the first lag from
/// which max(5, log10 T) autocorrelations in a row stay within 2 sqrt(log10 T / T). b lies between
/// 1 (a constant series too) and min(3 sqrt T, T/3), rounded up.
///
/// Errors: kBadInput, field "x": fewer than 10 numbers, not finite (names the index). Cost:
/// O(T^1.5) at most. Source: Politis and White, Econometric Reviews 23 (2004), section 3.2, with
/// the correction of Patton, Politis and White, Econometric Reviews 28 (2009); the first lag as in
/// the programs of those authors, one above the m of the paper.
Result<double> stationary_block_length(std::span<const double> x);

/// T places in {0 … T-1}: blocks that begin anywhere, wrap around at the end, and have a length
/// drawn from the geometric distribution of mean `block_length`. Preconditions: T > 0,
/// block_length >= 1. Cost: O(T). Source: Politis and Romano, J. American Statistical Association
/// 89 (1994).
std::vector<std::size_t> stationary_resample(std::size_t n_periods, double block_length,
                                             RandomStream& random);

/// The rows of a T x n matrix at those places.
Matrix rows_at(const Matrix& matrix, std::span<const std::size_t> places);

}  // namespace quanta::statistics
