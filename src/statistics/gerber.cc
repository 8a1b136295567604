#include "statistics/gerber.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include <Eigen/Dense>

namespace quanta::statistics {

Matrix gerber_correlation(const Matrix& returns, double threshold) {
  const auto n_periods = static_cast<Eigen::Index>(returns.rows());
  const auto n = static_cast<Eigen::Index>(returns.columns());
  Eigen::MatrixXd moves(n_periods, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    double mean = 0.0;
    for (std::size_t t = 0; t < returns.rows(); ++t) {
      mean += returns(t, static_cast<std::size_t>(i));
    }
    mean /= static_cast<double>(n_periods);
    double squares = 0.0;
    for (std::size_t t = 0; t < returns.rows(); ++t) {
      const double away = returns(t, static_cast<std::size_t>(i)) - mean;
      squares += away * away;
    }
    const double least = threshold * std::sqrt(squares / static_cast<double>(n_periods - 1));
    for (Eigen::Index t = 0; t < n_periods; ++t) {
      const double r = returns(static_cast<std::size_t>(t), static_cast<std::size_t>(i));
      moves(t, i) = r >= least ? 1.0 : (r <= -least ? -1.0 : 0.0);
    }
  }
  const Eigen::MatrixXd together = moves.transpose() * moves;  // whole numbers: exact
  Matrix result(returns.columns(), returns.columns());
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j < n; ++j) {
      const double both = std::sqrt(together(i, i) * together(j, j));
      const double g = both > 0.0 ? together(i, j) / both : 0.0;
      result(static_cast<std::size_t>(i), static_cast<std::size_t>(j)) = i == j ? 1.0 : g;
    }
  }
  return result;
}

}  // namespace quanta::statistics
