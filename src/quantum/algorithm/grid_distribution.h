/// Distributions of prices and rates on grids of 2^n points, as states of qubits can hold them.
///
///   QUANTA_TRY(const auto grid, log_normal_grid(std::array{0.69}, Matrix(1, 1, 0.0175),
///                                               std::array{3U}));
///   grid.axes[0].value(5);      // a price
///   grid.probabilities[5];      // and how likely it is
///
/// On each axis the points are equally spaced from `low` to `high`, both included, and the
/// probability of a point is the density there, divided by the sum over all points: what lies
/// outside the grid is left out, and the step is not integrated over. That is the choice of the
/// published examples; it differs from the continuous distribution by an error of the step and of
/// the cut tails, which shrinks with qubits and width.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"
#include "quantum/algorithm/confidence_interval.h"

namespace quanta::quantum {

struct GridAxis {
  double low = 0.0;
  double high = 1.0;
  unsigned qubits = 1;

  std::size_t size() const { return std::size_t{1} << qubits; }
  double step() const { return (high - low) / static_cast<double>(size() - 1); }
  double value(std::size_t i) const { return low + static_cast<double>(i) * step(); }
  /// The first i whose value is at least x; size() where none is. Values within 1e-12 of the axis'
  /// length below x count as x.
  std::uint64_t first_at_least(double x) const;
};

struct GridDistribution {
  std::vector<GridAxis> axes = {};
  /// Of each point. The position has axis 0 in its lowest bits, axis 1 above them, and so on.
  std::vector<double> probabilities = {};

  unsigned qubits() const;
  /// Which point of an axis a position stands for.
  std::size_t index(std::size_t position, std::size_t axis) const;
  double value(std::size_t position, std::size_t axis) const;
  /// The qubits of an axis, lowest bit first, where the distribution is loaded onto qubits 0, 1, …
  std::vector<unsigned> register_of(std::size_t axis) const;
};

/// Largest number of qubits of all axes together: loading n of them takes 2^(n+1) gates on 2^n
/// amplitudes.
inline constexpr unsigned kMostGridQubits = 12;

/// log X is normal with this mean and covariance. Axis i reaches from max(0, m - d s) to m + d s, m
/// and s being mean and standard deviation of X_i and d = deviations.
///
/// mean: of log X, d values; covariance: d x d; qubits: of each axis, d values.
/// Errors: kBadInput, field "mean" (none, not finite), "covariance" (wrong size, not symmetric, not
/// positive definite, not finite), "qubits" (wrong number, 0 on an axis, more than 12 together),
/// "deviations" (not above 0, not finite).
Result<GridDistribution> log_normal_grid(std::span<const double> mean, const Matrix& covariance,
                                         std::span<const unsigned> qubits, double deviations = 3.0);

/// X is normal with this mean and covariance; axis i reaches over bounds[i]. Errors: as
/// log_normal_grid; field "bounds" (wrong number, low not below high, not finite, or the density
/// vanishes on all points).
Result<GridDistribution> normal_grid(std::span<const double> mean, const Matrix& covariance,
                                     std::span<const Interval> bounds,
                                     std::span<const unsigned> qubits);

}  // namespace quanta::quantum
