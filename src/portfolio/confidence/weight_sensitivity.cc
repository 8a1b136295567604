#include "portfolio/confidence/weight_sensitivity.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include <Eigen/Dense>
#include <fmt/format.h>

namespace quanta::portfolio {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kNoPrice = 1e-9;  // of the size of the gradient: a bound that costs nothing

VectorXd vector_of(const std::vector<double>& x) {
  return Eigen::Map<const VectorXd>(x.data(), static_cast<Index>(x.size()));
}

/// The optimum where it is free, and how it answers to changes.
struct LinearResponse {
  std::vector<std::size_t> free;
  VectorXd w;          ///< n
  VectorXd shared;     ///< Sw, n
  MatrixXd g;          ///< f x f
  double price = 0.0;  ///< l
  /// a ds: ds = mean_part dm'w + risk_part w'dS w + pull'(l dm - dS w), of the free ones in `pull`.
  VectorXd along;
  VectorXd pull;
  double mean_part = 0.0;
  double risk_part = 0.0;

  /// d weights for l dm - dS w = `force` (n), dm'w and w'dS w.
  std::vector<double> move(const VectorXd& force, double mean_change, double risk_change) const {
    const auto f = static_cast<Index>(free.size());
    VectorXd dw = VectorXd::Zero(f);
    double pulled = 0.0;
    for (Index a = 0; a < f; ++a) {
      const double on_free = force[static_cast<Index>(free[static_cast<std::size_t>(a)])];
      if (on_free == 0.0) continue;  // all but one or two, for a mean or a correlation
      dw += on_free * g.col(a);
      if (along.size() > 0) pulled += on_free * pull[a];
    }
    if (along.size() > 0) {
      dw += along * (mean_part * mean_change + risk_part * risk_change + pulled);
    }
    std::vector<double> out(static_cast<std::size_t>(w.size()), 0.0);
    for (std::size_t a = 0; a < free.size(); ++a) out[free[a]] = dw[static_cast<Index>(a)];
    return out;
  }
};

/// Rows that bind, on the free weights: the sum first.
MatrixXd binding_rows(const MeanVarianceProblem& p, const ContinuousAnswer& answer,
                      const std::vector<std::size_t>& free, bool target) {
  std::vector<const std::vector<double>*> rows;
  for (std::size_t r = 0; r < p.limits.size(); ++r) {
    const ShadowPrices::Limit& paid = answer.shadow_prices.limits[r];
    const LinearLimit& limit = p.limits[r];
    if (limit.lower == limit.upper || paid.lower != 0.0 || paid.upper != 0.0) {
      rows.push_back(&limit.coefficients);
    }
  }
  if (target) rows.push_back(&p.mean);
  const auto f = static_cast<Index>(free.size());
  MatrixXd out = MatrixXd::Ones(static_cast<Index>(rows.size()) + 1, f);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t a = 0; a < free.size(); ++a) {
      out(static_cast<Index>(r) + 1, static_cast<Index>(a)) = (*rows[r])[free[a]];
    }
  }
  return out;
}

