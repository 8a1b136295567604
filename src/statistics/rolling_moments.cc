#include "statistics/rolling_moments.h"

#include <cassert>

namespace quanta::statistics {
namespace {

/// sum += x without loss: what does not fit goes to rest (Knuth's two-sum).
void add_exactly(double& sum, double& rest, double x) {
  const double total = sum + x;
  const double part = total - sum;
  rest += (sum - (total - part)) + (x - part);
  sum = total;
}

}  // namespace

RollingMoments::RollingMoments(std::size_t n_assets)
    : n_(n_assets),
      sum_(n_assets),
      sum_rest_(n_assets),
      products_(n_assets * (n_assets + 1) / 2),
      products_rest_(products_.size()) {}

void RollingMoments::add(std::span<const double> row) {
  assert(row.size() == n_);
  if (origin_.empty()) origin_.assign(row.begin(), row.end());
  change(row, 1.0);
  ++count_;
}

void RollingMoments::drop(std::span<const double> row) {
  assert(row.size() == n_ && count_ > 0);
  change(row, -1.0);
  --count_;
}

void RollingMoments::change(std::span<const double> row, double sign) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < n_; ++i) {
    const double away = row[i] - origin_[i];
    add_exactly(sum_[i], sum_rest_[i], sign * away);
    for (std::size_t j = 0; j <= i; ++j, ++at) {
      add_exactly(products_[at], products_rest_[at], sign * (away * (row[j] - origin_[j])));
    }
  }
}

Moments RollingMoments::moments() const {
  assert(count_ >= 2);
  const auto count = static_cast<double>(count_);
  Moments moments{.mean = std::vector<double>(n_), .covariance = Matrix(n_, n_), .shrinkage = {}};
  std::vector<double> away(n_);
  for (std::size_t i = 0; i < n_; ++i) {
    away[i] = (sum_[i] + sum_rest_[i]) / count;
    moments.mean[i] = origin_[i] + away[i];
  }
  std::size_t at = 0;
  for (std::size_t i = 0; i < n_; ++i) {
    for (std::size_t j = 0; j <= i; ++j, ++at) {
      const double product = products_[at] + products_rest_[at];
      moments.covariance(i, j) = moments.covariance(j, i) =
          (product - count * away[i] * away[j]) / (count - 1.0);
    }
  }
  return moments;
}

}  // namespace quanta::statistics
