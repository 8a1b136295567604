#include "quantum/simulator/simulate.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "quantum/simulator/blocked_run.h"
#include "quantum/simulator/byte_text.h"

namespace quanta::quantum {
namespace {

/// Whether all of it is unitary up to measurements behind which nothing touches their qubits.
Result<void> check_unitary(const Circuit& circuit) {
  std::vector<bool> measured(circuit.n_qubits());
  for (const Operation& operation : circuit.operations()) {
    if (operation.gate == Gate::kBarrier) continue;
    if (operation.condition || operation.gate == Gate::kReset) {
      return bad_input("circuit",
                       fmt::format("\"{}\" depends on measurements: no single state comes out",
                                   operation_name(operation)));
    }
    for (const unsigned q : operation.qubits) {
      if (measured[q]) {
        return bad_input("circuit", fmt::format("\"{}\" acts on qubit {} after its measurement",
                                                operation_name(operation), q));
      }
      if (operation.gate == Gate::kMeasure) measured[q] = true;
    }
  }
  return {};
}

bool is_measurement(const Operation& operation) { return operation.gate == Gate::kMeasure; }

template <class Real>
Result<BasicStateVector<Real>> simulate_in(const Circuit& circuit, const SimulateOptions& options,
                                           Precision precision, const Execution& execution) {
  if (circuit.n_qubits() == 0) return bad_input("circuit", "has no qubits");
  QUANTA_CHECK(check_unitary(circuit));
  QUANTA_CHECK(check_parameters(circuit, options.parameters));
  const auto limit = static_cast<double>(options.memory_limit);
  const double needed = simulation_memory(circuit.n_qubits(), precision).amplitudes;
  if (needed > limit) {
    unsigned fit = 0;
    while (simulation_memory(fit + 1, precision).amplitudes <= limit) ++fit;
    return fail(ErrorKind::kResource,
                fmt::format("{} qubits in {} precision need {}; the limit of {} fits "
                            "{} qubits",
                            circuit.n_qubits(), quanta::to_text(precision), byte_text(needed),
                            byte_text(limit), fit),
                "qubits");
  }
  QUANTA_TRY(auto state, BasicStateVector<Real>::zero(circuit.n_qubits(), options.memory_limit));
  std::vector<Operation> gates;
  std::span<const Operation> operations = circuit.operations();
  if (std::ranges::any_of(operations, is_measurement)) {
    std::ranges::remove_copy_if(operations, std::back_inserter(gates), is_measurement);
    operations = gates;
  }
  QUANTA_CHECK(state.apply(execution, operations, options.parameters,
                           {.global_phase = circuit.global_phase().value(options.parameters),
                            .report = options.report}));
  return state;
}

}  // namespace

SimulationMemory simulation_memory(unsigned n_qubits, Precision precision, std::size_t n_threads) {
  const double amplitude = precision == Precision::kDouble ? 16.0 : 8.0;
  return {.amplitudes = std::ldexp(amplitude, static_cast<int>(std::min(n_qubits, 2000U))),
          .workspace = static_cast<double>(workspace_bytes(n_qubits, n_threads))};
}

Result<void> check_parameters(const Circuit& circuit, std::span<const double> parameters) {
  if (parameters.size() != circuit.parameters().size()) {
    return bad_input("parameters", fmt::format("{} values for the {} parameters of the circuit",
                                               parameters.size(), circuit.parameters().size()));
  }
  for (const double value : parameters) {
    if (!std::isfinite(value)) {
      return bad_input("parameters", fmt::format("the value {} is not finite", value));
    }
  }
  return {};
}

Result<StateVector> simulate(const Circuit& circuit, const SimulateOptions& options,
                             const Execution& execution) {
  return simulate_in<double>(circuit, options, Precision::kDouble, execution);
}

Result<StateVectorSingle> simulate_single(const Circuit& circuit, const SimulateOptions& options,
                                          const Execution& execution) {
  return simulate_in<float>(circuit, options, Precision::kSingle, execution);
}

}  // namespace quanta::quantum
