/// Reading UTF-8 one character at a time.
///
///   for (std::size_t i = 0; i < text.size();) {
///     const CodePoint c = code_point_at(text, i);
///     i += c.length;
///   }
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace quanta {

struct CodePoint {
  char32_t value = 0;
  std::size_t length = 1;  ///< bytes it takes
  bool valid = true;       ///< false: one byte that is no UTF-8 here (RFC 3629)
};

/// The character that starts at text[i]. Overlong forms, surrogates, stray and cut bytes are not
/// valid and are taken one byte at a time. Precondition: i < text.size().
inline CodePoint code_point_at(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned char first = byte(i);
  if (first < 0x80) return {first, 1, true};
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || i + length > text.size()) return {0, 1, false};
  char32_t value = first & (0xffU >> (length + 1));
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(i + k) & 0xc0U) != 0x80) return {0, 1, false};
    value = (value << 6U) | (byte(i + k) & 0x3fU);
  }
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kSmallest[length] || surrogate || value > 0x10ffff) return {0, 1, false};
  return {value, length, true};
}

}  // namespace quanta
