#include "services/circuit/program.h"

#include <utility>

#include <fmt/format.h>

#include "platform/file/file_reader.h"
#include "quantum/openqasm/machine_process.h"
#include "quantum/openqasm/to_circuit.h"

namespace quanta::services {
namespace {

constexpr std::size_t kMostBytes = std::size_t{16} << 20;
/// Each takes about 300 bytes.
constexpr std::uint64_t kMostOperations = 4'000'000;

constexpr quantum::openqasm::Limits kLimits = {.operations = kMostOperations};

/// The engine speaks of "inputs"; the flag is --input.
template <class T>
Result<T> with_flag(Result<T> result) {
  if (!result && result.error().field == "inputs") result.error().field = "input";
  return result;
}

}  // namespace

Result<LoadedProgram> load_program(const ProgramRequest& request) {
  QUANTA_TRY(const platform::FileText read, platform::read_text_file(request.file, kMostBytes));
  QUANTA_TRY(quantum::openqasm::Program program, quantum::openqasm::parse(read.text, request.file));
  return LoadedProgram{std::move(program), request.inputs, {request.file, read.sha256}};
}

Result<quantum::Circuit> circuit_of(const LoadedProgram& loaded) {
  return with_flag(quantum::openqasm::to_circuit(loaded.program, loaded.inputs, kLimits));
}

Result<quantum::Circuit> open_circuit_of(const LoadedProgram& loaded) {
  return with_flag(quantum::openqasm::to_open_circuit(loaded.program, loaded.inputs, kLimits));
}

Result<quantum::Job> job_of(const LoadedProgram& loaded) {
  auto process =
      with_flag(quantum::openqasm::machine_process(loaded.program, loaded.inputs, kLimits));
  if (!process) return std::unexpected(std::move(process).error());
  quantum::Job job;
  auto circuit = circuit_of(loaded);
  if (circuit) {
    QUANTA_TRY(job, quantum::circuit_job(*std::move(circuit)));
  } else if (circuit.error().kind != ErrorKind::kInfeasible) {
    return std::unexpected(std::move(circuit).error());
  }
  job.process = *std::move(process);  // it knows every classical bit, measured or not
  job.content = quantum::openqasm::print(loaded.program);
  for (const auto& [name, value] : loaded.inputs) {
    job.content += fmt::format("// {} = {}\n", name, value);
  }
  return job;
}

}  // namespace quanta::services
