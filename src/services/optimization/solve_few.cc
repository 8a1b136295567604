#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "portfolio/optimizers/cardinality.h"
#include "portfolio/optimizers/lots_decomposition.h"
#include "portfolio/optimizers/lots_qaoa.h"
#include "portfolio/optimizers/lots_sampling.h"
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

/// The stated problem with its target as a limit, where there is one.
portfolio::MeanVarianceProblem with_target(const OptimizeRequest& request,
                                           portfolio::MeanVarianceProblem stated) {
  if (request.target) {
    stated.objective = portfolio::Objective::kTargetReturn;
    stated.target = *request.target;
  }
  return stated;
}

/// The problem with a choice made: each asset within its limits where it is held, else 0.
portfolio::MeanVarianceProblem with_choice(const OptimizeRequest& request,
                                           const portfolio::MeanVarianceProblem& stated,
                                           const portfolio::CardinalityProblem& few,
                                           const std::vector<bool>& held) {
  portfolio::MeanVarianceProblem narrow = with_target(request, stated);
  for (std::size_t i = 0; i < held.size(); ++i) {
    narrow.bounds.lower[i] = held[i] ? few.lower[i] : 0.0;
    narrow.bounds.upper[i] = held[i] ? few.upper[i] : 0.0;
  }
  return narrow;
}

/// What the limits cost while the choice of assets is kept: the prices of the continuous problem
/// with that choice, where its proven optimum is the answer.
std::optional<portfolio::ShadowPrices> prices_of_choice(
    const OptimizeRequest& request, const portfolio::MeanVarianceProblem& stated,
    const portfolio::CardinalityProblem& few, const portfolio::CardinalityAnswer& answer,
    const Run& run) {
  std::vector<bool> held(stated.mean.size());
  for (const std::size_t i : answer.held) held[i] = true;
  const auto weighed =
      portfolio::optimize_mean_variance(with_choice(request, stated, few, held), run.execution);
  if (!weighed || !weighed->certificate.proven) return std::nullopt;
  const double value = weighed->sense == portfolio::Sense::kMaximize ? -answer.value : answer.value;
  if (!(std::abs(weighed->value - value) <= 1e-7 * std::abs(value))) return std::nullopt;
  return weighed->shadow_prices;
}

std::vector<ConstraintRow> rows_of(const OptimizeRequest& request,
                                   const portfolio::CardinalityProblem& problem,
                                   const portfolio::CardinalityAnswer& answer,
                                   const std::vector<std::string>& assets,
                                   const std::optional<portfolio::ShadowPrices>& prices) {
  const auto price = [&](auto member) -> std::optional<double> {
    if (!prices) return std::nullopt;
    return member(*prices);
  };
  std::vector<ConstraintRow> rows;
  double sum = 0.0;
  for (const double w : answer.weights) sum += w;
  rows.push_back({"sum", std::nullopt, Relation::kEqual, 1.0, sum,
                  price([](const auto& p) { return p.sum; })});
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
    const std::size_t limit = r - (request.target ? 1 : 0);  // of the problem without the target
    if (std::isfinite(row.lower)) {
      rows.push_back({name, group, Relation::kAtLeast, row.lower, at,
                      target ? (prices ? prices->target : std::nullopt)
                             : price([&](const auto& p) { return p.limits[limit].lower; })});
    }
    if (std::isfinite(row.upper)) {
      rows.push_back({name, group, Relation::kAtMost, row.upper, at,
                      price([&](const auto& p) { return p.limits[limit].upper; })});
    }
  }
  for (const std::size_t i : answer.held) {
    rows.push_back({"weight", assets[i], Relation::kAtLeast, problem.lower[i], answer.weights[i],
                    price([&](const auto& p) { return p.lower[i]; })});
    rows.push_back({"weight", assets[i], Relation::kAtMost, problem.upper[i], answer.weights[i],
                    price([&](const auto& p) { return p.upper[i]; })});
  }
  return rows;
}

/// 1/2 w'Qw + c'w.
double loss(const portfolio::CardinalityProblem& few, const std::vector<double>& weights) {
  double sum = 0.0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    double field = 0.0;
    for (std::size_t j = 0; j < weights.size(); ++j) field += few.quadratic(i, j) * weights[j];
    sum += weights[i] * (0.5 * field + few.linear[i]);
  }
  return sum;
}

