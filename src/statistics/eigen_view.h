/// Matrices as Eigen sees them. For .cc files only: the header is heavy.
#pragma once

#include <cstddef>

#include <Eigen/Core>

#include "core/matrix.h"

namespace quanta::statistics {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

inline Eigen::Map<const RowMatrix> view(const Matrix& m) {
  return {m.data(), static_cast<Eigen::Index>(m.rows()), static_cast<Eigen::Index>(m.columns())};
}

inline Matrix to_matrix(const RowMatrix& m) {
  Matrix out(static_cast<std::size_t>(m.rows()), static_cast<std::size_t>(m.cols()));
  Eigen::Map<RowMatrix>(out.data(), m.rows(), m.cols()) = m;
  return out;
}

}  // namespace quanta::statistics
