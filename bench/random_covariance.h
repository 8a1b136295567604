/// Made-up problems for benchmarks.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/matrix.h"

namespace quanta::bench {

/// n x n, as of shares: a market factor, ten sectors, own variances. Drawn from the stream
/// (1, purpose, n).
Matrix random_covariance(std::size_t n, std::string_view purpose);

}  // namespace quanta::bench
