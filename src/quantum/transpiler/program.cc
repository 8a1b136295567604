#include "quantum/transpiler/program.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <utility>

namespace quanta::quantum {
namespace {

class ExpandedSize {
 public:
  std::size_t of(const Circuit& circuit) {
    std::size_t count = 0;
    for (const Operation& operation : circuit.operations()) {
      // A controlled body may bring three operations for its phase.
      count += operation.gate == Gate::kDefined ? of_body(*operation.payload->body) + 3 : 1;
      if (count > kMostOperations) return kMostOperations + 1;
    }
    return count;
  }

 private:
  std::size_t of_body(const Circuit& body) {
    if (const auto found = known_.find(&body); found != known_.end()) return found->second;
    return known_[&body] = of(body);
  }

  std::map<const Circuit*, std::size_t> known_;
};

}  // namespace

std::size_t expanded_size(const Circuit& circuit) { return ExpandedSize().of(circuit); }

void Depths::add(const Operation& operation, std::size_t weight) {
  std::size_t level = 0;
  const auto each_wire = [&](const auto& body) {
    for (const unsigned q : operation.qubits) body(qubits_[q]);
    if (operation.bit) body(bits_[*operation.bit]);
    if (operation.condition) {
      for (const unsigned b : operation.condition->bits) body(bits_[b]);
    }
  };
  each_wire([&](std::size_t& wire) { level = std::max(level, wire); });
  level += weight;
  each_wire([&](std::size_t& wire) { wire = level; });
  longest_ = std::max(longest_, level);
}

Size size_of(const Program& program) {
  Size size;
  Depths depth(program.n_qubits, program.n_bits);
  Depths two_qubit_depth(program.n_qubits, program.n_bits);
  for (const Operation& operation : program.operations) {
    depth.add(operation, depth_of(operation));
    two_qubit_depth.add(operation, two_qubit_depth_of(operation));
    if (operation.gate == Gate::kBarrier) continue;
    ++size.gates;
    if (operation.qubits.size() >= 2) ++size.two_qubit_gates;
    size.operands += operation.qubits.size();
  }
  size.depth = depth.longest();
  size.two_qubit_depth = two_qubit_depth.longest();
  return size;
}

bool no_larger(const Size& a, const Size& b) {
  return a.gates <= b.gates && a.two_qubit_gates <= b.two_qubit_gates && a.depth <= b.depth &&
         a.two_qubit_depth <= b.two_qubit_depth && a.operands <= b.operands;
}

Angle sum_modulo(const Angle& a, const Angle& b, double period) {
  Angle sum = a + b;
  if (std::abs(sum.constant) > period / 2) sum.constant = std::remainder(sum.constant, period);
  return sum;
}

Program to_program(const Circuit& circuit) {
  return {.n_qubits = circuit.n_qubits(),
          .n_bits = circuit.n_bits(),
          .operations = {circuit.operations().begin(), circuit.operations().end()},
          .phase = circuit.global_phase()};
}

Circuit to_circuit(Program program, const Circuit& like) {
  Circuit circuit = like.without_operations();
  for (Operation& operation : program.operations) {
    [[maybe_unused]] const auto added = circuit.append(std::move(operation));
    assert(added.has_value());
  }
  circuit.add_global_phase(program.phase);
  return circuit;
}

}  // namespace quanta::quantum
