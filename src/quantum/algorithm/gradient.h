/// The energy of a parametrised circuit and its slope in every parameter.
///
///   Circuit ansatz(2);
///   const Angle theta = ansatz.parameter("theta");
///   ansatz.ry(theta, 0).cx(0, 1);
///   QUANTA_TRY(const PauliSum hamiltonian, parse_pauli_sum({{"ZZ", 1.0}, {"XX", 0.5}}, 2));
///   QUANTA_TRY(const CircuitEnergy energy, CircuitEnergy::create(ansatz, hamiltonian, {}));
///   QUANTA_TRY(const EnergyGradient at, energy.gradient(std::array{0.3}, execution));
///
/// E(theta) = <psi| H |psi>, |psi> = U_G … U_1 |0…0>. Adjoint differentiation goes forward once,
/// sets |phi> = H |psi>, and undoes the gates on both states. Behind gate j, where dU_j/dangle =
/// -i G U_j (generator.h), dE/dangle = 2 Im <phi| G |psi>. The way back is planned as a whole and
/// goes through the cache in few sweeps over both states, the Pauli strings of the generators being
/// read off between the gates (PairedRun in simulator/blocked_run.h). A parameter in several
/// angles, times a factor, collects them all (chain rule).
///
/// Source: Jones, Gacon (2020), Efficient calculation of gradients in classical simulations of
/// variational quantum algorithms, arXiv:2009.02823.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/circuit/circuit.h"
#include "quantum/simulator/pauli_sum.h"
#include "quantum/simulator/state_vector.h"

namespace quanta::quantum {

struct EnergyGradient {
  double energy = 0.0;
  std::vector<double> gradient = {};  ///< dE/dparameter, in the order of Circuit::parameters()
};

struct GradientOptions {
  std::size_t memory_limit = std::size_t{8} << 30;  ///< bytes, all states together
};

/// A circuit and an observable, checked and taken apart once for many evaluations.
class CircuitEnergy {
 public:
  /// Measurements behind which nothing happens are left out. Errors: kBadInput, field "circuit" (no
  /// qubits; a reset, a condition, an operation behind a measurement of its qubit, or a state
  /// preparation on qubits that something has touched: says which), "observable" (acts on another
  /// number of qubits, no terms, a coefficient that is not finite); kResource, field "qubits",
  /// where two states do not fit into the limit.
  static Result<CircuitEnergy> create(const Circuit& circuit, PauliSum observable,
                                      const GradientOptions& options);

  /// Without defined gates and measurements.
  const Circuit& circuit() const { return circuit_; }
  const PauliSum& observable() const { return observable_; }
  std::size_t n_parameters() const { return circuit_.parameters().size(); }

  // The same bits for any number of threads. Errors of all: kBadInput, field "parameters" (their
  // number, not finite); kCancelled.

  Result<StateVector> state(std::span<const double> parameters, const Execution& execution) const;
  /// The state that the first gate acts on: |0…0>, or what the state preparations make of it.
  Result<StateVector> start(std::span<const double> parameters, const Execution& execution) const;
  Result<double> energy(std::span<const double> parameters, const Execution& execution) const;
  /// By adjoint differentiation: every gate with an angle, all parameters for one forward run, one
  /// product with H and a way back on two states, on which a rotation costs about half a gate more,
  /// whatever their number: four to six forward runs together (quanta bench quantum-gradient); two
  /// states of memory. Errors: "parameters" too where the circuit has none; "observable" (the
  /// moduli of its coefficients add up to no finite number).
  Result<EnergyGradient> gradient(std::span<const double> parameters,
                                  const Execution& execution) const;

 private:
  CircuitEnergy(Circuit circuit, PauliSum observable, std::size_t memory_limit);

  Circuit circuit_;  // state preparations come first
  Circuit start_;    // they alone, with all parameters
  PauliSum observable_;
  std::size_t memory_limit_ = 0;
  std::uint64_t prepared_ = 0;   // qubits of state preparations
  std::vector<Operation> undo_;  // inverses of all gates, the last one first
};

/// What all gradients answer for a circuit without parameters.
inline std::unexpected<Error> no_parameters_error() {
  return bad_input("parameters", "the circuit has none that its energy could depend on");
}

/// CircuitEnergy::gradient for one evaluation. Errors: of both.
Result<EnergyGradient> adjoint_gradient(const Circuit& circuit, std::span<const double> parameters,
                                        const PauliSum& observable, const GradientOptions& options,
                                        const Execution& execution);

/// The same from differences of energies: sum over s = 1 … 4 of w_s (E(+s h) - E(-s h))/h with
/// w = 4/5, -1/5, 4/105, -1/280, off by h^8 E^(9)/630 and by rounding, about 1e-15 E/h. An
/// independent check; cost: 8 energies a parameter. Errors: as adjoint_gradient; "step" (not
/// positive or not finite).
Result<EnergyGradient> finite_difference_gradient(const Circuit& circuit,
                                                  std::span<const double> parameters,
                                                  const PauliSum& observable, double step,
                                                  const GradientOptions& options,
                                                  const Execution& execution);

}  // namespace quanta::quantum
