#include "statistics/returns.h"

#include <cmath>
#include <cstddef>
#include <span>

#include <fmt/format.h>

namespace quanta::statistics {
namespace {

Result<void> check_prices(const Matrix& prices) {
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
  return {};
}

/// One row for each step between dates: of(before, after).
template <class Of>
Result<Matrix> steps(const Matrix& prices, const Of& of) {
  QUANTA_CHECK(check_prices(prices));
  Matrix returns(prices.rows() - 1, prices.columns());
  for (std::size_t t = 0; t < returns.rows(); ++t) {
    const std::span<const double> before = prices.row(t);
    const std::span<const double> after = prices.row(t + 1);
    const std::span<double> out = returns.row(t);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = of(before[i], after[i]);
  }
  return returns;
}

}  // namespace

Result<Matrix> simple_returns(const Matrix& prices) {
  return steps(prices, [](double before, double after) { return after / before - 1.0; });
}

Result<Matrix> log_returns(const Matrix& prices) {
  return steps(prices, [](double before, double after) { return std::log(after / before); });
}

}  // namespace quanta::statistics
