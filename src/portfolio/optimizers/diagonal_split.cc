#include "portfolio/optimizers/diagonal_split.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include <Eigen/Dense>

namespace quanta::portfolio {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A gain of this share of the largest at least, in units of the variance: a split for one
/// relaxation alone fails the next.
constexpr double kLeastGain = 0.05;
/// Multiples of g'd / n. From nothing it must begin far inside: near the edge a coordinate can
/// hardly move. From a start a low one keeps most of what the start had, which does better in a
/// tree than the exact optimum of the node's own gains.
constexpr double kFirstBarrier = 30.0;
constexpr double kFirstBarrierFromStart = 0.1;
constexpr double kLastBarrier = 0.002;

MatrixXd part(const Matrix& quadratic, std::span<const std::uint32_t> kept) {
  const auto n = static_cast<Index>(kept.size());
  MatrixXd out(n, n);
  for (Index j = 0; j < n; ++j) {
    const std::span<const double> row = quadratic.row(kept[static_cast<std::size_t>(j)]);
    for (Index i = 0; i < n; ++i) out(i, j) = row[kept[static_cast<std::size_t>(i)]];
  }
  return out;
}

/// Whether Q - Diag(d) has a Cholesky factor.
bool is_positive(const MatrixXd& q, const VectorXd& d) {
  MatrixXd rest = q;
  rest.diagonal() -= d;
  const Eigen::LLT<Eigen::Ref<MatrixXd>> cholesky(rest);
  return cholesky.info() == Eigen::Success;
}

}  // namespace

std::vector<double> diagonal_split(const Matrix& quadratic, std::span<const std::uint32_t> kept,
                                   std::span<const double> gain, std::span<const double> start,
                                   int sweeps, const Execution& execution) {
  std::vector<double> out(quadratic.rows(), 0.0);
  const auto n = static_cast<Index>(kept.size());
  if (n == 0) return out;
  const MatrixXd q = part(quadratic, kept);
  VectorXd d = VectorXd::Zero(n);
  if (!start.empty()) {
    for (Index i = 0; i < n; ++i) d[i] = start[kept[static_cast<std::size_t>(i)]];
  }
  VectorXd g = Eigen::Map<const VectorXd>(gain.data(), n);
  const VectorXd scale = q.diagonal().cwiseMax(1e-300);
  const double most = g.cwiseProduct(scale).maxCoeff();
  g = most > 0.0 ? VectorXd((g.cwiseProduct(scale) / most).cwiseMax(kLeastGain))
                 : VectorXd::Ones(n);
  g = g.cwiseQuotient(scale);

  // A start at the very edge has no usable inverse; a step back from it costs nothing.
  d *= 0.98;
  MatrixXd rest = q;
  rest.diagonal() -= d;
  const Eigen::LLT<MatrixXd> cholesky(rest);
  if (cholesky.info() != Eigen::Success || !(cholesky.rcond() > 1e-12)) return out;
  MatrixXd inverse = cholesky.solve(MatrixXd::Identity(n, n));

  const double reach = g.cwiseQuotient(inverse.diagonal()).sum() + g.dot(d);
  double barrier = d.isZero() ? kFirstBarrier : kFirstBarrierFromStart;
  const double fall = std::pow(kLastBarrier / barrier, 1.0 / std::max(sweeps - 1, 1));
  for (int sweep = 0; sweep < sweeps && !execution.cancelled(); ++sweep, barrier *= fall) {
    const double total = std::max(g.dot(d), 0.1 * reach / static_cast<double>(n));
    const double mu = barrier * total / static_cast<double>(n);
    for (Index i = 0; i < n; ++i) {
      const double mii = inverse(i, i);
      const double step = std::max(1.0 / mii - mu / g[i], -d[i]);
      const double factor = step / (1.0 - step * mii);  // of M e e'M
      if (!std::isfinite(factor) || std::abs(step) * mii < 1e-9) continue;
      d[i] += step;
      const VectorXd column = inverse.col(i);
      for (Index j = 0; j < n; ++j) inverse.col(j) += (factor * column[j]) * column;
    }
  }
  d = d.cwiseMax(0.0);
  for (double cut = 1e-9; !is_positive(q, d); cut *= 10.0) {
    if (cut > 0.5) return out;
    d *= 1.0 - cut;
  }
  for (Index i = 0; i < n; ++i) out[kept[static_cast<std::size_t>(i)]] = d[i];
  return out;
}

}  // namespace quanta::portfolio
