/// Figures as people read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quanta::cli {

std::string percent(double fraction, int decimals = 1);  ///< 0.123 as "12.3 %"
std::string with_thousands(std::uint64_t n);             ///< 125970 as "125,970"
std::string duration(double seconds);                    ///< "1.24 s", "12 ms", "35 us"
/// Six significant digits: "0.0287812", "1.2e-09"; "-" where there is none.
std::string figure(std::optional<double> x);
/// What one of `periods_per_year` periods is called: "day" for 252 and 365, "week" for 52, "month"
/// for 12, else "period".
std::string_view period_name(double periods_per_year);

}  // namespace quanta::cli