Result<LinearResponse> respond(const MeanVarianceProblem& p, const ContinuousAnswer& answer) {
  const std::size_t n = p.mean.size();
  LinearResponse out;
  out.w = vector_of(answer.weights);
  const Eigen::Map<const MatrixXd> s(p.covariance.data(), out.w.size(), out.w.size());
  out.shared = s * out.w;
  for (std::size_t i = 0; i < n; ++i) {
    if (answer.weights[i] > p.bounds.lower[i] && answer.weights[i] < p.bounds.upper[i]) {
      out.free.push_back(i);
    }
  }
  const double excess = answer.expected_return - p.risk_free;
  bool target = false;
  switch (p.objective) {
    case Objective::kUtility:
      out.price = 1.0 / p.risk_aversion;
      break;
    case Objective::kMaxSharpe:
      out.price = answer.variance / excess;
      break;
    case Objective::kTargetReturn:
      out.price = 0.5 * *answer.shadow_prices.target;
      target = out.price > 0.0;
      break;
    default:
      break;
  }

  const auto f = static_cast<Index>(out.free.size());
  out.g = MatrixXd::Zero(f, f);
  if (f == 0) return out;
  MatrixXd s_free(f, f);
  VectorXd mean(f);
  VectorXd shared(f);
  for (Index a = 0; a < f; ++a) {
    const std::size_t i = out.free[static_cast<std::size_t>(a)];
    mean[a] = p.mean[i];
    shared[a] = out.shared[static_cast<Index>(i)];
    for (Index b = 0; b < f; ++b)
      s_free(a, b) = p.covariance(i, out.free[static_cast<std::size_t>(b)]);
  }
  const MatrixXd rows = binding_rows(p, answer, out.free, target);
  const Eigen::FullPivLU<MatrixXd> reduced(rows);
  const Index rank = reduced.rank();
  if (rank < f) {
    // Orthonormal, by QR of the transposed rows: the columns of Q behind the rank.
    const Eigen::ColPivHouseholderQR<MatrixXd> qr(rows.transpose());
    const MatrixXd q = qr.householderQ();
    const MatrixXd z = q.rightCols(f - rank);
    const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(z.transpose() * s_free * z);
    if (!(eigen.eigenvalues()[0] > 1e-12 * s_free.diagonal().maxCoeff())) {
      return bad_input("covariance",
                       "singular on the weights that no bound holds, so that they are not the "
                       "only ones and no derivative exists; shrinkage makes it regular");
    }
    const MatrixXd basis = z * eigen.eigenvectors();
    out.g = basis * eigen.eigenvalues().cwiseInverse().asDiagonal() * basis.transpose();
  }
  if (target) {
    VectorXd one = VectorXd::Zero(rows.rows());
    one[rows.rows() - 1] = 1.0;
    const VectorXd step = rows.completeOrthogonalDecomposition().solve(one);
    out.along = step - out.g * (s_free * step);  // d weights / d target
    out.pull = VectorXd::Zero(f);
    out.mean_part = -1.0;
  } else if (p.objective == Objective::kMaxSharpe) {
    // l (m'w - f) = w'Sw, differentiated along dw = G (l dm - dS w) + G m dl.
    const VectorXd slope = out.price * mean - 2.0 * shared;
    out.along = out.g * mean;
    const double divisor = slope.dot(out.along) + excess;
    out.pull = -(out.g * slope) / divisor;
    out.mean_part = -out.price / divisor;
    out.risk_part = 1.0 / divisor;
  }
  return out;
}

Result<void> check(const MeanVarianceProblem& p, const ContinuousAnswer& answer) {
  if (p.objective == Objective::kTrackingError) {
    return bad_input("objective",
                     "has no sensitivity: tracking-error rests on covariances with "
                     "its benchmark as well");
  }
  if (std::isfinite(p.max_leverage)) {
    return bad_input(
        "max_leverage",
        "a limit of leverage keeps weights at 0, at a kink; the sensitivity is that of "
        "weights without one");
  }
  if (p.trading) {
    return bad_input("trading",
                     "costs and turnover keep weights where they are, at a kink; the "
                     "sensitivity is that of weights without a start");
  }
  if (p.objective == Objective::kTargetReturn && !answer.shadow_prices.target) {
    return bad_input("target",
                     "it is the largest return within the bounds: no other weights reach "
                     "it, and none follow a change");
  }
  for (std::size_t i = 0; i < p.mean.size(); ++i) {
    if (p.covariance(i, i) > 0.0) continue;
    return bad_input("covariance", fmt::format("asset {} has no variance", i + 1));
  }
  return {};
}

