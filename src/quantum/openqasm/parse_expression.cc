#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "quantum/openqasm/parser.h"

namespace quanta::quantum::openqasm {
namespace {

/// How tightly an operator of OpenQASM 3 binds; 0: it is none.
int strength(std::string_view op) {
  struct Entry {
    std::string_view op;
    int strength;
  };
  constexpr auto kTable = std::to_array<Entry>({{"||", 1},
                                                {"&&", 2},
                                                {"|", 3},
                                                {"^", 4},
                                                {"&", 5},
                                                {"==", 6},
                                                {"!=", 6},
                                                {"<", 7},
                                                {"<=", 7},
                                                {">", 7},
                                                {">=", 7},
                                                {"<<", 8},
                                                {">>", 8},
                                                {"+", 9},
                                                {"-", 9},
                                                {"*", 10},
                                                {"/", 10},
                                                {"%", 10},
                                                {"**", 12}});
  const auto* const found = std::ranges::find(kTable, op, &Entry::op);
  return found == kTable.end() ? 0 : found->strength;
}
constexpr int kPower = 12;  // binds tighter than a sign before it: -2**2 is -4

constexpr auto kScalarTypes = std::to_array<std::string_view>(
    {"bit", "int", "uint", "float", "angle", "bool", "complex", "duration", "stretch"});

bool is_scalar_type(const Token& token) {
  return token.kind == Token::Kind::kName &&
         std::ranges::find(kScalarTypes, token.text) != kScalarTypes.end();
}

}  // namespace

Result<ExpressionId> Parser::expression() { return binary(1); }

Result<ExpressionId> Parser::binary(int least, ExpressionId left) {
  const Level level(*this);
  QUANTA_CHECK(check_depth());
  if (left == kNone) {
    QUANTA_TRY(left, unary());
  }
  while (true) {
    const int found = current_.kind == Token::Kind::kSymbol ? strength(current_.text) : 0;
    if (found == 0 || found < least) return left;
    Expression node{
        .kind = ExpressionKind::kBinary, .at = current_.at, .text = std::string(current_.text)};
    QUANTA_CHECK(advance());
    // ** goes from right to left, all others from left to right.
    QUANTA_TRY(const ExpressionId right, binary(found == kPower ? found : found + 1));
    node.parts = {left, right};
    left = add(std::move(node));
  }
}

Result<ExpressionId> Parser::unary() {
  if (is("-") || is("~") || is("!")) {
    Expression node{
        .kind = ExpressionKind::kUnary, .at = current_.at, .text = std::string(current_.text)};
    QUANTA_CHECK(advance());
    QUANTA_TRY(const ExpressionId operand, binary(kPower));
    node.parts = {operand};
    return add(std::move(node));
  }
  QUANTA_TRY(const ExpressionId operand, primary());
  return postfix(operand);
}

Result<ExpressionId> Parser::postfix(ExpressionId operand) {
  while (is("[")) {
    QUANTA_TRY(operand, index(operand));
  }
  return operand;
}

Result<ExpressionId> Parser::index(ExpressionId indexed) {
  Expression node{.kind = ExpressionKind::kIndex, .at = current_.at, .parts = {indexed}};
  QUANTA_CHECK(expect("["));
  if (is("{")) {
    QUANTA_TRY(const ExpressionId members, set());
    node.parts.push_back(members);
  } else {
    QUANTA_CHECK(list("]", [&]() -> Result<void> {
      QUANTA_TRY(const ExpressionId part, range_or_expression());
      node.parts.push_back(part);
      return {};
    }));
  }
  QUANTA_CHECK(expect("]", "behind the index"));
  return add(std::move(node));
}

Result<ExpressionId> Parser::range_or_expression() {
  const Position begin = current_.at;
  ExpressionId first = kNone;
  if (!is(":")) {
    QUANTA_TRY(first, expression());
    if (!is(":")) return first;
  }
  Expression node{.kind = ExpressionKind::kRange, .at = begin};
  QUANTA_CHECK(expect(":"));
  ExpressionId second = kNone;
  if (!is("]") && !is(",") && !is(":")) {
    QUANTA_TRY(second, expression());
  }
  if (!is(":")) {
    node.parts = {first, kNone, second};
    return add(std::move(node));
  }
  QUANTA_CHECK(advance());
  ExpressionId third = kNone;
  if (!is("]") && !is(",")) {
    QUANTA_TRY(third, expression());
  }
  node.parts = {first, second, third};
  return add(std::move(node));
}

Result<ExpressionId> Parser::set() {
  const Level level(*this);
  QUANTA_CHECK(check_depth());
  Expression node{.kind = ExpressionKind::kSet, .at = current_.at};
  QUANTA_CHECK(expect("{"));
  QUANTA_CHECK(list("}", [&]() -> Result<void> {
    QUANTA_TRY(const ExpressionId member, is("{") ? set() : expression());
    node.parts.push_back(member);
    return {};
  }));
  QUANTA_CHECK(expect("}", "behind the last member"));
  return add(std::move(node));
}

Result<ExpressionId> Parser::value() {
  if (is("measure")) return measure();
  return expression();
}

Result<ExpressionId> Parser::initial_value() {
  if (is("{")) return set();
  return value();
}

Result<ExpressionId> Parser::measure() {
  Expression node{.kind = ExpressionKind::kMeasure, .at = current_.at};
  QUANTA_CHECK(expect("measure"));
  QUANTA_TRY(const ExpressionId measured, operand());
  node.parts = {measured};
  return add(std::move(node));
}

Result<ExpressionId> Parser::operand() {
  if (!at_operand()) return unexpected("a qubit");
  const bool hardware = current_.kind == Token::Kind::kHardwareQubit;
  const ExpressionId base =
      add({.kind = ExpressionKind::kName, .at = current_.at, .text = std::string(current_.text)});
  QUANTA_CHECK(advance());
  if (hardware) return base;
  return postfix(base);
}

Result<std::vector<ExpressionId>> Parser::operands() {
  std::vector<ExpressionId> result;
  QUANTA_CHECK(list(";", [&]() -> Result<void> {
    QUANTA_TRY(const ExpressionId next, operand());
    result.push_back(next);
    return {};
  }));
  return result;
}

Result<ExpressionId> Parser::designator() {
  QUANTA_CHECK(expect("["));
  QUANTA_TRY(const ExpressionId size, expression());
  QUANTA_CHECK(expect("]"));
  return size;
}

Result<ExpressionId> Parser::call(Position at, std::string callee) {
  Expression node{.kind = ExpressionKind::kCall, .at = at, .text = std::move(callee)};
  QUANTA_CHECK(expect("("));
  if (!is(")")) {
    QUANTA_CHECK(list(")", [&]() -> Result<void> {
      QUANTA_TRY(const ExpressionId argument, expression());
      node.parts.push_back(argument);
      return {};
    }));
  }
  QUANTA_CHECK(expect(")", "behind the arguments"));
  return add(std::move(node));
}

Result<ExpressionId> Parser::primary() {
  Expression node{.at = current_.at, .text = std::string(current_.text)};
  switch (current_.kind) {
    case Token::Kind::kInteger:
      node.kind = ExpressionKind::kInteger;
      break;
    case Token::Kind::kFloat:
      node.kind = ExpressionKind::kFloat;
      break;
    case Token::Kind::kImaginary:
    case Token::Kind::kDuration:
      node.kind = current_.kind == Token::Kind::kDuration ? ExpressionKind::kDuration
                                                          : ExpressionKind::kImaginary;
      std::erase_if(node.text, [](char c) { return c == ' ' || c == '\t'; });
      break;
    case Token::Kind::kHardwareQubit:
      node.kind = ExpressionKind::kName;
      break;
    case Token::Kind::kString: {
      const std::string_view inside = current_.text.substr(1, current_.text.size() - 2);
      bool digit_before = false;
      for (const char c : inside) {
        const bool digit = c == '0' || c == '1';
        if (!digit && !(c == '_' && digit_before))
          return unexpected("a value; a string of bits as \"0101\" is one");
        digit_before = digit;
      }
      if (!digit_before || current_.text[0] != '"') {
        return unexpected("a value; a string of bits as \"0101\" is one");
      }
      node.kind = ExpressionKind::kBits;
      break;
    }
    case Token::Kind::kEnd:
      return unexpected("a value");
    case Token::Kind::kSymbol: {
      if (!is("(")) return unexpected("a value");
      QUANTA_CHECK(advance());
      QUANTA_TRY(const ExpressionId inside, expression());
      QUANTA_CHECK(expect(")"));
      return add({.kind = ExpressionKind::kParenthesis, .at = node.at, .parts = {inside}});
    }
    case Token::Kind::kName: {
      if (is("true") || is("false")) {
        node.kind = ExpressionKind::kBoolean;
        break;
      }
      if (at_type()) {
        QUANTA_TRY(node.type, type());
        node.kind = ExpressionKind::kCast;
        node.text.clear();
        QUANTA_CHECK(expect("(", "behind the type of a cast"));
        QUANTA_TRY(const ExpressionId inside, expression());
        QUANTA_CHECK(expect(")"));
        node.parts = {inside};
        return add(std::move(node));
      }
      if (is("durationof")) {
        QUANTA_CHECK(advance());
        QUANTA_CHECK(expect("("));
        QUANTA_TRY(node.block, block());
        QUANTA_CHECK(expect(")"));
        node.kind = ExpressionKind::kDurationOf;
        node.text.clear();
        return add(std::move(node));
      }
      if (is("measure")) {
        return fault(current_.at,
                     "found \"measure\", expected a value; a measurement stands alone behind =");
      }
      if (!is_name() && !is("pow")) return unexpected("a value");
      QUANTA_CHECK(advance());
      if (is("(")) return call(node.at, std::move(node.text));
      if (node.text == "pow") return unexpected("\"(\"");
      node.kind = ExpressionKind::kName;
      return add(std::move(node));
    }
  }
  QUANTA_CHECK(advance());
  return add(std::move(node));
}

bool Parser::at_type() const { return is_scalar_type(current_) || is("array"); }

Result<TypeId> Parser::type() { return is("array") ? array_type({}) : scalar_type(); }

Result<TypeId> Parser::scalar_type() {
  const Level level(*this);
  QUANTA_CHECK(check_depth());
  if (!is_scalar_type(current_)) return unexpected("a type");
  TypeSyntax node{.name = std::string(current_.text), .at = current_.at};
  QUANTA_CHECK(advance());
  if (is("[") && node.name == "complex") {
    QUANTA_CHECK(advance());
    QUANTA_TRY(node.element, scalar_type());
    const std::string& inner = syntax_.types[node.element].name;
    if (inner != "float") {
      return fault(syntax_.types[node.element].at,
                   fmt::format("complex[{}]: expected complex[float] or complex[float[n]]", inner));
    }
    QUANTA_CHECK(expect("]"));
  } else if (is("[")) {
    if (node.name == "bool" || node.name == "duration" || node.name == "stretch") {
      return fault(current_.at, fmt::format("found \"[\": {} has no size", node.name));
    }
    QUANTA_TRY(node.size, designator());
  }
  syntax_.types.push_back(std::move(node));
  return static_cast<TypeId>(syntax_.types.size() - 1);
}

Result<TypeId> Parser::array_type(std::string access) {
  TypeSyntax node{.name = "array", .at = current_.at, .access = std::move(access)};
  QUANTA_CHECK(expect("array"));
  QUANTA_CHECK(expect("[", "behind \"array\""));
  QUANTA_TRY(node.element, scalar_type());
  if (syntax_.types[node.element].name == "bit" || syntax_.types[node.element].name == "stretch") {
    return fault(syntax_.types[node.element].at,
                 fmt::format("an array of {} is not possible", syntax_.types[node.element].name));
  }
  QUANTA_CHECK(expect(",", "and the sizes of the array"));
  if (!node.access.empty() && is("#dim")) {
    QUANTA_CHECK(advance());
    QUANTA_CHECK(expect("="));
    QUANTA_TRY(node.n_dimensions, expression());
  } else {
    QUANTA_CHECK(list("]", [&]() -> Result<void> {
      QUANTA_TRY(const ExpressionId size, expression());
      node.dimensions.push_back(size);
      return {};
    }));
  }
  QUANTA_CHECK(expect("]"));
  syntax_.types.push_back(std::move(node));
  return static_cast<TypeId>(syntax_.types.size() - 1);
}

Result<Parameter> Parser::parameter() {
  Parameter result;
  if (is("readonly") || is("mutable")) {
    std::string access(current_.text);
    QUANTA_CHECK(advance());
    QUANTA_TRY(result.type, array_type(std::move(access)));
  } else if (is("qubit") || is("creg") || is("qreg")) {
    TypeSyntax node{.name = std::string(current_.text), .at = current_.at};
    QUANTA_CHECK(advance());
    if (node.name == "qubit" && is("[")) {
      QUANTA_TRY(node.size, designator());
    }
    syntax_.types.push_back(std::move(node));
    result.type = static_cast<TypeId>(syntax_.types.size() - 1);
  } else {
    QUANTA_TRY(result.type, scalar_type());
  }
  result.at = current_.at;
  QUANTA_TRY(result.name, name("the name of a parameter"));
  const std::string type = syntax_.types[result.type].name;
  if ((type == "creg" || type == "qreg") && is("[")) {
    QUANTA_TRY(const ExpressionId size, designator());
    syntax_.types[result.type].size = size;
  }
  return result;
}

}  // namespace quanta::quantum::openqasm
