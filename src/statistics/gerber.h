/// Co-movement by counting.
#pragma once

#include "core/matrix.h"

namespace quanta::statistics {

/// A move counts where it is at least `threshold` standard deviations: u_ti = 1 up, -1 down, else
/// 0.
///   g_ij = sum_t u_ti u_tj / sqrt(sum_t u_ti^2 sum_t u_tj^2)
/// the moves that two assets make together less those they make apart, over the moves of both. It
/// is positive semidefinite, which the paper's first form (over all periods in which one of both
/// moves) is not. An asset without any move has no correlation to others. Source: Gerber,
/// Markowitz, Ernst, Miao, Javid, Sargen, The Gerber Statistic, J. Portfolio Management 48
/// (2022), 3. `returns`: T x n, finite; threshold > 0 (the caller's to check). Unit diagonal. O(T
/// n^2).
Matrix gerber_correlation(const Matrix& returns, double threshold);

}  // namespace quanta::statistics
