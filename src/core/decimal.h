/// Exact decimal numbers: what money and contract quantities are counted in.
///
///   QUANTA_TRY(const Decimal price, parse_decimal("45.125", "price"));
///   QUANTA_TRY(const Decimal cost, multiply(price, Decimal(3), 2, Rounding::kHalfEven));
///   to_text(cost);                                   // "135.38"
///
/// A value is mantissa / 10^scale with at most 38 digits, as SQL's DECIMAL(38), and at most 18 of
/// them behind the point. Adding and subtracting are exact; whatever may round takes the scale of
/// its result and the way to round, and what does not fit in 38 digits is an error, never a wrap.
/// The scale is kept as written ("1.50" prints as "1.50"); comparisons are of values (1.5 = 1.50).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/json.h"
#include "core/result.h"

namespace quanta {

__extension__ using Int128 = __int128;

inline constexpr int kMaxDecimalScale = 18;

enum class Rounding {
  kHalfEven,  ///< to the nearest, a tie to the even digit: 0.125 -> 0.12, 0.135 -> 0.14
  kHalfUp,    ///< to the nearest, a tie away from zero: 0.125 -> 0.13, -0.125 -> -0.13
  kHalfDown,  ///< to the nearest, a tie towards zero: 0.125 -> 0.12
  kUp,        ///< away from zero: 0.121 -> 0.13
  kDown,      ///< towards zero: 0.129 -> 0.12
  kCeiling,   ///< towards plus infinity: -0.129 -> -0.12
  kFloor,     ///< towards minus infinity: -0.121 -> -0.13
};

constexpr auto enum_names(Rounding) {
  using enum Rounding;
  using Name = std::string_view;
  return std::array{std::pair{kHalfEven, Name("half-even")}, std::pair{kHalfUp, Name("half-up")},
                    std::pair{kHalfDown, Name("half-down")}, std::pair{kUp, Name("up")},
                    std::pair{kDown, Name("down")},          std::pair{kCeiling, Name("ceiling")},
                    std::pair{kFloor, Name("floor")}};
}

class Decimal {
 public:
  constexpr Decimal() = default;
  constexpr explicit Decimal(std::int64_t whole) : mantissa_(whole) {}

  /// mantissa / 10^scale. Errors: kBadInput, field "decimal", for more than 38 digits or a scale
  /// outside 0 … 18.
  static Result<Decimal> of(Int128 mantissa, int scale);

  constexpr Int128 mantissa() const { return mantissa_; }
  constexpr int scale() const { return scale_; }
  constexpr bool is_negative() const { return mantissa_ < 0; }
  constexpr bool is_zero() const { return mantissa_ == 0; }

  constexpr Decimal operator-() const { return Decimal(-mantissa_, scale_); }

  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

 private:
  constexpr Decimal(Int128 mantissa, int scale) : mantissa_(mantissa), scale_(scale) {}

  Int128 mantissa_ = 0;
  int scale_ = 0;
};

/// "-12.340": digits, perhaps a sign in front, perhaps a point with digits on both sides. Errors:
/// kBadInput naming `field`, for another form or too many digits.
Result<Decimal> parse_decimal(std::string_view text, std::string_view field);
std::string to_text(const Decimal& x);

/// Exact, at the larger of the two scales. Errors: kResource where the sum has over 38 digits.
Result<Decimal> add(const Decimal& a, const Decimal& b);
Result<Decimal> subtract(const Decimal& a, const Decimal& b);

/// x, a b and a / b rounded to `scale` digits behind the point. Errors: kResource where the result
/// has over 38 digits; kBadInput, field "divisor", for a division by zero; kBadInput, field
/// "scale", outside 0 … 18. The exact product or quotient is rounded once.
Result<Decimal> round_to(const Decimal& x, int scale, Rounding rounding);
Result<Decimal> multiply(const Decimal& a, const Decimal& b, int scale, Rounding rounding);
Result<Decimal> divide(const Decimal& a, const Decimal& b, int scale, Rounding rounding);

/// For figures that are computed in floating point (a risk of so much of a value): the decimal
/// nearest to x, a tie in the binary value to the even digit. Errors: kBadInput, field "decimal",
/// where x is not finite; kResource where it is too large.
Result<Decimal> nearest_decimal(double x, int scale);
double to_double(const Decimal& x);  ///< the nearest double

/// As a JSON string, "12.34": a number could lose digits on its way.
template <>
struct json::Codec<Decimal> {
  static Value to(const Decimal& x);
  static Result<Decimal> from(const Value& value, const std::string& path);
  static Value schema();
};

}  // namespace quanta
