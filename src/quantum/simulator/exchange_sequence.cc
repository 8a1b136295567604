#include "quantum/simulator/exchange_sequence.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "quantum/simulator/bits.h"

namespace quanta::quantum {
namespace {

/// Amplitudes of a tile: 256 kB in double precision.
constexpr std::size_t kTileAmplitudes = 16384;
/// Columns of a tile are a multiple of it, where there are as many: a vector register.
constexpr std::size_t kTileStep = 4;
/// A high pass keeps so many pairs of blocks; of more it makes them anew each time.
constexpr std::size_t kMostKeptPairs = std::size_t{1} << 19;
/// High qubits whose exchanges are done together: at most 20 rows of a tile.
constexpr unsigned kExchangeWindow = 6;

/// Sorted by length, so that a kernel's loops are regular.
template <class List>
void add_groups(std::vector<std::pair<std::uint32_t, RunPair>> runs, List& list) {
  std::ranges::sort(runs, {},
                    [](const auto& run) { return std::pair(run.first, run.second.first); });
  for (const auto& [length, run] : runs) {
    if (list.groups.empty() || list.groups.back().length != length) {
      list.groups.push_back({length, static_cast<std::uint32_t>(list.runs.size()), 0});
    }
    ++list.groups.back().count;
    list.runs.push_back(run);
  }
}

/// Asks for n numbers to be brought into cache.
template <class Number>
void fetch_numbers(const Number* numbers, std::size_t n) {
  constexpr std::size_t kLine = 64 / sizeof(Number);
  for (std::size_t i = 0; i < n + kLine - 1; i += kLine) {
    __builtin_prefetch(numbers + std::min(i, n - 1), 1);
  }
}

/// x with `zeros` clear bits put in at position `at`.
std::uint64_t spread(std::uint64_t x, unsigned at) {
  const std::uint64_t below = x & (bit(at) - 1);
  return below | (x ^ below) << 1;
}

/// The runs of an exchange of two low qubits among the low states of one weight.
std::vector<std::pair<std::uint32_t, RunPair>> low_runs(unsigned n_low, unsigned weight,
                                                        QubitPair pair) {
  const auto [low, high] = pair;
  std::vector<std::pair<std::uint32_t, RunPair>> runs;
  for (unsigned below = 0; below <= low && below + 1 <= weight; ++below) {
    // `below` ones under the pair: their strings are contiguous in both runs.
    const auto length = static_cast<std::uint32_t>(binomial(low, below));
    for_each_of_weight(n_low - low - 2, weight - 1 - below, [&](std::uint64_t rest) {
      const std::uint64_t above = spread(spread(rest << low, low), high);
      const std::uint64_t state = (bit(below) - 1) | above;
      runs.emplace_back(length,
                        RunPair{static_cast<std::uint32_t>(combinadic_rank(state | bit(low))),
                                static_cast<std::uint32_t>(combinadic_rank(state | bit(high)))});
    });
  }
  return runs;
}

/// The runs of an exchange of a low with a high qubit: from a block of the given low weight, where
/// the low qubit is one, to the block with the high qubit, where it is not.
std::vector<std::pair<std::uint32_t, RunPair>> cross_runs(unsigned n_low, unsigned weight,
                                                          unsigned low) {
  std::vector<std::pair<std::uint32_t, RunPair>> runs;
  for (unsigned below = 0; below <= low && below + 1 <= weight; ++below) {
    const auto length = static_cast<std::uint32_t>(binomial(low, below));
    for_each_of_weight(n_low - low - 1, weight - 1 - below, [&](std::uint64_t rest) {
      const std::uint64_t state = (bit(below) - 1) | rest << (low + 1);
      runs.emplace_back(length,
                        RunPair{static_cast<std::uint32_t>(combinadic_rank(state | bit(low))),
                                static_cast<std::uint32_t>(combinadic_rank(state))});
    });
  }
  return runs;
}

/// Exchanges within some qubits.
struct ExchangeWindow {
  std::uint64_t qubits;
  std::vector<QubitPair> pairs;
};

/// The exchanges put together by windows of kExchangeWindow from `begin` on, each as early as what
/// it does not commute with allows; one between two windows is a window of all qubits by itself.
std::vector<ExchangeWindow> exchange_windows(std::span<const QubitPair> pairs, unsigned begin) {
  std::vector<ExchangeWindow> windows;
  for (const QubitPair& pair : pairs) {
    const unsigned number = (pair.first - begin) / kExchangeWindow;
    const bool within = (pair.second - begin) / kExchangeWindow == number;
    const std::uint64_t qubits = within ? (bit(kExchangeWindow) - 1)
                                              << (begin + number * kExchangeWindow)
                                        : ~std::uint64_t{0};
    std::size_t place = windows.size();
    for (std::size_t w = windows.size(); within && w-- > 0;) {
      if (windows[w].qubits == qubits) place = w;
      if (std::ranges::any_of(windows[w].pairs,
                              [&](const QubitPair& other) { return share_qubit(pair, other); })) {
        break;
      }
    }
    if (place == windows.size()) windows.push_back({qubits, {}});
    windows[place].pairs.push_back(pair);
  }
  return windows;
}

}  // namespace

Result<ExchangeSequence> ExchangeSequence::create(WeightSubspace space,
                                                  std::span<const QubitPair> pairs) {
  for (const auto& [i, j] : pairs) {
    if (std::max(i, j) >= space.n_qubits() || i == j) {
      return bad_input("pairs", fmt::format("pair ({}, {}) of {} qubits", i, j, space.n_qubits()));
    }
  }
  ExchangeSequence sequence(std::move(space));
  const WeightSubspace& own = sequence.space_;
  if (ExchangeColumns::worthwhile(own, pairs.size())) {
    sequence.columns_.emplace(own, pairs);
    return sequence;
  }
  sequence.grain_ =
      std::max<std::size_t>(1, kChunkAmplitudes * own.blocks().size() / own.dimension());
  std::vector<std::size_t> n_rows(own.n_low() + 1);  // blocks of each low weight
  for (const auto& block : own.blocks()) ++n_rows[block.weight];
  for (unsigned w = 0; w < n_rows.size(); ++w) {
    if (n_rows[w] == 0) continue;
    const std::size_t columns = binomial(own.n_low(), w);
    const std::size_t width =
        std::max<std::size_t>(1, kTileAmplitudes / n_rows[w] / kTileStep) * kTileStep;
    for (std::size_t begin = 0; begin < columns; begin += width) {
      sequence.tiles_.push_back({w, static_cast<std::uint32_t>(begin),
                                 static_cast<std::uint32_t>(std::min(width, columns - begin))});
    }
  }
  for (const auto& [i, j] : pairs) sequence.schedule(std::minmax(i, j));
  for (Pass& pass : sequence.passes_) sequence.prepare(pass);
  return sequence;
}

/// Into the earliest pass of its kind behind all that it does not commute with.
void ExchangeSequence::schedule(QubitPair pair) {
  const unsigned n_low = space_.n_low();
  const Kind kind = pair.second < n_low   ? Kind::kLow
                    : pair.first >= n_low ? Kind::kHigh
                                          : Kind::kCross;
  const auto shares_qubit = [&](const QubitPair& other) { return share_qubit(pair, other); };
  std::size_t place = passes_.size();  // none yet
  for (std::size_t p = passes_.size(); kind != Kind::kCross && p-- > 0;) {
    if (passes_[p].kind == kind) place = p;
    if (std::ranges::any_of(passes_[p].pairs, shares_qubit)) break;
  }
  if (place == passes_.size()) passes_.push_back({.kind = kind, .pairs = {}});
  passes_[place].pairs.push_back(pair);
}

void ExchangeSequence::prepare(Pass& pass) const {
  const unsigned n_low = space_.n_low();
  std::vector<bool> occurs(n_low + 1);
  for (const auto& block : space_.blocks()) occurs[block.weight] = true;
  if (pass.kind == Kind::kHigh) {
    // Blocks with one of two qubits: at most half of them for each pair.
    if (pass.pairs.size() * space_.blocks().size() / 2 > kMostKeptPairs) return;
    pass.blocks.resize(n_low + 1);
    for (unsigned w = 0; w <= n_low; ++w) {
      if (occurs[w]) pass.blocks[w] = block_pairs(pass.pairs, w);
    }
    return;
  }
  pass.lists.resize(n_low + 1);
  for (unsigned w = 0; w <= n_low; ++w) {
    if (!occurs[w]) continue;
    for (const QubitPair& pair : pass.pairs) {
      add_groups(
          pass.kind == Kind::kLow ? low_runs(n_low, w, pair) : cross_runs(n_low, w, pair.first),
          pass.lists[w].emplace_back());
    }
  }
}

/// Where the positions of block b end.
std::size_t ExchangeSequence::end_of(std::size_t b) const {
  return b + 1 < space_.blocks().size() ? space_.blocks()[b + 1].offset : space_.dimension();
}

/// The exchanges of high qubits among the blocks of a low weight, as offsets: those within six
/// neighbouring qubits for one value of all other qubits after the other, so that what they mix
/// stays in first-level cache; in their order but where they commute.
std::vector<RunPair> ExchangeSequence::block_pairs(std::span<const QubitPair> pairs,
                                                   unsigned weight) const {
  std::vector<RunPair> result;
  for (const ExchangeWindow& window : exchange_windows(pairs, space_.n_low())) {
    std::map<std::uint64_t, std::vector<std::vector<RunPair>>> parts;  // by the other qubits
    for (const auto& block : space_.blocks()) {
      if (block.weight != weight) continue;
      auto& part = parts[block.high & ~window.qubits];
      part.resize(window.pairs.size());
      for (std::size_t g = 0; g < window.pairs.size(); ++g) {
        const std::uint64_t first = bit(window.pairs[g].first);
        const std::uint64_t second = bit(window.pairs[g].second);
        if ((block.high & first) == 0 || (block.high & second) != 0) continue;
        const std::uint64_t partner = (block.high ^ first ^ second) | (bit(weight) - 1);
        part[g].push_back({block.offset, static_cast<std::uint32_t>(combinadic_rank(partner))});
      }
    }
    for (const auto& [others, lists] : parts) {
      for (const auto& list : lists) result.insert(result.end(), list.begin(), list.end());
    }
  }
  return result;
}

/// The sum of group(first, second, runs) over the groups of all exchanges, in their order or
/// backward, with what the runs' offsets count from; before(b) and after(b) around block b of a low
/// pass; fetch(position, n) before a high pass reads there.
template <class OnGroup, class Before, class After, class Fetch>
double ExchangeSequence::sweep(const Execution& execution, const Pass& pass, bool backward,
                               const OnGroup& group, const Before& before, const After& after,
                               const Fetch& fetch) const {
  const auto blocks = space_.blocks();
  const std::size_t n_pairs = pass.pairs.size();
  const auto in_order = [&](std::size_t g) { return backward ? n_pairs - 1 - g : g; };
  const auto groups_of = [&](const RunList& list, std::size_t first, std::size_t second) {
    double sum = 0.0;
    for (const auto& g : list.groups) sum += group(first, second, list.group(g));
    return sum;
  };
  const auto for_blocks = [&](const auto& body) {
    return parallel_sum(execution, blocks.size(), grain_, [&](std::size_t begin, std::size_t end) {
      double sum = 0.0;
      for (std::size_t b = begin; b < end; ++b) sum += body(b);
      return sum;
    });
  };
  if (pass.kind == Kind::kLow) {
    return for_blocks([&](std::size_t b) {
      const auto& block = blocks[b];
      double sum = 0.0;
      if (b + 1 < blocks.size()) fetch(blocks[b + 1].offset, end_of(b + 1) - blocks[b + 1].offset);
      before(b);
      for (std::size_t g = 0; g < n_pairs; ++g) {
        sum += groups_of(pass.lists[block.weight][in_order(g)], block.offset, block.offset);
      }
      after(b);
      return sum;
    });
  }
  if (pass.kind == Kind::kCross) {
    const std::uint64_t high = bit(pass.pairs[0].second);
    return for_blocks([&](std::size_t b) {
      const auto& block = blocks[b];
      if (block.weight == 0 || (block.high & high) != 0) return 0.0;
      const std::uint64_t partner = block.high | high | (bit(block.weight - 1) - 1);
      return groups_of(pass.lists[block.weight][0], block.offset, combinadic_rank(partner));
    });
  }
  double total = 0.0;
  for (std::size_t begin = 0; begin < tiles_.size();) {
    const unsigned weight = tiles_[begin].weight;
    std::size_t end = begin;
    while (end < tiles_.size() && tiles_[end].weight == weight) ++end;
    std::vector<RunPair> made;
    if (pass.blocks.empty()) made = block_pairs(pass.pairs, weight);
    if (backward) {
      if (!pass.blocks.empty()) made = pass.blocks[weight];
      std::ranges::reverse(made);
    }
    const auto& runs = pass.blocks.empty() || backward ? made : pass.blocks[weight];
    std::vector<std::uint32_t> rows;
    for (const auto& block : blocks) {
      if (block.weight == weight) rows.push_back(block.offset);
    }
    const bool fits = rows.size() * kTileStep <= kTileAmplitudes;
    total += parallel_sum(execution, end - begin, 1, [&](std::size_t first, std::size_t last) {
      double sum = 0.0;
      for (std::size_t t = begin + first; t < begin + last; ++t) {
        if (fits && t + 1 < end) {
          const Tile& next = tiles_[t + 1];
          for (const std::uint32_t row : rows) fetch(row + next.begin, next.length);
        }
        sum += group(tiles_[t].begin, tiles_[t].begin, RunGroup{tiles_[t].length, runs});
      }
      return sum;
    });
    begin = end;
  }
  return total;
}

template <class Real>
void ExchangeSequence::apply(const Execution& execution, std::span<std::complex<Real>> amplitudes,
                             double beta,
                             const std::function<void(std::size_t, std::size_t)>& before) const {
  assert(amplitudes.size() == space_.dimension());
  const double c = std::cos(beta);
  const double s = std::sin(beta);
  const auto group = [&](std::size_t first, std::size_t second, const RunGroup& runs) {
    exchange(execution.instruction_set, amplitudes.data() + first, amplitudes.data() + second, runs,
             c, s);
    return 0.0;
  };
  const auto nothing = [](std::size_t /*b*/) {};
  const auto fetch = [&](std::size_t begin, std::size_t n) {
    fetch_numbers(amplitudes.data() + begin, n);
  };
  const bool fused = before && !passes_.empty() && passes_[0].kind == Kind::kLow;
  if (before && !fused) parallel_for(execution, amplitudes.size(), kChunkAmplitudes, before);
  if (columns_) columns_->apply(execution, amplitudes, c, s);
  for (std::size_t p = 0; p < passes_.size(); ++p) {
    const auto before_block = [&](std::size_t b) {
      if (fused && p == 0) before(space_.blocks()[b].offset, end_of(b));
    };
    sweep(execution, passes_[p], false, group, before_block, nothing, fetch);
  }
}

template <class Real>
ExchangeSequence::Sums ExchangeSequence::undo(
    const Execution& execution, std::span<std::complex<Real>> psi,
    std::span<std::complex<Real>> phi, double beta,
    const std::function<double(std::size_t, std::size_t)>& after) const {
  assert(psi.size() == space_.dimension() && phi.size() == space_.dimension());
  const double c = std::cos(beta);
  const double s = std::sin(beta);
  const auto group = [&](std::size_t first, std::size_t second, const RunGroup& runs) {
    const auto behind = static_cast<std::ptrdiff_t>(second) - static_cast<std::ptrdiff_t>(first);
    return exchange_back(execution.instruction_set, psi.data() + first, phi.data() + first, behind,
                         runs, c, s);
  };
  const auto nothing = [](std::size_t /*b*/) {};
  const auto fetch = [&](std::size_t begin, std::size_t n) {
    fetch_numbers(psi.data() + begin, n);
    fetch_numbers(phi.data() + begin, n);
  };
  const bool fused = after && !passes_.empty() && passes_[0].kind == Kind::kLow;
  std::vector<double> after_sums(fused ? space_.blocks().size() : 0);
  Sums sums;
  if (columns_) sums.exchanges = columns_->undo(execution, psi, phi, c, s);
  for (std::size_t p = passes_.size(); p-- > 0;) {
    const auto after_block = [&](std::size_t b) {
      if (fused && p == 0) after_sums[b] = after(space_.blocks()[b].offset, end_of(b));
    };
    sums.exchanges += sweep(execution, passes_[p], true, group, nothing, after_block, fetch);
  }
  for (const double sum : after_sums) sums.after += sum;
  if (after && !fused) sums.after = parallel_sum(execution, psi.size(), kChunkAmplitudes, after);
  return sums;
}

template void ExchangeSequence::apply(const Execution&, std::span<std::complex<double>>, double,
                                      const std::function<void(std::size_t, std::size_t)>&) const;
template void ExchangeSequence::apply(const Execution&, std::span<std::complex<float>>, double,
                                      const std::function<void(std::size_t, std::size_t)>&) const;
template ExchangeSequence::Sums ExchangeSequence::undo(
    const Execution&, std::span<std::complex<double>>, std::span<std::complex<double>>, double,
    const std::function<double(std::size_t, std::size_t)>&) const;
template ExchangeSequence::Sums ExchangeSequence::undo(
    const Execution&, std::span<std::complex<float>>, std::span<std::complex<float>>, double,
    const std::function<double(std::size_t, std::size_t)>&) const;

}  // namespace quanta::quantum
