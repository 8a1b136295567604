#include "quantum/simulator/pauli_sum.h"

#include <cmath>

#include <fmt/format.h>

namespace quanta::quantum {

Result<PauliString> parse_paulis(std::string_view text, unsigned n_qubits) {
  if (text.size() != n_qubits || n_qubits > 64) {
    return bad_input("observable", fmt::format("\"{}\" has {} letters: {} qubits need one each",
                                               text, text.size(), n_qubits));
  }
  PauliString string;
  for (unsigned q = 0; q < n_qubits; ++q) {
    const std::uint64_t bit = std::uint64_t{1} << q;
    switch (text[n_qubits - 1 - q]) {
      case 'I':
        break;
      case 'X':
        string.x |= bit;
        break;
      case 'Y':
        string.x |= bit;
        string.z |= bit;
        break;
      case 'Z':
        string.z |= bit;
        break;
      default:
        return bad_input("observable", fmt::format("\"{}\": '{}' at place {} is none of I, X, Y, Z",
                                                   text, text[n_qubits - 1 - q], n_qubits - q));
    }
  }
  return string;
}

Result<PauliSum> parse_pauli_sum(std::span<const std::pair<std::string, double>> terms,
                                 unsigned n_qubits) {
  PauliSum sum{.n_qubits = n_qubits, .terms = {}};
  for (const auto& [text, coefficient] : terms) {
    if (!std::isfinite(coefficient)) {
      return bad_input("observable",
                       fmt::format("the coefficient of {} is {}, not finite", text, coefficient));
    }
    QUANTA_TRY(const PauliString string, parse_paulis(text, n_qubits));
    sum.terms.push_back({string, coefficient});
  }
  return sum;
}

std::string to_text(const PauliString& string, unsigned n_qubits) {
  std::string text(n_qubits, 'I');
  for (unsigned q = 0; q < n_qubits; ++q) {
    const bool x = (string.x >> q & 1) != 0;
    const bool z = (string.z >> q & 1) != 0;
    if (x || z) text[n_qubits - 1 - q] = x && z ? 'Y' : (x ? 'X' : 'Z');
  }
  return text;
}

}  // namespace quanta::quantum
