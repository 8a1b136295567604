/// Smaller circuits that do the same.
///
///   QUANTA_TRY(const Optimized o, optimize(circuit, {}, execution));
///   circuit_statistics(o.circuit);                    // no figure above that of o.baseline
///   QUANTA_TRY(const Equivalence e, equivalent(o.baseline, o.circuit, {}, execution));
///
/// Until no round makes it smaller: turns about z of the same parity are added wherever they stand;
/// gates meet their inverses and their like through gates that they commute with; runs on one qubit
/// become one gate; blocks on two qubits are made anew from their matrix with the fewest two-qubit
/// gates (see passes.h for each). What a step makes is kept only where none of these grew: gates,
/// gates on two or more qubits, depth, depth of those alone, qubits of all gates together. So
/// optimising twice gives what optimising once gave.
///
/// No two-qubit gate is put where the circuit had none between these two qubits (a gate may change
/// its direction). Nothing moves across measurements, resets, barriers and operations under a
/// condition, on their qubits. Named angles stay named; they are added, but gates with them are not
/// put into matrices. The global phase is kept, exactly, also where it is a matter of names.
#pragma once

#include <string>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

/// What of a circuit is to stay.
enum class Preserve {
  kUnitary,   ///< its unitary, for whatever state it is put behind
  kOutcomes,  ///< the distribution of its classical bits when its qubits start in |0…0>; where it
              ///< measures nothing, that of its qubits measured at the end
};

constexpr auto enum_names(Preserve) {
  return std::array{std::pair{Preserve::kUnitary, std::string_view("unitary")},
                    std::pair{Preserve::kOutcomes, std::string_view("outcomes")}};
}

struct OptimizeOptions {
  /// Names as in basis.h ("cx", "rz", "sx", "x"). Empty: any gate on one qubit, of the larger ones
  /// those that the circuit uses, and cx and cz where it uses such a gate without angles.
  std::vector<std::string> basis = {};
  /// kOutcomes also drops diagonal gates before the last measurements, gates on qubits no more
  /// looked at, and what known states of qubits make idle (controls on |0>, resets of |0>).
  Preserve preserve = Preserve::kUnitary;
  /// 0: only puts the circuit into the basis; 1: all but making blocks anew; 2: everything.
  unsigned level = 2;
};

struct Optimized {
  Circuit circuit;
  /// What `circuit` is no larger than: the input or, where a basis is asked for, the input put into
  /// that basis gate by gate.
  Circuit baseline;
  unsigned rounds = 0;  ///< that made it smaller; 0: `circuit` is the baseline
};

/// Defined gates are expanded where a basis is asked for, and where the result is no larger than
/// the circuit as it was written, a defined gate counting one (it is tried up to 10^4 operations,
/// or 20 for one that was written); elsewhere they stay, and their bodies are optimised each for
/// itself.
///
/// Errors: kBadInput, field "basis" (see Basis::parse), "level" (above 2), "circuit" (see
/// translate.h); kResource, field "basis" or "circuit" (more than 2 * 10^6 gates go in or come
/// out); kCancelled.
/// Same answer for any number of threads (there is one). About 8 us a gate and round.
Result<Optimized> optimize(const Circuit& circuit, const OptimizeOptions& options,
                           const Execution& execution);

}  // namespace quanta::quantum
