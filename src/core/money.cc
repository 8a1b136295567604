#include "core/money.h"

#include <algorithm>
#include <numeric>

#include <boost/multiprecision/cpp_int.hpp>
#include <fmt/format.h>

#include "core/enum_text.h"

namespace quanta {
namespace {

using Wide = boost::multiprecision::int256_t;  // a mantissa times a 64-bit weight

/// ISO 4217, list one, by the digits of the smallest coin; blanks between the codes.
constexpr std::array<std::string_view, 5> kCodes = {
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF XXX",
    "",
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ "
    "GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL "
    "MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR "
    "PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT "
    "TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG",
    "BHD IQD JOD KWD LYD OMR TND",
    "CLF UYW",
};

Result<void> same_currency(const Money& a, const Money& b) {
  if (a.currency == b.currency) return {};
  return bad_input("currency",
                   fmt::format("{} and {} are of different currencies; convert one first",
                               to_text(a), to_text(b)));
}

}  // namespace

Result<Currency> Currency::of(std::string_view code, std::string_view field) {
  std::vector<std::string_view> known;
  for (std::size_t digits = 0; digits < kCodes.size(); ++digits) {
    for (std::size_t at = 0; at < kCodes[digits].size(); at += 4) {
      const std::string_view candidate = kCodes[digits].substr(at, 3);
      if (candidate == code) {
        Currency currency;
        std::ranges::copy(candidate, currency.code_.begin());
        currency.minor_digits_ = static_cast<int>(digits);
        return currency;
      }
      known.push_back(candidate);
    }
  }
  std::string message = fmt::format("{}: \"{}\" is not a currency code of ISO 4217, such as USD",
                                    field, code.substr(0, 40));
  if (const std::string_view near = nearest_word(code, known); !near.empty()) {
    message += fmt::format("; did you mean {}?", near);
  }
  return bad_input(field, std::move(message));
}

Result<Money> parse_money(std::string_view text, std::string_view field) {
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) {
    return bad_input(field, fmt::format("{}: \"{}\" is not an amount with its currency; write it "
                                        "as 12.34 USD",
                                        field, text.substr(0, 60)));
  }
  QUANTA_TRY(const Decimal amount, parse_decimal(text.substr(0, blank), field));
  QUANTA_TRY(const Currency currency, Currency::of(text.substr(blank + 1), field));
  return Money{amount, currency};
}

std::string to_text(const Money& money) {
  return fmt::format("{} {}", to_text(money.amount), money.currency.code());
}

Result<Money> add(const Money& a, const Money& b) {
  QUANTA_CHECK(same_currency(a, b));
  QUANTA_TRY(const Decimal amount, add(a.amount, b.amount));
  return Money{amount, a.currency};
}

Result<Money> subtract(const Money& a, const Money& b) {
  return add(a, Money{-b.amount, b.currency});
}

Result<Money> round_to_coin(const Money& money, Rounding rounding) {
  QUANTA_TRY(const Decimal amount, round_to(money.amount, money.currency.minor_digits(), rounding));
  return Money{amount, money.currency};
}

Result<Money> multiply(const Money& money, const Decimal& quantity, Rounding rounding) {
  QUANTA_TRY(const Decimal amount,
             multiply(money.amount, quantity, money.currency.minor_digits(), rounding));
  return Money{amount, money.currency};
}

Result<std::vector<Money>> allocate(const Money& money, std::span<const std::uint64_t> weights) {
  const Wide total = std::accumulate(weights.begin(), weights.end(), Wide(0));
  if (total == 0) return bad_input("weights", "weights: at least one must be above zero");
  const int scale = std::max(money.amount.scale(), money.currency.minor_digits());
  QUANTA_TRY(const Decimal fine, round_to(money.amount, scale, Rounding::kDown));  // exact
  const Int128 sign = fine.is_negative() ? -1 : 1;
  const Int128 coins = sign * fine.mantissa();

  std::vector<Int128> parts(weights.size());
  std::vector<Wide> cut(weights.size());
  Int128 left = coins;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Wide share = Wide(coins) * weights[i];
    parts[i] = static_cast<Int128>(Wide(share / total));
    cut[i] = share % total;
    left -= parts[i];
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return cut[a] > cut[b]; });
  for (std::size_t i = 0; static_cast<Int128>(i) < left; ++i) ++parts[order[i]];

  std::vector<Money> split;
  for (const Int128 part : parts) {
    QUANTA_TRY(const Decimal amount, Decimal::of(sign * part, scale));
    split.push_back({amount, money.currency});
  }
  return split;
}

json::Value json::Codec<Currency>::to(const Currency& x) { return Value(x.code()); }

Result<Currency> json::Codec<Currency>::from(const Value& value, const std::string& path) {
  QUANTA_TRY(const std::string text, Codec<std::string>::from(value, path));
  return Currency::of(text, path);
}

json::Value json::Codec<Currency>::schema() {
  return Object{{"type", "string"}, {"pattern", "^[A-Z]{3}$"}};
}

}  // namespace quanta
