/// Observables: real combinations of Pauli strings.
///
///   PauliSum hamiltonian = parse_pauli_sum({{"ZZ", 1.0}, {"XI", -0.5}}, 2).value();
///
/// Text is read highest qubit first: "ZIX" is Z on qubit 2, X on qubit 0.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/enum_text.h"
#include "core/result.h"

namespace quanta::quantum {

/// The letter on qubit q: bit q of x alone is X, of z alone Z, of both Y.
struct PauliString {
  std::uint64_t x = 0;
  std::uint64_t z = 0;
  friend bool operator==(const PauliString&, const PauliString&) = default;
};

struct PauliTerm {
  PauliString string;
  double coefficient = 0.0;
  friend bool operator==(const PauliTerm&, const PauliTerm&) = default;
};

struct PauliSum {
  unsigned n_qubits = 0;  ///< at most 64
  std::vector<PauliTerm> terms;
};

/// Errors: kBadInput, field "observable": not n_qubits letters of I, X, Y, Z (says which).
Result<PauliString> parse_paulis(std::string_view text, unsigned n_qubits);

/// Errors: as parse_paulis; a coefficient that is not finite.
Result<PauliSum> parse_pauli_sum(std::span<const std::pair<std::string, double>> terms,
                                 unsigned n_qubits);

using quanta::to_text;  // of enumerations, beside this one
std::string to_text(const PauliString& string, unsigned n_qubits);

}  // namespace quanta::quantum
