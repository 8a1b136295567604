#include "market/bars/cell.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace quanta::market {
namespace {

constexpr std::array<double, 23> kPowersOfTen = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equals_lower(std::string_view text, std::string_view lower_word) {
  return text.size() == lower_word.size() &&
         std::equal(text.begin(), text.end(), lower_word.begin(),
                    [](char a, char b) { return lower(a) == b; });
}

/// Digits with at most one '.', nothing else. A mantissa below 2^53 divided by a power of ten up
/// to 22 is one correctly rounded operation on exact operands (Clinger 1990), so this is exact.
bool read_short_decimal(std::string_view cell, double& value) {
  const char* at = cell.data();
  const char* const end = at + cell.size();
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  constexpr std::ptrdiff_t kMostCharacters = 20;  // 19 digits fit 64 bits
  if (end - at > kMostCharacters || at == end) return false;
  std::uint64_t mantissa = 0;
  const char* const first = at;
  while (at != end && is_digit(*at))
    mantissa = 10 * mantissa + static_cast<std::uint64_t>(*at++ - '0');
  std::ptrdiff_t n_digits = at - first;
  std::ptrdiff_t n_decimals = 0;
  if (at != end && *at == '.') {
    const char* const point = at++;
    while (at != end && is_digit(*at))
      mantissa = 10 * mantissa + static_cast<std::uint64_t>(*at++ - '0');
    n_decimals = at - point - 1;
    n_digits += n_decimals;
  }
  if (at != end || n_digits == 0 || n_digits > 19 || mantissa >= (std::uint64_t{1} << 53)) {
    return false;
  }
  value = static_cast<double>(mantissa) / kPowersOfTen[static_cast<std::size_t>(n_decimals)];
  if (negative) value = -value;
  return true;
}

/// What most cells are, such as 100.25 or 46319.5: 4 … 8 characters with at most 7 digits, read all
/// at once in one word. False also for what only read_short_decimal knows.
bool read_word_decimal(std::string_view cell, double& value) {
  if (cell.size() < 4 || cell.size() > 8) return false;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::memcpy(&first, cell.data(), 4);
  std::memcpy(&last, cell.data() + cell.size() - 4, 4);
  // The first character is in the lowest byte; where the two halves overlap they are equal.
  std::uint64_t text = first | std::uint64_t{last} << (8 * (cell.size() - 4));
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
  const std::uint64_t no_point = text ^ (kOnes * '.');
  const std::uint64_t point = (no_point - kOnes) & ~no_point & (kOnes * 0x80);
  std::size_t n_digits = cell.size();
  std::size_t n_decimals = 0;
  if (point != 0) {  // the lowest bit is that of the first point
    const auto place = static_cast<unsigned>(__builtin_ctzll(point)) & ~7U;
    const std::uint64_t before = (std::uint64_t{1} << place) - 1;
    text = (text & before) | (text >> 8 & ~before);
    --n_digits;
    n_decimals = n_digits - place / 8;
  }
  if (n_digits == 8) return false;
  // Eight digits, zeros in front.
  text = text << (64 - 8 * n_digits) | (kOnes * '0') >> (8 * n_digits);
  constexpr std::uint64_t kHigh = kOnes * 0xf0;
  if (((text & kHigh) | ((text + kOnes * 6) & kHigh) >> 4) != kOnes * 0x33) return false;
  // Two digits a byte, then four in two bytes, then eight.
  text -= kOnes * '0';
  text = (text * 10 + (text >> 8)) & 0x00ff'00ff'00ff'00ff;
  text = (text * 100 + (text >> 16)) & 0x0000'ffff'0000'ffff;
  text = (text * 10'000 + (text >> 32)) & 0xffff'ffff;
  value = static_cast<double>(text) / kPowersOfTen[n_decimals];
  return true;
}

bool is_missing(std::string_view cell) {
  if (cell.empty() || cell == "-") return true;
  for (const std::string_view word : {"na", "nan", "n/a", "null", "none"}) {
    if (equals_lower(cell, word)) return true;
  }
  return false;
}

/// Two digits, or a number beyond any month and day.
unsigned two_digits(const char* text) {
  return is_digit(text[0]) && is_digit(text[1])
             ? static_cast<unsigned>(10 * (text[0] - '0') + (text[1] - '0'))
             : 1000U;
}

std::optional<Date> civil(unsigned century, unsigned year_of_century, unsigned month,
                          unsigned day) {
  if (century > 99 || year_of_century > 99 || month < 1 || month > 12 || day < 1) {
    return std::nullopt;
  }
  const int year = static_cast<int>(100 * century + year_of_century);
  if (year < 1 || static_cast<int>(day) > days_in_month(year, static_cast<int>(month))) {
    return std::nullopt;
  }
  return date_of(year, static_cast<int>(month), static_cast<int>(day));
}

/// Out of line, so that the usual cell pays for none of it.
[[gnu::noinline]] CellKind read_any_number(std::string_view cell, double& value) {
  if (read_short_decimal(cell, value)) return CellKind::kNumber;
  cell = trim_blanks(cell);
  if (is_missing(cell)) {
    value = std::numeric_limits<double>::quiet_NaN();
    return CellKind::kMissing;
  }
  if (cell.front() == '+') {
    cell.remove_prefix(1);
    if (cell.empty() || cell.front() == '-' || cell.front() == '+') return CellKind::kText;
  }
  const auto [end, problem] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (end != cell.data() + cell.size() || problem == std::errc::invalid_argument) {
    return CellKind::kText;
  }
  if (problem == std::errc::result_out_of_range) return CellKind::kTooLarge;
  if (std::isnan(value)) return CellKind::kText;  // "-nan", "nan(…)"
  if (std::isinf(value)) return CellKind::kInfinite;
  return CellKind::kNumber;
}

}  // namespace

std::string_view trim_blanks(std::string_view cell) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!cell.empty() && is_blank(cell.front())) cell.remove_prefix(1);
  while (!cell.empty() && is_blank(cell.back())) cell.remove_suffix(1);
  return cell;
}

