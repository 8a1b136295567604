#include "portfolio/objectives/shadow_prices.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace quanta::portfolio {

ShadowPrices shadow_prices_of(const WeightConstraints& constraints, std::span<const double> weights,
                              std::span<const double> gradient,
                              std::span<const double> limit_multipliers, double target_multiplier,
                              std::span<const double> distance_multipliers) {
  const WeightSlopes slopes = weight_slopes(constraints, weights, gradient, limit_multipliers,
                                            target_multiplier, distance_multipliers);
  ShadowPrices out;
  out.sum = slopes.budget + 0.0;
  for (std::size_t r = 0; r < constraints.limits.size(); ++r) {
    const double u = limit_multipliers[r];
    out.limits.push_back({.lower = std::max(u, 0.0), .upper = std::min(u, 0.0)});
  }
  if (constraints.target != nullptr) out.target = target_multiplier;
  const Bounds& bounds = constraints.bounds;
  double largest = 0.0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    largest = std::max({largest, std::abs(slopes.right[i] + slopes.budget),
                        std::abs(slopes.left[i] + slopes.budget)});
  }
  const double noise = 1e-12 * largest;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const bool low = weights[i] <= bounds.lower[i] && slopes.right[i] > noise;
    const bool high = weights[i] >= bounds.upper[i] && slopes.left[i] < -noise;
    out.lower.push_back(low ? slopes.right[i] : 0.0);
    out.upper.push_back(high ? slopes.left[i] : 0.0);
  }
  return out;
}

}  // namespace quanta::portfolio
