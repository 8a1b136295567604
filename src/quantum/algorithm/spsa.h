/// Simultaneous perturbation stochastic approximation: two values a step, however many variables.
///
///   Minimum least = minimize_spsa(start, {.max_evaluations = 400, .seed = 7}, energy);
///
/// Step k: x -= a_k (f(x + c_k d) - f(x - c_k d))/(2 c_k) d, with d of random signs,
/// a_k = a/(k + 1 + A)^0.602, c_k = c/(k + 1)^0.101.
/// Source: Spall (1998), Implementation of the simultaneous perturbation algorithm for stochastic
/// optimization, IEEE Trans. Aerospace and Electronic Systems 34(3), 817-823.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>

#include "quantum/algorithm/minimum.h"

namespace quanta::quantum {

struct SpsaOptions {
  std::size_t max_evaluations = 1000;  ///< at least one is made
  double perturbation = 0.1;  ///< c: about the standard error of a value, or a tenth of a radian
  double first_step = 0.1;    ///< how far a variable moves in the first step, about; fixes a
  double stability = 0.1;     ///< A as a share of the steps that the budget allows
  std::size_t calibration_pairs = 5;  ///< pairs of values whose mean slope fixes a
  bool blocking = false;              ///< undo steps that raise the value by more than allowed; one
                                      ///< value more a step, and one for the start
  double allowed_increase = 0.0;
  std::uint64_t seed = 1;     ///< of the signs
  std::stop_token stop = {};  ///< looked at before each step
};

/// The last point and its value. Never converged: the budget ends it, or a value that is not
/// finite. Deterministic in the seed.
Minimum minimize_spsa(std::span<const double> start, const SpsaOptions& options,
                      const ValueFunction& function);

}  // namespace quanta::quantum
