#include <cmath>

#include <fmt/format.h>

#include "portfolio/objectives/robust_mean.h"
#include "services/optimization/deadline.h"
#include "services/optimization/solve.h"
#include "services/optimization/stopwatch.h"

namespace quanta::services {
namespace {

/// What a solver of either kind of problem says.
struct Found {
  portfolio::ContinuousAnswer answer;  ///< its expected_return in the worst case
  std::string method;
};

Result<Found> solve(const portfolio::RobustProblem& problem, const Execution& execution) {
  QUANTA_TRY(portfolio::RobustAnswer robust, portfolio::optimize_robust_mean(problem, execution));
  Found found{.answer = {}, .method = "newton"};
  found.answer.weights = std::move(robust.weights);
  found.answer.value = robust.value;
  found.answer.sense = portfolio::sense_of(problem.objective);
  found.answer.expected_return = robust.worst_return;
  found.answer.certificate = robust.certificate;
  found.answer.shadow_prices = std::move(robust.shadow_prices);
  found.answer.iterations = robust.iterations;
  return found;
}

/// The largest ratio in the worst case. A box lowers the means of weights that are not sold; an
/// ellipsoid of c S lowers every ratio by the same radius sqrt(c), whatever the weights.
Result<Found> largest_ratio(portfolio::MeanVarianceProblem problem, const RobustRequest& robust,
                            const std::vector<double>& errors, double of_covariance,
                            const Execution& execution) {
  const bool box = robust.set == UncertaintySet::kBox;
  for (std::size_t i = 0; box && i < problem.mean.size(); ++i) {
    if (problem.bounds.lower[i] < 0.0) {
      return fail(ErrorKind::kUsage,
                  "a box has no max-sharpe for weights below 0 here; give lower limits of at least "
                  "0, or an ellipsoid",
                  "robust");
    }
    problem.mean[i] -= robust.width * errors[i];
  }
  QUANTA_TRY(portfolio::ContinuousAnswer answer,
             portfolio::optimize_mean_variance(problem, execution));
  if (!box) {
    const double lost = robust.width * std::sqrt(of_covariance);
    answer.value -= lost;
    answer.certificate.best -= lost;
    answer.certificate.bound -= lost;
  }
  return Found{.answer = std::move(answer), .method = "quadratic program"};
}

}  // namespace

Result<void> solve_robust(const OptimizeRequest& request, const Estimate& estimate, const Run& run,
                          const portfolio::MeanVarianceProblem& problem,
                          OptimizeDocument& document) {
  const RobustRequest& robust = *request.robust;
  // The mean of T returns has the covariance S / T, in annual means P S / T with P periods a year.
  const double of_covariance =
      *estimate.periods_per_year / static_cast<double>(estimate.returns.rows());
  std::vector<double> errors;
  for (std::size_t i = 0; i < problem.mean.size(); ++i) {
    errors.push_back(std::sqrt(of_covariance * problem.covariance(i, i)));
  }
  const Deadline deadline(run.execution, request.deadline_s);
  const Stopwatch watch;
  portfolio::RobustProblem stated{.mean = problem.mean,
                                  .covariance = problem.covariance,
                                  .bounds = problem.bounds,
                                  .limits = problem.limits,
                                  .objective = problem.objective,
                                  .risk_aversion = problem.risk_aversion,
                                  .target = problem.target};
  if (robust.set == UncertaintySet::kBox) {
    for (const double error : errors) stated.box.push_back(robust.width * error);
  } else {
    stated.radius = robust.width * std::sqrt(of_covariance);
    stated.uncertainty = problem.covariance;
  }
  auto found = problem.objective == portfolio::Objective::kMaxSharpe
                   ? largest_ratio(problem, robust, errors, of_covariance, deadline.execution())
                   : solve(stated, deadline.execution());
  if (!found) return of_flags(std::move(found).error(), request);

  const portfolio::ContinuousAnswer& answer = found->answer;
  if (problem.objective == portfolio::Objective::kMaxSharpe && answer.value <= 0.0) {
    document.provenance.warnings.push_back(
        "in the worst case of the means no portfolio beats the risk-free rate");
  }
  document.weights = answer.weights;
  document.objective.value = answer.value;
  document.objective.sense = answer.sense;
  document.certificate = answer.certificate;
  document.constraints = constraint_rows(problem, answer, estimate.assets);
  document.provenance.method = found->method;
  document.methods.push_back({.name = std::move(found->method),
                              .kind = MethodKind::kClassical,
                              .value = answer.value,
                              .gap = answer.certificate.gap,
                              .seconds = watch.seconds(),
                              .iterations = static_cast<std::uint64_t>(answer.iterations),
                              .weights = answer.weights,
                              .details = {}});
  return {};
}

}  // namespace quanta::services
