/// The weights of a target return under drawn moments of which the target says something too.
#pragma once

#include <vector>

#include "core/execution.h"
#include "core/random.h"
#include "core/result.h"
#include "portfolio/confidence/weight_confidence.h"
#include "portfolio/objectives/mean_variance.h"

namespace quanta::portfolio {

/// Weights that sum to 1 take a common change c of all means as a change of the target by -c. So
/// the level of the draw's means is drawn anew, from its normal distribution cut to those levels at
/// which the target binds and can be reached,
///
///   target - m'w_most <= c <= target - m'w_least,
///
/// w_least of least variance, w_most of the largest return (of the utility with a risk aversion of
/// 1e-4 times the spread of the means over the largest variance): whoever sets a target means one
/// that does. Left out are draws that say the opposite: where the level has less than one chance in
/// 10,000 to lie there, it stays as drawn, and so the answer can be the portfolio of least
/// variance, or none.
///
/// `problem` has the objective kTargetReturn and the moments of the draw. Errors: as
/// optimize_mean_variance. Cost: three of its solves.
Result<std::vector<double>> binding_target_weights(const MeanVarianceProblem& problem,
                                                   const LevelledMoments& draw,
                                                   RandomStream& random,
                                                   const Execution& execution);

}  // namespace quanta::portfolio
