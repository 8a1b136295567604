#include "portfolio/optimizers/lots_qaoa.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "portfolio/optimizers/lots_sampling.h"

namespace quanta::portfolio {
namespace {

/// Which asset each qubit stands for. The mixer moves ones along a ring, so what should be
/// exchanged must be near: the n M lot slots are ranked by what they add to a middling pick, the N
/// best are put at even distances around the ring, and next to each of them the worst, which it is
/// sure to be preferred to.
std::vector<std::size_t> ring_order(const LotProblem& problem) {
  const std::size_t n = problem.n_assets();
  const std::size_t n_slots = n * problem.max_lots;
  // Slope of the objective where every asset holds N/n.
  std::vector<double> slope(problem.linear);
  const double middling = problem.n_lots / static_cast<double>(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) slope[i] += 2.0 * problem.quadratic(i, j) * middling;
  }
  std::vector<std::size_t> ranked(n_slots);  // slot t n + i is one of asset i
  std::iota(ranked.begin(), ranked.end(), std::size_t{0});
  std::ranges::sort(ranked, {}, [&](std::size_t slot) { return std::pair(slope[slot % n], slot); });

  // Qubits by their distance from the last of the best before them.
  std::vector<std::size_t> qubits(n_slots);
  std::iota(qubits.begin(), qubits.end(), std::size_t{0});
  std::vector<std::size_t> distance(n_slots, 1);
  for (std::size_t t = 0; t < problem.n_lots; ++t) distance[t * n_slots / problem.n_lots] = 0;
  for (std::size_t x = 1; x < n_slots; ++x) {
    if (distance[x] != 0) distance[x] = distance[x - 1] + 1;
  }
  std::ranges::sort(qubits, {}, [&](std::size_t x) { return std::pair(distance[x], x); });
  std::vector<std::size_t> asset_of(n_slots);
  for (std::size_t r = 0; r < n_slots; ++r) {
    const std::size_t slot =
        r < problem.n_lots ? ranked[r] : ranked[n_slots - 1 - (r - problem.n_lots)];
    asset_of[qubits[r]] = slot % n;
  }
  return asset_of;
}

/// z_i = sum of the bits of asset i: z_i^2 gives A_ii for each bit and 2 A_ii for each pair of
/// them.
quantum::QaoaProblem encode(const LotProblem& problem, std::span<const std::size_t> asset_of) {
  const std::size_t n_qubits = asset_of.size();
  quantum::QaoaProblem encoded{
      .cost = {.linear = std::vector<double>(n_qubits), .quadratic = Matrix(n_qubits, n_qubits)},
      .weight = problem.n_lots};
  for (std::size_t x = 0; x < n_qubits; ++x) {
    const std::size_t i = asset_of[x];
    encoded.cost.linear[x] = problem.quadratic(i, i) + problem.linear[i];
    for (std::size_t y = x + 1; y < n_qubits; ++y) {
      encoded.cost.quadratic(x, y) = 2.0 * problem.quadratic(i, asset_of[y]);
    }
  }
  return encoded;
}

std::vector<unsigned> decode(std::uint64_t state, std::span<const std::size_t> asset_of,
                             std::size_t n_assets) {
  std::vector<unsigned> lots(n_assets);
  for (std::size_t x = 0; x < asset_of.size(); ++x) {
    lots[asset_of[x]] += static_cast<unsigned>(state >> x & 1U);
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
  const std::vector<std::size_t> asset_of = ring_order(problem);
  auto solved = quantum::solve_qaoa(encode(problem, asset_of), options, execution);
  if (!solved) {
    Error error = std::move(solved).error();
    if (error.field == "qubits") error.field = problem.max_lots > 1 ? "max-lots" : "select";
    return std::unexpected(std::move(error));
  }
  // Quick, and needed beside the answer even when a deadline has ended the optimisation.
  QUANTA_TRY(const SampledLots random, best_of_random(problem, options.shots, options.seed, {}));

  QaoaLots result;
  result.lots = decode(solved->best_sample, asset_of, problem.n_assets());
  result.value = value(problem, result.lots);
  result.iterations = solved->evaluations;
  result.qubits = static_cast<unsigned>(n_qubits);
  result.layers = static_cast<unsigned>(solved->gammas.size());
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
