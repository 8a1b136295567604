#include "core/result.h"

#include <fmt/format.h>

namespace quanta {

std::string to_text(const Error& error) {
  const Place& place = error.place;
  std::string where = place.file;
  if (place.line > 0) where += fmt::format("{}{}", where.empty() ? "line " : ":", place.line);
  if (place.column > 0) where += fmt::format(":{}", place.column);
  return where.empty() ? error.message : where + ": " + error.message;
}

}  // namespace quanta
