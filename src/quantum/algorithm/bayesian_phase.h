/// Phase estimation by Bayes' rule: single measurements of U^power under one control qubit, each
/// turning a density over all phases.
///
/// A measurement of a fresh |psi> with the angle a (in turns) gives 0 with the probability
/// (1 + cos(2 pi (power theta - a)))/2. The density starts flat.
/// Sources: Svore, Hastings, Freedman (2014), arXiv:1304.0741 (fixed schedules); Wiebe, Granade
/// (2016), Efficient Bayesian phase estimation, arXiv:1508.00869 (adaptive).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/algorithm/phase_posterior.h"
#include "quantum/algorithm/phase_signal.h"
#include "quantum/algorithm/registry.h"

namespace quanta::quantum {

inline constexpr AlgorithmDescription kBayesianPhaseEstimation{
    .name = "bayesian-phase-estimation",
    .about = "eigenphase of a unitary with its credible interval, by Bayes' rule",
    .min_qubits = 1,
    .max_qubits = 28,
    .cost = "the sum of the powers measured in calls of U, and a pass over the grid for each",
    .classical = "diagonalisation up to 6 qubits, the periodogram of <U^m> above",
    .source = "Wiebe, Granade 2016, arXiv:1508.00869"};

enum class PhaseSchedule {
  kDoubling,  ///< powers 1, 2, 4, …, 2^{bits-1} in turn, each at the angles 0 and 1/4
  kAdaptive,  ///< power K = 1.25/(2 pi deviation), rounded up, at most 2^{bits-1}, in turn with
              ///< K - 1, to which no two phases look alike as well; angle power times a phase
              ///< drawn from the density
};

constexpr auto enum_names(PhaseSchedule) {
  using enum PhaseSchedule;
  return std::array{std::pair{kDoubling, std::string_view("doubling")},
                    std::pair{kAdaptive, std::string_view("adaptive")}};
}

struct BayesianPhaseOptions {
  PhaseSchedule schedule = PhaseSchedule::kDoubling;
  unsigned bits = 6;               ///< the largest power is 2^{bits-1}; 1 to 14
  std::size_t measurements = 120;  ///< up to 10^5
  std::uint64_t seed = 1;
  double level = 0.95;                              ///< of the credible intervals
  std::size_t memory_limit = std::size_t{8} << 30;  ///< bytes
};

struct BayesianPhase {
  double phase = 0.0;  ///< in turns: the direction of the posterior mean
  PhasePosterior posterior = {};
  std::vector<PhaseMeasurement> measurements = {};
  double least_deviation =
      0.0;                ///< Cramer-Rao bound of these: 1/(2 pi sqrt(sum of power^2)), turns
  std::size_t calls = 0;  ///< of U under control: the sum of the powers
  ClassicalPhase classical = {};
  double error = 0.0;  ///< |phase - classical.phase| on the circle
};

/// Deterministic in (problem, options); the same bits for any number of threads.
/// Errors: those of check_phase_problem; kBadInput, field "preparation" (no eigenstate: the density
/// is that of one phase), "bits", "measurements" (0, above 10^5, or so many that with these bits
/// the grid would be finer than 2^20), "level"; kCancelled.
Result<BayesianPhase> estimate_phase_by_bayes(const PhaseProblem& problem,
                                              const BayesianPhaseOptions& options,
                                              const Execution& execution);

/// The same for an eigenphase that is known. Errors: besides, field "theta" (not finite).
Result<BayesianPhase> estimate_phase_by_bayes(double theta, const BayesianPhaseOptions& options,
                                              const Execution& execution);

}  // namespace quanta::quantum
