#include "core/decimal.h"

#include <cmath>
#include <limits>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace quanta {
namespace {

Decimal decimal(std::string_view text) { return parse_decimal(text, "test").value(); }

const std::string kMost(38, '9');

/// Any decimal: any number of digits, any scale.
rc::Gen<Decimal> any_decimal() {
  return rc::gen::exec([] {
    const auto high =
        *rc::gen::inRange<std::int64_t>(-999'999'999'999'999'999, 1'000'000'000'000'000'000);
    const auto low = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000'000'000);
    const int digits = *rc::gen::inRange(0, 37);
    const int scale = *rc::gen::inRange(0, kMaxDecimalScale + 1);
    Int128 mantissa = Int128{high} * 1'000'000'000'000'000'000 + (high < 0 ? -low : low);
    for (int i = digits; i < 36; ++i) mantissa /= 10;
    return Decimal::of(mantissa, scale).value();
  });
}

TEST(Decimal, PrintsWhatWasRead) {
  for (const char* text : {"0", "12.34", "-12.34", "0.00", "0.05", "-0.05", "100", "1.50",
                           "123456789012345678901234567890.12345678", "0.000000000000000001"}) {
    EXPECT_EQ(to_text(decimal(text)), text);
  }
  EXPECT_EQ(to_text(decimal("007.10")), "7.10");
  EXPECT_EQ(to_text(decimal("-0")), "0");
  EXPECT_EQ(to_text(decimal(kMost)), kMost);
  EXPECT_EQ(to_text(decimal("-" + kMost)), "-" + kMost);
  EXPECT_EQ(to_text(Decimal(-5)), "-5");
}

RC_GTEST_PROP(DecimalProperty, ReadsBackWhatItPrints, ()) {
  const Decimal x = *any_decimal();
  const Decimal again = decimal(to_text(x));
  RC_ASSERT(again == x);
  RC_ASSERT(again.scale() == x.scale());
  RC_ASSERT(json::from<Decimal>(json::to(x)).value() == x);
}

TEST(Decimal, RefusesWhatIsNoDecimal) {
  for (const char* text : {"", "-", ".", "1.", ".5", "+1", "1e3", "1,000", "1.2.3", " 1", "1 ",
                           "--1", "0x10", "NaN", "1_000", "\xEF\xBC\x91"}) {
    const auto x = parse_decimal(text, "amount");
    ASSERT_FALSE(x.has_value()) << text;
    EXPECT_EQ(x.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(x.error().field, "amount");
  }
  EXPECT_EQ(parse_decimal("1,5", "amount").error().message,
            "amount: \"1,5\" is not a decimal number; write it as -1234.56");
  EXPECT_EQ(parse_decimal("0.1234567890123456789", "amount").error().message,
            "amount: \"0.1234567890123456789\" has more than 18 digits behind the point");
  EXPECT_FALSE(parse_decimal("1" + std::string(38, '0'), "amount").has_value());
  EXPECT_FALSE(parse_decimal(std::string(1'000'000, '9'), "amount").has_value());
}

TEST(Decimal, RoundsInEachWay) {
  // 1.2|5 and its kin to one digit, by each way's definition; IEEE 754-2019, 4.3 names them.
  const struct {
    const char* x;
    const char *half_even, *half_up, *half_down, *up, *down, *ceiling, *floor;
  } cases[] = {
      {"1.25", "1.2", "1.3", "1.2", "1.3", "1.2", "1.3", "1.2"},
      {"1.35", "1.4", "1.4", "1.3", "1.4", "1.3", "1.4", "1.3"},
      {"1.251", "1.3", "1.3", "1.3", "1.3", "1.2", "1.3", "1.2"},
      {"1.249", "1.2", "1.2", "1.2", "1.3", "1.2", "1.3", "1.2"},
      {"1.2", "1.2", "1.2", "1.2", "1.2", "1.2", "1.2", "1.2"},
      {"1.20", "1.2", "1.2", "1.2", "1.2", "1.2", "1.2", "1.2"},
      {"-1.25", "-1.2", "-1.3", "-1.2", "-1.3", "-1.2", "-1.2", "-1.3"},
      {"-1.35", "-1.4", "-1.4", "-1.3", "-1.4", "-1.3", "-1.3", "-1.4"},
      {"-1.21", "-1.2", "-1.2", "-1.2", "-1.3", "-1.2", "-1.2", "-1.3"},
      {"0.05", "0.0", "0.1", "0.0", "0.1", "0.0", "0.1", "0.0"},
      {"-0.05", "0.0", "-0.1", "0.0", "-0.1", "0.0", "0.0", "-0.1"},
      {"3", "3.0", "3.0", "3.0", "3.0", "3.0", "3.0", "3.0"},
  };
  for (const auto& c : cases) {
    const auto rounded = [&](Rounding way) {
      return to_text(round_to(decimal(c.x), 1, way).value());
    };
    EXPECT_EQ(rounded(Rounding::kHalfEven), c.half_even) << c.x;
    EXPECT_EQ(rounded(Rounding::kHalfUp), c.half_up) << c.x;
    EXPECT_EQ(rounded(Rounding::kHalfDown), c.half_down) << c.x;
    EXPECT_EQ(rounded(Rounding::kUp), c.up) << c.x;
    EXPECT_EQ(rounded(Rounding::kDown), c.down) << c.x;
    EXPECT_EQ(rounded(Rounding::kCeiling), c.ceiling) << c.x;
    EXPECT_EQ(rounded(Rounding::kFloor), c.floor) << c.x;
  }
}

TEST(Decimal, Computes) {
  EXPECT_EQ(to_text(add(decimal("0.1"), decimal("0.25")).value()), "0.35");
  EXPECT_EQ(to_text(subtract(decimal("1.00"), decimal("1")).value()), "0.00");
  EXPECT_EQ(to_text(multiply(decimal("45.125"), Decimal(3), 2, Rounding::kHalfEven).value()),
            "135.38");
  EXPECT_EQ(to_text(multiply(decimal("-1.5"), decimal("1.5"), 5, Rounding::kDown).value()),
            "-2.25000");
  EXPECT_EQ(to_text(divide(Decimal(1), Decimal(3), 18, Rounding::kHalfEven).value()),
            "0.333333333333333333");
  EXPECT_EQ(to_text(divide(Decimal(2), Decimal(-3), 4, Rounding::kHalfEven).value()), "-0.6667");
  EXPECT_EQ(to_text(divide(decimal("0.1"), decimal("0.02"), 0, Rounding::kDown).value()), "5");
}

TEST(Decimal, ComparesValues) {
  EXPECT_EQ(decimal("1.5"), decimal("1.500"));
  EXPECT_LT(decimal("-1.5"), decimal("1.5"));
  EXPECT_GT(decimal("0.000000000000000001"), decimal("0"));
  // At a common scale these have 56 digits.
  EXPECT_GT(decimal(kMost), decimal("0.999999999999999999"));
  EXPECT_LT(decimal("-" + kMost), decimal("-0.999999999999999999"));
}

TEST(Decimal, SaysWhenItDoesNotFit) {
  const Decimal most = decimal(kMost);
  const auto kind = [](const Result<Decimal>& x) {
    return x ? ErrorKind::kInternal : x.error().kind;
  };
  EXPECT_EQ(kind(add(most, Decimal(1))), ErrorKind::kResource);
  EXPECT_EQ(kind(subtract(-most, Decimal(1))), ErrorKind::kResource);
  EXPECT_EQ(kind(add(most, decimal("0.1"))), ErrorKind::kResource);  // 39 digits at scale 1
  EXPECT_EQ(kind(multiply(most, most, 18, Rounding::kDown)), ErrorKind::kResource);
  EXPECT_EQ(kind(multiply(most, Decimal(2), 0, Rounding::kDown)), ErrorKind::kResource);
  EXPECT_EQ(kind(round_to(most, 1, Rounding::kDown)), ErrorKind::kResource);
  EXPECT_EQ(kind(divide(most, decimal("0.1"), 0, Rounding::kDown)), ErrorKind::kResource);
  EXPECT_EQ(kind(divide(Decimal(1), Decimal(0), 2, Rounding::kDown)), ErrorKind::kBadInput);
  EXPECT_EQ(kind(round_to(Decimal(1), 19, Rounding::kDown)), ErrorKind::kBadInput);
  EXPECT_EQ(kind(round_to(Decimal(1), -1, Rounding::kDown)), ErrorKind::kBadInput);
  EXPECT_EQ(kind(Decimal::of(1, 19)), ErrorKind::kBadInput);
  EXPECT_EQ(kind(Decimal::of(most.mantissa() + 1, 0)), ErrorKind::kBadInput);
  // A product of 76 digits that rounds into 38 is fine.
  const auto small = decimal("0.99999999999999999");
  EXPECT_EQ(to_text(multiply(most, small, 0, Rounding::kUp).value()).size(), 38u);
}

RC_GTEST_PROP(DecimalProperty, AddingIsExact, ()) {
  const Decimal a = *any_decimal();
  const Decimal b = *any_decimal();
  const auto sum = add(a, b);
  RC_PRE(sum.has_value());
  RC_ASSERT(*sum == add(b, a).value());
  const auto back = subtract(*sum, b);
  if (back) RC_ASSERT(*back == a);
  RC_ASSERT((a < b) == (subtract(a, b) ? subtract(a, b)->is_negative() : a < b));
}

RC_GTEST_PROP(DecimalProperty, RoundingIsNearAndOrdered, ()) {
  using enum Rounding;
  const Decimal x = *any_decimal();
  const int scale = *rc::gen::inRange(0, kMaxDecimalScale + 1);
  RC_PRE(round_to(x, scale, kUp).has_value());
  const auto rounded = [&](Rounding way) { return round_to(x, scale, way).value(); };
  RC_ASSERT(rounded(kFloor) <= x && x <= rounded(kCeiling));
  // One unit of the last place apart at most, and the nearest lies at one of the two ends.
  const Decimal unit = Decimal::of(1, scale).value();
  RC_ASSERT(subtract(rounded(kCeiling), rounded(kFloor)).value() <= unit);
  for (const Rounding way : {kHalfEven, kHalfUp, kHalfDown, kUp, kDown}) {
    RC_ASSERT(rounded(way) == rounded(kFloor) || rounded(way) == rounded(kCeiling));
    RC_ASSERT(round_to(rounded(way), scale, kHalfEven).value() == rounded(way));
  }
  // Rounding and a change of sign commute, but for floor and ceiling, which change places.
  for (const Rounding way : {kHalfEven, kHalfUp, kHalfDown, kUp, kDown}) {
    RC_ASSERT(round_to(-x, scale, way).value() == -rounded(way));
  }
  RC_ASSERT(round_to(-x, scale, kFloor).value() == -rounded(kCeiling));
}

RC_GTEST_PROP(DecimalProperty, DividingUndoesMultiplying, ()) {
  const Decimal a{*rc::gen::inRange<std::int64_t>(-1'000'000'000, 1'000'000'000)};
  const Decimal b{*rc::gen::inRange<std::int64_t>(1, 1'000'000'000)};
  const Decimal product = multiply(a, b, 0, Rounding::kDown).value();
  RC_ASSERT(divide(product, b, 0, Rounding::kDown).value() == a);
}

TEST(Decimal, ComesFromADoubleByTheNearestDigits) {
  EXPECT_EQ(to_text(nearest_decimal(0.1, 2).value()), "0.10");
  EXPECT_EQ(to_text(nearest_decimal(2.675, 2).value()), "2.67");  // the double is below 2.675
  EXPECT_EQ(to_text(nearest_decimal(0.125, 2).value()), "0.12");  // an exact tie
  EXPECT_EQ(to_text(nearest_decimal(0.375, 2).value()), "0.38");
  EXPECT_EQ(to_text(nearest_decimal(-0.001, 2).value()), "0.00");
  EXPECT_EQ(to_text(nearest_decimal(1e20, 2).value()), "100000000000000000000.00");
  EXPECT_EQ(nearest_decimal(1e38, 0).error().kind, ErrorKind::kResource);
  EXPECT_EQ(nearest_decimal(1e37, 18).error().kind, ErrorKind::kResource);
  EXPECT_EQ(nearest_decimal(std::nan(""), 2).error().kind, ErrorKind::kBadInput);
  EXPECT_EQ(nearest_decimal(1.0, 19).error().kind, ErrorKind::kBadInput);
  EXPECT_EQ(to_double(decimal("0.1")), 0.1);
  EXPECT_EQ(to_double(decimal("-123.456")), -123.456);
}

TEST(DecimalJson, IsAString) {
  EXPECT_EQ(json::print_compact(json::to(decimal("1.50"))), "\"1.50\"");
  EXPECT_EQ(json::from<Decimal>(json::Value(1.5), "amount").error().message,
            "amount: expected a string, found 1.5");
}

}  // namespace
}  // namespace quanta
