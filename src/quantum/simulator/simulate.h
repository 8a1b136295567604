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
  std::size_t memory_limit = std::size_t{8} << 30;  ///< bytes of amplitudes
  bool report = false;  ///< tells execution.progress; off, because algorithms tell of their own
};

/// Bytes that simulate takes: those of the 2^n amplitudes, and beside them for blocks and tables,
/// at most 1.5 MiB and 0.5 MiB for each thread. Infinite where no number holds the former.
struct SimulationMemory {
  double amplitudes = 0.0;
  double workspace = 0.0;
};
SimulationMemory simulation_memory(unsigned n_qubits, Precision precision,
                                   std::size_t n_threads = 1);

/// Errors: kBadInput, field "parameters", where they are not one finite number for each of the
/// circuit's.
Result<void> check_parameters(const Circuit& circuit, std::span<const double> parameters);

/// The state that a circuit makes of |0…0>, its global phase included. Terminal measurements are
/// passed over. Same bits for any number of threads.
///
/// Errors: kBadInput, field "parameters" (their number, not finite), "circuit" (no qubits; a reset,
/// a condition, or an operation behind a measurement of its qubit: says which); kResource, field
/// "qubits", where the amplitudes are more than the limit: says how much is needed and how many
/// qubits fit, before anything is allocated; kCancelled.
Result<StateVector> simulate(const Circuit& circuit, const SimulateOptions& options,
                             const Execution& execution);

/// The same in single precision.
Result<StateVectorSingle> simulate_single(const Circuit& circuit, const SimulateOptions& options,
                                          const Execution& execution);

}  // namespace quanta::quantum
