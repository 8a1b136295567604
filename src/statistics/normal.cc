#include "statistics/normal.h"

#include <cmath>
#include <limits>
#include <numbers>

namespace quanta::statistics {

double normal_density(double z) {
  return std::exp(-0.5 * z * z) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
}

double normal_upper_tail(double z) { return 0.5 * std::erfc(z / std::numbers::sqrt2); }

double normal_upper_quantile(double tail) {
  if (!(tail > 0.0 && tail < 1.0)) return std::numeric_limits<double>::quiet_NaN();
  if (tail > 0.5) return -normal_upper_quantile(1.0 - tail);
  // Newton from 0 on a function that is convex there climbs to the root from the left without
  // overshooting, and stops where rounding stops it.
  double z = 0.0;
  for (int round = 0; round < 500; ++round) {
    const double step = (normal_upper_tail(z) - tail) / normal_density(z);
    const double next = z + step;
    if (!(next > z)) break;
    z = next;
  }
  return z;
}

}  // namespace quanta::statistics
