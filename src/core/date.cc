#include "core/date.h"

#include <array>
#include <cassert>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace quanta {
namespace {

constexpr std::int64_t kMicrosecondsPerDay = 86'400'000'000;

/// Reads exactly `width` digits at `at` and moves past them.
std::optional<int> digits(std::string_view text, std::size_t& at, std::size_t width) {
  if (at + width > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    const char c = text[at + i];
    if (c < '0' || c > '9') return std::nullopt;
    value = 10 * value + (c - '0');
  }
  at += width;
  return value;
}

bool take(std::string_view text, std::size_t& at, char c) {
  if (at >= text.size() || text[at] != c) return false;
  ++at;
  return true;
}

std::optional<Date> read_date(std::string_view text, std::size_t& at) {
  const auto year = digits(text, at, 4);
  if (!year || !take(text, at, '-')) return std::nullopt;
  const auto month = digits(text, at, 2);
  if (!month || !take(text, at, '-')) return std::nullopt;
  const auto day = digits(text, at, 2);
  if (!day || *year < 1 || *month < 1 || *month > 12 || *day < 1 ||
      *day > days_in_month(*year, *month)) {
    return std::nullopt;
  }
  return date_of(*year, *month, *day);
}

/// "hh:mm[:ss[.fraction]]" in microseconds since midnight.
std::optional<std::int64_t> read_time(std::string_view text, std::size_t& at) {
  const auto hour = digits(text, at, 2);
  if (!hour || !take(text, at, ':')) return std::nullopt;
  const auto minute = digits(text, at, 2);
  if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
  std::int64_t microseconds = (std::int64_t{*hour} * 60 + *minute) * 60'000'000;
  if (!take(text, at, ':')) return microseconds;
  const auto second = digits(text, at, 2);
  if (!second || *second > 59) return std::nullopt;
  microseconds += std::int64_t{*second} * 1'000'000;
  if (!take(text, at, '.')) return microseconds;
  std::int64_t unit = 100'000;
  std::size_t n = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++n) {
    microseconds += unit * (text[at] - '0');
    unit /= 10;
  }
  if (n == 0) return std::nullopt;
  return microseconds;
}

/// "Z", "+hh:mm", "+hhmm", "+hh" or nothing, in microseconds east of UTC.
std::optional<std::int64_t> read_offset(std::string_view text, std::size_t& at) {
  if (at == text.size() || take(text, at, 'Z')) return 0;
  const bool west = text[at] == '-';
  if (!west && text[at] != '+') return std::nullopt;
  ++at;
  const auto hour = digits(text, at, 2);
  if (!hour || *hour > 23) return std::nullopt;
  int minute = 0;
  if (at < text.size()) {
    take(text, at, ':');
    const auto read = digits(text, at, 2);
    if (!read || *read > 59) return std::nullopt;
    minute = *read;
  }
  const std::int64_t offset = (std::int64_t{*hour} * 60 + minute) * 60'000'000;
  return west ? -offset : offset;
}

/// The dates that have a text: years 1 … 9999. An offset must not lead out of them.
constexpr Date kFirstDate{-719162};
constexpr Date kLastDate{2932896};

std::string shown(std::string_view text) { return std::string(text.substr(0, 40)); }

}  // namespace

bool is_leap_year(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  assert(month >= 1 && month <= 12);
  return month == 2 && is_leap_year(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

// Both conversions count in eras of 400 years that begin on 1 March, so that the leap day is the
// last of its year (H. Hinnant, chrono-Compatible Low-Level Date Algorithms, 2013).
Date date_of(int year, int month, int day) {
  const int y = year - (month <= 2 ? 1 : 0);
  const int era = (y >= 0 ? y : y - 399) / 400;
  const int year_of_era = y - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return {era * 146097 + day_of_era - 719468};
}

YearMonthDay year_month_day(Date date) {
  const int z = date.days + 719468;
  const int era = (z >= 0 ? z : z - 146096) / 146097;
  const int day_of_era = z - era * 146097;
  const int year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int shifted_month = (5 * day_of_year + 2) / 153;
  const int month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

Weekday weekday(Date date) {
  const int from_monday = (date.days % 7 + 7 + 3) % 7;  // 1970-01-01 was a Thursday
  return static_cast<Weekday>(from_monday);
}

Result<Date> parse_date(std::string_view text, std::string_view field) {
  std::size_t at = 0;
  const auto date = read_date(text, at);
  if (!date || at != text.size()) {
    return bad_input(
        field, fmt::format("{}: \"{}\" is not a date; write it as 2024-02-29", field, shown(text)));
  }
  return *date;
}

Result<Timestamp> parse_timestamp(std::string_view text, std::string_view field) {
  std::size_t at = 0;
  const auto wrong = [&] {
    return bad_input(
        field, fmt::format("{}: \"{}\" is not a time; write it as 2024-02-29T13:30:00Z", field,
                           shown(text)));
  };
  const auto date = read_date(text, at);
  if (!date) return wrong();
  Timestamp instant = start_of(*date);
  if (at == text.size()) return instant;
  if (!take(text, at, 'T') && !take(text, at, ' ')) return wrong();
  const auto time = read_time(text, at);
  if (!time) return wrong();
  const auto offset = read_offset(text, at);
  if (!offset || at != text.size()) return wrong();
  instant.microseconds += *time - *offset;
  if (instant < start_of(kFirstDate) || instant >= start_of(kLastDate + 1)) return wrong();
  return instant;
}

std::string to_text(Date date) {
  const YearMonthDay d = year_month_day(date);
  return fmt::format("{:04}-{:02}-{:02}", d.year, d.month, d.day);
}

std::string to_text(Timestamp timestamp) {
  const Date date = date_of(timestamp);
  const std::int64_t time = timestamp.microseconds - start_of(date).microseconds;
  const std::int64_t seconds = time / 1'000'000;
  std::string text = fmt::format("{}T{:02}:{:02}:{:02}", to_text(date), seconds / 3600,
                                 seconds / 60 % 60, seconds % 60);
  if (time % 1'000'000 != 0) {
    text += fmt::format(".{:06}", time % 1'000'000);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + "Z";
}

Timestamp start_of(Date date) { return {date.days * kMicrosecondsPerDay}; }

Date date_of(Timestamp instant) {
  std::int64_t days = instant.microseconds / kMicrosecondsPerDay;
  if (instant.microseconds % kMicrosecondsPerDay < 0) --days;
  return {static_cast<std::int32_t>(days)};
}

}  // namespace quanta
