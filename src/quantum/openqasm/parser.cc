#include "quantum/openqasm/parser.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "quantum/openqasm/program.h"

namespace quanta::quantum::openqasm {
namespace {

constexpr int kMostNesting = 256;
constexpr std::size_t kMostText = std::size_t{16} << 20;

// Sorted, to be searched by halves.
constexpr auto kKeywords2 = std::to_array<std::string_view>(
    {"CX", "OPENQASM", "U", "barrier", "cos", "creg", "exp", "gate", "if", "include", "ln",
     "measure", "opaque", "pi", "qreg", "reset", "sin", "sqrt", "tan"});

constexpr auto kKeywords3 = std::to_array<std::string_view>(
    {"#dim",     "#pragma",  "OPENQASM",   "angle",  "array",   "barrier", "bit",
     "bool",     "box",      "break",      "cal",    "case",    "complex", "const",
     "continue", "creg",     "ctrl",       "def",    "default", "defcal",  "defcalgrammar",
     "delay",    "duration", "durationof", "else",   "end",     "extern",  "false",
     "float",    "for",      "gate",       "gphase", "if",      "in",      "include",
     "input",    "int",      "inv",        "let",    "measure", "mutable", "negctrl",
     "nop",      "output",   "pow",        "pragma", "qreg",    "qubit",   "readonly",
     "reset",    "return",   "stretch",    "switch", "true",    "uint",    "while"});
static_assert(std::ranges::is_sorted(kKeywords2) && std::ranges::is_sorted(kKeywords3));

}  // namespace

bool is_keyword(std::string_view word, int version) {
  return version == 2 ? std::ranges::binary_search(kKeywords2, word)
                      : std::ranges::binary_search(kKeywords3, word);
}

Result<void> Parser::advance() {
  QUANTA_TRY(current_, lexer_.next());
  return {};
}

Result<bool> Parser::accept(std::string_view symbol_or_keyword) {
  if (!is(symbol_or_keyword)) return false;
  QUANTA_CHECK(advance());
  return true;
}

Result<void> Parser::expect(std::string_view symbol_or_keyword, std::string_view purpose) {
  if (!is(symbol_or_keyword)) {
    return unexpected(purpose.empty() ? fmt::format("\"{}\"", symbol_or_keyword)
                                      : fmt::format("\"{}\" {}", symbol_or_keyword, purpose));
  }
  return advance();
}

bool Parser::is_name() const {
  return current_.kind == Token::Kind::kName && !is_keyword(current_.text, syntax_.version);
}

std::unexpected<Error> Parser::unexpected(std::string_view wanted) const {
  return fault(current_.at, fmt::format("found {}, expected {}", describe(current_), wanted));
}

Result<std::string> Parser::name(std::string_view what) {
  if (current_.kind == Token::Kind::kName && is_keyword(current_.text, syntax_.version)) {
    return fault(current_.at,
                 fmt::format("found the keyword \"{}\", expected {}", current_.text, what));
  }
  if (current_.kind != Token::Kind::kName) return unexpected(what);
  if (syntax_.version == 2 && !(current_.text[0] >= 'a' && current_.text[0] <= 'z')) {
    return fault(current_.at,
                 fmt::format("\"{}\": a name of OpenQASM 2 begins with a letter from a to z",
                             current_.text));
  }
  std::string result(current_.text);
  QUANTA_CHECK(advance());
  return result;
}

ExpressionId Parser::add(Expression expression) {
  syntax_.expressions.push_back(std::move(expression));
  return static_cast<ExpressionId>(syntax_.expressions.size() - 1);
}

StatementId Parser::add(Position at, decltype(Statement::node) node) {
  syntax_.statements.push_back({.at = at, .node = std::move(node)});
  return static_cast<StatementId>(syntax_.statements.size() - 1);
}

Result<void> Parser::check_depth() const {
  if (depth_ <= kMostNesting) return {};
  return fault(current_.at, fmt::format("nested more than {} levels deep", kMostNesting));
}

Result<Syntax> Parser::program() {
  if (text_.size() > kMostText) {
    return fault(
        {1, 1}, fmt::format("the text has {} bytes: at most {} are read", text_.size(), kMostText));
  }
  QUANTA_CHECK(advance());
  if (is("OPENQASM")) {
    QUANTA_CHECK(advance());
    if (current_.kind != Token::Kind::kInteger && current_.kind != Token::Kind::kFloat) {
      return unexpected("a version as 2.0 or 3.0");
    }
    const std::string_view version = current_.text;
    const std::string_view major = version.substr(0, version.find('.'));
    if ((major != "2" && major != "3") ||
        version.find_first_not_of("0123456789.") != std::string_view::npos ||
        version.ends_with('.')) {
      return fault(current_.at,
                   fmt::format("there is no OpenQASM {}: expected 2.0 or 3.0", version));
    }
    syntax_.version = major == "2" ? 2 : 3;
    syntax_.version_text = version;
    lexer_.set_version(syntax_.version);
    QUANTA_CHECK(advance());
    QUANTA_CHECK(expect(";", "behind the version"));
  }
  Block main;
  while (current_.kind != Token::Kind::kEnd) {
    QUANTA_TRY(const StatementId next, syntax_.version == 2 ? statement2() : statement());
    main.statements.push_back(next);
  }
  syntax_.blocks.push_back(std::move(main));
  syntax_.main = static_cast<BlockId>(syntax_.blocks.size() - 1);
  return std::move(syntax_);
}

Result<Syntax> Parser::single_expression() {
  QUANTA_CHECK(advance());
  QUANTA_TRY(const ExpressionId value, is("{") ? set() : expression());
  if (current_.kind != Token::Kind::kEnd) return unexpected("nothing more");
  syntax_.statements.push_back({.node = ExpressionStatement{value}});
  syntax_.blocks.push_back({.statements = {0}});
  syntax_.main = 0;
  return std::move(syntax_);
}

int Program::version() const { return syntax_->version; }

const std::string& Program::file() const { return syntax_->file; }

Result<Program> parse(std::string_view text, std::string_view file) {
  QUANTA_TRY(Syntax syntax, Parser(text, file).program());
  return Program(std::make_shared<const Syntax>(std::move(syntax)));
}

}  // namespace quanta::quantum::openqasm
