/// The state of one branch (see branching.h): qubits in a definite state stand beside the
/// amplitudes of the others.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/circuit/circuit.h"
#include "quantum/simulator/pauli_sum.h"
#include "quantum/simulator/state_vector.h"

namespace quanta::quantum {

class LiveState {
 public:
  /// |0…0>: no amplitudes at all.
  explicit LiveState(unsigned n_qubits) : at_(n_qubits, kDefinite), value_(n_qubits) {}

  /// Takes a gate, a state preparation or a barrier in; it is applied with others by flush().
  void add(const Operation& gate);

  /// Bytes that flush() will hold at its peak beside those of other states; 0 where nothing waits.
  std::size_t bytes_to_flush() const;
  /// Qubits that have amplitudes once flushed.
  unsigned n_active_after_flush() const;
  /// Bytes of the amplitudes as they are.
  std::size_t bytes() const;

  /// Applies what was taken in, in one run. The caller has seen to the memory. Errors: kCancelled.
  Result<void> flush(const Execution& execution);

  /// The value of a qubit in a definite state on which no waiting gate acts.
  std::optional<bool> definite(unsigned qubit) const;
  /// Makes such a qubit |0>.
  void clear(unsigned qubit) { value_[qubit] = false; }

  // All that follows needs a flushed state.

  /// sum |a|^2 over the amplitudes with that value of the qubit, which is in no definite state.
  double weight(unsigned qubit, bool value, const Execution& execution) const;
  /// The state with that outcome, whose weight is given: half as many amplitudes, norm 1.
  Result<LiveState> projected(unsigned qubit, bool outcome, double weight,
                              const Execution& execution) const;

  double norm(const Execution& execution) const;
  std::vector<double> marginals(const Execution& execution) const;
  double expectation(const PauliString& string, const Execution& execution) const;
  std::vector<std::array<double, 3>> bloch_vectors(const Execution& execution) const;
  /// The amplitudes of all qubits, at most 6.
  std::vector<Amplitude> all_amplitudes() const;

 private:
  static constexpr unsigned kDefinite = ~0U;
  static constexpr unsigned kComing = ~0U - 1;  // definite, but a waiting gate acts on it

  bool absorbed(Operation& gate);
  Result<void> activate();

  std::vector<unsigned> at_;  // of each qubit: its position among the amplitudes, or one of these
  std::vector<bool> value_;   // of each definite or coming qubit
  std::vector<unsigned> active_;  // the qubit at each position
  std::vector<unsigned> coming_;
  std::vector<Operation> waiting_;
  std::optional<StateVector> amplitudes_;  // nothing: the number 1
};

}  // namespace quanta::quantum
