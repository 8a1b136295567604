#include "services/circuit/draw_circuit.h"

#include "quantum/circuit/draw_svg.h"
#include "quantum/circuit/draw_text.h"

namespace quanta::services {

Result<DrawCircuitDocument> draw_circuit(const DrawCircuitRequest& request, const Run& run) {
  QUANTA_TRY(const LoadedProgram loaded, load_program(request.program));
  QUANTA_TRY(const quantum::Circuit circuit, open_circuit_of(loaded));
  DrawCircuitDocument document;
  QUANTA_TRY(document.text,
             quantum::draw_text(circuit, {.width = request.width, .unicode = request.unicode}));
  if (request.svg) {
    QUANTA_TRY(document.svg, quantum::draw_svg(circuit, {}));
  }
  document.provenance = begin_provenance(run, "drawing");
  document.provenance.inputs.push_back(loaded.input);
  return document;
}

}  // namespace quanta::services
