#include "portfolio/optimizers/lots_sampling.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "core/random.h"

namespace quanta::portfolio {
namespace {

double log_factorial(double n) {
  int sign = 0;
  return lgamma_r(n + 1.0, &sign);  // std::lgamma keeps the sign in a global
}

/// log C(n, k).
double log_binomial(double n, double k) {
  return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

/// Uniform picks of N of the n M slots that meet the groups' limits.
class Draw {
 public:
  explicit Draw(const LotProblem& problem)
      : problem_(problem), parts_(parts_of(problem)), lots_(problem.n_assets()) {
    if (problem.groups.empty()) return;
    const std::size_t n_lots = problem.n_lots;
    const std::size_t n_parts = parts_.parts.size();
    log_ways_.assign(n_parts + 1, std::vector<double>(n_lots + 1, kNone));
    log_ways_[n_parts][0] = 0.0;
    std::vector<double> terms;
    for (std::size_t p = n_parts; p-- > 0;) {
      for (std::size_t left = 0; left <= n_lots; ++left) {
        terms.clear();
        for (unsigned m = parts_.parts[p].low; m <= most(p, left); ++m) {
          terms.push_back(log_ways(p, m, left));
        }
        if (terms.empty()) continue;
        const double largest = std::ranges::max(terms);
        if (largest == kNone) continue;
        double sum = 0.0;
        for (const double t : terms) sum += std::exp(t - largest);
        log_ways_[p][left] = largest + std::log(sum);
      }
    }
  }

  const std::vector<unsigned>& operator()(RandomStream& stream) {
    std::ranges::fill(lots_, 0U);
    std::size_t left = problem_.n_lots;
    for (std::size_t p = 0; p < parts_.parts.size(); ++p) {
      const unsigned count =
          problem_.groups.empty() ? problem_.n_lots : draw_count(p, left, stream);
      fill(parts_.parts[p].assets, count, stream);
      left -= count;
    }
    return lots_;
  }

 private:
  static constexpr double kNone = -std::numeric_limits<double>::infinity();

  double slots(std::size_t p) const {
    return static_cast<double>(problem_.max_lots) *
           static_cast<double>(parts_.parts[p].assets.size());
  }

  std::size_t most(std::size_t p, std::size_t left) const {
    return std::min(
        {static_cast<std::size_t>(parts_.parts[p].high), left, static_cast<std::size_t>(slots(p))});
  }

  /// Of m slots in part p, and the rest of `left` in those behind it.
  double log_ways(std::size_t p, unsigned m, std::size_t left) const {
    return log_binomial(slots(p), m) + log_ways_[p + 1][left - m];
  }

  unsigned draw_count(std::size_t p, std::size_t left, RandomStream& stream) {
    double at = stream.uniform();
    unsigned last = parts_.parts[p].low;
    for (unsigned m = parts_.parts[p].low; m <= most(p, left); ++m) {
      const double share = std::exp(log_ways(p, m, left) - log_ways_[p][left]);
      if (share == 0.0) continue;
      last = m;
      if (at < share) break;
      at -= share;
    }
    return last;  // the shares add to one up to rounding
  }

  /// Distinct slots of these assets, uniformly (Floyd's algorithm: Bentley, Floyd 1987).
  /// O(count + slots / 64).
  void fill(const std::vector<std::size_t>& assets, unsigned count, RandomStream& stream) {
    const std::uint64_t n_slots = std::uint64_t{problem_.max_lots} * assets.size();
    taken_.assign(n_slots, false);
    for (std::uint64_t j = n_slots - count; j < n_slots; ++j) {
      std::uint64_t slot = stream.below(j + 1);
      if (taken_[slot]) slot = j;  // not drawn before, as all those are below j
      taken_[slot] = true;
      ++lots_[assets[slot / problem_.max_lots]];
    }
  }

  const LotProblem& problem_;
  LotParts parts_;
  std::vector<std::vector<double>> log_ways_;  // [p][left]: slots of the parts from p on
  std::vector<bool> taken_;
  std::vector<unsigned> lots_;
};

struct Descent {
  std::vector<unsigned> lots;
  double value = std::numeric_limits<double>::infinity();
  std::uint64_t moves = 0;
};

/// Steepest descent; where limits are broken, first the least loss that mends one.
Descent descend(const LotProblem& problem, const LotParts& parts, std::vector<unsigned> lots) {
  const std::size_t n = problem.n_assets();
  std::vector<unsigned> held(parts.parts.size());
  for (std::size_t i = 0; i < n; ++i) held[parts.of[i]] += lots[i];
  // How many lots stand outside the limits, when a part holds so many.
  const auto outside = [&](std::size_t p, unsigned count) {
    const auto& [assets, low, high] = parts.parts[p];
    return count < low ? low - count : count > high ? count - high : 0U;
  };
  const auto change_outside = [&](std::size_t i, std::size_t j) {
    const std::size_t p = parts.of[i];
    const std::size_t q = parts.of[j];
    if (p == q) return 0;
    return static_cast<int>(outside(p, held[p] - 1) + outside(q, held[q] + 1)) -
           static_cast<int>(outside(p, held[p]) + outside(q, held[q]));
  };
  unsigned broken = 0;
  for (std::size_t p = 0; p < held.size(); ++p) broken += outside(p, held[p]);
  const Matrix& a = problem.quadratic;
  std::vector<double> slope(problem.linear);  // b + 2 A z
  double size = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) slope[i] += 2.0 * a(i, j) * lots[j];
    size = std::max(size, std::abs(slope[i]) + std::abs(a(i, i)));
  }
  Descent descent;
  for (;;) {
    // Gains at the level of rounding are none, or equal picks would be walked in circles.
    double best = broken > 0 ? std::numeric_limits<double>::infinity() : -1e-13 * size;
    int best_outside = 0;
    std::size_t from = n;
    std::size_t to = n;
    for (std::size_t i = 0; i < n; ++i) {
      if (lots[i] == 0) continue;
      const double out = a(i, i) - slope[i];
      for (std::size_t j = 0; j < n; ++j) {
        if (j == i || lots[j] == problem.max_lots) continue;
        const double change = out + slope[j] + a(j, j) - 2.0 * a(i, j);
        if (!(change < best)) continue;
        // Where a limit is broken only moves that mend one count.
        const int mends = change_outside(i, j);
        if (broken > 0 ? mends >= 0 : mends > 0) continue;
        best = change;
        best_outside = mends;
        from = i;
        to = j;
      }
    }
    if (from == n) break;
    --lots[from];
    ++lots[to];
    --held[parts.of[from]];
    ++held[parts.of[to]];
    broken = static_cast<unsigned>(static_cast<int>(broken) + best_outside);
    for (std::size_t i = 0; i < n; ++i) slope[i] += 2.0 * (a(i, to) - a(i, from));
    ++descent.moves;
  }
  descent.value = value(problem, lots);
  descent.lots = std::move(lots);
  return descent;
}

/// The best of the descents from start_of(draw, s), s < starts.
template <class StartOf>
Result<SampledLots> best_descent(const LotProblem& problem, std::size_t starts,
                                 const Execution& execution, const StartOf& start_of) {
  const LotParts parts = parts_of(problem);
  std::vector<Descent> descents(starts);
  parallel_for(execution, starts, 1, [&](std::size_t begin, std::size_t end) {
    Draw draw(problem);
    for (std::size_t s = begin; s < end && !execution.cancelled(); ++s) {
      descents[s] = descend(problem, parts, start_of(draw, s));
    }
  });
  SampledLots best;
  best.value = std::numeric_limits<double>::infinity();
  for (Descent& descent : descents) {
    best.iterations += descent.moves;
    if (descent.lots.empty()) continue;  // not started before the stop
    if (best.lots.empty() || descent.value < best.value) {
      best.value = descent.value;
      best.lots = std::move(descent.lots);
    }
  }
  if (best.lots.empty()) return cancelled_error();
  return best;
}

/// The moves of one lot with the slopes that price them, all limits being kept.
class Walk {
 public:
  Walk(const LotProblem& problem, const LotParts& parts, std::vector<unsigned> lots)
      : problem_(problem), parts_(parts), lots_(std::move(lots)), slope_(problem.linear) {
    held_.resize(parts.parts.size());
    for (std::size_t i = 0; i < lots_.size(); ++i) {
      held_[parts.of[i]] += lots_[i];
      if (lots_[i] == 0) continue;
      for (std::size_t j = 0; j < lots_.size(); ++j) {
        slope_[j] += 2.0 * problem.quadratic(j, i) * lots_[i];
      }
    }
  }

