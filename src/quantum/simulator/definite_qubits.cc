#include "quantum/simulator/definite_qubits.h"

namespace quanta::quantum {

bool DefiniteQubits::absorb(Operation& gate) {
  if (gate.gate == Gate::kBarrier) return true;
  for (unsigned j = 0; j < gate.n_controls;) {
    const unsigned q = gate.qubits[j];
    if (!definite_[q]) {
      ++j;
      continue;
    }
    if (values_[q] != ((gate.control_state >> j & 1) != 0)) return true;
    gate.qubits.erase(gate.qubits.begin() + j);
    const std::uint64_t below = (std::uint64_t{1} << j) - 1;
    gate.control_state = (gate.control_state & below) | (gate.control_state >> 1 & ~below);
    --gate.n_controls;
  }
  const unsigned first = gate.qubits[0];
  if (gate.gate == Gate::kX && gate.n_controls == 0 && definite_[first]) {
    values_[first] = !values_[first];
    return true;
  }
  for (const unsigned q : gate.qubits) definite_[q] = false;
  return false;
}

unsigned n_indefinite(const Circuit& circuit) {
  DefiniteQubits qubits(circuit.n_qubits());
  for (Operation operation : circuit.operations()) {
    if (operation.gate == Gate::kMeasure || operation.gate == Gate::kReset) continue;
    qubits.absorb(operation);
  }
  unsigned n = 0;
  for (unsigned q = 0; q < circuit.n_qubits(); ++q) n += qubits.value(q) ? 0 : 1;
  return n;
}

}  // namespace quanta::quantum
