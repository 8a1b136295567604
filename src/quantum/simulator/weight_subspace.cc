#include "quantum/simulator/weight_subspace.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "quantum/simulator/bits.h"
#include "quantum/simulator/byte_text.h"

namespace quanta::quantum {
namespace {

/// 924 amplitudes at most in a block: two states of them fill the first-level cache.
constexpr unsigned kLowQubits = 12;
constexpr auto kBinomials = [] {
  std::array<std::array<std::uint64_t, kMaxWeightQubits + 2>, kMaxWeightQubits + 2> table{};
  for (std::size_t n = 0; n < table.size(); ++n) {
    table[n][0] = 1;
    for (std::size_t k = 1; k <= n; ++k) {
      const std::uint64_t sum = table[n - 1][k - 1] + table[n - 1][k];
      table[n][k] = sum < table[n - 1][k] ? std::numeric_limits<std::uint64_t>::max() : sum;
    }
  }
  return table;
}();

}  // namespace

std::uint64_t binomial(unsigned n, unsigned k) {
  assert(n < kBinomials.size());
  return k > n ? 0 : kBinomials[n][k];
}

std::uint64_t combinadic_rank(std::uint64_t x) {
  std::uint64_t rank = 0;
  for (unsigned j = 1; x != 0; ++j, x &= x - 1) {
    rank += kBinomials[static_cast<unsigned>(std::countr_zero(x))][j];
  }
  return rank;
}

Result<WeightSubspace> WeightSubspace::create(unsigned n_qubits, unsigned weight,
                                              std::size_t memory_limit,
                                              std::size_t bytes_per_amplitude) {
  if (n_qubits == 0 || n_qubits > kMaxWeightQubits) {
    return bad_input("qubits", fmt::format("{} qubits: between 1 and {} can be simulated", n_qubits,
                                           kMaxWeightQubits));
  }
  if (weight > n_qubits) {
    return bad_input("weight", fmt::format("{} of {} qubits cannot be one", weight, n_qubits));
  }
  const auto fits = [&](unsigned n) {
    const double amplitudes = static_cast<double>(kBinomials[n][weight]);
    return amplitudes * static_cast<double>(bytes_per_amplitude) <=
               static_cast<double>(memory_limit) &&
           amplitudes <= 0x1p31;
  };
  if (!fits(n_qubits)) {
    unsigned most = weight;
    while (most < n_qubits && fits(most + 1)) ++most;
    const double amplitudes = static_cast<double>(kBinomials[n_qubits][weight]);
    return fail(
        ErrorKind::kResource,
        fmt::format("{} qubits of which {} are one have {:.6g} states and need {}; the limit of {} "
                    "fits up to {} qubits with {} ones",
                    n_qubits, weight, amplitudes,
                    byte_text(amplitudes * static_cast<double>(bytes_per_amplitude)),
                    byte_text(static_cast<double>(memory_limit)), most, weight),
        "qubits");
  }

  WeightSubspace space;
  space.n_qubits_ = n_qubits;
  space.weight_ = weight;
  space.n_low_ = std::min(n_qubits, kLowQubits);
  space.dimension_ = static_cast<std::size_t>(kBinomials[n_qubits][weight]);

  space.low_states_.resize(space.n_low_ + 1);
  space.low_rank_.resize(std::size_t{1} << space.n_low_);
  for (std::uint32_t x = 0; x < space.low_rank_.size(); ++x) {
    auto& same_weight = space.low_states_[static_cast<unsigned>(std::popcount(x))];
    space.low_rank_[x] = static_cast<std::uint32_t>(same_weight.size());
    same_weight.push_back(x);
  }
  const unsigned n_high = n_qubits - space.n_low_;
  for (unsigned ones = 0; ones <= std::min(n_high, weight); ++ones) {
    const unsigned low_weight = weight - ones;
    if (low_weight > space.n_low_) continue;
    for_each_of_weight(n_high, ones, [&](std::uint64_t high) {
      const std::uint64_t bits = high << space.n_low_;
      const std::uint64_t lowest = bits | ((std::uint64_t{1} << low_weight) - 1);
      space.blocks_.push_back(
          {bits, static_cast<std::uint32_t>(combinadic_rank(lowest)), low_weight});
    });
  }
  std::ranges::sort(space.blocks_, {}, &Block::offset);
  return space;
}

std::size_t WeightSubspace::rank(std::uint64_t x) const {
  assert(static_cast<unsigned>(std::popcount(x)) == weight_ && x >> n_qubits_ == 0);
  const std::uint64_t low = x & ((std::uint64_t{1} << n_low_) - 1);
  // Strings with smaller high bits come before: the terms of the high bits, each counting the ones
  // below it.
  std::uint64_t rank = low_rank_[low];
  auto j = static_cast<unsigned>(std::popcount(low)) + 1;
  for (std::uint64_t high = x ^ low; high != 0; high &= high - 1) {
    rank += kBinomials[static_cast<unsigned>(std::countr_zero(high))][j++];
  }
  return static_cast<std::size_t>(rank);
}

std::uint64_t WeightSubspace::state(std::size_t r) const {
  assert(r < dimension_);
  const auto after = std::ranges::upper_bound(blocks_, r, {}, &Block::offset);
  const Block& block = *(after - 1);
  return block.high | low_states_[block.weight][r - block.offset];
}

std::vector<Amplitude> WeightSubspace::dicke_state() const {
  return std::vector<Amplitude>(dimension_, 1.0 / std::sqrt(static_cast<double>(dimension_)));
}

std::vector<double> WeightSubspace::quadratic_diagonal(const Execution& execution,
                                                       std::span<const double> linear,
                                                       std::span<const double> quadratic,
                                                       double constant) const {
  const std::size_t n = n_qubits_;
  assert(linear.size() == n && quadratic.size() == n * n);
  const auto coupling = [&](unsigned i, unsigned j) {
    return i < j ? quadratic[i * n + j] : quadratic[j * n + i];
  };
  // Quadratic part of the low bits alone, by taking off the highest bit.
  std::vector<double> low_quadratic(low_rank_.size());
  for (std::uint32_t x = 1; x < low_quadratic.size(); ++x) {
    const auto top = static_cast<unsigned>(std::bit_width(x)) - 1;
    const std::uint32_t rest = x ^ (1U << top);
    double sum = low_quadratic[rest];
    for (std::uint32_t bits = rest; bits != 0; bits &= bits - 1) {
      sum += coupling(static_cast<unsigned>(std::countr_zero(bits)), top);
    }
    low_quadratic[x] = sum;
  }

  std::vector<double> cost(dimension_);
  const std::size_t grain =
      std::max<std::size_t>(1, kChunkAmplitudes * blocks_.size() / dimension_);
  parallel_for(execution, blocks_.size(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t b = begin; b < end; ++b) {
      const Block& block = blocks_[b];
      double base = constant;
      std::array<double, kLowQubits> field{};  // of each low bit, the high bits being as they are
      for (unsigned i = 0; i < n_low_; ++i) field[i] = linear[i];
      for (std::uint64_t bits = block.high; bits != 0; bits &= bits - 1) {
        const auto top = static_cast<unsigned>(std::countr_zero(bits));
        base += linear[top];
        for (std::uint64_t rest = bits & (bits - 1); rest != 0; rest &= rest - 1) {
          base += coupling(top, static_cast<unsigned>(std::countr_zero(rest)));
        }
        for (unsigned i = 0; i < n_low_; ++i) field[i] += coupling(i, top);
      }
      const auto& states = low_states_[block.weight];
      for (std::size_t s = 0; s < states.size(); ++s) {
        double sum = base + low_quadratic[states[s]];
        for (std::uint32_t bits = states[s]; bits != 0; bits &= bits - 1) {
          sum += field[static_cast<unsigned>(std::countr_zero(bits))];
        }
        cost[block.offset + s] = sum;
      }
    }
  });
  return cost;
}

}  // namespace quanta::quantum
