#include "quantum/algorithm/phase_estimation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include <fmt/format.h>

#include "core/random.h"
#include "quantum/algorithm/fourier.h"
#include "quantum/algorithm/phase.h"
#include "quantum/algorithm/phase_signal.h"
#include "quantum/circuit/algebra.h"
#include "quantum/simulator/sampling.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kMaxShots = 100'000'000;
constexpr std::size_t kMaxPowerOperations = 1'000'000;

Result<void> check(const PhaseOptions& options) {
  if (options.shots == 0 || options.shots > kMaxShots) {
    return bad_input("shots",
                     fmt::format("{} shots: 1 to {} are possible", options.shots, kMaxShots));
  }
  if (!(options.level > 0.0 && options.level < 1.0)) {
    return bad_input("level", fmt::format("{} is not between 0 and 1", options.level));
  }
  return {};
}

/// log p(0 | g/size) with size grid points: how likely the outcome 0 is for each phase; that of
/// outcome k is the same k/N further on.
std::vector<double> log_likelihood(const std::vector<double>& window, std::size_t size) {
  std::vector<Amplitude> amplitudes(size);
  std::ranges::copy(window, amplitudes.begin());
  fourier_transform(amplitudes, true);
  std::vector<double> result(size);
  for (std::size_t g = 0; g < size; ++g) {
    result[g] = std::log(std::norm(amplitudes[g]) / static_cast<double>(window.size()));
  }
  return result;
}

std::optional<PhasePosterior> posterior_of(const PhaseEstimate& estimate,
                                           const std::vector<double>& window, double level) {
  // Eight points to the least deviation, and two to a bin.
  const double points =
      std::max(8.0 / estimate.least_deviation, 2.0 * static_cast<double>(window.size()));
  if (points > std::ldexp(1.0, PhaseGrid::kMaxBits)) return {};
  PhaseGrid grid(std::max(4U, static_cast<unsigned>(std::ceil(std::log2(points)))));
  const std::vector<double> likelihood = log_likelihood(window, grid.size());
  for (std::size_t k = 0; k < window.size(); ++k) {
    if (estimate.counts[k] == 0) continue;
    grid.add(likelihood, k * (grid.size() / window.size()),
             static_cast<double>(estimate.counts[k]));
  }
  return grid.posterior(level);
}

/// Everything that follows from the distribution.
PhaseEstimate finished(PhaseDistribution distribution, ClassicalPhase classical, bool eigenstate,
                       const std::vector<double>& window, const PhaseOptions& options) {
  PhaseEstimate estimate{.distribution = std::move(distribution),
                         .classical = std::move(classical)};
  const std::size_t n = window.size();
  RandomStream stream(options.seed, "phase estimation shots");
  estimate.counts.resize(n);
  for (const std::size_t k : sample(estimate.distribution.probabilities, options.shots, stream)) {
    ++estimate.counts[k];
  }
  estimate.bin =
      static_cast<std::size_t>(std::ranges::max_element(estimate.counts) - estimate.counts.begin());
  estimate.calls = (n - 1) * options.shots;
  estimate.single_run_holevo_variance = posterior_holevo_variance(window);
  estimate.least_deviation = least_deviation(window, options.shots);
  if (eigenstate) estimate.posterior = posterior_of(estimate, window, options.level);
  estimate.phase = estimate.posterior ? estimate.posterior->mode
                                      : static_cast<double>(estimate.bin) / static_cast<double>(n);
  estimate.error = std::abs(phase_difference(estimate.phase, estimate.classical.phase));
  return estimate;
}

}  // namespace

Result<PhaseEstimate> estimate_phase(const PhaseProblem& problem, const PhaseOptions& options,
                                     const Execution& execution) {
  QUANTA_CHECK(check(options));
  QUANTA_TRY(const std::vector<double> window, window_amplitudes(options.phase_register));
  QUANTA_TRY(const std::vector<Amplitude> signal,
             phase_signal(problem, window.size(), options.memory_limit, execution));
  QUANTA_TRY(ClassicalPhase classical,
             classical_phase(problem, signal, options.memory_limit, execution));
  const bool eigenstate = std::abs(signal[1]) >= 1.0 - kEigenstate;
  return finished(signal_distribution(signal, window), std::move(classical), eigenstate, window,
                  options);
}

Result<PhaseEstimate> estimate_phase(double theta, const PhaseOptions& options) {
  QUANTA_CHECK(check(options));
  QUANTA_TRY(PhaseDistribution distribution, phase_distribution(theta, options.phase_register));
  QUANTA_TRY(const std::vector<double> window, window_amplitudes(options.phase_register));
  ClassicalPhase given{.method = "given", .phase = wrapped(theta), .weight = 1.0};
  return finished(std::move(distribution), std::move(given), true, window, options);
}

Result<Circuit> phase_estimation_circuit(const PhaseProblem& problem,
                                         const PhaseRegister& phase_register) {
  QUANTA_CHECK(check_phase_problem(problem, std::numeric_limits<std::size_t>::max()));
  QUANTA_TRY(const std::vector<double> window, window_amplitudes(phase_register));
  const unsigned t = phase_register.bits;
  const unsigned n = problem.unitary.n_qubits();
  if ((problem.unitary.operations().size() + 1) * window.size() > kMaxPowerOperations) {
    return bad_input("bits", fmt::format("2^{} copies of {} operations are more than {}", t,
                                         problem.unitary.operations().size(), kMaxPowerOperations));
  }
  Circuit circuit;
  QUANTA_CHECK(circuit.add_qubits("phase", t));
  QUANTA_CHECK(circuit.add_qubits("system", n));
  QUANTA_CHECK(circuit.add_bits("c", t));
  std::vector<unsigned> phase_qubits(t);
  std::iota(phase_qubits.begin(), phase_qubits.end(), 0U);
  std::vector<unsigned> system(n);
  std::iota(system.begin(), system.end(), t);

  QUANTA_TRY(circuit, compose(std::move(circuit), problem.preparation, system));
  if (phase_register.window == PhaseWindow::kNone) {
    for (const unsigned q : phase_qubits) circuit.h(q);
  } else {
    QUANTA_CHECK(circuit.prepare({window.begin(), window.end()}, phase_qubits));
  }
  QUANTA_TRY(const Circuit kicked, controlled(problem.unitary, 1));
  std::vector<unsigned> places = {0};
  places.insert(places.end(), system.begin(), system.end());
  for (unsigned j = 0; j < t; ++j) {
    places[0] = j;
    for (std::size_t times = std::size_t{1} << j; times > 0; --times) {
      QUANTA_TRY(circuit, compose(std::move(circuit), kicked, places));
    }
  }
  QUANTA_TRY(circuit, compose(std::move(circuit), fourier_circuit(t, true), phase_qubits));
  for (unsigned j = 0; j < t; ++j) circuit.measure(j, j);
  return circuit;
}

}  // namespace quanta::quantum
