/// Linear programs whose objective is a sum of kinks, solved to a vertex: the engine under minimum
/// CVaR and mean absolute deviation, and the master of a cutting plane.
///
///   PiecewiseLinearSimplex simplex({1.0, 0.0}, {0.0, 0.0}, {kInfinity, 1.0});
///   simplex.add_row(row, 0.5, -1.0, 1.0);           // + |row'x - 0.5|
///   simplex.add_row(ones, 1.0, -kInfinity, kInfinity);  // row'x = 1
///   QUANTA_CHECK(simplex.minimize(execution));
///   simplex.x();
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/result.h"

namespace quanta::portfolio {

/// minimise  c'x + sum_i max over least_i <= y <= most_i of y (b_i'x - offset_i),
/// lower <= x <= upper.
///
/// A row with the range [0, k] is a ramp, k max(0, b'x - offset); [-k, k] an absolute value;
/// [0, infinity] the constraint b'x <= offset; [-infinity, infinity] the equation. No other
/// infinite ranges are taken.
///
/// A point of the method is a vertex: n hyperplanes (rows at their kink, bounds of variables) that
/// meet in x, and the inverse of the matrix of their normals, whose columns are the edges. A step
/// goes along the edge of steepest descent, past every kink at which the objective goes on falling
/// (the long step of Fourer, Math. Programming 33 (1985), and Barrodale, Roberts, SIAM J. Numer.
/// Anal. 10 (1973)), and exchanges one hyperplane. It costs one product of the rows with an edge
/// and O(n^2). x is feasible from the end of the first phase on, and the objective only falls.
class PiecewiseLinearSimplex {
 public:
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();

  /// c, lower and upper of n variables; -infinity and infinity where there is no limit.
  PiecewiseLinearSimplex(std::vector<double> linear, std::vector<double> lower,
                         std::vector<double> upper);
  PiecewiseLinearSimplex(PiecewiseLinearSimplex&& other) noexcept;
  PiecewiseLinearSimplex& operator=(PiecewiseLinearSimplex&& other) noexcept;
  ~PiecewiseLinearSimplex();

  /// Coefficients of the order of 1 serve the tolerances best.
  void add_row(std::span<const double> coefficients, double offset, double least, double most);

  /// To the optimum, from the vertex that is there: first to a feasible one, then down.
  /// Errors: kInfeasible, field "constraints" (the rows and bounds contradict each other) or
  /// "objective" (it falls without limit); kCancelled.
  Result<void> minimize(const Execution& execution);

  /// After rows were added to an optimum that break it: the optimum with them, by the dual simplex
  /// method. All ranges must be infinite. Errors: as minimize.
  Result<void> repair(const Execution& execution);

  std::span<const double> x() const;
  /// y of each row; at an optimum within its range, and c + sum_i y_i b_i is 0 where x is strictly
  /// between its bounds, >= 0 at a lower one and <= 0 at an upper one.
  std::vector<double> row_multipliers() const;
  int iterations() const;

 private:
  class Vertex;
  std::unique_ptr<Vertex> vertex_;
};

}  // namespace quanta::portfolio
