/// Intervals for the probability behind counted shots, and the normal distribution.
#pragma once

#include <cstdint>
#include <tuple>

#include "core/describe.h"
#include "core/result.h"

namespace quanta::quantum {

struct Interval {
  double low = 0.0;
  double high = 0.0;

  bool contains(double x) const { return low <= x && x <= high; }
  double half_width() const { return 0.5 * (high - low); }
  double middle() const { return 0.5 * (low + high); }
  friend bool operator==(const Interval&, const Interval&) = default;

  static constexpr auto describe() {
    return std::tuple{field("low", &Interval::low, ""), field("high", &Interval::high, "")};
  }
};

/// good / shots +- sqrt(ln(2 / alpha) / (2 shots)), cut to [0, 1]: holds the probability with
/// confidence at least 1 - alpha (Chernoff, Hoeffding). good <= shots, shots >= 1, 0 < alpha < 1
/// (asserted, as in the others).
Interval chernoff_interval(std::uint64_t good, std::uint64_t shots, double alpha);

/// The exact interval of Clopper and Pearson (1934): quantiles of beta distributions. Never wider
/// than needed for confidence 1 - alpha whatever the probability; narrower than Chernoff's.
Interval clopper_pearson_interval(std::uint64_t good, std::uint64_t shots, double alpha);

/// P(Z <= z) of a standard normal Z.
double normal_cdf(double z);

/// exp(-z^2/2) / sqrt(2 pi).
double normal_density(double z);

/// The z with P(Z <= z) = p, 0 < p < 1.
double normal_quantile(double p);

/// Errors: kBadInput, field "alpha": not in (0, 1).
Result<void> check_alpha(double alpha);

/// Errors: kBadInput, field "shots": 0, or more than `most`.
Result<void> check_shots(std::uint64_t shots, std::uint64_t most = std::uint64_t{1} << 32);

}  // namespace quanta::quantum
