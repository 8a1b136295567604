/// A lower bound for what at most K assets can reach, from a convex relaxation.
///
/// With Q = R + Diag(d), R positive semidefinite, and z_i = 1 where asset i is held,
///   1/2 x'Qx + c'x = 1/2 x'Rx + c'x + 1/2 sum d_i x_i^2 / z_i,
/// which stays convex for z in [0, 1] (the perspective of x^2). Any vector v and any multipliers
/// y of the rows (of the sign that their side asks for) give a bound:
///   -1/2 v'Rv - y'limits + sum_held phi_i + the sum of the K - |held| least of min(0, phi_i),
///   phi_i = min over x in [lower_i, upper_i] of q_i x + 1/2 d_i x^2,  q = Rv + c + rows'y.
/// At the solution of the relaxation it is the relaxation's value, so an early end costs strength
/// and never validity.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "portfolio/optimizers/cardinality.h"

namespace quanta::portfolio {

/// What a node has decided: `held` are in, `open` may be, all others are out.
struct CardinalityNode {
  std::vector<std::uint32_t> held;
  std::vector<std::uint32_t> open;
};

struct PerspectivePoint {
  double bound = -std::numeric_limits<double>::infinity();  ///< the best of the iterates
  std::vector<double> x;       ///< n, of the best; may miss the limits where not converged
  std::vector<double> y;       ///< one per row, the sum first
  std::vector<double> share;   ///< n, z
  std::vector<double> phi;     ///< n, as above; 0 for assets that are out
  double phi_last_in = 0.0;    ///< the largest min(0, phi) among the K - |held| least
  double phi_first_out = 0.0;  ///< the next
  bool converged = false;      ///< x solves the relaxation
};

/// The rows of a problem as one list: the sum, equations, then a'x <= limit; and the arithmetic on
/// them. Made once per problem; const calls may run on many threads.
class PerspectiveBound {
 public:
  explicit PerspectiveBound(const CardinalityProblem& problem);

  std::size_t n_rows() const { return limits_.size(); }

  /// Newton's method on the pieces of the relaxation (a primal-dual active set): given which open
  /// assets have x = 0, 0 < z < 1 or z = 1, the rest is one linear system. Ends when the pieces
  /// repeat, when the bound stops rising, or as soon as it reaches `cutoff`.
  /// d       n, Q - Diag(d) positive semidefinite on held and open
  /// start   x and y to begin from, or empty
  PerspectivePoint solve(const CardinalityNode& node, std::span<const double> d,
                         std::span<const double> start_x, std::span<const double> start_y,
                         double cutoff) const;

  /// sum over the rows of y_r a_r[asset]: what the rows add to an asset's gradient.
  double pull(std::size_t asset, std::span<const double> y) const;

  /// Whether some row alone, with the sum and the limits, cannot be met: a cheap test that proves
  /// infeasibility and misses some.
  bool contradicts(const CardinalityNode& node) const;

 private:
  const CardinalityProblem& problem_;
  std::vector<std::vector<double>> rows_;
  std::vector<double> limits_;
  std::size_t n_equalities_ = 1;
};

}  // namespace quanta::portfolio
