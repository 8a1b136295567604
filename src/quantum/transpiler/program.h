/// A circuit while it is being rewritten.
#pragma once

#include <cstddef>
#include <numbers>
#include <vector>

#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

/// Operations in order and the global phase; empty slots are not allowed between passes.
struct Program {
  unsigned n_qubits = 0;
  unsigned n_bits = 0;
  std::vector<Operation> operations = {};
  Angle phase = {};
};

/// What must not grow. Barriers count nothing; measurements and resets count as gates.
struct Size {
  std::size_t gates = 0;
  std::size_t two_qubit_gates = 0;  ///< on two or more qubits
  std::size_t depth = 0;            ///< as in circuit_statistics.h
  std::size_t two_qubit_depth = 0;
  std::size_t operands = 0;  ///< qubits of all gates together, controls included

  friend bool operator==(const Size&, const Size&) = default;
};

Size size_of(const Program& program);

/// No figure of `a` is above that of `b`.
bool no_larger(const Size& a, const Size& b);

Program to_program(const Circuit& circuit);

/// The program with the registers and parameters of `like`.
Circuit to_circuit(Program program, const Circuit& like);

/// The most operations that are rewritten: about 1 GB of them and their copies.
inline constexpr std::size_t kMostOperations = 2'000'000;

/// a + b with the numbers, not the factors of parameters, modulo `period`: a sum of very many
/// angles keeps its digits.
Angle sum_modulo(const Angle& a, const Angle& b, double period = 2 * std::numbers::pi);

/// How many operations the circuit has when its defined gates are expanded, roughly, and at most
/// kMostOperations + 1: a few nested definitions can make more than any memory holds.
std::size_t expanded_size(const Circuit& circuit);

/// Longest chains of operations that share a qubit or a bit, as far as they are built: how deep the
/// circuit is on each wire. weight: what an operation adds.
class Depths {
 public:
  Depths(unsigned n_qubits, unsigned n_bits) : qubits_(n_qubits), bits_(n_bits) {}

  void add(const Operation& operation, std::size_t weight);
  std::size_t& qubit(unsigned q) { return qubits_[q]; }
  std::size_t longest() const { return longest_; }

 private:
  std::vector<std::size_t> qubits_;
  std::vector<std::size_t> bits_;
  std::size_t longest_ = 0;
};

/// What an operation adds to the depth, and to the two-qubit depth.
inline std::size_t depth_of(const Operation& operation) {
  return operation.gate == Gate::kBarrier ? 0 : 1;
}
inline std::size_t two_qubit_depth_of(const Operation& operation) {
  return operation.gate != Gate::kBarrier && operation.qubits.size() >= 2 ? 1 : 0;
}

}  // namespace quanta::quantum
