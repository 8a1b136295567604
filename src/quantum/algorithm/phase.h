/// Phases in turns: 1 is the full circle.
#pragma once

#include <cmath>
#include <complex>
#include <numbers>

namespace quanta::quantum {

/// The same phase in [0, 1).
inline double wrapped(double turns) {
  const double rest = turns - std::floor(turns);
  return rest < 1.0 ? rest : 0.0;  // -1e-20 is 1 up to rounding
}

/// From b to a along the shorter arc, in [-1/2, 1/2).
inline double phase_difference(double a, double b) { return wrapped(a - b + 0.5) - 0.5; }

/// e^{2 pi i turns}.
inline std::complex<double> unit(double turns) {
  return std::polar(1.0, 2.0 * std::numbers::pi * turns);
}

}  // namespace quanta::quantum
