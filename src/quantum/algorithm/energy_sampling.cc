#include "quantum/algorithm/energy_sampling.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <numbers>

#include "quantum/simulator/sampling.h"

namespace quanta::quantum {
namespace {

/// Whether the letters agree on every qubit where both have one.
bool fits(const PauliString& a, const PauliString& b) {
  const std::uint64_t both = (a.x | a.z) & (b.x | b.z);
  return ((a.x ^ b.x) & both) == 0 && ((a.z ^ b.z) & both) == 0;
}

/// Turns X and Y of the basis into Z: H, and H S^+.
StateVector in_basis(StateVector state, const PauliString& basis, const Execution& execution) {
  constexpr double kRootHalf = std::numbers::sqrt2 / 2;
  static constexpr Gate1 kFromX = {kRootHalf, kRootHalf, kRootHalf, -kRootHalf};
  static constexpr Gate1 kFromY = {kRootHalf, Amplitude(0, -kRootHalf), kRootHalf,
                                   Amplitude(0, kRootHalf)};
  for (unsigned q = 0; q < state.n_qubits(); ++q) {
    if ((basis.x >> q & 1) == 0) continue;
    state.apply(execution, (basis.z >> q & 1) != 0 ? kFromY : kFromX, q);
  }
  return state;
}

}  // namespace

std::vector<MeasurementGroup> measurement_groups(const PauliSum& observable) {
  std::vector<PauliTerm> terms;
  for (const PauliTerm& term : observable.terms) {
    if (term.string != PauliString{}) terms.push_back(term);
  }
  std::ranges::stable_sort(terms, [](const PauliTerm& a, const PauliTerm& b) {
    return std::abs(a.coefficient) > std::abs(b.coefficient);
  });
  std::vector<MeasurementGroup> groups;
  for (const PauliTerm& term : terms) {
    auto group = std::ranges::find_if(
        groups, [&](const MeasurementGroup& g) { return fits(g.basis, term.string); });
    if (group == groups.end()) group = groups.insert(groups.end(), MeasurementGroup{});
    group->basis.x |= term.string.x;
    group->basis.z |= term.string.z;
    group->terms.push_back(term);
  }
  return groups;
}

double constant_part(const PauliSum& observable) {
  double sum = 0.0;
  for (const PauliTerm& term : observable.terms) {
    if (term.string == PauliString{}) sum += term.coefficient;
  }
  return sum;
}

EnergyEstimate sampled_energy(const StateVector& state, std::span<const MeasurementGroup> groups,
                              std::size_t shots, RandomStream stream, const Execution& execution) {
  assert(shots >= 2);
  EnergyEstimate estimate;
  double variance = 0.0;
  for (const MeasurementGroup& group : groups) {
    const std::vector<double> probabilities =
        in_basis(state, group.basis, execution).probabilities();
    const std::vector<std::size_t> outcomes = sample(probabilities, shots, stream);
    std::vector<double> values;
    values.reserve(shots);
    double sum = 0.0;
    for (std::size_t i = 0; i < shots; ++i) {
      if (i > 0 && outcomes[i] == outcomes[i - 1]) {  // outcomes are sorted
        values.push_back(values.back());
      } else {
        double value = 0.0;
        for (const auto& [string, coefficient] : group.terms) {
          const bool odd = (std::popcount(outcomes[i] & (string.x | string.z)) & 1) != 0;
          value += odd ? -coefficient : coefficient;
        }
        values.push_back(value);
      }
      sum += values.back();
    }
    const double mean = sum / static_cast<double>(shots);
    double squares = 0.0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    estimate.value += mean;
    variance += squares / (static_cast<double>(shots - 1) * static_cast<double>(shots));
    estimate.shots += shots;
  }
  estimate.standard_error = std::sqrt(variance);
  return estimate;
}

}  // namespace quanta::quantum
