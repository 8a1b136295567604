/// Checks an answer of a quadratic program from nothing but the program and the multipliers of its
/// rows: what a certificate rests on. Shares no code with the solver.
#pragma once

#include <span>

#include "portfolio/optimizers/quadratic_program.h"

namespace quanta::portfolio {

struct DualBound {
  double value = 0.0;  ///< 1/2 x'Qx + c'x
  double bound = 0.0;  ///< no feasible point is below it
  /// Largest violation of a bound by x, or of a row divided by its largest entry.
  double infeasibility = 0.0;
  /// Largest |x - clip(x - g)| over the box, g = Qx + c + A'y + G'w, and |min(h - Gx, w)| over the
  /// rows: zero exactly at an optimum.
  double kkt_residual = 0.0;
};

/// Weak duality: for any feasible v and any y, w >= 0 (negative entries of w count as 0),
///   q(v) >= q(v) + y'(Av - b) + w'(Gv - h) >= L(x) + g'(v - x) >= L(x) + sum_i min over the box,
/// where L is the Lagrangian and convexity gives the second step. Whatever x, y and w are, `bound`
/// is a lower bound of the optimum, up to the rounding of these sums. Where a bound is infinite and
/// g_i is not zero, the curvature bounds that part instead: -1/2 g'Q^-1 g over those i; and if Q is
/// singular, |v_i| <= 10^4 is taken for granted.
///
/// x has n entries, y and w one per row. Cost: O(n^2), with a Cholesky of Q where bounds are
/// infinite.
DualBound dual_bound(const QuadraticProgram& program, std::span<const double> x,
                     std::span<const double> equality_multiplier,
                     std::span<const double> inequality_multiplier);

inline DualBound dual_bound(const QuadraticProgram& program, const QuadraticSolution& solution) {
  return dual_bound(program, solution.x, solution.equality_multiplier,
                    solution.inequality_multiplier);
}

/// min over d of g'd + 1/2 d'Qd = -1/2 g'Q^-1 g; -infinity where Q is not safely positive definite.
double least_by_curvature(const Matrix& quadratic, std::span<const double> g);

/// The largest g'v with sum(v) = total and lower <= v <= upper.
struct BudgetMaximum {
  double value = 0.0;  ///< exact up to rounding; never below the true one by more than that
  double price = 0.0;  ///< g above it: at the upper bound; g below it: at the lower bound
};

/// By filling from the best g down, O(n log n). The value is -infinity where no v exists and
/// +infinity where there is no largest one.
BudgetMaximum largest_on_budget(std::span<const double> g, std::span<const double> lower,
                                std::span<const double> upper, double total);

}  // namespace quanta::portfolio
