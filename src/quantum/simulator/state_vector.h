/// All 2^n amplitudes of n qubits, in double or single precision; qubit q is bit q of the index.
///
///   StateVector state = StateVector::zero(3, memory_limit).value();
///   QUANTA_CHECK(state.apply(execution, circuit.operations(), parameters));
///   const double p = state.probability_of_one(execution, 0);
#pragma once

#include <array>
#include <complex>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/circuit/circuit.h"
#include "quantum/simulator/amplitude_array.h"
#include "quantum/simulator/precision.h"

namespace quanta::quantum {

/// Row by row; bit j of a row or column index is operand j.
using Gate1 = std::array<Amplitude, 4>;
using Gate2 = std::array<Amplitude, 16>;

struct ApplyOptions {
  double global_phase = 0.0;  ///< e^{i global_phase} on the whole state at the end
  bool report = false;  ///< tells execution.progress; off, because algorithms tell of their own
};

/// Real is double or float.
template <class Real>
class BasicStateVector {
 public:
  /// |0…0>. Errors: kBadInput, field "qubits" (0); kResource, field "qubits", where the 2^n
  /// amplitudes are more than `memory_limit` bytes, or n above 32: says how much is needed and how
  /// many qubits fit. Nothing is allocated before that.
  static Result<BasicStateVector> zero(unsigned n_qubits, std::size_t memory_limit);

  /// Copies the amplitudes. Errors: kBadInput, field "amplitudes" (their number is not a power of
  /// two of at least 2, one is not finite, or the norm is off 1 by more than 1e-9).
  static Result<BasicStateVector> from_amplitudes(std::vector<Amplitude> amplitudes);

  unsigned n_qubits() const { return n_qubits_; }
  std::span<const std::complex<Real>> amplitudes() const {
    return {amplitudes_.data(), std::size_t{1} << n_qubits_};
  }

  // Qubits are below n_qubits() and differ; matrices are unitary. Both are the caller's to check.

  void apply(const Execution& execution, const Gate1& gate, unsigned qubit);
  /// Operand 0 (the low bit of the matrix index) is `first`.
  void apply(const Execution& execution, const Gate2& gate, unsigned first, unsigned second);
  /// Any unitary operation of a circuit, or a state preparation on qubits in |0…0>; a barrier does
  /// nothing. Many operations together are faster: see below.
  void apply(const Execution& execution, const Operation& operation,
             std::span<const double> parameters);
  /// The operations one after the other: unitary ones (kDefined with what it holds), barriers, and
  /// state preparations, whose qubits must be |0…0>; conditions are the caller's and not looked at.
  /// Precondition: none measures or resets; every parameter has a value. Same
  /// bits for any number of threads. Errors: kCancelled, after which the state is undefined.
  ///
  /// Cost: gates are gathered into few passes over the amplitudes (block_plan.h), each gate about
  /// one multiply-add per number within a pass.
  Result<void> apply(const Execution& execution, std::span<const Operation> operations,
                     std::span<const double> parameters, const ApplyOptions& options = {});

  /// P(qubit = 1) = sum of |a_x|^2 over the x with that bit set, for measuring midway:
  ///   const double p = state.probability_of_one(execution, q);
  ///   const bool outcome = stream.uniform() < p;
  ///   state.collapse(execution, q, outcome, outcome ? p : 1 - p);
  double probability_of_one(const Execution& execution, unsigned qubit) const;
  /// Keeps the amplitudes whose qubit is `outcome`, divided by sqrt(probability); the others become
  /// 0. probability: of that outcome, above 0.
  void collapse(const Execution& execution, unsigned qubit, bool outcome, double probability);

  /// Adds n_more qubits in |0…0>, which come last. In place.
  void widen(unsigned n_more);
  /// What collapse leaves, without the qubit: 2^{n-1} amplitudes; the last qubit takes its place.
  /// In place. Precondition: n_qubits() of at least 2.
  void drop(const Execution& execution, unsigned qubit, bool outcome, double probability);
  /// Both outcomes: drop of 0 here, drop of 1 returned, of these probabilities (both above 0). The
  /// two together take no more memory than the state did (beyond 4 MiB while it is cut).
  /// Precondition as above.
  BasicStateVector split(const Execution& execution, unsigned qubit,
                         const std::array<double, 2>& probabilities);

  /// exp(-i beta (XX + YY)/2).
  void exchange(const Execution& execution, unsigned first, unsigned second, double beta)
    requires std::same_as<Real, double>;
  /// Multiplies amplitude x by exp(-i angle cost[x]); cost has 2^n values.
  void multiply_phase(const Execution& execution, std::span<const double> cost, double angle)
    requires std::same_as<Real, double>;

  /// sum_x cost[x] |a_x|^2.
  double expectation(const Execution& execution, std::span<const double> cost) const
    requires std::same_as<Real, double>;
  /// sum_x |a_x|^2.
  double norm(const Execution& execution) const;
  std::vector<double> probabilities() const;

 private:
  explicit BasicStateVector(unsigned n_qubits);
  void cut_to(unsigned n_qubits);

  std::span<std::complex<Real>> all() { return {amplitudes_.data(), std::size_t{1} << n_qubits_}; }

  unsigned n_qubits_ = 0;
  /// Nothing has been applied yet: the state is |0…0>.
  bool fresh_ = false;
  /// More than 2^n for few qubits (blocked_run.h); those are zero.
  AmplitudeArray<std::complex<Real>> amplitudes_;
};

using StateVector = BasicStateVector<double>;
using StateVectorSingle = BasicStateVector<float>;

}  // namespace quanta::quantum
