#include <utility>

#include <fmt/format.h>

#include "quantum/openqasm/parser.h"

namespace quanta::quantum::openqasm {

Result<StatementId> Parser::statement2() {
  const Position begin = current_.at;
  if (is("include")) {
    QUANTA_CHECK(advance());
    if (current_.kind != Token::Kind::kString || current_.text[0] != '"') {
      return unexpected("the name of a file in quotes");
    }
    Include node{std::string(current_.text.substr(1, current_.text.size() - 2))};
    QUANTA_CHECK(advance());
    QUANTA_CHECK(expect(";"));
    return add(begin, std::move(node));
  }
  if (is("qreg") || is("creg")) return register2();
  if (is("gate") || is("opaque")) return gate2();
  if (is("if")) {
    QUANTA_CHECK(advance());
    QUANTA_CHECK(expect("(", "behind \"if\""));
    Expression condition{.kind = ExpressionKind::kBinary, .text = "=="};
    Expression bits{.kind = ExpressionKind::kName, .at = current_.at};
    QUANTA_TRY(bits.text, name("a register of bits"));
    condition.at = current_.at;
    QUANTA_CHECK(expect("==", "behind the register"));
    if (current_.kind != Token::Kind::kInteger) return unexpected("a whole number");
    Expression number{
        .kind = ExpressionKind::kInteger, .at = current_.at, .text = std::string(current_.text)};
    QUANTA_CHECK(advance());
    QUANTA_CHECK(expect(")"));
    const ExpressionId left = add(std::move(bits));
    condition.parts = {left, add(std::move(number))};
    If node{.condition = add(std::move(condition))};
    QUANTA_TRY(const StatementId guarded, operation2(false));
    syntax_.blocks.push_back({.braces = false, .statements = {guarded}});
    node.then = static_cast<BlockId>(syntax_.blocks.size() - 1);
    return add(begin, node);
  }
  return operation2(false);
}

Result<StatementId> Parser::register2() {
  const Position begin = current_.at;
  TypeSyntax type{.name = std::string(current_.text), .at = begin};
  QUANTA_CHECK(advance());
  QUANTA_TRY(std::string declared, name("the name of the register"));
  QUANTA_CHECK(expect("[", "and the size of the register"));
  if (current_.kind != Token::Kind::kInteger) return unexpected("the size of the register");
  type.size = add(
      {.kind = ExpressionKind::kInteger, .at = current_.at, .text = std::string(current_.text)});
  QUANTA_CHECK(advance());
  QUANTA_CHECK(expect("]"));
  QUANTA_CHECK(expect(";"));
  const bool quantum = type.name == "qreg";
  syntax_.types.push_back(std::move(type));
  const auto id = static_cast<TypeId>(syntax_.types.size() - 1);
  if (quantum) return add(begin, QubitDeclaration{.type = id, .name = std::move(declared)});
  return add(begin, ClassicalDeclaration{.type = id, .name = std::move(declared)});
}

Result<StatementId> Parser::gate2() {
  const Position begin = current_.at;
  GateDefinition node{.opaque = is("opaque")};
  QUANTA_CHECK(advance());
  QUANTA_TRY(node.name, name("the name of the gate"));
  const auto names = [&](std::string_view what, std::vector<std::string>& to,
                         std::vector<Position>& positions) -> Result<void> {
    do {
      positions.push_back(current_.at);
      QUANTA_TRY(std::string next, name(what));
      to.push_back(std::move(next));
      QUANTA_TRY(const bool more, accept(","));
      if (!more) return {};
    } while (true);
  };
  if (is("(")) {
    QUANTA_CHECK(advance());
    node.parentheses = true;
    if (!is(")")) {
      QUANTA_CHECK(names("the name of a parameter", node.parameters, node.parameter_positions));
    }
    QUANTA_CHECK(expect(")"));
  }
  QUANTA_CHECK(names("the name of a qubit", node.qubits, node.qubit_positions));
  if (node.opaque) {
    QUANTA_CHECK(expect(";"));
    return add(begin, std::move(node));
  }
  const Position open = current_.at;
  QUANTA_CHECK(expect("{", "and the gate's body"));
  Block body;
  while (!is("}")) {
    if (current_.kind == Token::Kind::kEnd) {
      return unexpected(fmt::format("\"}}\" for the \"{{\" of line {}", open.line));
    }
    QUANTA_TRY(const StatementId next, operation2(true));
    body.statements.push_back(next);
  }
  QUANTA_CHECK(advance());
  syntax_.blocks.push_back(std::move(body));
  node.body = static_cast<BlockId>(syntax_.blocks.size() - 1);
  return add(begin, std::move(node));
}

/// A gate, measure, reset or barrier.
Result<StatementId> Parser::operation2(bool in_gate) {
  const Position begin = current_.at;
  const auto operand_list = [&]() -> Result<std::vector<ExpressionId>> {
    std::vector<ExpressionId> result;
    do {
      QUANTA_TRY(const ExpressionId next, operand2(!in_gate));
      result.push_back(next);
      QUANTA_TRY(const bool more, accept(","));
      if (!more) return result;
    } while (true);
  };
  if (is("barrier")) {
    QUANTA_CHECK(advance());
    Directive node{.name = "barrier"};
    QUANTA_TRY(node.operands, operand_list());
    QUANTA_CHECK(expect(";", "or \",\" behind the qubits"));
    return add(begin, std::move(node));
  }
  if (in_gate && (is("measure") || is("reset") || is("if"))) {
    return fault(begin, fmt::format("found \"{}\", expected a gate, barrier or \"}}\": a gate's "
                                    "body holds nothing else",
                                    current_.text));
  }
  if (is("measure")) {
    QUANTA_CHECK(advance());
    Measurement node;
    Expression measured{.kind = ExpressionKind::kMeasure, .at = begin};
    QUANTA_TRY(const ExpressionId qubits, operand2(true));
    measured.parts = {qubits};
    node.measure = add(std::move(measured));
    QUANTA_CHECK(expect("->", "and the bits for the outcome"));
    QUANTA_TRY(node.target, operand2(true));
    QUANTA_CHECK(expect(";"));
    return add(begin, node);
  }
  if (is("reset")) {
    QUANTA_CHECK(advance());
    QUANTA_TRY(const ExpressionId qubits, operand2(true));
    QUANTA_CHECK(expect(";"));
    return add(begin, Directive{.name = "reset", .operands = {qubits}});
  }
  GateCall node{.name_at = begin};
  if (is("U") || is("CX")) {
    node.name = current_.text;
    QUANTA_CHECK(advance());
  } else {
    if (!is_name()) return unexpected(in_gate ? "a gate, barrier or \"}\"" : "a statement");
    QUANTA_TRY(node.name, name("the name of a gate"));
  }
  if (is("(")) {
    QUANTA_CHECK(advance());
    node.parentheses = true;
    while (!is(")")) {
      QUANTA_TRY(const ExpressionId next, expression2(1));
      node.arguments.push_back(next);
      QUANTA_TRY(const bool more, accept(","));
      if (!more) break;
      if (is(")")) return unexpected("a value");
    }
    QUANTA_CHECK(expect(")", "behind the parameters"));
  }
  QUANTA_TRY(node.operands, operand_list());
  QUANTA_CHECK(expect(";", "or \",\" behind the qubits"));
  return add(begin, std::move(node));
}

Result<ExpressionId> Parser::operand2(bool indexed) {
  Expression base{.kind = ExpressionKind::kName, .at = current_.at};
  QUANTA_TRY(base.text, name(indexed ? "a register" : "a qubit of the gate"));
  const ExpressionId whole = add(std::move(base));
  if (!is("[")) return whole;
  if (!indexed) return fault(current_.at, "found \"[\": a gate's own qubits have no index");
  Expression node{.kind = ExpressionKind::kIndex, .at = current_.at};
  QUANTA_CHECK(advance());
  if (current_.kind != Token::Kind::kInteger) return unexpected("an index");
  const ExpressionId position = add(
      {.kind = ExpressionKind::kInteger, .at = current_.at, .text = std::string(current_.text)});
  QUANTA_CHECK(advance());
  QUANTA_CHECK(expect("]"));
  node.parts = {whole, position};
  return add(std::move(node));
}

/// 1: + and -; 2: * and /; 3: ^, which binds tighter than a sign before it (-2^2 is -4).
Result<ExpressionId> Parser::expression2(int least) {
  const Level level(*this);
  QUANTA_CHECK(check_depth());
  ExpressionId left = kNone;
  if (is("-") || is("+")) {
    Expression node{
        .kind = ExpressionKind::kUnary, .at = current_.at, .text = std::string(current_.text)};
    QUANTA_CHECK(advance());
    QUANTA_TRY(const ExpressionId operand, expression2(3));
    node.parts = {operand};
    left = add(std::move(node));
  } else {
    QUANTA_TRY(left, primary2());
  }
  while (true) {
    const int strength = is("+") || is("-") ? 1 : is("*") || is("/") ? 2 : is("^") ? 3 : 0;
    if (strength == 0 || strength < least) return left;
    Expression node{
        .kind = ExpressionKind::kBinary, .at = current_.at, .text = std::string(current_.text)};
    QUANTA_CHECK(advance());
    QUANTA_TRY(const ExpressionId right, expression2(strength == 3 ? 3 : strength + 1));
    node.parts = {left, right};
    left = add(std::move(node));
  }
}

Result<ExpressionId> Parser::primary2() {
  Expression node{.at = current_.at, .text = std::string(current_.text)};
  if (current_.kind == Token::Kind::kInteger || current_.kind == Token::Kind::kFloat) {
    node.kind =
        current_.kind == Token::Kind::kInteger ? ExpressionKind::kInteger : ExpressionKind::kFloat;
    QUANTA_CHECK(advance());
    return add(std::move(node));
  }
  if (is("(")) {
    QUANTA_CHECK(advance());
    QUANTA_TRY(const ExpressionId inside, expression2(1));
    QUANTA_CHECK(expect(")"));
    node.text.clear();
    node.kind = ExpressionKind::kParenthesis;
    node.parts = {inside};
    return add(std::move(node));
  }
  for (const std::string_view function : {"sin", "cos", "tan", "exp", "ln", "sqrt"}) {
    if (!is(function)) continue;
    QUANTA_CHECK(advance());
    QUANTA_CHECK(expect("(", "behind the function"));
    QUANTA_TRY(const ExpressionId argument, expression2(1));
    QUANTA_CHECK(expect(")"));
    node.kind = ExpressionKind::kCall;
    node.parts = {argument};
    return add(std::move(node));
  }
  if (!is("pi") && !is_name()) return unexpected("a value");
  QUANTA_CHECK(advance());
  node.kind = ExpressionKind::kName;
  return add(std::move(node));
}

}  // namespace quanta::quantum::openqasm
