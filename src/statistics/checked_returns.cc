#include "statistics/checked_returns.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace quanta::statistics {

Result<void> check_returns(const Matrix& returns, std::size_t least_rows) {
  if (returns.rows() < least_rows || returns.columns() == 0) {
    return bad_input(
        "returns",
        fmt::format("{} returns of {} assets; at least {} of one asset {} needed", returns.rows(),
                    returns.columns(), least_rows, least_rows == 1 ? "is" : "are"));
  }
  for (std::size_t t = 0; t < returns.rows(); ++t) {
    for (std::size_t i = 0; i < returns.columns(); ++i) {
      if (std::isfinite(returns(t, i))) continue;
      return fail(
          ErrorKind::kBadInput,
          fmt::format("row {}, column {}: return {} is not finite", t + 1, i + 1, returns(t, i)),
          "returns", Place{.file = {}, .line = t + 1, .column = i + 1});
    }
  }
  return {};
}

Result<void> check_covariance(const Matrix& covariance) {
  if (covariance.rows() != covariance.columns() || covariance.empty()) {
    return bad_input("covariance", fmt::format("{} x {} is not a square matrix", covariance.rows(),
                                               covariance.columns()));
  }
  for (std::size_t i = 0; i < covariance.rows(); ++i) {
    for (std::size_t j = 0; j < covariance.columns(); ++j) {
      if (std::isfinite(covariance(i, j))) continue;
      return bad_input("covariance", fmt::format("row {}, column {}: {} is not finite", i + 1,
                                                 j + 1, covariance(i, j)));
    }
  }
  for (std::size_t i = 0; i < covariance.rows(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double a = covariance(i, j);
      const double b = covariance(j, i);
      if (std::abs(a - b) <= 1e-8 * std::max(std::abs(a), std::abs(b))) continue;
      return bad_input("covariance",
                       fmt::format("row {}, column {} is {}, but row {}, column {} is "
                                   "{}: a covariance is symmetric",
                                   i + 1, j + 1, a, j + 1, i + 1, b));
    }
  }
  return {};
}

}  // namespace quanta::statistics
