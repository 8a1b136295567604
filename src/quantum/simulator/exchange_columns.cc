#include "quantum/simulator/exchange_columns.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <numeric>

#include "quantum/simulator/aligned_array.h"
#include "quantum/simulator/bits.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kFewestQubits = 8;
constexpr unsigned kMostQubits = 32;
/// sum_j C(p_j, below + j + 1) over the set bits p_0 < p_1 < … of x.
std::uint64_t rank_above(std::uint64_t x, unsigned below) {
  std::uint64_t rank = 0;
  for (unsigned j = below + 1; x != 0; ++j, x &= x - 1) {
    rank += binomial(static_cast<unsigned>(std::countr_zero(x)), j);
  }
  return rank;
}

unsigned ones(std::uint64_t x) { return static_cast<unsigned>(std::popcount(x)); }

/// Where the rows begin, of all states of n qubits and one weight, that an exchange mixes.
std::vector<RunPair> row_pairs(unsigned n, unsigned weight, QubitPair pair, std::uint32_t length) {
  const std::uint64_t first = std::uint64_t{1} << pair.first;
  const std::uint64_t second = std::uint64_t{1} << pair.second;
  std::vector<RunPair> result;
  std::uint32_t row = 0;
  for_each_of_weight(n, weight, [&](std::uint64_t x) {
    if ((x & first) != 0 && (x & second) == 0) {
      const auto partner = static_cast<std::uint32_t>(combinadic_rank(x ^ first ^ second));
      result.push_back({row * length, partner * length});
    }
    ++row;
  });
  return result;
}

}  // namespace

bool ExchangeColumns::worthwhile(const WeightSubspace& space, std::size_t n_pairs) {
  const unsigned n = space.n_qubits();
  return n >= kFewestQubits && n <= kMostQubits && n_pairs >= 3 * std::size_t{n};
}

ExchangeColumns::ExchangeColumns(const WeightSubspace& space, std::span<const QubitPair> pairs)
    : dimension_(space.dimension()), weight_(space.weight()) {
  assert(space.n_qubits() >= kFewestQubits && space.n_qubits() <= kMostQubits);
  const unsigned n = space.n_qubits();
  for (unsigned p = 0; p < kParts; ++p) {
    Part& part = parts_[p];
    part.begin = p * n / kParts;
    part.n_qubits = (p + 1) * n / kParts - part.begin;
    part.of_weight.resize(part.n_qubits + 1);
    const std::uint32_t n_states = 1U << part.n_qubits;
    for (std::uint32_t x = 0; x < n_states; ++x) part.of_weight[ones(x)].push_back(x);
    for (unsigned below = 0; below <= weight_; ++below) {
      for (std::uint32_t x = 0; x < n_states; ++x) {
        // Where no state of the space has such weights the number is not used, and may be cut.
        part.ranks.push_back(static_cast<std::uint32_t>(
            below + ones(x) > weight_ ? 0 : rank_above(std::uint64_t{x} << part.begin, below)));
      }
    }
  }
  for (const auto& [i, j] : pairs) schedule(std::minmax(i, j));
  for (Pass& pass : passes_) prepare(pass);
}

unsigned ExchangeColumns::part_of(unsigned qubit) const {
  unsigned p = kParts - 1;
  while (qubit < parts_[p].begin) --p;
  return p;
}

/// Into the earliest pass that holds its parts behind all that it does not commute with.
void ExchangeColumns::schedule(QubitPair pair) {
  const unsigned first = part_of(pair.first);
  const unsigned second = part_of(pair.second);
  const auto holds = [](const Pass& pass, unsigned part) {
    return pass.mixed[0] == part || pass.mixed[1] == part;
  };
  const auto shares_qubit = [&](const QubitPair& other) { return share_qubit(pair, other); };
  std::size_t place = passes_.size();  // none yet
  for (std::size_t p = passes_.size(); p-- > 0;) {
    if (holds(passes_[p], first) && holds(passes_[p], second)) place = p;
    if (std::ranges::any_of(passes_[p].pairs, shares_qubit)) break;
  }
  if (place == passes_.size()) {
    Pass pass{.mixed = {first, second}, .others = {}};
    if (first == second) {  // with a neighbour
      pass.mixed[0] = std::min(first, kParts - 2);
      pass.mixed[1] = pass.mixed[0] + 1;
    }
    unsigned* other = pass.others.data();
    for (unsigned p = 0; p < kParts; ++p) {
      if (!holds(pass, p)) *other++ = p;
    }
    passes_.push_back(std::move(pass));
  }
  passes_[place].pairs.push_back(pair);
}

