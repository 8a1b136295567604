/// Which of the distances of a problem stand in a program.
#pragma once

#include <span>
#include <vector>

#include "portfolio/optimizers/linear_bound.h"

namespace quanta::portfolio {

/// One per distance. A limit that is kept without being told so is better left out: in pieces of
/// the weights nothing would tell apart what is bought and sold again.
using Counted = std::vector<bool>;

/// Those that cost.
Counted costly(std::span<const WeightDistance> distances);

/// Counts the limits that these weights break, or all; whether there was a new one.
bool count_broken(std::span<const WeightDistance> distances, std::span<const double> weights,
                  Counted& counted);
bool count_all(std::span<const WeightDistance> distances, Counted& counted);

}  // namespace quanta::portfolio
