/// Where circuits run: the local simulators, and whatever else can take a job.
///
///   QUANTA_TRY(const auto backend, make_backend("local-sampling", {.hash = sha256_hex}));
///   QUANTA_TRY(const JobId id, backend->submit(job));
///   QUANTA_TRY(const JobResult result, backend->result(id, execution));
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/backend/job.h"

namespace quanta::quantum {

struct BackendCapabilities {
  std::string name;
  std::string about;
  bool exact = false;                   ///< answers with probabilities; else with counts of shots
  unsigned max_qubits = 0;              ///< in superposition at once that fit the memory limit
  unsigned max_qubits_single = 0;       ///< the same in single precision
  std::size_t memory_limit = 0;         ///< bytes
  std::uint64_t max_shots = 0;          ///< 0: takes none
  bool mid_circuit = false;             ///< measurements, resets and conditions before the end
  std::string noise = "none";           ///< or the models that there are
  std::vector<std::string> gates = {};  ///< by their names in OpenQASM; any number of controls
};

struct CostEstimate {
  std::string method;
  Precision precision = Precision::kDouble;  ///< the one asked for, or chosen by what fits
  /// Of the state at its widest, all branches together; 0 where the program is no list of
  /// operations and only the run will tell.
  std::size_t bytes = 0;
  /// Complex multiplications and additions, each gate taken by itself; nothing where the program
  /// is no list of operations.
  std::optional<double> multiply_adds = {};
};

enum class JobState { kQueued, kRunning, kDone, kFailed, kCancelled };

constexpr auto enum_names(JobState) {
  using enum JobState;
  using Name = std::string_view;
  return std::array{std::pair{kQueued, Name("queued")}, std::pair{kRunning, Name("running")},
                    std::pair{kDone, Name("done")}, std::pair{kFailed, Name("failed")},
                    std::pair{kCancelled, Name("cancelled")}};
}

/// The hash of serialize(job): a job that was submitted before has the same, and its answer is
/// there already.
using JobId = std::string;

/// May be used from several threads at once.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual const BackendCapabilities& capabilities() const = 0;

  /// What submit would accept and what it would cost, without doing it. Errors: as submit.
  virtual Result<CostEstimate> estimate(const Job& job) const = 0;

  /// Errors: kBadInput, field "shots" (none, or some for an exact backend, or too many),
  /// "observables" (on more than the job's qubits, or on qubits above the 64th), "amplitudes" (of
  /// more than 64 qubits); kResource, field "qubits" (more memory than the limit: says how much and
  /// how many qubits would fit, in either precision), "jobs" (too many wait).
  virtual Result<JobId> submit(Job job) = 0;

  /// Errors of all that follow: kBadInput, field "job", where there is none of that id.
  virtual Result<JobState> status(const JobId& id) const = 0;

  /// Waits for the answer. A local backend computes it here, with the threads of `execution`;
  /// whoever comes second waits. Errors: those of the run; kCancelled.
  virtual Result<JobResult> result(const JobId& id, const Execution& execution) = 0;

  /// A job that waits never runs, one that runs stops soon, one that ended stays as it is.
  virtual Result<void> cancel(const JobId& id) = 0;
};

struct BackendOptions {
  std::size_t memory_limit = std::size_t{8} << 30;  ///< bytes of all states of one job
  /// Makes an address of bytes; collisions must not happen. Engines bring none of their own.
  std::function<std::string(std::string_view)> hash = {};
};

struct BackendDescription {
  std::string_view name;
  std::string_view about;
  std::unique_ptr<Backend> (*make)(const BackendOptions& options);
};

/// In the order of `quanta backends`.
std::span<const BackendDescription> backends();

/// Errors: kBadInput, field "backend": no such name (lists them).
Result<std::unique_ptr<Backend>> make_backend(std::string_view name, const BackendOptions& options);

}  // namespace quanta::quantum
