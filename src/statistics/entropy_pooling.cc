#include "statistics/entropy_pooling.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "statistics/checked_returns.h"

namespace quanta::statistics {
namespace {

constexpr int kMostSteps = 500;
constexpr double kSolved = 1e-12;  // of the values' standard deviation

Result<void> check_probabilities(std::span<const double> p, std::string_view field) {
  double sum = 0.0;
  for (std::size_t t = 0; t < p.size(); ++t) {
    if (!(p[t] >= 0.0 && std::isfinite(p[t]))) {
      return bad_input(field, fmt::format("scenario {} has the probability {}", t + 1, p[t]));
    }
    sum += p[t];
  }
  if (!(std::abs(sum - 1.0) <= 1e-9)) {
    return bad_input(field, fmt::format("the probabilities sum to {}, not to 1", sum));
  }
  return {};
}

/// The dual problem in views scaled to mean 0 and deviation 1 under the prior:
///   minimise ln sum_t q_t exp(-l'x_t) + l'b,
/// l_v of an inequality of one sign. Its gradient is b - E[x], its Hessian the covariance of x.
class Dual {
 public:
  Dual(Eigen::VectorXd prior, Eigen::MatrixXd x, Eigen::VectorXd b)
      : prior_(std::move(prior)), x_(std::move(x)), b_(std::move(b)) {}

  double value(const Eigen::VectorXd& l) {
    const Eigen::ArrayXd exponent = -(x_ * l).array();
    const double most = exponent.maxCoeff();
    p_ = prior_.array() * (exponent - most).exp();
    const double sum = p_.sum();
    p_ /= sum;
    return std::log(sum) + most + l.dot(b_);
  }
  Eigen::VectorXd gradient() const { return b_ - x_.transpose() * p_; }
  Eigen::MatrixXd hessian() const {
    const Eigen::VectorXd mean = x_.transpose() * p_;
    return x_.transpose() * p_.asDiagonal() * x_ - mean * mean.transpose();
  }
  const Eigen::VectorXd& probabilities() const { return p_; }

