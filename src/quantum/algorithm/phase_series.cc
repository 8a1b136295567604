#include "quantum/algorithm/phase_series.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace quanta::quantum {

Result<double> phase_of_series(std::span<const double> prices) {
  if (prices.size() < 3) {
    return bad_input("prices", fmt::format("{} prices: two returns need 3", prices.size()));
  }
  std::vector<double> returns;
  for (std::size_t i = 0; i < prices.size(); ++i) {
    if (!(prices[i] > 0.0 && std::isfinite(prices[i]))) {
      return bad_input("prices", fmt::format("price {} is {}, not positive", i, prices[i]));
    }
    // The difference of near prices is exact, which the ratio less 1 is not.
    if (i > 0) returns.push_back((prices[i] - prices[i - 1]) / prices[i - 1]);
  }
  const auto [least, most] = std::ranges::minmax(returns);
  constexpr double kKeepsFinite = 1e-10;  // part of the encoding
  double sum = 0.0;
  for (const double r : returns) sum += (r - least) / (most - least + kKeepsFinite);
  const double mean = sum / static_cast<double>(returns.size());
  if (!std::isfinite(mean)) {
    return bad_input("prices", "their returns are too large: a ratio overflows");
  }
  return mean;
}

}  // namespace quanta::quantum
