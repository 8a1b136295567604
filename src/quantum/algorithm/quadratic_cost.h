/// The cost of a quadratic unconstrained binary optimisation (QUBO).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"

namespace quanta::quantum {

/// The most variables whose values an unsigned 64-bit number holds with room for a count.
inline constexpr unsigned kMaxVariables = 63;

/// c(x) = sum_i linear_i x_i + sum_{i<j} quadratic_ij x_i x_j + constant, x_i in {0, 1}.
struct QuadraticCost {
  std::vector<double> linear = {};
  Matrix quadratic = {};  ///< n x n; only i < j is read
  double constant = 0.0;

  std::size_t n() const { return linear.size(); }
};

/// c(x), x_i being bit i of `bits`. n <= 64. O(ones^2).
double value(const QuadraticCost& cost, std::uint64_t bits);

/// Errors: kBadInput, field "cost": no variables, sizes that disagree, a number that is not finite
/// (says which).
Result<void> check(const QuadraticCost& cost);

}  // namespace quanta::quantum
