/// The energy as a quantum computer measures it: from shots, with its standard error.
///
///   const std::vector<MeasurementGroup> groups = measurement_groups(hamiltonian);
///   const EnergyEstimate e = sampled_energy(state, groups, 1000, RandomStream(seed, "shots"),
///   run);
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/random.h"
#include "quantum/simulator/pauli_sum.h"
#include "quantum/simulator/state_vector.h"

namespace quanta::quantum {

/// Terms that the same shots measure: on each qubit all of them have one letter, or I.
struct MeasurementGroup {
  PauliString basis = {};  ///< the letters of all its terms together
  std::vector<PauliTerm> terms = {};
};

/// Terms by falling |coefficient|, each into the first group that takes it; the identity is in
/// none. O(terms x groups). Source: Crawford et al. (2021), Efficient quantum measurement of Pauli
/// operators in the presence of finite sampling error, arXiv:1908.06942 (sorted insertion).
std::vector<MeasurementGroup> measurement_groups(const PauliSum& observable);

/// The sum of the identity's coefficients, which needs no shots.
double constant_part(const PauliSum& observable);

struct EnergyEstimate {
  double value = 0.0;           ///< without the constant part
  double standard_error = 0.0;  ///< sqrt(sum over groups of sample variance / shots)
  std::size_t shots = 0;        ///< of all groups
};

/// `shots` (at least 2) of each group, all drawn from `stream`. Unbiased. Cost: a pass over the
/// state for each letter X or Y of a group, O(2^n + shots log shots) more, and a copy of the state.
EnergyEstimate sampled_energy(const StateVector& state, std::span<const MeasurementGroup> groups,
                              std::size_t shots, RandomStream stream, const Execution& execution);

}  // namespace quanta::quantum
