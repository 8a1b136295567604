/// Operations on all amplitudes of a state by the blocked simulator (block_plan.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/circuit/circuit.h"
#include "quantum/simulator/amplitude_array.h"
#include "quantum/simulator/elements.h"

namespace quanta::quantum {

/// Amplitudes that a state of n qubits is stored in: 2^n, at least a tile of every kernel set.
/// Those behind the first 2^n are zero.
std::size_t stored_amplitudes(unsigned n_qubits);

/// Bytes that a run on n_threads threads takes beside the 2^n amplitudes, at most: for each thread
/// a block and as much for factors, and the tables of a sweep.
std::size_t workspace_bytes(unsigned n_qubits, std::size_t n_threads);

/// Applies the operations, which are unitary, barriers or state preparations, to stored_amplitudes
/// complex numbers (re, im, …). from_zero: the state is |0…0>; what stays zero is not touched.
/// Reports progress and looks at the stop signal between sweeps. Same bits for any number of
/// threads. Errors: kCancelled, after which the amplitudes are those of no state.
template <class Real>
Result<void> run_blocked(const Execution& execution, std::span<const Operation> operations,
                         std::span<const double> parameters, double global_phase, unsigned n_qubits,
                         bool from_zero, Real* amplitudes);

/// Reads Im <phi| Pi P |psi> off two states that go through operations, planned as a whole.
///
///   PairedRun run(execution, undo, parameters, readings, n_qubits, zero);
///   QUANTA_TRY(const auto position, run.prepare(execution, operations, parameters, psi));
///   ...                            // make phi, qubit q of both being bit position[q] of the index
///   QUANTA_TRY(const auto values, std::move(run).read(execution, position, pair));
///
/// Both states are in the cache at once, and what is read off one qubit is read in registers. Sums
/// in the same order for any number of threads. Errors: kCancelled.
class PairedRun {
 public:
  /// operations: unitary or barriers. readings: by rising `before`. zero: the qubits that are |0>
  /// in psi once all operations are done. What is handed over has to outlive nothing.
  PairedRun(const Execution& execution, std::span<const Operation> operations,
            std::span<const double> parameters, std::span<const Reading> readings,
            unsigned n_qubits, std::uint64_t zero);
  ~PairedRun();
  PairedRun(const PairedRun&) = delete;
  PairedRun& operator=(const PairedRun&) = delete;

  /// Makes psi, stored_amplitudes(n_qubits) complex numbers that are |0…0>, by operations as
  /// run_blocked takes them. Returns the position of each qubit, which is where the first sweep
  /// wants it.
  Result<std::vector<unsigned>> prepare(const Execution& execution,
                                        std::span<const Operation> operations,
                                        std::span<const double> parameters, double* psi) const;

  /// pair: psi in the first stored_amplitudes(n_qubits) complex numbers, phi in the next so many;
  /// afterwards they are of no use.
  Result<std::vector<double>> read(const Execution& execution, std::span<const unsigned> position,
                                   double* pair) &&;

 private:
  struct Plan;
  unsigned n_qubits_;
  std::size_t n_readings_;
  std::unique_ptr<Plan> plan_;
};

}  // namespace quanta::quantum
