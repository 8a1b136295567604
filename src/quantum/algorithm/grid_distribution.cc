#include "quantum/algorithm/grid_distribution.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace quanta::quantum {
namespace {

/// A pivot below this share of its variance is what rounding leaves of 0.
constexpr double kLeastPivot = 1e-12;

/// The lower L with L L' = covariance; nothing where it is not positive definite.
std::optional<Matrix> cholesky(const Matrix& covariance) {
  const std::size_t d = covariance.rows();
  Matrix lower(d, d);
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = covariance(i, j);
      for (std::size_t k = 0; k < j; ++k) sum -= lower(i, k) * lower(j, k);
      if (i == j) {
        if (!(sum > kLeastPivot * covariance(i, i))) return std::nullopt;
        lower(i, i) = std::sqrt(sum);
      } else {
        lower(i, j) = sum / lower(j, j);
      }
    }
  }
  return lower;
}

/// (x - mean)' covariance^-1 (x - mean).
double squared_distance(const Matrix& lower, std::span<const double> x,
                        std::span<const double> mean) {
  std::vector<double> y(x.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    y[i] = x[i] - mean[i];
    for (std::size_t k = 0; k < i; ++k) y[i] -= lower(i, k) * y[k];
    y[i] /= lower(i, i);
    sum += y[i] * y[i];
  }
  return sum;
}

Result<Matrix> check(std::span<const double> mean, const Matrix& covariance,
                     std::span<const unsigned> qubits) {
  const std::size_t d = mean.size();
  if (d == 0) return bad_input("mean", "at least one dimension is needed");
  for (std::size_t i = 0; i < d; ++i) {
    if (!std::isfinite(mean[i])) {
      return bad_input("mean", fmt::format("number {} is {}", i, mean[i]));
    }
  }
  if (covariance.rows() != d || covariance.columns() != d) {
    return bad_input("covariance", fmt::format("{} x {} numbers for {} dimensions",
                                               covariance.rows(), covariance.columns(), d));
  }
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j < d; ++j) {
      if (!std::isfinite(covariance(i, j))) {
        return bad_input("covariance", fmt::format("({}, {}) is {}", i, j, covariance(i, j)));
      }
      const double room = 1e-12 * (std::abs(covariance(i, i)) + std::abs(covariance(j, j)));
      if (std::abs(covariance(i, j) - covariance(j, i)) > room) {
        return bad_input("covariance", fmt::format("({0}, {1}) is {2} and ({1}, {0}) is {3}", i, j,
                                                   covariance(i, j), covariance(j, i)));
      }
    }
  }
  auto lower = cholesky(covariance);
  if (!lower) return bad_input("covariance", "is not positive definite");
  if (qubits.size() != d) {
    return bad_input("qubits", fmt::format("{} numbers for {} dimensions", qubits.size(), d));
  }
  unsigned total = 0;
  for (const unsigned n : qubits) {
    total += std::min(n, kMostGridQubits + 1);
    if (n == 0 || total > kMostGridQubits) {
      return bad_input("qubits", fmt::format("{} on an axis: from 1 on, and at most {} on all "
                                             "axes together",
                                             n, kMostGridQubits));
    }
  }
  return *std::move(lower);
}

/// Probabilities proportional to exp(log_density(values of the point)).
template <class LogDensity>
Result<GridDistribution> normalized(std::vector<GridAxis> axes, const LogDensity& log_density) {
  GridDistribution grid{.axes = std::move(axes)};
  const std::size_t d = grid.axes.size();
  grid.probabilities.resize(std::size_t{1} << grid.qubits());
  std::vector<double> x(d);
  double most = -std::numeric_limits<double>::infinity();
  for (std::size_t position = 0; position < grid.probabilities.size(); ++position) {
    for (std::size_t i = 0; i < d; ++i) x[i] = grid.value(position, i);
    grid.probabilities[position] = log_density(x);
    most = std::max(most, grid.probabilities[position]);
  }
  if (!std::isfinite(most)) return bad_input("bounds", "the density vanishes on the whole grid");
  double sum = 0.0;
  for (double& p : grid.probabilities) sum += p = std::exp(p - most);
  for (double& p : grid.probabilities) p /= sum;
  return grid;
}

}  // namespace

std::uint64_t GridAxis::first_at_least(double x) const {
  const double room = 1e-12 * (high - low);
  std::uint64_t i = 0;
  while (i < size() && value(i) < x - room) ++i;
  return i;
}

unsigned GridDistribution::qubits() const {
  unsigned n = 0;
  for (const GridAxis& axis : axes) n += axis.qubits;
  return n;
}

std::size_t GridDistribution::index(std::size_t position, std::size_t axis) const {
  for (std::size_t i = 0; i < axis; ++i) position >>= axes[i].qubits;
  return position % axes[axis].size();
}

double GridDistribution::value(std::size_t position, std::size_t axis) const {
  return axes[axis].value(index(position, axis));
}

std::vector<unsigned> GridDistribution::register_of(std::size_t axis) const {
  unsigned first = 0;
  for (std::size_t i = 0; i < axis; ++i) first += axes[i].qubits;
  std::vector<unsigned> qubits_of_axis;
  for (unsigned q = 0; q < axes[axis].qubits; ++q) qubits_of_axis.push_back(first + q);
  return qubits_of_axis;
}

Result<GridDistribution> log_normal_grid(std::span<const double> mean, const Matrix& covariance,
                                         std::span<const unsigned> qubits, double deviations) {
  QUANTA_TRY(const Matrix lower, check(mean, covariance, qubits));
  if (!(deviations > 0.0 && std::isfinite(deviations))) {
    return bad_input("deviations", fmt::format("{} is not above 0", deviations));
  }
  std::vector<GridAxis> axes;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    const double variance = covariance(i, i);
    const double middle = std::exp(mean[i] + 0.5 * variance);
    const double reach = deviations * middle * std::sqrt(std::expm1(variance));
    axes.push_back({std::max(0.0, middle - reach), middle + reach, qubits[i]});
    if (!std::isfinite(axes.back().high)) {
      return bad_input("mean", fmt::format("exp({}) is out of range", mean[i]));
    }
  }
  return normalized(std::move(axes), [&](std::span<const double> x) {
    std::vector<double> logs(x.size());
    double sum = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (x[i] <= 0.0) return -std::numeric_limits<double>::infinity();
      logs[i] = std::log(x[i]);
      sum += logs[i];
    }
    return -0.5 * squared_distance(lower, logs, mean) - sum;
  });
}

Result<GridDistribution> normal_grid(std::span<const double> mean, const Matrix& covariance,
                                     std::span<const Interval> bounds,
                                     std::span<const unsigned> qubits) {
  QUANTA_TRY(const Matrix lower, check(mean, covariance, qubits));
  if (bounds.size() != mean.size()) {
    return bad_input("bounds",
                     fmt::format("{} of them for {} dimensions", bounds.size(), mean.size()));
  }
  std::vector<GridAxis> axes;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    if (!(bounds[i].low < bounds[i].high && std::isfinite(bounds[i].high - bounds[i].low))) {
      return bad_input("bounds", fmt::format("[{}, {}] is no interval to lay points in",
                                             bounds[i].low, bounds[i].high));
    }
    axes.push_back({bounds[i].low, bounds[i].high, qubits[i]});
  }
  return normalized(std::move(axes), [&](std::span<const double> x) {
    return -0.5 * squared_distance(lower, x, mean);
  });
}

}  // namespace quanta::quantum
