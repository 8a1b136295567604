#include "quantum/simulator/simulate.h"

#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "quantum/simulator/plain_simulator.h"

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

}  // namespace

Result<StateVector> simulate(const Circuit& circuit, const SimulateOptions& options,
                             const Execution& execution) {
  QUANTA_CHECK(check_unitary(circuit));
  if (options.parameters.size() != circuit.parameters().size()) {
    return bad_input("parameters",
                     fmt::format("{} values for the {} parameters of the circuit",
                                 options.parameters.size(), circuit.parameters().size()));
  }
  for (const double value : options.parameters) {
    if (!std::isfinite(value)) {
      return bad_input("parameters", fmt::format("the value {} is not finite", value));
    }
  }
  QUANTA_TRY(StateVector state, StateVector::zero(circuit.n_qubits(), options.memory_limit));
  (void)execution;
  return StateVector::from_amplitudes(simulate_plainly(circuit.expand(), options.parameters));
}

}  // namespace quanta::quantum
