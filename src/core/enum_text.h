/// Enums and their text names.
///
///   enum class Side { kBuy, kSell };
///   constexpr auto enum_names(Side) {
///     return std::array{std::pair{Side::kBuy, std::string_view("buy")},
///                       std::pair{Side::kSell, std::string_view("sell")}};
///   }
///   to_text(Side::kBuy);               // "buy"
///   parse_enum<Side>("sel", "side");
///       // error: side: "sel" is not one of buy, sell; did you mean "sell"?
#pragma once

#include <string_view>
#include <type_traits>
#include <vector>

#include "core/result.h"

namespace quanta {

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E e) { enum_names(e); };

template <NamedEnum E>
constexpr std::string_view to_text(E value) {
  for (const auto& [candidate, name] : enum_names(E{})) {
    if (candidate == value) return name;
  }
  return "?";
}

/// The word in `known` nearest to `word` by edit distance, upper and lower case being the same;
/// empty where none is near.
std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& known);

/// The error for `word` where only `known` are right: names the field, lists them, suggests one.
Error unknown_word(std::string_view field, std::string_view word,
                   const std::vector<std::string_view>& known);

template <NamedEnum E>
Result<E> parse_enum(std::string_view text, std::string_view field) {
  std::vector<std::string_view> known;
  for (const auto& [value, name] : enum_names(E{})) {
    if (name == text) return value;
    known.push_back(name);
  }
  return std::unexpected(unknown_word(field, text, known));
}

}  // namespace quanta
