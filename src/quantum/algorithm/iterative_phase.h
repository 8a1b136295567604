/// Phase estimation with one control qubit: bit by bit from the least significant, each with the
/// turn that the bits before it have settled.
///
/// Round i = 0 … t-1 measures bit i of k = round(2^t theta) with U^{2^{t-1-i}} and the angle
/// (k mod 2^i)/2^{i+1}. The outcomes of one measurement a bit are distributed as those of the
/// textbook register without a window; more measurements a bit, of which the majority counts, make
/// each bit surer. The state stays what the measurements have made of it.
/// Sources: Griffiths, Niu (1996), arXiv:quant-ph/9511007; Dobsicek, Johansson, Shumeiko, Wendin
/// (2007), arXiv:quant-ph/0610214.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/algorithm/phase_posterior.h"
#include "quantum/algorithm/phase_signal.h"
#include "quantum/algorithm/registry.h"

namespace quanta::quantum {

inline constexpr AlgorithmDescription kIterativePhaseEstimation{
    .name = "iterative-phase-estimation",
    .about = "eigenphase of a unitary bit by bit, with one control qubit and feedback",
    .min_qubits = 1,
    .max_qubits = 28,
    .cost = "t bits, r measurements each: r (2^t - 1) calls of U a run",
    .classical = "diagonalisation up to 6 qubits, the periodogram of <U^m> above",
    .source = "Dobsicek, Johansson, Shumeiko, Wendin 2007, arXiv:quant-ph/0610214"};

struct IterativePhaseOptions {
  unsigned bits = 4;        ///< t, 1 to 16
  std::size_t repeats = 1;  ///< measurements a bit, odd, up to 1001
  std::size_t runs = 1;     ///< of the whole, each from a fresh state; up to 10^6
  std::uint64_t seed = 1;
  double level = 0.95;                              ///< of the credible intervals
  std::size_t memory_limit = std::size_t{8} << 30;  ///< bytes
};

struct IterativePhase {
  double phase = 0.0;                    ///< in turns: the posterior's mode; bin/2^t without one
  std::size_t bin = 0;                   ///< the most frequent k; of equal ones the lowest
  std::vector<std::size_t> counts = {};  ///< runs by k
  /// P(k) of a run, where |psi> is an eigenstate (see PhaseEstimate); else empty.
  PhaseDistribution distribution = {};
  /// Of the phase given every single measurement; missing as in PhaseEstimate.
  std::optional<PhasePosterior> posterior = {};
  double least_deviation = 0.0;  ///< Cramer-Rao bound of these measurements, in turns
  std::size_t calls = 0;         ///< of U under control, all runs together
  ClassicalPhase classical = {};
  double error = 0.0;  ///< |phase - classical.phase| on the circle
};

/// Eigenstates in closed form, once U has been applied 63 times for the classical answer; other
/// states by simulating every run and collapse. Deterministic in (problem, options); the same bits
/// for any number of threads. Errors: those of check_phase_problem; kBadInput, field "bits",
/// "repeats" (0, even, above 1001), "runs" (0, above 10^6), "level"; kCancelled.
Result<IterativePhase> estimate_phase_iteratively(const PhaseProblem& problem,
                                                  const IterativePhaseOptions& options,
                                                  const Execution& execution);

/// The same for an eigenphase that is known. Errors: besides, field "theta" (not finite).
Result<IterativePhase> estimate_phase_iteratively(double theta,
                                                  const IterativePhaseOptions& options);

}  // namespace quanta::quantum
