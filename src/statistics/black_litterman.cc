#include "statistics/black_litterman.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "statistics/checked_returns.h"

namespace quanta::statistics {
namespace {

Result<void> check(const BlackLitterman& problem) {
  QUANTA_CHECK(check_covariance(problem.covariance));
  const std::size_t n = problem.covariance.rows();
  if (problem.market_weights.size() != n) {
    return bad_input("market_weights",
                     fmt::format("{} weights for {} assets", problem.market_weights.size(), n));
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (!std::isfinite(problem.market_weights[i])) {
      return bad_input("market_weights",
                       fmt::format("the weight of asset {} is not finite", i + 1));
    }
  }
  for (const auto& [name, value] : {std::pair{"delta", problem.delta}, {"tau", problem.tau}}) {
    if (!(value > 0.0 && std::isfinite(value))) {
      return bad_input(name, fmt::format("{} is not positive", value));
    }
  }
  for (std::size_t v = 0; v < problem.views.size(); ++v) {
    const View& view = problem.views[v];
    const auto wrong = [&](std::string_view what) {
      return bad_input("views", fmt::format("view {}: {}", v + 1, what));
    };
    std::vector<std::size_t> assets;
    double size = 0.0;
    for (const auto& [asset, weight] : view.weights) {
      if (asset >= n) return wrong(fmt::format("there is no asset {} among {}", asset + 1, n));
      if (!std::isfinite(weight)) return wrong("a weight is not finite");
      assets.push_back(asset);
      size += std::abs(weight);
    }
    std::ranges::sort(assets);
    if (std::ranges::adjacent_find(assets) != assets.end()) return wrong("an asset stands twice");
    if (!(size > 0.0)) return wrong("no asset has a weight");
    if (!std::isfinite(view.value)) return wrong("its return is not finite");
    if (view.confidence && !(*view.confidence >= 0.0 && *view.confidence <= 1.0)) {
      return wrong(fmt::format("the confidence {} is outside [0, 1]", *view.confidence));
    }
  }
  return {};
}

}  // namespace

Result<Posterior> black_litterman(const BlackLitterman& problem) {
  QUANTA_CHECK(check(problem));
  const auto n = static_cast<Eigen::Index>(problem.covariance.rows());
  const Eigen::Map<const Eigen::MatrixXd> s(problem.covariance.data(), n, n);
  const Eigen::Map<const Eigen::VectorXd> w(problem.market_weights.data(), n);
  const Eigen::VectorXd prior = problem.delta * (s * w);

  std::vector<std::size_t> held;  // the views that say anything
  for (std::size_t v = 0; v < problem.views.size(); ++v) {
    if (problem.views[v].confidence != 0.0) held.push_back(v);
  }
  const auto k = static_cast<Eigen::Index>(held.size());
  Eigen::MatrixXd p = Eigen::MatrixXd::Zero(k, n);
  Eigen::VectorXd q(k);
  for (Eigen::Index v = 0; v < k; ++v) {
    const View& view = problem.views[held[static_cast<std::size_t>(v)]];
    for (const auto& [asset, weight] : view.weights)
      p(v, static_cast<Eigen::Index>(asset)) = weight;
    q[v] = view.value;
  }
  const Eigen::MatrixXd sp = problem.tau * (s * p.transpose());  // n x k
  Eigen::MatrixXd middle = p * sp;
  for (Eigen::Index v = 0; v < k; ++v) {
    const std::size_t number = held[static_cast<std::size_t>(v)];
    const double variance = middle(v, v);
    if (!(variance > 0.0)) {
      return bad_input("views", fmt::format("view {}: its portfolio has no risk, so that nothing "
                                            "can be learnt from it",
                                            number + 1));
    }
    const double confidence = problem.views[number].confidence.value_or(0.5);
    middle(v, v) += variance * (1.0 - confidence) / confidence;
  }
  Posterior posterior;
  Eigen::VectorXd mean = prior;
  Eigen::MatrixXd covariance = (1.0 + problem.tau) * s;
  if (k > 0) {
    // On a unit diagonal, so that views of very different risk do not count as dependent.
    const Eigen::VectorXd scale = middle.diagonal().cwiseSqrt().cwiseInverse();
    const Eigen::MatrixXd scaled = scale.asDiagonal() * middle * scale.asDiagonal();
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(scaled);
    constexpr double kLeast = 1e-12;
    const Eigen::VectorXd& values = solver.eigenvalues();
    const Eigen::VectorXd away =
        solver.eigenvectors().transpose() * (scale.asDiagonal() * (q - p * prior));
    Eigen::VectorXd inverse = Eigen::VectorXd::Zero(k);
    for (Eigen::Index v = 0; v < k; ++v) {
      if (values[v] > kLeast * values[k - 1]) {
        inverse[v] = 1.0 / values[v];
      } else if (std::abs(away[v]) > 1e-9 * (1.0 + away.cwiseAbs().maxCoeff())) {
        // Certain views on dependent portfolios whose returns do not fit together.
        Eigen::Index worst = 0;
        solver.eigenvectors().col(v).cwiseAbs().maxCoeff(&worst);
        return bad_input("views", fmt::format("view {} contradicts other views that are held with "
                                              "certainty; lower a confidence or drop one",
                                              held[static_cast<std::size_t>(worst)] + 1));
      }
    }
    const Eigen::MatrixXd gain = sp * scale.asDiagonal() * solver.eigenvectors();
    mean += gain * inverse.cwiseProduct(away);
    covariance -= gain * inverse.asDiagonal() * gain.transpose();
  }
  posterior.prior.assign(prior.begin(), prior.end());
  posterior.mean.assign(mean.begin(), mean.end());
  posterior.covariance = Matrix(static_cast<std::size_t>(n), static_cast<std::size_t>(n));
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j <= i; ++j) {
      const double value = 0.5 * (covariance(i, j) + covariance(j, i));
      posterior.covariance(static_cast<std::size_t>(i), static_cast<std::size_t>(j)) = value;
      posterior.covariance(static_cast<std::size_t>(j), static_cast<std::size_t>(i)) = value;
    }
  }
  return posterior;
}

}  // namespace quanta::statistics
