#include "portfolio/optimizers/lots_decomposition.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "portfolio/optimizers/lots_qaoa.h"
#include "portfolio/optimizers/lots_relaxation.h"
#include "portfolio/optimizers/lots_sampling.h"
#include "statistics/linkage.h"

namespace quanta::portfolio {
namespace {

/// sqrt((1 - rho)/2) of what is a multiple of the covariance.
Matrix distances(const LotProblem& problem) {
  const std::size_t n = problem.n_assets();
  const Matrix& a = problem.quadratic;
  Matrix result(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      if (i == j) continue;
      const double scale = a(i, i) * a(j, j);
      const double rho = scale > 0.0 ? std::clamp(a(i, j) / std::sqrt(scale), -1.0, 1.0) : 0.0;
      result(i, j) = std::sqrt((1.0 - rho) / 2.0);
    }
  }
  return result;
}

/// Whole shares near `wanted`, within [low, high], of this sum: rounded down, then by largest
/// remainders.
std::vector<unsigned> round_shares(std::span<const double> wanted, std::span<const unsigned> low,
                                   std::span<const unsigned> high, unsigned sum) {
  constexpr double kSlack = 1e-9;  // a share is a sum of rounded numbers
  std::vector<unsigned> shares(wanted.size());
  unsigned given = 0;
  for (std::size_t c = 0; c < wanted.size(); ++c) {
    const double down = std::floor(std::max(wanted[c], 0.0) + kSlack);
    shares[c] = std::clamp(static_cast<unsigned>(down), low[c], high[c]);
    given += shares[c];
  }
  const auto lack = [&](std::size_t c) { return wanted[c] - shares[c]; };
  while (given != sum) {
    const bool more = given < sum;
    std::size_t best = wanted.size();
    for (std::size_t c = 0; c < wanted.size(); ++c) {
      if (more ? shares[c] == high[c] : shares[c] == low[c]) continue;
      if (best == wanted.size() || (more ? lack(c) > lack(best) : lack(c) < lack(best))) best = c;
    }
    shares[best] = more ? shares[best] + 1 : shares[best] - 1;
    given = more ? given + 1 : given - 1;
  }
  return shares;
}

/// The clusters with their lots.
Result<std::vector<LotCluster>> cluster(const LotProblem& problem, std::span<const double> relaxed,
                                        std::size_t most_assets) {
  QUANTA_TRY(const statistics::Linkage tree,
             statistics::linkage(distances(problem), statistics::LinkageMethod::kWard));
  const std::vector<std::size_t> order = statistics::leaf_order(tree);
  const LotParts parts = parts_of(problem);
  const std::size_t n_parts = parts.parts.size();
  std::vector<double> wanted(n_parts);
  std::vector<unsigned> low(n_parts);
  std::vector<unsigned> high(n_parts);
  for (std::size_t p = 0; p < n_parts; ++p) {
    const LotParts::Part& part = parts.parts[p];
    for (const std::size_t i : part.assets) wanted[p] += relaxed[i];
    low[p] = part.low;
    high[p] = static_cast<unsigned>(
        std::min<std::uint64_t>(part.high, std::uint64_t{problem.max_lots} * part.assets.size()));
  }
  const std::vector<unsigned> of_part = round_shares(wanted, low, high, problem.n_lots);

  std::vector<LotCluster> result;
  for (std::size_t p = 0; p < n_parts; ++p) {
    std::vector<std::size_t> mine;
    std::ranges::copy_if(order, std::back_inserter(mine),
                         [&](std::size_t i) { return parts.of[i] == p; });
    if (mine.empty()) continue;
    const std::size_t n_clusters = (mine.size() + most_assets - 1) / most_assets;
    std::vector<double> shares(n_clusters);
    std::vector<unsigned> none(n_clusters);
    std::vector<unsigned> room(n_clusters);
    const std::size_t first = result.size();
    for (std::size_t c = 0; c < n_clusters; ++c) {
      LotCluster& made = result.emplace_back();
      for (std::size_t k = c * mine.size() / n_clusters; k < (c + 1) * mine.size() / n_clusters;
           ++k) {
        made.assets.push_back(mine[k]);
        shares[c] += relaxed[mine[k]];
      }
      room[c] = static_cast<unsigned>(made.assets.size()) * problem.max_lots;
    }
    const std::vector<unsigned> lots = round_shares(shares, none, room, of_part[p]);
    for (std::size_t c = 0; c < n_clusters; ++c) result[first + c].lots = lots[c];
  }
  return result;
}

/// The cluster's own problem while the other assets hold `held`.
LotProblem within(const LotProblem& problem, const LotCluster& cluster,
                  std::span<const double> held) {
  const std::size_t m = cluster.assets.size();
  LotProblem own{.quadratic = Matrix(m, m), .linear = std::vector<double>(m)};
  own.n_lots = cluster.lots;
  own.max_lots = std::min(problem.max_lots, cluster.lots);
  std::vector<bool> inside(problem.n_assets());
  for (const std::size_t i : cluster.assets) inside[i] = true;
  for (std::size_t k = 0; k < m; ++k) {
    const std::size_t i = cluster.assets[k];
    own.linear[k] = problem.linear[i];
    for (std::size_t j = 0; j < problem.n_assets(); ++j) {
      if (!inside[j]) own.linear[k] += 2.0 * problem.quadratic(i, j) * held[j];
    }
    for (std::size_t l = 0; l < m; ++l) {
      own.quadratic(k, l) = problem.quadratic(i, cluster.assets[l]);
    }
  }
  return own;
}

}  // namespace

Result<DecomposedLots> solve_by_decomposition(const LotProblem& problem, unsigned most_qubits,
                                              const quantum::QaoaOptions& options,
                                              const Execution& execution) {
  if (most_qubits < problem.max_lots) {
    return bad_input("qubits", fmt::format("{} qubits do not hold one asset of up to {} lots",
                                           most_qubits, problem.max_lots));
  }
  std::vector<double> held = relaxation(problem);
  DecomposedLots result;
  QUANTA_TRY(result.clusters, cluster(problem, held, most_qubits / problem.max_lots));
  result.merged.assign(problem.n_assets(), 0U);
  for (LotCluster& cluster : result.clusters) {
    if (execution.cancelled()) return cancelled_error();
    const std::uint64_t room = std::uint64_t{problem.max_lots} * cluster.assets.size();
    std::vector<unsigned> lots(cluster.assets.size(), cluster.lots == room ? problem.max_lots : 0U);
    if (cluster.lots > 0 && cluster.lots < room) {
      const LotProblem own = within(problem, cluster, held);
      QUANTA_TRY(QaoaLots solved, solve_by_qaoa(own, options, execution));
      cluster.qubits = solved.qubits;
      result.iterations += solved.iterations;
      lots = std::move(solved.lots);
    }
    for (std::size_t k = 0; k < lots.size(); ++k) {
      result.merged[cluster.assets[k]] = lots[k];
      held[cluster.assets[k]] = lots[k];
    }
  }
  result.merged_value = value(problem, result.merged);
  QUANTA_TRY(SampledLots polished,
             polish(problem, std::span(&result.merged, 1), {.pool = execution.pool}));
  result.iterations += polished.iterations;
  result.lots = std::move(polished.lots);
  result.value = polished.value;
  return result;
}

}  // namespace quanta::portfolio
