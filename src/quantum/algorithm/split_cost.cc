#include "quantum/algorithm/split_cost.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

namespace quanta::quantum {
namespace {

constexpr unsigned kLowBits = 12;
constexpr std::size_t kBlocksPerChunk = 16;

}  // namespace

SplitCost::SplitCost(const QuadraticCost& cost) {
  const std::size_t n = cost.n();
  assert(n > 0 && n <= 40);
  n_low_ = static_cast<unsigned>(std::min<std::size_t>(n, kLowBits));
  const auto coupling = [&](std::size_t i, std::size_t j) { return cost.quadratic(i, j); };

  low_.resize(std::size_t{1} << n_low_);
  for (std::size_t x = 1; x < low_.size(); ++x) {
    const auto top = static_cast<std::size_t>(std::bit_width(x)) - 1;
    const std::size_t rest = x ^ (std::size_t{1} << top);
    double sum = low_[rest];
    for (std::size_t bits = rest; bits != 0; bits &= bits - 1) {
      sum += coupling(static_cast<std::size_t>(std::countr_zero(bits)), top);
    }
    low_[x] = sum;
  }
  base_.resize(std::size_t{1} << (n - n_low_));
  field_.resize(base_.size() * n_low_);
  base_[0] = cost.constant;
  for (std::size_t i = 0; i < n_low_; ++i) field_[i] = cost.linear[i];
  for (std::size_t high = 1; high < base_.size(); ++high) {
    const auto bit = static_cast<std::size_t>(std::bit_width(high)) - 1;
    const std::size_t rest = high ^ (std::size_t{1} << bit);
    const std::size_t top = bit + n_low_;
    double sum = base_[rest] + cost.linear[top];
    for (std::size_t bits = rest; bits != 0; bits &= bits - 1) {
      sum += coupling(static_cast<std::size_t>(std::countr_zero(bits)) + n_low_, top);
    }
    base_[high] = sum;
    for (std::size_t i = 0; i < n_low_; ++i) {
      field_[high * n_low_ + i] = field_[rest * n_low_ + i] + coupling(i, top);
    }
  }

  // With x = (1 - z)/2 the terms in z and z z' have mean 0 and do not correlate.
  mean_ = cost.constant;
  double variance = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    mean_ += cost.linear[i] / 2;
    double of_z = cost.linear[i] / 2;
    for (std::size_t j = 0; j < n; ++j) {
      if (j == i) continue;
      const double q = i < j ? coupling(i, j) : coupling(j, i);
      of_z += q / 4;
      if (i < j) {
        mean_ += q / 4;
        variance += q * q / 16;
      }
    }
    variance += of_z * of_z;
  }
  deviation_ = std::sqrt(variance);
}

double SplitCost::operator()(std::uint64_t x) const {
  const std::size_t low = x & ((std::uint64_t{1} << n_low_) - 1);
  const std::size_t high = x >> n_low_;
  const double* field = field_.data() + high * n_low_;
  double sum = 0.0;
  for (std::size_t bits = low; bits != 0; bits &= bits - 1) sum += field[std::countr_zero(bits)];
  return base_[high] + low_[low] + sum;
}

void SplitCost::block(std::size_t high, std::span<double> out) const {
  assert(out.size() == low_.size());
  const double* field = field_.data() + high * n_low_;
  out[0] = 0.0;
  for (unsigned j = 0; j < n_low_; ++j) {
    const std::size_t half = std::size_t{1} << j;
    for (std::size_t x = 0; x < half; ++x) out[half + x] = out[x] + field[j];
  }
  for (std::size_t x = 0; x < out.size(); ++x) out[x] = base_[high] + low_[x] + out[x];
}

CostStatistics SplitCost::statistics(const Execution& execution) const {
  std::vector<std::array<double, 2>> ends(quanta::n_chunks(n_blocks(), kBlocksPerChunk));
  parallel_for(execution, n_blocks(), kBlocksPerChunk, [&](std::size_t begin, std::size_t end) {
    std::vector<double> costs(low_.size());
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    for (std::size_t high = begin; high < end; ++high) {
      block(high, costs);
      for (const double c : costs) {
        least = std::min(least, c);
        most = std::max(most, c);
      }
    }
    ends[begin / kBlocksPerChunk] = {least, most};
  });
  CostStatistics result{
      .minimum = ends[0][0], .maximum = ends[0][1], .mean = mean_, .deviation = deviation_};
  for (const auto& [least, most] : ends) {
    result.minimum = std::min(result.minimum, least);
    result.maximum = std::max(result.maximum, most);
  }
  return result;
}

}  // namespace quanta::quantum
