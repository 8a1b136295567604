#include "core/enum_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace quanta {
namespace {

/// Levenshtein distance: insertions, deletions and replacements that turn one word into the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& known) {
  if (word.size() > 200) return {};  // nobody mistypes that much, and the distance is quadratic
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

Error unknown_word(std::string_view field, std::string_view word,
                   const std::vector<std::string_view>& known) {
  std::string message = fmt::format("{}: \"{}\" is not one of {}", field, word.substr(0, 80),
                                    fmt::join(known, ", "));
  if (const std::string_view near = nearest_word(word, known); !near.empty()) {
    message += fmt::format("; did you mean \"{}\"?", near);
  }
  return Error{ErrorKind::kBadInput, std::move(message), std::string(field), {}};
}

}  // namespace quanta
