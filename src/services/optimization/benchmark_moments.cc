#include "services/optimization/benchmark_moments.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "services/market_data/market_data.h"
#include "statistics/moments.h"

namespace quanta::services {

Result<BenchmarkMoments> benchmark_moments(const std::string& file_and_column,
                                           const Estimate& estimate, const Execution& execution) {
  QUANTA_TRY(LoadedSeries series,
             load_benchmark(file_and_column, estimate.prices->panel.dates, execution));
  const std::size_t n = estimate.assets.size();
  const std::size_t n_periods = estimate.returns.rows();
  Matrix joined(n_periods, n + 1);
  for (std::size_t t = 0; t < n_periods; ++t) {
    std::ranges::copy(estimate.returns.row(t), joined.row(t).begin());
    joined(t, n) = series.prices[t + 1] / series.prices[t] - 1.0;
  }
  auto moments = statistics::estimate_moments(joined, {});
  if (!moments) return std::unexpected(std::move(moments).error());
  const double year = *estimate.periods_per_year;
  BenchmarkMoments out{.covariance = Matrix(n, n),
                       .with_assets = {},
                       .variance = year * moments->covariance(n, n),
                       .input = std::move(series.input),
                       .warnings = std::move(series.warnings)};
  for (std::size_t i = 0; i < n; ++i) {
    out.with_assets.push_back(year * moments->covariance(i, n));
    for (std::size_t j = 0; j < n; ++j) out.covariance(i, j) = year * moments->covariance(i, j);
  }
  return out;
}

}  // namespace quanta::services