/// K of the assets in equal parts: the loss there, less what return is worth at the optimum without
/// a limit of number where there is a target.
Result<portfolio::LotProblem> equal_parts(const OptimizeRequest& request,
                                          const portfolio::MeanVarianceProblem& stated,
                                          const portfolio::CardinalityProblem& few,
                                          const Execution& execution) {
  const std::size_t n = few.linear.size();
  double price = 0.0;
  if (request.target) {
    QUANTA_TRY(const portfolio::ContinuousAnswer free,
               portfolio::optimize_mean_variance(with_target(request, stated), execution));
    price = free.shadow_prices.target.value_or(0.0);
  }
  portfolio::LotGroup must{.name = "must be held", .assets = few.must};
  must.low = must.high = static_cast<unsigned>(few.must.size());
  portfolio::LotGroup cannot{.name = "cannot be held", .high = 0};
  for (std::size_t i = 0; i < n; ++i) {
    if (few.upper[i] == 0.0) cannot.assets.push_back(i);
  }
  portfolio::LotProblem lots{.quadratic = few.quadratic, .linear = few.linear};
  lots.n_lots = static_cast<unsigned>(std::min(few.most_held, n - cannot.assets.size()));
  const double parts = std::max(lots.n_lots, 1U);
  for (std::size_t i = 0; i < n; ++i) {
    for (double& entry : lots.quadratic.row(i)) entry /= 2.0 * parts * parts;
    lots.linear[i] = (lots.linear[i] - price * stated.mean[i]) / parts;
  }
  std::vector<portfolio::LotGroup> groups;
  if (!must.assets.empty()) groups.push_back(std::move(must));
  if (!cannot.assets.empty()) groups.push_back(std::move(cannot));
  return portfolio::with_groups(std::move(lots), std::move(groups));
}

/// Which assets, best first: QAOA's shots after descent and before it; by clusters where one
/// circuit would be too large.
struct Choices {
  std::vector<std::vector<unsigned>> held = {};
  std::string how = {};
  std::uint64_t iterations = 0;
};

Result<Choices> choices(const OptimizeRequest& request, const portfolio::LotProblem& lots,
                        std::uint64_t seed, const Execution& execution) {
  constexpr unsigned kClusterQubits = 14;
  constexpr double kMostExchanges = 7e9;  // some seconds
  constexpr std::size_t kMostChoices = 20;
  quantum::QaoaOptions options;
  options.layers = request.layers.value_or(options.layers);
  options.shots = request.shots.value_or(options.shots);
  options.seed = seed;
  Choices result;
  if (portfolio::qaoa_exchanges(lots, options.layers) > kMostExchanges) {
    QUANTA_TRY(portfolio::DecomposedLots found,
               portfolio::solve_by_decomposition(lots, kClusterQubits, options, execution));
    result.iterations = found.iterations;
    result.held = {std::move(found.lots), std::move(found.merged)};
    result.how = fmt::format("a decomposition, which is a heuristic, into {} clusters",
                             found.clusters.size());
    return result;
  }
  QUANTA_TRY(portfolio::QaoaLots found, portfolio::solve_by_qaoa(lots, options, execution));
  QUANTA_TRY(portfolio::SampledLots polished,
             portfolio::polish(lots, found.samples, {.pool = execution.pool}));
  result.iterations = found.iterations;
  result.how =
      fmt::format("{} qubits, {} layers, {} shots", found.qubits, found.layers, found.shots);
  result.held.push_back(std::move(polished.lots));
  for (std::vector<unsigned>& sample : found.samples) {
    if (result.held.size() < kMostChoices && portfolio::is_feasible(lots, sample)) {
      result.held.push_back(std::move(sample));
    }
  }
  return result;
}

