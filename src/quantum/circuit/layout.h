/// Where the parts of a drawn circuit go: what draw_text.h and draw_svg.h have in common.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

/// A line of the drawing: a qubit, or all bits of a classical register together.
struct Wire {
  std::string name;   ///< "q0": register and number within it; "q" alone where it has one qubit
  unsigned size = 1;  ///< bits of the register
  bool classical = false;
};

/// What stands on the operands of an operation; its controls are dots.
enum class Shape {
  kBox,      ///< one box over all operands, with its label
  kTarget,   ///< of a controlled X
  kDot,      ///< of a controlled Z
  kCrosses,  ///< of a swap
  kMeasure,
  kBarrier,
};

/// "R_x(pi/2)^dagger" in parts, each of which may be empty.
struct GateLabel {
  std::string base;
  std::string subscript;
  std::string angles;  ///< between brackets
  bool dagger = false;
  bool is_name = false;  ///< the name of a defined gate rather than a symbol
};

/// What is seen on a classical wire: the bit of a measurement, the value of a condition.
struct ClassicalMark {
  unsigned wire = 0;
  bool condition = false;
  std::string text;  ///< "0" for a measurement; "=3", "≠3", "[1]=0" for a condition
};

struct PlacedOperation {
  const Operation* operation = nullptr;
  std::size_t column = 0;
  Shape shape = Shape::kBox;
  GateLabel label = {};
  unsigned top = 0;        ///< first wire that the drawing covers
  unsigned bottom = 0;     ///< last one, classical wires included
  unsigned qubit_top = 0;  ///< first and last qubit
  unsigned qubit_bottom = 0;
  unsigned box_top = 0;  ///< first and last operand
  unsigned box_bottom = 0;
  bool numbered = false;  ///< the box shows which wire is which operand
  std::vector<ClassicalMark> marks = {};
};

struct Layout {
  std::vector<Wire> wires;  ///< qubits first
  std::vector<PlacedOperation> operations;
  std::size_t n_columns = 0;
};

/// Each operation in the first column where all wires from its first to its last are free, so that
/// nothing crosses. The circuit must outlive the layout. O(operations * wires spanned). Errors:
/// kResource, field "circuit", where these are more than 10^8.
Result<Layout> lay_out(const Circuit& circuit, bool unicode);

/// "π/2", "-3π/4", "0.1235" (four digits), "2*theta+π/2"; with "pi" where not `unicode`.
std::string angle_text(const Angle& angle, std::span<const std::string> parameters, bool unicode);

}  // namespace quanta::quantum
