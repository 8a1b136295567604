/// The tokens of an OpenQASM text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/result.h"
#include "quantum/openqasm/syntax.h"

namespace quanta::quantum::openqasm {

struct Token {
  enum class Kind {
    kEnd,
    kName,  ///< keywords too
    kHardwareQubit,
    kInteger,
    kFloat,
    kImaginary,
    kDuration,
    kString,  ///< with its quotes
    kSymbol,
  };
  Kind kind = Kind::kEnd;
  std::string_view text = {};  ///< a piece of the whole text
  Position at = {};

  bool is(std::string_view symbol_or_keyword) const {
    return (kind == Kind::kSymbol || kind == Kind::kName) && text == symbol_or_keyword;
  }
};

/// For messages: `"cx"`, `end of file`.
std::string describe(const Token& token);

class Lexer {
 public:
  /// The text must live as long as the tokens.
  Lexer(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {}

  /// OpenQASM 2 knows only // comments and numbers without units.
  void set_version(int version) { version_ = version; }

  /// The next token, kEnd at the end. Errors: kBadInput at the place of a character that starts
  /// no token, of a string or comment without an end, of a malformed number.
  Result<Token> next();

  /// From here to the end of the line, blanks around it cut off.
  std::string_view rest_of_line();

  /// What stands between the brace just read and its partner, which is read too. `open` is the
  /// brace's place, for the message where there is no partner.
  Result<std::string_view> rest_of_block(Position open);

 private:
  void advance(std::size_t n);
  Result<void> skip_blanks();
  Result<Token> number();
  Result<Token> string();
  Token token(Token::Kind kind, std::size_t length);
  std::size_t name_length(std::size_t from) const;

  std::string_view text_;
  std::string file_;
  int version_ = 3;
  std::size_t i_ = 0;
  Position at_ = {1, 1};
};

}  // namespace quanta::quantum::openqasm
