#include "cli/figures.h"

#include <cmath>

#include <fmt/format.h>

namespace quanta::cli {

std::string percent(double fraction, int decimals) {
  if (!std::isfinite(fraction)) return "-";
  std::string text = fmt::format("{:.{}f}", 100 * fraction, decimals);
  // A loss too small to show is no negative zero.
  if (text.find_first_of("123456789") == std::string::npos && text.starts_with('-'))
    text.erase(0, 1);
  return text + " %";
}

std::string with_thousands(std::uint64_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string duration(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.0f} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.3g} ms", seconds * 1e3);
  return fmt::format("{:.3g} s", seconds);
}

std::string figure(std::optional<double> x) {
  return x && std::isfinite(*x) ? fmt::format("{:.6g}", *x) : "-";
}

std::string_view period_name(double periods_per_year) {
  if (periods_per_year == 252 || periods_per_year == 365) return "day";
  if (periods_per_year == 52) return "week";
  if (periods_per_year == 12) return "month";
  return "period";
}

}  // namespace quanta::cli
