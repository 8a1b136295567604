#include "quantum/algorithm/bayesian_phase.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include <fmt/format.h>

#include "core/random.h"
#include "quantum/algorithm/phase.h"
#include "quantum/algorithm/phase_signal.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kMaxBayesianBits = 14;
constexpr std::size_t kMaxMeasurements = 100'000;
/// Wiebe, Granade: the power times the deviation in radians.
constexpr double kPowerTimesDeviation = 1.25;

/// Bits of a grid that is fine enough for the largest power every time.
unsigned bits_needed(const BayesianPhaseOptions& options) {
  const double power = std::ldexp(1.0, static_cast<int>(options.bits) - 1);
  return grid_bits(power * power * static_cast<double>(options.measurements));
}

Result<void> check(const BayesianPhaseOptions& options) {
  if (options.bits == 0 || options.bits > kMaxBayesianBits) {
    return bad_input("bits", fmt::format("{} bits of phase: 1 to {} are possible", options.bits,
                                         kMaxBayesianBits));
  }
  if (options.measurements == 0 || options.measurements > kMaxMeasurements) {
    return bad_input("measurements", fmt::format("{} measurements: 1 to {} are possible",
                                                 options.measurements, kMaxMeasurements));
  }
  if (bits_needed(options) > PhaseGrid::kMaxBits) {
    return bad_input(
        "measurements",
        fmt::format("{} measurements with {} bits need a grid of 2^{} phases: at most "
                    "2^{} are possible",
                    options.measurements, options.bits, bits_needed(options), PhaseGrid::kMaxBits));
  }
  if (!(options.level > 0.0 && options.level < 1.0)) {
    return bad_input("level", fmt::format("{} is not between 0 and 1", options.level));
  }
  return {};
}

/// A grid point drawn from the density.
std::size_t draw(const std::vector<double>& density, double uniform) {
  double cumulative = 0.0;
  std::size_t last = 0;
  for (std::size_t g = 0; g < density.size(); ++g) {
    if (density[g] > 0.0) last = g;
    cumulative += density[g];
    if (uniform < cumulative) return g;
  }
  return last;
}

/// Of the phase in radians, by the Holevo variance: that of the flat density has no end.
double deviation_of(const std::vector<double>& density, const std::vector<Amplitude>& circle) {
  Amplitude mean = 0.0;
  for (std::size_t g = 0; g < density.size(); ++g) mean += density[g] * circle[g];
  return std::sqrt(std::max(0.0, 1.0 / std::norm(mean) - 1.0));
}

Result<BayesianPhase> of_eigenphase(double theta, ClassicalPhase classical,
                                    const BayesianPhaseOptions& options,
                                    const Execution& execution) {
  PhaseGrid grid(bits_needed(options));
  std::vector<Amplitude> circle(grid.size());
  for (std::size_t g = 0; g < circle.size(); ++g) {
    circle[g] = unit(static_cast<double>(g) / static_cast<double>(circle.size()));
  }
  const std::size_t most = std::size_t{1} << (options.bits - 1);
  RandomStream outcomes(options.seed, "bayesian phase outcomes");
  RandomStream choices(options.seed, "bayesian phase choices");
  BayesianPhase result{.classical = std::move(classical)};
  double squares = 0.0;
  for (std::size_t i = 0; i < options.measurements; ++i) {
    if (execution.cancelled()) return cancelled_error();
    std::uint64_t power = 0;
    std::uint64_t steps = 0;
    if (options.schedule == PhaseSchedule::kDoubling) {
      power = std::uint64_t{1} << (i / 2 % options.bits);
      steps = i % 2 * grid.size() / 4;
    } else {
      const std::vector<double> density = grid.density();
      const double wanted = kPowerTimesDeviation / deviation_of(density, circle);
      power = wanted >= static_cast<double>(most)
                  ? most
                  : std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(wanted)));
      if (i % 2 == 1 && power > 1) --power;
      steps = power * draw(density, choices.uniform()) % grid.size();
    }
    PhaseMeasurement measurement{
        .power = power, .angle = static_cast<double>(steps) / static_cast<double>(grid.size())};
    const double s =
        std::sin(std::numbers::pi *
                 phase_difference(wrapped(theta) * static_cast<double>(power), measurement.angle));
    measurement.outcome = outcomes.uniform() < s * s;
    grid.observe(power, steps, measurement.outcome ? 0 : 1, measurement.outcome ? 1 : 0);
    result.measurements.push_back(measurement);
    result.calls += power;
    squares += static_cast<double>(power) * static_cast<double>(power);
  }
  result.posterior = grid.posterior(options.level);
  result.phase = result.posterior.mean;
  result.least_deviation = 1.0 / (2.0 * std::numbers::pi * std::sqrt(squares));
  result.error = std::abs(phase_difference(result.phase, result.classical.phase));
  return result;
}

}  // namespace

Result<BayesianPhase> estimate_phase_by_bayes(const PhaseProblem& problem,
                                              const BayesianPhaseOptions& options,
                                              const Execution& execution) {
  QUANTA_CHECK(check(options));

  QUANTA_TRY(const std::vector<Amplitude> signal,
             phase_signal(problem, kPeriodogramLength, options.memory_limit, execution));
  if (std::abs(signal[1]) < 1.0 - kEigenstate) {
    return bad_input(
        "preparation",
        fmt::format("makes no eigenstate: |<psi|U|psi>| is {:.9g}, not 1", std::abs(signal[1])));
  }
  QUANTA_TRY(ClassicalPhase classical,
             classical_phase(problem, signal, options.memory_limit, execution));
  return of_eigenphase(std::arg(signal[1]) / (2.0 * std::numbers::pi), std::move(classical),
                       options, execution);
}

Result<BayesianPhase> estimate_phase_by_bayes(double theta, const BayesianPhaseOptions& options,
                                              const Execution& execution) {
  QUANTA_CHECK(check(options));
  if (!std::isfinite(theta)) return bad_input("theta", fmt::format("{} is no number", theta));
  return of_eigenphase(theta, {.method = "given", .phase = wrapped(theta), .weight = 1.0}, options,
                       execution);
}

}  // namespace quanta::quantum
