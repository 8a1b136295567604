/// The gates that the two include files define, and those that the languages have built in.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "quantum/circuit/circuit.h"

namespace quanta::quantum::openqasm {

/// How a gate's parameters become the angles of a Gate.
enum class Angles : std::uint8_t {
  kAsWritten,
  kNone,        ///< u0(t) waits
  kU3,          ///< (t, f, l): u(t, f, l, 0)
  kU2,          ///< (f, l): u(pi/2, f, l, 0)
  kBalancedU3,  ///< (t, f, l): u(t, f, l, -(f + l)/2), as stdgates.inc has it
  kBalancedU2,  ///< (f, l): u(pi/2, f, l, -(f + l)/2)
  kU,           ///< (t, f, l): u(t, f, l, t/2), the U of OpenQASM 3
};

struct LibraryGate {
  std::string_view name = {};
  Gate gate = Gate::kI;
  unsigned n_controls = 0;
  unsigned n_parameters = 0;
  Angles angles = Angles::kAsWritten;

  unsigned n_qubits() const { return n_controls + properties(gate).n_qubits; }
};

/// Qiskit's qelib1.inc.
std::span<const LibraryGate> qelib1();
/// stdgates.inc of OpenQASM 3.
std::span<const LibraryGate> stdgates();
/// U and CX of OpenQASM 2, U of OpenQASM 3.
std::span<const LibraryGate> built_in(int version);

/// The gate on its qubits, controls first.
Operation operation(const LibraryGate& gate, std::span<const Angle> parameters,
                    std::vector<unsigned> qubits);

}  // namespace quanta::quantum::openqasm
