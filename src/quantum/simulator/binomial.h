/// How many of n shots take one of two ways.
#pragma once

#include <cstdint>

#include "core/random.h"

namespace quanta::quantum {

/// The number of successes among n independent trials of probability p, drawn from `stream`.
/// p in [0, 1]. Waiting times where n min(p, 1 - p) < 10, else transformed rejection (Hörmann 1993,
/// BTRS): O(min(n p, 10)) expected.
std::uint64_t binomial_sample(std::uint64_t n, double p, RandomStream& stream);

/// The mean of n >= 1 shots that give +1 or -1, of the given expectation in [-1, 1] (rounding
/// beyond it is cut off).
double mean_of_shots(double expectation, std::uint64_t n, RandomStream& stream);

}  // namespace quanta::quantum
