/// Adam: gradient steps scaled by running means of the gradient and its square.
///
///   Minimum least = minimize_adam(start, {.learning_rate = 0.05}, energy_and_gradient);
///
/// Source: Kingma, Ba (2015), arXiv:1412.6980, algorithm 1.
#pragma once

#include <cstddef>
#include <span>
#include <stop_token>

#include "quantum/algorithm/minimum.h"

namespace quanta::quantum {

struct AdamOptions {
  std::size_t max_evaluations = 1000;  ///< at least one is made
  double learning_rate = 0.05;         ///< about the length of a step in each variable
  double mean_decay = 0.9;
  double square_decay = 0.999;
  double epsilon = 1e-8;
  double gradient_tolerance = 1e-6;  ///< stops where no component of the gradient is larger
  bool noisy = false;  ///< values have errors: the last point is the answer, not the lowest seen
  std::stop_token stop = {};  ///< looked at after each evaluation
};

/// Stops too where a value or a gradient is not finite. Deterministic.
Minimum minimize_adam(std::span<const double> start, const AdamOptions& options,
                      const ValueAndGradient& function);

}  // namespace quanta::quantum
