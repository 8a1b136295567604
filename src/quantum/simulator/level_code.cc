#include "quantum/simulator/level_code.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace quanta::quantum {
namespace {

constexpr std::size_t kMostLevels = 65536;

/// The levels met so far by open addressing, in the order of their appearance.
class Levels {
 public:
  Levels() : slots_(4 * kMostLevels, kEmpty) {}

  /// The number of the value's level; kMostLevels where there is no room for another.
  std::size_t find_or_add(double value) {
    const double key = value + 0.0;  // -0 becomes 0
    const std::uint64_t hash = std::bit_cast<std::uint64_t>(key) * 0x9e3779b97f4a7c15U;
    for (std::size_t slot = hash >> 46;; ++slot) {  // 18 bits, as many as there are slots
      std::uint32_t& number = slots_[slot % slots_.size()];
      if (number == kEmpty) {
        if (values_.size() == kMostLevels) return kMostLevels;
        number = static_cast<std::uint32_t>(values_.size());
        values_.push_back(key);
        return number;
      }
      if (values_[number] == key) return number;
    }
  }
  const std::vector<double>& values() const { return values_; }

 private:
  static constexpr std::uint32_t kEmpty = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> slots_;
  std::vector<double> values_;
};

}  // namespace

std::optional<LevelCode> LevelCode::create(std::span<const double> values) {
  Levels met;
  for (const double value : values) {
    if (met.find_or_add(value) == kMostLevels) return std::nullopt;
  }
  LevelCode code;
  code.levels_ = met.values();
  std::ranges::sort(code.levels_);
  std::vector<std::uint16_t> rank(code.levels_.size());  // of the levels in the order of appearance
  for (std::size_t i = 0; i < rank.size(); ++i) {
    rank[met.find_or_add(code.levels_[i])] = static_cast<std::uint16_t>(i);
  }
  if (code.levels_.size() <= 256) {
    code.bytes_.resize(values.size());
  } else {
    code.words_.resize(values.size());
  }
  for (std::size_t x = 0; x < values.size(); ++x) {
    const std::uint16_t level = rank[met.find_or_add(values[x])];
    if (code.bytes_.empty()) {
      code.words_[x] = level;
    } else {
      code.bytes_[x] = static_cast<std::uint8_t>(level);
    }
  }
  return code;
}

}  // namespace quanta::quantum
