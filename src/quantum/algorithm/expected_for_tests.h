/// Reference values of the quantum engine for tests, from an independent simulator; kept beside the
/// checkout (../shared/data/expected/quantum, see its README).
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "core/json.h"

namespace quanta::quantum {

/// The file as JSON, nothing where the folder is absent.
inline std::optional<json::Value> expected_values(const std::string& name) {
  const std::filesystem::path path = QUANTA_SOURCE_DIR "/../shared/data/expected/quantum/" + name;
  if (!std::filesystem::exists(path)) return std::nullopt;
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return json::parse(text.str(), path.string()).value();
}

inline double number(const json::Value& value) { return value.to_number<double>(); }

}  // namespace quanta::quantum

/// Declares `book` as the file's content, or skips the test.
#define QUANTA_EXPECTED(book, name)                                               \
  const auto book##_if_there = expected_values(name);                             \
  if (!book##_if_there)                                                           \
    GTEST_SKIP() << "../shared/data/expected/quantum/" << name << " is not here"; \
  const json::Value& book = *book##_if_there
