/// Constrained optimisation by linear approximation, without constraints: no derivatives, a simplex
/// that shrinks. The implementation of NLopt (LN_COBYLA).
///
/// Source: Powell (1994), A direct search optimization method that models the objective and
/// constraint functions by linear interpolation; Johnson, The NLopt nonlinear-optimization package.
#pragma once

#include <cstddef>
#include <span>
#include <stop_token>

#include "core/result.h"
#include "quantum/algorithm/minimum.h"

namespace quanta::quantum {

struct CobylaOptions {
  std::size_t max_evaluations = 1000;  ///< at least one is made
  double first_step = 0.5;             ///< size of the first simplex
  double x_tolerance = 1e-6;           ///< stops where the simplex is smaller
  std::stop_token stop = {};           ///< looked at after each evaluation
};

/// The lowest point seen; a value that is not a number counts as very large. Deterministic.
/// Errors: kInternal where NLopt refuses.
Result<Minimum> minimize_cobyla(std::span<const double> start, const CobylaOptions& options,
                                const ValueFunction& function);

}  // namespace quanta::quantum
