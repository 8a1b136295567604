/// Steepest descent in the geometry of states: steps are as long as the states move.
///
///   x -= eta (g + lambda I)^-1 dE/dx,  g_ij = Re(<d_i|d_j> - <d_i|psi><psi|d_j>)
/// with |d_i> = d|psi>/dx_i: g is the Fubini-Study metric, a quarter of the quantum Fisher
/// information. Turns of the global phase drop out of it. Source: Stokes, Izaac, Killoran, Carleo
/// (2020), arXiv:1909.02108.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <stop_token>

#include "core/execution.h"
#include "core/matrix.h"
#include "core/result.h"
#include "quantum/algorithm/gradient.h"
#include "quantum/algorithm/minimum.h"

namespace quanta::quantum {

/// g at the parameters, exact, from the derivatives of the state themselves: n x n, positive
/// semidefinite, for n parameters. Same bits for any number of threads.
/// Errors: as CircuitEnergy::gradient; kResource, field "parameters", where n + 2 states are more
/// than the memory limit. Cost: every gate on up to n + 1 states, n^2/2 inner products;
/// n + 2 states of memory, and one for each thread.
Result<Matrix> fubini_study_metric(const CircuitEnergy& energy, std::span<const double> parameters,
                                   std::size_t memory_limit, const Execution& execution);

struct NaturalGradientOptions {
  std::size_t max_evaluations = 200;  ///< of value and gradient; at least one is made
  double first_step = 0.5;            ///< eta: doubled behind a step that lowers the value, up to
                                      ///< `largest_step`, halved where it does not
  double largest_step = 2.0;
  double regularization = 1e-4;      ///< lambda
  double gradient_tolerance = 1e-6;  ///< stops where no component of the gradient is larger
  std::stop_token stop = {};         ///< looked at after each evaluation
};

/// The best point seen. A step must lower the value by 1e-4 of what the slope promises; after 30
/// halvings without that the search ends. A value that is not a number counts as too large.
/// `metric` gives g, row by row, at points that the function has been evaluated at; its errors are
/// passed on. Deterministic.
Result<Minimum> minimize_natural_gradient(
    std::span<const double> start, const NaturalGradientOptions& options,
    const ValueAndGradient& function,
    const std::function<Result<Matrix>(std::span<const double> x)>& metric);

}  // namespace quanta::quantum
