/// Amounts of money: a decimal and its currency, never floating point.
///
///   QUANTA_TRY(const Money fee, parse_money("12.34 USD", "fee"));
///   QUANTA_TRY(const Money total, add(fee, other));                 // an error for EUR + USD
///   QUANTA_TRY(const Money tax, multiply(fee, rate, Rounding::kHalfEven));  // in whole cents
///   QUANTA_TRY(const auto parts, allocate(fee, weights));           // sums to fee, to the cent
///   json::print_compact(json::to(fee));               // {"amount":"12.34","currency":"USD"}
///
/// An amount may have more digits than its currency's smallest coin (a price of 45.125 EUR); what
/// rounds to the coin says so.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/decimal.h"
#include "core/describe.h"
#include "core/result.h"

namespace quanta {

/// A currency of ISO 4217. Default: XXX, "no currency".
class Currency {
 public:
  constexpr Currency() = default;

  /// Errors: kBadInput naming `field`, for what is not a code of the list; suggests one.
  static Result<Currency> of(std::string_view code, std::string_view field);

  std::string_view code() const { return {code_.data(), code_.size()}; }
  /// Digits behind the point of the smallest coin: 2 for USD, 0 for JPY, 3 for KWD.
  int minor_digits() const { return minor_digits_; }

  friend bool operator==(const Currency&, const Currency&) = default;

 private:
  std::array<char, 3> code_ = {'X', 'X', 'X'};
  int minor_digits_ = 0;
};

struct Money {
  Decimal amount;
  Currency currency;

  /// The same value in the same currency: 1.5 USD = 1.50 USD.
  friend bool operator==(const Money&, const Money&) = default;

  static constexpr auto describe() {
    return std::tuple{field("amount", &Money::amount, "decimal number"),
                      field("currency", &Money::currency, "code of ISO 4217")};
  }
};

/// "12.34 USD". Errors: kBadInput naming `field`.
Result<Money> parse_money(std::string_view text, std::string_view field);
std::string to_text(const Money& money);

/// Exact. Errors: kBadInput, field "currency", where the two differ; kResource, over 38 digits.
Result<Money> add(const Money& a, const Money& b);
Result<Money> subtract(const Money& a, const Money& b);

/// Rounded to the smallest coin of the currency. Errors: kResource, over 38 digits.
Result<Money> round_to_coin(const Money& money, Rounding rounding);

/// money times quantity, the exact product rounded once to the smallest coin.
Result<Money> multiply(const Money& money, const Decimal& quantity, Rounding rounding);

/// Splits money in proportion to the weights; the parts sum to it exactly. Each part is the exact
/// share cut to the smallest coin (or to money's own last digit where that is finer), and the coins
/// that are left go one by one to the parts that were cut most, the earlier first: the method of
/// the largest remainder (Hamilton). Errors: kBadInput, field "weights", where none is above zero.
Result<std::vector<Money>> allocate(const Money& money, std::span<const std::uint64_t> weights);

template <>
struct json::Codec<Currency> {
  static Value to(const Currency& x);
  static Result<Currency> from(const Value& value, const std::string& path);
  static Value schema();
};

}  // namespace quanta
