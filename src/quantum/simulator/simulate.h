/// Circuits on the state vector.
///
///   QUANTA_TRY(const StateVector state, simulate(circuit, {.parameters = angles}, execution));
#pragma once

#include <cstddef>
#include <span>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/circuit/circuit.h"
#include "quantum/simulator/state_vector.h"

namespace quanta::quantum {

struct SimulateOptions {
  std::span<const double> parameters = {};          ///< one for each of the circuit's, finite
  std::size_t memory_limit = std::size_t{8} << 30;  ///< bytes, all buffers together
};

/// The state that a circuit makes of |0…0>, its global phase included. Terminal measurements are
/// passed over. Same bits for any number of threads.
///
/// Errors: kBadInput, field "parameters" (their number, not finite), "circuit" (no qubits; a reset,
/// a condition, or an operation behind a measurement of its qubit: says which); kResource, field
/// "qubits", where 2^n amplitudes are more than the limit.
Result<StateVector> simulate(const Circuit& circuit, const SimulateOptions& options,
                             const Execution& execution);

}  // namespace quanta::quantum
