#include "quantum/simulator/sampling.h"

#include <algorithm>
#include <cassert>

namespace quanta::quantum {

std::vector<std::size_t> sample(std::span<const double> probabilities, std::size_t shots,
                                RandomStream& stream) {
  double total = 0.0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    total += probabilities[i];
    if (probabilities[i] > 0.0) last = i;
  }
  assert(total > 0.0);
  std::vector<double> points(shots);
  for (double& point : points) point = stream.uniform() * total;
  std::ranges::sort(points);

  std::vector<std::size_t> positions;
  positions.reserve(shots);
  double cumulative = 0.0;
  for (std::size_t i = 0; i < last && positions.size() < shots; ++i) {
    cumulative += probabilities[i];
    while (positions.size() < shots && points[positions.size()] < cumulative) {
      positions.push_back(i);
    }
  }
  positions.resize(shots, last);  // what is left lies in the last step
  return positions;
}

}  // namespace quanta::quantum
