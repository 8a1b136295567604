/// What is known of a phase after measurements: a density on the circle.
///
///   PhaseGrid grid(14);                       // 2^14 points, all equally likely
///   grid.observe(8, 0, 3, 1);                 // U^8: three times 0, once 1
///   const PhasePosterior known = grid.posterior(0.95);
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/random.h"

namespace quanta::quantum {

/// From low to high, in turns; low > high where the arc passes 0.
struct PhaseInterval {
  double low = 0.0;
  double high = 0.0;
};

struct PhasePosterior {
  double mode = 0.0;                ///< the likeliest phase, in turns
  double mean = 0.0;                ///< direction of E e^{2 pi i theta}
  double standard_deviation = 0.0;  ///< root mean square distance from `mean`, in turns
  double holevo_variance = 0.0;     ///< |E e^{2 pi i theta}|^-2 - 1, about (2 pi deviation)^2
  double level = 0.0;               ///< of the intervals
  /// The smallest set of phases that holds the phase with that probability; several arcs where
  /// several phases explain the measurements.
  std::vector<PhaseInterval> intervals = {};
};

/// One measurement of the control qubit of U^power: P(0) = (1 + cos(2 pi (power theta - angle)))/2.
struct PhaseMeasurement {
  std::uint64_t power = 0;
  double angle = 0.0;  ///< in turns, a multiple of the grid's spacing
  bool outcome = false;
};

/// Log-densities at theta = g/2^bits.
class PhaseGrid {
 public:
  static constexpr unsigned kMaxBits = 20;

  /// bits: 4 to kMaxBits.
  explicit PhaseGrid(unsigned bits);

  std::size_t size() const { return log_density_.size(); }

  /// Measurements of U^power at angle = angle_steps/size(), in one pass over the grid.
  void observe(std::uint64_t power, std::uint64_t angle_steps, std::size_t zeros, std::size_t ones);

  /// log_density[g] += count * values[g - shift on the circle]; `values` has size() numbers.
  void add(std::span<const double> values, std::size_t shift, double count);

  /// The densities, summing to 1.
  std::vector<double> density() const;

  /// level in (0, 1). O(n log n).
  PhasePosterior posterior(double level) const;

 private:
  std::vector<double> log_density_;
  std::vector<double> log_cosine_;  // log((1 + cos(2 pi h/size))/2)
};

/// The fewest bits whose grid has eight points to the least deviation that the measurements allow,
/// sum over them of power^2 given; may be above PhaseGrid::kMaxBits.
unsigned grid_bits(double squared_powers);

}  // namespace quanta::quantum