  struct Move {
    std::size_t from;
    std::size_t to;
    double change;
  };

  /// A random one, or nothing where the draw is none.
  std::optional<Move> draw(RandomStream& stream) const {
    const std::size_t i = stream.below(lots_.size());
    const std::size_t j = stream.below(lots_.size());
    if (i == j || lots_[i] == 0 || lots_[j] == problem_.max_lots) return std::nullopt;
    const std::size_t p = parts_.of[i];
    const std::size_t q = parts_.of[j];
    if (p != q && (held_[p] == parts_.parts[p].low || held_[q] == parts_.parts[q].high)) {
      return std::nullopt;
    }
    const Matrix& a = problem_.quadratic;
    return Move{i, j, a(i, i) - slope_[i] + slope_[j] + a(j, j) - 2.0 * a(i, j)};
  }

  void take(const Move& move) {
    --lots_[move.from];
    ++lots_[move.to];
    --held_[parts_.of[move.from]];
    ++held_[parts_.of[move.to]];
    const Matrix& a = problem_.quadratic;
    for (std::size_t i = 0; i < lots_.size(); ++i) {
      slope_[i] += 2.0 * (a(i, move.to) - a(i, move.from));
    }
  }

  std::vector<unsigned> lots() const { return lots_; }

 private:
  const LotProblem& problem_;
  const LotParts& parts_;
  std::vector<unsigned> lots_;
  std::vector<unsigned> held_;
  std::vector<double> slope_;  // b + 2 A z
};

}  // namespace

