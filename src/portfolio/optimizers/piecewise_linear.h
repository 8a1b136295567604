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
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <Eigen/Core>

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

  /// Coefficients of the order of 1 serve the tolerances best.
  void add_row(std::span<const double> coefficients, double offset, double least, double most);

  /// To the optimum, from the vertex that is there: first to a feasible one, then down.
  /// Errors: kInfeasible, field "constraints" (the rows and bounds contradict each other) or
  /// "objective" (it falls without limit); kCancelled.
  Result<void> minimize(const Execution& execution);

  /// After rows were added to an optimum that break it: the optimum with them, by the dual simplex
  /// method. All ranges must be infinite. Errors: as minimize.
  Result<void> repair(const Execution& execution);

  const Eigen::VectorXd& x() const { return x_; }
  /// y of each row; at an optimum within its range, and c + sum_i y_i b_i is 0 where x is strictly
  /// between its bounds, >= 0 at a lower one and <= 0 at an upper one.
  std::vector<double> row_multipliers() const;
  int iterations() const { return iterations_; }

 private:
  enum class Side : std::uint8_t { kBelow, kAbove, kActive };
  enum class Place : std::uint8_t { kBetween, kAtLower, kAtUpper, kHeld };
  struct Range {
    double least = 0.0;
    double most = 0.0;
  };
  struct Edge {
    Eigen::Index position = -1;  // the hyperplane that is left
    double sign = 1.0;
    double descent = 0.0;
  };
  struct Breakpoint {
    double at = 0.0;
    double jump = 0.0;
    std::size_t plane = 0;
  };

  std::size_t n() const { return linear_.size(); }
  std::size_t n_rows() const { return offsets_.size(); }
  std::span<const double> row(std::size_t i) const { return {rows_.data() + i * n(), n()}; }
  Range range_of_row(std::size_t i) const;
  Range range_of_plane(std::size_t plane) const;
  double resting_multiplier(std::size_t i) const;
  double value_of_plane(std::size_t plane) const;
  void pull_row(std::size_t i, double multiplier);
  void begin_phase(bool feasibility);
  void recompute_residuals();
  void invert();
  void polish();
  Result<void> descend(const Execution& execution);
  bool find_edge(Edge& edge, bool shuffled);
  void compute_rates(const Eigen::Ref<const Eigen::VectorXd>& direction);
  bool collect_breakpoints(const Eigen::VectorXd& direction);
  void exchange(Eigen::Index position, std::size_t plane);
  bool violated_plane(std::size_t& plane, double& excess) const;

  std::vector<double> linear_, lower_, upper_;
  std::vector<double> rows_;                  // row by row
  std::vector<std::vector<double>> columns_;  // the same by variable
  std::vector<double> offsets_;
  std::vector<Range> ranges_;
  std::vector<Side> sides_;     // of rows
  std::vector<Place> places_;   // of variables
  std::vector<double> excess_;  // b_i'x - offset_i
  std::vector<double> rates_;   // b_i'd
  std::vector<Breakpoint> breakpoints_;
  Eigen::VectorXd x_;
  Eigen::VectorXd gradient_;         // c + sum of y_i b_i over rows off their kink
  double gradient_size_ = 0.0;       // its largest entry since it was last made afresh
  Eigen::VectorXd multipliers_;      // of the active planes, in their positions
  Eigen::MatrixXd edges_;            // inverse of the normals of the active planes
  std::vector<std::size_t> active_;  // plane at each position: variable j, or n + row
  bool feasibility_ = false;         // the first phase
  bool feasible_ = false;
  int iterations_ = 0;
  int since_inverse_ = 0;
};

}  // namespace quanta::portfolio
