/// Recomputes what a robust portfolio claims, from nothing but the problem, the weights and the
/// dual. Shares no code with the solver.
#pragma once

#include <span>

#include "portfolio/objectives/robust_mean.h"

namespace quanta::portfolio {

/// m'w - sum box_i |w_i| - radius sqrt(w'Uw).
double worst_return(const RobustProblem& problem, std::span<const double> weights);

struct RobustProof {
  double value = 0.0;          ///< kUtility: the utility; kTargetReturn: the variance
  double bound = 0.0;          ///< no weights are better; infinite where the dual is none
  double infeasibility = 0.0;  ///< largest violation of the sum, a bound, a limit or the target
};

/// With the mean m* = m + e - radius U w / sqrt(w'Uw), a member of the set, and any v,
///   worst(v) <= m*'v   and   v'Sv >= 2 w'Sv - w'Sw,
/// so that utility (or variance and target, with the target's multiplier) is bounded by a linear
/// function of v, and that by linear_bound.
RobustProof robust_proof(const RobustProblem& problem, std::span<const double> weights,
                         const RobustDual& dual);

}  // namespace quanta::portfolio
