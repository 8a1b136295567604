/// The proven optimum of a LotProblem: every feasible z where there are few enough, branch and
/// bound beyond.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "portfolio/certificate.h"
#include "portfolio/objectives/selection.h"

namespace quanta::portfolio {

struct ExactLotsOptions {
  std::uint64_t enumerate_up_to = 50'000'000;  ///< feasible z; more go to branch and bound
  std::uint64_t max_nodes = 200'000;           ///< of the tree; the proof is partial beyond
};

/// What only a full enumeration knows.
struct LotStatistics {
  std::uint64_t feasible = 0;
  std::uint64_t n_best = 0;  ///< z within 1e-12 (worst - best), or rounding, of the best
  double worst = 0.0;
  double mean = 0.0;
};

struct ExactLots {
  std::vector<unsigned> lots;
  double value = 0.0;
  Certificate certificate;       ///< proven only when the search was exhausted
  std::uint64_t iterations = 0;  ///< z seen, or nodes of the tree
  bool enumerated = false;
  std::optional<LotStatistics> statistics;  ///< where enumerated
};

/// Enumeration: depth first with running sums, O(1) per z for the last lot. Branch and bound: depth
/// first; a node's bound splits A = (A - D) + D with D diagonal and A - D positive semidefinite,
/// linearises the convex part at the continuous minimiser and solves the separable rest exactly in
/// integers, so it is valid however rough the minimiser is (an indefinite A gets a negative D and
/// chords). Stops between nodes when the execution is stopped or at max_nodes: then the answer is
/// the best found, with the bound of all open nodes and `proven` false (unless the gap is closed).
/// An enumeration that is stopped leaves the answer to the root of the tree. The bound of a
/// finished tree lies below the value by what rounding may do to a node's bound, at most.
/// Deterministic; the same bits for any number of threads.
Result<ExactLots> solve_exactly(const LotProblem& problem, const ExactLotsOptions& options,
                                const Execution& execution);

}  // namespace quanta::portfolio
