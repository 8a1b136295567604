/// Quantum phase estimation with a phase register: the textbook algorithm, with a window on
/// request.
///
///   Circuit u(1); u.p(2 * pi * 0.3, 0);
///   Circuit one(1); one.x(0);
///   QUANTA_TRY(const PhaseEstimate e, estimate_phase({u, one}, {.phase_register = {.bits = 6}},
///                                                    execution));
///   // e.phase near 0.3, e.posterior->standard_deviation, e.classical.phase
///
/// For U |psi> = e^{2 pi i theta} |psi>: a register of t qubits in the window w, U^{2^j} under its
/// qubit j, the inverse Fourier transform, and a measurement k. The estimate is k/2^t.
/// Sources: Kitaev (1995), arXiv:quant-ph/9511026; Cleve, Ekert, Macchiavello, Mosca (1998),
/// arXiv:quant-ph/9708016; windows: see phase_window.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/algorithm/phase_posterior.h"
#include "quantum/algorithm/phase_signal.h"
#include "quantum/algorithm/phase_window.h"
#include "quantum/algorithm/registry.h"
#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

inline constexpr AlgorithmDescription kPhaseEstimation{
    .name = "phase-estimation",
    .about = "eigenphase of a unitary by a phase register; windows: none, sine, Kaiser",
    .min_qubits = 1,
    .max_qubits = 28,
    .cost = "t bits: 2^t - 1 calls of U a run, simulated on the qubits of U alone",
    .classical = "diagonalisation up to 6 qubits, the periodogram of <U^m> above",
    .source = "Cleve, Ekert, Macchiavello, Mosca 1998, arXiv:quant-ph/9708016"};

struct PhaseOptions {
  PhaseRegister phase_register = {};
  std::size_t shots = 1024;  ///< runs of the circuit
  std::uint64_t seed = 1;
  double level = 0.95;                              ///< of the credible intervals
  std::size_t memory_limit = std::size_t{8} << 30;  ///< bytes
};

struct PhaseEstimate {
  double phase = 0.0;                    ///< in turns: the posterior's mode; bin/2^t without one
  std::size_t bin = 0;                   ///< the most frequent outcome; of equal ones the lowest
  std::vector<std::size_t> counts = {};  ///< shots by outcome
  /// What only a simulation knows: P(k) of each outcome.
  PhaseDistribution distribution = {};
  /// Of the phase given the shots, all phases being equally likely before. Missing where |psi> is
  /// no eigenstate (|<psi|U|psi>| below 1 - 1e-9: there is no one phase to know), and where the
  /// bits and shots would need a grid finer than 2^20.
  std::optional<PhasePosterior> posterior = {};
  double single_run_holevo_variance = 0.0;  ///< of the posterior after one run, in closed form
  double least_deviation = 0.0;  ///< quantum Cramer-Rao bound for that many shots, in turns
  std::size_t calls = 0;         ///< of U under control, all shots together
  ClassicalPhase classical = {};
  double error = 0.0;  ///< |phase - classical.phase| on the circle
};

/// Deterministic in (problem, options); the same bits for any number of threads.
/// Errors: those of check_phase_problem and window_amplitudes ("unitary", "preparation", "qubits",
/// "bits", "beta"); kBadInput, field "shots" (0, above 10^8), "level" (outside (0, 1)); kCancelled.
/// Cost: 2^t - 1 times U on its own qubits, then O(t 2^t + shots).
Result<PhaseEstimate> estimate_phase(const PhaseProblem& problem, const PhaseOptions& options,
                                     const Execution& execution);

/// The same for an eigenphase that is known (in turns, any finite number), without simulating U.
/// Errors: besides, field "theta".
Result<PhaseEstimate> estimate_phase(double theta, const PhaseOptions& options);

/// The circuit itself: registers "phase" of t qubits, which come first, and "system"; classical
/// bits "c" of the outcome. Errors: as check_phase_problem without a memory limit; field "bits"
/// where more than 10^6 operations come out.
Result<Circuit> phase_estimation_circuit(const PhaseProblem& problem,
                                         const PhaseRegister& phase_register);

}  // namespace quanta::quantum
