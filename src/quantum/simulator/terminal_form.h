/// Circuits whose measurements all come last, so that what stands before them answers everything.
#pragma once

#include <optional>
#include <vector>

#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

struct TerminalForm {
  /// What comes before the measurements: gates, state preparations, barriers, resets.
  Circuit before;
  bool resets = false;  ///< whether `before` has resets, which may leave several states
  /// For each classical bit the qubit whose outcome it holds in the end; nothing: it stays 0.
  std::vector<std::optional<unsigned>> sources = {};
};

/// The circuit in that form, or nothing where a measurement is not terminal. Every measurement is
/// terminal where nothing acts on its qubit afterwards (a second measurement or a reset is
/// something, a barrier is not) and no condition reads a bit that was measured. A condition on bits
/// that hold their initial 0 is decided at once; a reset of a qubit that nothing has acted on is
/// left out. Defined gates are expanded. O(operations).
std::optional<TerminalForm> terminal_form(const Circuit& circuit);

}  // namespace quanta::quantum
