#include <cmath>

#include <fmt/format.h>

#include "bench/bench.h"
#include "core/random.h"
#include "quantum/algorithm/qaoa_circuit.h"
#include "quantum/simulator/state_vector.h"
#include "quantum/simulator/weight_subspace.h"

namespace quanta::bench {
namespace {

constexpr std::size_t kMemory = std::size_t{1} << 32;

quantum::QaoaAnsatz random_ansatz(unsigned n, unsigned weight) {
  RandomStream random(1, "qaoa cost", n);
  quantum::QaoaAnsatz problem{.cost = {.linear = std::vector<double>(n), .quadratic = Matrix(n, n)},
                              .weight = weight};
  for (unsigned i = 0; i < n; ++i) {
    problem.cost.linear[i] = random.normal();
    for (unsigned j = i + 1; j < n; ++j) problem.cost.quadratic(i, j) = random.normal();
  }
  return problem;
}

}  // namespace

Result<std::vector<Row>> qaoa_benchmark(const Context& context) {
  constexpr unsigned kQubits = 20;
  constexpr unsigned kWeight = 8;
  constexpr std::size_t kLayers = 8;
  const quantum::QaoaAnsatz problem = random_ansatz(kQubits, kWeight);
  QUANTA_TRY(const auto circuit, quantum::QaoaCircuit::create(problem, kMemory, context.execution));
  std::vector<double> gammas(kLayers);
  std::vector<double> betas(kLayers);
  for (std::size_t l = 0; l < kLayers; ++l) {
    gammas[l] = 0.05 * static_cast<double>(l + 1);
    betas[l] = 0.1 * static_cast<double>(kLayers - l);
  }
  const double dimension = static_cast<double>(circuit.dimension());

  Row forward{.name = "qaoa, ring XY, forward",
              .work = fmt::format("{} qubits, weight {}: {:.0f} amplitudes, {} layers", kQubits,
                                  kWeight, dimension, kLayers)};
  const auto own = circuit.state(gammas, betas, context.execution);
  forward.seconds = minimum_seconds([&] { keep(circuit.state(gammas, betas, context.execution)); });
  // An exchange mixes 2 C(n-2, k-1) amplitudes with 6 flops each (two multiply-adds a part, less
  // the products that vanish); a phase costs 6 flops an amplitude beside its sine and cosine.
  const double mixed = 2.0 * static_cast<double>(quantum::binomial(kQubits - 2, kWeight - 1));
  forward.floor = "6 flops per amplitude that an exchange mixes, 6 per phase";
  forward.floor_seconds = static_cast<double>(kLayers) * (kQubits * mixed + dimension) * 6 /
                          context.machine.flops_per_second;
  // The same circuit on all 2^n amplitudes.
  const auto full = [&] {
    std::vector<quantum::Amplitude> amplitudes(std::size_t{1} << kQubits);
    std::vector<double> cost(amplitudes.size());
    for (std::size_t r = 0; r < circuit.dimension(); ++r) {
      amplitudes[circuit.basis_state(r)] = 1.0 / std::sqrt(dimension);
      cost[circuit.basis_state(r)] = circuit.cost(r);
    }
    auto state = quantum::StateVector::from_amplitudes(std::move(amplitudes));
    for (std::size_t l = 0; l < kLayers; ++l) {
      state->multiply_phase(context.execution, cost, gammas[l]);
      for (unsigned q = 0; q + 1 < kQubits; q += 2) {
        state->exchange(context.execution, q, q + 1, betas[l]);
      }
      for (unsigned q = 1; q < kQubits; q += 2) {
        state->exchange(context.execution, q, (q + 1) % kQubits, betas[l]);
      }
    }
    return *std::move(state);
  };
  const auto reference = full();
  double difference = 0;
  for (std::size_t r = 0; r < own.size(); ++r) {
    difference =
        std::max(difference, std::abs(own[r] - reference.amplitudes()[circuit.basis_state(r)]));
  }
  forward.equal = difference < 1e-12;
  forward.reference = "the same on all 2^20 amplitudes";
  forward.reference_seconds = minimum_seconds([&] { keep(full()); });
  forward.ratio = *forward.reference_seconds / forward.seconds;

  Row gradient{.name = "qaoa, ring XY, energy and gradient", .work = forward.work};
  std::vector<double> derivative(2 * kLayers);
  const double energy = circuit.energy(gammas, betas, derivative, context.execution);
  gradient.seconds =
      minimum_seconds([&] { keep(circuit.energy(gammas, betas, derivative, context.execution)); });
  gradient.floor = "three forward runs";
  gradient.floor_seconds = 3 * forward.seconds;
  // Central differences: two energies for each of the 2p angles.
  const auto differences = [&] {
    std::vector<double> out(2 * kLayers);
    for (std::size_t i = 0; i < 2 * kLayers; ++i) {
      double side[2];
      for (int s = 0; s < 2; ++s) {
        std::vector<double> g = gammas;
        std::vector<double> b = betas;
        (i < kLayers ? g[i] : b[i - kLayers]) += s == 0 ? 1e-5 : -1e-5;
        side[s] = circuit.energy(g, b, {}, context.execution);
      }
      out[i] = (side[0] - side[1]) / 2e-5;
    }
    return out;
  };
  const std::vector<double> expected = differences();
  double worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    worst = std::max(worst, std::abs(expected[i] - derivative[i]));
  }
  gradient.equal = worst < 1e-6 * (1 + std::abs(energy));
  gradient.reference = "central differences of the energy";
  gradient.reference_seconds = minimum_seconds([&] { keep(differences()); }, 0.1);
  gradient.ratio = *gradient.reference_seconds / gradient.seconds;
  return std::vector{std::move(forward), std::move(gradient)};
}

}  // namespace quanta::bench
