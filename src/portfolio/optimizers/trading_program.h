/// Quadratic programs in which leaving a start costs.
#pragma once

#include <vector>

#include "portfolio/optimizers/quadratic_program.h"

namespace quanta::portfolio {

/// From a program on x: with x = x0 + p - m and p, m >= 0, in the 2n variables (p, m),
///   minimise the same + cost x sum(p + m)   subject to the same, and sum(p + m) <= most.
/// Bounds of x become bounds of p and m: x <= u as p <= u - x0 where that is at least 0, else as
/// m >= x0 - u; likewise below. At an optimum with a positive cost, or where turnover binds, p_i or
/// m_i is 0; where it costs nothing only the difference counts. The row of `most` is the last
/// inequality; none where it is infinite.
QuadraticProgram trading_program(const QuadraticProgram& program, const std::vector<double>& start,
                                 double cost, double most);

/// x0 + p - m, exactly x0 where p = m.
std::vector<double> traded(const std::vector<double>& start, const std::vector<double>& changes);

}  // namespace quanta::portfolio
