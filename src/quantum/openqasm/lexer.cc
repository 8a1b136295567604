#include "quantum/openqasm/lexer.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/utf8.h"

namespace quanta::quantum::openqasm {
namespace {

constexpr auto kUnits =
    std::to_array<std::string_view>({"im", "dt", "ns", "us", "\u00b5s", "\u03bcs", "ms", "s"});

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_digit_of_base(char c, int base) {
  if (base == 16) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }
  return c >= '0' && c < '0' + base;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// How many characters the symbol at the beginning of the text has; 0: there is none.
std::size_t symbol_length(std::string_view text) {
  const auto in = [](char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
  };
  const char first = text[0];
  const char second = text.size() > 1 ? text[1] : '\0';
  const bool doubled = first == second;
  if (doubled && in(first, "*<>") && text.size() > 2 && text[2] == '=') return 3;  // **= <<= >>=
  if (doubled && in(first, "*<>+&|=")) return 2;
  if (second == '=' && in(first, "!<>+-*/&|^%")) return 2;
  if (first == '-' && second == '>') return 2;
  return in(first, "{}[]():;.,=+-*/%|&^@~!<>") ? 1 : 0;
}

/// The specification takes the letters of all scripts. Without a table of Unicode: every character
/// outside ASCII but for the blocks of blanks, punctuation and symbols.
bool is_foreign_letter(char32_t c) {
  if (c < 0xc0) return c == 0xaa || c == 0xb5 || c == 0xba;
  if (c == 0xd7 || c == 0xf7) return false;
  if (c >= 0x2000 && c < 0x2c00) return c >= 0x2100 && c < 0x2190;  // letter-like: ℇ, ℏ
  if (c >= 0x2e00 && c < 0x3005) return false;
  if (c >= 0xd800 && c < 0xf900) return false;
  return c < 0xfe00 || (c >= 0x10000 && c < 0x1f000) || (c >= 0x20000 && c < 0xe0000);
}

}  // namespace

std::string describe(const Token& token) {
  if (token.kind == Token::Kind::kEnd) return "the end of the file";
  constexpr std::size_t kMost = 60;
  if (token.kind == Token::Kind::kString) return std::string(token.text.substr(0, kMost));
  std::size_t length = std::min(token.text.size(), kMost);
  while (length < token.text.size() && (token.text[length] & 0xc0) == 0x80) ++length;
  return fmt::format("\"{}\"{}", token.text.substr(0, length),
                     length < token.text.size() ? "…" : "");
}

void Lexer::advance(std::size_t n) {
  for (const std::size_t end = i_ + n; i_ < end; ++i_) {
    if (text_[i_] == '\n') {
      ++at_.line;
      at_.column = 1;
    } else if ((text_[i_] & 0xc0) != 0x80) {
      ++at_.column;
    }
  }
}

Token Lexer::token(Token::Kind kind, std::size_t length) {
  const Token result{kind, text_.substr(i_, length), at_};
  advance(length);
  return result;
}

Result<void> Lexer::skip_blanks() {
  while (i_ < text_.size()) {
    const char c = text_[i_];
    const std::string_view rest = text_.substr(i_);
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v') {
      advance(1);
    } else if (i_ == 0 && rest.starts_with("\ufeff")) {
      i_ += 3;  // a byte order mark
    } else if (rest.starts_with("//")) {
      advance(std::min(rest.find('\n'), rest.size()));
    } else if (version_ >= 3 && rest.starts_with("/*")) {
      const std::size_t end = rest.find("*/", 2);
      if (end == std::string_view::npos) {
        return error_at(file_, at_, "this comment has no end: expected */");
      }
      advance(end + 2);
    } else {
      break;
    }
  }
  return {};
}

std::size_t Lexer::name_length(std::size_t from) const {
  std::size_t end = from;
  while (end < text_.size()) {
    const char c = text_[end];
    if (is_letter(c) || (end > from && is_digit(c))) {
      ++end;
    } else if ((c & 0x80) != 0) {
      const CodePoint point = code_point_at(text_, end);
      if (!point.valid || !is_foreign_letter(point.value)) break;
      end += point.length;
    } else {
      break;
    }
  }
  return end - from;
}

