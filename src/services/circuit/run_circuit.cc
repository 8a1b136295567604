#include "services/circuit/run_circuit.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "platform/crypto/sha256.h"
#include "services/circuit/backends.h"
#include "services/optimization/stopwatch.h"

namespace quanta::services {
namespace {

constexpr std::uint64_t kDefaultShots = 1024;
constexpr unsigned kMostObservableQubits = 64;

Result<std::unique_ptr<quantum::Backend>> choose_backend(const RunCircuitRequest& request) {
  if (request.exact && request.shots) {
    return fail(ErrorKind::kUsage, "computes instead of drawing shots; leave one of the two out",
                "exact");
  }
  const std::string name =
      request.backend.value_or(request.exact ? "local-exact" : "local-sampling");
  QUANTA_TRY(auto backend, quantum::make_backend(name, backend_options()));
  const bool exact = backend->capabilities().exact;
  if (request.exact && !exact) {
    return fail(ErrorKind::kUsage, fmt::format("{} draws shots, which --exact excludes", name),
                "backend");
  }
  if (request.shots && exact) {
    return fail(ErrorKind::kUsage, fmt::format("{} computes, which --shots excludes", name),
                "backend");
  }
  return backend;
}

Result<quantum::PauliString> parse_observable(const std::string& text, unsigned n_qubits) {
  if (n_qubits > kMostObservableQubits) {
    return bad_input("expect", fmt::format("observables of up to {} qubits are possible; there "
                                           "are {}",
                                           kMostObservableQubits, n_qubits));
  }
  std::string letters = text;
  std::erase(letters, ' ');
  auto string = quantum::parse_paulis(letters, n_qubits);
  if (!string) string.error().field = "expect";
  return string;
}

RunCircuitDocument document_of(const RunCircuitRequest& request, bool exact,
                               quantum::JobResult result) {
  RunCircuitDocument document;
  document.qubits = result.n_qubits;
  document.precision = result.precision;
  document.norm = result.norm;
  document.marginals = std::move(result.marginals);
  if (exact) {
    document.outcomes = {result.outcomes.begin(), result.outcomes.end()};
  } else {
    document.counts = std::move(result.counts);
  }
  if (result.amplitudes) {
    document.amplitudes.emplace();
    for (const quantum::BasisAmplitude& a : *result.amplitudes) {
      document.amplitudes->push_back({a.index, a.value.real(), a.value.imag(), std::norm(a.value)});
    }
  }
  for (std::size_t i = 0; i < request.observables.size(); ++i) {
    document.expectations.push_back({request.observables[i], result.expectations[i].value,
                                     result.expectations[i].standard_error});
  }
  if (request.views) {
    document.bloch.emplace();
    for (const auto& v : result.bloch_vectors) document.bloch->emplace_back(v.begin(), v.end());
  }
  if (!result.density_matrix.empty()) {
    const std::size_t size = std::size_t{1} << result.n_qubits;
    document.density_matrix.emplace(size, std::vector<ComplexNumber>(size));
    for (std::size_t i = 0; i < size * size; ++i) {
      (*document.density_matrix)[i / size][i % size] = {result.density_matrix[i].real(),
                                                        result.density_matrix[i].imag()};
    }
  }
  document.provenance.method = std::move(result.method);
  document.provenance.degraded = result.degraded;
  document.provenance.warnings = std::move(result.warnings);
  return document;
}

}  // namespace

Result<RunCircuitDocument> run_circuit(const RunCircuitRequest& request, const Run& run) {
  QUANTA_TRY(const auto backend, choose_backend(request));
  const bool exact = backend->capabilities().exact;
  QUANTA_TRY(const LoadedProgram loaded, load_program(request.program));
  QUANTA_TRY(quantum::Job job, job_of(loaded));
  for (const std::string& text : request.observables) {
    QUANTA_TRY(const quantum::PauliString string, parse_observable(text, job.process->n_qubits()));
    job.observables.push_back(string);
  }
  if (!exact) job.shots = request.shots.value_or(kDefaultShots);
  job.precision = request.precision;
  job.seed = run.seed;
  job.n_amplitudes = request.amplitudes;
  job.views = request.views;
  const std::uint64_t shots = job.shots;
  const std::string program_address = platform::sha256_hex(job.content);

  const Stopwatch watch;
  QUANTA_TRY(const quantum::JobId id, backend->submit(std::move(job)));
  QUANTA_TRY(quantum::JobResult result, backend->result(id, run.execution));
  RunCircuitDocument document = document_of(request, exact, std::move(result));
  document.seconds = watch.seconds();
  if (!exact) document.shots = shots;
  document.address = {program_address, id};
  Provenance provenance = begin_provenance(run, document.provenance.method);
  provenance.inputs.push_back(loaded.input);
  provenance.backend = backend->capabilities().name;
  provenance.degraded = document.provenance.degraded;
  provenance.warnings = std::move(document.provenance.warnings);
  document.provenance = std::move(provenance);
  return document;
}

}  // namespace quanta::services
