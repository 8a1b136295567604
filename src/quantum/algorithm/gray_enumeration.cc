#include "quantum/algorithm/gray_enumeration.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/constants.h"
#include "quantum/simulator/weight_subspace.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kHalf = 6;  // of the 12 low bits
/// Patterns of the upper bits that one piece walks over.
constexpr std::uint64_t kPatterns = 1024;
/// Tie tolerance as a share of (maximum - minimum).
constexpr double kTie = 1e-12;

/// The next larger number with as many ones.
std::uint64_t next_of_weight(std::uint64_t x) {
  const std::uint64_t lowest = x & -x;
  const std::uint64_t ripple = x + lowest;
  return ripple | (((x ^ ripple) >> 2U) / lowest);
}

/// The number of `ones` ones that has so many smaller ones of its kind below it.
std::uint64_t unrank(std::uint64_t rank, unsigned bits, unsigned ones) {
  std::uint64_t x = 0;
  for (unsigned bit = bits; ones > 0; --ones) {
    do {
      --bit;
    } while (binomial(bit, ones) > rank);
    rank -= binomial(bit, ones);
    x |= std::uint64_t{1} << bit;
  }
  return x;
}

/// What is the same for every piece. A state is high 2^low | b 2^a_bits | a.
class Problem {
 public:
  explicit Problem(const QuadraticCost& cost, std::optional<unsigned> weight)
      : cost_(cost), n_(static_cast<unsigned>(cost.n())), weight_(weight) {
    low_ = std::min(n_, 2 * kHalf);
    a_bits_ = low_ / 2;
    couplings_ = Matrix(n_, n_);
    for (unsigned i = 0; i < n_; ++i) {
      for (unsigned j = i + 1; j < n_; ++j) {
        couplings_(i, j) = couplings_(j, i) = cost.quadratic(i, j);
      }
    }
    // By weight, so that those which may stand beside a given b lie together.
    for (std::uint64_t a = 0; a < std::uint64_t{1} << a_bits_; ++a) order_.push_back(a);
    std::ranges::sort(order_, {}, [](std::uint64_t a) { return std::pair(std::popcount(a), a); });
    for (const std::uint64_t a : order_) {
      const auto at = std::ranges::find(order_, a & (a - (a != 0 ? 1U : 0U)));
      without_lowest_.push_back(static_cast<std::uint32_t>(at - order_.begin()));
    }
    begin_of_weight_.assign(kHalf + 2, static_cast<std::uint32_t>(order_.size()));
    for (std::size_t r = order_.size(); r-- > 0;) {
      begin_of_weight_[std::popcount(order_[r])] = static_cast<std::uint32_t>(r);
    }
    QuadraticCost low{.linear = std::vector<double>(n_), .quadratic = cost.quadratic};
    for (std::uint64_t b = 0; b < std::uint64_t{1} << (low_ - a_bits_); ++b) {
      for (const std::uint64_t a : order_) table_.push_back(value(low, b << a_bits_ | a));
    }
  }

  unsigned n_high() const { return n_ - low_; }

  // Walked by each piece: the upper bits, their value, and the slope of each lower bit beside them.
  struct Walk {
    std::uint64_t high = 0;
    double value = 0.0;
    std::vector<double> slopes;
    std::vector<double> a_sums;  // slopes of the bits of a summed, in order_
    std::vector<double> b_sums;
  };

  Walk start() const {
    return {.value = cost_.constant,
            .slopes = cost_.linear,
            .a_sums = std::vector<double>(order_.size()),
            .b_sums = std::vector<double>(std::size_t{1} << (low_ - a_bits_))};
  }

  void move(Walk& walk, std::uint64_t high) const {
    for (std::uint64_t change = walk.high ^ high; change != 0; change &= change - 1) {
      const auto bit = static_cast<unsigned>(std::countr_zero(change));
      const double sign = (walk.high >> bit & 1U) != 0 ? -1.0 : 1.0;
      const std::span<const double> row = couplings_.row(low_ + bit);
      walk.value += sign * walk.slopes[low_ + bit];
      for (unsigned i = 0; i < n_; ++i) walk.slopes[i] += sign * row[i];
    }
    walk.high = high;
    const double* slopes = walk.slopes.data();
    walk.a_sums[0] = 0.0;
    for (std::size_t r = 1; r < order_.size(); ++r) {
      walk.a_sums[r] = walk.a_sums[without_lowest_[r]] + slopes[std::countr_zero(order_[r])];
    }
    walk.b_sums[0] = walk.value;
    for (std::size_t b = 1; b < walk.b_sums.size(); ++b) {
      walk.b_sums[b] = walk.b_sums[b & (b - 1)] + slopes[a_bits_ + std::countr_zero(b)];
    }
  }

