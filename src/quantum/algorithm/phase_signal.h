/// A unitary and a state, and all that phase estimation ever asks of them: c_m = <psi| U^m |psi>.
///
/// For an eigenstate c_m = e^{2 pi i m theta}; for any other state it is the mixture of such tones,
/// each with the weight of its eigenstate. Every distribution of outcomes follows from these
/// numbers, so that a simulation needs the n qubits of U alone and no phase register.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/algorithm/phase_window.h"
#include "quantum/circuit/circuit.h"
#include "quantum/simulator/state_vector.h"

namespace quanta::quantum {

struct PhaseProblem {
  Circuit unitary;      ///< U, its global phase included: a phase is what is asked for
  Circuit preparation;  ///< makes |psi> of |0…0>, on the qubits of U
};

/// |c_1| is no further than this from 1 where the state is an eigenstate.
inline constexpr double kEigenstate = 1e-9;

/// Errors: kBadInput, field "unitary" (no qubits, an operation that is no gate, parameters without
/// values), "preparation" (another number of qubits, parameters, a measurement, reset or
/// condition, a state preparation on what is not |0> any more); kResource, field "qubits" (two
/// states do not fit).
Result<void> check_phase_problem(const PhaseProblem& problem, std::size_t memory_limit);

/// |psi>. Errors: as check_phase_problem.
Result<StateVector> prepared_state(const PhaseProblem& problem, std::size_t memory_limit,
                                   const Execution& execution);

/// U^times |state>, its global phase in `phase` (turns, added to). `unitary` holds no parameters.
Result<void> apply_power(const Circuit& unitary, std::uint64_t times, StateVector& state,
                         double& phase, const Execution& execution);

/// c_0 … c_{length-1}. Errors: as check_phase_problem; kCancelled. Cost: length - 1 times U and an
/// inner product; two states of memory.
Result<std::vector<Amplitude>> phase_signal(const PhaseProblem& problem, std::size_t length,
                                            std::size_t memory_limit, const Execution& execution);

/// The outcomes of a phase register that starts in the window w, for the signal c of its length N:
/// p(k) = 1/N sum over m of c_m W_m e^{-2 pi i mk/N}, W_m = sum over j of w_j w_{j+m}, c_{-m} the
/// conjugate. O(N log N).
PhaseDistribution signal_distribution(std::span<const Amplitude> signal,
                                      std::span<const double> window);

/// An eigenphase of U and |<eigenstate|psi>|^2.
struct EigenPhase {
  double phase = 0.0;  ///< in turns, in [0, 1)
  double weight = 0.0;
};

/// The same question answered without a quantum computer.
struct ClassicalPhase {
  std::string_view method = {};  ///< "given", "diagonalisation" or "periodogram"
  double phase = 0.0;            ///< that of the largest weight, in turns
  double weight = 0.0;           ///< of it; the strength of the tone for a periodogram
  /// How far that is from true: ||U v - e^{2 pi i phase} v||, or the root mean square of the signal
  /// that the tone leaves unexplained.
  double residual = 0.0;
  std::vector<EigenPhase> spectrum = {};  ///< diagonalisation: weights above 1e-12, falling
};

/// Signals of eigenstates are as good for the periodogram at this length as at any.
inline constexpr std::size_t kPeriodogramLength = 64;

/// Diagonalisation of the 2^n x 2^n matrix of U up to 6 qubits, else the peak of the periodogram
/// |sum over m of c_m e^{-2 pi i m f}| of the signal. Errors: as check_phase_problem.
Result<ClassicalPhase> classical_phase(const PhaseProblem& problem,
                                       std::span<const Amplitude> signal, std::size_t memory_limit,
                                       const Execution& execution);

/// The peak of the periodogram, from a grid of eight points a bin and Newton's steps. Empty signals
/// are the caller's to avoid.
ClassicalPhase periodogram_peak(std::span<const Amplitude> signal);

}  // namespace quanta::quantum
