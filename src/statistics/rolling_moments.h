/// Moments that follow a window of returns, for walk-forward tests.
///
///   RollingMoments rolling(n_assets);
///   for (std::size_t t = 0; t < T; ++t) {
///     rolling.add(returns.row(t));
///     if (t >= window) rolling.drop(returns.row(t - window));
///     …  rolling.moments() …
///   }
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/matrix.h"
#include "statistics/moments.h"

namespace quanta::statistics {

/// Means and sample covariance (divided by count - 1) of the rows that were added and not dropped.
/// O(n^2) a row in place of O(T n^2). Sums are kept of deviations from the first row, and in two
/// doubles each, so that dropping rows takes out to the last digits what adding them put in.
class RollingMoments {
 public:
  explicit RollingMoments(std::size_t n_assets);

  std::size_t count() const { return count_; }
  /// n finite numbers.
  void add(std::span<const double> row);
  /// A row that was added before.
  void drop(std::span<const double> row);
  /// At least two rows must be in.
  Moments moments() const;

 private:
  void change(std::span<const double> row, double sign);

  std::size_t n_;
  std::size_t count_ = 0;
  std::vector<double> origin_;    ///< the first row
  std::vector<double> sum_;       ///< n
  std::vector<double> sum_rest_;  ///< what rounding left out of sum_
  std::vector<double> products_;  ///< lower triangle by rows
  std::vector<double> products_rest_;
};

}  // namespace quanta::statistics
