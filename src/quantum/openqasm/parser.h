/// Recursive descent over the tokens of both versions. Inside the folder only; the door is parse in
/// program.h. What a function does is the grammar rule it is named after.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "quantum/openqasm/lexer.h"
#include "quantum/openqasm/syntax.h"

namespace quanta::quantum::openqasm {

class Parser {
 public:
  Parser(std::string_view text, std::string_view file)
      : text_(text), lexer_(text, std::string(file)) {
    syntax_.file = file;
  }

  /// The whole text.
  Result<Syntax> program();
  /// The text as one expression or array literal and nothing behind it.
  Result<Syntax> single_expression();

 private:
  // Tokens.
  Result<void> advance();
  bool is(std::string_view symbol_or_keyword) const { return current_.is(symbol_or_keyword); }
  Result<bool> accept(std::string_view symbol_or_keyword);
  Result<void> expect(std::string_view symbol_or_keyword, std::string_view purpose = {});
  bool is_name() const;
  /// A name that is no keyword.
  Result<std::string> name(std::string_view what);
  std::unexpected<Error> unexpected(std::string_view wanted) const;
  std::unexpected<Error> fault(Position at, std::string message) const {
    return error_at(syntax_.file, at, std::move(message));
  }
  /// A list with commas, which may end with one. The first item is there.
  template <class Item>
  Result<void> list(std::string_view end, const Item& item);

  // Nodes.
  ExpressionId add(Expression expression);
  StatementId add(Position at, decltype(Statement::node) node);
  const Expression& at(ExpressionId id) const { return syntax_.expressions[id]; }

  // Expressions (parse_expression.cc).
  Result<ExpressionId> expression();
  /// From binding strength `least` on; `left` is what has been read already, kNone: nothing.
  Result<ExpressionId> binary(int least, ExpressionId left = kNone);
  Result<ExpressionId> unary();
  Result<ExpressionId> postfix(ExpressionId operand);
  Result<ExpressionId> primary();
  Result<ExpressionId> call(Position at, std::string callee);
  Result<ExpressionId> index(ExpressionId indexed);
  Result<ExpressionId> range_or_expression();
  Result<ExpressionId> set();
  Result<ExpressionId> value();          ///< an expression or a measurement
  Result<ExpressionId> initial_value();  ///< the same or an array literal
  Result<ExpressionId> measure();
  Result<ExpressionId> operand();
  Result<std::vector<ExpressionId>> operands();
  Result<ExpressionId> designator();
  bool at_operand() const { return is_name() || current_.kind == Token::Kind::kHardwareQubit; }

  // Types (parse_expression.cc).
  bool at_type() const;
  Result<TypeId> scalar_type();
  Result<TypeId> array_type(std::string access);
  Result<TypeId> type();
  Result<Parameter> parameter();

  // Statements of OpenQASM 3 (parse_statement.cc).
  Result<StatementId> statement();
  Result<BlockId> block();               ///< in braces
  Result<BlockId> block_or_statement();  ///< as bodies of if, for and while
  Result<StatementId> declaration(std::string qualifier);
  Result<StatementId> old_style_declaration();
  Result<StatementId> gate_definition();
  Result<StatementId> subroutine();
  Result<StatementId> extern_declaration();
  Result<StatementId> calibration();
  Result<StatementId> gate_call();
  Result<StatementId> gate_call_behind_name(Position at, GateCall call);
  Result<StatementId> statement_with_name();
  Result<StatementId> statement_of(Position at, ExpressionId value);
  Result<StatementId> measurement();
  Result<StatementId> directive();
  Result<StatementId> if_statement();
  Result<StatementId> for_statement();
  Result<StatementId> switch_statement();
  Result<std::vector<std::string>> annotations();

  // OpenQASM 2 (parse_version2.cc).
  Result<StatementId> statement2();
  Result<StatementId> register2();
  Result<StatementId> gate2();
  Result<StatementId> operation2(bool in_gate);
  Result<ExpressionId> operand2(bool indexed);
  Result<ExpressionId> expression2(int least);
  Result<ExpressionId> primary2();

  /// Counts one level of nesting as long as it lives.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) { ++parser_.depth_; }
    ~Level() { --parser_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Parser& parser_;
  };
  Result<void> check_depth() const;

  std::string_view text_;
  Lexer lexer_;
  Token current_;
  Position previous_end_ = {1, 1};
  Syntax syntax_;
  int depth_ = 0;
};

template <class Item>
Result<void> Parser::list(std::string_view end, const Item& item) {
  do {
    QUANTA_CHECK(item());
    QUANTA_TRY(const bool more, accept(","));
    if (!more) break;
  } while (!is(end));
  return {};
}

/// Whether a word is reserved in the version.
bool is_keyword(std::string_view word, int version);

}  // namespace quanta::quantum::openqasm
