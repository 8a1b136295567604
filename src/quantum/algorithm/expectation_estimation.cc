#include "quantum/algorithm/expectation_estimation.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "quantum/circuit/algebra.h"
#include "quantum/simulator/binomial.h"

namespace quanta::quantum {
namespace {

Result<void> check_values(std::size_t n, std::span<const double> values) {
  if (n == 0 || n > 30 || values.size() != std::size_t{1} << n) {
    return bad_input("values",
                     fmt::format("{} of them for the states of {} qubits", values.size(), n));
  }
  for (std::size_t x = 0; x < values.size(); ++x) {
    if (!std::isfinite(values[x])) {
      return bad_input("values", fmt::format("number {} is {}", x, values[x]));
    }
  }
  return {};
}

/// x, or all qubits of the circuit where it is empty.
std::vector<unsigned> register_of(const Circuit& load, std::span<const unsigned> x) {
  std::vector<unsigned> qubits(x.begin(), x.end());
  if (!qubits.empty()) return qubits;
  qubits.resize(load.n_qubits());
  std::iota(qubits.begin(), qubits.end(), 0U);
  return qubits;
}

double sum_of_products(std::span<const double> p, std::span<const double> f) {
  return std::inner_product(p.begin(), p.end(), f.begin(), 0.0);
}

/// What stands beside every estimate of offset + scale * (what was estimated).
ExpectationEstimate beside(AmplitudeEstimate amplitude, double offset, double scale, double true_a,
                           std::span<const double> probabilities, std::span<const double> values,
                           const Circuit& preparation, std::uint64_t seed) {
  ExpectationEstimate e;
  e.value = offset + scale * amplitude.value;
  const double one = offset + scale * amplitude.interval.low;
  const double other = offset + scale * amplitude.interval.high;
  e.interval = {std::min(one, other), std::max(one, other)};
  e.exact = sum_of_products(probabilities, values);
  e.circuit_value = offset + scale * true_a;
  e.payoff_bias = e.circuit_value - e.exact;
  RandomStream random(seed, "plain monte carlo of a grid");
  e.monte_carlo = monte_carlo_mean(probabilities, values, amplitude.a_calls, random);
  e.qubits = preparation.n_qubits();
  e.gates = preparation.operations().size();
  e.amplitude = std::move(amplitude);
  return e;
}

Result<void> check_sizes(std::span<const double> probabilities, std::span<const double> values) {
  if (probabilities.empty() || probabilities.size() != values.size()) {
    return bad_input("values", fmt::format("{} of them for {} probabilities", values.size(),
                                           probabilities.size()));
  }
  return {};
}

}  // namespace

Result<void> check_c(double c) {
  if (!(c > 0.0 && c <= 1.0)) return bad_input("c", fmt::format("{} is outside (0, 1]", c));
  return {};
}

Result<EncodedExpectation> encode_exactly(const Circuit& load, std::span<const double> values,
                                          std::span<const unsigned> x) {
  const std::vector<unsigned> controls = register_of(load, x);
  QUANTA_CHECK(check_values(controls.size(), values));
  const unsigned n = load.n_qubits();
  const auto [low, high] = std::ranges::minmax(values);
  std::vector<double> angles(values.size());
  for (std::size_t i = 0; i < values.size() && low < high; ++i) {
    angles[i] = 2.0 * angle_of((values[i] - low) / (high - low));
  }
  EncodedExpectation encoded{.problem = {.preparation = Circuit(n + 1), .objective = {n}},
                             .offset = low,
                             .scale = high - low};
  QUANTA_TRY(encoded.problem.preparation, compose(std::move(encoded.problem.preparation), load));
  multiplexed_ry(encoded.problem.preparation, angles, controls, n);
  return encoded;
}

Result<EncodedExpectation> encode_linearly(Circuit circuit, std::span<const unsigned> x,
                                           std::span<const LinearPiece> payoff, Interval range,
                                           double c, unsigned objective, unsigned flag,
                                           std::span<const unsigned> controls) {
  QUANTA_CHECK(check_c(c));
  if (!(range.low < range.high && std::isfinite(range.high - range.low) && range.contains(0.0))) {
    return bad_input("range", fmt::format("[{}, {}] is no range of payoffs that holds 0", range.low,
                                          range.high));
  }
  const double width = range.high - range.low;
  const double per_payoff = std::numbers::pi * c / width;  // of the angle of RY
  circuit.ry(std::numbers::pi / 2.0 - std::numbers::pi * c / 2.0 - per_payoff * range.low,
             objective);
  std::vector<LinearPiece> turns(payoff.begin(), payoff.end());
  for (LinearPiece& piece : turns) {
    piece.offset *= per_payoff;
    piece.slope *= per_payoff;
  }
  piecewise_linear_ry(circuit, x, turns, objective, flag, controls);
  const double per_amplitude = 2.0 / (std::numbers::pi * c) * width;
  return EncodedExpectation{
      .problem = {.preparation = std::move(circuit), .objective = {objective}},
      .offset = range.low + 0.5 * width - 0.5 * per_amplitude,
      .scale = per_amplitude};
}

Result<SignedExpectation> encode_with_sign(const Circuit& load, std::span<const double> values,
                                           std::span<const unsigned> x) {
  const std::vector<unsigned> controls = register_of(load, x);
  QUANTA_CHECK(check_values(controls.size(), values));
  const unsigned n = load.n_qubits();
  double scale = 0.0;
  for (const double value : values) scale = std::max(scale, std::abs(value));
  if (scale == 0.0) scale = 1.0;
  std::vector<double> angles(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) angles[i] = 2.0 * std::acos(values[i] / scale);
  Circuit circuit(n + 1);
  QUANTA_TRY(const Circuit undo, inverse(load));
  QUANTA_TRY(circuit, compose(std::move(circuit), load));
  multiplexed_ry(circuit, angles, controls, n);
  QUANTA_TRY(circuit, compose(std::move(circuit), undo));
  return SignedExpectation{.problem = {.preparation = std::move(circuit)}, .scale = scale};
}

Result<ExpectationEstimate> estimate_expectation(const EncodedExpectation& encoded,
                                                 std::span<const double> probabilities,
                                                 std::span<const double> values,
                                                 const ExpectationOptions& options,
                                                 const Execution& execution) {
  QUANTA_CHECK(check_sizes(probabilities, values));
  QUANTA_TRY(AmplitudeOracle oracle,
             AmplitudeOracle::create(encoded.problem, options.oracle, execution));
  QUANTA_TRY(AmplitudeEstimate amplitude,
             estimate_amplitude(oracle, options.estimator, options.seed, execution));
  return beside(std::move(amplitude), encoded.offset, encoded.scale, oracle.exact(), probabilities,
                values, encoded.problem.preparation, options.seed);
}

Result<ExpectationEstimate> estimate_expectation(const SignedExpectation& encoded,
                                                 std::span<const double> probabilities,
                                                 std::span<const double> values,
                                                 const ExpectationOptions& options,
                                                 const Execution& execution) {
  QUANTA_CHECK(check_sizes(probabilities, values));
  QUANTA_TRY(const double exact,
             exact_real_amplitude(encoded.problem, options.oracle.memory_limit, execution));
  QUANTA_TRY(AmplitudeEstimate amplitude,
             estimate_real_amplitude(encoded.problem, options.real.value_or(RealOptions{}),
                                     options.oracle, options.seed, execution));
  return beside(std::move(amplitude), 0.0, encoded.scale, exact, probabilities, values,
                encoded.problem.preparation, options.seed);
}

Result<ExpectationEstimate> estimate_expectation(
    const Circuit& load, std::span<const double> probabilities, std::span<const double> values,
    const ExpectationOptions& options, const Execution& execution, std::span<const unsigned> x) {
  if (options.real) {
    QUANTA_TRY(const SignedExpectation encoded, encode_with_sign(load, values, x));
    return estimate_expectation(encoded, probabilities, values, options, execution);
  }
  QUANTA_TRY(const EncodedExpectation encoded, encode_exactly(load, values, x));
  return estimate_expectation(encoded, probabilities, values, options, execution);
}

std::vector<std::uint64_t> sampled_counts(std::span<const double> probabilities,
                                          std::uint64_t samples, RandomStream& random) {
  // Point by point: how many of the samples that are left, with its share of what is left.
  std::vector<std::uint64_t> counts(probabilities.size());
  std::size_t last = 0;
  double rest = 0.0;
  for (std::size_t x = 0; x < probabilities.size(); ++x) {
    rest += probabilities[x];
    if (probabilities[x] > 0.0) last = x;
  }
  for (std::size_t x = 0; x < last && samples > 0; ++x) {
    if (rest > 0.0) {
      counts[x] = binomial_sample(samples, std::min(1.0, probabilities[x] / rest), random);
    }
    samples -= counts[x];
    rest -= probabilities[x];
  }
  counts[last] += samples;
  return counts;
}

MonteCarloValue monte_carlo_mean(std::span<const double> probabilities,
                                 std::span<const double> values, std::uint64_t samples,
                                 RandomStream& random) {
  const std::vector<std::uint64_t> counts = sampled_counts(probabilities, samples, random);
  const auto n = static_cast<double>(samples);
  // Around one that was drawn, so that equal values have no error.
  const auto drawn = std::ranges::find_if(counts, [](std::uint64_t count) { return count > 0; });
  const double shift = values[static_cast<std::size_t>(drawn - counts.begin())];
  double sum = 0.0;
  double squares = 0.0;
  for (std::size_t x = 0; x < values.size(); ++x) {
    const double value = values[x] - shift;
    sum += static_cast<double>(counts[x]) * value;
    squares += static_cast<double>(counts[x]) * value * value;
  }
  const double variance = std::max(0.0, squares / n - sum / n * (sum / n));
  return {.value = shift + sum / n,
          .standard_error = samples > 1 ? std::sqrt(variance / (n - 1.0)) : 0.0,
          .samples = samples};
}

}  // namespace quanta::quantum
