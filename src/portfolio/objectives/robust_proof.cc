#include "portfolio/objectives/robust_proof.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "core/constants.h"
#include "core/sums.h"
#include "portfolio/optimizers/linear_bound.h"

namespace quanta::portfolio {
namespace {

/// U w / sqrt(w'Uw) by rows; zeros where there is no ellipsoid or it has no width there.
std::vector<double> slope_of_root(const RobustProblem& p, std::span<const double> w) {
  if (!(p.radius > 0.0)) return std::vector<double>(w.size());
  std::vector<double> slope = times(p.uncertainty, w);
  const double square = dot(slope, w);
  if (!(square > 0.0)) return std::vector<double>(w.size());
  for (double& value : slope) value /= std::sqrt(square);
  return slope;
}

}  // namespace

double worst_return(const RobustProblem& p, std::span<const double> w) {
  double out = dot(p.mean, w) - p.radius * dot(slope_of_root(p, w), w);
  for (std::size_t i = 0; i < p.box.size(); ++i) out -= p.box[i] * std::abs(w[i]);
  return out;
}

RobustProof robust_proof(const RobustProblem& p, std::span<const double> w,
                         const RobustDual& dual) {
  const std::size_t n = w.size();
  const bool utility = p.objective == Objective::kUtility;
  const std::vector<double> shared = times(p.covariance, w);
  const double variance = dot(shared, w);
  const double worst = worst_return(p, w);
  const WeightConstraints constraints{.bounds = p.bounds, .limits = p.limits};
  RobustProof out{.value = utility ? worst - 0.5 * p.risk_aversion * variance : variance,
                  .bound = utility ? kInfinity : -kInfinity,
                  .infeasibility = infeasibility_of(constraints, w)};
  if (!utility) {
    double size = 1e-300;
    for (const double m : p.mean) size = std::max(size, std::abs(m));
    out.infeasibility = std::max(out.infeasibility, (p.target - worst) / size);
  }
  if (!p.box.empty() && dual.shift.size() != n) return out;
  std::vector<double> mean = p.mean;  // m*
  const std::vector<double> slope = slope_of_root(p, w);
  for (std::size_t i = 0; i < n; ++i) {
    if (!p.box.empty()) mean[i] += std::clamp(dual.shift[i], -p.box[i], p.box[i]);
    mean[i] -= p.radius * slope[i];
  }
  // The utility, minimised with the other sign; or the variance.
  const double of_variance = utility ? p.risk_aversion : 2.0;
  const double of_return = utility ? 1.0 : std::max(dual.target, 0.0);
  std::vector<double> g(n);
  for (std::size_t i = 0; i < n; ++i) g[i] = of_variance * shared[i] - of_return * mean[i];
  const double least = linear_bound(constraints, g, dual.limits, 0.0) -
                       0.5 * of_variance * variance + (utility ? 0.0 : of_return * p.target);
  out.bound = utility ? -least : std::max(least, 0.0);  // no variance is negative
  return out;
}

}  // namespace quanta::portfolio
