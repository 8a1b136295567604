/// Circuits as pictures for a paper.
///
///   QUANTA_TRY(const std::string svg, draw_svg(circuit, {}));   // write it to circuit.svg
#pragma once

#include <cstddef>
#include <string>

#include "core/result.h"
#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

struct SvgDrawingOptions {
  /// Columns of gates in a row; the circuit goes on in further rows below. 0: one row.
  std::size_t columns = 20;
};

/// One SVG element, black on white, without scripts, style sheets, fonts or outside addresses:
/// labels are set in the reader's serif font, in which single letters and names of parameters are
/// italic and Greek names (theta, phi0) are Greek letters. Signs are those of the text drawing
/// (draw_text.h), measurements are meters, barriers dashed lines. Lengths are pixels: wires 40
/// apart. Widths of labels are estimated from those of Times, with room to spare.
///
/// Errors: kResource, field "circuit" (more than 2^20 elements; see layout.h).
Result<std::string> draw_svg(const Circuit& circuit, const SvgDrawingOptions& options);

}  // namespace quanta::quantum
