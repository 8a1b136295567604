#include "portfolio/optimizers/lots_relaxation.h"

#include <algorithm>
#include <numeric>

namespace quanta::portfolio {
namespace {

constexpr int kSteps = 200;

/// The z of least slope'z: each part's best assets up to its least, then the best of all that are
/// within their part's most.
std::vector<unsigned> best_vertex(const LotProblem& problem, const LotParts& parts,
                                  const std::vector<double>& slope) {
  const std::size_t n = problem.n_assets();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return slope[i]; });
  std::vector<unsigned> lots(n);
  std::vector<unsigned> held(parts.parts.size());
  unsigned left = problem.n_lots;
  const auto fill = [&](auto most_of) {
    for (const std::size_t i : order) {
      const std::size_t p = parts.of[i];
      const unsigned room = most_of(parts.parts[p]) - std::min(held[p], most_of(parts.parts[p]));
      const unsigned t = std::min({problem.max_lots - lots[i], room, left});
      lots[i] += t;
      held[p] += t;
      left -= t;
    }
  };
  fill([](const LotParts::Part& part) { return part.low; });
  fill([](const LotParts::Part& part) { return part.high; });
  return lots;
}

}  // namespace

std::vector<double> relaxation(const LotProblem& problem) {
  const std::size_t n = problem.n_assets();
  const LotParts parts = parts_of(problem);
  const std::vector<unsigned> first = best_vertex(problem, parts, problem.linear);
  std::vector<double> y(first.begin(), first.end());
  std::vector<double> slope(n);
  std::vector<double> step(n);
  for (int s = 0; s < kSteps; ++s) {
    for (std::size_t i = 0; i < n; ++i) {
      slope[i] = problem.linear[i];
      for (std::size_t j = 0; j < n; ++j) slope[i] += 2.0 * problem.quadratic(i, j) * y[j];
    }
    const std::vector<unsigned> vertex = best_vertex(problem, parts, slope);
    double descent = 0.0;
    double curvature = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      step[i] = vertex[i] - y[i];
      descent -= slope[i] * step[i];
    }
    if (!(descent > 0.0)) break;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) curvature += step[i] * problem.quadratic(i, j) * step[j];
    }
    const double length = curvature > 0.0 ? std::min(1.0, descent / (2.0 * curvature)) : 1.0;
    for (std::size_t i = 0; i < n; ++i) y[i] += length * step[i];
  }
  return y;
}

}  // namespace quanta::portfolio
