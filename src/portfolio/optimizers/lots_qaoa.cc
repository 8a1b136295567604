#include "portfolio/optimizers/lots_qaoa.h"

#include <fmt/format.h>

#include "portfolio/optimizers/lots_sampling.h"

namespace quanta::portfolio {
namespace {

/// z_i = sum of the M bits a n + i: z_i^2 gives A_ii for each bit and 2 A_ii for each pair of them.
quantum::QaoaProblem encode(const LotProblem& problem) {
  const std::size_t n = problem.n_assets();
  const std::size_t n_qubits = n * problem.max_lots;
  quantum::QaoaProblem encoded{
      .cost = {.linear = std::vector<double>(n_qubits), .quadratic = Matrix(n_qubits, n_qubits)},
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

std::vector<unsigned> decode(std::uint64_t state, std::size_t n) {
  std::vector<unsigned> lots(n);
  for (std::size_t x = 0; state != 0; ++x, state >>= 1) lots[x % n] += state & 1U;
  return lots;
}

/// (worst - value)/(worst - best), 1 where all values are equal.
double approximation_ratio(double value, double best, double worst) {
  return worst > best ? (worst - value) / (worst - best) : 1.0;
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
  auto solved = quantum::solve_qaoa(encode(problem), options, execution);
  if (!solved) {
    Error error = std::move(solved).error();
    if (error.field == "qubits") error.field = problem.max_lots > 1 ? "max-lots" : "select";
    return std::unexpected(std::move(error));
  }
  QUANTA_TRY(const SampledLots random,
             best_of_random(problem, options.shots, options.seed, execution));

  QaoaLots result;
  result.lots = decode(solved->best_sample, problem.n_assets());
  result.value = value(problem, result.lots);
  result.iterations = solved->evaluations;
  result.qubits = static_cast<unsigned>(n_qubits);
  result.layers = options.layers;
  result.parameters = solved->gammas;
  result.parameters.insert(result.parameters.end(), solved->betas.begin(), solved->betas.end());
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
