/// Whether any choice of assets can meet the limits at all, asked of a linear relaxation: what
/// closes a tree in which nothing is feasible.
#pragma once

#include <cstdint>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "portfolio/optimizers/cardinality.h"
#include "portfolio/optimizers/perspective_bound.h"

namespace quanta::portfolio {

struct ChoiceRelaxation {
  bool feasible = false;  ///< false: proven that no choice below the node meets limits and rows
  std::vector<std::uint32_t> support;  ///< the assets with weight in the relaxation, rising
};

/// The least r >= 0 by which all rows, scaled to a largest entry of 1, can be met with x of the
/// held assets within their limits and, of the open ones,
///   0 <= x_i <= u_i,  z_i = x_i / u_i + t_i with t_i >= 0,  sum z <= the places that are left,
///   sum over S of z_i >= k
/// for every row a'x >= b: without the assets of S, those with a_i u_i > 0, it falls short of b,
/// and less than k of them do not make up for that. Not feasible is what weak duality says of the
/// multipliers, computed afresh: r > 1e-10.
/// Errors: kCancelled.
Result<ChoiceRelaxation> relax_choice(const CardinalityProblem& problem,
                                      const CardinalityNode& node, const Execution& execution);

}  // namespace quanta::portfolio
