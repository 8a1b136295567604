/// How large a circuit file's circuit is: `quanta circuit stats`.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <tuple>

#include "core/describe.h"
#include "core/result.h"
#include "quantum/circuit/circuit.h"
#include "services/circuit/program.h"
#include "services/provenance/provenance.h"

namespace quanta::services {

struct CircuitFigures {
  unsigned qubits = 0;
  unsigned classical_bits = 0;
  std::size_t depth = 0;
  std::size_t two_qubit_depth = 0;
  std::map<std::string, std::size_t> gates;
  std::size_t parameters = 0;

  static constexpr auto describe() {
    return std::tuple{
        field("qubits", &CircuitFigures::qubits, ""),
        field("classical_bits", &CircuitFigures::classical_bits, ""),
        field("depth", &CircuitFigures::depth,
              "longest chain of gates, measurements and resets that share a qubit or bit"),
        field("two_qubit_depth", &CircuitFigures::two_qubit_depth,
              "the same, only gates on two or more qubits counting"),
        field("gates", &CircuitFigures::gates, "how many of each name"),
        field("parameters", &CircuitFigures::parameters, "named angles without a value")};
  }
};

CircuitFigures figures_of(const quantum::Circuit& circuit);

struct CircuitStatisticsDocument : CircuitFigures {
  Provenance provenance;

  static constexpr auto describe() {
    return std::tuple_cat(CircuitFigures::describe(),
                          std::tuple{field("provenance", &CircuitStatisticsDocument::provenance,
                                           "how to repeat it")});
  }
};

/// Errors: those of load_program and open_circuit_of: a program whose operations depend on what it
/// measures has no such figures.
Result<CircuitStatisticsDocument> circuit_statistics(const ProgramRequest& request, const Run& run);

}  // namespace quanta::services