void ExchangeColumns::prepare(Pass& pass) const {
  const Part& low = parts_[pass.mixed[0]];
  const Part& high = parts_[pass.mixed[1]];
  const unsigned n_mixed = low.n_qubits + high.n_qubits;
  pass.rows.resize(n_mixed);
  for (unsigned r = 0; r <= parts_[pass.others[0]].n_qubits; ++r) {
    for (unsigned u = 0; u <= parts_[pass.others[1]].n_qubits; ++u) {
      // All zero or all one: nothing to mix.
      if (r + u >= weight_ || weight_ - r - u >= n_mixed) continue;
      const std::size_t n_columns =
          parts_[pass.others[0]].of_weight[r].size() * parts_[pass.others[1]].of_weight[u].size();
      for (std::uint32_t first = 0; first < n_columns; first += kColumns) {
        const auto left = static_cast<std::uint32_t>(n_columns - first);
        pass.tiles.push_back({{r, u}, first, std::min(kColumns, left)});
      }
      auto& rows = pass.rows[weight_ - r - u];
      if (!rows.empty()) continue;
      const auto compressed = [&](unsigned qubit) {
        return qubit < high.begin ? qubit - low.begin : qubit - high.begin + low.n_qubits;
      };
      for (const auto& [i, j] : pass.pairs) {
        rows.push_back(
            row_pairs(n_mixed, weight_ - r - u, {compressed(i), compressed(j)}, kColumns));
      }
    }
  }
}

/// By the state of a part: its term of the rank, where all parts have these weights.
std::span<const std::uint32_t> ExchangeColumns::term(unsigned part, const Weights& weights) const {
  const std::size_t below = std::accumulate(weights.begin(), weights.begin() + part, 0U);
  const std::size_t n_states = std::size_t{1} << parts_[part].n_qubits;
  return std::span(parts_[part].ranks).subspan(below * n_states, n_states);
}

/// Where the amplitudes of tiles are: in row x and column c at rows[x] + columns[w][c], w being the
/// weight of P in that row. Rows are the same for tiles of the same weights.
class ExchangeColumns::Places {
 public:
  Places(const ExchangeColumns& of, const Pass& pass) : of_(of), pass_(pass) {}

  void move_to(const Tile& tile) {
    if (rows_.empty() || weights_ != tile.weights) {
      weights_ = tile.weights;
      find_rows();
    }
    count_ = tile.count;
    find_columns(tile);
  }

  /// Copies the columns out; those that the tile lacks are zero.
  template <class Real>
  void gather(const std::complex<Real>* from, std::complex<Real>* to) const {
    const auto copy = [&](std::size_t count) {
      for_rows([&](std::uint32_t row, const ColumnPlaces& columns) {
        for (std::size_t c = 0; c < count; ++c) to[c] = from[row + columns[c]];
        to += kColumns;
      });
    };
    if (count_ == kColumns) return copy(kColumns);
    std::fill_n(to, rows_.size() * kColumns, std::complex<Real>());
    copy(count_);
  }

  /// Copies them back.
  template <class Real>
  void scatter(const std::complex<Real>* from, std::complex<Real>* to) const {
    const auto copy = [&](std::size_t count) {
      for_rows([&](std::uint32_t row, const ColumnPlaces& columns) {
        for (std::size_t c = 0; c < count; ++c) to[row + columns[c]] = from[c];
        from += kColumns;
      });
    };
    count_ == kColumns ? copy(kColumns) : copy(count_);
  }

 private:
  /// Rows that follow each other with the same weight of P.
  struct Run {
    unsigned low_weight;
    std::size_t end;
  };

  unsigned weight() const { return of_.weight_ - weights_[0] - weights_[1]; }  // of P and Q
  Weights all_weights(unsigned low_weight) const {
    Weights weights{};
    weights[pass_.mixed[0]] = low_weight;
    weights[pass_.mixed[1]] = weight() - low_weight;
    weights[pass_.others[0]] = weights_[0];
    weights[pass_.others[1]] = weights_[1];
    return weights;
  }

  template <class Body>
  void for_rows(const Body& body) const {
    std::size_t x = 0;
    for (const Run& run : runs_) {
      const ColumnPlaces columns = columns_[run.low_weight];
      for (; x < run.end; ++x) body(rows_[x], columns);
    }
  }

  void find_rows() {
    const auto [p, q] = pass_.mixed;
    const Part& low = of_.parts_[p];
    rows_.clear();
    runs_.clear();
    for (std::uint32_t high = 0; high < 1U << of_.parts_[q].n_qubits; ++high) {
      const unsigned high_weight = ones(high);
      if (high_weight > weight() || weight() - high_weight > low.n_qubits) continue;
      const unsigned low_weight = weight() - high_weight;
      const Weights weights = all_weights(low_weight);
      const std::uint32_t begin = of_.term(q, weights)[high];
      const auto terms = of_.term(p, weights);
      for (const std::uint32_t state : low.of_weight[low_weight]) {
        rows_.push_back(begin + terms[state]);
      }
      runs_.push_back({low_weight, rows_.size()});
    }
  }

