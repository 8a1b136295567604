#include "core/date.h"

#include <chrono>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace quanta {
namespace {

constexpr int kFirstDay = -719162;  // 0001-01-01
constexpr int kLastDay = 2932896;   // 9999-12-31

TEST(Date, HasTheWeekdayOfHistory) {
  // Days whose weekday is on record.
  const struct {
    const char* date;
    Weekday weekday;
  } cases[] = {
      {"1582-10-15", Weekday::kFriday},   // first day of the Gregorian calendar
      {"1929-10-29", Weekday::kTuesday},  // Black Tuesday
      {"1945-05-08", Weekday::kTuesday},  // end of the war in Europe
      {"1969-07-20", Weekday::kSunday},   // first man on the Moon
      {"1970-01-01", Weekday::kThursday}, {"1987-10-19", Weekday::kMonday},  // Black Monday
      {"2000-01-01", Weekday::kSaturday}, {"2024-02-29", Weekday::kThursday},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(weekday(parse_date(c.date, "date").value()), c.weekday) << c.date;
  }
}

// The standard library's calendar is another's work: every day of the years that have a text.
TEST(Date, AgreesWithTheStandardLibraryOnEveryDay) {
  for (int day = kFirstDay; day <= kLastDay; ++day) {
    const std::chrono::sys_days sys{std::chrono::days{day}};
    const std::chrono::year_month_day ymd{sys};
    const int year = static_cast<int>(ymd.year());
    const int month = static_cast<int>(static_cast<unsigned>(ymd.month()));
    const int month_day = static_cast<int>(static_cast<unsigned>(ymd.day()));
    const bool agrees =
        year_month_day(Date{day}) == YearMonthDay{year, month, month_day} &&
        date_of(year, month, month_day) == Date{day} &&
        static_cast<unsigned>(weekday(Date{day})) == std::chrono::weekday{sys}.iso_encoding() - 1;
    ASSERT_TRUE(agrees) << "day " << day;
  }
}

TEST(Date, KnowsLeapYears) {
  for (const int year : {4, 1996, 2000, 2024, 2400}) EXPECT_TRUE(is_leap_year(year)) << year;
  for (const int year : {1, 1900, 2023, 2100, 2200}) EXPECT_FALSE(is_leap_year(year)) << year;
  EXPECT_EQ(days_in_month(2023, 2), 28);
  EXPECT_EQ(days_in_month(2024, 2), 29);
  EXPECT_EQ(days_in_month(2024, 4), 30);
  EXPECT_EQ(days_in_month(2024, 12), 31);
}

TEST(Date, CountsDays) {
  const Date day = date_of(2024, 2, 28);
  EXPECT_EQ(to_text(day + 1), "2024-02-29");
  EXPECT_EQ(to_text(day + 2), "2024-03-01");
  EXPECT_EQ(to_text(date_of(2024, 1, 1) - 1), "2023-12-31");
  EXPECT_EQ(date_of(2025, 1, 1) - date_of(2024, 1, 1), 366);
  EXPECT_LT(date_of(1999, 12, 31), date_of(2000, 1, 1));
}

RC_GTEST_PROP(DateProperty, ReadsBackWhatItPrints, ()) {
  const Date date{*rc::gen::inRange(kFirstDay, kLastDay + 1)};
  RC_ASSERT(parse_date(to_text(date), "date").value() == date);
}

TEST(Date, RefusesWhatIsNoDate) {
  for (const char* text : {"",
                           "2024",
                           "2024-1-1",
                           "2024-01",
                           "24-01-01",
                           "2024/01/01",
                           "2024-00-01",
                           "2024-13-01",
                           "2024-01-00",
                           "2024-01-32",
                           "2023-02-29",
                           "1900-02-29",
                           "2024-04-31",
                           "0000-01-01",
                           "2024-01-01 ",
                           " 2024-01-01",
                           "2024-01-01T00:00:00Z",
                           "+024-01-01",
                           "2024-01-1x",
                           "12024-01-01",
                           "date"}) {
    const auto date = parse_date(text, "from");
    ASSERT_FALSE(date.has_value()) << text;
    EXPECT_EQ(date.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(date.error().field, "from");
  }
  EXPECT_EQ(parse_date("2023-02-29", "from").error().message,
            "from: \"2023-02-29\" is not a date; write it as 2024-02-29");
}

TEST(Timestamp, ReadsInstants) {
  constexpr std::int64_t kSecond = 1'000'000;
  // Seconds since 1970 as `date -u -d TEXT +%s` (GNU coreutils) gives them.
  const struct {
    const char* text;
    std::int64_t microseconds;
  } cases[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"2009-02-13T23:31:30Z", 1234567890 * kSecond},
      {"2038-01-19T03:14:07Z", 2147483647 * kSecond},
      {"1969-12-31T23:59:59Z", -kSecond},
      {"2009-02-13 23:31:30", 1234567890 * kSecond},        // a blank; without a zone: UTC
      {"2009-02-13T23:31Z", 1234567860 * kSecond},          // no seconds
      {"2009-02-14T01:31:30+02:00", 1234567890 * kSecond},  // east of UTC
      {"2009-02-13T18:01:30-0530", 1234567890 * kSecond},   // west, without a colon
      {"2009-02-14T00:31:30+01", 1234567890 * kSecond},
      {"2009-02-13", 1234483200 * kSecond},  // midnight
      {"1970-01-01T00:00:00.25Z", 250'000},
      {"1970-01-01T00:00:00.000001Z", 1},
      {"1970-01-01T00:00:00.1234569Z", 123'456},  // cut, not rounded
      {"1969-12-31T23:59:59.5+00:00", -500'000},
  };
  for (const auto& c : cases) {
    const auto instant = parse_timestamp(c.text, "time");
    ASSERT_TRUE(instant.has_value()) << c.text;
    EXPECT_EQ(instant->microseconds, c.microseconds) << c.text;
  }
}

TEST(Timestamp, PrintsTheShortestFraction) {
  EXPECT_EQ(to_text(Timestamp{}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_text(Timestamp{250'000}), "1970-01-01T00:00:00.25Z");
  EXPECT_EQ(to_text(Timestamp{-1}), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(to_text(Timestamp{1234567890 * std::int64_t{1'000'000}}), "2009-02-13T23:31:30Z");
}

RC_GTEST_PROP(TimestampProperty, ReadsBackWhatItPrints, ()) {
  const auto low = start_of(Date{kFirstDay}).microseconds;
  const auto high = start_of(Date{kLastDay}).microseconds;
  const Timestamp instant{*rc::gen::inRange(low, high)};
  RC_ASSERT(parse_timestamp(to_text(instant), "time").value() == instant);
  const Date day = date_of(instant);
  RC_ASSERT(start_of(day) <= instant && instant < start_of(day + 1));
}

TEST(Timestamp, RefusesWhatIsNoInstant) {
  for (const char* text :
       {"", "2024-02-30T00:00:00Z", "2024-02-29T24:00:00Z", "2024-02-29T23:60:00Z",
        "2024-02-29T23:59:60Z", "2024-02-29T", "2024-02-29T1:00:00Z", "2024-02-29T13", "13:00:00Z",
        "2024-02-29T13:30:00.Z", "2024-02-29T13:30:00ZZ", "2024-02-29T13:30:00+",
        "2024-02-29T13:30:00+25:00", "2024-02-29T13:30:00+02:", "2024-02-29T13:30:00+02:60",
        "2024-02-29T13:30:00 UTC", "2024-02-29t13:30:00Z",
        "0001-01-01T00:00:00+14:00",     // the year 0
        "9999-12-31T23:59:59-01:00"}) {  // the year 10000
    const auto instant = parse_timestamp(text, "time");
    ASSERT_FALSE(instant.has_value()) << text;
    EXPECT_EQ(instant.error().field, "time");
  }
}

}  // namespace
}  // namespace quanta
