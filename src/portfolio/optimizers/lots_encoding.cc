#include "portfolio/optimizers/lots_encoding.h"

#include <algorithm>

namespace quanta::portfolio {

quantum::QuadraticCost slot_cost(const LotProblem& problem) {
  const std::size_t n = problem.n_assets();
  const std::size_t n_qubits = n * problem.max_lots;
  quantum::QuadraticCost cost{.linear = std::vector<double>(n_qubits),
                              .quadratic = Matrix(n_qubits, n_qubits)};
  for (std::size_t x = 0; x < n_qubits; ++x) {
    const std::size_t i = x % n;
    cost.linear[x] = problem.quadratic(i, i) + problem.linear[i];
    for (std::size_t y = x + 1; y < n_qubits; ++y) {
      cost.quadratic(x, y) = 2.0 * problem.quadratic(i, y % n);
    }
  }
  return cost;
}

std::vector<unsigned> decode_lots(std::uint64_t state, std::size_t n_assets) {
  std::vector<unsigned> lots(n_assets);
  for (std::size_t x = 0; state >> x != 0; ++x) {
    lots[x % n_assets] += static_cast<unsigned>(state >> x & 1U);
  }
  return lots;
}

double lots_ratio(double value, double best, double worst) {
  // The values are sums in different orders, so that the best may come out a last digit below,
  // and the worst above.
  return worst > best ? std::clamp((worst - value) / (worst - best), 0.0, 1.0) : 1.0;
}

}  // namespace quanta::portfolio
