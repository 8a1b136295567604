/// A circuit file drawn: `quanta circuit draw`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <tuple>

#include "core/describe.h"
#include "core/result.h"
#include "services/circuit/program.h"
#include "services/provenance/provenance.h"

namespace quanta::services {

struct DrawCircuitRequest {
  ProgramRequest program;
  std::size_t width = 100;  ///< characters of a line of the text
  bool unicode = true;      ///< false: ASCII alone
  bool svg = false;         ///< also as a picture
};

struct DrawCircuitDocument {
  std::string text;
  std::optional<std::string> svg;
  Provenance provenance;

  static constexpr auto describe() {
    return std::tuple{field("text", &DrawCircuitDocument::text, "the circuit in characters"),
                      field("svg", &DrawCircuitDocument::svg, "the picture; null: not asked for"),
                      field("provenance", &DrawCircuitDocument::provenance, "how to repeat it")};
  }
};

/// Errors: those of load_program, open_circuit_of and of drawing what is too large.
Result<DrawCircuitDocument> draw_circuit(const DrawCircuitRequest& request, const Run& run);

}  // namespace quanta::services
