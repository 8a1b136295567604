#include "core/enum_text.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace quanta {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other
/// (optimal string alignment), upper and lower case being the same.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto same = [&](std::size_t i, std::size_t j) { return lower(a[i]) == lower(b[j]); };
  std::vector<std::size_t> before_previous;
  std::vector<std::size_t> previous(b.size() + 1);
  std::iota(previous.begin(), previous.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min(
          {previous[j - 1] + (same(i - 1, j - 1) ? 0 : 1), previous[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && same(i - 1, j - 2) && same(i - 2, j - 1)) {
        row[j] = std::min(row[j], before_previous[j - 2] + 1);
      }
    }
    before_previous = std::exchange(previous, std::move(row));
  }
  return previous[b.size()];
}

constexpr std::size_t kMostWordsListed = 24;

}  // namespace

std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& known) {
  if (word.size() > 200) return {};  // nobody mistypes that much, and the distance is quadratic
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    const bool has_something_in_common = distance < std::max(word.size(), candidate.size());
    if (distance < best_distance && has_something_in_common) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

Error unknown_word(std::string_view field, std::string_view word,
                   const std::vector<std::string_view>& known) {
  const std::size_t n_listed = std::min(known.size(), kMostWordsListed);
  std::string message =
      fmt::format("{}: \"{}\" is not one of {}", field, word.substr(0, 80),
                  fmt::join(known.begin(), known.begin() + static_cast<long>(n_listed), ", "));
  if (n_listed < known.size()) message += fmt::format(", … ({} in all)", known.size());
  if (const std::string_view near = nearest_word(word, known); !near.empty()) {
    message += fmt::format("; did you mean \"{}\"?", near);
  }
  return Error{ErrorKind::kBadInput, std::move(message), std::string(field), {}};
}

}  // namespace quanta
