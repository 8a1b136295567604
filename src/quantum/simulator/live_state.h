/// A state that grows with what acts on it: qubits in a definite state stand beside the amplitudes
/// of the others.
///
///   LiveState state(40);
///   for (const Operation& gate : circuit.operations()) state.add(gate);
///   if (state.bytes_to_flush() > limit) …
///   QUANTA_CHECK(state.flush(execution));          // as many amplitudes as the gates need
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/circuit/circuit.h"
#include "quantum/simulator/definite_qubits.h"
#include "quantum/simulator/pauli_sum.h"
#include "quantum/simulator/state_vector.h"

namespace quanta::quantum {

class LiveState {
 public:
  /// Qubits that can have amplitudes.
  static constexpr unsigned kMostActive = 32;

  /// |0…0>: no amplitudes but the number 1.
  explicit LiveState(unsigned n_qubits, Precision precision = Precision::kDouble)
      : precision_(precision), definite_(n_qubits), at_(n_qubits) {}

  /// Takes a gate (no kDefined), a state preparation or a barrier in; flush() applies it.
  void add(const Operation& gate);

  std::size_t n_waiting() const { return waiting_.size(); }
  /// Qubits that have amplitudes once flushed.
  unsigned n_active_after_flush() const {
    return static_cast<unsigned>(active_.size() + coming_.size());
  }
  /// Bytes of the amplitudes as they are, and behind flush() (2^64 - 1 where that cannot be). No
  /// step takes more than the larger of what was before and what comes after.
  std::size_t bytes() const;
  std::size_t bytes_to_flush() const;

  /// Applies what was taken in, in one run. The caller has seen to the memory. Errors: kCancelled.
  Result<void> flush(const Execution& execution);

  /// The value of a qubit in a definite state on which no waiting gate acts.
  std::optional<bool> definite(unsigned qubit) const { return definite_.value(qubit); }
  /// Makes such a qubit |0>.
  void clear(unsigned qubit) { definite_.set(qubit, false); }

  // All that follows needs a flushed state.

  /// sum |a|^2 over the amplitudes with that value of the qubit, which is in no definite state.
  double weight(unsigned qubit, bool value, const Execution& execution) const;
  /// Leaves the state with that outcome, whose weight is given: half as many amplitudes, norm 1.
  void project(unsigned qubit, bool outcome, double weight, const Execution& execution);
  /// project() to 0, and returns what project() to 1 would have left. Both weights are above 0.
  LiveState split(unsigned qubit, const std::array<double, 2>& weights, const Execution& execution);

  unsigned n_qubits() const { return definite_.size(); }
  Precision precision() const { return precision_; }
  /// How many amplitudes there are: 2^active().size().
  std::size_t size() const { return std::size_t{1} << active_.size(); }
  Amplitude amplitude(std::size_t position) const;
  /// The squares of the amplitudes from that position on.
  void probabilities(std::size_t begin, std::span<double> out) const;
  /// The qubits that have amplitudes: bit p of a position among them is qubit active()[p].
  std::span<const unsigned> active() const { return active_; }
  /// The basis state of all qubits (the lowest 64) at that position.
  std::uint64_t basis_state(std::size_t position) const;

  double norm(const Execution& execution) const;
  /// P(qubit q = 1), for each q.
  std::vector<double> marginals(const Execution& execution) const;
  /// <state| P |state>.
  double expectation(const PauliString& string, const Execution& execution) const;
  /// (<X>, <Y>, <Z>) of each qubit.
  std::vector<std::array<double, 3>> bloch_vectors(const Execution& execution) const;

 private:
  void remove(unsigned qubit, bool outcome);

  Precision precision_ = Precision::kDouble;
  DefiniteQubits definite_;
  std::vector<unsigned> at_;      // of each active qubit: its position
  std::vector<unsigned> active_;  // the qubit at each position
  std::vector<unsigned> coming_;  // those that waiting gates make active, in their order
  std::vector<Operation> waiting_;
  std::variant<std::monostate, StateVector, StateVectorSingle> amplitudes_;  // none: the number 1
};

/// matrix += weight |state><state|, 2^n x 2^n by rows, row = ket. For few qubits.
void add_density_matrix(const LiveState& state, double weight, std::span<Amplitude> matrix);

}  // namespace quanta::quantum
