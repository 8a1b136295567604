/// Dense convex quadratic programs with few rows and a box, solved to the last bits.
///
///   QuadraticProgram program{.quadratic = covariance, .linear = std::vector(n, 0.0),
///                            .equality = Matrix(1, n, 1.0), .equality_value = {1.0},
///                            .lower = std::vector(n, 0.0), .upper = std::vector(n, 1.0)};
///   QUANTA_TRY(const QuadraticSolution solution, solve_quadratic_program(program, execution));
///   const DualBound proof = dual_bound(program, solution);   // portfolio/optimizers/dual_bound.h
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/matrix.h"
#include "core/result.h"

namespace quanta::portfolio {

/// minimise 1/2 x'Qx + c'x  subject to  A x = b,  G x <= h,  lower <= x <= upper.
struct QuadraticProgram {
  Matrix quadratic;                      ///< Q, n x n, symmetric, positive semidefinite
  std::vector<double> linear;            ///< c, n
  Matrix equality;                       ///< A, few x n; empty = none
  std::vector<double> equality_value;    ///< b
  Matrix inequality;                     ///< G, few x n; empty = none
  std::vector<double> inequality_limit;  ///< h
  std::vector<double> lower;             ///< n, -infinity = no limit
  std::vector<double> upper;             ///< n, +infinity = no limit
};

/// Where a variable stands: strictly between its bounds as far as the optimum cares, or on one.
enum class BoundState : std::uint8_t { kFree, kAtLower, kAtUpper };

/// Multipliers satisfy  Qx + c + A'y + G'w - lower_multiplier + upper_multiplier = 0.
struct QuadraticSolution {
  std::vector<double> x;                      ///< exactly on a bound where `states` says so
  std::vector<double> equality_multiplier;    ///< y, any sign
  std::vector<double> inequality_multiplier;  ///< w >= 0
  std::vector<double> lower_multiplier;       ///< >= 0
  std::vector<double> upper_multiplier;       ///< >= 0
  std::vector<BoundState> states;             ///< n
  double value = 0.0;                         ///< 1/2 x'Qx + c'x
  int iterations = 0;  ///< rounds of the active set and of the interior point together
};

/// The optimum. First a primal-dual active set method (Hintermueller, Ito, Kunisch, SIAM J. Optim.
/// 13 (2002)) from `start` or from all variables free: each round solves the equality-constrained
/// problem on the free variables by Cholesky with iterative refinement, so that an answer it ends
/// on is exact to rounding. Where that cycles or Q is singular on the way, Mehrotra's
/// predictor-corrector interior point (SIAM J. Optim. 2 (1992)), whose limit says which bounds
/// hold; then the active set again from there, and of the two answers the one whose certified gap
/// is smaller. Where neither is proven, because the rows leave no inside, the same with a variable
/// by which every row may be missed at a price. A singular Q is fine: the value is unique, x is one
/// of the best.
///
/// start  states to begin from (a neighbouring problem's answer), n of them or none.
/// Errors: kInfeasible, field "bounds" (lower above upper, or a bound that no number meets),
/// "constraints" (rows and bounds contradict each other: names the rows), "objective" (it falls
/// without limit). kCancelled. Sizes must agree (our own mistake otherwise: kInternal).
/// Cost: some rounds of f^3/3 flops for f free variables, plus n^2 each. Deterministic.
Result<QuadraticSolution> solve_quadratic_program(const QuadraticProgram& program,
                                                  const Execution& execution,
                                                  std::span<const BoundState> start = {});

/// The rows with sign x values behind them: how a program gets another one.
Matrix with_row(const Matrix& rows, std::span<const double> values, double sign);

}  // namespace quanta::portfolio
