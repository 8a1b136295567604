#include "quantum/circuit/circuit_statistics.h"

#include <algorithm>
#include <limits>
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

/// Counts with every body looked at once.
class ExpandedCount {
 public:
  std::uint64_t of(const Circuit& circuit) {
    const auto [entry, is_new] = counts_.try_emplace(&circuit, 0);
    if (!is_new) return entry->second;
    std::uint64_t sum = 0;
    for (const Operation& operation : circuit.operations()) {
      std::uint64_t count = 1;
      if (operation.gate == Gate::kDefined) {
        const Circuit& body = *operation.payload->body;
        count = of(body);
        // A phase of the body becomes a gate under controls, and two flips where the last is on 0.
        if (operation.n_controls > 0 && body.global_phase() != Angle()) count = sum_of(count, 3);
      }
      sum = sum_of(sum, count);
    }
    counts_[&circuit] = sum;
    return sum;
  }

 private:
  static std::uint64_t sum_of(std::uint64_t a, std::uint64_t b) {
    return a > std::numeric_limits<std::uint64_t>::max() - b
               ? std::numeric_limits<std::uint64_t>::max()
               : a + b;
  }

  std::map<const Circuit*, std::uint64_t> counts_;
};

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

std::uint64_t expanded_operations(const Circuit& circuit) { return ExpandedCount().of(circuit); }

}  // namespace quanta::quantum
