/// Numbers with a name of their own in every module.
#pragma once

#include <limits>
#include <numbers>

namespace quanta {

inline constexpr double kPi = std::numbers::pi;
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace quanta
