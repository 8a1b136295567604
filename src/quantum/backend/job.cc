#include "quantum/backend/job.h"

#include <fmt/format.h>

#include "core/enum_text.h"
#include "quantum/circuit/circuit_statistics.h"
#include "quantum/circuit/serialize.h"

namespace quanta::quantum {
namespace {

constexpr std::uint64_t kMostOperations = 10'000'000;

}  // namespace

Result<Job> circuit_job(Circuit circuit) {
  if (!circuit.parameters().empty()) {
    return bad_input("parameters", fmt::format("{} has no value", circuit.parameters()[0]));
  }
  if (const std::uint64_t n = expanded_operations(circuit); n > kMostOperations) {
    return fail(ErrorKind::kResource,
                fmt::format("the circuit has {} operations in all its gates together; at most {} "
                            "are possible",
                            n, kMostOperations),
                "operations");
  }
  Job job;
  QUANTA_TRY(job.process, circuit_process(circuit));
  job.content = serialize(circuit);
  job.circuit = std::move(circuit);
  return job;
}

std::string serialize(const Job& job, bool exact, Precision precision) {
  std::string bytes = fmt::format("quanta job 2 {} {} amplitudes {} views {} outcomes {}",
                                  exact ? "exact" : "sampling", quanta::to_text(precision),
                                  job.n_amplitudes, job.views, exact ? job.n_outcomes : 0);
  if (!exact) bytes += fmt::format(" shots {} seed {}", job.shots, job.seed);
  for (const PauliString& string : job.observables) {
    bytes += fmt::format(" x {} z {}", string.x, string.z);
  }
  return bytes + "\n" + job.content;
}

}  // namespace quanta::quantum
