/// The standard normal distribution.
#pragma once

namespace quanta::statistics {

/// exp(-z^2/2) / sqrt(2 pi).
double normal_density(double z);

/// P(Z > z), accurate relative to its size far into the tail.
double normal_upper_tail(double z);

/// The z with P(Z > z) = tail, 0 < tail < 1; to the last few bits. Outside: NaN.
double normal_upper_quantile(double tail);

}  // namespace quanta::statistics
