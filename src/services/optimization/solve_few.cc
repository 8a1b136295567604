#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "portfolio/optimizers/cardinality.h"
#include "services/optimization/deadline.h"
#include "services/optimization/solve.h"
#include "services/optimization/stopwatch.h"

namespace quanta::services {
namespace {

/// The problem with whole choices, as a minimisation: w'Sw, or delta/2 w'Sw - m'w.
Result<portfolio::CardinalityProblem> few_problem(const OptimizeRequest& request,
                                                  const std::vector<std::string>& assets,
                                                  const portfolio::MeanVarianceProblem& stated) {
  const std::size_t n = assets.size();
  const bool utility = request.objective == OptimizeObjective::kUtility;
  portfolio::CardinalityProblem out{.quadratic = stated.covariance,
                                    .linear = std::vector<double>(n, 0.0),
                                    .lower = std::vector<double>(n),
                                    .upper = std::vector<double>(n),
                                    .most_held = request.select.value_or(n)};
  for (std::size_t i = 0; i < n; ++i) {
    for (double& entry : out.quadratic.row(i)) entry *= utility ? stated.risk_aversion : 2.0;
    if (utility) out.linear[i] = -stated.mean[i];
  }
  const double least = request.min_weight.value_or(0.0);
  if (!(least >= 0.0 && least <= 1.0)) {
    return bad_input("min-weight", fmt::format("{} is no weight of a held asset: 0 to 1", least));
  }
  for (std::size_t i = 0; i < n; ++i) {
    const double low = stated.bounds.lower[i];
    const double high = std::min(stated.bounds.upper[i], 1.0);
    if (low < 0.0) {
      return bad_input(request.bounds.all && request.bounds.all->first < 0.0 ? "bounds" : "bound",
                       fmt::format("{}: {} allows short positions, which a limited number of "
                                   "assets does not; 0 is the least",
                                   assets[i], low));
    }
    if (low > 0.0) out.must.push_back(i);
    out.lower[i] = std::max(low, least);
    out.upper[i] = high;
    if (out.lower[i] > high) {
      if (low > 0.0) {
        return infeasible("min-weight", fmt::format("{} must be held, at most {}, and each held "
                                                    "asset at least {}",
                                                    assets[i], high, least));
      }
      out.lower[i] = out.upper[i] = 0.0;  // there is no weight it could have
    }
  }
  if (out.must.size() > out.most_held) {
    return infeasible(
        "select", fmt::format("{} assets have a lower limit above 0, so each of them is held; at "
                              "most {} may be (--min-weight limits only what is held)",
                              out.must.size(), out.most_held));
  }
  // What the largest positions hold, without any search.
  std::vector<double> largest(out.upper);
  std::ranges::sort(largest, std::ranges::greater());
  double room = 0.0;
  for (std::size_t i = 0; i < std::min(n, out.most_held); ++i) room += largest[i];
  if (out.most_held > 0 && room < 1.0 - portfolio::kSumRoom) {
    return infeasible("select", fmt::format("the {} largest positions that are allowed sum to "
                                            "{:.6g}, but weights sum to 1",
                                            std::min(n, out.most_held), room));
  }
  if (request.target) {
    out.rows.push_back({.name = "return", .coefficients = stated.mean, .lower = *request.target});
  }
  out.rows.insert(out.rows.end(), stated.limits.begin(), stated.limits.end());
  return out;
}

/// Why there is no answer: the limits without any limit of number, where they already contradict
/// each other, else that limit.
Error why_infeasible(const OptimizeRequest& request, portfolio::MeanVarianceProblem stated,
                     const Run& run) {
  if (request.target) {
    stated.objective = portfolio::Objective::kTargetReturn;
    stated.target = *request.target;
  }
  auto free = portfolio::optimize_mean_variance(stated, run.execution);
  if (!free) return std::move(free).error();
  return {ErrorKind::kInfeasible,
          request.select
              ? fmt::format("no {} assets or fewer meet the bounds, groups and target together{}; "
                            "with more of them it is possible",
                            *request.select, request.min_weight ? " at that least weight" : "")
              : std::string("no portfolio with that least weight meets the bounds, groups and "
                            "target together"),
          request.select ? "select" : "min-weight",
          {}};
}

std::vector<ConstraintRow> rows_of(const OptimizeRequest& request,
                                   const portfolio::CardinalityProblem& problem,
                                   const portfolio::CardinalityAnswer& answer,
                                   const std::vector<std::string>& assets) {
  std::vector<ConstraintRow> rows;
  double sum = 0.0;
  for (const double w : answer.weights) sum += w;
  rows.push_back({"sum", std::nullopt, Relation::kEqual, 1.0, sum, std::nullopt});
  if (request.select) {
    rows.push_back({"select", std::nullopt, Relation::kAtMost, static_cast<double>(*request.select),
                    static_cast<double>(answer.held.size()), std::nullopt});
  }
  for (std::size_t r = 0; r < problem.rows.size(); ++r) {
    const portfolio::LinearLimit& row = problem.rows[r];
    const bool target = request.target && r == 0;
    const std::optional<std::string> group = target ? std::nullopt : std::optional(row.name);
    const char* name = target ? "return" : "group";
    double at = 0.0;
    for (std::size_t i = 0; i < assets.size(); ++i) at += row.coefficients[i] * answer.weights[i];
    if (std::isfinite(row.lower)) {
      rows.push_back({name, group, Relation::kAtLeast, row.lower, at, std::nullopt});
    }
    if (std::isfinite(row.upper)) {
      rows.push_back({name, group, Relation::kAtMost, row.upper, at, std::nullopt});
    }
  }
  for (const std::size_t i : answer.held) {
    rows.push_back({"weight", assets[i], Relation::kAtLeast, problem.lower[i], answer.weights[i],
                    std::nullopt});
    rows.push_back({"weight", assets[i], Relation::kAtMost, problem.upper[i], answer.weights[i],
                    std::nullopt});
  }
  return rows;
}

}  // namespace

Result<void> solve_few(const OptimizeRequest& request, const Estimate& estimate, const Run& run,
                       const portfolio::MeanVarianceProblem& problem, OptimizeDocument& document) {
  const auto infeasible_error = [&](Error error) {
    return of_flags(with_conflicts(std::move(error), limits_as_stated(request, estimate, problem),
                                   run.execution),
                    request);
  };
  const auto stated = few_problem(request, estimate.assets, problem);
  if (!stated) return infeasible_error(stated.error());
  const portfolio::CardinalityProblem& few = *stated;
  const Deadline deadline(run.execution, request.deadline_s);
  const Stopwatch watch;
  auto answer = portfolio::solve_cardinality(few, {}, deadline.execution());
  if (!answer) {
    Error error = std::move(answer).error();
    if (error.field == "constraints") error = why_infeasible(request, problem, run);
    return infeasible_error(std::move(error));
  }
  document.weights = answer->weights;
  document.selected.emplace();
  for (const std::size_t i : answer->held) document.selected->push_back(estimate.assets[i]);
  document.constraints = rows_of(request, few, *answer, estimate.assets);
  document.certificate = answer->certificate;
  document.objective.value = answer->value;
  double root_bound = answer->root_bound;
  if (request.objective == OptimizeObjective::kUtility) {  // the most utility was the least loss
    document.objective.sense = portfolio::Sense::kMaximize;
    document.objective.value = -answer->value;
    document.certificate.best = -answer->certificate.best;
    document.certificate.bound = -answer->certificate.bound;
    root_bound = -root_bound;
  }
  if (answer->stopped && !answer->certificate.proven) {
    document.provenance.degraded = true;
    document.provenance.warnings.emplace_back(kStoppedEarly);
  }
  MethodRun method;
  method.name = "branch and bound";
  method.value = document.objective.value;
  method.gap = document.certificate.gap;
  method.seconds = watch.seconds();
  method.iterations = answer->nodes;
  method.weights = answer->weights;
  method.details = json::Object{{"nodes", answer->nodes}, {"root_bound", root_bound}};
  document.provenance.method = method.name;
  document.methods.push_back(std::move(method));
  return {};
}

}  // namespace quanta::services
