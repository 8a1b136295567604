#include "portfolio/frontier/risk_model.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Core>

#include "core/sums.h"
#include "portfolio/frontier/pareto_proof.h"
#include "portfolio/objectives/scenario_proof.h"
#include "portfolio/objectives/scenario_tangent.h"
#include "statistics/eigen_view.h"

namespace quanta::portfolio {
namespace {

using Eigen::Index;
using Eigen::VectorXd;
using statistics::RowMatrix;

/// Probabilities below this say nothing of z.
constexpr double kNoShare = 1e-200;
/// Logarithms of shares that are nearer to each other are equal.
constexpr double kNoSpread = 1e-12;
/// The least z, beside the spread of the losses.
constexpr double kNoWidth = 1e-7;

Eigen::Map<const VectorXd> vector_of(std::span<const double> x) {
  return {x.data(), static_cast<Index>(x.size())};
}

/// z of y_t proportional to exp(loss_t / z): the ratio of two weighted means of loss and of ln y.
double width_of(const VectorXd& losses, const VectorXd& y) {
  double loss_by_share = 0.0;
  double log_by_share = 0.0;
  double loss_mean = 0.0;
  double log_mean = 0.0;
  double count = 0.0;
  for (Index t = 0; t < y.size(); ++t) {
    if (!(y[t] > kNoShare)) continue;
    const double log_share = std::log(y[t]);
    loss_by_share += y[t] * losses[t];
    log_by_share += y[t] * log_share;
    loss_mean += losses[t];
    log_mean += log_share;
    count += 1.0;
  }
  const double spread = log_by_share - log_mean / count;
  const double least = kNoWidth * (losses.maxCoeff() - losses.minCoeff());
  const double width = (loss_by_share - loss_mean / count) / spread;
  // Where the largest losses alone have shares, equal ones, z is on its way to 0.
  return spread > kNoSpread && width > least ? width : std::max(least, kNoShare);
}

}  // namespace

RiskModel::RiskModel(const ParetoProblem& problem, std::size_t risk)
    : asked_(&problem.risks[risk]), scenarios_(scenario_problem(problem, risk)) {
  if (!asked_->scenario) return;
  smooth_ = *asked_->scenario == ScenarioRisk::kSemivariance ||
            (*asked_->scenario == ScenarioRisk::kEvar && !tail_of_one(scenarios_));
}

double RiskModel::size() const {
  const double entry =
      largest_entry(asked_->scenario ? scenarios_.returns.values() : asked_->form.values());
  return asked_->scenario == ScenarioRisk::kSemivariance ? entry * entry : entry;
}

RiskDual RiskModel::dual(std::span<const double> weights) const {
  if (!asked_->scenario) return {.at = {weights.begin(), weights.end()}, .scenarios = {}};
  return {.at = {}, .scenarios = attained_dual(scenarios_, weights)};
}

Tangent RiskModel::tangent(std::span<const double> weights) const {
  Tangent out;
  if (asked_->scenario) {
    ScenarioGradient found = scenario_gradient(scenarios_, attained_dual(scenarios_, weights));
    out.gradient = std::move(found.gradient);
    out.constant = found.constant;
  } else {
    out.gradient = times(asked_->form, weights);
    out.constant = asked_->constant - dot(weights, out.gradient);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      out.gradient[i] =
          2.0 * (out.gradient[i] - (asked_->linear.empty() ? 0.0 : asked_->linear[i]));
    }
  }
  out.value = out.constant + dot(out.gradient, weights);
  return out;
}

void RiskModel::add_curvature(std::span<const double> weights, double factor, Matrix& to) const {
  Eigen::Map<RowMatrix> sum(to.data(), static_cast<Index>(to.rows()),
                            static_cast<Index>(to.columns()));
  if (!asked_->scenario) {
    sum += 2.0 * factor * statistics::view(asked_->form);
    return;
  }
  const auto returns = statistics::view(scenarios_.returns);
  const std::vector<double> dual = attained_dual(scenarios_, weights).scenarios;
  const Eigen::Map<const VectorXd> y = vector_of(dual);
  RowMatrix rows;
  if (*asked_->scenario == ScenarioRisk::kSemivariance) {
    const Eigen::RowVectorXd mean = returns.colwise().mean();
    rows.resize((y.array() > 0.0).count(), returns.cols());
    Index k = 0;
    for (Index t = 0; t < y.size(); ++t) {
      if (y[t] > 0.0) rows.row(k++) = mean - returns.row(t);
    }
    factor *= 2.0 / static_cast<double>(y.size());
  } else {
    // EVaR is min over z of F(w, z): F_ww - F_wz F_zw / F_zz, covariances under y of the
    // derivatives of the losses and of the losses themselves, over z.
    const VectorXd losses = -returns * vector_of(weights);
    factor /= width_of(losses, y);
    rows = -returns;
    const Eigen::RowVectorXd middle = y.transpose() * rows;
    rows.rowwise() -= middle;
    rows = y.cwiseSqrt().asDiagonal() * rows;
    const VectorXd centred = y.cwiseSqrt().cwiseProduct((losses.array() - y.dot(losses)).matrix());
    const double spread = centred.squaredNorm();
    if (spread > 0.0) {
      const VectorXd along = rows.transpose() * centred;
      sum.noalias() -= factor / spread * along * along.transpose();
    }
  }
  sum.noalias() += factor * rows.transpose() * rows;
}

}  // namespace quanta::portfolio
