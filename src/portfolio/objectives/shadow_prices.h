/// Shadow prices from the gradient of an objective and the multipliers of its limits.
#pragma once

#include <span>

#include "portfolio/objectives/mean_variance.h"
#include "portfolio/optimizers/linear_bound.h"

namespace quanta::portfolio {

/// For an objective that is minimised, with this gradient at its optimum; multipliers as in
/// linear_bound. Prices of bounds that are rounding are 0.
ShadowPrices shadow_prices_of(const WeightConstraints& constraints, std::span<const double> weights,
                              std::span<const double> gradient,
                              std::span<const double> limit_multipliers, double target_multiplier,
                              std::span<const double> distance_multipliers = {});

}  // namespace quanta::portfolio
