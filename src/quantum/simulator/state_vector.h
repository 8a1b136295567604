/// All 2^n amplitudes of n qubits in double precision; qubit q is bit q of the index.
///
///   StateVector state = StateVector::zero(3, memory_limit).value();
///   state.apply(execution, hadamard, 0);
///   std::vector<double> p = state.probabilities();
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/random.h"
#include "core/result.h"
#include "quantum/circuit/circuit.h"
#include "quantum/simulator/kernels.h"

namespace quanta::quantum {

/// Row by row; bit j of a row or column index is operand j.
using Gate1 = std::array<Amplitude, 4>;
using Gate2 = std::array<Amplitude, 16>;

class StateVector {
 public:
  /// |0…0>. Errors: kBadInput, field "qubits" (0); kResource, field "qubits", where 16 * 2^n bytes
  /// are more than `memory_limit`: says how much is needed and how many qubits fit.
  static Result<StateVector> zero(unsigned n_qubits, std::size_t memory_limit);

  /// Takes the amplitudes as they are. Errors: kBadInput, field "amplitudes" (their number is not a
  /// power of two of at least 2, one is not finite, or the norm is off 1 by more than 1e-9).
  static Result<StateVector> from_amplitudes(std::vector<Amplitude> amplitudes);

  unsigned n_qubits() const { return n_qubits_; }
  std::span<const Amplitude> amplitudes() const { return amplitudes_; }

  // Qubits are below n_qubits() and differ; matrices are unitary. Both are the caller's to check.

  void apply(const Execution& execution, const Gate1& gate, unsigned qubit);
  /// Operand 0 (the low bit of the matrix index) is `first`.
  void apply(const Execution& execution, const Gate2& gate, unsigned first, unsigned second);
  /// Any unitary operation of a circuit; a barrier does nothing.
  void apply(const Execution& execution, const Operation& operation,
             std::span<const double> parameters);
  /// The operations one after the other: unitary ones (kDefined with what it holds), barriers, and
  /// state preparations, whose qubits must be |0…0>; conditions are the caller's and not looked at.
  /// Precondition: none measures or resets; every parameter has a value. Errors: kCancelled.
  Result<void> apply(const Execution& execution, std::span<const Operation> operations,
                     std::span<const double> parameters);

  /// P(qubit = 1) = sum of |a_x|^2 over the x with that bit set, for measuring midway:
  ///   const double p = state.probability_of_one(execution, q);
  ///   const bool outcome = stream.uniform() < p;
  ///   state.collapse(execution, q, outcome, outcome ? p : 1 - p);
  double probability_of_one(const Execution& execution, unsigned qubit) const;
  /// Keeps the amplitudes whose qubit is `outcome`, divided by sqrt(probability); the others become
  /// 0. probability: of that outcome, above 0.
  void collapse(const Execution& execution, unsigned qubit, bool outcome, double probability);

  /// exp(-i beta (XX + YY)/2).
  void exchange(const Execution& execution, unsigned first, unsigned second, double beta);
  /// Multiplies amplitude x by exp(-i angle cost[x]); cost has 2^n values.
  void multiply_phase(const Execution& execution, std::span<const double> cost, double angle);

  /// sum_x cost[x] |a_x|^2.
  double expectation(const Execution& execution, std::span<const double> cost) const;
  /// sum_x |a_x|^2.
  double norm(const Execution& execution) const;
  std::vector<double> probabilities() const;

 private:
  StateVector(unsigned n_qubits, std::vector<Amplitude> amplitudes)
      : n_qubits_(n_qubits), amplitudes_(std::move(amplitudes)) {}

  unsigned n_qubits_ = 0;
  std::vector<Amplitude> amplitudes_;
};

}  // namespace quanta::quantum
