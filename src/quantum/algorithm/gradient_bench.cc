#include <cmath>

#include <fmt/format.h>

#include "bench/bench.h"
#include "core/enum_text.h"
#include "core/random.h"
#include "quantum/algorithm/ansatz.h"
#include "quantum/algorithm/gradient.h"
#include "quantum/algorithm/parameter_shift.h"

namespace quanta::bench {
namespace {

quantum::PauliSum transverse_ising(unsigned n) {
  quantum::PauliSum sum{.n_qubits = n, .terms = {}};
  for (unsigned i = 0; i + 1 < n; ++i) sum.terms.push_back({{0, std::uint64_t{3} << i}, -1.0});
  for (unsigned i = 0; i < n; ++i) sum.terms.push_back({{std::uint64_t{1} << i, 0}, -0.8});
  return sum;
}

Result<Row> gradient_row(const Context& context, unsigned n_qubits, quantum::Entangler entangler) {
  constexpr unsigned kLayers = 8;
  QUANTA_TRY(const quantum::Circuit circuit,
             quantum::make_ansatz(transverse_ising(n_qubits),
                                  {.layers = kLayers, .entangler = entangler}));
  QUANTA_TRY(const auto energy,
             quantum::CircuitEnergy::create(circuit, transverse_ising(n_qubits), {}));
  RandomStream random(1, "gradient bench", n_qubits);
  std::vector<double> parameters(energy.n_parameters());
  for (double& p : parameters) p = random.normal();

  Row row{
      .name = fmt::format("adjoint gradient, {} qubits, {}", n_qubits, to_text(entangler)),
      .work = fmt::format("RY-RZ ansatz, {} layers: {} parameters", kLayers, parameters.size())};
  QUANTA_TRY(const auto own, energy.gradient(parameters, context.execution));
  row.seconds = minimum_seconds([&] { keep(energy.gradient(parameters, context.execution)); });
  row.floor = "three forward runs";
  const double forward =
      minimum_seconds([&] { keep(energy.state(parameters, context.execution)); });
  row.floor_seconds = 3 * forward;
  const double whole = minimum_seconds([&] { keep(energy.energy(parameters, context.execution)); });
  // Why not three, and what has been tried: docs/quantum/speed.md.
  row.goal = fmt::format("three forward runs; this one takes {:.1f}, or {:.1f} with their energy",
                         row.seconds / forward, row.seconds / whole);
  row.met = row.seconds <= *row.floor_seconds;
  // Two energies for each parameter, which this ansatz has in one angle only: a few are run, and
  // the time of all is in proportion.
  constexpr std::size_t kTried = 3;
  const auto shifts = quantum::parameter_shifts(energy.circuit());
  double worst = 0;
  const auto few = [&]() -> Result<void> {
    for (std::size_t i = 0; i < kTried; ++i) {
      const std::size_t parameter = i * (parameters.size() - 1) / (kTried - 1);
      double slope = 0;
      for (const auto& shift : {shifts[2 * parameter], shifts[2 * parameter + 1]}) {
        QUANTA_TRY(const auto moved,
                   quantum::CircuitEnergy::create(quantum::shifted(energy.circuit(), shift),
                                                  energy.observable(), {}));
        QUANTA_TRY(const double value, moved.energy(parameters, context.execution));
        slope += shift.weight * value;
      }
      worst = std::max(worst, std::abs(slope - own.gradient[parameter]));
    }
    return {};
  };
  QUANTA_CHECK(few());
  row.equal = worst < 1e-11;
  row.reference =
      fmt::format("parameter shift, {} energies ({} run)", 2 * parameters.size(), 2 * kTried);
  row.reference_seconds =
      minimum_seconds([&] { keep(few()); }, 0.1) * static_cast<double>(parameters.size()) / kTried;
  row.ratio = *row.reference_seconds / row.seconds;
  return row;
}

}  // namespace

Result<std::vector<Row>> gradient_benchmark(const Context& context) {
  std::vector<Row> rows;
  for (const unsigned n_qubits : {16U, 20U, 22U}) {
    for (const auto entangler : {quantum::Entangler::kCz, quantum::Entangler::kCx}) {
      if (n_qubits == 22 && entangler == quantum::Entangler::kCx) continue;  // long enough
      QUANTA_TRY(Row row, gradient_row(context, n_qubits, entangler));
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace quanta::bench
