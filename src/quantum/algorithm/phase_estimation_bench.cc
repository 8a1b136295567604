#include <cmath>
#include <numbers>

#include "bench/bench.h"
#include "quantum/algorithm/phase_estimation.h"
#include "quantum/algorithm/phase_series.h"
#include "quantum/simulator/plain_simulator.h"

namespace quanta::bench {

Result<std::vector<Row>> phase_estimation_benchmark(const Context& context) {
  constexpr double kPrices[] = {1.1, 1.105, 1.11, 1.108, 1.112, 1.115};
  constexpr unsigned kBits = 4;
  const auto own = [&]() -> Result<quantum::PhaseDistribution> {
    QUANTA_TRY(const double theta, quantum::phase_of_series(kPrices));
    return quantum::phase_distribution(theta, {.bits = kBits});
  };
  QUANTA_TRY(const quantum::PhaseDistribution distribution, own());

  Row row{.name = "phase of six prices", .work = "5 returns, 16 outcomes of 4 bits"};
  row.seconds = minimum_seconds([&] { keep(own()); });
  // A sine is a polynomial of about 20 flops; a division counts as one.
  row.floor = "a sine and a division an outcome, 24 flops";
  row.floor_seconds = 16 * 24 / context.machine.flops_per_second;
  // The circuit with its register, gate by gate: made and simulated, as for any unitary.
  const auto textbook = [&]() -> Result<std::vector<double>> {
    QUANTA_TRY(const double theta, quantum::phase_of_series(kPrices));
    quantum::PhaseProblem problem{quantum::Circuit(1), quantum::Circuit(1)};
    problem.unitary.p(2 * std::numbers::pi * theta, 0);
    problem.preparation.x(0);
    QUANTA_TRY(const quantum::Circuit circuit,
               quantum::phase_estimation_circuit(problem, {.bits = kBits}));
    const auto amplitudes = quantum::simulate_plainly(circuit);
    std::vector<double> probabilities(std::size_t{1} << kBits);
    for (std::size_t x = 0; x < amplitudes.size(); ++x) {
      probabilities[x % probabilities.size()] += std::norm(amplitudes[x]);
    }
    return probabilities;
  };
  QUANTA_TRY(const std::vector<double> expected, textbook());
  double difference = 0;
  for (std::size_t k = 0; k < expected.size(); ++k) {
    difference = std::max(difference, std::abs(expected[k] - distribution.probabilities[k]));
  }
  row.equal = difference < 1e-12 && distribution.best_bin == 11;
  row.reference = "the circuit of 5 qubits, gate by gate";
  row.reference_seconds = minimum_seconds([&] { keep(textbook()); });
  row.ratio = *row.reference_seconds / row.seconds;
  row.goal = "under 1 ms, bin 11 with probability 0.5966";
  row.met = row.seconds < 1e-3 && distribution.best_bin == 11 &&
            std::abs(distribution.probabilities[11] - 0.5966) < 5e-5;
  return std::vector{std::move(row)};
}

}  // namespace quanta::bench
