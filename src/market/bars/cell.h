/// What the cells of a price file mean: numbers and times. On the hot path, so no message is made
/// here: the caller words the reason.
#pragma once

#include <optional>
#include <string_view>

#include "core/date.h"

namespace quanta::market {

enum class CellKind {
  kNumber,
  kMissing,   ///< empty, NA, N/A, NaN, null, none or - (any case)
  kText,      ///< none of these
  kInfinite,  ///< inf, infinity
  kTooLarge,  ///< beyond what a double holds
};

/// Reads a decimal number (sign, digits, '.', exponent; blanks around it), correctly rounded. Sets
/// `value` where the kind is kNumber, and to NaN where it is kMissing.
CellKind read_number(std::string_view cell, double& value);

/// ISO 8601: 2024-02-29, 20240229, 2024-02-29T13:30[:00[.25]][Z|+02:00] (or a blank for the T).
std::optional<Timestamp> read_iso_time(std::string_view cell);

/// `Jan 31 2000`, `Jan 31, 2000`.
std::optional<Timestamp> read_month_name_date(std::string_view cell);

std::string_view trim_blanks(std::string_view cell);

}  // namespace quanta::market
