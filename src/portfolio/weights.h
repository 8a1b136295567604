/// What problems of weights have in common: bounds, limits, the checks of both, and the last digits
/// of an answer.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"

namespace quanta::portfolio {

/// How far sums of user numbers such as 20 x 0.05 may miss 1 by rounding.
inline constexpr double kSumRoom = 1e-12;

/// lower[i] <= w[i] <= upper[i]; -infinity and +infinity where there is no limit.
struct Bounds {
  std::vector<double> lower;
  std::vector<double> upper;
};

/// The same limits for each of n assets.
Bounds uniform_bounds(std::size_t n, double lower, double upper);

/// lower <= sum_i coefficients[i] w[i] <= upper: a group, a factor, a beta; equal limits make an
/// equation.
struct LinearLimit {
  std::string name;
  std::vector<double> coefficients;  ///< n
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
};

/// Whether they are bounds of n weights with sum 1. Errors: kBadInput, field "bounds" (not n of
/// them, not a number, no range); kInfeasible, field "bounds" (a lower above its upper, sums on one
/// side of 1).
Result<void> check_bounds(const Bounds& bounds, std::size_t n);

/// Errors: kBadInput, field "limits" (not n coefficients, not finite); kInfeasible, field "limits"
/// (lower above upper).
Result<void> check_limit(const LinearLimit& limit, std::size_t n);

/// Bounds whose sum is 1 up to rounding leave one portfolio: both sides become those. Others stay.
Bounds settled(Bounds bounds);

/// A solver's point as weights: within the bounds, no dust, no -0, the sum 1 to the last bits.
std::vector<double> clean_weights(std::span<const double> lower, std::span<const double> upper,
                                  std::vector<double> x);

}  // namespace quanta::portfolio
