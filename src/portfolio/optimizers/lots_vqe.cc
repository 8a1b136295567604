#include "portfolio/optimizers/lots_vqe.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/random.h"
#include "portfolio/optimizers/lots_encoding.h"
#include "portfolio/optimizers/lots_sampling.h"
#include "quantum/algorithm/qubo.h"
#include "quantum/algorithm/vqe.h"
#include "quantum/simulator/sampling.h"
#include "quantum/simulator/simulate.h"
#include "quantum/simulator/weight_subspace.h"

namespace quanta::portfolio {
namespace {

/// Amplitudes times gates of all evaluations together: some seconds on one thread.
constexpr double kMostUpdates = 4e9;
constexpr double kFewestRuns = 20.0;
/// An energy with its slopes, in runs of the circuit.
constexpr double kRunsOfGradient = 4.0;
/// States within this share of (worst - best), or rounding, of the best count as best.
constexpr double kSameEnergy = 1e-9;
constexpr std::size_t kMostSamples = 4096;

quantum::PauliSum hamiltonian_of(const quantum::Ising& ising) {
  const std::size_t n = ising.n();
  quantum::PauliSum sum{.n_qubits = static_cast<unsigned>(n), .terms = {}};
  sum.terms.push_back({{}, ising.constant});
  for (std::size_t i = 0; i < n; ++i) {
    sum.terms.push_back({{.z = std::uint64_t{1} << i}, ising.fields[i]});
    for (std::size_t j = i + 1; j < n; ++j) {
      sum.terms.push_back(
          {{.z = std::uint64_t{1} << i | std::uint64_t{1} << j}, ising.couplings(i, j)});
    }
  }
  return sum;
}

/// What stands in every answer of a simulation: the range of the cost, and how likely its best is.
void read_out(const quantum::QuadraticCost& cost, const quantum::StateVector& state,
              const LotProblem& problem, const VqeLotsOptions& options, QaoaLots& result) {
  const auto n_qubits = static_cast<unsigned>(cost.n());
  std::vector<std::uint64_t> states;
  std::vector<double> values;
  std::vector<double> probabilities;
  quantum::for_each_of_weight(n_qubits, problem.n_lots, [&](std::uint64_t x) {
    states.push_back(x);
    values.push_back(quantum::value(cost, x));
    probabilities.push_back(std::norm(state.amplitudes()[x]));
  });
  const double best = std::ranges::min(values);
  const double worst = std::ranges::max(values);
  const double tie = best + std::max(kSameEnergy * (worst - best), 1e-13 * std::abs(best));
  for (std::size_t r = 0; r < states.size(); ++r) {
    if (values[r] > tie) continue;
    result.probability_of_best += probabilities[r];
    result.chance += 1.0 / static_cast<double>(states.size());
  }
  RandomStream stream(options.seed, "vqe lots shots");
  std::vector<std::size_t> drawn = quantum::sample(probabilities, options.shots, stream);
  drawn.erase(std::ranges::unique(drawn).begin(), drawn.end());
  std::ranges::stable_sort(drawn, {}, [&](std::size_t r) { return values[r]; });
  drawn.resize(std::min(drawn.size(), kMostSamples));
  for (const std::size_t r : drawn) {
    result.samples.push_back(decode_lots(states[r], problem.n_assets()));
  }
  result.lots = result.samples.front();
  result.value = value(problem, result.lots);
  result.approximation_ratio = lots_ratio(result.value, best, worst);
  result.mean_approximation_ratio = lots_ratio(result.expectation, best, worst);
  result.states = states.size();
}

}  // namespace

Result<QaoaLots> solve_by_vqe(const LotProblem& problem, const VqeLotsOptions& options,
                              const Execution& execution) {
  const std::uint64_t n_qubits = std::uint64_t{problem.max_lots} * problem.n_assets();
  if (n_qubits > kMaxVqeQubits) {
    return fail(ErrorKind::kResource,
                fmt::format("{} qubits: vqe is simulated up to {}", n_qubits, kMaxVqeQubits),
                problem.max_lots > 1 ? "max-lots" : "select");
  }
  if (!problem.groups.empty()) {
    return bad_input("group", "the circuit of vqe does not keep limits of groups; qaoa does");
  }
  if (options.shots == 0) return bad_input("shots", "at least one shot is needed");
  const quantum::QuadraticCost cost = slot_cost(problem);
  QUANTA_TRY(const quantum::Ising ising, quantum::to_ising(cost));
  const double updates = std::ldexp(
      kRunsOfGradient * options.layers * static_cast<double>(n_qubits), static_cast<int>(n_qubits));
  const auto evaluations =
      static_cast<std::size_t>(std::max(kFewestRuns, kMostUpdates / std::max(updates, 1.0)));
  const quantum::VqeOptions search{
      .ansatz = {.form = quantum::AnsatzForm::kGivens,
                 .layers = options.layers,
                 .entanglement = quantum::Entanglement::kCircular,
                 .weight = problem.n_lots},
      .seed = options.seed,
      .max_evaluations = std::min(options.max_evaluations, evaluations),
      .exact_up_to = 0};
  auto solved = quantum::solve_vqe({.hamiltonian = hamiltonian_of(ising)}, search, execution);
  if (!solved) {
    Error error = std::move(solved).error();
    if (error.field == "weight") error.field = problem.max_lots > 1 ? "lots" : "select";
    return std::unexpected(std::move(error));
  }
  QUANTA_TRY(const quantum::StateVector state,
             quantum::simulate(solved->circuit, {.parameters = solved->parameters},
                               {.pool = execution.pool}));
  QUANTA_TRY(const SampledLots random, best_of_random(problem, options.shots, options.seed, {}));
  QaoaLots result;
  result.iterations = solved->evaluations;
  result.qubits = static_cast<unsigned>(n_qubits);
  result.layers = options.layers;
  result.mixer = "givens";
  result.parameters = solved->parameters;
  result.expectation = solved->exact_energy;
  result.best_of_random = random.value;
  result.shots = options.shots;
  read_out(cost, state, problem, options, result);
  return result;
}

}  // namespace quanta::portfolio
