#include "statistics/factor_model.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "statistics/checked_returns.h"
#include "statistics/eigen_view.h"
#include "statistics/moments.h"

namespace quanta::statistics {
namespace {

std::vector<double> to_vector(const Eigen::VectorXd& v) { return {v.begin(), v.end()}; }

}  // namespace

Matrix FactorModel::covariance() const {
  const auto b = view(loadings);
  Eigen::MatrixXd product = b * view(factor_covariance) * b.transpose();
  product = (0.5 * (product + product.transpose())).eval();
  for (std::size_t i = 0; i < residual_variance.size(); ++i) {
    product.diagonal()[static_cast<Eigen::Index>(i)] += residual_variance[i];
  }
  return to_matrix(product);
}

Result<FactorModel> fit_factor_model(const Matrix& returns, const Matrix& factors) {
  const std::size_t k = factors.columns();
  QUANTA_CHECK(check_returns(returns, k + 2));
  if (factors.rows() != returns.rows() || k == 0) {
    return bad_input("factors", fmt::format("{} rows of {} factors for {} returns", factors.rows(),
                                            k, returns.rows()));
  }
  for (std::size_t t = 0; t < factors.rows(); ++t) {
    for (std::size_t j = 0; j < k; ++j) {
      if (std::isfinite(factors(t, j))) continue;
      return bad_input("factors", fmt::format("row {}, column {}: {} is not finite", t + 1, j + 1,
                                              factors(t, j)));
    }
  }
  const auto x = view(returns);
  const auto periods = static_cast<double>(x.rows());
  const Eigen::RowVectorXd factor_mean = view(factors).colwise().mean();
  const Eigen::RowVectorXd mean = x.colwise().mean();
  const Eigen::MatrixXd f = view(factors).rowwise() - factor_mean;
  const Eigen::MatrixXd y = x.rowwise() - mean;
  Eigen::ColPivHouseholderQR<Eigen::MatrixXd> solver(f);
  solver.setThreshold(1e-10);
  if (solver.rank() < f.cols()) {
    const auto last = solver.colsPermutation().indices()[f.cols() - 1];
    return bad_input("factors",
                     fmt::format("column {} is constant or a mix of the others; leave it "
                                 "out",
                                 last + 1));
  }
  const Eigen::MatrixXd b = solver.solve(y);  // k x n
  const Eigen::MatrixXd rest = y - f * b;
  FactorModel model;
  model.alpha = to_vector((mean - factor_mean * b).transpose());
  model.loadings = to_matrix(b.transpose());
  model.factor_covariance = to_matrix(f.transpose() * f / (periods - 1.0));
  const double freedom = periods - 1.0 - static_cast<double>(k);
  model.residual_variance = to_vector(rest.colwise().squaredNorm().transpose() / freedom);
  for (Eigen::Index i = 0; i < y.cols(); ++i) {
    const double all = y.col(i).squaredNorm();
    model.r_squared.push_back(all > 0.0 ? 1.0 - rest.col(i).squaredNorm() / all : 0.0);
  }
  return model;
}

Result<FactorModel> principal_components(const Matrix& returns, std::size_t n_factors) {
  QUANTA_TRY(Moments sample, estimate_moments(returns, {}));
  const std::size_t n = returns.columns();
  const std::size_t most = std::min(n, returns.rows() - 1);
  if (n_factors == 0 || n_factors > most) {
    return bad_input("n_factors", fmt::format("{} factors: 1 to {} come out of {} returns of {} "
                                              "assets",
                                              n_factors, most, returns.rows(), n));
  }
  const auto k = static_cast<Eigen::Index>(n_factors);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(view(sample.covariance));
  Eigen::MatrixXd b = solver.eigenvectors().rightCols(k).rowwise().reverse();
  for (Eigen::Index j = 0; j < k; ++j) {
    Eigen::Index largest = 0;
    b.col(j).cwiseAbs().maxCoeff(&largest);
    if (b(largest, j) < 0.0) b.col(j) *= -1.0;
  }
  const Eigen::VectorXd variances = solver.eigenvalues().tail(k).reverse();
  FactorModel model;
  model.alpha = std::move(sample.mean);
  model.loadings = to_matrix(b);
  model.factor_covariance = to_matrix(Eigen::MatrixXd(variances.asDiagonal()));
  for (std::size_t i = 0; i < n; ++i) {
    const auto row = b.row(static_cast<Eigen::Index>(i)).transpose().array();
    const double explained = (row.square() * variances.array()).sum();
    const double all = sample.covariance(i, i);
    model.residual_variance.push_back(std::max(0.0, all - explained));
    model.r_squared.push_back(all > 0.0 ? std::min(1.0, explained / all) : 0.0);
  }
  return model;
}

}  // namespace quanta::statistics
