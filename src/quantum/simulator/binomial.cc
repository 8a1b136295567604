#include "quantum/simulator/binomial.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace quanta::quantum {
namespace {

/// ln k! - Stirling's formula for it, (k + 1/2) ln(k + 1) - (k + 1) + ln(2 pi)/2.
double stirling_rest(double k) {
  static constexpr std::array<double, 10> kSmall = {
      0.08106146679532726, 0.04134069595540929, 0.02767792568499834, 0.02079067210376509,
      0.01664469118982119, 0.01387612882307075, 0.01189670994589177, 0.01041126526197209,
      0.00925546218271273, 0.00833056343336287};
  if (k < 10.0) return kSmall[static_cast<std::size_t>(k)];
  const double square = (k + 1.0) * (k + 1.0);
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1.0);
}

/// Counts the successes by the waiting times between them.
std::uint64_t by_waiting(std::uint64_t n, double p, RandomStream& stream) {
  const double log_failure = std::log1p(-p);
  const auto trials = static_cast<double>(n);
  double position = 0.0;
  for (std::uint64_t successes = 0;; ++successes) {
    position += std::floor(std::log(stream.uniform_open()) / log_failure) + 1.0;
    if (position > trials) return successes;
  }
}

/// Hörmann, The generation of binomial random variates, J. Stat. Comput. Simul. 46 (1993), BTRS.
std::uint64_t by_rejection(std::uint64_t trials, double p, RandomStream& stream) {
  const auto n = static_cast<double>(trials);
  const double deviation = std::sqrt(n * p * (1.0 - p));
  const double b = 1.15 + 2.53 * deviation;
  const double a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double centre = n * p + 0.5;
  const double sure = 0.92 - 4.2 / b;
  const double alpha = (2.83 + 5.1 / b) * deviation;
  const double odds = p / (1.0 - p);
  const double mode = std::floor((n + 1.0) * p);
  for (;;) {
    const double u = stream.uniform() - 0.5;
    const double v = stream.uniform_open();
    const double s = 0.5 - std::abs(u);
    const double k = std::floor((2.0 * a / s + b) * u + centre);
    if (!(k >= 0.0 && k <= n)) continue;
    if (s >= 0.07 && v <= sure) return static_cast<std::uint64_t>(k);
    const double left = std::log(v * alpha / (a / (s * s) + b));
    const double right = (mode + 0.5) * std::log((mode + 1.0) / (odds * (n - mode + 1.0))) +
                         (n + 1.0) * std::log((n - mode + 1.0) / (n - k + 1.0)) +
                         (k + 0.5) * std::log(odds * (n - k + 1.0) / (k + 1.0)) +
                         stirling_rest(mode) + stirling_rest(n - mode) - stirling_rest(k) -
                         stirling_rest(n - k);
    if (left <= right) return static_cast<std::uint64_t>(k);
  }
}

}  // namespace

std::uint64_t binomial_sample(std::uint64_t n, double p, RandomStream& stream) {
  assert(p >= 0.0 && p <= 1.0);
  if (n == 0 || p == 0.0) return 0;
  if (p == 1.0) return n;
  if (p > 0.5) return n - binomial_sample(n, 1.0 - p, stream);
  return static_cast<double>(n) * p < 10.0 ? by_waiting(n, p, stream) : by_rejection(n, p, stream);
}

double mean_of_shots(double expectation, std::uint64_t n, RandomStream& stream) {
  const double plus = std::clamp((1.0 + expectation) / 2.0, 0.0, 1.0);
  const auto hits = static_cast<double>(binomial_sample(n, plus, stream));
  const auto shots = static_cast<double>(n);
  return (2.0 * hits - shots) / shots;
}

}  // namespace quanta::quantum
