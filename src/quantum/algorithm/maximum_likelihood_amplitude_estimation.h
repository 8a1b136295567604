/// Amplitude estimation by a fixed list of powers of Q and the likelihood of what they gave.
///
///   QUANTA_TRY(const auto estimate,
///              estimate_by_likelihood(oracle, {.powers = exponential_powers(6)}, seed,
///              execution));
///
/// `shots` shots of Q^k A|0…0> for each k, g_k of them good:
///   l(theta) = sum_k g_k log sin^2((2k + 1) theta) + (shots - g_k) log cos^2((2k + 1) theta).
/// Between the zeros of its sines and cosines l is concave, so the highest maximum of all of them
/// is found for certain, not on a grid. Source: Suzuki, Uno, Raymond, Tanaka, Onodera, Yamamoto
/// (2020), arXiv:1904.10246.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "quantum/algorithm/amplitude_estimation.h"
#include "quantum/algorithm/registry.h"

namespace quanta::quantum {

inline constexpr AlgorithmDescription kMaximumLikelihoodAmplitudeEstimation{
    .name = "mlae",
    .about = "probability of good states by the likelihood of shots at chosen powers of Q",
    .min_qubits = 1,
    .max_qubits = 26,
    .cost = "sum over the powers of shots (2k + 1) uses of A; error ~ 1/uses where k doubles",
    .classical = "plain Monte Carlo with as many samples",
    .source = "Suzuki et al. 2020, arXiv:1904.10246"};

/// 0, 1, 2, 4, …, 2^{m-1}: error ~ uses of A to the power -1. 1 <= m <= 40.
std::vector<std::uint64_t> exponential_powers(unsigned m);
/// 0, 1, 2, …, m: error ~ uses of A to the power -3/4, at less depth.
std::vector<std::uint64_t> linear_powers(unsigned m);

struct MaximumLikelihoodOptions {
  std::vector<std::uint64_t> powers = exponential_powers(6);  ///< k; sum of 2k + 1 at most 2^22
  std::uint64_t shots = 100;                                  ///< for each k
  double alpha = 0.05;                                        ///< allowed chance of a miss
};

struct LikelihoodEstimate : AmplitudeEstimate {
  double log_likelihood = 0.0;    ///< l at the maximum
  double fisher_information = 0;  ///< about a: sum_k shots (2k + 1)^2 / (a (1 - a)) at the estimate
  /// value +- z / sqrt(information), by theta: what a good interval tends to with many shots.
  Interval fisher_interval = {};
};

/// value = sin^2 of the theta of highest likelihood. The interval holds every a with
/// 2 (l_max - l) <= the chi-squared quantile of one degree of freedom: the hull, where they are
/// several pieces. Its confidence 1 - alpha is asymptotic, not guaranteed.
///
/// Deterministic in (problem, options, seed). Errors: kBadInput, field "powers" (none, or too
/// large), "shots", "alpha"; kCancelled.
/// Cost: the shots, and O(sum (2k + 1)) evaluations of l, each a sine and cosine per power.
Result<LikelihoodEstimate> estimate_by_likelihood(AmplitudeOracle& oracle,
                                                  const MaximumLikelihoodOptions& options,
                                                  std::uint64_t seed, const Execution& execution);

}  // namespace quanta::quantum
