/// What every algorithm asks of an observable that comes from outside.
#pragma once

#include "core/result.h"
#include "quantum/simulator/pauli_sum.h"

namespace quanta::quantum {

/// Errors: kBadInput, field "observable": no qubits or more than 64, no terms, a string with
/// letters beyond the qubits, a coefficient that is not finite (says which).
Result<void> check_observable(const PauliSum& observable);

}  // namespace quanta::quantum
