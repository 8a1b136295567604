#include "core/decimal.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <boost/multiprecision/cpp_int.hpp>
#include <fmt/format.h>

namespace quanta {
namespace {

/// Holds whatever comes up before rounding: two mantissas (76 digits) times 10^18 at most.
using Wide = boost::multiprecision::int512_t;

constexpr int kMaxDigits = 38;

Wide power_of_ten(int n) {
  Wide power = 1;
  for (int i = 0; i < n; ++i) power *= 10;
  return power;
}

/// 10^38: the first mantissa that is too large.
constexpr Int128 kLimit = Int128{10'000'000'000'000'000'000U} * 10'000'000'000'000'000'000U;

Result<void> check_scale(int scale) {
  if (scale >= 0 && scale <= kMaxDecimalScale) return {};
  return bad_input("scale", fmt::format("{} digits behind the point; there may be 0 to {}", scale,
                                        kMaxDecimalScale));
}

Result<Decimal> narrow(const Wide& mantissa, int scale) {
  if (abs(mantissa) >= Wide(kLimit)) {
    return fail(ErrorKind::kResource,
                fmt::format("the result has more than the {} digits of a decimal", kMaxDigits));
  }
  return Decimal::of(static_cast<Int128>(mantissa), scale);
}

/// numerator / denominator as a whole number; denominator > 0.
Wide rounded_quotient(const Wide& numerator, const Wide& denominator, Rounding rounding) {
  Wide quotient;
  Wide remainder;
  divide_qr(numerator, denominator, quotient, remainder);  // towards zero, remainder signed alike
  if (remainder == 0) return quotient;
  const int sign = numerator < 0 ? -1 : 1;
  const Wide twice = 2 * abs(remainder);
  bool away = false;
  switch (rounding) {
    case Rounding::kHalfEven:
      away = twice > denominator || (twice == denominator && quotient % 2 != 0);
      break;
    case Rounding::kHalfUp:
      away = twice >= denominator;
      break;
    case Rounding::kHalfDown:
      away = twice > denominator;
      break;
    case Rounding::kUp:
      away = true;
      break;
    case Rounding::kDown:
      break;
    case Rounding::kCeiling:
      away = sign > 0;
      break;
    case Rounding::kFloor:
      away = sign < 0;
      break;
  }
  return away ? Wide(quotient + sign) : quotient;
}

/// numerator / denominator / 10^scale at the scale wanted.
Result<Decimal> at_scale(const Wide& numerator, const Wide& denominator, int scale, int wanted,
                         Rounding rounding) {
  QUANTA_CHECK(check_scale(wanted));
  const Wide up = wanted > scale ? power_of_ten(wanted - scale) : Wide(1);
  const Wide down = wanted < scale ? power_of_ten(scale - wanted) : Wide(1);
  return narrow(rounded_quotient(numerator * up, denominator * down, rounding), wanted);
}

Wide at_common_scale(const Decimal& x, int scale) {
  return Wide(x.mantissa()) * power_of_ten(scale - x.scale());
}

}  // namespace

Result<Decimal> Decimal::of(Int128 mantissa, int scale) {
  if (scale < 0 || scale > kMaxDecimalScale) {
    return bad_input("decimal", fmt::format("{} digits behind the point; there may be 0 to {}",
                                            scale, kMaxDecimalScale));
  }
  if (mantissa >= kLimit || mantissa <= -kLimit) {
    return bad_input("decimal", fmt::format("more than {} digits", kMaxDigits));
  }
  return Decimal(mantissa, scale);
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  const int scale = std::max(a.scale(), b.scale());
  const int order = at_common_scale(a, scale).compare(at_common_scale(b, scale));
  return order <=> 0;
}

Result<Decimal> parse_decimal(std::string_view text, std::string_view field) {
  const auto wrong = [&](std::string_view what) {
    return bad_input(field, fmt::format("{}: \"{}\" {}", field, text.substr(0, 60), what));
  };
  std::string_view rest = text;
  const bool is_negative = rest.starts_with('-');
  if (is_negative) rest.remove_prefix(1);
  const std::size_t point = rest.find('.');
  const std::string_view whole = rest.substr(0, point);
  const std::string_view fraction = point == rest.npos ? "" : rest.substr(point + 1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (whole.empty() || (point != rest.npos && fraction.empty()) ||
      !std::ranges::all_of(whole, is_digit) || !std::ranges::all_of(fraction, is_digit)) {
    return wrong("is not a decimal number; write it as -1234.56");
  }
  if (fraction.size() > kMaxDecimalScale) {
    return wrong(fmt::format("has more than {} digits behind the point", kMaxDecimalScale));
  }
  Int128 mantissa = 0;
  for (const std::string_view digits : {whole, fraction}) {
    for (const char c : digits) {
      if (mantissa >= kLimit / 10) return wrong(fmt::format("has more than {} digits", kMaxDigits));
      mantissa = 10 * mantissa + (c - '0');
    }
  }
  return Decimal::of(is_negative ? -mantissa : mantissa, static_cast<int>(fraction.size()));
}

std::string to_text(const Decimal& x) {
  const auto scale = static_cast<std::size_t>(x.scale());
  std::string digits = Wide(abs(Wide(x.mantissa()))).str();
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - scale, 1, '.');
  return x.is_negative() ? "-" + digits : digits;
}

Result<Decimal> add(const Decimal& a, const Decimal& b) {
  const int scale = std::max(a.scale(), b.scale());
  return narrow(at_common_scale(a, scale) + at_common_scale(b, scale), scale);
}

Result<Decimal> subtract(const Decimal& a, const Decimal& b) { return add(a, -b); }

Result<Decimal> round_to(const Decimal& x, int scale, Rounding rounding) {
  return at_scale(Wide(x.mantissa()), 1, x.scale(), scale, rounding);
}

Result<Decimal> multiply(const Decimal& a, const Decimal& b, int scale, Rounding rounding) {
  const Wide product = Wide(a.mantissa()) * Wide(b.mantissa());
  return at_scale(product, 1, a.scale() + b.scale(), scale, rounding);
}

Result<Decimal> divide(const Decimal& a, const Decimal& b, int scale, Rounding rounding) {
  if (b.is_zero()) return bad_input("divisor", "division by zero");
  const Decimal numerator = b.is_negative() ? -a : a;
  const Decimal denominator = b.is_negative() ? -b : b;
  return at_scale(Wide(numerator.mantissa()) * power_of_ten(denominator.scale()),
                  Wide(denominator.mantissa()), numerator.scale(), scale, rounding);
}

Result<Decimal> nearest_decimal(double x, int scale) {
  QUANTA_CHECK(check_scale(scale));
  if (!std::isfinite(x)) return bad_input("decimal", fmt::format("{} is not a number", x));
  if (std::abs(x) >= 1e38) return narrow(Wide(kLimit), 0);
  char text[64];  // 38 digits, a point and 18 more
  const auto end = std::to_chars(text, text + sizeof text, x, std::chars_format::fixed, scale).ptr;
  auto parsed = parse_decimal({text, end}, "decimal");
  if (!parsed) return narrow(Wide(kLimit), 0);  // 10^38 and more, or too many digits behind it
  return parsed;
}

double to_double(const Decimal& x) {
  const std::string text = to_text(x);
  double nearest = 0;
  std::from_chars(text.data(), text.data() + text.size(), nearest);
  return nearest;
}

json::Value json::Codec<Decimal>::to(const Decimal& x) { return Value(to_text(x)); }

Result<Decimal> json::Codec<Decimal>::from(const Value& value, const std::string& path) {
  QUANTA_TRY(const std::string text, Codec<std::string>::from(value, path));
  return parse_decimal(text, path);
}

json::Value json::Codec<Decimal>::schema() {
  return Object{{"type", "string"}, {"pattern", R"(^-?[0-9]+(\.[0-9]+)?$)"}};
}

}  // namespace quanta
