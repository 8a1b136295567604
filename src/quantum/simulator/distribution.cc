#include "quantum/simulator/distribution.h"

#include <algorithm>
#include <cassert>

#include "quantum/simulator/binomial.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kBlock = 4096;
/// A block with more shots than this draws its outcomes one by one, by binomial splits.
constexpr std::uint64_t kMostPoints = std::uint64_t{1} << 16;

using Counts = std::vector<std::pair<std::size_t, std::uint64_t>>;

template <class Body>
void for_each_block(const Distribution& distribution, const Body& body) {
  std::vector<double> block(kBlock);
  for (std::size_t begin = 0; begin < distribution.size; begin += kBlock) {
    const std::span<double> part =
        std::span(block).first(std::min(kBlock, distribution.size - begin));
    distribution.read(begin, part);
    body(begin, std::span<const double>(part));
  }
}

double sum_of(std::span<const double> probabilities) {
  double sum = 0.0;
  for (const double p : probabilities) sum += p;
  return sum;
}

/// `shots` of one block by sorted points.
void draw_points(std::size_t begin, std::span<const double> probabilities, std::uint64_t shots,
                 RandomStream& stream, Counts& counts) {
  const double total = sum_of(probabilities);
  std::vector<double> points(shots);
  for (double& point : points) point = stream.uniform() * total;
  std::ranges::sort(points);
  std::size_t last = 0;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    if (probabilities[i] > 0.0) last = i;
  }
  double cumulative = 0.0;
  auto next = points.begin();
  for (std::size_t i = 0; i <= last && next != points.end(); ++i) {
    cumulative += probabilities[i];
    const auto end = i == last ? points.end() : std::lower_bound(next, points.end(), cumulative);
    if (end != next) counts.emplace_back(begin + i, static_cast<std::uint64_t>(end - next));
    next = end;
  }
}

/// Draws shots of `rest` that fall to a part of it, and takes both from what is left.
std::uint64_t split_off(double part, double& rest, std::uint64_t& shots, RandomStream& stream) {
  const double p = rest > 0.0 ? std::clamp(part / rest, 0.0, 1.0) : 1.0;
  const std::uint64_t own = part > 0.0 ? binomial_sample(shots, p, stream) : 0;
  rest -= part;
  shots -= own;
  return own;
}

void draw_splits(std::size_t begin, std::span<const double> probabilities, std::uint64_t shots,
                 RandomStream& stream, Counts& counts) {
  double rest = sum_of(probabilities);
  std::size_t last = 0;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    if (probabilities[i] > 0.0) last = i;
  }
  for (std::size_t i = 0; i <= last && shots > 0; ++i) {
    const std::uint64_t own = i == last ? shots : split_off(probabilities[i], rest, shots, stream);
    if (own > 0) counts.emplace_back(begin + i, own);
  }
}

/// p without its lowest 12 bits (Veltkamp's splitting).
double rounded(double p) {
  const double c = p * (0x1p12 + 1.0);
  return c - (c - p);
}

}  // namespace

Counts draw(const Distribution& distribution, std::uint64_t shots, RandomStream& stream) {
  // First how many shots each block has, then which outcomes.
  std::vector<double> sums;
  for_each_block(distribution, [&](std::size_t, std::span<const double> block) {
    sums.push_back(sum_of(block));
  });
  double rest = sum_of(sums);
  assert(rest > 0.0);
  std::size_t last = 0;
  for (std::size_t b = 0; b < sums.size(); ++b) {
    if (sums[b] > 0.0) last = b;
  }
  std::vector<std::uint64_t> block_shots(sums.size());
  for (std::size_t b = 0; b <= last && shots > 0; ++b) {
    block_shots[b] = b == last ? shots : split_off(sums[b], rest, shots, stream);
  }
  Counts counts;
  for_each_block(distribution, [&](std::size_t begin, std::span<const double> block) {
    const std::uint64_t own = block_shots[begin / kBlock];
    if (own == 0) return;
    if (own <= kMostPoints) {
      draw_points(begin, block, own, stream, counts);
    } else {
      draw_splits(begin, block, own, stream, counts);
    }
  });
  return counts;
}

std::vector<std::pair<std::size_t, double>> likeliest(const Distribution& distribution,
                                                      std::size_t count) {
  using Entry = std::pair<std::size_t, double>;
  const auto before = [](const Entry& a, const Entry& b) {
    const double p = rounded(a.second);
    const double q = rounded(b.second);
    return p != q ? p > q : a.first < b.first;
  };
  std::vector<Entry> best;  // a heap whose front is the least likely that is kept
  if (count == 0) return best;
  for_each_block(distribution, [&](std::size_t begin, std::span<const double> block) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      const Entry entry{begin + i, block[i]};
      if (!(entry.second > 0.0)) continue;
      if (best.size() == count) {
        if (!before(entry, best.front())) continue;
        std::ranges::pop_heap(best, before);
        best.pop_back();
      }
      best.push_back(entry);
      std::ranges::push_heap(best, before);
    }
  });
  std::ranges::sort_heap(best, before);
  return best;
}

}  // namespace quanta::quantum