CellKind read_number(std::string_view cell, double& value) {
  return read_word_decimal(cell, value) ? CellKind::kNumber : read_any_number(cell, value);
}

std::optional<Timestamp> read_iso_time(std::string_view cell) {
  cell = trim_blanks(cell);
  const char* const c = cell.data();
  if (cell.size() == 10 && c[4] == '-' && c[7] == '-') {
    const auto date = civil(two_digits(c), two_digits(c + 2), two_digits(c + 5), two_digits(c + 8));
    if (!date) return std::nullopt;
    return start_of(*date);
  }
  if (cell.size() == 8) {
    const auto date = civil(two_digits(c), two_digits(c + 2), two_digits(c + 4), two_digits(c + 6));
    if (!date) return std::nullopt;
    return start_of(*date);
  }
  if (cell.size() < 16 || cell.size() > 40 || !is_digit(c[0])) return std::nullopt;
  const Result<Timestamp> time = parse_timestamp(cell, "time");
  if (!time) return std::nullopt;
  return *time;
}

std::optional<Timestamp> read_month_name_date(std::string_view cell) {
  cell = trim_blanks(cell);
  if (cell.size() < 10 || cell.size() > 12 || cell[3] != ' ') return std::nullopt;
  constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                        "jul", "aug", "sep", "oct", "nov", "dec"};
  unsigned month = 0;
  while (month < 12 && !equals_lower(cell.substr(0, 3), kMonths[month])) ++month;
  std::size_t at = 4;
  unsigned day = 0;
  while (at < 6 && is_digit(cell[at])) day = 10 * day + static_cast<unsigned>(cell[at++] - '0');
  if (at == 4) return std::nullopt;
  if (cell[at] == ',') ++at;
  if (at + 5 != cell.size() || cell[at] != ' ') return std::nullopt;
  const char* const year = cell.data() + at + 1;
  const auto date = civil(two_digits(year), two_digits(year + 2), month + 1, day);
  if (!date) return std::nullopt;
  return start_of(*date);
}

}  // namespace quanta::market
