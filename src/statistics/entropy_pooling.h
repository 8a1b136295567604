/// Scenario probabilities that hold an investor's views and else say as little as possible.
///
///   // The first asset is expected to gain at least 1 % a period:
///   EntropyView view{.values = column, .relation = ViewRelation::kAtLeast, .target = 0.01};
///   QUANTA_TRY(const PooledProbabilities pooled, pool_entropy(prior, std::array{view}));
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"
#include "statistics/moments.h"

namespace quanta::statistics {

enum class ViewRelation { kEqual, kAtLeast, kAtMost };

/// sum_t p_t values_t is, is at least, or is at most `target`: a mean where the values are an
/// asset's returns, a relative view where they are a difference of two, a probability where they
/// are 0 and 1, a second moment where they are squares.
struct EntropyView {
  std::vector<double> values;  ///< one per scenario
  ViewRelation relation = ViewRelation::kEqual;
  double target = 0.0;
};

struct PooledProbabilities {
  std::vector<double> probabilities;  ///< sum 1
  double relative_entropy = 0.0;      ///< sum p ln(p / prior), in nats
  double effective_scenarios = 0.0;   ///< exp(-sum p ln p): how many equal ones say as much
  std::vector<double> multipliers;    ///< one per view; 0 where an inequality does not bind
  double residual = 0.0;  ///< largest violation of a view, in standard deviations of its values
};

/// The p that minimises sum_t p_t ln(p_t / prior_t) under the views. The dual is smooth and convex
/// in one multiplier per view; it is solved by Newton's method, an inequality's multiplier kept at
/// its sign by an active set. Source: Meucci, Fully Flexible Views, Risk 21 (2008), appendix A.
/// An empty prior stands for equal probabilities of the first view's scenarios. Errors: kBadInput,
/// field "prior" (negative, not finite, sum not 1 within 1e-9), "views" (none, another length, not
/// finite); kInfeasible, field "views" (a target outside the values' range, or views that exclude
/// each other: names the view). Cost: O(T k^2) a step, some ten steps.
Result<PooledProbabilities> pool_entropy(std::span<const double> prior,
                                         std::span<const EntropyView> views);

/// Means and covariance of T x n returns under probabilities of the rows:
///   m = sum p_t r_t,  S = sum p_t (r_t - m)(r_t - m)'.
/// Errors: as estimate_moments; field "probabilities": another number than rows, negative, sum not
/// 1 within 1e-9.
Result<Moments> weighted_moments(const Matrix& returns, std::span<const double> probabilities);

}  // namespace quanta::statistics
