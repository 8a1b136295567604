/// Estimation of an amplitude with its sign, where the other methods give its square.
///
///   QUANTA_TRY(const auto estimate,
///              estimate_real_amplitude({.preparation = a, .state = 0}, {}, {}, seed, execution));
///
/// a = <state|A|0…0>, real, in [-1, 1]. One more qubit in |+> chooses between A and a state whose
/// amplitude is b = 2s, and is then turned back by H: it reads 0 together with `state` with
/// amplitude a/2 + s. The first round takes s = 1/2 and both readings of the further qubit:
/// ((a + 1)^2 - (a - 1)^2)/4 = a has the sign. Each later one shifts the low end of the interval of
/// a/2 to 0 and amplifies what is left by the largest k that cannot pass a quarter turn.
/// Source: Manzano, Musso, Leitao (2023), EPJ Quantum Technology 10:2, arXiv:2204.13641. The first
/// shift is the paper's largest, which needs no small one to keep the promised growth.
#pragma once

#include <cstdint>

#include "quantum/algorithm/amplitude_estimation.h"
#include "quantum/algorithm/registry.h"

namespace quanta::quantum {

inline constexpr AlgorithmDescription kRealAmplitudeEstimation{
    .name = "rqae",
    .about = "an amplitude with its sign, to a wanted precision",
    .min_qubits = 1,
    .max_qubits = 25,
    .cost = "about 1/epsilon uses of A for precision epsilon, times log log; one qubit more",
    .classical = "plain Monte Carlo with as many samples",
    .source = "Manzano, Musso, Leitao 2023, arXiv:2204.13641"};

struct RealEstimationProblem {
  Circuit preparation = Circuit();  ///< A: no measurements, no free parameters
  std::uint64_t state = 0;          ///< the basis state whose amplitude is wanted
};

struct RealOptions {
  double epsilon = 0.01;  ///< wanted half width of the interval of a; in [1e-9, 0.5)
  double alpha = 0.05;    ///< allowed chance that it misses, in (0, 1)
  double ratio = 2.0;     ///< q: K = 2k + 1 grows at least so fast; in [2, 20]. More shots a round
};

/// `value` and `interval` are of the signed amplitude, half width at most epsilon. With
/// b = pi / (2 (q + 2)), each of at most T = 1 + max(1, ceil(log_q(b / epsilon))) rounds has
/// ceil(2 ln(2 T / alpha) / sin^4 b) shots and misses with chance alpha / T at most (Hoeffding): so
/// the confidence 1 - alpha is guaranteed. A round's `good` counts the reading 0 with `state`.
///
/// Deterministic in (problem, options, seed). Errors: kBadInput, field "epsilon", "alpha", "ratio",
/// "state" (not a basis state of A), "preparation" (as grover_operator; or the amplitude is not
/// real within 1e-9); kResource, field "qubits"; kCancelled.
Result<AmplitudeEstimate> estimate_real_amplitude(const RealEstimationProblem& problem,
                                                  const RealOptions& options,
                                                  const OracleOptions& oracle_options,
                                                  std::uint64_t seed, const Execution& execution);

/// The problem of amplitude a/2 + shift, |shift| <= 1/2: qubit 0 is the further one, those of A
/// follow. Good is the reading 0 with `state`. Errors: as above.
Result<EstimationProblem> shifted_problem(const RealEstimationProblem& problem, double shift);

/// <state|A|0…0> as the simulation of A gives it. Errors: as above.
Result<double> exact_real_amplitude(const RealEstimationProblem& problem, std::size_t memory_limit,
                                    const Execution& execution);

}  // namespace quanta::quantum
