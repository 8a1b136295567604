/// Expected values by amplitude estimation, beside what is known of them classically.
///
///   QUANTA_TRY(const Circuit load, load_distribution(p));
///   QUANTA_TRY(const EncodedExpectation encoded, encode_exactly(load, f));   // one qubit more
///   QUANTA_TRY(const ExpectationEstimate e,
///              estimate_expectation(encoded, p, f, {.estimator = IterativeOptions{}}, execution));
///   // e.value of sum_x p_x f_x, in e.interval; e.exact; e.monte_carlo
///
/// Two ways to put a payoff f into an amplitude, with f^ = (f - low) / (high - low) in [0, 1]:
///   exact   RY(2 asin sqrt(f^(x))) for every x: a = sum p f^. No bias, 2^n rotations.
///   linear  RY(pi c (f^ - 1/2) + pi/2), by gates that follow the pieces of a piecewise linear f:
///           a = sum p sin^2(pi c/2 (f^ - 1/2) + pi/4), read as if the sine were its tangent:
///           f^ = 2/(pi c) (a - 1/2) + 1/2. A bias of order c^2, O(n) gates a piece; the smaller c,
///           the more precisely a must be known.
/// Sources: Woerner, Egger (2019), arXiv:1806.06893; Stamatopoulos et al. (2020), arXiv:1905.02666.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/execution.h"
#include "core/random.h"
#include "core/result.h"
#include "quantum/algorithm/amplitude_estimation.h"
#include "quantum/algorithm/estimation_error.h"
#include "quantum/circuit/arithmetic.h"
#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

enum class PayoffEncoding { kExact, kLinear };
constexpr auto enum_names(PayoffEncoding) {
  return std::array{std::pair{PayoffEncoding::kExact, std::string_view("exact")},
                    std::pair{PayoffEncoding::kLinear, std::string_view("linear")}};
}

/// An expected value as the probability a of good states: E = offset + scale a.
struct EncodedExpectation {
  EstimationProblem problem = {};
  double offset = 0.0;
  double scale = 1.0;
};

/// The exact encoding; the objective qubit comes behind those of `load`.
/// load: makes the distribution; x: the register that f depends on, all qubits of `load` where it
/// is empty; values: f of each of its 2^n states.
/// Errors: kBadInput, field "values" (their number, not finite: says which).
Result<EncodedExpectation> encode_exactly(const Circuit& load, std::span<const double> values,
                                          std::span<const unsigned> x = {});

/// The linear encoding. `payoff` gives f = offset + slope * x on each piece of the register x,
/// where all `controls` are 1, and f = 0 elsewhere; all its values lie in `range`, as does 0.
/// circuit  loads everything and has the qubits `objective` and `flag`, both |0> so far (see
///          piecewise_linear_ry).
/// Errors: kBadInput, field "c" (not in (0, 1]), "range" (empty, or 0 outside).
Result<EncodedExpectation> encode_linearly(Circuit circuit, std::span<const unsigned> x,
                                           std::span<const LinearPiece> payoff, Interval range,
                                           double c, unsigned objective, unsigned flag,
                                           std::span<const unsigned> controls = {});

/// E as a signed amplitude: E = scale <0|A|0> with A = load^+ R load, R turning one more qubit to
/// amplitude f / scale. No square and no bias; f may be negative.
struct SignedExpectation {
  RealEstimationProblem problem = {};
  double scale = 1.0;  ///< largest |f|, 1 where all are 0
};
/// Errors: as encode_exactly.
Result<SignedExpectation> encode_with_sign(const Circuit& load, std::span<const double> values,
                                           std::span<const unsigned> x = {});

struct ExpectationOptions {
  EstimatorOptions estimator = IterativeOptions{};  ///< epsilon is the amplitude's, not E's
  PayoffEncoding encoding = PayoffEncoding::kExact;
  double c = 0.25;  ///< of the linear encoding, in (0, 1]
  /// Where set, the signed encoding and this method take the place of the three above.
  std::optional<RealOptions> real = {};
  OracleOptions oracle = {};
  std::uint64_t seed = 1;
};

struct MonteCarloValue {
  double value = 0.0;
  double standard_error = 0.0;
  std::uint64_t samples = 0;
};

struct ExpectationEstimate {
  double value = 0.0;      ///< of E
  Interval interval = {};  ///< holds circuit_value with the confidence of `amplitude`
  AmplitudeEstimate amplitude = {};

  double exact = 0.0;          ///< sum_x p_x f_x
  double circuit_value = 0.0;  ///< what the circuit's amplitude stands for, were it known exactly
  double payoff_bias = 0.0;    ///< circuit_value - exact: of the encoding
  /// Of the continuous model behind the grid, where it has one.
  std::optional<double> closed_form = {};
  /// exact - closed_form: of the grid's step and its cut tails.
  std::optional<double> grid_bias = {};
  MonteCarloValue monte_carlo = {};  ///< of the same sum, with as many samples as uses of A
  unsigned qubits = 0;               ///< of A
  std::size_t gates = 0;             ///< of A
};

/// Estimates E and stands the classical values beside it. probabilities and values: of the points,
/// equally many, for `exact` and the Monte Carlo control alone.
/// Deterministic in (encoded, options); the same bits for any number of threads. Errors: those of
/// AmplitudeOracle::create and of the method; kBadInput, field "values" (their number);
/// kCancelled.
Result<ExpectationEstimate> estimate_expectation(const EncodedExpectation& encoded,
                                                 std::span<const double> probabilities,
                                                 std::span<const double> values,
                                                 const ExpectationOptions& options,
                                                 const Execution& execution);

/// The same with options.real, by default its defaults, on a signed amplitude.
Result<ExpectationEstimate> estimate_expectation(const SignedExpectation& encoded,
                                                 std::span<const double> probabilities,
                                                 std::span<const double> values,
                                                 const ExpectationOptions& options,
                                                 const Execution& execution);

/// Encodes exactly, or with sign where options.real is set, and estimates. (options.encoding is
/// the caller's to look at: only he knows the pieces of his payoff.)
Result<ExpectationEstimate> estimate_expectation(const Circuit& load,
                                                 std::span<const double> probabilities,
                                                 std::span<const double> values,
                                                 const ExpectationOptions& options,
                                                 const Execution& execution,
                                                 std::span<const unsigned> x = {});

/// How often each point comes in so many draws: one multinomial draw, O(points) whatever the number
/// of samples. Precondition: a distribution.
std::vector<std::uint64_t> sampled_counts(std::span<const double> probabilities,
                                          std::uint64_t samples, RandomStream& random);

/// Mean of f over `samples` draws of x, and its standard error. Precondition: a distribution and as
/// many values, samples >= 1.
MonteCarloValue monte_carlo_mean(std::span<const double> probabilities,
                                 std::span<const double> values, std::uint64_t samples,
                                 RandomStream& random);

/// Errors: kBadInput, field "c": not in (0, 1].
Result<void> check_c(double c);

}  // namespace quanta::quantum
