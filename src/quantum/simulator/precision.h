/// How amplitudes are stored.
#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace quanta::quantum {

enum class Precision {
  kDouble,  ///< 16 bytes an amplitude
  kSingle,  ///< 8 bytes, errors of 1e-7 times the root of the number of gates on each qubit
};

constexpr auto enum_names(Precision) {
  using enum Precision;
  return std::array{std::pair{kDouble, std::string_view("double")},
                    std::pair{kSingle, std::string_view("single")}};
}

}  // namespace quanta::quantum
