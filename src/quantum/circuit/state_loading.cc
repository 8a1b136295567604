#include "quantum/circuit/state_loading.h"

#include <bit>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "quantum/circuit/arithmetic.h"

namespace quanta::quantum {

Result<void> check_distribution(std::span<const double> probabilities) {
  const std::size_t size = probabilities.size();
  if (size < 2 || !std::has_single_bit(size)) {
    return bad_input("probabilities",
                     fmt::format("{} of them: a power of two from 2 on is needed", size));
  }
  double sum = 0.0;
  for (std::size_t x = 0; x < size; ++x) {
    if (!(probabilities[x] >= 0.0)) {
      return bad_input("probabilities",
                       fmt::format("number {} is {}: it must be at least 0", x, probabilities[x]));
    }
    sum += probabilities[x];
  }
  if (!(std::abs(sum - 1.0) <= 1e-9)) {
    return bad_input("probabilities", fmt::format("they sum to {}, not to 1", sum));
  }
  return {};
}

Result<Circuit> load_distribution(std::span<const double> probabilities) {
  QUANTA_CHECK(check_distribution(probabilities));
  const auto n = static_cast<unsigned>(std::countr_zero(probabilities.size()));
  // weights[level][v]: the probability that the qubits from `level` on read v.
  std::vector<std::vector<double>> weights(n + 1);
  weights[0].assign(probabilities.begin(), probabilities.end());
  for (unsigned level = 1; level <= n; ++level) {
    const std::vector<double>& below = weights[level - 1];
    for (std::size_t v = 0; v < below.size() / 2; ++v) {
      weights[level].push_back(below[2 * v] + below[2 * v + 1]);
    }
  }
  Circuit circuit(n);
  std::vector<unsigned> above;  // the qubits above q, lowest first
  for (unsigned q = n; q-- > 0;) {
    std::vector<double> angles;
    for (std::size_t v = 0; v < weights[q].size() / 2; ++v) {
      angles.push_back(2.0 *
                       std::atan2(std::sqrt(weights[q][2 * v + 1]), std::sqrt(weights[q][2 * v])));
    }
    multiplexed_ry(circuit, angles, above, q);
    above.insert(above.begin(), q);
  }
  return circuit;
}

}  // namespace quanta::quantum