/// The assets by QAOA on equal parts, then their weights by the quadratic program. Nothing where no
/// choice has weights that meet the limits.
Result<std::optional<MethodRun>> choose_then_weigh(const OptimizeRequest& request, const Run& run,
                                                   const portfolio::MeanVarianceProblem& stated,
                                                   const portfolio::CardinalityProblem& few) {
  const Deadline deadline(run.execution, request.deadline_s);
  const Stopwatch watch;
  QUANTA_TRY(const portfolio::LotProblem lots,
             equal_parts(request, stated, few, deadline.execution()));
  QUANTA_TRY(const Choices chosen, choices(request, lots, run.seed, deadline.execution()));
  std::optional<MethodRun> best;
  for (const std::vector<unsigned>& held : chosen.held) {
    const std::vector<bool> is_held(held.begin(), held.end());
    auto weighed = portfolio::optimize_mean_variance(with_choice(request, stated, few, is_held),
                                                     deadline.execution());
    if (!weighed) continue;  // these assets cannot meet the limits
    const double value = loss(few, weighed->weights);
    if (best && best->value <= value) continue;
    best.emplace();
    best->value = value;
    best->weights = std::move(weighed->weights);
  }
  if (!best) return std::nullopt;
  best->name = "qaoa, then quadratic program";
  best->kind = MethodKind::kQuantum;
  best->seconds = watch.seconds();
  best->iterations = chosen.iterations;
  best->details = json::Object{
      {"about", fmt::format("qaoa (simulated) chose the assets by what equal parts of them would "
                            "lose: {}; the quadratic program weighed the {} best choices; the "
                            "bound is that of branch and bound",
                            chosen.how, chosen.held.size())}};
  return best;
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
    if (error.kind == ErrorKind::kCancelled && request.deadline_s) {
      error.message = fmt::format(
          "within {} s the search found no choice of assets that meets the limits, and did not "
          "rule "
          "out that there is one; give it longer, allow more assets or widen the limits",
          *request.deadline_s);
      error.field = "deadline";
    }
    return infeasible_error(std::move(error));
  }
  const double bound = answer->certificate.bound;
  MethodRun method;
  method.name = "branch and bound";
  method.value = answer->value;
  method.gap = answer->certificate.gap;
  method.seconds = watch.seconds();
  method.iterations = answer->nodes;
  method.weights = answer->weights;
  method.details = json::Object{
      {"nodes", answer->nodes},
      {"root_bound", request.objective == OptimizeObjective::kUtility ? -answer->root_bound
                                                                      : answer->root_bound}};
  document.provenance.method = method.name;
  document.methods.push_back(std::move(method));
  if (request.method == OptimizeMethod::kQaoa) {
    QUANTA_TRY(std::optional<MethodRun> quantum, choose_then_weigh(request, run, problem, few));
    if (quantum) {
      // Its answer is what was asked for, with its distance to the proven bound.
      quantum->gap = std::max(quantum->value - bound, 0.0);
      answer->weights = quantum->weights;
      answer->value = quantum->value;
      answer->held.clear();
      for (std::size_t i = 0; i < answer->weights.size(); ++i) {
        if (answer->weights[i] > 0.0) answer->held.push_back(i);
      }
      answer->certificate = {quantum->value, std::min(bound, quantum->value), *quantum->gap,
                             *quantum->gap <= 1e-6 * std::abs(quantum->value)};
      document.provenance.method = quantum->name + ", " + document.provenance.method;
      document.provenance.backend = "state-vector simulator";
      document.methods.insert(document.methods.begin(), *std::move(quantum));
    } else {
      document.provenance.degraded = true;
      document.provenance.warnings.emplace_back(
          "none of the assets that QAOA chose have weights that meet the limits: the answer is "
          "that of branch and bound");
    }
  }
  document.weights = answer->weights;
  document.selected.emplace();
  for (const std::size_t i : answer->held) document.selected->push_back(estimate.assets[i]);
  document.constraints = rows_of(request, few, *answer, estimate.assets,
                                 prices_of_choice(request, problem, few, *answer, run));
  document.certificate = answer->certificate;
  document.objective.value = answer->value;
  if (request.objective == OptimizeObjective::kUtility) {  // the most utility was the least loss
    document.objective.sense = portfolio::Sense::kMaximize;
    document.objective.value = -answer->value;
    document.certificate.best = -answer->certificate.best;
    document.certificate.bound = -answer->certificate.bound;
    for (MethodRun& run_of : document.methods) run_of.value = -run_of.value;
  }
  if (answer->stopped && !answer->certificate.proven) {
    document.provenance.degraded = true;
    document.provenance.warnings.emplace_back(kStoppedEarly);
  }
  return {};
}

}  // namespace quanta::services
