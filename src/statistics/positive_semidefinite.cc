#include "statistics/positive_semidefinite.h"

#include <cmath>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "statistics/checked_returns.h"

namespace quanta::statistics {
namespace {

constexpr int kMostRounds = 10'000;

Eigen::Map<const Eigen::MatrixXd> symmetric_view(const Matrix& m) {  // symmetric: either order
  return {m.data(), static_cast<Eigen::Index>(m.rows()), static_cast<Eigen::Index>(m.columns())};
}

Matrix symmetric(const Eigen::MatrixXd& m) {
  Matrix out(static_cast<std::size_t>(m.rows()), static_cast<std::size_t>(m.cols()));
  Eigen::Map<Eigen::MatrixXd>(out.data(), m.rows(), m.cols()) = 0.5 * (m + m.transpose());
  return out;
}

struct Projection {
  Eigen::MatrixXd matrix;
  double smallest = 0.0;  ///< eigenvalue before
};

Projection onto_cone(const Eigen::MatrixXd& m) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(m);
  const Eigen::VectorXd kept = solver.eigenvalues().cwiseMax(0.0);
  return {solver.eigenvectors() * kept.asDiagonal() * solver.eigenvectors().transpose(),
          solver.eigenvalues()[0]};
}

}  // namespace

Result<NearestMatrix> nearest_positive_semidefinite(const Matrix& covariance) {
  QUANTA_CHECK(check_covariance(covariance));
  const Eigen::MatrixXd given = symmetric_view(covariance);
  const Projection projection = onto_cone(given);
  if (projection.smallest >= 0.0) return NearestMatrix{covariance, 0.0, projection.smallest};
  return NearestMatrix{symmetric(projection.matrix), (projection.matrix - given).norm(),
                       projection.smallest};
}

Result<NearestMatrix> nearest_correlation(const Matrix& correlation) {
  QUANTA_CHECK(check_covariance(correlation));
  for (std::size_t i = 0; i < correlation.rows(); ++i) {
    if (std::abs(correlation(i, i) - 1.0) <= 1e-8) continue;
    return bad_input("covariance", fmt::format("element {} of the diagonal is {}: that of a "
                                               "correlation is 1",
                                               i + 1, correlation(i, i)));
  }
  const Eigen::MatrixXd given = symmetric_view(correlation);
  const double least = -1e-12 * static_cast<double>(correlation.rows());
  Eigen::MatrixXd now = given;
  Eigen::MatrixXd correction = Eigen::MatrixXd::Zero(given.rows(), given.cols());
  NearestMatrix result;
  for (int round = 0; round < kMostRounds; ++round) {
    const Eigen::MatrixXd away = now - correction;
    const Projection projection = onto_cone(away);
    if (round == 0) {
      result.smallest_eigenvalue = projection.smallest;
      if (projection.smallest >= 0.0) {
        result.matrix = correlation;
        return result;
      }
    }
    correction = projection.matrix - away;
    now = projection.matrix;
    now.diagonal().setOnes();
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(now, Eigen::EigenvaluesOnly);
    if (solver.eigenvalues()[0] >= least) break;
  }
  result.matrix = symmetric(now);
  result.distance = (now - given).norm();
  return result;
}

}  // namespace quanta::statistics
