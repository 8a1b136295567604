/// All solutions of a quadratic program whose linear part moves along a line: the efficient
/// frontier, exactly.
///
///   ParametricProgram program{.base = …, .reward = mean};
///   QUANTA_TRY(const auto corners, trace_critical_line(program, execution));
///   // corners[i].x to corners[i + 1].x: every optimum between lies on the straight line
#pragma once

#include <cstddef>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "portfolio/optimizers/quadratic_program.h"

namespace quanta::portfolio {

/// minimise 1/2 x'Qx + (c - t r)'x under the base's rows and box, for every t >= 0.
struct ParametricProgram {
  QuadraticProgram base;       ///< with c
  std::vector<double> reward;  ///< r, n
};

/// A solution where the set of active constraints changes, with its multipliers as in
/// QuadraticSolution.
struct Corner {
  double t = 0.0;
  std::vector<double> x;
  std::vector<double> equality_multiplier;
  std::vector<double> inequality_multiplier;
  double kkt_residual = 0.0;  ///< of dual_bound, which shares no code with this
};

struct CriticalLine {
  std::vector<Corner> corners;  ///< by rising t; the first is t = 0
  /// Past the last corner x stands still (the largest reward is reached); else it goes on for ever
  /// in the direction `ray` per unit of t, because the box has no end there.
  bool bounded = true;
  std::vector<double> ray;  ///< n, where not bounded
};

/// From the optimum at t = 0 upwards: between two corners x and the multipliers are linear in t;
/// the next corner is where the first free variable meets its bound, a multiplier its zero, or an
/// inequality its limit. Source: Markowitz, The optimization of a quadratic function subject to
/// linear constraints, Naval Research Logistics Quarterly 3 (1956); Best, Algorithmic Operations
/// Research 1 (2006). Corners at the same x and t are one.
///
/// Errors: those of solve_quadratic_program at t = 0; kBadInput, field "covariance": Q is singular
/// on the free variables, so that x is not unique (shrinkage makes it regular); kInternal where
/// rows meet so that a corner cannot be proven (residual above 1e-8); kCancelled. Cost: per corner
/// a Cholesky of the f free variables and O(n f).
Result<CriticalLine> trace_critical_line(const ParametricProgram& program,
                                         const Execution& execution);

}  // namespace quanta::portfolio
