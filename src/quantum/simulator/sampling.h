/// Measurement outcomes from a list of probabilities.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/random.h"

namespace quanta::quantum {

/// `shots` positions drawn with the given probabilities, which need not sum to 1 exactly.
/// Result: positions in rising order (the shots are exchangeable). A position of probability 0 is
/// never drawn; at least one must be positive. O(n + shots log shots).
std::vector<std::size_t> sample(std::span<const double> probabilities, std::size_t shots,
                                RandomStream& stream);

}  // namespace quanta::quantum
