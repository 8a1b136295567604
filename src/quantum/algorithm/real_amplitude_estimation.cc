#include "quantum/algorithm/real_amplitude_estimation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "quantum/circuit/algebra.h"
#include "quantum/simulator/binomial.h"
#include "quantum/simulator/simulate.h"

namespace quanta::quantum {
namespace {

Result<void> check(const RealEstimationProblem& problem) {
  const unsigned n = problem.preparation.n_qubits();
  if (n == 0) return bad_input("preparation", "the circuit has no qubits");
  if (n > 62) return bad_input("preparation", fmt::format("{} qubits: at most 62", n));
  if (problem.state >> n != 0) {
    return bad_input("state", fmt::format("{} is no basis state of {} qubits", problem.state, n));
  }
  return {};
}

Result<void> check(const RealOptions& options) {
  if (!(options.epsilon >= 1e-9 && options.epsilon < 0.5)) {
    return bad_input("epsilon", fmt::format("{} is outside [1e-9, 0.5)", options.epsilon));
  }
  QUANTA_CHECK(check_alpha(options.alpha));
  if (!(options.ratio >= 2.0 && options.ratio <= 20.0)) {
    return bad_input("ratio", fmt::format("{} is outside [2, 20]", options.ratio));
  }
  return {};
}

/// The chances of a round: of reading 0 with the state, and 1 with it.
struct Readings {
  double sum = 0.0;
  double difference = 0.0;
};

class ShiftedOracle {
 public:
  ShiftedOracle(const RealEstimationProblem& problem, const OracleOptions& options, double exact)
      : problem_(problem), options_(options), exact_(exact) {}

  Result<Readings> first_round(double shift, const Execution& execution) const {
    if (options_.source == OracleSource::kExact) {
      const double plus = 0.5 * exact_ + shift;
      const double minus = 0.5 * exact_ - shift;
      return Readings{plus * plus, minus * minus};
    }
    QUANTA_TRY(EstimationProblem shifted, shifted_problem(problem_, shift));
    QUANTA_TRY(const auto plus, AmplitudeOracle::create(shifted, options_, execution));
    shifted.good = *shifted.good | 1;
    QUANTA_TRY(const auto minus, AmplitudeOracle::create(std::move(shifted), options_, execution));
    return Readings{plus.exact(), minus.exact()};
  }

  Result<double> probability(double shift, std::uint64_t k, const Execution& execution) const {
    if (options_.source == OracleSource::kExact) {
      const double x = std::clamp(0.5 * exact_ + shift, -1.0, 1.0);
      return amplitude_of((2.0 * static_cast<double>(k) + 1.0) * std::asin(x));
    }
    QUANTA_TRY(EstimationProblem shifted, shifted_problem(problem_, shift));
    QUANTA_TRY(auto oracle, AmplitudeOracle::create(std::move(shifted), options_, execution));
    return oracle.probability(k, execution);
  }

