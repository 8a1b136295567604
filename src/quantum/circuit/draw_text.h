/// Circuits as text.
///
///   Circuit bell(2, 2);
///   bell.h(0).cx(0, 1).measure_all();
///   QUANTA_TRY(const std::string text, draw_text(bell, {}));
///
///        ┌───┐   ┌─┐
///    q0: ┤ H ├─●─┤M├───
///        └───┘ │ └╥┘┌─┐
///    q1: ──────⊕──╫─┤M├
///                 ║ └╥┘
///   c: 2/═════════╩══╩═
///                 0  1
#pragma once

#include <cstddef>
#include <string>

#include "core/result.h"
#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

struct TextDrawingOptions {
  /// Characters a line may have; the circuit goes on in further rows, marked by » and «. A column
  /// that is wider alone stands in a row of its own. 0: one row.
  std::size_t width = 100;
  bool unicode = true;  ///< false: ASCII alone, but for names that are not
};

/// Qubits from top to bottom, then one double line for each classical register with its number of
/// bits; ● and ○ are controls on 1 and 0, ⊕ the target of a controlled X, × the qubits of a swap, ░
/// a barrier. A box over several wires numbers its operands where their order matters. A
/// measurement leads to its register, the number below being the bit; a condition is a box on its
/// register
/// ("=3", "≠3", "[1]=0" for bit 1 alone; on several registers ≠ says that not all are equal).
/// Angles are fractions of pi or have four digits. A global phase stands in the first line.
///
/// Lines end in '\n' and have no trailing blanks. In ASCII @ and O are controls, (+) the target, x
/// a swap, : a barrier, ! the classical lines, and names read SX, Sdg, pi.
///
/// Errors: kResource, field "circuit" (more than 2^25 characters; see layout.h).
Result<std::string> draw_text(const Circuit& circuit, const TextDrawingOptions& options);

}  // namespace quanta::quantum
