/// What can be read off a state without touching it. All of it exact, same bits for any number of
/// threads. Real is double or float; sums are in double precision for both.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/simulator/pauli_sum.h"
#include "quantum/simulator/state_vector.h"

namespace quanta::quantum {

/// <state| P |state>. Precondition: P acts on the state's qubits.
template <class Real>
double expectation(const BasicStateVector<Real>& state, const PauliString& string,
                   const Execution& execution);

/// <state| P |state> of each string, in their order. One pass over the amplitudes for each
/// different set of X and Y letters (up to 64 strings), whatever the Z letters. Precondition as
/// above.
template <class Real>
std::vector<double> expectations(const BasicStateVector<Real>& state,
                                 std::span<const PauliString> strings, const Execution& execution);

/// <state| H |state>; cost as expectations. Errors: kBadInput, field "observable" (another number
/// of qubits).
template <class Real>
Result<double> expectation(const BasicStateVector<Real>& state, const PauliSum& sum,
                           const Execution& execution);

/// H |state>, which is no state of norm 1: its amplitudes. Each is written once and reads one
/// amplitude for each different set of X and Y letters.
std::vector<Amplitude> apply(const PauliSum& sum, const StateVector& state,
                             const Execution& execution);

/// The same for 2^n amplitudes, at least stored_amplitudes(1) of them (blocked_run.h), into as
/// many.
void apply(const PauliSum& sum, std::span<const Amplitude> state, std::span<Amplitude> image,
           const Execution& execution);

/// <a|b>.
Amplitude inner_product(std::span<const Amplitude> a, std::span<const Amplitude> b,
                        const Execution& execution);

/// P(qubit q = 1), for each q, in one pass.
template <class Real>
std::vector<double> marginals(const BasicStateVector<Real>& state, const Execution& execution);

/// The state of the named qubits with all others traced out, 2^k rows by rows; bit j of an index
/// is qubits[j]; row = ket. O(2^(n + k)). Errors: kBadInput, field "qubits" (none, out of range,
/// twice, more than 10).
template <class Real>
Result<std::vector<Amplitude>> reduced_density_matrix(const BasicStateVector<Real>& state,
                                                      std::span<const unsigned> qubits,
                                                      const Execution& execution);

/// (<X>, <Y>, <Z>) of each qubit.
template <class Real>
std::vector<std::array<double, 3>> bloch_vectors(const BasicStateVector<Real>& state,
                                                 const Execution& execution);

/// The `most` amplitudes of largest modulus above 0 with their indices, the largest first. Of
/// moduli that differ by rounding alone (1e-12 of their squares; 1e-5 in single precision) the
/// lower index comes first. O(2^n log most).
template <class Real>
std::vector<std::pair<std::size_t, Amplitude>> largest_amplitudes(
    const BasicStateVector<Real>& state, std::size_t most);

}  // namespace quanta::quantum
