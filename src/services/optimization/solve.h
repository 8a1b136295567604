/// The kinds of problem behind `optimize`, each filling in its part of the document. Only
/// optimization.cc includes this.
#pragma once

#include "portfolio/objectives/mean_variance.h"
#include "services/moments/moments.h"
#include "services/optimization/conflicts.h"
#include "services/optimization/optimization.h"

namespace quanta::services {

/// Fills weights, objective, constraints, certificate, methods and, in the provenance, method,
/// backend, degraded and warnings. document.assets is there already.
Result<void> solve_weights(const OptimizeRequest& request, const Estimate& estimate, const Run& run,
                           OptimizeDocument& document);

/// Means and covariance of the problem: the moments, or what max-diversification and
/// max-decorrelation make of them. Errors: as correlation().
Result<void> set_moments(const OptimizeRequest& request, statistics::Moments moments,
                         portfolio::MeanVarianceProblem& problem);

/// The problem's optimum by the engine that its objective belongs to.
Result<portfolio::ContinuousAnswer> solve_problem(const OptimizeRequest& request,
                                                  const portfolio::MeanVarianceProblem& problem,
                                                  const Execution& execution);

/// The same as solve_weights for risks of scenarios.
Result<void> solve_scenario(const OptimizeRequest& request, const Estimate& estimate,
                            const Run& run, OptimizeDocument& document);

/// The error with the flag in place of the engine's field: returns and moments are made from the
/// prices, and a user has no flag called covariance, mean or limits.
std::unexpected<Error> of_flags(Error error, const OptimizeRequest& request);

/// The limits of the request; groups and trading as they stand in the problem.
LimitsAsStated limits_as_stated(const OptimizeRequest& request, const Estimate& estimate,
                                const portfolio::MeanVarianceProblem& problem);

/// What a search says that a deadline ended.
inline constexpr const char* kStoppedEarly =
    "the search was stopped before it was exhausted: the answer is the best found, and the "
    "certificate says how far from the best possible it can be";

/// Leverage, the weights that are held, and what it costs to leave them.
Result<void> add_start(const OptimizeRequest& request, const Estimate& estimate,
                       OptimizeDocument& document, portfolio::MeanVarianceProblem& problem);

/// Group limits as sums of weights, added to problem.limits.
Result<void> add_groups(const OptimizeRequest& request, const Estimate& estimate,
                        OptimizeDocument& document, portfolio::MeanVarianceProblem& problem);

/// The constraints of the problem with what the answer has there and pays for them.
std::vector<ConstraintRow> constraint_rows(const portfolio::MeanVarianceProblem& problem,
                                           const portfolio::ContinuousAnswer& answer,
                                           const std::vector<std::string>& assets);

/// The same as solve_weights where the number of assets or the least position is limited
/// (min-variance, target-return, utility), with `selected`: called by it with the problem as
/// stated.
Result<void> solve_few(const OptimizeRequest& request, const Estimate& estimate, const Run& run,
                       const portfolio::MeanVarianceProblem& problem, OptimizeDocument& document);

/// The same as solve_weights for the worst of the means that the request allows (utility,
/// target-return, max-sharpe): called by it with the problem as stated.
Result<void> solve_robust(const OptimizeRequest& request, const Estimate& estimate, const Run& run,
                          const portfolio::MeanVarianceProblem& problem,
                          OptimizeDocument& document);

/// The same as solve_weights for rules, which run within microseconds and cannot be stopped.
Result<void> solve_rule(const OptimizeRequest& request, const Estimate& estimate,
                        OptimizeDocument& document);

/// The same for selection and lots, and `selected` or `lots`.
Result<void> solve_lots(const OptimizeRequest& request, const Estimate& estimate, const Run& run,
                        OptimizeDocument& document);

}  // namespace quanta::services
