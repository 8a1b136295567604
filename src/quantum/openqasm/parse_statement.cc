#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "quantum/openqasm/parser.h"

namespace quanta::quantum::openqasm {
namespace {

constexpr auto kAssignments = std::to_array<std::string_view>(
    {"=", "+=", "-=", "*=", "/=", "&=", "|=", "^=", "<<=", ">>=", "%=", "**="});

bool is_assignment(const Token& token) {
  return token.kind == Token::Kind::kSymbol &&
         std::ranges::find(kAssignments, token.text) != kAssignments.end();
}

}  // namespace

Result<std::vector<std::string>> Parser::annotations() {
  std::vector<std::string> result;
  while (is("@")) {
    const Position at = current_.at;
    const std::string_view text = lexer_.rest_of_line();
    const bool adjacent = text.data() == current_.text.data() + 1;
    const char first = text.empty() || !adjacent ? ' ' : text[0];
    if (!(first >= 'a' && first <= 'z') && !(first >= 'A' && first <= 'Z') && first != '_') {
      return fault(at, "found \"@\", expected the name of an annotation right behind it");
    }
    result.emplace_back(text);
    QUANTA_CHECK(advance());
    if (current_.kind == Token::Kind::kEnd || is("}")) {
      return unexpected("the statement that the annotation belongs to");
    }
  }
  return result;
}

Result<BlockId> Parser::block() {
  const Level level(*this);
  QUANTA_CHECK(check_depth());
  const Position open = current_.at;
  QUANTA_CHECK(expect("{"));
  Block result;
  while (!is("}")) {
    if (current_.kind == Token::Kind::kEnd) {
      return unexpected(fmt::format("\"}}\" for the \"{{\" of line {}", open.line));
    }
    QUANTA_TRY(const StatementId next, statement());
    result.statements.push_back(next);
  }
  QUANTA_CHECK(advance());
  syntax_.blocks.push_back(std::move(result));
  return static_cast<BlockId>(syntax_.blocks.size() - 1);
}

Result<BlockId> Parser::block_or_statement() {
  if (is("{")) return block();
  const Level level(*this);
  QUANTA_CHECK(check_depth());
  if (is(";")) return unexpected("a statement or a block");
  QUANTA_TRY(const StatementId only, statement());
  syntax_.blocks.push_back({.braces = false, .statements = {only}});
  return static_cast<BlockId>(syntax_.blocks.size() - 1);
}

Result<StatementId> Parser::statement() {
  QUANTA_TRY(std::vector<std::string> notes, annotations());
  const Position at = current_.at;
  const auto parsed = [&]() -> Result<StatementId> {
    if (is("{")) {
      QUANTA_TRY(const BlockId body, block());
      return add(at, Scope{body});
    }
    if (current_.kind != Token::Kind::kName || is_name()) return statement_with_name();
    if (is("pragma") || is("#pragma")) {
      Pragma node{std::string(lexer_.rest_of_line())};
      QUANTA_CHECK(advance());
      return add(at, std::move(node));
    }
    if (is("include")) {
      QUANTA_CHECK(advance());
      if (current_.kind != Token::Kind::kString) return unexpected("the name of a file in quotes");
      Include node{std::string(current_.text.substr(1, current_.text.size() - 2))};
      QUANTA_CHECK(advance());
      QUANTA_CHECK(expect(";"));
      return add(at, std::move(node));
    }
    if (is("const") || is("input") || is("output")) {
      std::string qualifier(current_.text);
      QUANTA_CHECK(advance());
      return declaration(std::move(qualifier));
    }
    if (at_type() || is("qubit")) return declaration({});
    if (is("creg") || is("qreg")) return old_style_declaration();
    if (is("let")) {
      QUANTA_CHECK(advance());
      AliasDeclaration node;
      QUANTA_TRY(node.name, name("the name of the alias"));
      QUANTA_CHECK(expect("="));
      QUANTA_TRY(node.value, expression());
      if (is("++")) {
        Expression whole{
            .kind = ExpressionKind::kConcatenation, .at = current_.at, .parts = {node.value}};
        while (is("++")) {
          QUANTA_CHECK(advance());
          QUANTA_TRY(const ExpressionId next, expression());
          whole.parts.push_back(next);
        }
        node.value = add(std::move(whole));
      }
      QUANTA_CHECK(expect(";"));
      return add(at, std::move(node));
    }
    if (is("gate")) return gate_definition();
    if (is("def")) return subroutine();
    if (is("extern")) return extern_declaration();
    if (is("cal") || is("defcal") || is("defcalgrammar")) return calibration();
    if (is("gphase") || is("inv") || is("ctrl") || is("negctrl") || is("pow")) return gate_call();
    if (is("measure")) return measurement();
    if (is("reset") || is("barrier") || is("delay") || is("nop")) return directive();
    if (is("box")) {
      QUANTA_CHECK(advance());
      Box node;
      if (is("[")) {
        QUANTA_TRY(node.duration, designator());
      }
      QUANTA_TRY(node.body, block());
      return add(at, node);
    }
    if (is("if")) return if_statement();
    if (is("for")) return for_statement();
    if (is("while")) {
      QUANTA_CHECK(advance());
      While node;
      QUANTA_CHECK(expect("(", "behind \"while\""));
      QUANTA_TRY(node.condition, expression());
      QUANTA_CHECK(expect(")"));
      QUANTA_TRY(node.body, block_or_statement());
      return add(at, node);
    }
    if (is("switch")) return switch_statement();
    if (is("break") || is("continue") || is("end")) {
      Jump node{std::string(current_.text)};
      QUANTA_CHECK(advance());
      QUANTA_CHECK(expect(";"));
      return add(at, std::move(node));
    }
    if (is("return")) {
      QUANTA_CHECK(advance());
      Return node;
      if (!is(";")) {
        QUANTA_TRY(node.value, value());
      }
      QUANTA_CHECK(expect(";"));
      return add(at, node);
    }
    if (is("true") || is("false") || is("durationof")) {
      QUANTA_TRY(const ExpressionId value, expression());
      return statement_of(at, value);
    }
    return unexpected("a statement");
  }();
  if (!parsed) return parsed;
  syntax_.statements[*parsed].annotations = std::move(notes);
  return parsed;
}

Result<StatementId> Parser::statement_of(Position at, ExpressionId value) {
  QUANTA_CHECK(expect(";"));
  return add(at, ExpressionStatement{value});
}

/// What begins with a type: a declaration, or a cast that stands alone.
Result<StatementId> Parser::declaration(std::string qualifier) {
  const Position begin = current_.at;
  if (is("qubit")) {
    if (!qualifier.empty()) return unexpected("a classical type");
    QubitDeclaration node;
    TypeSyntax type{.name = "qubit", .at = begin};
    QUANTA_CHECK(advance());
    if (is("[")) {
      QUANTA_TRY(type.size, designator());
    }
    syntax_.types.push_back(std::move(type));
    node.type = static_cast<TypeId>(syntax_.types.size() - 1);
    QUANTA_TRY(node.name, name("the name of the qubits"));
    QUANTA_CHECK(expect(";"));
    return add(begin, std::move(node));
  }
  if (!at_type()) return unexpected("a type");
  ClassicalDeclaration node{.qualifier = std::move(qualifier)};
  if (node.qualifier == "const" && is("array")) return unexpected("a scalar type");
  QUANTA_TRY(node.type, type());
  if (node.qualifier.empty() && is("(")) {
    Expression cast{.kind = ExpressionKind::kCast, .at = begin, .type = node.type};
    QUANTA_CHECK(advance());
    QUANTA_TRY(const ExpressionId inside, expression());
    QUANTA_CHECK(expect(")"));
    cast.parts = {inside};
    QUANTA_TRY(const ExpressionId whole, postfix(add(std::move(cast))));
    QUANTA_TRY(const ExpressionId value, binary(1, whole));
    return statement_of(begin, value);
  }
  QUANTA_TRY(node.name, name("the name of the variable"));
  const bool io = node.qualifier == "input" || node.qualifier == "output";
  if (is("[")) {
    return fault(current_.at,
                 fmt::format("found \"[\": the size stands behind the type, as {}[n] {}",
                             syntax_.types[node.type].name, node.name));
  }
  if (node.qualifier == "const" && !is("="))
    return unexpected("\"=\" and the value of the constant");
  if (!io && is("=")) {
    QUANTA_CHECK(advance());
    QUANTA_TRY(node.value, initial_value());
  }
  QUANTA_CHECK(expect(";"));
  return add(begin, std::move(node));
}

Result<StatementId> Parser::old_style_declaration() {
  const Position begin = current_.at;
  TypeSyntax type{.name = std::string(current_.text), .at = begin};
  QUANTA_CHECK(advance());
  QUANTA_TRY(std::string declared,
             name(type.name == "qreg" ? "the name of the qubits" : "the name of the bits"));
  if (is("[")) {
    QUANTA_TRY(type.size, designator());
  }
  QUANTA_CHECK(expect(";"));
  const bool quantum = type.name == "qreg";
  syntax_.types.push_back(std::move(type));
  const auto id = static_cast<TypeId>(syntax_.types.size() - 1);
  if (quantum) return add(begin, QubitDeclaration{.type = id, .name = std::move(declared)});
  return add(begin, ClassicalDeclaration{.type = id, .name = std::move(declared)});
}

Result<StatementId> Parser::gate_definition() {
  const Position begin = current_.at;
  QUANTA_CHECK(expect("gate"));
  GateDefinition node;
  QUANTA_TRY(node.name, name("the name of the gate"));
  const auto names = [&](std::string_view end, std::string_view what, std::vector<std::string>& to,
                         std::vector<Position>& positions) {
    return list(end, [&]() -> Result<void> {
      positions.push_back(current_.at);
      QUANTA_TRY(std::string next, name(what));
      to.push_back(std::move(next));
      return {};
    });
  };
  if (is("(")) {
    QUANTA_CHECK(advance());
    node.parentheses = true;
    if (!is(")")) {
      QUANTA_CHECK(
          names(")", "the name of a parameter", node.parameters, node.parameter_positions));
    }
    QUANTA_CHECK(expect(")"));
  }
  QUANTA_CHECK(names("{", "the name of a qubit", node.qubits, node.qubit_positions));
  QUANTA_TRY(node.body, block());
  return add(begin, std::move(node));
}

Result<StatementId> Parser::subroutine() {
  const Position begin = current_.at;
  QUANTA_CHECK(expect("def"));
  Subroutine node;
  QUANTA_TRY(node.name, name("the name of the subroutine"));
  QUANTA_CHECK(expect("(", "behind the name of the subroutine"));
  if (!is(")")) {
    QUANTA_CHECK(list(")", [&]() -> Result<void> {
      QUANTA_TRY(Parameter next, parameter());
      node.parameters.push_back(std::move(next));
      return {};
    }));
  }
  QUANTA_CHECK(expect(")"));
  if (is("->")) {
    QUANTA_CHECK(advance());
    QUANTA_TRY(node.result, scalar_type());
  }
  QUANTA_TRY(node.body, block());
  return add(begin, std::move(node));
}

Result<StatementId> Parser::extern_declaration() {
  const Position begin = current_.at;
  QUANTA_CHECK(expect("extern"));
  ExternDeclaration node;
  QUANTA_TRY(node.name, name("the name of the function"));
  QUANTA_CHECK(expect("("));
  if (!is(")")) {
    const auto parameter_type = [&]() -> Result<void> {
      TypeId next = kNone;
      if (is("readonly") || is("mutable")) {
        std::string access(current_.text);
        QUANTA_CHECK(advance());
        QUANTA_TRY(next, array_type(std::move(access)));
      } else if (is("creg")) {
        TypeSyntax type{.name = "creg", .at = current_.at};
        QUANTA_CHECK(advance());
        if (is("[")) {
          QUANTA_TRY(type.size, designator());
        }
        syntax_.types.push_back(std::move(type));
        next = static_cast<TypeId>(syntax_.types.size() - 1);
      } else {
        QUANTA_TRY(next, scalar_type());
      }
      node.parameters.push_back(next);
      return {};
    };
    QUANTA_CHECK(list(")", parameter_type));
  }
  QUANTA_CHECK(expect(")"));
  if (is("->")) {
    QUANTA_CHECK(advance());
    QUANTA_TRY(node.result, scalar_type());
  }
  QUANTA_CHECK(expect(";"));
  return add(begin, std::move(node));
}

/// The head is checked, the body is not looked at; the text is kept as it is.
Result<StatementId> Parser::calibration() {
  const Position begin = current_.at;
  const char* const from = current_.text.data();
  const auto written = [&](const char* end) {
    return Calibration{std::string(from, static_cast<std::size_t>(end - from))};
  };
  if (is("defcalgrammar")) {
    QUANTA_CHECK(advance());
    if (current_.kind != Token::Kind::kString) return unexpected("the name of a grammar in quotes");
    QUANTA_CHECK(advance());
    const char* const end = current_.text.data() + 1;
    QUANTA_CHECK(expect(";"));
    return add(begin, written(end));
  }
  if (is("cal")) {
    QUANTA_CHECK(advance());
  } else {
    QUANTA_CHECK(advance());
    if (!is_name() && !is("measure") && !is("reset") && !is("delay")) {
      return unexpected("the name of what is calibrated");
    }
    QUANTA_CHECK(advance());
    if (is("(")) {
      QUANTA_CHECK(advance());
      if (!is(")")) {
        const auto parameter_or_value = [&]() -> Result<void> {
          if (is("readonly") || is("mutable") || is("qubit") || is("creg") || is("qreg")) {
            QUANTA_TRY([[maybe_unused]] const Parameter next, parameter());
            return {};
          }
          if (!at_type()) {
            QUANTA_TRY([[maybe_unused]] const ExpressionId next, expression());
            return {};
          }
          // A type begins a parameter or a cast.
          Expression cast{.kind = ExpressionKind::kCast, .at = current_.at};
          QUANTA_TRY(cast.type, type());
          if (!is("(")) {
            QUANTA_TRY([[maybe_unused]] const std::string next, name("the name of a parameter"));
            return {};
          }
          QUANTA_CHECK(advance());
          QUANTA_TRY(const ExpressionId inside, expression());
          QUANTA_CHECK(expect(")"));
          cast.parts = {inside};
          QUANTA_TRY(const ExpressionId whole, postfix(add(std::move(cast))));
          QUANTA_TRY([[maybe_unused]] const ExpressionId next, binary(1, whole));
          return {};
        };
        QUANTA_CHECK(list(")", parameter_or_value));
      }
      QUANTA_CHECK(expect(")"));
    }
    const auto qubit = [&]() -> Result<void> {
      if (!at_operand()) return unexpected("a qubit");
      return advance();
    };
    QUANTA_CHECK(list("{", qubit));
    if (is("->")) {
      QUANTA_CHECK(advance());
      QUANTA_TRY([[maybe_unused]] const TypeId result, scalar_type());
    }
  }
  if (!is("{")) return unexpected("\"{\"");
  QUANTA_TRY(const std::string_view body, lexer_.rest_of_block(current_.at));
  Calibration node = written(body.data() + body.size() + 1);
  QUANTA_CHECK(advance());
  return add(begin, std::move(node));
}

Result<StatementId> Parser::gate_call() {
  const Position begin = current_.at;
  GateCall node;
  while (is("inv") || is("pow") || is("ctrl") || is("negctrl")) {
    Modifier modifier{.name = std::string(current_.text), .at = current_.at};
    QUANTA_CHECK(advance());
    if (modifier.name == "inv" && is("(")) return unexpected("\"@\"; inv takes no number");
    if (modifier.name == "pow" && !is("(")) return unexpected("\"(\" and the exponent of pow");
    if (is("(")) {
      QUANTA_CHECK(advance());
      QUANTA_TRY(modifier.argument, expression());
      QUANTA_CHECK(expect(")"));
    }
    QUANTA_CHECK(expect("@", fmt::format("behind \"{}\"", modifier.name)));
    node.modifiers.push_back(std::move(modifier));
  }
  node.name_at = current_.at;
  if (is("gphase")) {
    node.name = current_.text;
    QUANTA_CHECK(advance());
  } else {
    QUANTA_TRY(node.name, name("the name of a gate"));
  }
  if (is("(")) {
    QUANTA_TRY(const ExpressionId arguments, call(node.name_at, node.name));
    node.arguments = at(arguments).parts;
    node.parentheses = true;
  }
  return gate_call_behind_name(begin, std::move(node));
}

/// The designator and the operands.
Result<StatementId> Parser::gate_call_behind_name(Position begin, GateCall node) {
  if (is("[")) {
    QUANTA_TRY(node.duration, designator());
  }
  if (!(node.name == "gphase" && is(";"))) {
    QUANTA_TRY(node.operands, operands());
  }
  QUANTA_CHECK(expect(";", "or \",\" behind the qubits"));
  return add(begin, std::move(node));
}

/// A gate call, an assignment, or an expression that stands alone.
Result<StatementId> Parser::statement_with_name() {
  const Position begin = current_.at;
  if (!is_name()) {
    const bool value =
        current_.kind != Token::Kind::kSymbol || is("(") || is("-") || is("~") || is("!");
    if (!value || current_.kind == Token::Kind::kEnd) return unexpected("a statement");
    QUANTA_TRY(const ExpressionId whole, expression());
    return statement_of(begin, whole);
  }
  std::string first(current_.text);
  QUANTA_CHECK(advance());
  if (is("@")) {
    return fault(
        current_.at,
        fmt::format("found \"@\": \"{}\" is no modifier; inv, pow, ctrl and negctrl are", first));
  }
  if (at_operand()) {
    return gate_call_behind_name(begin, {.name = std::move(first), .name_at = begin});
  }
  ExpressionId whole = kNone;
  if (is("(")) {
    QUANTA_TRY(whole, call(begin, first));
  } else {
    whole = add({.kind = ExpressionKind::kName, .at = begin, .text = first});
  }
  const ExpressionId callee = whole;
  QUANTA_TRY(whole, postfix(whole));
  if (at_operand()) {
    GateCall node{.name = std::move(first), .name_at = begin};
    if (at(callee).kind == ExpressionKind::kCall) {
      node.parentheses = true;
      node.arguments = at(callee).parts;
    }
    if (whole != callee) {
      const Expression& indexed = at(whole);
      if (indexed.parts[0] != callee || indexed.parts.size() != 2 ||
          at(indexed.parts[1]).kind == ExpressionKind::kRange ||
          at(indexed.parts[1]).kind == ExpressionKind::kSet) {
        return unexpected("\";\"");
      }
      node.duration = indexed.parts[1];
    }
    return gate_call_behind_name(begin, std::move(node));
  }
  if (is_assignment(current_)) {
    if (at(callee).kind == ExpressionKind::kCall) {
      return unexpected("\";\"; a call cannot be assigned to");
    }
    Assignment node{.target = whole, .op = std::string(current_.text)};
    QUANTA_CHECK(advance());
    QUANTA_TRY(node.value, value());
    QUANTA_CHECK(expect(";"));
    return add(begin, std::move(node));
  }
  QUANTA_TRY(const ExpressionId value, binary(1, whole));
  return statement_of(begin, value);
}

Result<StatementId> Parser::measurement() {
  const Position begin = current_.at;
  Measurement node;
  QUANTA_TRY(node.measure, measure());
  if (is("->")) {
    QUANTA_CHECK(advance());
    const Position at = current_.at;
    QUANTA_TRY(std::string target, name("the bits for the outcome"));
    QUANTA_TRY(node.target,
               postfix(add({.kind = ExpressionKind::kName, .at = at, .text = std::move(target)})));
  }
  QUANTA_CHECK(expect(";", "behind the measurement"));
  return add(begin, node);
}

Result<StatementId> Parser::directive() {
  const Position begin = current_.at;
  Directive node{.name = std::string(current_.text)};
  QUANTA_CHECK(advance());
  if (node.name == "delay") {
    QUANTA_TRY(node.duration, designator());
  }
  if (node.name == "reset") {
    QUANTA_TRY(const ExpressionId only, operand());
    node.operands = {only};
  } else if (!is(";")) {
    QUANTA_TRY(node.operands, operands());
  }
  QUANTA_CHECK(expect(";"));
  return add(begin, std::move(node));
}

Result<StatementId> Parser::if_statement() {
  const Position begin = current_.at;
  QUANTA_CHECK(expect("if"));
  If node;
  QUANTA_CHECK(expect("(", "behind \"if\""));
  QUANTA_TRY(node.condition, expression());
  QUANTA_CHECK(expect(")"));
  QUANTA_TRY(node.then, block_or_statement());
  if (is("else")) {
    QUANTA_CHECK(advance());
    QUANTA_TRY(node.otherwise, block_or_statement());
  }
  return add(begin, node);
}

Result<StatementId> Parser::for_statement() {
  const Position begin = current_.at;
  QUANTA_CHECK(expect("for"));
  For node;
  if (!at_type()) return unexpected("the type of the loop's variable");
  QUANTA_TRY(node.type, scalar_type());
  QUANTA_TRY(node.name, name("the name of the loop's variable"));
  QUANTA_CHECK(expect("in", "behind the loop's variable"));
  if (is("[")) {
    const Position open = current_.at;
    QUANTA_CHECK(advance());
    QUANTA_TRY(node.values, range_or_expression());
    if (at(node.values).kind != ExpressionKind::kRange) {
      return fault(open, "found \"[\", expected a range as [0:3] or [0:2:6]");
    }
    QUANTA_CHECK(expect("]", "behind the range"));
  } else if (is("{")) {
    QUANTA_TRY(node.values, set());
  } else {
    QUANTA_TRY(node.values, expression());
    if (is(":")) return unexpected("the loop's body; a range is written in [ ]");
  }
  QUANTA_TRY(node.body, block_or_statement());
  return add(begin, std::move(node));
}

Result<StatementId> Parser::switch_statement() {
  const Position begin = current_.at;
  QUANTA_CHECK(expect("switch"));
  Switch node;
  QUANTA_CHECK(expect("(", "behind \"switch\""));
  QUANTA_TRY(node.value, expression());
  QUANTA_CHECK(expect(")"));
  QUANTA_CHECK(expect("{"));
  bool has_default = false;
  while (!is("}")) {
    SwitchCase next;
    const Position at = current_.at;
    if (is("default")) {
      if (has_default) return fault(at, "found a second \"default\", expected one at most");
      has_default = next.is_default = true;
      QUANTA_CHECK(advance());
    } else {
      QUANTA_CHECK(expect("case"));
      QUANTA_CHECK(list("{", [&]() -> Result<void> {
        QUANTA_TRY(const ExpressionId value, expression());
        next.values.push_back(value);
        return {};
      }));
    }
    QUANTA_TRY(next.body, block());
    node.cases.push_back(std::move(next));
  }
  QUANTA_CHECK(advance());
  return add(begin, std::move(node));
}

}  // namespace quanta::quantum::openqasm
