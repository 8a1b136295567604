#include "statistics/stationary_bootstrap.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <fmt/format.h>

namespace quanta::statistics {
namespace {

constexpr std::size_t kFewest = 10;

/// R(k) of numbers whose mean is zero.
double autocovariance(std::span<const double> x, std::size_t lag) {
  double sum = 0.0;
  for (std::size_t t = lag; t < x.size(); ++t) sum += x[t] * x[t - lag];
  return sum / static_cast<double>(x.size());
}

/// The correlation of the pairs that lag apart, of which the parts at both ends have variances of
/// their own.
double autocorrelation(std::span<const double> x, std::size_t lag, double covariance) {
  double early = 0.0;
  double late = 0.0;
  for (std::size_t t = lag; t < x.size(); ++t) {
    early += x[t - lag] * x[t - lag];
    late += x[t] * x[t];
  }
  const double scale = std::sqrt(early * late) / static_cast<double>(x.size());
  return scale > 0.0 ? covariance / scale : 0.0;
}

}  // namespace

Result<double> stationary_block_length(std::span<const double> x) {
  const std::size_t n = x.size();
  if (n < kFewest) {
    return bad_input(
        "x", fmt::format("{} numbers tell no block length; at least {} are needed", n, kFewest));
  }
  const double count = static_cast<double>(n);
  double mean = 0.0;
  double scale = 0.0;
  for (std::size_t t = 0; t < n; ++t) {
    if (!std::isfinite(x[t])) return bad_input("x", fmt::format("x[{}] is {}", t, x[t]));
    mean += x[t] / count;
    scale = std::max(scale, std::abs(x[t]));
  }
  std::vector<double> centred(x.begin(), x.end());
  double spread = 0.0;
  for (double& value : centred) {
    value -= mean;
    spread = std::max(spread, std::abs(value));
  }
  if (!(spread > 1e-14 * scale)) return 1.0;      // constant but for rounding
  for (double& value : centred) value /= spread;  // so that no square leaves the range of doubles

  const auto run = static_cast<std::size_t>(std::max(5.0, std::floor(std::log10(count))));
  const std::size_t most_lags =
      std::min(static_cast<std::size_t>(std::ceil(std::sqrt(count))) + run, n - 1);
  const double band = 2.0 * std::sqrt(std::log10(count) / count);
  std::vector<double> covariance = {autocovariance(centred, 0)};
  std::size_t quiet = 0;  // lags in a row within the band
  std::size_t last = most_lags;
  for (std::size_t lag = 1; lag <= most_lags; ++lag) {
    covariance.push_back(autocovariance(centred, lag));
    const bool small = std::abs(autocorrelation(centred, lag, covariance[lag])) < band;
    quiet = small ? quiet + 1 : 0;
    if (quiet == run && last == most_lags) last = std::min(most_lags, 2 * (lag + 1 - run));
    if (lag >= last && last < most_lags) break;
  }

  double g = 0.0;
  double spectrum = covariance[0];  // at frequency zero
  for (std::size_t lag = 1; lag <= last; ++lag) {
    const double share = static_cast<double>(lag) / static_cast<double>(last);
    const double weight = std::min(1.0, 2.0 * (1.0 - share));
    g += 2.0 * weight * static_cast<double>(lag) * covariance[lag];
    spectrum += 2.0 * weight * covariance[lag];
  }
  const double longest = std::ceil(std::min(3.0 * std::sqrt(count), count / 3.0));
  // A flat-top window can give a spectrum of zero; the formula then grows without limit.
  const double length = std::cbrt(g * g * count / (spectrum * spectrum));
  return length < longest ? std::max(1.0, length) : (g == 0.0 ? 1.0 : longest);
}

std::vector<std::size_t> stationary_resample(std::size_t n_periods, double block_length,
                                             RandomStream& random) {
  assert(n_periods > 0 && block_length >= 1.0);
  const double ends = 1.0 / block_length;
  std::vector<std::size_t> places(n_periods);
  for (std::size_t t = 0; t < n_periods; ++t) {
    if (t == 0 || random.uniform() < ends) {
      places[t] = static_cast<std::size_t>(random.below(n_periods));
    } else {
      places[t] = places[t - 1] + 1 < n_periods ? places[t - 1] + 1 : 0;
    }
  }
  return places;
}

Matrix rows_at(const Matrix& matrix, std::span<const std::size_t> places) {
  Matrix out(places.size(), matrix.columns());
  for (std::size_t t = 0; t < places.size(); ++t) {
    std::ranges::copy(matrix.row(places[t]), out.row(t).begin());
  }
  return out;
}

}  // namespace quanta::statistics
