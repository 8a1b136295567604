#include "portfolio/optimizers/counted_distances.h"

#include <cmath>
#include <cstddef>

namespace quanta::portfolio {

Counted costly(std::span<const WeightDistance> distances) {
  Counted out;
  for (const WeightDistance& distance : distances) out.push_back(distance.cost > 0.0);
  return out;
}

bool count_broken(std::span<const WeightDistance> distances, std::span<const double> weights,
                  Counted& counted) {
  bool any = false;
  for (std::size_t k = 0; k < distances.size(); ++k) {
    if (counted[k] || std::isinf(distances[k].most)) continue;
    const double beyond = distance_between(weights, distances[k].center) - distances[k].most;
    if (!(beyond > 1e-12 * (1.0 + distances[k].most))) continue;
    counted[k] = any = true;
  }
  return any;
}

bool count_all(std::span<const WeightDistance> distances, Counted& counted) {
  bool any = false;
  for (std::size_t k = 0; k < distances.size(); ++k) {
    if (counted[k] || std::isinf(distances[k].most)) continue;
    counted[k] = any = true;
  }
  return any;
}

}  // namespace quanta::portfolio
