/// The methods of amplitude estimation behind one name, plain Monte Carlo among them, and their
/// errors against the uses of A that they take.
///
///   QUANTA_TRY(const auto rows, error_against_calls(0.3, std::array<EstimatorOptions, 2>{
///       IterativeOptions{.epsilon = 0.01}, IterativeOptions{.epsilon = 0.001}}, {}, execution));
///   // rows[i].rms_error beside rows[i].monte_carlo_error, both for rows[i].a_calls
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "quantum/algorithm/amplitude_estimation.h"
#include "quantum/algorithm/canonical_amplitude_estimation.h"
#include "quantum/algorithm/iterative_amplitude_estimation.h"
#include "quantum/algorithm/maximum_likelihood_amplitude_estimation.h"
#include "quantum/algorithm/real_amplitude_estimation.h"

namespace quanta::quantum {

struct MonteCarloOptions {
  std::uint64_t samples = 10'000;
  double alpha = 0.05;  ///< allowed chance that the interval misses
};

/// The share of good shots of A|0…0>, one use of A each, with the interval of Clopper and Pearson.
/// Errors: kBadInput, field "shots", "alpha"; kCancelled.
Result<AmplitudeEstimate> estimate_by_sampling(AmplitudeOracle& oracle,
                                               const MonteCarloOptions& options, std::uint64_t seed,
                                               const Execution& execution);

/// A method that estimates the probability of good states, with its settings.
using EstimatorOptions =
    std::variant<IterativeOptions, MaximumLikelihoodOptions, CanonicalOptions, MonteCarloOptions>;

/// Whichever it is. Errors: those of the method.
Result<AmplitudeEstimate> estimate_amplitude(AmplitudeOracle& oracle,
                                             const EstimatorOptions& options, std::uint64_t seed,
                                             const Execution& execution);

/// "iqae", "mlae", "qae", "monte carlo".
std::string method_name(const EstimatorOptions& options);

struct ErrorTableOptions {
  std::uint64_t repeats = 200;  ///< runs of each method, 1 to 10^6
  std::uint64_t seed = 1;
};

/// What one method with one setting does to a known a, over all repeats.
struct ErrorRow {
  std::string method = {};
  double a_calls = 0.0;          ///< mean uses of A and A^+
  double q_calls = 0.0;          ///< mean uses of Q
  double rms_error = 0.0;        ///< root of the mean of (value - a)^2
  double median_error = 0.0;     ///< of |value - a|
  double half_width = 0.0;       ///< mean, of the interval
  double coverage = 0.0;         ///< share of the intervals that hold a
  double monte_carlo_error = 0;  ///< rms of plain Monte Carlo, measured with as many samples
  double monte_carlo_law = 0;    ///< sqrt(a (1 - a) / a_calls), which that follows
};

/// One row for each entry of `methods`. Run r of row i has its own stream of random numbers, so
/// that rows do not depend on each other or on the number of threads. Errors: kBadInput, field
/// "amplitude" (not in [0, 1]), "repeats"; those of the methods; kCancelled.
Result<std::vector<ErrorRow>> error_against_calls(double a,
                                                  std::span<const EstimatorOptions> methods,
                                                  const ErrorTableOptions& options,
                                                  const Execution& execution);

/// The slope of log rms_error over log a_calls by least squares: -1/2 for plain Monte Carlo, near
/// -1 where the quantum advantage holds. At least two rows with different a_calls and errors above
/// 0 (else NaN).
double log_log_slope(std::span<const ErrorRow> rows);

}  // namespace quanta::quantum
