/// A quadratic cost at any of the 2^n basis states without a table of them.
///
///   SplitCost cost(quadratic_cost);
///   double c = cost(0b1011);
///
/// The bits of x are split into the lowest 12 and the others: c(x) = base[high] + low[low bits] +
/// sum of field[high][i] over the low bits that are one. Memory: 2^12 + 13 * 2^(n-12) numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/execution.h"
#include "quantum/algorithm/quadratic_cost.h"

namespace quanta::quantum {

struct CostStatistics {
  double minimum = 0.0;
  double maximum = 0.0;
  double mean = 0.0;
  double deviation = 0.0;  ///< standard deviation; all basis states alike
};

class SplitCost {
 public:
  /// `cost` is checked and has at most 40 variables.
  explicit SplitCost(const QuadraticCost& cost);

  double operator()(std::uint64_t x) const;

  unsigned n_low() const { return n_low_; }
  std::size_t n_blocks() const { return base_.size(); }
  /// The costs of the 2^n_low() states whose high bits are `high`; the same bits as operator().
  void block(std::size_t high, std::span<double> out) const;

  /// Over all 2^n states. Mean and deviation are exact sums over the coefficients, minimum and
  /// maximum are searched for: O(2^n). Same bits for any number of threads.
  CostStatistics statistics(const Execution& execution) const;

 private:
  unsigned n_low_ = 0;
  double mean_ = 0.0;
  double deviation_ = 0.0;
  std::vector<double> low_;    // quadratic terms of the low bits alone
  std::vector<double> base_;   // terms of the high bits alone
  std::vector<double> field_;  // n_low of each setting of the high bits
};

}  // namespace quanta::quantum
