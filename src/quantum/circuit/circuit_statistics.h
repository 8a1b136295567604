/// How large and how deep a circuit is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

struct CircuitStatistics {
  unsigned qubits = 0;
  unsigned classical_bits = 0;
  std::size_t depth = 0;            ///< longest chain of operations that share a qubit or a bit,
                                    ///< every gate, measurement and reset counting one
  std::size_t two_qubit_depth = 0;  ///< the same chain, only gates on two or more qubits counting
  std::map<std::string, std::size_t> gates = {};  ///< how many of each operation_name, barriers too
  std::size_t parameters = 0;
};

/// O(operations). A barrier costs no depth but holds back what is behind it. A condition waits for
/// its bits. Defined gates count as one; expand() first to look inside.
CircuitStatistics circuit_statistics(const Circuit& circuit);

/// How many operations circuit.expand() has at most (exactly, but for phases under controls);
/// saturating. Each body is looked at once,
/// however often it is used, so that this can be asked before expanding what nests deeply.
std::uint64_t expanded_operations(const Circuit& circuit);

}  // namespace quanta::quantum
