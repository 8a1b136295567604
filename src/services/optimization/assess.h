/// Fills in what `optimize` says about the trust that weights deserve. Only the files that solve
/// include this.
#pragma once

#include "portfolio/objectives/mean_variance.h"
#include "services/moments/moments.h"
#include "services/optimization/optimization.h"

namespace quanta::services {

/// Errors where confidence, sensitivity or stability were asked for what has none of them: kUsage,
/// naming the flag.
Result<void> check_assessment(const OptimizeRequest& request);

/// Fills document.confidence, .sensitivity and .stability as asked. `problem` is what `answer`
/// solves. Errors: those of the engines with the flags as their fields; kCancelled.
Result<void> assess_weights(const OptimizeRequest& request, const Estimate& estimate,
                            const Run& run, const portfolio::MeanVarianceProblem& problem,
                            const portfolio::ContinuousAnswer& answer, OptimizeDocument& document);

}  // namespace quanta::services