  void find_columns(const Tile& tile) {
    const auto [r, u] = pass_.others;
    const auto& r_states = of_.parts_[r].of_weight[weights_[0]];
    const auto& u_states = of_.parts_[u].of_weight[weights_[1]];
    for (unsigned w = 0; w <= std::min(of_.parts_[pass_.mixed[0]].n_qubits, weight()); ++w) {
      if (weight() - w > of_.parts_[pass_.mixed[1]].n_qubits) continue;
      const Weights weights = all_weights(w);
      const auto r_terms = of_.term(r, weights);
      const auto u_terms = of_.term(u, weights);
      std::size_t i = tile.first % r_states.size();
      std::size_t j = tile.first / r_states.size();
      for (std::uint32_t c = 0; c < tile.count; ++c) {
        columns_[w][c] = r_terms[r_states[i]] + u_terms[u_states[j]];
        if (++i == r_states.size()) {
          i = 0;
          ++j;
        }
      }
    }
  }

  const ExchangeColumns& of_;
  const Pass& pass_;
  std::array<unsigned, 2> weights_ = {};
  std::uint32_t count_ = 0;
  std::vector<std::uint32_t> rows_;
  std::vector<Run> runs_;
  std::array<ColumnPlaces, kMostQubits / kParts + 1> columns_ = {};
};

/// The sum of body(places of a tile, its pairs' rows, room for the rows of each state) over the
/// tiles.
template <class Real, std::size_t States, class Body>
double ExchangeColumns::for_tiles(const Execution& execution, const Pass& pass,
                                  const Body& body) const {
  const unsigned n_mixed = parts_[pass.mixed[0]].n_qubits + parts_[pass.mixed[1]].n_qubits;
  const std::size_t most = binomial(n_mixed, n_mixed / 2) * kColumns;
  const std::size_t grain =
      std::max<std::size_t>(1, kChunkAmplitudes * pass.tiles.size() / dimension_);
  return parallel_sum(execution, pass.tiles.size(), grain, [&](std::size_t begin, std::size_t end) {
    AlignedArray<Real> numbers(States * most * 2);
    // An array of two numbers each, by the standard ([complex.numbers.general]).
    auto* rows = reinterpret_cast<std::complex<Real>*>(numbers.data());
    Places places(*this, pass);
    double sum = 0.0;
    for (std::size_t t = begin; t < end; ++t) {
      const Tile& tile = pass.tiles[t];
      places.move_to(tile);
      sum += body(places, pass.rows[weight_ - tile.weights[0] - tile.weights[1]], rows,
                  rows + (States - 1) * most);
    }
    return sum;
  });
}

template <class Real>
void ExchangeColumns::apply(const Execution& execution, std::span<std::complex<Real>> amplitudes,
                            double c, double s) const {
  for (const Pass& pass : passes_) {
    for_tiles<Real, 1>(execution, pass,
                       [&](const Places& places, const auto& pairs, std::complex<Real>* rows,
                           std::complex<Real>* /*second*/) {
                         places.gather(amplitudes.data(), rows);
                         for (const auto& runs : pairs) {
                           exchange(execution.instruction_set, rows, {kColumns, runs}, c, s);
                         }
                         places.scatter(rows, amplitudes.data());
                         return 0.0;
                       });
  }
}

template <class Real>
double ExchangeColumns::undo(const Execution& execution, std::span<std::complex<Real>> psi,
                             std::span<std::complex<Real>> phi, double c, double s) const {
  double total = 0.0;
  for (std::size_t p = passes_.size(); p-- > 0;) {
    const Pass& pass = passes_[p];
    total += for_tiles<Real, 2>(execution, pass,
                                [&](const Places& places, const auto& pairs,
                                    std::complex<Real>* psi_rows, std::complex<Real>* phi_rows) {
                                  places.gather(psi.data(), psi_rows);
                                  places.gather(phi.data(), phi_rows);
                                  double sum = 0.0;
                                  for (std::size_t g = pairs.size(); g-- > 0;) {
                                    sum += exchange_back(execution.instruction_set, psi_rows,
                                                         phi_rows, 0, {kColumns, pairs[g]}, c, s);
                                  }
                                  places.scatter(psi_rows, psi.data());
                                  places.scatter(phi_rows, phi.data());
                                  return sum;
                                });
  }
  return total;
}

template void ExchangeColumns::apply(const Execution&, std::span<std::complex<double>>, double,
                                     double) const;
template void ExchangeColumns::apply(const Execution&, std::span<std::complex<float>>, double,
                                     double) const;
template double ExchangeColumns::undo(const Execution&, std::span<std::complex<double>>,
                                      std::span<std::complex<double>>, double, double) const;
template double ExchangeColumns::undo(const Execution&, std::span<std::complex<float>>,
                                      std::span<std::complex<float>>, double, double) const;

}  // namespace quanta::quantum
