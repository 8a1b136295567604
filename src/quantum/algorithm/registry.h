/// Every quantum algorithm there is, as `quanta algorithms` lists it.
///
/// Adding one: its file pair, a `const AlgorithmDescription` in its header, and one line in
/// registry.cc.
#pragma once

#include <span>
#include <string_view>

namespace quanta::quantum {

struct AlgorithmDescription {
  std::string_view name;       ///< "qaoa"
  std::string_view about;      ///< one line: what it computes
  unsigned min_qubits = 1;     ///< of the problems that it takes
  unsigned max_qubits = 32;    ///< that the local simulators hold
  std::string_view cost;       ///< cost model: "p layers: O(p 2^n n); gradient 3 runs more"
  std::string_view classical;  ///< what stands beside every answer
  std::string_view source;     ///< "Farhi, Goldstone, Gutmann 2014, arXiv:1411.4028"
};

/// In the order of the table, optimisation first.
std::span<const AlgorithmDescription> algorithms();

}  // namespace quanta::quantum
