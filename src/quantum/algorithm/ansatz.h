/// Parametrised circuits whose states a variational algorithm searches.
///
///   QUANTA_TRY(const Circuit ansatz, make_ansatz(hamiltonian, {.form = AnsatzForm::kRyRz}));
///
/// Parameters are named theta0, theta1, … in the order in which they are used.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "core/result.h"
#include "quantum/circuit/circuit.h"
#include "quantum/simulator/pauli_sum.h"

namespace quanta::quantum {

enum class AnsatzForm {
  /// RY on every qubit; per layer entanglers, then RY on every qubit. Real amplitudes.
  kRy,
  /// RY on every qubit; per layer entanglers, then RY on every qubit, then RZ on every qubit.
  kRyRz,
  /// Per layer exp(-i theta_g sum over the terms c P of group g) for each group of terms that
  /// commute with one another, one angle a group; groups by going through the terms in order.
  /// From |+…+>, or the basis state of `weight`. Wecker, Hastings, Troyer (2015) arXiv:1507.08969.
  kHamiltonian,
  /// Keeps the number of ones, for k of n: per layer and pair the rotation by theta/2 between 01
  /// and 10, real. From `weight` ones at even distances.
  kGivens,
  /// Unitary coupled cluster, singles and doubles, under the Jordan-Wigner transform: per layer
  /// exp(theta (T - T^+)) for T = a^+_a a_i and a^+_a a^+_b a_j a_i, occupied i < j below `weight`,
  /// empty a < b above. From ones on the `weight` lowest qubits. Peruzzo et al. (2014)
  /// arXiv:1304.3061; factors in the order singles, doubles (one Trotter step, each factor exact).
  kUccsd,
};

constexpr auto enum_names(AnsatzForm) {
  using enum AnsatzForm;
  return std::array{
      std::pair{kRy, std::string_view("ry")}, std::pair{kRyRz, std::string_view("ry-rz")},
      std::pair{kHamiltonian, std::string_view("hamiltonian")},
      std::pair{kGivens, std::string_view("givens")}, std::pair{kUccsd, std::string_view("uccsd")}};
}

/// Which pairs are entangled, in order: (0,1), (1,2), …; the same and (n-1,0) where n > 2; all
/// (i, j) with i < j.
enum class Entanglement { kLinear, kCircular, kFull };

constexpr auto enum_names(Entanglement) {
  using enum Entanglement;
  return std::array{std::pair{kLinear, std::string_view("linear")},
                    std::pair{kCircular, std::string_view("circular")},
                    std::pair{kFull, std::string_view("full")}};
}

enum class Entangler { kCx, kCz };

constexpr auto enum_names(Entangler) {
  using enum Entangler;
  return std::array{std::pair{kCx, std::string_view("cx")}, std::pair{kCz, std::string_view("cz")}};
}

struct AnsatzOptions {
  AnsatzForm form = AnsatzForm::kRyRz;
  unsigned layers = 2;
  Entanglement entanglement = Entanglement::kLinear;  ///< kRy, kRyRz, kGivens
  Entangler entangler = Entangler::kCx;               ///< kRy, kRyRz: control first
  /// Ones in the start state. kGivens and kUccsd need it, kRy and kRyRz have none.
  std::optional<unsigned> weight = {};
};

/// The form on the Hamiltonian's qubits; only kHamiltonian looks at its terms.
///
/// Errors: kBadInput, field "observable" (see check_observable; kHamiltonian: only the identity),
/// "layers" (0, or above 1000), "weight" (missing, unwanted, above the number of
/// qubits, or one that leaves nothing to turn), "ansatz" (more than 10^4 parameters or 10^6
/// operations).
Result<Circuit> make_ansatz(const PauliSum& hamiltonian, const AnsatzOptions& options);

}  // namespace quanta::quantum
