#include "portfolio/weights.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "core/constants.h"

namespace quanta::portfolio {
namespace {

constexpr double kDust = 1e-12;

double total(std::span<const double> x) { return std::accumulate(x.begin(), x.end(), 0.0); }

}  // namespace

Bounds uniform_bounds(std::size_t n, double lower, double upper) {
  return {.lower = std::vector<double>(n, lower), .upper = std::vector<double>(n, upper)};
}

Result<void> check_bounds(const Bounds& bounds, std::size_t n) {
  if (bounds.lower.size() != n || bounds.upper.size() != n) {
    return bad_input("bounds", fmt::format("{} lower and {} upper bounds for {} assets",
                                           bounds.lower.size(), bounds.upper.size(), n));
  }
  for (std::size_t i = 0; i < n; ++i) {
    const double lower = bounds.lower[i];
    const double upper = bounds.upper[i];
    if (std::isnan(lower) || std::isnan(upper) || lower == kInfinity || upper == -kInfinity) {
      return bad_input(
          "bounds", fmt::format("asset {}: {} to {} is no range of weights", i + 1, lower, upper));
    }
    if (lower > upper) {
      return infeasible("bounds", fmt::format("asset {}: the lower bound {} is above the upper "
                                              "bound {}",
                                              i + 1, lower, upper));
    }
  }
  const double least = total(bounds.lower);
  const double most = total(bounds.upper);
  if (least > 1.0 + kSumRoom) {
    return infeasible("bounds", fmt::format("the lower bounds of {} assets sum to {:.12g}, but "
                                            "weights sum to 1; lower some of them",
                                            n, least));
  }
  if (most < 1.0 - kSumRoom) {
    return infeasible("bounds", fmt::format("the upper bounds of {} assets sum to {:.12g}, but "
                                            "weights sum to 1; raise some of them",
                                            n, most));
  }
  return {};
}

Result<void> check_limit(const LinearLimit& limit, std::size_t n) {
  if (limit.coefficients.size() != n) {
    return bad_input("limits", fmt::format("{}: {} coefficients for {} assets", limit.name,
                                           limit.coefficients.size(), n));
  }
  if (!std::ranges::all_of(limit.coefficients, [](double c) { return std::isfinite(c); })) {
    return bad_input("limits", fmt::format("{}: a coefficient is not finite", limit.name));
  }
  if (!(limit.lower <= limit.upper)) {
    return infeasible("limits", fmt::format("{}: the lower limit {} is above the upper {}",
                                            limit.name, limit.lower, limit.upper));
  }
  return {};
}

Bounds settled(Bounds bounds) {
  if (total(bounds.lower) >= 1.0 - kSumRoom) bounds.upper = bounds.lower;
  if (total(bounds.upper) <= 1.0 + kSumRoom) bounds.lower = bounds.upper;
  return bounds;
}

std::vector<double> clean_weights(std::span<const double> lower, std::span<const double> upper,
                                  std::vector<double> x) {
  std::vector<std::size_t> loose;  // strictly between their bounds, the largest first
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = std::clamp(x[i], lower[i], upper[i]) + 0.0;
    if (std::abs(x[i]) < kDust && lower[i] <= 0.0 && upper[i] >= 0.0) x[i] = 0.0;
    if (x[i] > lower[i] && x[i] < upper[i] && x[i] != 0.0) loose.push_back(i);
  }
  std::ranges::stable_sort(
      loose, [&](std::size_t a, std::size_t b) { return std::abs(x[a]) > std::abs(x[b]); });
  // They take what rounding left of the sum.
  for (const std::size_t i : loose) {
    const double missing = 1.0 - total(x);
    if (missing == 0.0) break;
    x[i] = std::clamp(x[i] + missing, lower[i], upper[i]);
  }
  return x;
}

}  // namespace quanta::portfolio
