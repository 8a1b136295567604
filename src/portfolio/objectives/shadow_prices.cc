#include "portfolio/objectives/shadow_prices.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>

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

Result<void> check_distances(std::size_t n, double max_leverage,
                             const std::optional<Trading>& trading) {
  if (!(max_leverage >= 0.0)) {
    return bad_input("max_leverage", fmt::format("{} is not a leverage; 1.6 allows 130 % long and "
                                                 "30 % short",
                                                 max_leverage));
  }
  if (max_leverage < 1.0 - kSumRoom) {
    return infeasible(
        "max_leverage",
        fmt::format("weights sum to 1, so that their sizes sum to 1 at least, and the "
                    "leverage may be {} at most",
                    max_leverage));
  }
  if (!trading) return {};
  if (trading->current.size() != n) {
    return bad_input("trading",
                     fmt::format("{} current weights for {} assets", trading->current.size(), n));
  }
  for (const double w : trading->current) {
    if (!std::isfinite(w)) return bad_input("trading", fmt::format("{} is not a finite number", w));
  }
  if (!(trading->cost >= 0.0 && std::isfinite(trading->cost))) {
    return bad_input("cost", fmt::format("{} is not a cost of at least 0", trading->cost));
  }
  if (!trading->impact.empty() && trading->impact.size() != n) {
    return bad_input("impact",
                     fmt::format("{} coefficients for {} assets", trading->impact.size(), n));
  }
  for (const double c : trading->impact) {
    if (c >= 0.0 && std::isfinite(c)) continue;
    return bad_input("impact", fmt::format("{} is not a cost of at least 0", c));
  }
  if (!(trading->max_turnover >= 0.0)) {
    return bad_input("max_turnover",
                     fmt::format("{} is not a turnover of at least 0", trading->max_turnover));
  }
  return {};
}

std::vector<WeightDistance> distances_of(std::size_t n, double max_leverage,
                                         const std::optional<Trading>& trading) {
  std::vector<WeightDistance> out;
  if (std::isfinite(max_leverage)) {
    out.push_back({.center = std::vector<double>(n), .most = max_leverage});
  }
  if (trading) {
    out.push_back(
        {.center = trading->current, .most = trading->max_turnover, .cost = trading->cost});
  }
  return out;
}

}  // namespace quanta::portfolio
