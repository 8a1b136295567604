#include "portfolio/objectives/shadow_prices.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "portfolio/optimizers/dual_bound.h"

namespace quanta::portfolio {

ShadowPrices shadow_prices_of(const WeightConstraints& constraints, std::span<const double> weights,
                              std::span<const double> gradient,
                              std::span<const double> limit_multipliers, double target_multiplier) {
  const std::size_t n = weights.size();
  ShadowPrices out;
  std::vector<double> pull(n);  // minus the gradient of the Lagrangian
  for (std::size_t i = 0; i < n; ++i) pull[i] = -gradient[i];
  for (std::size_t r = 0; r < constraints.limits.size(); ++r) {
    const double u = limit_multipliers[r];
    out.limits.push_back({.lower = std::max(u, 0.0), .upper = std::min(u, 0.0)});
    for (std::size_t i = 0; i < n; ++i) pull[i] += u * constraints.limits[r].coefficients[i];
  }
  if (constraints.target != nullptr) {
    out.target = target_multiplier;
    for (std::size_t i = 0; i < n; ++i) pull[i] += target_multiplier * constraints.mean[i];
  }
  const Bounds& bounds = constraints.bounds;
  out.sum = -largest_on_budget(pull, bounds.lower, bounds.upper, 1.0).price;
  double largest = 0.0;
  for (const double value : pull) largest = std::max(largest, std::abs(value));
  const double noise = 1e-12 * largest;
  for (std::size_t i = 0; i < n; ++i) {
    const double price = -pull[i] - out.sum;
    const bool low = weights[i] <= bounds.lower[i] && price > noise;
    const bool high = weights[i] >= bounds.upper[i] && price < -noise;
    out.lower.push_back(low ? price : 0.0);
    out.upper.push_back(high ? price : 0.0);
  }
  return out;
}

}  // namespace quanta::portfolio
