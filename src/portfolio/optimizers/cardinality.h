/// The best portfolio that holds at most K assets, proven: branch and bound of our own.
///
///   CardinalityProblem problem{.quadratic = twice_covariance, .linear = std::vector(n, 0.0),
///                              .lower = std::vector(n, 0.01), .upper = std::vector(n, 1.0),
///                              .most_held = 10};
///   QUANTA_TRY(const CardinalityAnswer answer, solve_cardinality(problem, {}, execution));
///   answer.weights, answer.certificate.proven, answer.certificate.gap;
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/execution.h"
#include "core/matrix.h"
#include "core/result.h"
#include "portfolio/certificate.h"
#include "portfolio/weights.h"

namespace quanta::portfolio {

/// minimise 1/2 x'Qx + c'x  subject to  sum x = 1, the rows, at most K of the x not zero, and for
/// each asset  x = 0  or  lower <= x <= upper.
struct CardinalityProblem {
  Matrix quadratic;                    ///< Q, n x n, symmetric, positive semidefinite
  std::vector<double> linear;          ///< c, n
  std::vector<double> lower;           ///< n, of an asset that is held, >= 0: the least position
  std::vector<double> upper;           ///< n, finite, >= lower
  std::vector<std::size_t> must = {};  ///< count as held and stay within their limits in any case
  std::vector<LinearLimit> rows = {};
  std::size_t most_held = 1;  ///< K >= 1
};

struct CardinalityOptions {
  std::uint64_t max_nodes = std::numeric_limits<std::uint64_t>::max();
};

struct CardinalityAnswer {
  std::vector<double> weights;    ///< n, sum 1 within 1e-12; exactly 0 or within the limits
  std::vector<std::size_t> held;  ///< the assets with x > 0, rising
  double value = 0.0;             ///< 1/2 x'Qx + c'x
  Certificate certificate;        ///< proven: value - bound <= 1e-6 |value|
  double root_bound = 0.0;        ///< before any branching, with what reduced costs fix
  std::uint64_t nodes = 0;        ///< bounds computed in the tree
  bool stopped = false;           ///< by the execution or max_nodes, with nodes still open
};

/// Branch and bound. A node's bound is the perspective relaxation of optimizers/perspective_bound.h
/// with Q split into a diagonal and a rest (optimizers/diagonal_split.h); the split is made anew
/// for a node where its own bound profits. Reduced costs fix assets in and out. The tree is
/// searched best bound first, in rounds of a fixed number of nodes, each of which explores a small
/// subtree on its own: the order of the work, hence every bit of the answer, depends on neither
/// threads nor time (unless it is stopped). Incumbents: the assets of the largest share in a
/// relaxation, then exchanges of one asset as long as one improves. While there is none, nodes are
/// closed by a linear relaxation of the choice (optimizers/choice_relaxation.h).
///
/// Stopped early, the answer is the best found with the bound of all open nodes.
/// Where Q is singular (more assets than dates) the split is zero and bounds are weak: the answer
/// is the same, the proof takes long. Shrink the covariance first.
///
/// Errors: kBadInput naming "covariance" (sizes, not finite, not symmetric, not positive
/// semidefinite), "bounds" (a negative lower limit: no short positions;
/// infinite), "mean" (c not finite), "rows" (sizes, not finite), "must" (no such asset) or "select"
/// (K is 0); kInfeasible naming "select" (more assets must be held than K) or "constraints" (no K
/// assets satisfy limits and rows: proven by an exhausted tree); kCancelled where it was stopped
/// before any answer was there. Source: Frangioni, Gentile, Mathematical Programming 106 (2006) and
/// Operations Research Letters 35 (2007); Zheng, Sun, Li, INFORMS Journal on Computing 26 (2014).
/// Deterministic.
Result<CardinalityAnswer> solve_cardinality(const CardinalityProblem& problem,
                                            const CardinalityOptions& options,
                                            const Execution& execution);

}  // namespace quanta::portfolio
