#include "statistics/expected_returns.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "statistics/checked_returns.h"
#include "statistics/moments.h"

namespace quanta::statistics {

Result<std::vector<double>> ema_returns(const Matrix& returns, double span) {
  QUANTA_CHECK(check_returns(returns, 1));
  if (!(span >= 1.0 && std::isfinite(span))) {
    return bad_input("span", fmt::format("{} is below 1 period", span));
  }
  const double decay = 1.0 - 2.0 / (span + 1.0);
  std::vector<double> mean(returns.columns());
  double total = 0.0;
  for (std::size_t t = 0; t < returns.rows(); ++t) {
    total = decay * total + 1.0;
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] = decay * mean[i] + returns(t, i);
  }
  for (double& m : mean) m /= total;
  return mean;
}

Result<ShrunkMean> james_stein_returns(const Matrix& returns) {
  QUANTA_TRY(Moments sample, estimate_moments(returns, {}));
  const std::size_t n = sample.mean.size();
  ShrunkMean shrunk{.mean = std::move(sample.mean)};
  for (const double m : shrunk.mean) shrunk.target += m;
  shrunk.target /= static_cast<double>(n);
  if (n < 3) return shrunk;
  double distance = 0.0;
  for (const double m : shrunk.mean) distance += (m - shrunk.target) * (m - shrunk.target);
  const auto side = static_cast<Eigen::Index>(n);
  const Eigen::Map<const Eigen::MatrixXd> covariance(sample.covariance.data(), side, side);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance, Eigen::EigenvaluesOnly);
  const double noise = solver.eigenvalues().sum() - 2.0 * solver.eigenvalues()[side - 1];
  shrunk.shrinkage =
      distance > 0.0
          ? std::clamp(noise / (static_cast<double>(returns.rows()) * distance), 0.0, 1.0)
          : 1.0;
  for (double& m : shrunk.mean) m += shrunk.shrinkage * (shrunk.target - m);
  return shrunk;
}

Result<CapmReturns> capm_returns(const Matrix& returns, std::span<const double> market,
                                 double risk_free) {
  QUANTA_CHECK(check_returns(returns, 2));
  if (!std::isfinite(risk_free)) return bad_input("risk_free", "is not finite");
  const std::size_t n_periods = returns.rows();
  if (!market.empty() && market.size() != n_periods) {
    return bad_input("market", fmt::format("{} returns of the market for {} of the assets",
                                           market.size(), n_periods));
  }
  std::vector<double> m(market.begin(), market.end());
  if (m.empty()) {
    for (std::size_t t = 0; t < n_periods; ++t) {
      double sum = 0.0;
      for (const double r : returns.row(t)) sum += r;
      m.push_back(sum / static_cast<double>(returns.columns()));
    }
  }
  double mean = 0.0;
  for (const double x : m) mean += x;
  mean /= static_cast<double>(n_periods);
  if (!std::isfinite(mean)) return bad_input("market", "a return is not finite");
  double variance = 0.0;
  for (double& x : m) {
    x -= mean;
    variance += x * x;
  }
  // Equal returns leave rounding of their mean behind.
  if (!(variance > 1e-28 * mean * mean * static_cast<double>(n_periods))) {
    return bad_input("market", "never moves, so that no asset has a beta to it");
  }
  CapmReturns result{.mean = std::vector<double>(returns.columns()),
                     .beta = std::vector<double>(returns.columns())};
  for (std::size_t t = 0; t < n_periods; ++t) {
    for (std::size_t i = 0; i < result.beta.size(); ++i) result.beta[i] += m[t] * returns(t, i);
  }
  for (std::size_t i = 0; i < result.beta.size(); ++i) {
    result.beta[i] /= variance;
    result.mean[i] = risk_free + result.beta[i] * (mean - risk_free);
  }
  return result;
}

}  // namespace quanta::statistics
