#include "portfolio/optimizers/lots_qaoa.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/enum_text.h"
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

/// Evaluations that fit the time, of those asked for.
std::size_t n_evaluations(const LotProblem& problem, std::uint64_t n_qubits,
                          const quantum::QaoaOptions& options) {
  const auto qubits = static_cast<unsigned>(n_qubits);
  const auto states = static_cast<double>(quantum::binomial(qubits, problem.n_lots));
  const double exchanges = states * options.layers * qubits * (qubits - 1.0) / 2.0;
  return std::min(options.max_evaluations,
                  static_cast<std::size_t>(
                      std::max(kFewestEvaluations, kMostExchanges / std::max(exchanges, 1.0))));
}

/// z_i = sum of the bits of asset i: z_i^2 gives A_ii for each bit and 2 A_ii for each pair of
/// them.
quantum::QaoaAnsatz encode(const LotProblem& problem) {
  const std::size_t n = problem.n_assets();
  const std::size_t n_qubits = n * problem.max_lots;
  quantum::QaoaAnsatz encoded{
      .cost = {.linear = std::vector<double>(n_qubits), .quadratic = Matrix(n_qubits, n_qubits)},
      .mixer = kMixer,
      .weight = problem.n_lots};
  for (std::size_t x = 0; x < n_qubits; ++x) {
    const std::size_t i = x % n;
    encoded.cost.linear[x] = problem.quadratic(i, i) + problem.linear[i];
    for (std::size_t y = x + 1; y < n_qubits; ++y) {
      encoded.cost.quadratic(x, y) = 2.0 * problem.quadratic(i, y % n);
    }
  }
  return encoded;
}

std::vector<unsigned> decode(std::uint64_t state, std::size_t n_assets) {
  std::vector<unsigned> lots(n_assets);
  for (std::size_t x = 0; state >> x != 0; ++x) {
    lots[x % n_assets] += static_cast<unsigned>(state >> x & 1U);
  }
  return lots;
}

/// (worst - value)/(worst - best), 1 where all values are equal.
double approximation_ratio(double value, double best, double worst) {
  // The values are sums in different orders, so that the best may come out a last digit below,
  // and the worst above.
  return worst > best ? std::clamp((worst - value) / (worst - best), 0.0, 1.0) : 1.0;
}

}  // namespace

Result<QaoaLots> solve_by_qaoa(const LotProblem& problem, const quantum::QaoaOptions& options,
                               const Execution& execution) {
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
  alone.max_evaluations = n_evaluations(problem, n_qubits, options);
  auto solved = quantum::solve_qaoa(encode(problem), alone, execution);
  if (!solved) {
    Error error = std::move(solved).error();
    if (error.field == "qubits") error.field = problem.max_lots > 1 ? "max-lots" : "select";
    return std::unexpected(std::move(error));
  }
  // Quick, and needed beside the answer even when a deadline has ended the optimisation.
  QUANTA_TRY(const SampledLots random, best_of_random(problem, options.shots, options.seed, {}));

  QaoaLots result;
  result.lots = decode(solved->best_sample, problem.n_assets());
  result.value = value(problem, result.lots);
  result.iterations = solved->evaluations;
  result.qubits = static_cast<unsigned>(n_qubits);
  result.mixer = to_text(kMixer);
  const auto& [gammas, betas] = solved->angles;
  result.layers = static_cast<unsigned>(gammas.size());
  result.parameters = gammas;
  result.parameters.insert(result.parameters.end(), betas.begin(), betas.end());
  result.expectation = solved->expectation;
  result.approximation_ratio = approximation_ratio(result.value, solved->minimum, solved->maximum);
  result.mean_approximation_ratio =
      approximation_ratio(result.expectation, solved->minimum, solved->maximum);
  result.probability_of_best = solved->probability_of_best;
  result.chance = solved->chance;
  result.best_of_random = random.value;
  result.shots = options.shots;
  result.states = solved->dimension;
  return result;
}

}  // namespace quanta::portfolio
