#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "bench/bench.h"
#include "core/random.h"
#include "quantum/simulator/plain_simulator.h"
#include "quantum/simulator/simulate.h"

namespace quanta::bench {
namespace {

using quantum::Circuit;
using quantum::StateVector;
using quantum::StateVectorSingle;

constexpr std::size_t kMemory = std::size_t{1} << 30;
constexpr unsigned kQubits = 24;
/// The plain simulation of the large circuits would take minutes.
constexpr unsigned kFewQubits = 18;
constexpr unsigned kLayers = 20;

/// On each qubit one of rx, ry, rz by a random angle, then CZ on every second pair of neighbours.
Circuit random_layers(unsigned n) {
  RandomStream random(1, "random circuit bench", n);
  Circuit circuit(n);
  for (unsigned layer = 0; layer < kLayers; ++layer) {
    for (unsigned q = 0; q < n; ++q) {
      constexpr quantum::Gate kGates[] = {quantum::Gate::kRx, quantum::Gate::kRy,
                                          quantum::Gate::kRz};
      const quantum::Gate gate = kGates[random.below(3)];
      circuit.add(gate, {q}, {(2 * random.uniform() - 1) * std::numbers::pi});
    }
    for (unsigned q = layer % 2; q + 1 < n; q += 2) circuit.cz(q, q + 1);
  }
  return circuit;
}

Circuit fourier_transform(unsigned n) {
  Circuit circuit(n);
  for (unsigned q = n; q-- > 0;) {
    circuit.h(q);
    for (unsigned j = q; j-- > 0;) {
      circuit.cp(std::numbers::pi / static_cast<double>(std::size_t{1} << (q - j)), q, j);
    }
  }
  for (unsigned q = 0; q < n / 2; ++q) circuit.swap(q, n - 1 - q);
  return circuit;
}

/// Gates that mix amplitudes: the others may wait and be done together.
std::size_t mixing_gates(const Circuit& circuit) {
  return static_cast<std::size_t>(
      std::ranges::count_if(circuit.operations(), [](const quantum::Operation& operation) {
        return !quantum::properties(operation.gate).diagonal &&
               operation.gate != quantum::Gate::kSwap;
      }));
}

/// The state is read and written once, and each mixing gate adds to each number a multiple of
/// another; the machine's rate is that of double precision.
double floor_seconds(const Context& context, const Circuit& circuit, std::size_t bytes_per_number) {
  const double numbers = std::ldexp(2.0, static_cast<int>(circuit.n_qubits()));
  const double bytes = 2 * numbers * static_cast<double>(bytes_per_number);
  const double flops = 2 * numbers * static_cast<double>(mixing_gates(circuit));
  const double rate = context.machine.flops_per_second * 8 / static_cast<double>(bytes_per_number);
  return std::max(bytes / context.machine.copy_bytes_per_second, flops / rate);
}

constexpr const char* kFloor =
    "the longer of: state read and written once; a multiply-add per number and mixing gate";

template <class Real>
double distance(const quantum::BasicStateVector<Real>& a,
                std::span<const quantum::Amplitude> expected) {
  double most = 0;
  for (std::size_t x = 0; x < expected.size(); ++x) {
    most = std::max(most, std::abs(quantum::Amplitude(a.amplitudes()[x]) - expected[x]));
  }
  return most;
}

std::string gates_of(const Circuit& circuit) {
  return fmt::format("{} qubits, {} gates, {} of them mixing", circuit.n_qubits(),
                     circuit.operations().size(), mixing_gates(circuit));
}

/// From |0…0>, beside the plain simulation.
Result<Row> beside_plain(const Context& context, const std::string& name, const Circuit& circuit) {
  Row row{.name = fmt::format("{}, {} qubits, double", name, circuit.n_qubits()),
          .work = gates_of(circuit) + ", from |0...0>"};
  QUANTA_TRY(const StateVector own, simulate(circuit, {}, context.execution));
  row.seconds = minimum_seconds([&] { keep(simulate(circuit, {}, context.execution)); });
  row.floor = kFloor;
  row.floor_seconds = floor_seconds(context, circuit, sizeof(double));
  row.reference = "gate after gate on all amplitudes, double";
  const auto plain = quantum::simulate_plainly(circuit);
  row.equal = distance(own, plain) < 1e-12;
  row.reference_seconds = minimum_seconds([&] { keep(quantum::simulate_plainly(circuit)); }, 0.1);
  row.ratio = *row.reference_seconds / row.seconds;
  return row;
}

}  // namespace

Result<std::vector<Row>> random_circuit_benchmark(const Context& context) {
  const Circuit circuit = random_layers(kQubits);
  const std::string work = gates_of(circuit);
  Row single{.name = "random circuit, 24 qubits, single", .work = work + ", from |0...0>"};
  Row dense{.name = "the same on a dense state", .work = work};
  Row twice{.name = "random circuit, 24 qubits, double", .work = work + ", from |0...0>"};
  {
    QUANTA_TRY(auto state, simulate_single(circuit, {}, context.execution));
    QUANTA_TRY(const StateVector precise, simulate(circuit, {}, context.execution));
    single.equal = distance(state, precise.amplitudes()) < 1e-6;
    twice.equal = single.equal;
    // Where it goes on from must not matter: the second half after the first.
    const auto operations = circuit.operations();
    QUANTA_TRY(auto halves, StateVectorSingle::zero(kQubits, kMemory));
    for (const auto part :
         {operations.first(operations.size() / 2), operations.subspan(operations.size() / 2)}) {
      QUANTA_CHECK(halves.apply(context.execution, part, {}));
    }
    dense.equal = distance(halves, precise.amplitudes()) < 1e-6;
    dense.seconds =
        minimum_seconds([&] { (void)state.apply(context.execution, circuit.operations(), {}); });
  }
  single.seconds = minimum_seconds([&] { keep(simulate_single(circuit, {}, context.execution)); });
  twice.seconds = minimum_seconds([&] { keep(simulate(circuit, {}, context.execution)); });
  for (Row* row : {&single, &dense, &twice}) {
    row->floor = kFloor;
    row->floor_seconds =
        floor_seconds(context, circuit, row == &twice ? sizeof(double) : sizeof(float));
  }
  for (Row* row : {&single, &dense}) {
    row->goal = "0.35 times qsim, which takes 1.57 s on two quiet cores";
    row->met = row->seconds <= 0.35 * 1.57;
  }
  twice.goal = "at most 2.2 times as long as in single precision";
  twice.met = twice.seconds <= 2.2 * single.seconds;
  QUANTA_TRY(Row few, beside_plain(context, "random circuit", random_layers(kFewQubits)));
  return std::vector{std::move(single), std::move(dense), std::move(twice), std::move(few)};
}

Result<std::vector<Row>> fourier_benchmark(const Context& context) {
  const Circuit transform = fourier_transform(kQubits);
  constexpr std::size_t kSize = std::size_t{1} << kQubits;
  constexpr std::size_t kStart = 0xb2e58d;  // a basis state, which becomes a plane wave
  Row single{.name = "Fourier transform, 24 qubits, single", .work = gates_of(transform)};
  Row twice{.name = "Fourier transform, 24 qubits, double", .work = gates_of(transform)};
  const auto timed = [&]<class Real>(Row& row, Real room) -> Result<void> {
    Circuit flips(kQubits);
    for (unsigned q = 0; q < kQubits; ++q) {
      if ((kStart >> q & 1) != 0) flips.x(q);
    }
    QUANTA_TRY(auto state, quantum::BasicStateVector<Real>::zero(kQubits, kMemory));
    QUANTA_CHECK(state.apply(context.execution, flips.operations(), {}));
    QUANTA_CHECK(state.apply(context.execution, transform.operations(), {}));
    double most = 0;
    for (std::size_t y = 0; y < kSize; ++y) {
      const double turns = static_cast<double>(kStart * y % kSize) / kSize;
      const auto wave = std::polar(1.0 / 4096, 2 * std::numbers::pi * turns);
      most = std::max(most, std::abs(quantum::Amplitude(state.amplitudes()[y]) - wave));
    }
    row.equal = most < room;
    row.seconds =
        minimum_seconds([&] { (void)state.apply(context.execution, transform.operations(), {}); });
    row.floor = kFloor;
    row.floor_seconds = floor_seconds(context, transform, sizeof(Real));
    return {};
  };
  QUANTA_CHECK(timed(single, 1e-9F));
  QUANTA_CHECK(timed(twice, 1e-17));
  single.goal = "0.25 times qsim, which takes 1.78 s on two quiet cores";
  single.met = single.seconds <= 0.25 * 1.78;
  QUANTA_TRY(Row few, beside_plain(context, "Fourier transform", fourier_transform(kFewQubits)));
  return std::vector{std::move(single), std::move(twice), std::move(few)};
}

}  // namespace quanta::bench
