/// A circuit file made smaller, with the proof that it does the same: `quanta circuit optimize`.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "core/describe.h"
#include "core/result.h"
#include "quantum/transpiler/equivalence.h"
#include "services/circuit/circuit_statistics.h"
#include "services/circuit/program.h"
#include "services/provenance/provenance.h"

namespace quanta::services {

struct OptimizeCircuitRequest {
  ProgramRequest program;
  std::vector<std::string> basis;  ///< names of gates; none: any
};

struct OptimizeCircuitDocument {
  CircuitFigures before;
  CircuitFigures after;
  std::optional<CircuitFigures> translated;
  std::optional<bool> equivalent;
  quantum::Proof proof = quantum::Proof::kNone;
  double deviation = 0.0;
  std::optional<std::vector<unsigned>> layout;
  std::string qasm;
  Provenance provenance;

  static constexpr auto describe() {
    using D = OptimizeCircuitDocument;
    return std::tuple{
        field("before", &D::before, "the circuit of the file"),
        field("after", &D::after, "the one that came out"),
        field("translated", &D::translated,
              "the file's circuit put into the basis gate by gate; null: no basis was asked for"),
        field("equivalent", &D::equivalent, "null: too large to check"),
        field("proof", &D::proof, "what was compared"),
        field("deviation", &D::deviation, "the largest found; see the proof"),
        field("layout", &D::layout, "where each qubit went; null: every qubit stayed where it was"),
        field("qasm", &D::qasm, "OpenQASM, of the file's version"),
        field("provenance", &D::provenance, "how to repeat it")};
  }
};

/// Errors: those of load_program, open_circuit_of, quantum::optimize and of writing OpenQASM. A
/// failed proof is no error: `equivalent` is false.
Result<OptimizeCircuitDocument> optimize_circuit(const OptimizeCircuitRequest& request,
                                                 const Run& run);

}  // namespace quanta::services
