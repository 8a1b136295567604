/// Binary quadratic problems in their usual shapes, all turned into QuadraticCost:
///
///   QUANTA_TRY(QuadraticCost cost, qubo(Q));                  // x'Qx, Q of any triangle
///   QUANTA_TRY(cost, to_qubo({.fields = h, .couplings = J})); // spins
///   QUANTA_TRY(cost, with_penalty(cost, k));                  // exactly k ones
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"
#include "quantum/algorithm/quadratic_cost.h"

namespace quanta::quantum {

/// c(s) = sum_i fields_i s_i + sum_{i<j} couplings_ij s_i s_j + constant, s_i in {-1, +1}.
/// s is the eigenvalue of Z, so that s = 1 - 2x, x = (1 - s)/2.
struct Ising {
  std::vector<double> fields = {};
  Matrix couplings = {};  ///< n x n; only i < j is read
  double constant = 0.0;

  std::size_t n() const { return fields.size(); }
};

/// c(s) with s_i = 1 - 2 x_i, x_i being bit i of `bits`. n <= 64. O(n^2).
double value(const Ising& ising, std::uint64_t bits);

/// x'Qx + linear'x + constant as one cost: of a triangular Q as of a symmetric one, the diagonal
/// counts as linear, and Q_ij + Q_ji multiplies x_i x_j. `linear` may be empty.
/// Errors: kBadInput, field "quadratic" (empty, not square, not finite), "linear" (wrong length,
/// not finite), "constant" (not finite).
Result<QuadraticCost> qubo(const Matrix& quadratic, std::span<const double> linear = {},
                           double constant = 0.0);

/// The same function of x and of s. Errors: as check(QuadraticCost).
Result<Ising> to_ising(const QuadraticCost& cost);
/// Errors: kBadInput, field "fields" (none, not finite), "couplings" (not n x n, not finite),
/// "constant" (not finite).
Result<QuadraticCost> to_qubo(const Ising& ising);

/// A with which c(x) + A (sum x - k)^2 is least, over all 2^n states, at a state of k ones, where
/// it equals c; all states of another weight lie above.
///
/// Why it is enough: a state of weight w < k has a zero whose flip raises c by at most D_w and
/// lowers the penalty by A (2 (k - w) - 1); likewise a one where w > k. So with
/// A > D_w / (2 |k - w| - 1) for every w, each wrong weight can be left downhill. D_w: the flip of
/// bit i changes c by at most u_i = linear_i + its w largest couplings, and of the w + 1 bits of
/// least u one is a zero, so that D_w is the (w + 1)-th smallest u_i (mirrored for w > k). On top
/// comes 1 % of the largest coefficient. O(n^2 log n).
///
/// Mixers that keep the number of ones need none of this. A penalty larger than needed costs
/// accuracy: the cost's own differences drown in it.
/// Errors: as check(QuadraticCost); kBadInput, field "weight" (above n).
Result<double> safe_penalty(const QuadraticCost& cost, unsigned weight);

/// c(x) + A (sum x - k)^2 with A = safe_penalty. Errors: the same.
Result<QuadraticCost> with_penalty(const QuadraticCost& cost, unsigned weight);
/// With the caller's A. Errors: as check(QuadraticCost); kBadInput, field "weight" (above n),
/// "penalty" (negative or not finite).
Result<QuadraticCost> with_penalty(const QuadraticCost& cost, unsigned weight, double penalty);

}  // namespace quanta::quantum
