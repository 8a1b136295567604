#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "bench/bench.h"
#include "core/random.h"
#include "portfolio/objectives/hierarchical.h"
#include "statistics/moments.h"

namespace quanta::bench {
namespace {

constexpr std::size_t kAssets = 500;
constexpr std::size_t kPeriods = 1250;
constexpr double kGoalSeconds = 8e-3;

/// A market, ten sectors, and each share's own noise.
Matrix made_up_returns() {
  RandomStream random(1, "hierarchical", kAssets);
  Matrix returns(kPeriods, kAssets);
  std::vector<double> sectors(10);
  for (std::size_t t = 0; t < kPeriods; ++t) {
    const double market = 0.008 * random.normal();
    for (double& sector : sectors) sector = 0.006 * random.normal();
    for (std::size_t i = 0; i < kAssets; ++i) {
      returns(t, i) = market + sectors[i % sectors.size()] + 0.012 * random.normal();
    }
  }
  return returns;
}

Matrix plain_covariance(const Matrix& returns) {
  const std::size_t n = returns.columns();
  const std::size_t n_periods = returns.rows();
  std::vector<double> mean(n);
  for (std::size_t t = 0; t < n_periods; ++t) {
    for (std::size_t i = 0; i < n; ++i) mean[i] += returns(t, i) / static_cast<double>(n_periods);
  }
  Matrix covariance(n, n, 0.0);
  for (std::size_t t = 0; t < n_periods; ++t) {
    for (std::size_t i = 0; i < n; ++i) {
      const double centred = returns(t, i) - mean[i];
      for (std::size_t j = 0; j < n; ++j) covariance(i, j) += centred * (returns(t, j) - mean[j]);
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (double& value : covariance.row(i)) value /= static_cast<double>(n_periods - 1);
  }
  return covariance;
}

/// The leaves of single linkage from left to right, the two nearest clusters joined by looking at
/// every pair each time: the definition word by word.
std::vector<std::size_t> plain_order(const Matrix& covariance) {
  const std::size_t n = covariance.rows();
  Matrix distance(n, n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const double correlation = covariance(i, j) / std::sqrt(covariance(i, i) * covariance(j, j));
      distance(i, j) = std::sqrt(std::max(0.0, (1.0 - correlation) / 2.0));
    }
  }
  struct Cluster {
    std::size_t number;
    std::vector<std::size_t> leaves;
  };
  std::vector<Cluster> clusters;
  for (std::size_t i = 0; i < n; ++i) clusters.push_back({i, {i}});
  while (clusters.size() > 1) {
    std::size_t a = 0;
    std::size_t b = 1;
    for (std::size_t i = 0; i < clusters.size(); ++i) {
      for (std::size_t j = i + 1; j < clusters.size(); ++j) {
        if (distance(i, j) < distance(a, b)) a = i, b = j;
      }
    }
    const std::size_t last = clusters.size() - 1;
    if (clusters[b].number < clusters[a].number) std::swap(clusters[a].leaves, clusters[b].leaves);
    clusters[a].leaves.insert(clusters[a].leaves.end(), clusters[b].leaves.begin(),
                              clusters[b].leaves.end());
    clusters[a].number = 2 * n - clusters.size();
    for (std::size_t k = 0; k <= last; ++k) {
      distance(a, k) = distance(k, a) = std::min(distance(a, k), distance(b, k));
    }
    for (std::size_t k = 0; k <= last; ++k) {
      distance(b, k) = distance(last, k);
      distance(k, b) = distance(k, last);
    }
    std::swap(clusters[b], clusters[last]);
    clusters.pop_back();
  }
  return clusters[0].leaves;
}

}  // namespace

Result<std::vector<Row>> hierarchical_benchmark(const Context& context) {
  const Matrix returns = made_up_returns();
  const auto own = [&]() -> Result<portfolio::HierarchicalAnswer> {
    QUANTA_TRY(const statistics::CovarianceEstimate estimate,
               statistics::estimate_covariance(returns, {}));
    return portfolio::hierarchical_risk_parity(estimate.covariance, {});
  };
  const auto plain = [&] {
    const Matrix covariance = plain_covariance(returns);
    return portfolio::recursive_bisection(covariance, plain_order(covariance));
  };
  QUANTA_TRY(const portfolio::HierarchicalAnswer answer, own());
  portfolio::HierarchicalAnswer reference;
  Row row{.name = fmt::format("hrp, n = {}, T = {}", kAssets, kPeriods),
          .work = "from returns to weights"};
  row.reference = "three plain loops, every pair of clusters";
  row.reference_seconds = seconds_once([&] { reference = plain(); });
  row.equal = reference.order == answer.order;
  for (std::size_t i = 0; i < kAssets; ++i) {
    row.equal = row.equal &&
                std::abs(reference.weights[i] - answer.weights[i]) <= 1e-10 * answer.weights[i];
  }
  row.seconds = minimum_seconds([&] { keep(own()); });
  row.ratio = *row.reference_seconds / row.seconds;
  row.floor = "n^2 T flops of a symmetric covariance";
  row.floor_seconds =
      static_cast<double>(kAssets) * kAssets * kPeriods / context.machine.flops_per_second;
  row.goal = "8 ms";
  row.met = row.seconds <= kGoalSeconds;
  return std::vector{row};
}

}  // namespace quanta::bench
