#include "services/circuit/optimize_circuit.h"

#include <utility>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "quantum/openqasm/export.h"
#include "quantum/transpiler/optimize.h"
#include "services/circuit/backends.h"

namespace quanta::services {

Result<OptimizeCircuitDocument> optimize_circuit(const OptimizeCircuitRequest& request,
                                                 const Run& run) {
  QUANTA_TRY(const LoadedProgram loaded, load_program(request.program));
  QUANTA_TRY(const quantum::Circuit circuit, open_circuit_of(loaded));
  QUANTA_TRY(const quantum::Optimized optimized,
             quantum::optimize(circuit, {.basis = request.basis}, run.execution));
  run.execution.report(0.5, "proving that it does the same");
  QUANTA_TRY(const quantum::Equivalence proof,
             quantum::equivalent(circuit, optimized.circuit,
                                 {.seed = run.seed, .memory_limit = backend_options().memory_limit},
                                 run.execution));
  OptimizeCircuitDocument document;
  document.before = figures_of(circuit);
  document.after = figures_of(optimized.circuit);
  if (!request.basis.empty()) document.translated = figures_of(optimized.baseline);
  document.proof = proof.proof;
  document.deviation = proof.deviation;
  if (proof.proof != quantum::Proof::kNone) document.equivalent = proof.equal;
  QUANTA_TRY(document.qasm, loaded.program.version() == 2
                                ? quantum::openqasm::to_openqasm2(optimized.circuit)
                                : quantum::openqasm::to_openqasm3(optimized.circuit));
  document.provenance = begin_provenance(
      run, fmt::format("peephole, commutation and two-qubit synthesis in {} rounds; proof: {}",
                       optimized.rounds, to_text(proof.proof)));
  document.provenance.inputs.push_back(loaded.input);
  return document;
}

}  // namespace quanta::services
