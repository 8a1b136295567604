/// The quantile of a cost distribution that is visited, not stored.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <vector>

#include "core/execution.h"

namespace quanta::quantum {

/// Parts into which an evaluator divides its outcomes.
inline constexpr std::size_t kQuantileParts = 64;

/// The least cost t with P(c <= t) >= alpha, up to rounding; the largest visited cost where the
/// probabilities sum to less.
///
/// visit(part, take) calls take(cost, probability) for each outcome of one of n_parts parts; it is
/// called several times for each part, with the same outcomes. All costs lie in [least, most].
/// Two to five rounds over the outcomes: each cuts the range that holds the quantile into 4096
/// bins. Same bits for any number of threads. Memory: 100 kB a part.
template <class Visit>
double cost_quantile(const Execution& execution, std::size_t n_parts, const Visit& visit,
                     double least, double most, double alpha) {
  constexpr std::size_t kBins = 4096;
  struct Bin {
    double probability = 0.0;
    double least = std::numeric_limits<double>::infinity();
    double most = -std::numeric_limits<double>::infinity();

    void add(const Bin& other) {
      probability += other.probability;
      least = std::min(least, other.least);
      most = std::max(most, other.most);
    }
  };
  double below = 0.0;  // probability of all costs below `least`
  while (least < most) {
    // In halves, because the range itself may be beyond the largest number.
    const double scale = static_cast<double>(kBins) / (most / 2 - least / 2);
    if (!(scale < std::numeric_limits<double>::max())) break;
    std::vector<std::vector<Bin>> parts(n_parts);
    parallel_for(execution, n_parts, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t part = begin; part < end; ++part) {
        std::vector<Bin> bins(kBins);
        visit(part, [&](double cost, double probability) {
          if (!(cost >= least && cost <= most)) return;
          const auto bin = static_cast<std::size_t>((cost / 2 - least / 2) * scale);
          bins[std::min(bin, kBins - 1)].add({probability, cost, cost});
        });
        parts[part] = std::move(bins);
      }
    });
    std::vector<Bin> bins = std::move(parts[0]);
    for (std::size_t part = 1; part < n_parts; ++part) {
      for (std::size_t b = 0; b < kBins; ++b) bins[b].add(parts[part][b]);
    }
    double largest = least;
    bool found = false;
    for (const Bin& bin : bins) {
      if (!(bin.least <= bin.most)) continue;  // nothing fell into it
      largest = bin.most;
      if (below + bin.probability >= alpha) {
        least = bin.least;
        most = bin.most;
        found = true;
        break;
      }
      below += bin.probability;
    }
    if (!found) return largest;
  }
  return most;
}

}  // namespace quanta::quantum
