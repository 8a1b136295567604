#include "core/money.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace quanta {
namespace {

Money money(std::string_view text) { return parse_money(text, "test").value(); }

std::vector<std::string> texts(const std::vector<Money>& parts) {
  std::vector<std::string> result;
  for (const Money& part : parts) result.push_back(to_text(part));
  return result;
}

TEST(Currency, KnowsItsSmallestCoin) {
  // ISO 4217, list one.
  const struct {
    const char* code;
    int digits;
  } cases[] = {{"USD", 2}, {"EUR", 2}, {"JPY", 0}, {"KWD", 3}, {"CLF", 4}, {"CHF", 2}, {"XXX", 0}};
  for (const auto& c : cases) {
    const auto currency = Currency::of(c.code, "currency");
    ASSERT_TRUE(currency.has_value()) << c.code;
    EXPECT_EQ(currency->code(), c.code);
    EXPECT_EQ(currency->minor_digits(), c.digits);
  }
  EXPECT_EQ(Currency().code(), "XXX");
}

TEST(Currency, SuggestsACode) {
  const auto wrong = Currency::of("usd", "fee.currency");
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().field, "fee.currency");
  EXPECT_EQ(wrong.error().message,
            "fee.currency: \"usd\" is not a currency code of ISO 4217, such as USD; "
            "did you mean USD?");
  for (const char* code : {"", "US", "USDT", "U D", "DJF GNF", " US"}) {
    EXPECT_FALSE(Currency::of(code, "currency").has_value()) << code;
  }
}

TEST(Money, PrintsWhatWasRead) {
  for (const char* text : {"12.34 USD", "-0.05 EUR", "45.125 EUR", "100 JPY"}) {
    EXPECT_EQ(to_text(money(text)), text);
  }
  for (const char* text : {"", "12.34", "USD", "12.34USD", "USD 12.34", "12.34  USD", "$12.34",
                           "12.34 usd", "1,234.00 USD", "12.34 USD "}) {
    const auto wrong = parse_money(text, "fee");
    ASSERT_FALSE(wrong.has_value()) << text;
    EXPECT_EQ(wrong.error().field, "fee");
  }
}

TEST(Money, AddsOnlyWhatIsOfOneCurrency) {
  EXPECT_EQ(to_text(add(money("0.10 USD"), money("0.2 USD")).value()), "0.30 USD");
  EXPECT_EQ(to_text(subtract(money("1 EUR"), money("2.5 EUR")).value()), "-1.5 EUR");
  const auto mixed = subtract(money("1 EUR"), money("1 USD"));
  ASSERT_FALSE(mixed.has_value());
  EXPECT_EQ(mixed.error().kind, ErrorKind::kBadInput);
  EXPECT_EQ(mixed.error().field, "currency");
  EXPECT_EQ(money("1.5 USD"), money("1.50 USD"));
  EXPECT_NE(money("1.5 USD"), money("1.5 EUR"));
}

TEST(Money, MultipliesToTheCoin) {
  const auto product = [](const char* amount, const char* quantity) {
    return to_text(
        multiply(money(amount), parse_decimal(quantity, "q").value(), Rounding::kHalfEven).value());
  };
  EXPECT_EQ(product("45.125 EUR", "3"), "135.38 EUR");
  EXPECT_EQ(product("0.05 USD", "0.5"), "0.02 USD");
  EXPECT_EQ(product("0.15 USD", "0.5"), "0.08 USD");
  EXPECT_EQ(product("99 JPY", "0.5"), "50 JPY");
  EXPECT_EQ(product("1.2345 KWD", "1"), "1.234 KWD");
  EXPECT_EQ(to_text(round_to_coin(money("1.005 USD"), Rounding::kHalfUp).value()), "1.01 USD");
}

TEST(Money, OverflowIsAnError) {
  const Money most = money(std::string(38, '9') + " JPY");
  EXPECT_EQ(add(most, money("1 JPY")).error().kind, ErrorKind::kResource);
  EXPECT_EQ(multiply(most, Decimal(2), Rounding::kDown).error().kind, ErrorKind::kResource);
}

