#include "quantum/algorithm/confidence_interval.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <fmt/format.h>

namespace quanta::quantum {
namespace {

namespace policies = boost::math::policies;
/// No exceptions: what is asked of these functions here is inside their domains.
using Quiet = policies::policy<policies::domain_error<policies::ignore_error>,
                               policies::pole_error<policies::ignore_error>,
                               policies::overflow_error<policies::ignore_error>,
                               policies::underflow_error<policies::ignore_error>,
                               policies::evaluation_error<policies::ignore_error>>;

}  // namespace

Interval chernoff_interval(std::uint64_t good, std::uint64_t shots, double alpha) {
  assert(shots > 0 && good <= shots && alpha > 0.0 && alpha < 1.0);
  const auto n = static_cast<double>(shots);
  const double share = static_cast<double>(good) / n;
  const double half = std::sqrt(std::log(2.0 / alpha) / (2.0 * n));
  return {std::max(0.0, share - half), std::min(1.0, share + half)};
}

Interval clopper_pearson_interval(std::uint64_t good, std::uint64_t shots, double alpha) {
  assert(shots > 0 && good <= shots && alpha > 0.0 && alpha < 1.0);
  const auto g = static_cast<double>(good);
  const auto n = static_cast<double>(shots);
  Interval interval{0.0, 1.0};
  if (good > 0) interval.low = boost::math::ibeta_inv(g, n - g + 1.0, alpha / 2.0, Quiet());
  if (good < shots) interval.high = boost::math::ibetac_inv(g + 1.0, n - g, alpha / 2.0, Quiet());
  return interval;
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double normal_density(double z) {
  return std::exp(-0.5 * z * z) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
}

double normal_quantile(double p) {
  assert(p > 0.0 && p < 1.0);
  return -std::numbers::sqrt2 * boost::math::erfc_inv(2.0 * p, Quiet());
}

Result<void> check_alpha(double alpha) {
  if (!(alpha > 0.0 && alpha < 1.0)) {
    return bad_input("alpha", fmt::format("{} is outside (0, 1): it is the allowed chance that an "
                                          "interval misses, such as 0.05",
                                          alpha));
  }
  return {};
}

Result<void> check_shots(std::uint64_t shots, std::uint64_t most) {
  if (shots == 0 || shots > most) {
    return bad_input("shots", fmt::format("{}: 1 to {} are possible", shots, most));
  }
  return {};
}

}  // namespace quanta::quantum
