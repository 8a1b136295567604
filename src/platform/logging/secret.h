/// Text that must never be seen: a password, a key, a token.
///
///   Secret password("hunter2");
///   fmt::format("{}", password);          // "***"
///   json::print_compact(json::to(password));  // "\"***\""
///   connect(password.reveal());           // the one way to its text
///
/// It prints as *** whatever prints it, is read from JSON and configuration as a string, and does
/// not convert to a string by itself.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "core/json.h"

namespace quanta::platform {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

inline constexpr std::string_view kHiddenText = "***";

}  // namespace quanta::platform

template <>
struct fmt::formatter<quanta::platform::Secret> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const quanta::platform::Secret&, Context& context) const {
    return fmt::formatter<fmt::string_view>::format(
        {quanta::platform::kHiddenText.data(), quanta::platform::kHiddenText.size()}, context);
  }
};

template <>
struct quanta::json::Codec<quanta::platform::Secret> {
  static Value to(const platform::Secret&) { return Value(platform::kHiddenText); }
  static Result<platform::Secret> from(const Value& value, const std::string& path);
  static Value schema() { return Object{{"type", "string"}, {"writeOnly", true}}; }
};
