/// Which elements can be carried out while only some qubits are at hand, and which qubits to
/// choose.
#pragma once

#include <cstdint>
#include <span>

#include "quantum/simulator/elements.h"

namespace quanta::quantum {

/// Goes through waiting elements in their order and tells which can run where only the qubits of a
/// set may be mixed, other qubits be looked at. An element waits for an earlier one that did not
/// run if one of the two mixes a qubit that the other mixes or watches.
class Gatekeeper {
 public:
  explicit Gatekeeper(std::uint64_t set) : set_(set) {}

  /// Whether the element, the next in order, runs; one that is not `possible` never does.
  bool admit(const Element& element, bool possible = true) {
    const bool runs = possible && (element.mixed & ~set_) == 0 &&
                      (element.mixed & (mixed_ | watched_)) == 0 && (element.watched & mixed_) == 0;
    if (!runs) {
      mixed_ |= element.mixed;
      watched_ |= element.watched;
    }
    return runs;
  }

  /// No element that mixes anything will run any more.
  bool closed() const { return (set_ & ~(mixed_ | watched_)) == 0; }

 private:
  std::uint64_t set_;
  std::uint64_t mixed_ = 0;  ///< by elements that did not run
  std::uint64_t watched_ = 0;
};

struct Choice {
  std::uint64_t universe = 0;  ///< qubits to choose from, at least `size`
  unsigned size = 0;
  std::uint64_t keep_from = 0;  ///< at least keep_count of these (of which universe has as many)
  unsigned keep_count = 0;
  std::uint64_t prefer = 0;  ///< who stays where the work does not tell
  bool tiles = false;        ///< count what fits a tile, nothing else runs
  std::uint64_t always = 0;  ///< of the universe, none of keep_from: these are in the set
};

/// A set of that size for which much runs: from the universe, the qubit whose loss costs the least
/// work leaves until enough have left. ids: waiting elements in their order.
std::uint64_t choose_set(std::span<const Element> elements, std::span<const std::uint32_t> ids,
                         const Choice& choice);

/// Whether a tile program takes it: a phase, a turn that mixes one qubit, a reading of a string
/// without controls that mixes one at most.
bool fits_tile(const Element& element);

}  // namespace quanta::quantum