 private:
  const RealEstimationProblem& problem_;
  OracleOptions options_;
  double exact_;
};

}  // namespace

Result<EstimationProblem> shifted_problem(const RealEstimationProblem& problem, double shift) {
  QUANTA_CHECK(check(problem));
  if (!(std::abs(shift) <= 0.5)) {
    return bad_input("shift", fmt::format("{} is outside [-1/2, 1/2]", shift));
  }
  const unsigned n = problem.preparation.n_qubits();
  EstimationProblem shifted{.preparation = Circuit(n + 1), .good = problem.state << 1};
  Circuit& circuit = shifted.preparation;
  circuit.h(0);
  QUANTA_TRY(const Circuit on_zero, controlled(problem.preparation, 1, 0));
  QUANTA_TRY(circuit, compose(std::move(circuit), on_zero));
  circuit.cry(2.0 * std::acos(2.0 * shift), 0, 1);
  for (unsigned q = 0; q < n; ++q) {
    if ((problem.state >> q & 1) != 0) circuit.cx(0, q + 1);
  }
  circuit.h(0);
  for (unsigned q = 0; q <= n; ++q) shifted.objective.push_back(q);
  return shifted;
}

Result<double> exact_real_amplitude(const RealEstimationProblem& problem, std::size_t memory_limit,
                                    const Execution& execution) {
  QUANTA_CHECK(check(problem));
  QUANTA_TRY(const StateVector state,
             simulate(problem.preparation, {.memory_limit = memory_limit}, execution));
  const Amplitude amplitude = state.amplitudes()[problem.state];
  if (std::abs(amplitude.imag()) > 1e-9) {
    return bad_input("preparation", fmt::format("the amplitude {} + {} i is not real",
                                                amplitude.real(), amplitude.imag()));
  }
  return amplitude.real();
}

Result<AmplitudeEstimate> estimate_real_amplitude(const RealEstimationProblem& problem,
                                                  const RealOptions& options,
                                                  const OracleOptions& oracle_options,
                                                  std::uint64_t seed, const Execution& execution) {
  QUANTA_CHECK(check(options));
  QUANTA_TRY(const double exact,
             exact_real_amplitude(problem, oracle_options.memory_limit, execution));
  const ShiftedOracle oracle(problem, oracle_options, exact);

  // A round whose shots leave an error e of the probability leaves an error of the angle of at most
  // asin(sqrt(2 e)) = b; shifted to 0 and divided by K = 2k + 1 that is what the next one
  // amplifies.
  const double b = std::numbers::pi / (2.0 * (options.ratio + 2.0));
  const double allowed = 0.5 * std::sin(b) * std::sin(b);
  const double rounds =
      1.0 + std::max(1.0, std::ceil(std::log(b / options.epsilon) / std::log(options.ratio)));
  const double log_of_risk = std::log(2.0 * rounds / options.alpha);
  const auto shots = static_cast<std::uint64_t>(std::ceil(log_of_risk / (2.0 * allowed * allowed)));
  const double error = std::sqrt(log_of_risk / (2.0 * static_cast<double>(shots)));
  const auto deepest =
      static_cast<std::uint64_t>(std::ceil(std::max(0.0, 0.5 * (b / options.epsilon - 1.0))));

  RandomStream random(seed, "real amplitude estimation");
  AmplitudeEstimate estimate{.confidence = 1.0 - options.alpha, .source = oracle_options.source};
  constexpr double kFirstShift = 0.5;
  QUANTA_TRY(const Readings readings, oracle.first_round(kFirstShift, execution));
  const std::uint64_t sums = binomial_sample(shots, std::min(1.0, readings.sum), random);
  const double rest = 1.0 - readings.sum;
  const std::uint64_t differences =
      rest > 0.0 ? binomial_sample(shots - sums, std::min(1.0, readings.difference / rest), random)
                 : 0;
  add_round(estimate, {.power = 0, .shots = shots, .good = sums});
  const double half = (static_cast<double>(sums) - static_cast<double>(differences)) /
                      static_cast<double>(shots) / (4.0 * kFirstShift);
  // A mean of values in {-1, 0, 1} has twice the error of one of values in {0, 1}.
  const double half_error = 2.0 * error / (4.0 * kFirstShift);
  Interval halves{std::max(-0.5, half - half_error), std::min(0.5, half + half_error)};  // of a/2
  while (halves.high - halves.low > options.epsilon) {
    const double shift = -halves.low;
    const double quarter_turns = std::numbers::pi / 4.0 / std::asin(halves.high - halves.low);
    const std::uint64_t k =
        std::min(deepest, static_cast<std::uint64_t>(std::max(0.0, quarter_turns - 0.5)));
    QUANTA_TRY(const double p, oracle.probability(shift, k, execution));
    const std::uint64_t good = binomial_sample(shots, std::clamp(p, 0.0, 1.0), random);
    add_round(estimate, {.power = k, .shots = shots, .good = good});
    const double share = static_cast<double>(good) / static_cast<double>(shots);
    const double scale = 2.0 * static_cast<double>(k) + 1.0;
    halves = {std::sin(angle_of(share - error) / scale) - shift,
              std::sin(angle_of(share + error) / scale) - shift};
    halves = {std::max(-0.5, halves.low), std::min(0.5, halves.high)};
  }
  estimate.interval = {2.0 * halves.low, 2.0 * halves.high};
  estimate.value = estimate.interval.middle();
  return estimate;
}

}  // namespace quanta::quantum
