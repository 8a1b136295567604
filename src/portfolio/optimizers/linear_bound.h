/// What a linear function proves about weights: the last step of a certificate, from nothing but
/// the constraints and their multipliers. Shares no code with the solvers.
#pragma once

#include <span>
#include <vector>

#include "core/constants.h"
#include "portfolio/weights.h"

namespace quanta::portfolio {

/// sum |w - center| <= most; and cost x sum |w - center| is a part of what is bounded.
struct WeightDistance {
  std::vector<double> center;  ///< n
  double most = kInfinity;
  double cost = 0.0;  ///< >= 0
};

/// Sum 1, bounds, limits, mean'w >= *target where one is given, and distances.
struct WeightConstraints {
  const Bounds& bounds;
  std::span<const LinearLimit> limits = {};
  std::span<const double> mean = {};  ///< with a target
  const double* target = nullptr;
  std::span<const WeightDistance> distances = {};
};

/// A lower bound of g'w + sum_k cost_k |w - c_k|_1 over all weights that meet the constraints, by
/// weak duality with multipliers u of limits and target and v of the distances:
///   min over the bounds on the budget of (g - A'u)'w + sum_k (cost_k + v_k) |w - c_k|_1
///   + u'b - sum_k v_k most_k,
/// one convex piecewise linear function per asset. Whatever the multipliers are, it is one;
/// limits[r] > 0 counts for a lower side, < 0 for an upper side, target and v where they are
/// positive. A bound that is infinite is taken as 10^4, or as what a distance leaves of it.
double linear_bound(const WeightConstraints& constraints, std::span<const double> g,
                    std::span<const double> limit_multipliers, double target_multiplier,
                    std::span<const double> distance_multipliers = {});

/// The price of the budget in that minimum, and beyond it the slope of each asset's function at its
/// weight: to the right of it and to its left, which differ at a center.
struct WeightSlopes {
  double budget = 0.0;
  std::vector<double> right;  ///< n
  std::vector<double> left;   ///< n
};
WeightSlopes weight_slopes(const WeightConstraints& constraints, std::span<const double> weights,
                           std::span<const double> g, std::span<const double> limit_multipliers,
                           double target_multiplier,
                           std::span<const double> distance_multipliers = {});

/// sum |w - center|.
double distance_between(std::span<const double> weights, std::span<const double> center);

/// Largest violation of the sum, a bound, a limit, the target or a distance, limits and target
/// divided by their largest coefficient.
double infeasibility_of(const WeightConstraints& constraints, std::span<const double> weights);

}  // namespace quanta::portfolio
