/// How the local simulators run a job.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/backend/backend.h"
#include "quantum/backend/job.h"
#include "quantum/simulator/terminal_form.h"
#include "quantum/simulator/weight_circuit.h"

namespace quanta::quantum {

/// Chosen from the job: one state where every measurement is terminal (only the C(n, k) amplitudes
/// that the circuit can reach, where it keeps the number of ones and that saves seven eighths),
/// else one state for each branch, one at a time (branching.h).
///
/// Precision, where the job leaves it open: double; single where only that fits the limit. The
/// amplitudes of a weight subspace are always double.
struct JobPlan {
  std::optional<TerminalForm> terminal = {};
  std::optional<WeightForm> weight = {};
  CostEstimate cost = {};
  std::vector<std::string> warnings = {};  ///< what else the answer's reader must know
};

/// Qubits in superposition that a state within that many bytes has.
unsigned most_state_qubits(std::size_t memory_limit, Precision precision);

/// Errors: those of Backend::submit that have to do with the job itself.
Result<JobPlan> plan_job(const Job& job, bool exact, std::size_t memory_limit);

/// Errors: those of the process; kCancelled; kResource where a job with branches outgrows the
/// limit.
Result<JobResult> run_job(const Job& job, const JobPlan& plan, bool exact, std::size_t memory_limit,
                          const Execution& execution);

}  // namespace quanta::quantum
