#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "bench/bench.h"
#include "core/enum_text.h"
#include "core/random.h"
#include "quantum/algorithm/qaoa_circuit.h"
#include "quantum/simulator/simulate.h"

namespace quanta::bench {
namespace {

using quantum::Circuit;
using quantum::Mixer;
using quantum::Precision;
using quantum::QaoaAnsatz;
using quantum::QaoaCircuit;

constexpr unsigned kQubits = 24;
constexpr std::size_t kLayers = 8;
constexpr std::size_t kMemory = std::size_t{1} << 32;

constexpr std::size_t bytes_of(Precision precision) {
  return precision == Precision::kDouble ? 16 : 8;
}

Circuit layered_circuit() {
  RandomStream random(1, "memory bench", kQubits);
  Circuit circuit(kQubits);
  for (int layer = 0; layer < 4; ++layer) {
    for (unsigned q = 0; q < kQubits; ++q) circuit.ry(random.uniform(), q);
    for (unsigned q = 0; q + 1 < kQubits; ++q) circuit.cz(q, q + 1);
  }
  return circuit;
}

/// Weights of whole numbers, so that few costs are different.
QaoaAnsatz repeated_costs(Mixer mixer) {
  RandomStream random(1, "memory bench cost", kQubits);
  QaoaAnsatz ansatz{
      .cost = {.linear = std::vector<double>(kQubits), .quadratic = Matrix(kQubits, kQubits)},
      .mixer = mixer};
  for (unsigned i = 0; i < kQubits; ++i) {
    for (unsigned j = i + 1; j < kQubits; ++j) {
      ansatz.cost.quadratic(i, j) = static_cast<double>(random.below(5)) - 2.0;
    }
  }
  return ansatz;
}

Row state_row(const Context& context, const Circuit& circuit, Precision precision) {
  Row row{.name = fmt::format("state vector, {} precision", to_text(precision)),
          .work = fmt::format("{} qubits, {} gates", kQubits, circuit.operations().size())};
  row.floor = "one state vector";
  row.floor_bytes = std::ldexp(static_cast<double>(bytes_of(precision)), kQubits);
  const auto work = [&] {
    if (precision == Precision::kDouble) {
      keep(simulate(circuit, {}, context.execution));
    } else {
      keep(simulate_single(circuit, {}, context.execution));
    }
  };
  row.bytes = peak_bytes(work);
  row.seconds = minimum_seconds(work);
  row.goal = "at most 5 % more than one state vector";
  if (row.bytes) row.met = *row.bytes <= 1.05 * *row.floor_bytes;
  return row;
}

/// Everything from the cost's weights to the energy, or with its gradient.
Row qaoa_row(const Context& context, const QaoaAnsatz& ansatz, double amplitudes, bool gradient) {
  const std::vector<double> angles(kLayers, 0.1);
  std::vector<double> derivatives(gradient ? 2 * kLayers : 0);
  Row row{.name = fmt::format("qaoa, {} mixer, {} precision{}", to_text(ansatz.mixer),
                              to_text(ansatz.precision), gradient ? ", with gradient" : ""),
          .work = fmt::format("{} qubits, {:.0f} amplitudes, {} layers, costs that repeat", kQubits,
                              amplitudes, kLayers)};
  const double states = gradient ? 2.0 : 1.0;
  row.floor = fmt::format("{} and 2 bytes of cost an amplitude",
                          gradient ? "two state vectors" : "one state vector");
  row.floor_bytes = amplitudes * (states * static_cast<double>(bytes_of(ansatz.precision)) + 2.0);
  const auto work = [&] {
    const auto circuit = QaoaCircuit::create(ansatz, kMemory, context.execution);
    if (circuit) keep(circuit->energy(angles, angles, derivatives, context.execution));
  };
  row.bytes = peak_bytes(work);
  row.seconds = minimum_seconds(work);
  row.goal = "at most 5 % more than that, and 1 GiB in all";
  if (row.bytes) {
    row.met = *row.bytes <= std::min(1.05 * *row.floor_bytes, static_cast<double>(1U << 30));
  }
  return row;
}

}  // namespace

Result<std::vector<Row>> quantum_memory_benchmark(const Context& context) {
  std::vector<Row> rows;
  const Circuit circuit = layered_circuit();
  for (const Precision precision : {Precision::kSingle, Precision::kDouble}) {
    rows.push_back(state_row(context, circuit, precision));
  }
  QaoaAnsatz x = repeated_costs(Mixer::kX);
  const double all = std::ldexp(1.0, kQubits);
  rows.push_back(qaoa_row(context, x, all, false));
  rows.push_back(qaoa_row(context, x, all, true));
  x.precision = Precision::kSingle;
  rows.push_back(qaoa_row(context, x, all, false));
  QaoaAnsatz ring = repeated_costs(Mixer::kRingXy);
  ring.weight = 12;
  rows.push_back(qaoa_row(context, ring, 2'704'156.0, false));
  return rows;
}

}  // namespace quanta::bench
