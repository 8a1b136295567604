/// Numbers of which many are equal, in one or two bytes each.
///
///   if (const auto code = LevelCode::create(values)) code->value(x) == values[x];
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace quanta::quantum {

class LevelCode {
 public:
  /// Nothing where the values have more than 65,536 different levels. Equal means the same bits
  /// (but 0 and -0 are equal). O(n) where levels are few; values are finite.
  static std::optional<LevelCode> create(std::span<const double> values);

  std::size_t size() const { return bytes_.empty() ? words_.size() : bytes_.size(); }
  /// Rising.
  std::span<const double> levels() const { return levels_; }
  std::size_t level(std::size_t x) const {
    return bytes_.empty() ? std::size_t{words_[x]} : std::size_t{bytes_[x]};
  }
  double value(std::size_t x) const { return levels_[level(x)]; }

  std::size_t bytes() const { return bytes_.size() + 2 * words_.size() + 8 * levels_.size(); }

  /// body(pointer to the levels' numbers), of one or two bytes each.
  template <class Body>
  void visit(const Body& body) const {
    if (bytes_.empty()) {
      body(words_.data());
    } else {
      body(bytes_.data());
    }
  }

  /// out[i] = of_level[level(begin + i)].
  template <class T>
  void expand(std::size_t begin, std::span<const T> of_level, std::span<T> out) const {
    visit([&](const auto* levels) {
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = of_level[levels[begin + i]];
    });
  }

 private:
  std::vector<double> levels_;
  std::vector<std::uint8_t> bytes_;  // where there are at most 256 levels
  std::vector<std::uint16_t> words_;
};

}  // namespace quanta::quantum
