#include "core/calendar.h"

#include <algorithm>

namespace quanta {
namespace {

bool is_weekend(Date date) { return weekday(date) >= Weekday::kSaturday; }

/// Whether `day` of the month is in the n-th of its weekday, n from 1.
bool is_nth(int day, int n) { return (day - 1) / 7 + 1 == n; }

/// Whether a holiday on month/day falls on `date`, or is made up for there: Sunday's on Monday,
/// Saturday's on Friday.
bool is_observed(Date date, int month, int day) {
  const Date holiday = date_of(year_month_day(date).year, month, day);
  switch (weekday(holiday)) {
    case Weekday::kSaturday:
      return date == holiday - 1;
    case Weekday::kSunday:
      return date == holiday + 1;
    default:
      return date == holiday;
  }
}

/// Closures of the New York Stock Exchange that no rule gives, since 1990.
constexpr std::array<YearMonthDay, 11> kNyseSpecialClosures = {{
    {1994, 4, 27},  // funeral of President Nixon
    {2001, 9, 11},
    {2001, 9, 12},
    {2001, 9, 13},
    {2001, 9, 14},  // attack on New York
    {2004, 6, 11},  // funeral of President Reagan
    {2007, 1, 2},   // mourning of President Ford
    {2012, 10, 29},
    {2012, 10, 30},  // hurricane Sandy
    {2018, 12, 5},   // mourning of President G. H. W. Bush
    {2025, 1, 9},    // mourning of President Carter
}};

bool is_nyse_holiday(Date date) {
  const YearMonthDay ymd = year_month_day(date);
  const auto [year, month, day] = ymd;
  switch (weekday(date)) {
    case Weekday::kMonday:
      if (month == 1 && is_nth(day, 3) && year >= 1998) return true;  // Martin Luther King Jr. Day
      if (month == 2 && is_nth(day, 3)) return true;                  // Washington's Birthday
      if (month == 5 && day > 31 - 7) return true;                    // Memorial Day
      if (month == 9 && is_nth(day, 1)) return true;                  // Labor Day
      break;
    case Weekday::kThursday:
      if (month == 11 && is_nth(day, 4)) return true;  // Thanksgiving Day
      break;
    case Weekday::kFriday:
      if (date == easter_sunday(year) - 2) return true;  // Good Friday
      break;
    default:
      break;
  }
  // A Saturday's New Year's Day would be made up for in the year before: is_observed cannot see it.
  return is_observed(date, 1, 1) || (year >= 2022 && is_observed(date, 6, 19)) ||
         is_observed(date, 7, 4) || is_observed(date, 12, 25) ||
         std::ranges::find(kNyseSpecialClosures, ymd) != kNyseSpecialClosures.end();
}

bool is_target_holiday(Date date) {
  const YearMonthDay ymd = year_month_day(date);
  const auto [year, month, day] = ymd;
  const Date easter = easter_sunday(year);
  return (month == 1 && day == 1) || date == easter - 2 || date == easter + 1 ||
         (month == 5 && day == 1) || (month == 12 && (day == 25 || day == 26)) ||
         ymd == YearMonthDay{2001, 12, 31};  // the day before euro cash
}

}  // namespace

// Anonymous Gregorian algorithm (Nature, 20 April 1876; Meeus, Astronomical Algorithms, ch. 8).
Date easter_sunday(int year) {
  const int golden = year % 19;
  const int century = year / 100;
  const int of_century = year % 100;
  const int moon_correction = (century - (century + 8) / 25 + 1) / 3;
  const int epact = (19 * golden + century - century / 4 - moon_correction + 15) % 30;
  const int to_sunday =
      (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
  const int late = (golden + 11 * epact + 22 * to_sunday) / 451;
  const int from_march = epact + to_sunday - 7 * late + 114;
  return date_of(year, from_march / 31, from_march % 31 + 1);
}

bool is_trading_day(TradingCalendar calendar, Date date) {
  switch (calendar) {
    case TradingCalendar::kEveryDay:
      return true;
    case TradingCalendar::kWeekdays:
      return !is_weekend(date);
    case TradingCalendar::kNyse:
      return !is_weekend(date) && !is_nyse_holiday(date);
    case TradingCalendar::kTarget:
      return !is_weekend(date) && !is_target_holiday(date);
  }
  return true;
}

Date next_trading_day(TradingCalendar calendar, Date date) {
  do {
    date = date + 1;
  } while (!is_trading_day(calendar, date));
  return date;
}

Date previous_trading_day(TradingCalendar calendar, Date date) {
  do {
    date = date - 1;
  } while (!is_trading_day(calendar, date));
  return date;
}

int trading_days_between(TradingCalendar calendar, Date from, Date to) {
  if (to < from) return -trading_days_between(calendar, to, from);
  int n = 0;
  for (Date date = from + 1; date <= to; date = date + 1) n += is_trading_day(calendar, date);
  return n;
}

}  // namespace quanta
