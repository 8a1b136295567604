/// Circuits from circuits.
///
///   QUANTA_TRY(const Circuit undo, inverse(circuit));
///   QUANTA_TRY(const Circuit kicked, controlled(circuit, 1));   // qubit 0 is the control
///
/// Registers of the results are one "q" and, where there are bits, one "c", unless it is said
/// otherwise. Parameters of two circuits are joined by name.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/result.h"
#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

/// The operation that undoes a unitary one, controls and condition kept.
Operation inverse(const Operation& operation);

/// All operations undone in reverse order. Errors: kBadInput, field "circuit" (a measurement,
/// reset, state preparation or condition: says which).
Result<Circuit> inverse(const Circuit& circuit);

/// `circuit` with `other` behind it: qubit q of `other` is qubits[q] (q itself where `qubits` is
/// empty), bit b is bits[b]. Registers of `circuit` stay. Errors: kBadInput, field "qubits", "bits"
/// (too few, out of range, twice).
Result<Circuit> compose(Circuit circuit, const Circuit& other,
                        std::span<const unsigned> qubits = {}, std::span<const unsigned> bits = {});

/// Both side by side: qubits and bits of `low` keep their numbers, those of `high` follow.
Result<Circuit> tensor(const Circuit& low, const Circuit& high);

/// The circuit n times in a row, of its inverse where n is negative; n = 0 is empty. Errors: as
/// inverse for n < 0; field "exponent" (more than 10^7 operations come out).
Result<Circuit> power(const Circuit& circuit, std::int64_t n);

/// The circuit under n_controls more qubits, which come first: qubit q becomes n_controls + q. Bit
/// j of control_state is the value that control j must have; all ones by default. The global phase
/// becomes a phase gate on the controls. Errors: as inverse; "controls" (0, or more than 64 on one
/// gate).
Result<Circuit> controlled(const Circuit& circuit, unsigned n_controls,
                           std::optional<std::uint64_t> control_state = {});

}  // namespace quanta::quantum
