/// What every minimiser here takes and gives.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace quanta::quantum {

/// Returns the function's value at x.
using ValueFunction = std::function<double(std::span<const double> x)>;

/// Returns the function's value at x and writes its gradient.
using ValueAndGradient =
    std::function<double(std::span<const double> x, std::span<double> gradient)>;

/// A step of a line search must lower the value by this share of what the slope promises (Armijo).
inline constexpr double kSufficientDecrease = 1e-4;

struct Minimum {
  std::vector<double> x = {};
  double value = 0.0;
  std::size_t evaluations = 0;
  bool converged = false;  ///< stopped by a tolerance, not by the budget, the caller or a dead end
};

}  // namespace quanta::quantum