std::vector<std::size_t> kinks_of(const MeanVarianceProblem& p, const ContinuousAnswer& answer,
                                  const LinearResponse& response) {
  const double unit = p.objective == Objective::kMaxSharpe ? std::abs(answer.value)
                                                           : response.shared.cwiseAbs().maxCoeff();
  const double sign = answer.sense == Sense::kMinimize ? 1.0 : -1.0;
  std::vector<double> paid;  // >= 0 at a lower bound, <= 0 at an upper one
  double least_lower = std::numeric_limits<double>::infinity();
  double most_upper = -least_lower;
  for (std::size_t i = 0; i < p.mean.size(); ++i) {
    paid.push_back(sign * (answer.shadow_prices.lower[i] + answer.shadow_prices.upper[i]));
    if (p.bounds.lower[i] == p.bounds.upper[i]) continue;
    if (answer.weights[i] == p.bounds.lower[i]) least_lower = std::min(least_lower, paid[i]);
    if (answer.weights[i] == p.bounds.upper[i]) most_upper = std::max(most_upper, paid[i]);
  }
  const double room = kNoPrice * unit;
  // Where nothing is free, the price of the sum is open between the bounds' and may be moved.
  if (response.free.empty() && least_lower - most_upper > room) return {};
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < p.mean.size(); ++i) {
    const double lower = p.bounds.lower[i];
    const double upper = p.bounds.upper[i];
    if (lower == upper) continue;
    const double w = answer.weights[i];
    const bool on_bound = w == lower || w == upper;
    const bool near = w - lower < 1e-9 || upper - w < 1e-9;
    if ((on_bound && std::abs(paid[i]) <= room) || (!on_bound && near)) out.push_back(i);
  }
  return out;
}

double total_move(const std::vector<double>& weights) {
  double sum = 0.0;
  for (const double w : weights) sum += std::abs(w);
  return sum;
}

}  // namespace

Result<WeightSensitivity> weight_sensitivity(const MeanVarianceProblem& problem,
                                             const ContinuousAnswer& answer, std::size_t n_pairs) {
  QUANTA_CHECK(check(problem, answer));
  QUANTA_TRY(const LinearResponse response, respond(problem, answer));
  const std::size_t n = problem.mean.size();
  const std::vector<double>& w = answer.weights;
  const auto at = [](std::size_t i) { return static_cast<Index>(i); };
  std::vector<double> sigma(n);
  for (std::size_t i = 0; i < n; ++i) sigma[i] = std::sqrt(problem.covariance(i, i));

  WeightSensitivity out{.mean = Matrix(n, n),
                        .volatility = Matrix(n, n),
                        .correlations = {},
                        .kinks = kinks_of(problem, answer, response)};
  VectorXd force(at(n));
  for (std::size_t j = 0; j < n; ++j) {
    force.setZero();
    force[at(j)] = response.price;
    std::ranges::copy(response.move(force, w[j], 0.0), out.mean.row(j).begin());
    // dS_ij = S_ij / sigma_j off the diagonal and twice that on it.
    for (std::size_t i = 0; i < n; ++i) force[at(i)] = -problem.covariance(i, j) * w[j] / sigma[j];
    force[at(j)] -= response.shared[at(j)] / sigma[j];
    const double risk = 2.0 * w[j] * response.shared[at(j)] / sigma[j];
    std::ranges::copy(response.move(force, 0.0, risk), out.volatility.row(j).begin());
  }

  // The largest few: a heap would save nothing against the moves themselves.
  std::vector<std::tuple<double, std::size_t, std::size_t>> sizes;
  const auto pair_move = [&](std::size_t j, std::size_t k) {
    const double scale = sigma[j] * sigma[k];
    force.setZero();
    force[at(j)] = -scale * w[k];
    force[at(k)] = -scale * w[j];
    return response.move(force, 0.0, 2.0 * scale * w[j] * w[k]);
  };
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = j + 1; k < n; ++k) {
      if (w[j] == 0.0 && w[k] == 0.0) continue;  // no part of the risk: nothing moves
      sizes.emplace_back(-total_move(pair_move(j, k)), j, k);
    }
  }
  std::ranges::sort(sizes);
  for (std::size_t c = 0; c < std::min(n_pairs, sizes.size()); ++c) {
    const auto [size, j, k] = sizes[c];
    if (size == 0.0) break;
    out.correlations.push_back({.first = j, .second = k, .weights = pair_move(j, k)});
  }
  return out;
}

}  // namespace quanta::portfolio
