#include "services/circuit/circuit_statistics.h"

#include <utility>

#include "quantum/circuit/circuit_statistics.h"

namespace quanta::services {

CircuitFigures figures_of(const quantum::Circuit& circuit) {
  quantum::CircuitStatistics statistics = quantum::circuit_statistics(circuit);
  return {statistics.qubits,          statistics.classical_bits,   statistics.depth,
          statistics.two_qubit_depth, std::move(statistics.gates), statistics.parameters};
}

Result<CircuitStatisticsDocument> circuit_statistics(const ProgramRequest& request,
                                                     const Run& run) {
  QUANTA_TRY(const LoadedProgram loaded, load_program(request));
  QUANTA_TRY(const quantum::Circuit circuit, open_circuit_of(loaded));
  CircuitStatisticsDocument document{figures_of(circuit), begin_provenance(run, "count")};
  document.provenance.inputs.push_back(loaded.input);
  return document;
}

}  // namespace quanta::services
