/// Convex functions that are known by their tangents, minimised over a polyhedron.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "portfolio/optimizers/piecewise_linear.h"

namespace quanta::portfolio {

/// coefficients'x <= limit, or = limit.
struct PolyhedronRow {
  std::vector<double> coefficients;
  double limit = 0.0;
  bool equation = false;
};

/// lower <= x <= upper and the rows; the bounds may be infinite.
struct Polyhedron {
  std::vector<double> lower;
  std::vector<double> upper;
  std::vector<PolyhedronRow> rows;
};

/// Adds the rows, each divided by its largest coefficient, to a simplex with `n_more` variables
/// behind those of the polyhedron. Returns the divisors: a row's multiplier is that of the simplex
/// over its own.
std::vector<double> add_rows(const Polyhedron& polyhedron, std::size_t n_more,
                             PiecewiseLinearSimplex& simplex);

/// f(v) >= constant + gradient'v for every v, with f(x) = value on the left at x itself.
struct Tangent {
  double value = 0.0;
  double constant = 0.0;
  std::vector<double> gradient;
};

struct CuttingPlaneAnswer {
  std::vector<double> x;
  double value = 0.0;  ///< f(x)
  double bound = 0.0;  ///< of the last master: f is nowhere less
  /// The tangents that hold up the bound: taken at `at`, with multipliers >= 0 that sum to 1.
  struct Support {
    std::vector<double> at;
    double multiplier = 0.0;
  };
  std::vector<Support> supports;
  std::vector<double> row_multipliers;  ///< of the polyhedron's rows; >= 0 for inequalities
  int iterations = 0;                   ///< tangents
  bool stopped = false;                 ///< by execution.stop: the best so far, with its bound
};

/// Kelley's method (J. SIAM 8 (1960)) with the separation point of Ben-Ameur and Neto (Networks 49
/// (2007)): each round adds the tangents at the master's vertex and halfway to the best point, and
/// the dual simplex method mends the master. A piecewise linear f ends at a vertex, where value and
/// bound agree to rounding; otherwise it ends where they are `gap` x |value| apart, where nothing
/// moves any more, after `most_rounds`, or after the round in which it is stopped (at the earliest
/// with the first): the caller judges by value and bound.
///
/// `tangent` must give a number for every point of the polyhedron. Where a bound is infinite, 10^4
/// stands in for it.
/// Errors: kInfeasible, field "constraints" (no point meets rows and bounds) or "objective" (the
/// answer runs to such a stand-in).
Result<CuttingPlaneAnswer> minimize_by_tangents(
    const Polyhedron& polyhedron, const std::function<Tangent(std::span<const double>)>& tangent,
    double gap, int most_rounds, const Execution& execution);

}  // namespace quanta::portfolio
