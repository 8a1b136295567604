#include "quantum/simulator/weight_subspace.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace quanta::quantum {
namespace {

constexpr unsigned kMaxQubits = 63;
/// 924 amplitudes at most in a block: two states of them fill the first-level cache.
constexpr unsigned kLowQubits = 12;
/// Pairs in one piece of work of a gate that leaves the blocks, and pieces in one parallel chunk.
constexpr std::uint32_t kPieceLength = 2048;
constexpr std::size_t kPiecesPerChunk = 8;
/// Amplitudes in one parallel chunk, about.
constexpr std::size_t kChunkAmplitudes = 16384;

constexpr auto kBinomials = [] {
  std::array<std::array<std::uint64_t, kMaxQubits + 2>, kMaxQubits + 2> table{};
  for (std::size_t n = 0; n < table.size(); ++n) {
    table[n][0] = 1;
    for (std::size_t k = 1; k <= n; ++k) {
      const std::uint64_t sum = table[n - 1][k - 1] + table[n - 1][k];
      table[n][k] = sum < table[n - 1][k] ? std::numeric_limits<std::uint64_t>::max() : sum;
    }
  }
  return table;
}();

/// sum_j C(p_j, j + 1) over the set bits p_0 < p_1 < … of x: its position among the numbers of its
/// weight.
std::uint64_t combinadic_rank(std::uint64_t x) {
  std::uint64_t rank = 0;
  for (unsigned j = 1; x != 0; ++j, x &= x - 1) {
    rank += kBinomials[static_cast<unsigned>(std::countr_zero(x))][j];
  }
  return rank;
}

/// The next larger number of the same weight (Gosper's hack); x > 0.
std::uint64_t next_of_weight(std::uint64_t x) {
  const std::uint64_t lowest = x & -x;
  const std::uint64_t ripple = x + lowest;
  return ripple | (((x ^ ripple) >> 2) / lowest);
}

/// body(x) for each x of n_bits bits and the given weight, rising.
template <class Body>
void for_each_of_weight(unsigned n_bits, unsigned weight, const Body& body) {
  if (weight > n_bits) return;
  const std::uint64_t count = kBinomials[n_bits][weight];
  std::uint64_t x = (std::uint64_t{1} << weight) - 1;
  for (std::uint64_t i = 0; i < count; ++i) {
    body(x);
    if (x != 0) x = next_of_weight(x);
  }
}

std::string megabytes(double bytes) { return fmt::format("{:.4g} MB", bytes / 1e6); }

/// All runs that an exchange on `pair` mixes among the states of n_bits bits and the given weight,
/// the long ones cut to `longest`; sorted by length, so that a kernel's loops are regular.
std::vector<std::pair<std::uint32_t, RunPair>> find_runs(unsigned n_bits, unsigned weight,
                                                         QubitPair pair, std::uint32_t longest) {
  const auto [low, high] = std::minmax(pair.first, pair.second);
  const unsigned n_between = high - low - 1;
  const unsigned n_rest = n_bits - low - 2;  // bits above `low` without `high`
  std::vector<std::pair<std::uint32_t, RunPair>> runs;
  for (unsigned below = 0; below <= low && below + 1 <= weight; ++below) {
    // `below` ones under the pair: their strings are contiguous in both runs.
    const auto length = static_cast<std::uint32_t>(kBinomials[low][below]);
    const std::uint64_t start = (std::uint64_t{1} << below) - 1;
    for_each_of_weight(n_rest, weight - 1 - below, [&](std::uint64_t rest) {
      const std::uint64_t between = rest & ((std::uint64_t{1} << n_between) - 1);
      const std::uint64_t state = start | between << (low + 1) | (rest >> n_between) << (high + 1);
      const std::uint64_t first = combinadic_rank(state | std::uint64_t{1} << low);
      const std::uint64_t second = combinadic_rank(state | std::uint64_t{1} << high);
      for (std::uint32_t done = 0; done < length; done += longest) {
        runs.emplace_back(std::min(longest, length - done),
                          RunPair{static_cast<std::uint32_t>(first + done),
                                  static_cast<std::uint32_t>(second + done)});
      }
    });
  }
  std::ranges::sort(runs, {},
                    [](const auto& run) { return std::pair(run.first, run.second.first); });
  return runs;
}

}  // namespace

std::uint64_t binomial(unsigned n, unsigned k) {
  assert(n < kBinomials.size());
  return k > n ? 0 : kBinomials[n][k];
}

