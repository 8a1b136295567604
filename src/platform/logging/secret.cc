#include "platform/logging/secret.h"

#include <fmt/format.h>

namespace quanta {

// Not wrong_type, which would show what it found.
Result<platform::Secret> json::Codec<platform::Secret>::from(const Value& value,
                                                             const std::string& path) {
  if (!value.is_string()) return bad_input(path, fmt::format("{}: expected a string", path));
  return platform::Secret(std::string(value.get_string()));
}

}  // namespace quanta
