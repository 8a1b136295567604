#include "portfolio/optimizers/lots_sampling.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>

#include "core/random.h"

namespace quanta::portfolio {
namespace {

/// Distinct slots of n M, uniformly (Floyd's algorithm: Bentley, Floyd 1987), counted per asset.
/// O(N + n M / 64).
void draw_pick(const LotProblem& problem, RandomStream& stream, std::vector<bool>& taken,
               std::vector<unsigned>& lots) {
  const std::uint64_t n_slots = std::uint64_t{problem.max_lots} * problem.n_assets();
  taken.assign(n_slots, false);
  std::ranges::fill(lots, 0U);
  for (std::uint64_t j = n_slots - problem.n_lots; j < n_slots; ++j) {
    std::uint64_t slot = stream.below(j + 1);
    if (taken[slot]) slot = j;  // not drawn before, as all those are below j
    taken[slot] = true;
    ++lots[slot / problem.max_lots];
  }
}

struct Descent {
  std::vector<unsigned> lots;
  double value = std::numeric_limits<double>::infinity();
  std::uint64_t moves = 0;
};

Descent descend(const LotProblem& problem, std::vector<unsigned> lots) {
  const std::size_t n = problem.n_assets();
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
    double best = -1e-13 * size;
    std::size_t from = n;
    std::size_t to = n;
    for (std::size_t i = 0; i < n; ++i) {
      if (lots[i] == 0) continue;
      const double out = a(i, i) - slope[i];
      for (std::size_t j = 0; j < n; ++j) {
        if (j == i || lots[j] == problem.max_lots) continue;
        const double change = out + slope[j] + a(j, j) - 2.0 * a(i, j);
        if (change < best) {
          best = change;
          from = i;
          to = j;
        }
      }
    }
    if (from == n) break;
    --lots[from];
    ++lots[to];
    for (std::size_t i = 0; i < n; ++i) slope[i] += 2.0 * (a(i, to) - a(i, from));
    ++descent.moves;
  }
  descent.value = value(problem, lots);
  descent.lots = std::move(lots);
  return descent;
}

}  // namespace

Result<SampledLots> best_of_random(const LotProblem& problem, std::uint64_t draws,
                                   std::uint64_t seed, const Execution& execution) {
  if (draws == 0) return bad_input("shots", "at least one pick must be drawn");
  RandomStream stream(seed, "random picks");
  SampledLots best;
  best.value = std::numeric_limits<double>::infinity();
  std::vector<bool> taken;
  std::vector<unsigned> lots(problem.n_assets());
  for (; best.iterations < draws; ++best.iterations) {
    if (execution.cancelled()) {
      if (best.iterations > 0) break;
      return cancelled_error();
    }
    draw_pick(problem, stream, taken, lots);
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
  std::vector<Descent> descents(starts);
  parallel_for(execution, starts, 1, [&](std::size_t begin, std::size_t end) {
    std::vector<bool> taken;
    for (std::size_t s = begin; s < end && !execution.cancelled(); ++s) {
      RandomStream stream(seed, "swap descent", s);
      std::vector<unsigned> lots(problem.n_assets());
      draw_pick(problem, stream, taken, lots);
      descents[s] = descend(problem, std::move(lots));
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

}  // namespace quanta::portfolio