Result<WeightSubspace> WeightSubspace::create(unsigned n_qubits, unsigned weight,
                                              std::size_t memory_limit,
                                              std::size_t bytes_per_amplitude) {
  if (n_qubits == 0 || n_qubits > kMaxQubits) {
    return bad_input("qubits", fmt::format("{} qubits: between 1 and {} can be simulated", n_qubits,
                                           kMaxQubits));
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
                    megabytes(amplitudes * static_cast<double>(bytes_per_amplitude)),
                    megabytes(static_cast<double>(memory_limit)), most, weight),
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

Result<ExchangeRound> WeightSubspace::exchange_round(std::span<const QubitPair> pairs) const {
  std::uint64_t used = 0;
  for (const auto& [i, j] : pairs) {
    for (const unsigned qubit : {i, j}) {
      if (qubit >= n_qubits_) {
        return bad_input("pairs", fmt::format("pair ({}, {}) of {} qubits", i, j, n_qubits_));
      }
      if (used >> qubit & 1) {
        return bad_input("pairs", fmt::format("qubit {} is in two places of one round", qubit));
      }
      used |= std::uint64_t{1} << qubit;
    }
  }

  const auto prepare = [](unsigned n_bits, unsigned weight, QubitPair pair) {
    ExchangeRound::Gate gate;
    std::uint32_t room = 0;  // pairs that the last group still takes
    for (const auto& [length, run] : find_runs(n_bits, weight, pair, kPieceLength)) {
      if (gate.groups.empty() || gate.groups.back().length != length || room < length) {
        gate.groups.push_back({length, static_cast<std::uint32_t>(gate.runs.size()), 0});
        room = kPieceLength;
      }
      ++gate.groups.back().count;
      room -= length;
      gate.runs.push_back(run);
    }
    return gate;
  };
  ExchangeRound round;
  round.low_.resize(n_low_ + 1);
  for (const QubitPair& pair : pairs) {
    if (std::max(pair.first, pair.second) < n_low_) {
      for (unsigned w = 0; w <= n_low_; ++w) round.low_[w].push_back(prepare(n_low_, w, pair));
    } else {
      round.whole_.push_back(prepare(n_qubits_, weight_, pair));
    }
  }
  return round;
}

void WeightSubspace::exchange(const Execution& execution, std::span<Amplitude> amplitudes,
                              const ExchangeRound& round, double beta) const {
  assert(amplitudes.size() == dimension_);
  const double c = std::cos(beta);
  const double s = std::sin(beta);
  const InstructionSet set = execution.instruction_set;
  if (!round.low_[0].empty()) {
    const std::size_t grain =
        std::max<std::size_t>(1, kChunkAmplitudes * blocks_.size() / dimension_);
    parallel_for(execution, blocks_.size(), grain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t b = begin; b < end; ++b) {
        Amplitude* at = amplitudes.data() + blocks_[b].offset;
        for (const auto& gate : round.low_[blocks_[b].weight]) {
          for (std::size_t g = 0; g < gate.groups.size(); ++g) {
            quantum::exchange(set, at, gate.group(g), c, s);
          }
        }
      }
    });
  }
  for (const auto& gate : round.whole_) {
    parallel_for(execution, gate.groups.size(), kPiecesPerChunk,
                 [&](std::size_t begin, std::size_t end) {
                   for (std::size_t g = begin; g < end; ++g) {
                     quantum::exchange(set, amplitudes.data(), gate.group(g), c, s);
                   }
                 });
  }
}

double WeightSubspace::exchange_back(const Execution& execution, std::span<Amplitude> psi,
                                     std::span<Amplitude> phi, const ExchangeRound& round,
                                     double beta) const {
  assert(psi.size() == dimension_ && phi.size() == dimension_);
  const double c = std::cos(beta);
  const double s = std::sin(beta);
  const InstructionSet set = execution.instruction_set;
  double total = 0.0;
  // The gates of a round commute, so they may be undone in any order.
  for (const auto& gate : round.whole_) {
    total += parallel_sum(
        execution, gate.groups.size(), kPiecesPerChunk, [&](std::size_t begin, std::size_t end) {
          double sum = 0.0;
          for (std::size_t g = begin; g < end; ++g) {
            sum += quantum::exchange_back(set, psi.data(), phi.data(), gate.group(g), c, s);
          }
          return sum;
        });
  }
  if (!round.low_[0].empty()) {
    const std::size_t grain =
        std::max<std::size_t>(1, kChunkAmplitudes * blocks_.size() / dimension_);
    total +=
        parallel_sum(execution, blocks_.size(), grain, [&](std::size_t begin, std::size_t end) {
          double sum = 0.0;
          for (std::size_t b = begin; b < end; ++b) {
            const std::size_t offset = blocks_[b].offset;
            for (const auto& gate : round.low_[blocks_[b].weight]) {
              for (std::size_t g = 0; g < gate.groups.size(); ++g) {
                sum += quantum::exchange_back(set, psi.data() + offset, phi.data() + offset,
                                              gate.group(g), c, s);
              }
            }
          }
          return sum;
        });
  }
  return total;
}

}  // namespace quanta::quantum
