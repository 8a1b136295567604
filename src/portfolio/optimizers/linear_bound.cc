#include "portfolio/optimizers/linear_bound.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "core/constants.h"
#include "portfolio/optimizers/dual_bound.h"

namespace quanta::portfolio {
namespace {

constexpr double kFar = 1e4;

/// low <= coefficients'w <= high, for each limit and the target.
template <class Visit>
void for_each_row(const WeightConstraints& c, const Visit& visit) {
  for (std::size_t r = 0; r < c.limits.size(); ++r) {
    visit(r, std::span<const double>(c.limits[r].coefficients), c.limits[r].lower,
          c.limits[r].upper);
  }
  if (c.target != nullptr) visit(c.limits.size(), c.mean, *c.target, kInfinity);
}

}  // namespace

double linear_bound(const WeightConstraints& constraints, std::span<const double> g,
                    std::span<const double> limit_multipliers, double target_multiplier) {
  const std::size_t n = g.size();
  std::vector<double> pull(n);  // minus the gradient of the Lagrangian
  std::vector<double> lower(n);
  std::vector<double> upper(n);
  for (std::size_t i = 0; i < n; ++i) {
    pull[i] = -g[i];
    lower[i] = std::max(constraints.bounds.lower[i], -kFar);
    upper[i] = std::min(constraints.bounds.upper[i], kFar);
  }
  double bound = 0.0;
  for_each_row(constraints,
               [&](std::size_t r, std::span<const double> coefficients, double low, double high) {
                 double u = r < limit_multipliers.size() ? limit_multipliers[r] : 0.0;
                 if (r == constraints.limits.size()) u = std::max(target_multiplier, 0.0);
                 const double limit = u > 0.0 ? low : high;
                 if (u == 0.0 || std::isinf(limit))
                   return;  // a multiplier of no limit proves nothing
                 for (std::size_t i = 0; i < n; ++i) pull[i] += u * coefficients[i];
                 bound += u * limit;
               });
  return bound - largest_on_budget(pull, lower, upper, 1.0).value;
}

double infeasibility_of(const WeightConstraints& constraints, std::span<const double> weights) {
  double out = 0.0;
  double sum = 0.0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    sum += weights[i];
    out = std::max(
        {out, constraints.bounds.lower[i] - weights[i], weights[i] - constraints.bounds.upper[i]});
  }
  out = std::max(out, std::abs(sum - 1.0));
  for_each_row(constraints,
               [&](std::size_t, std::span<const double> coefficients, double low, double high) {
                 double size = 0.0;
                 double at = 0.0;
                 for (std::size_t i = 0; i < weights.size(); ++i) {
                   size = std::max(size, std::abs(coefficients[i]));
                   at += coefficients[i] * weights[i];
                 }
                 if (size > 0.0) out = std::max({out, (low - at) / size, (at - high) / size});
               });
  return out;
}

}  // namespace quanta::portfolio
