/// Limited-memory BFGS for smooth functions of few variables whose evaluation is dear.
///
///   auto least = minimize_lbfgs(start, {.max_evaluations = 40},
///                               [&](std::span<const double> x, std::span<double> gradient) {
///                                 ...; return value;
///                               });
#pragma once

#include <cstddef>
#include <span>
#include <stop_token>

#include "quantum/algorithm/minimum.h"

namespace quanta::quantum {

struct LbfgsOptions {
  std::size_t max_evaluations = 100;  ///< at least one is made
  double gradient_tolerance = 1e-6;   ///< stops where no component of the gradient is larger
  double value_tolerance = 0.0;       ///< stops where a step gains less than this
  double first_step = 0.1;            ///< length of the first step, and the scale of the search
  std::stop_token stop = {};          ///< looked at after each evaluation
};

using LbfgsResult = Minimum;  ///< the best point seen

/// Directions from the last 10 steps; step lengths by bisection for the weak Wolfe conditions
/// (c1 = 1e-4, c2 = 0.9). A value that is not a number counts as too large. Deterministic.
/// Sources: Nocedal, Wright, Numerical Optimization (2006), algorithm 7.4; Lewis, Overton (2013),
/// Nonsmooth optimization via quasi-Newton methods, algorithm 2.6.
LbfgsResult minimize_lbfgs(std::span<const double> start, const LbfgsOptions& options,
                           const ValueAndGradient& function);

}  // namespace quanta::quantum
