/// The exact optimum of a quadratic cost, by looking at every state: what every other answer is
/// measured against.
///
///   QUANTA_TRY(const Enumeration all, enumerate(cost, {.weight = 8}, execution));
///   all.minimum, all.state, all.n_best, all.maximum
///
/// The upper bits are walked so that neighbours differ in one bit (Gray code), or in few (rising
/// order of a weight), and each bit that flips updates the running value and the slopes of the
/// lower bits. The lower 12 bits need no walk: their values are sums of two short tables and one
/// long one, which is an addition for each state. Pieces of the walk start afresh, so that rounding
/// does not pile up and any thread can take any piece.
/// Source: F. Gray (1953), US patent 2632058; D. Knuth, TAOCP 4A, 7.2.1.1 and 7.1.3 (next of the
/// same weight).
#pragma once

#include <cstdint>
#include <optional>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/algorithm/quadratic_cost.h"
#include "quantum/algorithm/registry.h"

namespace quanta::quantum {

inline constexpr AlgorithmDescription kGrayEnumeration{
    .name = "enumeration",
    .about = "the proven least cost: every basis state, in Gray code order (classical)",
    .min_qubits = 1,
    .max_qubits = 34,
    .cost = "one addition for each of 2^n states, C(n, k) where k of n are one",
    .classical = "it is the classical control of every cost",
    .source = "Gray 1953, US patent 2632058"};

struct EnumerationOptions {
  std::optional<unsigned> weight = {};                ///< only states of so many ones
  std::uint64_t max_states = std::uint64_t{1} << 34;  ///< more than this are refused
};

struct Enumeration {
  std::uint64_t state =
      0;                 ///< one of least cost, bit i = x_i; which one does not depend on threads
  double minimum = 0.0;  ///< value(cost, state)
  std::uint64_t n_best =
      0;  ///< states within 1e-12 (maximum - minimum), or rounding, of the minimum
  std::uint64_t worst_state = 0;
  double maximum = 0.0;      ///< value(cost, worst_state)
  double mean = 0.0;         ///< over the states alike, in closed form
  std::uint64_t states = 0;  ///< how many were looked at: 2^n or C(n, k)
};

/// Same bits for any number of threads.
/// Errors: those of check(QuadraticCost); kBadInput, field "qubits" (above 63), "weight" (above n);
/// kResource, field "qubits", where there are more than max_states states; kCancelled.
Result<Enumeration> enumerate(const QuadraticCost& cost, const EnumerationOptions& options,
                              const Execution& execution);

}  // namespace quanta::quantum
