/// Shadow prices from the gradient of an objective and the multipliers of its limits.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "portfolio/objectives/mean_variance.h"
#include "portfolio/optimizers/linear_bound.h"

namespace quanta::portfolio {

/// For an objective that is minimised, with this gradient at its optimum; multipliers as in
/// linear_bound. Prices of bounds that are rounding are 0.
ShadowPrices shadow_prices_of(const WeightConstraints& constraints, std::span<const double> weights,
                              std::span<const double> gradient,
                              std::span<const double> limit_multipliers, double target_multiplier,
                              std::span<const double> distance_multipliers = {});

/// The checks of both: sizes and ranges. Errors: as optimize_mean_variance.
Result<void> check_distances(std::size_t n, double max_leverage,
                             const std::optional<Trading>& trading);

/// The leverage and the turnover, where they are limited or cost; the latter last.
std::vector<WeightDistance> distances_of(std::size_t n, double max_leverage,
                                         const std::optional<Trading>& trading);

}  // namespace quanta::portfolio
