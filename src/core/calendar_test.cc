#include "core/calendar.h"

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/enum_text.h"

namespace quanta {
namespace {

using enum TradingCalendar;

Date day(const char* text) { return parse_date(text, "date").value(); }

/// The weekdays of a year on which the calendar is closed.
std::vector<std::string> closures(TradingCalendar calendar, int year) {
  std::vector<std::string> dates;
  for (Date date = date_of(year, 1, 1); date <= date_of(year, 12, 31); date = date + 1) {
    if (is_trading_day(kWeekdays, date) && !is_trading_day(calendar, date)) {
      dates.push_back(to_text(date));
    }
  }
  return dates;
}

TEST(Easter, FallsOnThePublishedDates) {
  // US Census Bureau, "Easter Dates from 1600 to 2099".
  for (const char* date : {"1818-03-22", "1961-04-02", "1990-04-15", "2000-04-23", "2008-03-23",
                           "2011-04-24", "2019-04-21", "2024-03-31", "2025-04-20", "2026-04-05",
                           "2038-04-25", "2049-04-18", "2076-04-19"}) {
    EXPECT_EQ(to_text(easter_sunday(year_month_day(day(date)).year)), date);
  }
}

TEST(NyseCalendar, ClosesOnThePublishedHolidays) {
  // NYSE, "Holidays and Trading Hours", as published for these years, and its notices of special
  // closures.
  const struct {
    int year;
    std::vector<std::string> dates;
  } cases[] = {
      {1994,
       {"1994-02-21", "1994-04-01", "1994-04-27", "1994-05-30", "1994-07-04", "1994-09-05",
        "1994-11-24", "1994-12-26"}},  // New Year's Day on Saturday; no King Day yet
      {2001,
       {"2001-01-01", "2001-01-15", "2001-02-19", "2001-04-13", "2001-05-28", "2001-07-04",
        "2001-09-03", "2001-09-11", "2001-09-12", "2001-09-13", "2001-09-14", "2001-11-22",
        "2001-12-25"}},
      {2021,
       {"2021-01-01", "2021-01-18", "2021-02-15", "2021-04-02", "2021-05-31", "2021-07-05",
        "2021-09-06", "2021-11-25", "2021-12-24"}},  // open on 2021-12-31
      {2022,
       {"2022-01-17", "2022-02-21", "2022-04-15", "2022-05-30", "2022-06-20", "2022-07-04",
        "2022-09-05", "2022-11-24", "2022-12-26"}},
      {2025,
       {"2025-01-01", "2025-01-09", "2025-01-20", "2025-02-17", "2025-04-18", "2025-05-26",
        "2025-06-19", "2025-07-04", "2025-09-01", "2025-11-27", "2025-12-25"}},
      {2026,
       {"2026-01-01", "2026-01-19", "2026-02-16", "2026-04-03", "2026-05-25", "2026-06-19",
        "2026-07-03", "2026-09-07", "2026-11-26", "2026-12-25"}},
  };
  for (const auto& c : cases) EXPECT_EQ(closures(kNyse, c.year), c.dates) << c.year;
}

TEST(NyseCalendar, KnowsTheSpecialClosures) {
  for (const char* date : {"1994-04-27", "2001-09-11", "2001-09-14", "2004-06-11", "2007-01-02",
                           "2012-10-29", "2012-10-30", "2018-12-05", "2025-01-09"}) {
    EXPECT_FALSE(is_trading_day(kNyse, day(date))) << date;
  }
}

TEST(TargetCalendar, ClosesOnThePublishedHolidays) {
  // ECB, TARGET closing days (press releases of 1999-07-15 and 2000-12-14).
  EXPECT_EQ(closures(kTarget, 2001),
            (std::vector<std::string>{"2001-01-01", "2001-04-13", "2001-04-16", "2001-05-01",
                                      "2001-12-25", "2001-12-26", "2001-12-31"}));
  EXPECT_EQ(closures(kTarget, 2024),
            (std::vector<std::string>{"2024-01-01", "2024-03-29", "2024-04-01", "2024-05-01",
                                      "2024-12-25", "2024-12-26"}));
}

TEST(TradingCalendar, StepsOverClosedDays) {
  EXPECT_EQ(next_trading_day(kNyse, day("2026-07-02")), day("2026-07-06"));
  EXPECT_EQ(previous_trading_day(kNyse, day("2026-07-06")), day("2026-07-02"));
  EXPECT_EQ(next_trading_day(kNyse, day("2001-09-10")), day("2001-09-17"));
  EXPECT_EQ(next_trading_day(kWeekdays, day("2026-07-03")), day("2026-07-06"));
  EXPECT_EQ(next_trading_day(kEveryDay, day("2026-07-03")), day("2026-07-04"));
  EXPECT_EQ(next_trading_day(kTarget, day("2024-03-28")), day("2024-04-02"));
}

TEST(TradingCalendar, CountsTheTradingDaysOfAYear) {
  // 2022: 251, 2023: 250, 2024: 252 (NYSE).
  const auto in_year = [](TradingCalendar calendar, int year) {
    return trading_days_between(calendar, date_of(year - 1, 12, 31), date_of(year, 12, 31));
  };
  EXPECT_EQ(in_year(kNyse, 2022), 251);
  EXPECT_EQ(in_year(kNyse, 2023), 250);
  EXPECT_EQ(in_year(kNyse, 2024), 252);
  EXPECT_EQ(in_year(kEveryDay, 2024), 366);
  EXPECT_EQ(in_year(kWeekdays, 2023), 260);
}

RC_GTEST_PROP(TradingCalendarProperty, StepsAndCountsAgree, ()) {
  const auto calendar = *rc::gen::element(kEveryDay, kWeekdays, kNyse, kTarget);
  const Date a{*rc::gen::inRange(7305, 25567)};  // 1990 … 2039
  const Date b = a + *rc::gen::inRange(-400, 400);
  const Date c = a + *rc::gen::inRange(-400, 400);
  RC_ASSERT(trading_days_between(calendar, a, b) + trading_days_between(calendar, b, c) ==
            trading_days_between(calendar, a, c));
  const Date next = next_trading_day(calendar, a);
  RC_ASSERT(is_trading_day(calendar, next));
  RC_ASSERT(trading_days_between(calendar, a, next) == 1);
  RC_ASSERT(previous_trading_day(calendar, next) <= a);
  RC_ASSERT(next - a <= 7);  // no closure since 1990 was longer
}

TEST(TradingCalendar, HasNames) {
  EXPECT_EQ(parse_enum<TradingCalendar>("nyse", "calendar").value(), kNyse);
  EXPECT_EQ(to_text(kTarget), "target");
}

/// The first ten characters of each row.
std::set<Date> dates_of(const std::string& file) {
  std::ifstream stream(QUANTA_SOURCE_DIR "/../shared/data/" + file);
  std::set<Date> dates;
  std::string line;
  std::getline(stream, line);
  while (std::getline(stream, line)) dates.insert(day(line.substr(0, 10).c_str()));
  return dates;
}

/// Days that trade and are not in `dates`, as -date, and days in it that do not trade, as +date.
std::vector<std::string> differences(const std::set<Date>& dates) {
  std::vector<std::string> found;
  for (Date date = *dates.begin(); date <= *dates.rbegin(); date = date + 1) {
    const bool trades = is_trading_day(kNyse, date);
    if (trades && !dates.contains(date)) found.push_back("-" + to_text(date));
    if (!trades && dates.contains(date)) found.push_back("+" + to_text(date));
  }
  return found;
}

TEST(NyseCalendar, EqualsTheDatesOnWhichStocksTraded) {
  const struct {
    const char* file;
    std::size_t n_dates;
  } cases[] = {
      {"prices/us20_1990_2022.csv", 8313},
      {"prices/us20_ragged_1989_2018.csv", 7126},
      {"prices/factor_etfs_2014_2022.csv", 2264},
      {"prices/sp500_wide_2024_jan_may.csv", 104},
      {"bars/spy_daily.csv", 5849},
      {"bars/aapl_daily.csv", 5849},
  };
  for (const auto& c : cases) {
    const auto dates = dates_of(c.file);
    if (dates.empty()) GTEST_SKIP() << "no ../shared/data/" << c.file;
    EXPECT_EQ(dates.size(), c.n_dates) << c.file;
    EXPECT_EQ(differences(dates), std::vector<std::string>{}) << c.file;
  }
}

}  // namespace
}  // namespace quanta
