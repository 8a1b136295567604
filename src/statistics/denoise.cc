#include "statistics/denoise.h"

#include <cmath>

#include <Eigen/Dense>

namespace quanta::statistics {

DenoisedCorrelation denoised_correlation(const Matrix& correlation, std::size_t n_periods) {
  const auto n = static_cast<Eigen::Index>(correlation.rows());
  const Eigen::Map<const Eigen::MatrixXd> sample(correlation.data(), n, n);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(sample);
  Eigen::VectorXd values = solver.eigenvalues();  // ascending

  // A smaller edge leaves fewer eigenvalues below it, which lowers the edge: it ends after n
  // rounds.
  DenoisedCorrelation result;
  Eigen::Index n_noise = n;
  for (;;) {
    result.noise_variance = n_noise > 0 ? values.head(n_noise).mean() : 0.0;
    const double spread =
        1.0 + std::sqrt(static_cast<double>(n_noise) / static_cast<double>(n_periods));
    result.edge = result.noise_variance * spread * spread;
    Eigen::Index below = 0;
    while (below < n_noise && values[below] <= result.edge) ++below;
    if (below == n_noise) break;
    n_noise = below;
  }
  result.n_signals = static_cast<std::size_t>(n - n_noise);
  if (n_noise > 0) values.head(n_noise).setConstant(values.head(n_noise).mean());
  const Eigen::MatrixXd rebuilt =
      solver.eigenvectors() * values.asDiagonal() * solver.eigenvectors().transpose();
  const Eigen::VectorXd scale = rebuilt.diagonal().cwiseSqrt().cwiseInverse();
  result.correlation = Matrix(correlation.rows(), correlation.rows(), 1.0);
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j < i; ++j) {
      const double value = rebuilt(i, j) * scale[i] * scale[j];
      result.correlation(static_cast<std::size_t>(i), static_cast<std::size_t>(j)) = value;
      result.correlation(static_cast<std::size_t>(j), static_cast<std::size_t>(i)) = value;
    }
  }
  return result;
}

}  // namespace quanta::statistics