Result<SampledLots> best_of_random(const LotProblem& problem, std::uint64_t draws,
                                   std::uint64_t seed, const Execution& execution) {
  if (draws == 0) return bad_input("shots", "at least one pick must be drawn");
  RandomStream stream(seed, "random picks");
  SampledLots best;
  best.value = std::numeric_limits<double>::infinity();
  Draw draw(problem);
  for (; best.iterations < draws; ++best.iterations) {
    if (execution.cancelled()) {
      if (best.iterations > 0) break;
      return cancelled_error();
    }
    const std::vector<unsigned>& lots = draw(stream);
    const double picked = value(problem, lots);
    if (best.iterations == 0 || picked < best.value) {
      best.value = picked;
      best.lots = lots;
    }
  }
  return best;
}

Result<SampledLots> swap_descent(const LotProblem& problem, std::uint64_t starts,
                                 std::uint64_t seed, const Execution& execution) {
  if (starts == 0) return bad_input("starts", "at least one start is needed");
  return best_descent(problem, starts, execution, [&](Draw& draw, std::size_t s) {
    RandomStream stream(seed, "swap descent", s);
    return draw(stream);
  });
}

Result<SampledLots> anneal_lots(const LotProblem& problem, std::uint64_t restarts,
                                std::uint64_t sweeps, std::uint64_t seed,
                                const Execution& execution) {
  if (restarts == 0) return bad_input("restarts", "at least one restart is needed");
  if (sweeps == 0) return bad_input("sweeps", "at least one sweep is needed");
  constexpr int kProbes = 200;
  constexpr double kHot = 2.0;
  constexpr double kCold = 1e-3;
  const LotParts parts = parts_of(problem);
  auto best = best_descent(problem, restarts, execution, [&](Draw& draw, std::size_t s) {
    RandomStream stream(seed, "lot annealing", s);
    Walk walk(problem, parts, draw(stream));
    double square = 0.0;
    int probes = 0;
    for (int k = 0; k < kProbes; ++k) {
      const auto move = walk.draw(stream);
      if (!move) continue;
      square += move->change * move->change;
      ++probes;
    }
    const double size = probes > 0 ? std::sqrt(square / probes) : 0.0;
    for (std::uint64_t sweep = 0; sweep < sweeps && !execution.cancelled(); ++sweep) {
      const double share = static_cast<double>(sweep) / static_cast<double>(sweeps);
      const double temperature = kHot * size * std::pow(kCold / kHot, share);
      for (std::size_t k = 0; k < problem.n_assets(); ++k) {
        const auto move = walk.draw(stream);
        if (!move) continue;
        if (move->change <= 0.0 || stream.uniform() < std::exp(-move->change / temperature)) {
          walk.take(*move);
        }
      }
    }
    return walk.lots();
  });
  if (best) best->iterations += restarts * sweeps * problem.n_assets();
  return best;
}

Result<SampledLots> polish(const LotProblem& problem, std::span<const std::vector<unsigned>> starts,
                           const Execution& execution) {
  if (starts.empty()) return bad_input("starts", "at least one start is needed");
  return best_descent(problem, starts.size(), execution,
                      [&](Draw&, std::size_t s) { return starts[s]; });
}

}  // namespace quanta::portfolio
