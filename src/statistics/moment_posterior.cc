#include "statistics/moment_posterior.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "statistics/eigen_view.h"

namespace quanta::statistics {
namespace {}  // namespace

Result<MomentPosterior> moment_posterior(const Matrix& returns) {
  QUANTA_TRY(Moments moments, estimate_moments(returns, {}));
  const std::size_t n = returns.columns();
  const std::size_t n_periods = returns.rows();
  if (n_periods < n + 1) {
    return bad_input("returns", fmt::format("{} returns of {} assets leave the covariance open; "
                                            "its posterior needs at least {}",
                                            n_periods, n, n + 1));
  }
  QUANTA_TRY(const CovarianceRank rank, covariance_rank(moments.covariance));
  const RowMatrix scatter = static_cast<double>(n_periods - 1) * view(moments.covariance);
  const Eigen::LLT<RowMatrix> cholesky(scatter);
  if (rank.singular || cholesky.info() != Eigen::Success) {
    return bad_input("returns",
                     fmt::format("the covariance of the {} assets is singular (rank {}): some mix "
                                 "of them shows no risk at all, and there is no posterior",
                                 n, rank.rank));
  }
  const RowMatrix lower = cholesky.matrixL();
  return MomentPosterior{
      .mean = std::move(moments.mean),
      .factor = Matrix(n, n, std::vector<double>(lower.data(), lower.data() + lower.size())),
      .n_periods = n_periods};
}

double draw_chi_squared(double degrees, RandomStream& random) {
  assert(degrees >= 1.0);
  if (degrees < 2.0) {  // the method wants a shape of at least 1: X(k) = X(k + 2) U^(2/k)
    const double wide = draw_chi_squared(degrees + 2.0, random);
    return wide * std::pow(random.uniform_open(), 2.0 / degrees);
  }
  const double d = 0.5 * degrees - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  while (true) {
    const double x = random.normal();
    const double root = 1.0 + c * x;
    if (root <= 0.0) continue;
    const double v = root * root * root;
    if (std::log(random.uniform_open()) < 0.5 * x * x + d - d * v + d * std::log(v)) {
      return 2.0 * d * v;
    }
  }
}

Moments draw_moments(const MomentPosterior& posterior, RandomStream& random) {
  const auto n = static_cast<Eigen::Index>(posterior.mean.size());
  const double degrees = static_cast<double>(posterior.n_periods - 1);
  // S^-1 = L^-T B B' L^-1 with Bartlett's B, so that S = M M' with M = L B^-T.
  Eigen::MatrixXd b = Eigen::MatrixXd::Zero(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j < i; ++j) b(i, j) = random.normal();
    b(i, i) = std::sqrt(draw_chi_squared(degrees - static_cast<double>(i), random));
  }
  const Eigen::MatrixXd m =
      b.triangularView<Eigen::Lower>().solve(view(posterior.factor).transpose().eval()).transpose();
  const Eigen::MatrixXd covariance = m * m.transpose();
  Eigen::VectorXd normal(n);
  for (double& z : normal) z = random.normal();
  const Eigen::VectorXd shift = m * normal / std::sqrt(static_cast<double>(posterior.n_periods));

  Moments out{.mean = posterior.mean,
              .covariance = Matrix(posterior.mean.size(), posterior.mean.size()),
              .shrinkage = {}};
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto row = static_cast<std::size_t>(i);
    out.mean[row] += shift[i];
    for (Eigen::Index j = 0; j <= i; ++j) {
      const auto column = static_cast<std::size_t>(j);
      out.covariance(row, column) = out.covariance(column, row) = covariance(i, j);
    }
  }
  return out;
}

}  // namespace quanta::statistics