  /// run(base, a_sums, table, count, first): `count` states of values base + (a_sums[e] +
  /// table[e]), e being the state(first + e).
  template <class Run>
  void for_each_run(const Walk& walk, const Run& run) const {
    const std::size_t size = order_.size();
    for (std::size_t b = 0; b < walk.b_sums.size(); ++b) {
      std::size_t begin = 0;
      std::size_t end = size;
      if (weight_) {
        const int left = static_cast<int>(*weight_) - std::popcount(walk.high) -
                         std::popcount(static_cast<std::uint64_t>(b));
        if (left < 0 || left > static_cast<int>(a_bits_)) continue;
        begin = begin_of_weight_[static_cast<std::size_t>(left)];
        end = begin_of_weight_[static_cast<std::size_t>(left) + 1];
      }
      run(walk.b_sums[b], walk.a_sums.data() + begin, table_.data() + b * size + begin, end - begin,
          b * size + begin);
    }
  }

  std::uint64_t state(const Walk& walk, std::size_t position) const {
    return walk.high << low_ | (position / order_.size()) << a_bits_ |
           order_[position % order_.size()];
  }

  /// A stretch of the walk over the upper bits: Gray numbers, or those of one weight by rank.
  struct Piece {
    std::optional<unsigned> ones = {};
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  std::vector<Piece> pieces() const {
    std::vector<Piece> result;
    const auto cut = [&](std::optional<unsigned> ones, std::uint64_t count) {
      for (std::uint64_t begin = 0; begin < count; begin += kPatterns) {
        result.push_back({ones, begin, std::min(begin + kPatterns, count)});
      }
    };
    if (!weight_) {
      cut({}, std::uint64_t{1} << n_high());
      return result;
    }
    const unsigned least = *weight_ > low_ ? *weight_ - low_ : 0;
    for (unsigned ones = least; ones <= std::min(*weight_, n_high()); ++ones) {
      cut(ones, binomial(n_high(), ones));
    }
    return result;
  }

  template <class Run>
  void for_each_run(const Piece& piece, const Run& run) const {
    Walk walk = start();
    std::uint64_t high = piece.ones ? unrank(piece.begin, n_high(), *piece.ones) : 0;
    for (std::uint64_t i = piece.begin; i < piece.end; ++i) {
      if (!piece.ones) {
        high = i ^ i >> 1U;
      } else if (i > piece.begin) {
        high = next_of_weight(high);
      }
      move(walk, high);
      for_each_run(walk, [&](auto... arguments) { run(walk, arguments...); });
    }
  }