 private:
  Eigen::VectorXd prior_;
  Eigen::MatrixXd x_;  // T x k
  Eigen::VectorXd b_;
  Eigen::VectorXd p_;
};

}  // namespace

Result<PooledProbabilities> pool_entropy(std::span<const double> prior,
                                         std::span<const EntropyView> views) {
  if (views.empty()) return bad_input("views", "at least one view is needed");
  const std::size_t n = prior.empty() ? views[0].values.size() : prior.size();
  if (n == 0) return bad_input("views", "the first view has no scenario");
  if (!prior.empty()) QUANTA_CHECK(check_probabilities(prior, "prior"));
  const auto rows = static_cast<Eigen::Index>(n);
  const auto k = static_cast<Eigen::Index>(views.size());
  Eigen::VectorXd q = Eigen::VectorXd::Constant(rows, 1.0 / static_cast<double>(n));
  if (!prior.empty()) q = Eigen::Map<const Eigen::VectorXd>(prior.data(), rows);

  Eigen::MatrixXd x(rows, k);
  Eigen::VectorXd b(k);
  Eigen::VectorXd scale(k);
  for (Eigen::Index v = 0; v < k; ++v) {
    const EntropyView& view = views[static_cast<std::size_t>(v)];
    const auto wrong = [&](std::string_view what) {
      return bad_input("views", fmt::format("view {}: {}", v + 1, what));
    };
    if (view.values.size() != n) {
      return wrong(fmt::format("{} values for {} scenarios", view.values.size(), n));
    }
    x.col(v) = Eigen::Map<const Eigen::VectorXd>(view.values.data(), rows);
    if (!x.col(v).allFinite() || !std::isfinite(view.target)) {
      return wrong("a number is not finite");
    }
    // What the scenarios of positive probability can reach at all.
    double least = HUGE_VAL;
    double most = -HUGE_VAL;
    for (Eigen::Index t = 0; t < rows; ++t) {
      if (q[t] <= 0.0) continue;
      least = std::min(least, x(t, v));
      most = std::max(most, x(t, v));
    }
    const bool too_high = view.relation != ViewRelation::kAtMost && view.target > most;
    const bool too_low = view.relation != ViewRelation::kAtLeast && view.target < least;
    if (too_high || too_low) {
      return infeasible("views",
                        fmt::format("view {}: {} is outside what the scenarios hold, {} to "
                                    "{}",
                                    v + 1, view.target, least, most));
    }
    const double mean = x.col(v).dot(q);
    x.col(v).array() -= mean;
    scale[v] = std::sqrt(x.col(v).array().square().matrix().dot(q));
    if (!(scale[v] > 1e-14 * std::max(std::abs(least), std::abs(most)))) scale[v] = 1.0;
    x.col(v) /= scale[v];
    b[v] = (view.target - mean) / scale[v];
  }

  const auto sign_of = [&](Eigen::Index v) {  // of the multiplier: p ~ q exp(-l x)
    switch (views[static_cast<std::size_t>(v)].relation) {
      case ViewRelation::kAtLeast:
        return -1;
      case ViewRelation::kAtMost:
        return 1;
      case ViewRelation::kEqual:
        break;
    }
    return 0;
  };
  Dual dual(q, x, b);
  Eigen::VectorXd l = Eigen::VectorXd::Zero(k);
  double value = dual.value(l);
  const auto residuals = [&] {
    Eigen::VectorXd away = -dual.gradient();  // E[x] - b
    for (Eigen::Index v = 0; v < k; ++v) {
      if (sign_of(v) < 0) away[v] = std::min(away[v], 0.0);
      if (sign_of(v) > 0) away[v] = std::max(away[v], 0.0);
    }
    return away;
  };
  for (int step = 0; step < kMostSteps; ++step) {
    const Eigen::VectorXd gradient = dual.gradient();
    std::vector<Eigen::Index> free;
    double slope = 0.0;
    for (Eigen::Index v = 0; v < k; ++v) {
      // Held at 0 where the dual would only grow on the allowed side.
      if (sign_of(v) != 0 && l[v] == 0.0 && sign_of(v) * gradient[v] >= 0.0) continue;
      free.push_back(v);
      slope = std::max(slope, std::abs(gradient[v]));
    }
    if (slope <= kSolved) break;
    const auto m = static_cast<Eigen::Index>(free.size());
    const Eigen::MatrixXd all = dual.hessian();
    Eigen::MatrixXd hessian(m, m);
    Eigen::VectorXd g(m);
    for (Eigen::Index i = 0; i < m; ++i) {
      g[i] = gradient[free[static_cast<std::size_t>(i)]];
      for (Eigen::Index j = 0; j < m; ++j) {
        hessian(i, j) = all(free[static_cast<std::size_t>(i)], free[static_cast<std::size_t>(j)]);
      }
    }
    // A little of the identity: views that say the same make the Hessian singular.
    hessian.diagonal().array() += 1e-14 + 1e-12 * hessian.diagonal().maxCoeff();
    const Eigen::VectorXd direction = -hessian.ldlt().solve(g);
    double length = 1.0;
    Eigen::VectorXd next = l;
    double next_value = value;
    for (int halving = 0; halving < 60; ++halving, length *= 0.5) {
      next = l;
      for (Eigen::Index i = 0; i < m; ++i) {
        const Eigen::Index v = free[static_cast<std::size_t>(i)];
        next[v] += length * direction[i];
        if (sign_of(v) * next[v] < 0.0) next[v] = 0.0;
      }
      next_value = dual.value(next);
      if (next_value <= value + 1e-4 * gradient.dot(next - l)) break;
    }
    if (next == l) break;
    l = next;
    value = next_value;
  }
  dual.value(l);

  const Eigen::VectorXd away = residuals();
  Eigen::Index worst = 0;
  PooledProbabilities pooled;
  pooled.residual = away.cwiseAbs().maxCoeff(&worst);
  if (!(pooled.residual <= 1e-8)) {
    return infeasible("views", fmt::format("view {} cannot hold together with the others: the "
                                           "nearest probabilities miss it by {:.3g}",
                                           worst + 1, pooled.residual * scale[worst]));
  }
  const Eigen::VectorXd& p = dual.probabilities();
  pooled.probabilities.assign(p.begin(), p.end());
  double entropy = 0.0;
  for (Eigen::Index t = 0; t < rows; ++t) {
    if (!(p[t] > 0.0)) continue;
    pooled.relative_entropy += p[t] * std::log(p[t] / q[t]);
    entropy -= p[t] * std::log(p[t]);
  }
  pooled.relative_entropy = std::max(0.0, pooled.relative_entropy);
  pooled.effective_scenarios = std::exp(entropy);
  for (Eigen::Index v = 0; v < k; ++v) pooled.multipliers.push_back(l[v] / scale[v]);
  return pooled;
}

Result<Moments> weighted_moments(const Matrix& returns, std::span<const double> probabilities) {
  QUANTA_CHECK(check_returns(returns, 2));
  if (probabilities.size() != returns.rows()) {
    return bad_input("probabilities", fmt::format("{} probabilities for {} returns",
                                                  probabilities.size(), returns.rows()));
  }
  QUANTA_CHECK(check_probabilities(probabilities, "probabilities"));
  const std::size_t n = returns.columns();
  Moments moments{.mean = std::vector<double>(n), .covariance = Matrix(n, n), .shrinkage = {}};
  for (std::size_t t = 0; t < returns.rows(); ++t) {
    for (std::size_t i = 0; i < n; ++i) moments.mean[i] += probabilities[t] * returns(t, i);
  }
  std::vector<double> away(n);
  for (std::size_t t = 0; t < returns.rows(); ++t) {
    for (std::size_t i = 0; i < n; ++i) away[i] = returns(t, i) - moments.mean[i];
    for (std::size_t i = 0; i < n; ++i) {
      const double weighted = probabilities[t] * away[i];
      for (std::size_t j = 0; j <= i; ++j) moments.covariance(i, j) += weighted * away[j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) moments.covariance(j, i) = moments.covariance(i, j);
  }
  return moments;
}

}  // namespace quanta::statistics
