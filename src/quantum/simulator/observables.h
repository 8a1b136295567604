/// What can be read off a state without touching it. All of it exact, same bits for any number of
/// threads.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/simulator/pauli_sum.h"
#include "quantum/simulator/state_vector.h"

namespace quanta::quantum {

/// <state| P |state>. Precondition: P acts on the state's qubits.
double expectation(const StateVector& state, const PauliString& string, const Execution& execution);

/// <state| H |state>. Errors: kBadInput, field "observable" (another number of qubits).
Result<double> expectation(const StateVector& state, const PauliSum& sum,
                           const Execution& execution);

/// H |state>, which is no state of norm 1: its amplitudes.
std::vector<Amplitude> apply(const PauliSum& sum, const StateVector& state,
                             const Execution& execution);

/// <a|b>.
Amplitude inner_product(std::span<const Amplitude> a, std::span<const Amplitude> b,
                        const Execution& execution);

/// P(qubit q = 1), for each q.
std::vector<double> marginals(const StateVector& state, const Execution& execution);

/// The state of the named qubits with all others traced out, 2^k rows by rows; bit j of an index
/// is qubits[j]; row = ket. Errors: kBadInput, field "qubits" (none, out of range, twice, more than
/// 10).
Result<std::vector<Amplitude>> reduced_density_matrix(const StateVector& state,
                                                      std::span<const unsigned> qubits,
                                                      const Execution& execution);

/// (<X>, <Y>, <Z>) of each qubit.
std::vector<std::array<double, 3>> bloch_vectors(const StateVector& state,
                                                 const Execution& execution);

}  // namespace quanta::quantum