Result<Token> Lexer::number() {
  const std::string_view rest = text_.substr(i_);
  const auto at = [&](std::size_t k) { return k < rest.size() ? rest[k] : '\0'; };
  int base = 10;
  if (version_ >= 3 && at(0) == '0') {
    switch (at(1)) {
      case 'x':
      case 'X':
        base = 16;
        break;
      case 'b':
      case 'B':
        base = 2;
        break;
      case 'o':
        base = 8;
        break;
      default:
        break;
    }
  }
  // Digits of the base with single underscores between them.
  const auto digits = [&](std::size_t k) {
    const std::size_t begin = k;
    while (is_digit_of_base(at(k), base) ||
           (version_ >= 3 && at(k) == '_' && k > begin && is_digit_of_base(at(k + 1), base))) {
      ++k;
    }
    return k;
  };
  std::size_t end = 0;
  Token::Kind kind = Token::Kind::kInteger;
  if (base != 10) {
    end = digits(2);
    if (end == 2) {
      return error_at(file_, at_,
                      fmt::format("\"{}\" has no digit of base {}", rest.substr(0, 2), base));
    }
  } else {
    end = digits(0);
    if (at(end) == '.') {
      kind = Token::Kind::kFloat;
      end = digits(end + 1);
    }
    if (at(end) == 'e' || at(end) == 'E') {
      std::size_t exponent = end + 1;
      if (at(exponent) == '+' || at(exponent) == '-') ++exponent;
      if (is_digit(at(exponent))) {
        kind = Token::Kind::kFloat;
        end = digits(exponent);
      }
    }
    if (version_ >= 3) {
      std::size_t unit = end;
      while (at(unit) == ' ' || at(unit) == '\t') ++unit;
      const std::string_view word = text_.substr(i_ + unit, name_length(i_ + unit));
      if (std::ranges::find(kUnits, word) != kUnits.end()) {
        kind = word == "im" ? Token::Kind::kImaginary : Token::Kind::kDuration;
        end = unit + word.size();
      }
    }
  }
  if (const std::size_t tail = name_length(i_ + end); tail > 0 || is_digit(at(end))) {
    std::size_t length = end;
    while (is_digit(at(length)) || is_letter(at(length))) ++length;
    return error_at(
        file_, at_,
        fmt::format("\"{}\" is no number: \"{}\" cannot follow \"{}\"",
                    rest.substr(0, std::max(length, end + tail)),
                    rest.substr(end, std::max(length - end, tail)), rest.substr(0, end)));
  }
  return token(kind, end);
}

Result<Token> Lexer::string() {
  const std::string_view rest = text_.substr(i_);
  const std::size_t end = rest.find_first_of(rest[0] == '"' ? "\"\r\n" : "'\r\n", 1);
  if (end == std::string_view::npos || rest[end] != rest[0]) {
    return error_at(
        file_, at_,
        fmt::format("this string has no end: expected {} before the end of the line", rest[0]));
  }
  return token(Token::Kind::kString, end + 1);
}

Result<Token> Lexer::next() {
  QUANTA_CHECK(skip_blanks());
  if (i_ == text_.size()) return token(Token::Kind::kEnd, 0);
  const char c = text_[i_];
  const auto digit_at = [&](std::size_t k) { return k < text_.size() && is_digit(text_[k]); };
  if (is_digit(c) || (c == '.' && digit_at(i_ + 1))) return number();
  if (c == '"' || c == '\'') return string();
  if (const std::size_t length = name_length(i_); length > 0) {
    return token(Token::Kind::kName, length);
  }
  if (c == '$' && digit_at(i_ + 1)) {
    std::size_t length = 1;
    while (digit_at(i_ + length)) ++length;
    return token(Token::Kind::kHardwareQubit, length);
  }
  for (const std::string_view word : {"#pragma", "#dim"}) {
    if (c != '#') break;
    if (version_ >= 3 && text_.substr(i_).starts_with(word) &&
        name_length(i_ + 1) == word.size() - 1) {
      return token(Token::Kind::kName, word.size());
    }
  }
  if (const std::size_t length = symbol_length(text_.substr(i_)); length > 0) {
    return token(Token::Kind::kSymbol, length);
  }
  const CodePoint point = code_point_at(text_, i_);
  if (!point.valid || point.value < 0x20 || point.value == 0x7f) {
    return error_at(file_, at_,
                    fmt::format("unexpected byte {:#04x}", static_cast<unsigned char>(c)));
  }
  return error_at(file_, at_,
                  fmt::format("unexpected character '{}'", text_.substr(i_, point.length)));
}

std::string_view Lexer::rest_of_line() {
  const std::size_t begin = i_;
  advance(std::min(text_.find('\n', i_), text_.size()) - i_);
  std::string_view line = text_.substr(begin, i_ - begin);
  constexpr std::string_view kBlanks = " \t\r\f\v";
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  line.remove_suffix(line.size() - (line.find_last_not_of(kBlanks) + 1));
  return line;
}

Result<std::string_view> Lexer::rest_of_block(Position open) {
  std::size_t depth = 1;
  std::size_t end = i_;
  for (; end < text_.size(); ++end) {
    if (text_[end] == '{') ++depth;
    if (text_[end] == '}' && --depth == 0) break;
  }
  if (depth > 0) return error_at(file_, open, "this block has no end: expected }");
  const std::string_view inside = text_.substr(i_, end - i_);
  advance(end + 1 - i_);
  return inside;
}

}  // namespace quanta::quantum::openqasm