 private:
  const QuadraticCost& cost_;
  unsigned n_ = 0;
  std::optional<unsigned> weight_;
  unsigned low_ = 0;                            // bits that are not walked
  unsigned a_bits_ = 0;                         // the lower half of them
  Matrix couplings_;                            // symmetric
  std::vector<std::uint64_t> order_;            // every a
  std::vector<std::uint32_t> without_lowest_;   // where a without its lowest one stands in order_
  std::vector<std::uint32_t> begin_of_weight_;  // in order_
  std::vector<double> table_;  // couplings among the low bits, for every b and then a in order_
};

struct Extremes {
  double least = kInfinity;
  double most = -kInfinity;
};

/// Least and largest of x[e] + y[e], four at a time.
Extremes extremes(const double* x, const double* y, std::size_t count) {
  std::array<double, 4> least = {kInfinity, kInfinity, kInfinity, kInfinity};
  std::array<double, 4> most = {-kInfinity, -kInfinity, -kInfinity, -kInfinity};
  std::size_t e = 0;
  for (; e + 4 <= count; e += 4) {
    for (std::size_t lane = 0; lane < 4; ++lane) {
      const double sum = x[e + lane] + y[e + lane];
      least[lane] = sum < least[lane] ? sum : least[lane];
      most[lane] = sum > most[lane] ? sum : most[lane];
    }
  }
  for (; e < count; ++e) {
    const double sum = x[e] + y[e];
    least[0] = sum < least[0] ? sum : least[0];
    most[0] = sum > most[0] ? sum : most[0];
  }
  return {std::ranges::min(least), std::ranges::max(most)};
}

struct Summary {
  Extremes range = {};
  std::uint64_t best = 0;
  std::uint64_t worst = 0;
};

Summary summarize(const Problem& problem, const Problem::Piece& piece) {
  Summary summary;
  problem.for_each_run(piece, [&](const Problem::Walk& walk, double base, const double* a_sums,
                                  const double* table, std::size_t count, std::size_t first) {
    // base + x does not fall where x rises, so that adding it afterwards gives the same.
    const Extremes run = extremes(a_sums, table, count);
    const auto find = [&](double sought) {
      std::size_t e = 0;
      while (a_sums[e] + table[e] != sought) ++e;
      return problem.state(walk, first + e);
    };
    if (base + run.least < summary.range.least) {
      summary.range.least = base + run.least;
      summary.best = find(run.least);
    }
    if (base + run.most > summary.range.most) {
      summary.range.most = base + run.most;
      summary.worst = find(run.most);
    }
  });
  return summary;
}

std::uint64_t count_up_to(const Problem& problem, const Problem::Piece& piece, double limit) {
  std::uint64_t total = 0;
  problem.for_each_run(piece, [&](const Problem::Walk&, double base, const double* a_sums,
                                  const double* table, std::size_t count, std::size_t) {
    for (std::size_t e = 0; e < count; ++e) total += base + (a_sums[e] + table[e]) <= limit;
  });
  return total;
}

/// Over all states: each x_i is 1 in half of them, each pair in a quarter; of weight k, in k/n and
/// k (k - 1) / (n (n - 1)).
double mean(const QuadraticCost& cost, std::optional<unsigned> weight) {
  const auto n = static_cast<double>(cost.n());
  const double one = weight ? *weight / n : 0.5;
  const double pair = !weight ? 0.25 : n > 1.0 ? one * (*weight - 1.0) / (n - 1.0) : 0.0;
  double linear = 0.0;
  double quadratic = 0.0;
  for (std::size_t i = 0; i < cost.n(); ++i) {
    linear += cost.linear[i];
    for (std::size_t j = i + 1; j < cost.n(); ++j) quadratic += cost.quadratic(i, j);
  }
  return cost.constant + one * linear + pair * quadratic;
}

/// What rounding may do to a value, about: the largest sum of its terms' sizes.
double rounding(const QuadraticCost& cost) {
  double size = std::abs(cost.constant);
  for (std::size_t i = 0; i < cost.n(); ++i) {
    size += std::abs(cost.linear[i]);
    for (std::size_t j = i + 1; j < cost.n(); ++j) size += std::abs(cost.quadratic(i, j));
  }
  return 1e-15 * size;
}

Result<std::uint64_t> n_states(const QuadraticCost& cost, const EnumerationOptions& options) {
  QUANTA_CHECK(check(cost));
  const std::size_t n = cost.n();
  if (n > kMaxVariables) {
    return bad_input("qubits",
                     fmt::format("{} variables: a state holds at most {}", n, kMaxVariables));
  }
  if (options.weight && *options.weight > n) {
    return bad_input("weight", fmt::format("{} of {} variables cannot be one", *options.weight, n));
  }
  const std::uint64_t states =
      options.weight ? binomial(static_cast<unsigned>(n), *options.weight) : std::uint64_t{1} << n;
  if (states > options.max_states) {
    return fail(ErrorKind::kResource,
                fmt::format("{} variables have {:.4g} states; at most {:.4g} are looked at", n,
                            static_cast<double>(states), static_cast<double>(options.max_states)),
                "qubits");
  }
  return states;
}

}  // namespace

Result<Enumeration> enumerate(const QuadraticCost& cost, const EnumerationOptions& options,
                              const Execution& execution) {
  QUANTA_TRY(const std::uint64_t states, n_states(cost, options));
  const Problem problem(cost, options.weight);
  const std::vector<Problem::Piece> pieces = problem.pieces();
  std::vector<Summary> summaries(pieces.size());
  parallel_for(execution, pieces.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = begin; p < end && !execution.cancelled(); ++p) {
      summaries[p] = summarize(problem, pieces[p]);
    }
  });
  Summary total;
  for (const Summary& part : summaries) {
    if (part.range.least < total.range.least) {
      total.range.least = part.range.least;
      total.best = part.best;
    }
    if (part.range.most > total.range.most) {
      total.range.most = part.range.most;
      total.worst = part.worst;
    }
  }
  // Now that the range is known, ties are counted in the pieces that can have any.
  const double limit =
      total.range.least + std::max(kTie * (total.range.most - total.range.least), rounding(cost));
  std::vector<std::uint64_t> n_best(pieces.size());
  parallel_for(execution, pieces.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = begin; p < end && !execution.cancelled(); ++p) {
      if (summaries[p].range.least <= limit) n_best[p] = count_up_to(problem, pieces[p], limit);
    }
  });
  if (execution.cancelled()) return cancelled_error();

  Enumeration result;
  result.state = total.best;
  result.minimum = value(cost, total.best);
  result.worst_state = total.worst;
  result.maximum = value(cost, total.worst);
  result.mean = mean(cost, options.weight);
  result.states = states;
  for (const std::uint64_t count : n_best) result.n_best += count;
  return result;
}

}  // namespace quanta::quantum
