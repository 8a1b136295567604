#include "quantum/algorithm/observable_check.h"

#include <cmath>

#include <fmt/format.h>

namespace quanta::quantum {

Result<void> check_observable(const PauliSum& observable) {
  const unsigned n = observable.n_qubits;
  if (n == 0 || n > 64) {
    return bad_input("observable", fmt::format("acts on {} qubits: 1 to 64 are possible", n));
  }
  if (observable.terms.empty()) return bad_input("observable", "has no terms");
  for (const PauliTerm& term : observable.terms) {
    if (n < 64 && ((term.string.x | term.string.z) >> n) != 0) {
      return bad_input("observable", fmt::format("a string has letters beyond its {} qubits", n));
    }
    if (!std::isfinite(term.coefficient)) {
      return bad_input("observable", fmt::format("the coefficient of {} is {}, not finite",
                                                 to_text(term.string, n), term.coefficient));
    }
  }
  return {};
}

}  // namespace quanta::quantum
