/// Amplitude estimation as first published: phase estimation of Q.
///
///   QUANTA_TRY(const auto estimate,
///              estimate_canonically(oracle, {.evaluation_qubits = 7}, seed, execution));
///
/// m evaluation qubits in |+>, qubit j controls Q^{2^j}, then the inverse Fourier transform: with
/// M = 2^m the register reads y with probability
///   P(y) = (D(y/M - theta/pi) + D(y/M + theta/pi)) / 2,  D(x) = sin^2(M pi x) / (M sin(pi x))^2,
/// and stands for a = sin^2(pi y/M), for which y and M - y are the same.
/// Source: Brassard, Høyer, Mosca, Tapp (2002), arXiv:quant-ph/0005055, theorem 12; the likelihood
/// of the readings as in Grinko et al. (2021), arXiv:1912.05559, appendix.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "quantum/algorithm/amplitude_estimation.h"
#include "quantum/algorithm/registry.h"

namespace quanta::quantum {

inline constexpr AlgorithmDescription kCanonicalAmplitudeEstimation{
    .name = "qae",
    .about = "probability of good states by phase estimation of Q",
    .min_qubits = 1,
    .max_qubits = 26,
    .cost = "m evaluation qubits: 2^m - 1 controlled uses of Q a shot; error ~ 1/2^m",
    .classical = "plain Monte Carlo with as many samples",
    .source = "Brassard, Høyer, Mosca, Tapp 2002, arXiv:quant-ph/0005055"};

struct CanonicalOptions {
  unsigned evaluation_qubits = 6;  ///< m, 1 to 14
  std::uint64_t shots = 10;        ///< of the whole circuit, at most 10^6
  double alpha = 0.05;             ///< allowed chance of a miss
};

/// A reading and how likely it is, or how often it came.
struct CanonicalOutcome {
  double amplitude = 0.0;  ///< sin^2(pi y / M), y = 0 … M/2
  double weight = 0.0;
};

struct CanonicalEstimate : AmplitudeEstimate {
  double most_frequent = 0.0;  ///< the reading seen most, the lower of two
  /// A single reading is nearer to a than this with probability at least 8/pi^2 = 0.81:
  /// 2 pi sqrt(a (1 - a)) / M + pi^2 / M^2, at the estimate.
  double single_reading_error = 0.0;
  std::vector<CanonicalOutcome> outcomes = {};  ///< those seen, by rising amplitude
};

/// value maximises the likelihood of all readings (`most_frequent` is what one reading would give).
/// The interval holds every a with 2 (l_max - l) <= the chi-squared quantile of one degree of
/// freedom: its confidence is asymptotic. `rounds` is empty: these are not shots of one power.
///
/// The source kExact draws from the formula; kCircuit simulates the whole circuit, m qubits more.
/// Deterministic in (problem, options, seed). Errors: kBadInput, field "evaluation_qubits",
/// "shots", "alpha"; kResource, field "qubits"; kCancelled.
Result<CanonicalEstimate> estimate_canonically(AmplitudeOracle& oracle,
                                               const CanonicalOptions& options, std::uint64_t seed,
                                               const Execution& execution);

/// The M/2 + 1 readings with their probabilities by the formula. Errors: kBadInput, field
/// "amplitude" (not in [0, 1]) or "evaluation_qubits" (not 1 to 14).
Result<std::vector<CanonicalOutcome>> canonical_distribution(double a, unsigned evaluation_qubits);

/// The a in [0, 1] of highest likelihood for readings with these weights (counts or
/// probabilities), which must be readings of m qubits. Errors: kBadInput, field
/// "evaluation_qubits"; "outcomes" (no weight, a negative one, or no reading of m qubits).
Result<double> canonical_likelihood_estimate(std::span<const CanonicalOutcome> outcomes,
                                             unsigned evaluation_qubits);

/// The circuit: evaluation qubits first, lowest bit of y first, those of A behind them. Errors: as
/// grover_operator, and "evaluation_qubits".
Result<Circuit> canonical_circuit(const EstimationProblem& problem, unsigned evaluation_qubits);

}  // namespace quanta::quantum
