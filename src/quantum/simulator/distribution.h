/// Probabilities of very many outcomes, read block by block and never held at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "core/random.h"

namespace quanta::quantum {

struct Distribution {
  std::size_t size = 0;  ///< outcomes 0 … size - 1
  /// Writes the probabilities of the outcomes from `begin` on.
  std::function<void(std::size_t begin, std::span<double> out)> read = {};
};

/// Shots of independent outcomes as (outcome, how many), rising, each at least once. The
/// probabilities need not sum to 1 exactly; one of probability 0 is never drawn. At least one must
/// be positive. O(size + shots log shots); memory: one block and its own shots, at most 2^16.
std::vector<std::pair<std::size_t, std::uint64_t>> draw(const Distribution& distribution,
                                                        std::uint64_t shots, RandomStream& stream);

/// The `count` likeliest outcomes, or those there are, with their probabilities, the likeliest
/// first; none of probability 0. Of probabilities that differ by rounding alone (1e-12 of them) the
/// lower outcome comes first. O(size log count).
std::vector<std::pair<std::size_t, double>> likeliest(const Distribution& distribution,
                                                      std::size_t count);

}  // namespace quanta::quantum
