#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "portfolio/optimizers/lots_decomposition.h"
#include "portfolio/optimizers/lots_exact.h"
#include "portfolio/optimizers/lots_qaoa.h"
#include "portfolio/optimizers/lots_sampling.h"
#include "portfolio/optimizers/lots_vqe.h"
#include "services/optimization/deadline.h"
#include "services/optimization/solve.h"
#include "services/optimization/stopwatch.h"

namespace quanta::services {
namespace {

/// Exchanges of amplitudes in one run of the circuit that `auto` spends: some seconds in all.
constexpr double kExchangesForAuto = 7e9;
/// Bytes that a simulation may take where QAOA was asked for by name: 28 qubits, half of them one.
constexpr std::size_t kMemoryForQaoa = std::size_t{4} << 30;
constexpr std::size_t kUsualShots = 1024;
constexpr std::uint64_t kDescentStarts = 20;
constexpr std::uint64_t kAnnealRestarts = 20;
constexpr std::uint64_t kAnnealSweeps = 200;
/// Of each circuit of a decomposition.
constexpr unsigned kClusterQubits = 14;
/// How far a warm start's shares stay from 0 and 1.
constexpr double kWarmStartEpsilon = 0.25;
/// Choices that `enumerate` sees before it refuses: a minute or so.
constexpr std::uint64_t kMostEnumerated = 5'000'000'000;

/// C(n, k) as a double, which may be infinite.
double binomial(std::size_t n, std::size_t k) {
  double result = 1;
  for (std::size_t i = 1; i <= std::min(k, n - k); ++i) {
    result *= static_cast<double>(n - i + 1) / static_cast<double>(i);
  }
  return std::round(result);
}

/// 125970 as "125,970"; far beyond what is simulated, three digits.
std::string grouped(double count) {
  if (count >= 1e12) return fmt::format("{:.3g}", count);
  std::string digits = fmt::format("{:.0f}", count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

constexpr std::string_view kDecomposition =
    "decomposition: a heuristic (clusters by QAOA, merged, then swap descent over all)";

std::size_t qubits_of(const portfolio::LotProblem& problem) {
  return problem.n_assets() * std::min(problem.max_lots, problem.n_lots);
}

/// Whether --method qaoa could hold it.
bool fits(const portfolio::LotProblem& problem) {
  constexpr double kBytesPerState = 48.0;
  return qubits_of(problem) <= portfolio::kMaxQaoaQubits &&
         kBytesPerState * binomial(qubits_of(problem), problem.n_lots) <=
             static_cast<double>(kMemoryForQaoa);
}

std::string too_large(const portfolio::LotProblem& problem) {
  const std::size_t qubits = qubits_of(problem);
  if (qubits > portfolio::kMaxQaoaQubits) {
    return fmt::format("{} assets would need {} qubits, and at most {} are simulated",
                       problem.n_assets(), qubits, portfolio::kMaxQaoaQubits);
  }
  return fmt::format("{} qubits of which {} are one have {} states, too many to simulate quickly",
                     qubits, problem.n_lots, grouped(binomial(qubits, problem.n_lots)));
}

std::vector<double> weights_of(const portfolio::LotProblem& problem,
                               const std::vector<unsigned>& lots) {
  std::vector<double> weights;
  for (const unsigned z : lots) {
    weights.push_back(static_cast<double>(z) / static_cast<double>(problem.n_lots));
  }
  return weights;
}

/// One method's answer while the others are still to come.
struct Candidate {
  MethodRun run;
  std::vector<unsigned> lots;
};

QaoaDetails details_of(const portfolio::QaoaLots& answer) {
  QaoaDetails details;
  details.qubits = answer.qubits;
  details.layers = answer.layers;
  details.mixer = answer.mixer;
  details.parameters = answer.parameters;
  details.expectation = answer.expectation;
  details.approximation_ratio = answer.approximation_ratio;
  details.mean_approximation_ratio = answer.mean_approximation_ratio;
  details.probability_of_best = answer.probability_of_best;
  details.chance = answer.chance;
  details.best_of_random = answer.best_of_random;
  details.shots = answer.shots;
  details.states = answer.states;
  details.probability_feasible = answer.probability_feasible;
  details.angles_carried_over = answer.angles_carried_over;
  return details;
}

/// What each step needs.
struct Task {
  const OptimizeRequest& request;
  const portfolio::LotProblem& problem;
  const Run& run;
  OptimizeDocument& document;
  std::vector<Candidate> candidates = {};

  void warn(std::string text) const {
    document.provenance.degraded = true;
    document.provenance.warnings.push_back(std::move(text));
  }

  Candidate& add(std::string name, MethodKind kind, const std::vector<unsigned>& lots, double value,
                 std::uint64_t iterations, double seconds) {
    Candidate& candidate = candidates.emplace_back();
    candidate.run.name = std::move(name);
    candidate.run.kind = kind;
    candidate.run.value = value;
    candidate.run.seconds = seconds;
    candidate.run.iterations = iterations;
    candidate.run.weights = weights_of(problem, lots);
    candidate.lots = lots;
    return candidate;
  }
};

/// The circuits' share of a deadline: the proof needs some time too.
std::optional<double> half(std::optional<double> seconds) {
  if (seconds) *seconds /= 2;
  return seconds;
}

/// One method's error, where `auto` may go on without it.
Result<void> leave_out(Task& task, std::string_view name, const Error& error) {
  const bool forgivable = error.kind == ErrorKind::kCancelled || error.kind == ErrorKind::kResource;
  if (!forgivable || task.request.method != OptimizeMethod::kAuto) return std::unexpected(error);
  task.warn(error.kind == ErrorKind::kCancelled
                ? fmt::format("{} was stopped before it had an answer (it gets half of the "
                              "deadline)",
                              name)
                : fmt::format("{} was left out: {}", name, error.message));
  return {};
}

void add_sampled(Task& task, const std::string& name, const portfolio::QaoaLots& answer,
                 double seconds) {
  Candidate& candidate =
      task.add(name, MethodKind::kQuantum, answer.lots, answer.value, answer.iterations, seconds);
  QaoaDetails details = details_of(answer);
  details.warm_start = task.request.warm_start;
  candidate.run.details = json::to(details);
  task.document.provenance.backend = "state-vector simulator";
  // A row of its own: descent from the shots is classical, whatever it starts from.
  const Stopwatch watch;
  const auto polished =
      portfolio::polish(task.problem, answer.samples, {.pool = task.run.execution.pool});
  if (!polished) return;  // there is always a shot, and no stop
  task.add(name + ", polished", MethodKind::kClassical, polished->lots, polished->value,
           polished->iterations, watch.seconds());
}

/// Cluster by cluster, where one circuit would be too large.
Result<void> run_decomposition(Task& task, const quantum::QaoaOptions& options) {
  if (task.problem.max_lots > kClusterQubits) return {};  // not even one asset fits
  const Deadline deadline(task.run.execution, half(task.request.deadline_s));
  const Stopwatch watch;
  const auto answer = portfolio::solve_by_decomposition(task.problem, kClusterQubits, options,
                                                        deadline.execution());
  if (!answer) return leave_out(task, "the decomposition", answer.error());
  Candidate& candidate = task.add("decomposition", MethodKind::kQuantum, answer->lots,
                                  answer->value, answer->iterations, watch.seconds());
  json::Array clusters;
  for (const portfolio::LotCluster& cluster : answer->clusters) {
    std::vector<std::string> names;
    for (const std::size_t i : cluster.assets) names.push_back(task.document.assets[i]);
    clusters.push_back(json::Object{
        {"assets", json::to(names)}, {"lots", cluster.lots}, {"qubits", cluster.qubits}});
  }
  candidate.run.details = json::Object{{"about", kDecomposition},
                                       {"merged_value", answer->merged_value},
                                       {"clusters", std::move(clusters)}};
  task.document.provenance.backend = "state-vector simulator";
  return {};
}

/// QAOA, whole or in clusters. With a deadline it gets half of the time.
Result<void> run_qaoa(Task& task) {
  const OptimizeRequest& request = task.request;
  const bool insists = request.method == OptimizeMethod::kQaoa;
  quantum::QaoaOptions options;
  options.layers = request.layers.value_or(options.layers);
  options.shots = request.shots.value_or(kUsualShots);
  options.seed = task.run.seed;
  const double exchanges = portfolio::qaoa_exchanges(task.problem, options.layers);
  if (!insists && exchanges > kExchangesForAuto) {
    task.warn("QAOA as a whole was left out: " + too_large(task.problem) +
              (fits(task.problem) ? "; --method qaoa insists" : ""));
    return run_decomposition(task, options);
  }
  if (insists) options.memory_limit = kMemoryForQaoa;
  const Deadline deadline(task.run.execution, half(request.deadline_s));
  const Stopwatch watch;
  const auto answer = portfolio::solve_by_qaoa(
      task.problem, options, deadline.execution(),
      {.warm_start_epsilon = request.warm_start ? std::optional(kWarmStartEpsilon) : std::nullopt});
  if (!answer) {
    if (insists && answer.error().kind == ErrorKind::kResource) {
      task.warn("QAOA as a whole was left out: " + answer.error().message);
      options.memory_limit = quantum::QaoaOptions{}.memory_limit;
      QUANTA_CHECK(run_decomposition(task, options));
      if (task.candidates.empty()) return std::unexpected(answer.error());
      return {};
    }
    return leave_out(task, "QAOA", answer.error());
  }
  add_sampled(task, "qaoa", *answer, watch.seconds());
  return {};
}

Result<void> run_vqe(Task& task) {
  portfolio::VqeLotsOptions options{.shots = task.request.shots.value_or(kUsualShots),
                                    .seed = task.run.seed};
  options.layers = task.request.layers.value_or(options.layers);
  const Deadline deadline(task.run.execution, half(task.request.deadline_s));
  const Stopwatch watch;
  QUANTA_TRY(const portfolio::QaoaLots answer,
             portfolio::solve_by_vqe(task.problem, options, deadline.execution()));
  add_sampled(task, "vqe", answer, watch.seconds());
  return {};
}

/// The exhausted search, whose bound is everybody's.
Result<portfolio::Certificate> run_exact(Task& task, const Stopwatch& since) {
  std::optional<double> seconds = task.request.deadline_s;
  if (seconds) *seconds = std::max(*seconds - since.seconds(), 0.0);
  const Deadline deadline(task.run.execution, seconds);
  const Stopwatch watch;
  portfolio::ExactLotsOptions options;
  if (task.request.method == OptimizeMethod::kEnumerate) {
    const std::uint64_t feasible = portfolio::n_feasible(task.problem);
    if (feasible > kMostEnumerated) {
      return fail(ErrorKind::kResource,
                  fmt::format("{} choices are too many to see each; exact proves the best without",
                              grouped(static_cast<double>(feasible))),
                  "method");
    }
    options.enumerate_up_to = kMostEnumerated;
  }
  QUANTA_TRY(const portfolio::ExactLots answer,
             portfolio::solve_exactly(task.problem, options, deadline.execution()));
  Candidate& candidate =
      task.add(answer.enumerated ? "enumeration" : "branch and bound", MethodKind::kClassical,
               answer.lots, answer.value, answer.iterations, watch.seconds());
  if (answer.statistics) {
    candidate.run.details = json::Object{{"feasible", answer.statistics->feasible},
                                         {"best", answer.statistics->n_best},
                                         {"worst", answer.statistics->worst},
                                         {"mean", answer.statistics->mean}};
  }
  if (!answer.certificate.proven) {
    task.warn(kStoppedEarly);
  }
  return answer.certificate;
}

/// What a quantum answer must be measured against. Each gets a tenth of the deadline and is left
/// out where that does not suffice.
Result<void> run_baseline(
    Task& task, const char* name,
    const std::function<Result<portfolio::SampledLots>(const Execution&)>& solve) {
  std::optional<double> seconds = task.request.deadline_s;
  if (seconds) *seconds /= 10;
  const Deadline deadline(task.run.execution, seconds);
  const Stopwatch watch;
  const Result<portfolio::SampledLots> answer = solve(deadline.execution());
  if (answer) {
    task.add(name, MethodKind::kClassical, answer->lots, answer->value, answer->iterations,
             watch.seconds());
    return {};
  }
  if (answer.error().kind != ErrorKind::kCancelled) return std::unexpected(answer.error());
  task.warn(fmt::format("{} had no time to finish and was left out", name));
  return {};
}

Result<void> run_baselines(Task& task) {
  const std::uint64_t seed = task.run.seed;
  const std::size_t shots = task.request.shots.value_or(kUsualShots);
  QUANTA_CHECK(run_baseline(task, "annealing", [&](const Execution& execution) {
    return portfolio::anneal_lots(task.problem, kAnnealRestarts, kAnnealSweeps, seed, execution);
  }));
  QUANTA_CHECK(run_baseline(task, "random picks", [&](const Execution& execution) {
    return portfolio::best_of_random(task.problem, shots, seed, execution);
  }));
  return run_baseline(task, "swap descent", [&](const Execution& execution) {
    return portfolio::swap_descent(task.problem, kDescentStarts, seed, execution);
  });
}

/// Whose answer is given: the method's that was asked for, else the best. Of equal ones (up to
/// rounding: the same lots summed in another order) the first, which is the quantum one.
const Candidate& chosen(const Task& task) {
  const Candidate* best = &task.candidates.front();
  const OptimizeMethod method = task.request.method;
  if (method == OptimizeMethod::kQaoa || method == OptimizeMethod::kVqe) return *best;
  if (method == OptimizeMethod::kAnneal) {
    const auto annealed = std::ranges::find(task.candidates, std::string_view("annealing"),
                                            [](const Candidate& c) { return c.run.name; });
    if (annealed != task.candidates.end()) return *annealed;
  }
  for (const Candidate& candidate : task.candidates) {
    if (candidate.lots != best->lots && candidate.run.value < best->run.value) best = &candidate;
  }
  return *best;
}

/// Why `auto` ran what it ran.
std::string why(const Task& task) {
  const portfolio::LotProblem& problem = task.problem;
  const std::size_t qubits = qubits_of(problem);
  std::string_view exact = "exhausted search";
  bool quantum = false;
  bool decomposed = false;
  for (const Candidate& candidate : task.candidates) {
    if (candidate.run.name == "enumeration" || candidate.run.name == "branch and bound") {
      exact = candidate.run.name;
    }
    quantum = quantum || candidate.run.kind == MethodKind::kQuantum;
    decomposed = decomposed || candidate.run.name == "decomposition";
  }
  if (decomposed) {
    return fmt::format("a decomposition, which is a heuristic, beside {}: {}", exact,
                       too_large(problem));
  }
  if (quantum) {
    return fmt::format("QAOA beside {}: {} qubits fit; {} states", exact, qubits,
                       grouped(binomial(qubits, problem.n_lots)));
  }
  return fmt::format("{} only: {}", exact, too_large(problem));
}

void fill_in(Task& task, const portfolio::Certificate& exact) {
  OptimizeDocument& document = task.document;
  const Candidate& best = chosen(task);
  // One value for one choice, whichever method found it.
  const double value = portfolio::value(task.problem, best.lots);
  document.weights = weights_of(task.problem, best.lots);
  document.objective.value = value;
  document.objective.sense = portfolio::Sense::kMinimize;
  document.certificate.best = value;
  document.certificate.bound = std::min(exact.bound, value);
  document.certificate.gap = value - document.certificate.bound;
  // The tolerance of a discrete answer; the bound itself must come from the search.
  document.certificate.proven = document.certificate.gap <= 1e-6 * std::max(std::abs(value), 1e-12);

  for (const portfolio::LotGroup& group : task.problem.groups) {
    double held = 0.0;
    for (const std::size_t i : group.assets) held += best.lots[i];
    document.constraints.push_back({"group", group.name, Relation::kAtLeast,
                                    static_cast<double>(group.low), held, std::nullopt});
    document.constraints.push_back({"group", group.name, Relation::kAtMost,
                                    static_cast<double>(group.high), held, std::nullopt});
  }
  const bool selection = task.request.objective == OptimizeObjective::kSelection;
  ConstraintRow& sum = document.constraints.emplace_back();
  sum.name = selection ? "select" : "lots";
  sum.limit = task.problem.n_lots;
  for (const unsigned z : best.lots) sum.value += z;
  if (selection) {
    document.selected.emplace();
    for (std::size_t i = 0; i < best.lots.size(); ++i) {
      if (best.lots[i] > 0) document.selected->push_back(document.assets[i]);
    }
  } else {
    document.lots = best.lots;
    for (std::size_t i = 0; i < best.lots.size(); ++i) {
      document.constraints.push_back({"lots", document.assets[i], Relation::kAtMost,
                                      static_cast<double>(task.problem.max_lots),
                                      static_cast<double>(best.lots[i]), std::nullopt});
    }
  }

  if (task.request.method == OptimizeMethod::kAuto) document.reason = why(task);
  std::vector<std::string> names;
  for (Candidate& candidate : task.candidates) {
    candidate.run.gap = candidate.run.value - document.certificate.bound;
    names.push_back(candidate.run.name);
  }
  document.provenance.method = fmt::format("{}", fmt::join(names, ", "));
  for (Candidate& candidate : task.candidates) document.methods.push_back(std::move(candidate.run));
}

/// A limit as a whole number of lots: of a selection the number itself, of lots a share of all.
Result<unsigned> whole(double limit, bool upwards, const std::string& group,
                       const OptimizeRequest& request) {
  constexpr double kSlack = 1e-9;
  double lots = limit;
  if (request.objective == OptimizeObjective::kLots) {
    lots *= *request.lots;
    lots = upwards ? std::ceil(lots - kSlack) : std::floor(lots + kSlack);
  }
  lots = std::clamp(lots, 0.0, double{portfolio::kMaxLots});
  if (lots != std::round(lots)) {
    return bad_input("group", fmt::format("{}: {} is no whole number; the limits of a selection "
                                          "count the assets that are held",
                                          group, limit));
  }
  return static_cast<unsigned>(lots);
}

Result<portfolio::LotProblem> add_lot_groups(const OptimizeRequest& request,
                                             const Estimate& estimate, OptimizeDocument& document,
                                             portfolio::LotProblem problem) {
  portfolio::MeanVarianceProblem rows;
  QUANTA_CHECK(add_groups(request, estimate, document, rows));
  std::vector<portfolio::LotGroup> groups;
  for (const portfolio::LinearLimit& row : rows.limits) {
    portfolio::LotGroup& group = groups.emplace_back();
    group.name = row.name;
    QUANTA_TRY(group.low, whole(row.lower, true, row.name, request));
    QUANTA_TRY(group.high, whole(row.upper, false, row.name, request));
    for (std::size_t i = 0; i < row.coefficients.size(); ++i) {
      if (row.coefficients[i] != 0.0) group.assets.push_back(i);
    }
  }
  return with_groups(std::move(problem), std::move(groups));
}

}  // namespace

Result<void> solve_lots(const OptimizeRequest& request, const Estimate& estimate, const Run& run,
                        OptimizeDocument& document) {
  const Stopwatch watch;
  const double risk_weight = request.risk_weight.value_or(1.0);
  const statistics::Moments& moments = estimate.moments;
  QUANTA_TRY(portfolio::LotProblem free,
             request.objective == OptimizeObjective::kSelection
                 ? portfolio::selection_problem(moments.covariance, moments.mean, risk_weight,
                                                *request.select)
                 : portfolio::lot_problem(moments.covariance, moments.mean, risk_weight,
                                          *request.lots, request.max_lots.value_or(*request.lots)));
  QUANTA_TRY(const portfolio::LotProblem problem,
             add_lot_groups(request, estimate, document, std::move(free)));
  Task task{request, problem, run, document};
  const bool alone =
      request.method == OptimizeMethod::kExact || request.method == OptimizeMethod::kEnumerate;
  if (request.method == OptimizeMethod::kVqe) QUANTA_CHECK(run_vqe(task));
  if (request.method == OptimizeMethod::kAuto || request.method == OptimizeMethod::kQaoa) {
    QUANTA_CHECK(run_qaoa(task));
  }
  // The baselines take moments and come before the search, which takes all the time there is; shown
  // it stands before them.
  const std::size_t quantum = task.candidates.size();
  if (!alone) QUANTA_CHECK(run_baselines(task));
  QUANTA_TRY(const portfolio::Certificate exact, run_exact(task, watch));
  std::rotate(task.candidates.begin() + static_cast<std::ptrdiff_t>(quantum),
              task.candidates.end() - 1, task.candidates.end());
  fill_in(task, exact);
  return {};
}

}  // namespace quanta::services
