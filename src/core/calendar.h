/// Trading calendars as rules, for any year, without tables of dates.
///
///   is_trading_day(TradingCalendar::kNyse, date_of(2026, 7, 3));       // false: Independence Day
///   next_trading_day(TradingCalendar::kNyse, date_of(2026, 7, 2));     // 2026-07-06
///   trading_days_between(TradingCalendar::kNyse, a, b);                // returns from a to b
///
/// A day counts whole: early closes are trading days. All functions are pure and cost O(1) per day
/// looked at.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "core/date.h"

namespace quanta {

enum class TradingCalendar {
  kEveryDay,  ///< markets that never close, such as those of crypto currencies
  kWeekdays,  ///< Monday to Friday
  /// New York Stock Exchange, full-day closures: the holidays of its Rule 7.2 as they were since
  /// 1971 (Martin Luther King Jr. Day since 1998, Juneteenth since 2022), and the special closures
  /// from 1990 on. A holiday on a Sunday is kept on Monday, one on a Saturday on Friday, except New
  /// Year's Day on a Saturday, which is not made up for.
  kNyse,
  /// TARGET and T2, the euro's settlement: closed on 1 January, Good Friday, Easter Monday, 1 May,
  /// 25 and 26 December, never made up for (ECB, since 2000), and on 31 December 2001.
  kTarget,
};

constexpr auto enum_names(TradingCalendar) {
  using enum TradingCalendar;
  using Name = std::string_view;
  return std::array{std::pair{kEveryDay, Name("every-day")}, std::pair{kWeekdays, Name("weekdays")},
                    std::pair{kNyse, Name("nyse")}, std::pair{kTarget, Name("target")}};
}

bool is_trading_day(TradingCalendar calendar, Date date);

/// The first trading day after `date`, and the last before it.
Date next_trading_day(TradingCalendar calendar, Date date);
Date previous_trading_day(TradingCalendar calendar, Date date);

/// The number of trading days d with from < d <= to: the steps from one close to the other. Where
/// to < from, minus that of the opposite direction, so that between(a, b) + between(b, c) =
/// between(a, c). Cost: O(to - from).
int trading_days_between(TradingCalendar calendar, Date from, Date to);

/// Easter Sunday of the Gregorian calendar, year 1583 … 9999.
Date easter_sunday(int year);

}  // namespace quanta
