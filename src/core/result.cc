#include "core/result.h"

#include <fmt/format.h>

namespace quanta {

std::string to_text(const Error& error) {
  std::string where = error.place.file;
  if (error.place.line > 0) where += fmt::format(":{}", error.place.line);
  if (error.place.column > 0) where += fmt::format(":{}", error.place.column);
  return where.empty() ? error.message : where + ": " + error.message;
}

}  // namespace quanta
