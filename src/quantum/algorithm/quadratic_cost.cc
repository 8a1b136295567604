#include "quantum/algorithm/quadratic_cost.h"

#include <bit>
#include <cmath>

#include <fmt/format.h>

namespace quanta::quantum {

double value(const QuadraticCost& cost, std::uint64_t bits) {
  double sum = cost.constant;
  for (; bits != 0; bits &= bits - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(bits));
    sum += cost.linear[i];
    for (std::uint64_t above = bits & (bits - 1); above != 0; above &= above - 1) {
      sum += cost.quadratic(i, static_cast<std::size_t>(std::countr_zero(above)));
    }
  }
  return sum;
}

Result<void> check(const QuadraticCost& cost) {
  const std::size_t n = cost.n();
  if (n == 0) return bad_input("cost", "has no variables; at least one is needed");
  if (cost.quadratic.rows() != n || cost.quadratic.columns() != n) {
    return bad_input("cost", fmt::format("{} linear terms, but a {} x {} matrix of couplings", n,
                                         cost.quadratic.rows(), cost.quadratic.columns()));
  }
  if (!std::isfinite(cost.constant)) return bad_input("cost", "the constant is not finite");
  for (std::size_t i = 0; i < n; ++i) {
    if (!std::isfinite(cost.linear[i])) {
      return bad_input("cost", fmt::format("linear term {} is not finite", i));
    }
    for (std::size_t j = i + 1; j < n; ++j) {
      if (!std::isfinite(cost.quadratic(i, j))) {
        return bad_input("cost", fmt::format("coupling ({}, {}) is not finite", i, j));
      }
    }
  }
  return {};
}

}  // namespace quanta::quantum
