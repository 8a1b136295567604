/// A series of prices as one phase, which phase estimation then reads.
#pragma once

#include <span>

#include "core/result.h"

namespace quanta::quantum {

/// The phase in turns, in [0, 1): the mean of (r_i - min r)/(max r - min r + 1e-10) over the simple
/// returns r_i = p_{i+1}/p_i - 1. It says where the mean return lies between the least and the
/// largest one; equal returns give 0.
///
/// Errors: kBadInput, field "prices": fewer than 3, one that is not positive and finite (says
/// which). Cost: O(n).
Result<double> phase_of_series(std::span<const double> prices);

}  // namespace quanta::quantum
