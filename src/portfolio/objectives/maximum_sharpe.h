/// The largest Sharpe ratio. Only mean_variance.cc includes this.
#pragma once

#include "portfolio/objectives/mean_variance_program.h"

namespace quanta::portfolio::mean_variance {

/// optimize_mean_variance for kMaxSharpe, after its checks.
Result<ContinuousAnswer> maximum_sharpe(const MeanVarianceProblem& p,
                                        const CheckedCovariance& covariance,
                                        const Execution& execution);

}  // namespace quanta::portfolio::mean_variance
