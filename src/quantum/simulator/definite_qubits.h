/// Which qubits are in a definite state, before anything is simulated.
#pragma once

#include <optional>
#include <vector>

#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

/// All |0> at the start; X flips, controls decide, and any other gate makes its qubits indefinite.
///
///   DefiniteQubits qubits(3);
///   Operation gate = …;                       // cx from qubit 0, which is |0>
///   qubits.absorb(gate);                      // true: nothing is left to do
class DefiniteQubits {
 public:
  explicit DefiniteQubits(unsigned n_qubits)
      : values_(n_qubits, false), definite_(n_qubits, true) {}

  /// True where the gate (or barrier) is done with; else what is left of it, without the controls
  /// that are known to hold, acts on qubits that are indefinite from now on.
  bool absorb(Operation& gate);

  std::optional<bool> value(unsigned qubit) const {
    return definite_[qubit] ? std::optional<bool>(values_[qubit]) : std::nullopt;
  }
  void set(unsigned qubit, bool value) {
    values_[qubit] = value;
    definite_[qubit] = true;
  }

  unsigned size() const { return static_cast<unsigned>(values_.size()); }

 private:
  std::vector<bool> values_;
  std::vector<bool> definite_;
};

/// How many qubits the gates of a circuit make indefinite at once, at most: its state has 2^that
/// many amplitudes. A measurement or a reset makes its qubit definite, a measurement with an
/// outcome that is not known here; a gate under a condition or under such a control may act.
/// Defined gates must be expanded. O(operations).
unsigned most_indefinite(const Circuit& circuit);

}  // namespace quanta::quantum
