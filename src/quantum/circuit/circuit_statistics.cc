#include "quantum/circuit/circuit_statistics.h"

#include <algorithm>
#include <vector>

namespace quanta::quantum {
namespace {

/// Longest chain where an operation counts weight(operation).
template <class Weight>
std::size_t longest_chain(const Circuit& circuit, const Weight& weight) {
  std::vector<std::size_t> qubits(circuit.n_qubits());
  std::vector<std::size_t> bits(circuit.n_bits());
  std::size_t longest = 0;
  for (const Operation& operation : circuit.operations()) {
    std::size_t level = 0;
    const auto each_wire = [&](const auto& body) {
      for (const unsigned q : operation.qubits) body(qubits[q]);
      if (operation.bit) body(bits[*operation.bit]);
      if (operation.condition) {
        for (const unsigned b : operation.condition->bits) body(bits[b]);
      }
    };
    each_wire([&](std::size_t& wire) { level = std::max(level, wire); });
    level += weight(operation);
    each_wire([&](std::size_t& wire) { wire = level; });
    longest = std::max(longest, level);
  }
  return longest;
}

}  // namespace

CircuitStatistics circuit_statistics(const Circuit& circuit) {
  CircuitStatistics statistics{.qubits = circuit.n_qubits(),
                               .classical_bits = circuit.n_bits(),
                               .parameters = circuit.parameters().size()};
  for (const Operation& operation : circuit.operations()) {
    ++statistics.gates[operation_name(operation)];
  }
  statistics.depth = longest_chain(circuit, [](const Operation& operation) -> std::size_t {
    return operation.gate == Gate::kBarrier ? 0 : 1;
  });
  statistics.two_qubit_depth =
      longest_chain(circuit, [](const Operation& operation) -> std::size_t {
        return operation.gate != Gate::kBarrier && operation.qubits.size() >= 2 ? 1 : 0;
      });
  return statistics;
}

}  // namespace quanta::quantum
