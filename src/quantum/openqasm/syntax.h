/// The syntax tree of a program, in tables: a node names its children by their places in them. So
/// a tree is a value, and no depth of nesting costs stack to copy or to free.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/result.h"

namespace quanta::quantum::openqasm {

/// Lines and columns count from 1; a column is a character, not a byte.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

using ExpressionId = std::uint32_t;
using StatementId = std::uint32_t;
using TypeId = std::uint32_t;
using BlockId = std::uint32_t;
inline constexpr std::uint32_t kNone = UINT32_MAX;

enum class ExpressionKind : std::uint8_t {
  kInteger,        ///< text: 12, 0xFF, 0b1_0
  kFloat,          ///< text: .5, 1e-3
  kImaginary,      ///< text: 2.5im
  kDuration,       ///< text: 10ns
  kBits,           ///< text: "0101", with its quotes
  kBoolean,        ///< text: true, false
  kName,           ///< text: a name, or $0
  kParenthesis,    ///< parts: one
  kUnary,          ///< text: the operator; parts: one
  kBinary,         ///< text: the operator; parts: left, right
  kIndex,          ///< parts: what is indexed, then one for each dimension
  kRange,          ///< parts: start, step, stop; kNone where left out
  kSet,            ///< parts: its members; array literals too
  kCall,           ///< text: the name; parts: arguments
  kCast,           ///< type; parts: one
  kDurationOf,     ///< block
  kMeasure,        ///< parts: one operand
  kConcatenation,  ///< parts: two or more, joined by ++
};

struct Expression {
  ExpressionKind kind = ExpressionKind::kInteger;
  Position at = {};
  std::string text = {};
  std::vector<ExpressionId> parts = {};
  TypeId type = kNone;
  BlockId block = kNone;
};

/// A type as it is written.
struct TypeSyntax {
  /// "bit", "int", "uint", "float", "angle", "bool", "complex", "duration", "stretch", "qubit",
  /// "array"; "creg" and "qreg" in old-style declarations and parameters.
  std::string name = {};
  Position at = {};
  ExpressionId size = kNone;                  ///< the designator [n]
  TypeId element = kNone;                     ///< of array and complex
  std::vector<ExpressionId> dimensions = {};  ///< of array
  std::string access = {};                    ///< "readonly" or "mutable", of an array parameter
  ExpressionId n_dimensions = kNone;          ///< of an array parameter: #dim = n
};

struct Block {
  bool braces = true;  ///< false: a single statement stands there without any
  std::vector<StatementId> statements = {};
};

struct Modifier {
  std::string name = {};  ///< inv, pow, ctrl, negctrl
  ExpressionId argument = kNone;
  Position at = {};
};

struct Parameter {
  TypeId type = kNone;
  std::string name = {};
  Position at = {};
};

struct Include {
  std::string file = {};
};
struct Pragma {
  std::string text = {};  ///< the rest of the line
};
struct QubitDeclaration {
  TypeId type = kNone;  ///< qubit, or qreg: then the size stands behind the name
  std::string name = {};
};
struct ClassicalDeclaration {
  std::string qualifier = {};  ///< "", const, input, output
  TypeId type = kNone;         ///< creg: the size stands behind the name
  std::string name = {};
  ExpressionId value = kNone;
};
struct AliasDeclaration {
  std::string name = {};
  ExpressionId value = kNone;
};
struct GateDefinition {
  std::string name = {};
  bool opaque = false;
  bool parentheses = false;  ///< gate g() q: written even where there are no parameters
  std::vector<std::string> parameters = {};
  std::vector<std::string> qubits = {};
  std::vector<Position> parameter_positions = {};
  std::vector<Position> qubit_positions = {};
  BlockId body = kNone;
};
struct Subroutine {
  std::string name = {};
  std::vector<Parameter> parameters = {};
  TypeId result = kNone;
  BlockId body = kNone;
};
struct ExternDeclaration {
  std::string name = {};
  std::vector<TypeId> parameters = {};
  TypeId result = kNone;
};
/// defcalgrammar, cal and defcal: kept as they are written, not looked into.
struct Calibration {
  std::string text = {};
};
struct GateCall {
  std::vector<Modifier> modifiers = {};
  std::string name = {};
  Position name_at = {};
  bool parentheses = false;
  std::vector<ExpressionId> arguments = {};
  ExpressionId duration = kNone;
  std::vector<ExpressionId> operands = {};
};
struct Assignment {
  ExpressionId target = kNone;
  std::string op = {};  ///< "=", "+=", …
  ExpressionId value = kNone;
};
/// measure q; and measure q -> c;
struct Measurement {
  ExpressionId measure = kNone;
  ExpressionId target = kNone;
};
/// reset, barrier, delay, nop.
struct Directive {
  std::string name = {};
  ExpressionId duration = kNone;
  std::vector<ExpressionId> operands = {};
};
struct Box {
  ExpressionId duration = kNone;
  BlockId body = kNone;
};
struct If {
  ExpressionId condition = kNone;
  BlockId then = kNone;
  BlockId otherwise = kNone;
};
struct For {
  TypeId type = kNone;
  std::string name = {};
  ExpressionId values = kNone;  ///< kRange, kSet or a name
  BlockId body = kNone;
};
struct While {
  ExpressionId condition = kNone;
  BlockId body = kNone;
};
struct SwitchCase {
  bool is_default = false;
  std::vector<ExpressionId> values = {};
  BlockId body = kNone;
};
struct Switch {
  ExpressionId value = kNone;
  std::vector<SwitchCase> cases = {};
};
/// break, continue, end.
struct Jump {
  std::string name = {};
};
struct Return {
  ExpressionId value = kNone;
};
struct ExpressionStatement {
  ExpressionId value = kNone;
};
struct Scope {
  BlockId body = kNone;
};

struct Statement {
  Position at = {};
  std::vector<std::string> annotations = {};  ///< from the @ to the end of the line
  std::variant<Include, Pragma, QubitDeclaration, ClassicalDeclaration, AliasDeclaration,
               GateDefinition, Subroutine, ExternDeclaration, Calibration, GateCall, Assignment,
               Measurement, Directive, Box, If, For, While, Switch, Jump, Return,
               ExpressionStatement, Scope>
      node = {};
};

struct Syntax {
  std::string file = {};
  int version = 3;
  std::string version_text = {};  ///< "2.0"; empty where there is no version statement
  std::vector<Expression> expressions = {};
  std::vector<Statement> statements = {};
  std::vector<TypeSyntax> types = {};
  std::vector<Block> blocks = {};
  BlockId main = kNone;
};

/// The kBadInput error for a place of a program.
[[nodiscard]] inline std::unexpected<Error> error_at(const std::string& file, Position at,
                                                     std::string message) {
  return fail(ErrorKind::kBadInput, std::move(message), {}, {file, at.line, at.column});
}

}  // namespace quanta::quantum::openqasm
