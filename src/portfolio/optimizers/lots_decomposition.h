/// A LotProblem too large for one circuit, cluster by cluster: a heuristic.
///
///   QUANTA_TRY(const DecomposedLots parts, solve_by_decomposition(problem, 14, {}, execution));
///
/// 1. Clusters: the assets of each group, and those of none, in the leaf order of Ward's tree on
///    sqrt((1 - correlation)/2), cut into runs of equal length that fit the qubits.
/// 2. Lots of each cluster: its share of the continuous relaxation, rounded by largest remainders
///    (within the groups' limits).
/// 3. One cluster after the other by QAOA, those before it held at what they were given, those
///    behind it at the relaxation.
/// 4. Swap descent over all assets from there.
/// Nothing bounds its distance to the best: that takes solve_exactly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "portfolio/objectives/selection.h"
#include "quantum/algorithm/qaoa.h"

namespace quanta::portfolio {

struct LotCluster {
  std::vector<std::size_t> assets = {};
  unsigned lots = 0;    ///< given to it
  unsigned qubits = 0;  ///< of its circuit; 0 where there was nothing to choose
};

struct DecomposedLots {
  std::vector<unsigned> lots = {};  ///< after the descent
  double value = 0.0;
  double merged_value = 0.0;  ///< before it
  std::vector<unsigned> merged = {};
  std::uint64_t iterations = 0;  ///< evaluations of all circuits, and moves of the descent
  std::vector<LotCluster> clusters = {};
};

/// Deterministic in (problem, options.seed); the same bits for any number of threads.
/// Errors: kBadInput, field "qubits" (fewer than M); those of solve_by_qaoa for the clusters;
/// kCancelled.
Result<DecomposedLots> solve_by_decomposition(const LotProblem& problem, unsigned most_qubits,
                                              const quantum::QaoaOptions& options,
                                              const Execution& execution);

}  // namespace quanta::portfolio