TEST(MoneyAllocate, LosesNoCent) {
  const auto split = [](const char* text, std::vector<std::uint64_t> weights) {
    return texts(allocate(money(text), weights).value());
  };
  using Parts = std::vector<std::string>;
  EXPECT_EQ(split("10.00 USD", {1, 1, 1}), (Parts{"3.34 USD", "3.33 USD", "3.33 USD"}));
  EXPECT_EQ(split("-10.00 USD", {1, 1, 1}), (Parts{"-3.34 USD", "-3.33 USD", "-3.33 USD"}));
  // M. Fowler, Patterns of Enterprise Application Architecture: 5 cents as 70 to 30; here the
  // larger remainder is a tie, so that the earlier gets the cent.
  EXPECT_EQ(split("0.05 USD", {70, 30}), (Parts{"0.04 USD", "0.01 USD"}));
  EXPECT_EQ(split("100 JPY", {1, 0, 2}), (Parts{"33 JPY", "0 JPY", "67 JPY"}));
  EXPECT_EQ(split("1 USD", {1, 1}), (Parts{"0.50 USD", "0.50 USD"}));
  EXPECT_EQ(split("0.001 USD", {1, 1}), (Parts{"0.001 USD", "0.000 USD"}));
  EXPECT_EQ(split("0 USD", {1, 1}), (Parts{"0.00 USD", "0.00 USD"}));
}

TEST(MoneyAllocate, NeedsAWeight) {
  for (const std::vector<std::uint64_t>& weights :
       {std::vector<std::uint64_t>{}, std::vector<std::uint64_t>{0, 0}}) {
    const auto none = allocate(money("1 USD"), weights);
    ASSERT_FALSE(none.has_value());
    EXPECT_EQ(none.error().field, "weights");
  }
}

RC_GTEST_PROP(MoneyAllocateProperty, PartsSumToTheWholeAndAreFair, ()) {
  const auto cents = *rc::gen::arbitrary<std::int64_t>();
  const auto weights = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::uint64_t>>(
      rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(0, 10), rc::gen::arbitrary<std::uint64_t>())));
  long double total = 0;
  for (const auto weight : weights) total += static_cast<long double>(weight);
  RC_PRE(total > 0);
  const Money whole{Decimal::of(cents, 2).value(), Currency::of("USD", "c").value()};
  const auto parts = allocate(whole, weights).value();
  RC_ASSERT(parts.size() == weights.size());
  Money sum{Decimal(), whole.currency};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    sum = add(sum, parts[i]).value();
    // Within one cent of the exact share (and what a long double can tell of it).
    const long double share =
        static_cast<long double>(cents) * (static_cast<long double>(weights[i]) / total);
    const auto part = static_cast<long double>(parts[i].amount.mantissa());
    RC_ASSERT(std::abs(part - share) <= 1 + 1e-18L * 8 * std::abs(share));
    RC_ASSERT(weights[i] != 0 || parts[i].amount.is_zero());
  }
  RC_ASSERT(sum == whole);
}

TEST(MoneyJson, HasASchema) {
  EXPECT_EQ(json::schema<Money>(), json::parse(R"({
    "type": "object",
    "properties": {
      "amount": {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
                 "description": "decimal number"},
      "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "code of ISO 4217"}
    },
    "required": ["amount", "currency"],
    "additionalProperties": false
  })",
                                               "schema")
                                       .value());
}

TEST(MoneyJson, HasAmountAndCurrency) {
  EXPECT_EQ(json::print_compact(json::to(money("12.34 USD"))),
            R"({"amount":"12.34","currency":"USD"})");
  const auto read = [](const char* text) {
    return json::from<Money>(json::parse(text, "f").value(), "fee");
  };
  EXPECT_EQ(read(R"({"amount": "12.34", "currency": "USD"})").value(), money("12.34 USD"));
  EXPECT_EQ(read(R"({"amount": 12.34, "currency": "USD"})").error().message,
            "fee.amount: expected a string, found 12.34");
  EXPECT_EQ(read(R"({"amount": "12,34", "currency": "USD"})").error().field, "fee.amount");
  EXPECT_EQ(read(R"({"amount": "12.34", "currency": "XYZ"})").error().field, "fee.currency");
  EXPECT_EQ(read(R"({"amount": "12.34"})").error().message, "fee.currency: missing");
}

}  // namespace
}  // namespace quanta
