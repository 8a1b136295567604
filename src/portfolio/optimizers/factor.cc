#include "portfolio/optimizers/factor.h"

#include <algorithm>

#include <Eigen/Cholesky>

namespace quanta::portfolio {

std::optional<Matrix> factor_up_to_rounding(Matrix matrix) {
  const auto n = static_cast<Eigen::Index>(matrix.rows());
  Eigen::Map<Eigen::MatrixXd> factor(matrix.data(), n, n);
  const double largest = factor.diagonal().maxCoeff();
  factor.diagonal() *= 1.0 + 1e-9;
  factor.diagonal().array() += 1e-12 * std::max(largest, 1e-200);
  const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> cholesky(factor);  // in place
  if (cholesky.info() != Eigen::Success) return std::nullopt;
  return matrix;
}

}  // namespace quanta::portfolio
