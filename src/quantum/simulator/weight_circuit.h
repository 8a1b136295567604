/// Circuits that keep the number of ones, on the C(n, k) amplitudes that they can reach.
///
///   if (const auto form = weight_form(circuit)) {
///     QUANTA_TRY(const WeightState state, WeightState::simulate(*form, memory_limit, execution));
///   }
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/circuit/circuit.h"
#include "quantum/simulator/pauli_sum.h"
#include "quantum/simulator/weight_subspace.h"

namespace quanta::quantum {

struct WeightForm {
  unsigned n_qubits = 0;
  std::uint64_t start = 0;                 ///< the basis state that the X gates at its start make
  std::vector<Operation> operations = {};  ///< each keeps the number of ones
  double global_phase = 0.0;

  unsigned weight() const;
};

/// The circuit in that form, or nothing where it does not have it: n above 63, or gates that mix
/// weights, resets, preparations. X gates on qubits that nothing else has acted on yet set the
/// start. A gate that mixes weights waits for those behind it on its qubits, and where together
/// they keep the weight, on at most 4 qubits, they become one: rxx and ryy of the same pair and
/// angle, the cx, cry, cx of a Dicke state's preparation, a gate written out in cx and h.
/// Precondition: gates and barriers alone, numbers for all angles (terminal_form, Circuit::bind).
/// O(operations).
std::optional<WeightForm> weight_form(const Circuit& unitary);

class WeightState {
 public:
  /// Bytes of one amplitude with all that belongs to it.
  static constexpr std::size_t kBytesPerAmplitude = sizeof(Amplitude) + sizeof(std::uint64_t);

  /// The state that the circuit makes of its start. Same bits for any number of threads. Errors: as
  /// WeightSubspace::create; kCancelled. O(C(n, k) k) for each gate.
  static Result<WeightState> simulate(const WeightForm& form, std::size_t memory_limit,
                                      const Execution& execution);

  unsigned n_qubits() const { return space_.n_qubits(); }
  std::span<const Amplitude> amplitudes() const { return amplitudes_; }
  /// The basis state of each amplitude, rising.
  std::span<const std::uint64_t> states() const { return states_; }

  double norm(const Execution& execution) const;
  /// P(qubit q = 1), for each q.
  std::vector<double> marginals(const Execution& execution) const;
  /// <state| P |state>.
  double expectation(const PauliString& string, const Execution& execution) const;

 private:
  explicit WeightState(WeightSubspace space) : space_(std::move(space)) {}
  void apply(const Operation& operation, const Execution& execution);

  WeightSubspace space_;
  std::vector<Amplitude> amplitudes_;
  std::vector<std::uint64_t> states_;
};

}  // namespace quanta::quantum
