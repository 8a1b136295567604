/// Why no weights meet a list of limits: the few that contradict each other, and by how much each
/// of them would have to give way.
///
///   ContradictionProblem problem{.n_assets = 3};
///   problem.limits = {{.of = Measure::kRow, .relation = LimitRelation::kEqual, .limit = 1.0,
///                      .vector = {1, 1, 1}, .fixed = true},
///                     {.of = Measure::kEachWeight, .relation = LimitRelation::kAtMost,
///                      .limit = 0.25, .assets = {0, 1, 2}}};
///   QUANTA_TRY(const auto found, find_contradictions(problem, execution));
///   found[0].members[1].nearest;   // 1/3: what "each at most 0.25" would have to be
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/execution.h"
#include "core/matrix.h"
#include "core/result.h"

namespace quanta::portfolio {

/// What a limit is a limit of.
enum class Measure : std::uint8_t {
  kEachWeight,  ///< w_i of each of `assets`: the largest of them at most, the smallest at least
  kRow,         ///< vector'w: the sum, a group, a return
  kDistance,    ///< sum |w - vector|: turnover; at most, and in one limit of a problem
  kVolatility,  ///< sqrt(w'Sw); at most, and in one limit of a problem
  kHeld,        ///< how many w_i are not 0; at most a whole number >= 1, and in one limit
  kHeldWeight,  ///< each w_i that is not 0; at least, and in one limit
};

enum class LimitRelation : std::uint8_t { kAtMost, kAtLeast, kEqual };

/// measure(w) relation limit.
struct StatedLimit {
  Measure of = Measure::kRow;
  LimitRelation relation = LimitRelation::kAtMost;
  double limit = 0.0;                    ///< finite
  std::vector<std::size_t> assets = {};  ///< kEachWeight
  std::vector<double> vector = {};       ///< n, of kRow and kDistance
  bool fixed = false;                    ///< nobody can change it: may be in several contradictions
  bool unspoken = false;  ///< nobody asked for it: only in contradictions that need it
};

struct ContradictionProblem {
  std::size_t n_assets = 0;
  std::vector<StatedLimit> limits;
  Matrix covariance = {};  ///< S, n x n, symmetric, positive semidefinite; for kVolatility
};

/// A limit of a contradiction.
struct ContradictingLimit {
  std::size_t index = 0;  ///< of ContradictionProblem::limits
  /// Its value nearest to the present one with which some weights meet every limit of the problem;
  /// nothing where no value of this limit alone does that.
  std::optional<double> nearest = {};
  double nearest_in_set = 0.0;  ///< the same with the limits of this contradiction alone
  /// Weights that show it: they meet all other limits (those of this contradiction where there is
  /// no `nearest`) to 1e-9, and the measure of this one is the nearest.
  std::vector<double> weights = {};
  /// Its part of the proof: slope'w <= level for all w that meet this limit; empty without one.
  std::vector<double> slope = {};
  double level = 0.0;
};

/// Limits that no weights meet together, while some weights meet all of them but any one. Proof
/// (Farkas): the slopes sum to 0 and the levels to less than 0, hence 0 <= sum of levels < 0 for
/// weights that met all. (What rounding leaves of the slopes is made up for on weights up to 10^4.)
struct Contradiction {
  std::vector<ContradictingLimit> members;  ///< by rising index
};

/// Limits count as contradictory where they cannot all be met to this: in weights, and relative to
/// its largest coefficient for a row, to the limit for the volatility.
inline constexpr double kContradicts = 1e-10;

/// An irreducible set of limits that cannot hold together, then one more among the limits that are
/// left without its members (its fixed ones stay), and so on until the rest can be met. Empty where
/// all limits can be met.
///
/// Deletion filter (Chinneck, Feasibility and Infeasibility in Optimization, 2008, section 6.2):
/// of the limits with weight in a first proof each is left out in turn, and stays out if the others
/// still contradict each other. Each such question is a linear program, the least t by which all
/// rows can be met, whose multipliers are the proof; with a volatility, the least variance on what
/// the other limits allow. A proof counts only after its sums were computed afresh from the limits.
/// With kHeld or kHeldWeight in the problem no weight is negative, which is no limit that could be
/// left out, and neither kDistance nor kVolatility may be there. Such questions are answered by a
/// search over what is held, each node a linear program; a contradiction that needs them is proven
/// by the exhausted tree and has no slopes.
///
/// The nearest value of a limit is the least of its measure where all other limits hold; beside a
/// volatility limit, the point at which the least of w'Sw / 2 + k x measure has that volatility
/// (each k > 0 gives a bound by the tangent of least variance over measure, whose slope is -2k).
///
/// Errors: kBadInput, field "limits": no assets, sizes, assets that are none, numbers that are not
/// finite, a relation that the measure does not take, two of a measure that may stand in one limit,
/// a mixture that is not taken; field "covariance": not n x n or not finite. kInternal where a
/// question could not be decided by a proof; kResource where the trees grew beyond 5,000 nodes.
/// kCancelled.
/// Cost: as many small linear (quadratic) programs as limits have weight in the proof, and two per
/// member. Deterministic, one thread.
Result<std::vector<Contradiction>> find_contradictions(const ContradictionProblem& problem,
                                                       const Execution& execution);

/// The measure at w: the largest, with kAtLeast the smallest of several weights; weights up to 1e-9
/// are not held.
double measure_of(const ContradictionProblem& problem, const StatedLimit& limit,
                  const std::vector<double>& weights);

}  // namespace quanta::portfolio
