#include "portfolio/objectives/risk_budgeting.h"

#include <cmath>

#include <Eigen/Cholesky>
#include <Eigen/Dense>
#include <fmt/format.h>

#include "statistics/checked_returns.h"

namespace quanta::portfolio {
namespace {

constexpr int kMostSteps = 200;

Result<Eigen::VectorXd> scaled_budgets(std::span<const double> budgets, std::size_t n) {
  if (budgets.empty()) {
    return Eigen::VectorXd(
        Eigen::VectorXd::Constant(static_cast<Eigen::Index>(n), 1.0 / static_cast<double>(n)));
  }
  if (budgets.size() != n) {
    return bad_input("budgets", fmt::format("{} budgets for {} assets", budgets.size(), n));
  }
  Eigen::VectorXd b(static_cast<Eigen::Index>(n));
  for (std::size_t i = 0; i < n; ++i) {
    if (!(budgets[i] > 0.0 && std::isfinite(budgets[i]))) {
      return bad_input("budgets",
                       fmt::format("asset {} has the budget {}; every budget is "
                                   "positive: leave an asset out that is to bear no risk",
                                   i + 1, budgets[i]));
    }
    b[static_cast<Eigen::Index>(i)] = budgets[i];
  }
  return Eigen::VectorXd(b / b.sum());
}

}  // namespace

Result<RiskBudgetAnswer> risk_budgeting(const Matrix& covariance, std::span<const double> budgets) {
  QUANTA_CHECK(statistics::check_covariance(covariance));
  const auto n = static_cast<Eigen::Index>(covariance.rows());
  QUANTA_TRY(const Eigen::VectorXd b, scaled_budgets(budgets, covariance.rows()));
  const Eigen::Map<const Eigen::MatrixXd> given(covariance.data(), n, n);
  Eigen::VectorXd deviation(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    if (!(given(i, i) > 0.0)) {
      return bad_input("covariance", fmt::format("asset {} has the variance {}; leave it out",
                                                 i + 1, given(i, i)));
    }
    deviation[i] = std::sqrt(given(i, i));
  }
  // In units of each asset's deviation: y there is w x deviation.
  const Eigen::VectorXd inverse = deviation.cwiseInverse();
  const Eigen::MatrixXd c = inverse.asDiagonal() * given * inverse.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> spectrum(c, Eigen::EigenvaluesOnly);
  if (spectrum.eigenvalues()[0] < -1e-9) {
    return bad_input("covariance",
                     fmt::format("not positive semidefinite: the smallest eigenvalue of its "
                                 "correlation is {:.3g}",
                                 spectrum.eigenvalues()[0]));
  }
  Eigen::VectorXd y = b.cwiseSqrt();
  const auto value = [&](const Eigen::VectorXd& at) {
    return 0.5 * at.dot(c * at) - b.dot(at.array().log().matrix());
  };
  double now = value(y);
  RiskBudgetAnswer answer;
  for (; answer.iterations < kMostSteps; ++answer.iterations) {
    const Eigen::VectorXd gradient = c * y - b.cwiseQuotient(y);
    const double off = (y.array() * gradient.array()).abs().maxCoeff();
    if (off <= 1e-16) break;
    Eigen::MatrixXd hessian = c;
    hessian.diagonal() += b.cwiseQuotient(y.cwiseAbs2());
    const Eigen::VectorXd step = -hessian.llt().solve(gradient);
    // Near the optimum a full step is right; rounding alone decides on values there.
    double length = 1.0;
    while (length > 1e-12 && (y + length * step).minCoeff() <= 0.0) length *= 0.5;
    Eigen::VectorXd next = y + length * step;
    double then = value(next);
    const double decrement = -gradient.dot(step);
    while (decrement > 1e-12 && length > 1e-12 && !(then <= now - 1e-4 * length * decrement)) {
      length *= 0.5;
      next = y + length * step;
      then = value(next);
    }
    if (!next.allFinite() || next.maxCoeff() > 1e12) {
      return infeasible("covariance",
                        "some long-only portfolio shows no risk, so that shares of the "
                        "risk are not defined; use a shrinkage covariance");
    }
    const bool settled = (next - y).cwiseAbs().maxCoeff() <= 1e-16 * y.maxCoeff();
    y = next;
    now = then;
    if (settled) break;
  }
  const Eigen::VectorXd raw = y.cwiseProduct(inverse);
  const Eigen::VectorXd w = raw / raw.sum();
  const Eigen::VectorXd marginal = given * w;
  const double variance = w.dot(marginal);
  if (!(variance > 1e-14 * given.diagonal().minCoeff())) {
    return infeasible("covariance",
                      "some long-only portfolio shows no risk, so that shares of the "
                      "risk are not defined; use a shrinkage covariance");
  }
  answer.weights.assign(w.begin(), w.end());
  answer.volatility = std::sqrt(variance);
  for (Eigen::Index i = 0; i < n; ++i) {
    answer.contributions.push_back(w[i] * marginal[i] / variance);
    answer.rule_residual =
        std::max(answer.rule_residual, std::abs(answer.contributions.back() - b[i]));
  }
  return answer;
}

}  // namespace quanta::portfolio
