/// What a linear function proves about weights: the last step of a certificate, from nothing but
/// the constraints and their multipliers. Shares no code with the solvers.
#pragma once

#include <span>

#include "portfolio/weights.h"

namespace quanta::portfolio {

/// Sum 1, bounds, limits, and mean'w >= *target where one is given.
struct WeightConstraints {
  const Bounds& bounds;
  std::span<const LinearLimit> limits = {};
  std::span<const double> mean = {};  ///< with a target
  const double* target = nullptr;
};

/// A lower bound of g'w over all weights that meet the constraints, by weak duality:
///   g'w >= min over the bounds on the budget of (g - A'u)'w + u'b.
/// Whatever the multipliers are, it is one; limits[r] > 0 counts for a lower side, < 0 for an upper
/// side, target where it is positive. A bound that is infinite is taken as 10^4.
double linear_bound(const WeightConstraints& constraints, std::span<const double> g,
                    std::span<const double> limit_multipliers, double target_multiplier);

/// Largest violation of the sum, a bound, a limit or the target, the latter two divided by their
/// largest coefficient.
double infeasibility_of(const WeightConstraints& constraints, std::span<const double> weights);

}  // namespace quanta::portfolio
