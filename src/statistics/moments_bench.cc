#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "bench/bench.h"
#include "core/random.h"
#include "statistics/moments.h"

namespace quanta::bench {
namespace {

/// Two passes in plain loops, asset by asset.
Matrix plain_covariance(const Matrix& returns) {
  const std::size_t n = returns.columns();
  const double periods = static_cast<double>(returns.rows());
  std::vector<double> mean(n, 0.0);
  for (std::size_t t = 0; t < returns.rows(); ++t) {
    for (std::size_t i = 0; i < n; ++i) mean[i] += returns(t, i) / periods;
  }
  Matrix covariance(n, n);
  for (std::size_t t = 0; t < returns.rows(); ++t) {
    for (std::size_t i = 0; i < n; ++i) {
      const double deviation = returns(t, i) - mean[i];
      for (std::size_t j = i; j < n; ++j) {
        covariance(i, j) += deviation * (returns(t, j) - mean[j]);
      }
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i; j < n; ++j) {
      covariance(i, j) /= periods - 1;
      covariance(j, i) = covariance(i, j);
    }
  }
  return covariance;
}

}  // namespace

Result<std::vector<Row>> covariance_benchmark(const Context& context) {
  constexpr std::size_t kPeriods = 1250;
  constexpr std::size_t kAssets = 500;
  RandomStream random(1, "returns");
  Matrix returns(kPeriods, kAssets);
  for (std::size_t t = 0; t < kPeriods; ++t) {
    const double market = random.normal();
    for (double& value : returns.row(t)) value = 0.01 * (market + random.normal());
  }
  std::vector<Row> rows;
  const Matrix reference = plain_covariance(returns);
  const double reference_seconds = minimum_seconds([&] { keep(plain_covariance(returns)); }, 0.5);
  for (const auto method : {statistics::CovarianceMethod::kSample,
                            statistics::CovarianceMethod::kLedoitWolfConstantCorrelation}) {
    const auto estimate = [&] {
      return statistics::estimate_covariance(returns, {.method = method});
    };
    QUANTA_TRY(const statistics::CovarianceEstimate own, estimate());
    Row row{.name = fmt::format("covariance, {}", to_text(method)),
            .work = fmt::format("{} periods x {} assets", kPeriods, kAssets)};
    row.seconds = minimum_seconds([&] { keep(estimate()); });
    row.floor = "n^2 T flops";
    row.floor_seconds =
        static_cast<double>(kAssets * kAssets * kPeriods) / context.machine.flops_per_second;
    if (method == statistics::CovarianceMethod::kSample) {
      double difference = 0;
      for (std::size_t i = 0; i < kAssets * kAssets; ++i) {
        difference = std::max(difference, std::abs(own.covariance.data()[i] - reference.data()[i]));
      }
      row.equal = difference < 1e-15;
      row.reference = "plain loops, two passes";
      row.reference_seconds = reference_seconds;
      row.ratio = reference_seconds / row.seconds;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace quanta::bench
