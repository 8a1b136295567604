/// Civil dates and UTC instants.
///
///   QUANTA_TRY(const Date day, parse_date("2024-02-29", "from"));
///   Date next = day + 1;                       // 2024-03-01
///   std::string text = to_text(next);          // "2024-03-01"
///
/// Trading calendars are in core/calendar.h.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace quanta {

enum class Weekday { kMonday, kTuesday, kWednesday, kThursday, kFriday, kSaturday, kSunday };

struct YearMonthDay {
  int year = 1970;
  int month = 1;  ///< 1 … 12
  int day = 1;    ///< 1 … 31
  friend bool operator==(const YearMonthDay&, const YearMonthDay&) = default;
};

/// A day of the proleptic Gregorian calendar, without a time zone. Default: 1970-01-01.
struct Date {
  std::int32_t days = 0;  ///< since 1970-01-01

  friend auto operator<=>(Date, Date) = default;
  friend Date operator+(Date date, int n) { return {date.days + n}; }
  friend Date operator-(Date date, int n) { return {date.days - n}; }
  friend int operator-(Date a, Date b) { return a.days - b.days; }
};

/// An instant in UTC, to the microsecond. Default: 1970-01-01T00:00:00Z.
struct Timestamp {
  std::int64_t microseconds = 0;  ///< since 1970-01-01T00:00:00Z, leap seconds not counted

  friend auto operator<=>(Timestamp, Timestamp) = default;
};

bool is_leap_year(int year);
int days_in_month(int year, int month);

/// Precondition: a date that exists, year 1 … 9999.
Date date_of(int year, int month, int day);
YearMonthDay year_month_day(Date date);
Weekday weekday(Date date);

/// "2024-02-29". Errors: kBadInput naming `field`, for another form or a day that does not exist.
Result<Date> parse_date(std::string_view text, std::string_view field);

/// "2024-02-29T13:30:00.25Z": date, 'T' or blank, time with optional fraction (to the
/// microsecond, further digits cut), and 'Z', an offset such as +02:00, or nothing (taken as UTC).
/// A date alone is its midnight. Errors as parse_date.
Result<Timestamp> parse_timestamp(std::string_view text, std::string_view field);

std::string to_text(Date date);            ///< "2024-02-29"
std::string to_text(Timestamp timestamp);  ///< "2024-02-29T13:30:00Z", fraction only if not zero

Timestamp start_of(Date date);    ///< its midnight, UTC
Date date_of(Timestamp instant);  ///< the UTC day that holds it

}  // namespace quanta
