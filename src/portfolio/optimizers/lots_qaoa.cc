#include "portfolio/optimizers/lots_qaoa.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "portfolio/optimizers/lots_encoding.h"
#include "portfolio/optimizers/lots_relaxation.h"
#include "portfolio/optimizers/lots_sampling.h"
#include "quantum/simulator/weight_subspace.h"

namespace quanta::portfolio {
namespace {

/// Which slots trade a lot must not depend on their order: with the ring mixer a lot moves to
/// neighbours only, and eight layers end near 0.88 of the range whatever the angles.
constexpr auto kMixer = quantum::Mixer::kFullXy;
/// Exchanges of amplitudes that all evaluations together may take: some seconds on one thread.
constexpr double kMostExchanges = 3e9;
/// Even so few evaluations come to within a hundredth of what many reach.
constexpr double kFewestEvaluations = 12.0;
/// Qubits of the problem that they are carried over from.
constexpr std::size_t kSmallQubits = 14;
/// Of a state, its double and the cost: what QaoaCircuit needs.
constexpr std::size_t kBytesPerState = 48;
/// Picks that estimate a standard deviation to about 1 %.
constexpr std::uint64_t kDeviationPicks = 4096;

/// Evaluations that fit the time, of those asked for.
std::size_t n_evaluations(double exchanges, const quantum::QaoaOptions& options) {
  return std::min(options.max_evaluations,
                  static_cast<std::size_t>(
                      std::max(kFewestEvaluations, kMostExchanges / std::max(exchanges, 1.0))));
}

/// Some of the assets, evenly spread, and as large a share of the lots.
LotProblem smaller(const LotProblem& problem) {
  const std::size_t n = problem.n_assets();
  const std::size_t m = std::min(n, std::max<std::size_t>(2, kSmallQubits / problem.max_lots));
  LotProblem small{.quadratic = Matrix(m, m), .linear = std::vector<double>(m)};
  for (std::size_t i = 0; i < m; ++i) {
    small.linear[i] = problem.linear[i * n / m];
    for (std::size_t j = 0; j < m; ++j) {
      small.quadratic(i, j) = problem.quadratic(i * n / m, j * n / m);
    }
  }
  small.max_lots = std::min(problem.max_lots, static_cast<unsigned>(kSmallQubits / m));
  const auto slots = static_cast<double>(m * small.max_lots);
  const double share = static_cast<double>(problem.n_lots) /
                       (static_cast<double>(n) * static_cast<double>(problem.max_lots));
  small.n_lots = static_cast<unsigned>(std::clamp(std::round(share * slots), 1.0, slots));
  return small;
}

/// Of the value over the slots' picks, estimated.
double deviation(const LotProblem& problem, std::uint64_t seed) {
  double mean = 0.0;
  double square = 0.0;
  for (std::uint64_t i = 1; i <= kDeviationPicks; ++i) {
    const double v = best_of_random(problem, 1, seed + i, {}).value().value;
    const double step = v - mean;
    mean += step / static_cast<double>(i);
    square += step * (v - mean);
  }
  return std::sqrt(square / static_cast<double>(kDeviationPicks));
}

/// The unit in which the full mixer's angles are alike for any number of qubits.
double mixer_unit(const LotProblem& problem) {
  const auto qubits = static_cast<double>(problem.n_assets() * problem.max_lots);
  return qubits > 2.0 ? 2.0 / (qubits - 1.0) : 1.0;
}

/// z_i = number of ones among the slots of asset i.
quantum::QaoaAnsatz ansatz_of(const LotProblem& problem) {
  const std::size_t n = problem.n_assets();
  quantum::QaoaAnsatz encoded{
      .cost = slot_cost(problem), .mixer = kMixer, .weight = problem.n_lots};
  for (const LotGroup& group : problem.groups) {
    quantum::CountLimit limit{.low = group.low, .high = std::min(group.high, kMaxQaoaQubits)};
    for (const std::size_t i : group.assets) {
      for (std::size_t x = i; x < encoded.cost.n(); x += n) limit.qubits |= std::uint64_t{1} << x;
    }
    encoded.limits.push_back(limit);
  }
  return encoded;
}

/// The best angles of a smaller problem, in the units of this one.
Result<quantum::QaoaResult> carried_over(const LotProblem& problem,
                                         const quantum::QaoaOptions& options,
                                         const Execution& execution) {
  const LotProblem small = smaller(problem);
  quantum::QaoaOptions search = options;
  search.controls = false;
  search.angles = {};
  QUANTA_TRY(quantum::QaoaResult found, solve_qaoa(ansatz_of(small), search, execution));
  const double ours = deviation(problem, options.seed);
  const double theirs = deviation(small, options.seed);
  for (double& gamma : found.angles.gammas) gamma *= ours > 0.0 ? theirs / ours : 1.0;
  for (double& beta : found.angles.betas) beta *= mixer_unit(problem) / mixer_unit(small);
  return found;
}

}  // namespace

double qaoa_exchanges(const LotProblem& problem, unsigned layers) {
  const std::uint64_t qubits = std::uint64_t{problem.max_lots} * problem.n_assets();
  if (qubits > kMaxQaoaQubits) return std::numeric_limits<double>::infinity();
  const auto n = static_cast<double>(qubits);
  const auto states =
      static_cast<double>(quantum::binomial(static_cast<unsigned>(qubits), problem.n_lots));
  return states * layers * n * (n - 1.0) / 2.0;
}

Result<QaoaLots> solve_by_qaoa(const LotProblem& problem, const quantum::QaoaOptions& options,
                               const Execution& execution, const QaoaLotsOptions& lots) {
  const std::uint64_t n_qubits = std::uint64_t{problem.max_lots} * problem.n_assets();
  if (n_qubits > kMaxQaoaQubits) {
    return fail(ErrorKind::kResource,
                fmt::format("{} assets with up to {} lots each need {} qubits; {} can be simulated",
                            problem.n_assets(), problem.max_lots, n_qubits, kMaxQaoaQubits),
                problem.max_lots > 1 ? "max-lots" : "select");
  }
  // The callers have controls of their own, for lots.
  quantum::QaoaOptions alone = options;
  alone.controls = false;
  const double exchanges = qaoa_exchanges(problem, options.layers);
  alone.max_evaluations = n_evaluations(exchanges, options);
  std::size_t small_evaluations = 0;
  const bool carry = exchanges > lots.optimized_up_to && !options.angles && options.layers > 0;
  if (carry) {
    // Whether the whole fits, before anything is spent on its angles.
    if (auto fits = quantum::WeightSubspace::create(static_cast<unsigned>(n_qubits), problem.n_lots,
                                                    options.memory_limit, kBytesPerState);
        !fits) {
      Error error = std::move(fits).error();
      if (error.field == "qubits") error.field = problem.max_lots > 1 ? "max-lots" : "select";
      return std::unexpected(std::move(error));
    }
    QUANTA_TRY(const quantum::QaoaResult small, carried_over(problem, options, execution));
    alone.layers = static_cast<unsigned>(small.angles.gammas.size());
    alone.angles = small.angles;
    alone.max_evaluations = 0;
    small_evaluations = small.evaluations;
  }
  quantum::QaoaAnsatz ansatz = ansatz_of(problem);
  if (lots.warm_start_epsilon) {
    const std::vector<double> relaxed = relaxation(problem);
    std::vector<double> shares(n_qubits);
    for (std::size_t x = 0; x < n_qubits; ++x) {
      shares[x] = std::clamp(relaxed[x % problem.n_assets()] / problem.max_lots, 0.0, 1.0);
    }
    QUANTA_TRY(ansatz.warm_start, quantum::warm_start(shares, *lots.warm_start_epsilon));
  }
  auto solved = quantum::solve_qaoa(ansatz, alone, execution);
  if (!solved) {
    Error error = std::move(solved).error();
    if (error.field == "qubits") error.field = problem.max_lots > 1 ? "max-lots" : "select";
    return std::unexpected(std::move(error));
  }
  // Quick, and needed beside the answer even when a deadline has ended the optimisation.
  QUANTA_TRY(const SampledLots random, best_of_random(problem, options.shots, options.seed, {}));

  QaoaLots result;
  result.lots = decode_lots(solved->best_sample, problem.n_assets());
  if (!is_feasible(problem, result.lots)) {
    QUANTA_TRY(SampledLots mended, polish(problem, std::span(&result.lots, 1), {}));
    result.lots = std::move(mended.lots);
  }
  result.value = value(problem, result.lots);
  for (const quantum::SampledState& sample : solved->samples) {
    result.samples.push_back(decode_lots(sample.state, problem.n_assets()));
  }
  result.iterations = solved->evaluations + small_evaluations;
  result.angles_carried_over = carry;
  result.qubits = static_cast<unsigned>(n_qubits);
  result.mixer = to_text(kMixer);
  const auto& [gammas, betas] = solved->angles;
  result.layers = static_cast<unsigned>(gammas.size());
  result.parameters = gammas;
  result.parameters.insert(result.parameters.end(), betas.begin(), betas.end());
  result.expectation = solved->expectation;
  result.approximation_ratio = lots_ratio(result.value, solved->minimum, solved->maximum);
  result.mean_approximation_ratio =
      lots_ratio(result.expectation, solved->minimum, solved->maximum);
  result.probability_of_best = solved->probability_of_best;
  result.chance = solved->chance;
  result.best_of_random = random.value;
  result.shots = options.shots;
  result.states = solved->n_feasible;
  result.probability_feasible = solved->probability_feasible;
  return result;
}

}  // namespace quanta::portfolio
