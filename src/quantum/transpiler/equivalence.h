/// Whether two circuits do the same, and what shows it.
///
///   QUANTA_TRY(const Equivalence e, equivalent(before, after, {}, execution));
///   if (!e.equal) …                  // e.proof says what was compared, e.deviation how far apart
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/circuit/circuit.h"
#include "quantum/transpiler/optimize.h"

namespace quanta::quantum {

enum class Proof {
  kUnitary,       ///< all 2^n columns of the unitary; exact
  kRandomStates,  ///< 8 random product states at the front: unequal circuits pass with
                  ///< probability 0
  kBranches,      ///< 8 random product states, 16 random courses of the measurements for each
  kOutcomes,      ///< the distribution of the classical bits, all of it, from |0…0>
  kNone,          ///< too large to check
};

constexpr auto enum_names(Proof) {
  return std::array{std::pair{Proof::kUnitary, std::string_view("unitary")},
                    std::pair{Proof::kRandomStates, std::string_view("random states")},
                    std::pair{Proof::kBranches, std::string_view("branches")},
                    std::pair{Proof::kOutcomes, std::string_view("outcomes")},
                    std::pair{Proof::kNone, std::string_view("none")}};
}

/// Circuits with parameters are compared with so many random values of all of them: evidence, where
/// everything else here is as sure as its Proof says.
inline constexpr std::uint64_t kParameterDraws = 3;

struct EquivalenceOptions {
  Preserve preserve = Preserve::kUnitary;           ///< what is to be equal
  std::uint64_t seed = 1;                           ///< of random states, courses and parameters
  std::size_t memory_limit = std::size_t{1} << 30;  ///< bytes, for the states of both
};

struct Equivalence {
  bool equal = false;
  Proof proof = Proof::kNone;
  double deviation = 0.0;  ///< the largest found; what it measures depends on the proof
};

/// Preserve::kUnitary. Gates alone, and measurements behind which nothing acts on their qubits and
/// reads or writes their bits: up to 10 qubits the unitaries before the measurements are equal up
/// to one phase (deviation: largest |U_ij - e^{ig} V_ij|, at most 1e-9), above that 8 random
/// product states go to the same states (deviation: 1 - |<a|b>|, at most 1e-10). The measurements
/// must be the same. With other measurements, resets, preparations or conditions: both must have
/// the same of these in the same order on each qubit and bit (else equal is false, deviation 1);
/// then 8 random product states are followed through both, 16 times each with outcomes that are
/// thrown once and imposed on both, and must end in the same states (of the same norm, up to a
/// phase) and bits: kBranches.
///
/// Preserve::kOutcomes. The distributions of all classical bits (of the qubits, where the circuits
/// measure nothing) are equal from |0…0>, every branch with a probability above 1e-15 followed
/// (deviation: largest difference of two probabilities, at most 1e-10).
///
/// Named parameters get random values in [-pi, pi], three times, and the worst counts. kNone where
/// the states need more than the memory limit, there are more than 4096 branches, or a circuit
/// has more than 2 * 10^6 operations, those in its defined gates counted. Cost: O(2^n) a gate and
/// state, O(4^n) for unitaries.
///
/// Errors: kBadInput, field "qubits", "bits" (their numbers differ), "parameters" (the names
/// differ); kCancelled. Same answer for any number of threads.
Result<Equivalence> equivalent(const Circuit& a, const Circuit& b,
                               const EquivalenceOptions& options, const Execution& execution);

}  // namespace quanta::quantum
