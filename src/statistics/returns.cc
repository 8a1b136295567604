#include "statistics/returns.h"

#include <cmath>
#include <cstddef>
#include <span>

#include <fmt/format.h>

namespace quanta::statistics {

Result<Matrix> simple_returns(const Matrix& prices) {
  if (prices.rows() < 2 || prices.columns() == 0) {
    return bad_input("prices",
                     fmt::format("{} dates of {} assets give no return; at least two dates of one "
                                 "asset are needed",
                                 prices.rows(), prices.columns()));
  }
  for (std::size_t t = 0; t < prices.rows(); ++t) {
    for (std::size_t i = 0; i < prices.columns(); ++i) {
      const double price = prices(t, i);
      if (price > 0.0 && std::isfinite(price)) continue;
      return fail(ErrorKind::kBadInput,
                  std::isnan(price)
                      ? fmt::format("row {}, column {}: the price is missing", t + 1, i + 1)
                      : fmt::format("row {}, column {}: price {} is not {}", t + 1, i + 1, price,
                                    price > 0.0 ? "finite" : "positive"),
                  "prices", Place{.file = {}, .line = t + 1, .column = i + 1});
    }
  }
  Matrix returns(prices.rows() - 1, prices.columns());
  for (std::size_t t = 0; t < returns.rows(); ++t) {
    const std::span<const double> before = prices.row(t);
    const std::span<const double> after = prices.row(t + 1);
    const std::span<double> out = returns.row(t);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = after[i] / before[i] - 1.0;
  }
  return returns;
}

}  // namespace quanta::statistics
