// Whatever bytes come in: parse answers a value or an error that names a place inside the text, and
// what is printed of a value is JSON of the same value.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/json.h"

namespace {

using quanta::json::Value;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Equal, a double being equal to the integer that it prints as.
bool same(const Value& a, const Value& b) {
  if (a.is_object() && b.is_object()) {
    if (a.get_object().size() != b.get_object().size()) return false;
    for (const auto& item : a.get_object()) {
      const Value* other = b.get_object().if_contains(item.key());
      if (other == nullptr || !same(item.value(), *other)) return false;
    }
    return true;
  }
  if (a.is_array() && b.is_array()) {
    if (a.get_array().size() != b.get_array().size()) return false;
    for (std::size_t i = 0; i < a.get_array().size(); ++i) {
      if (!same(a.get_array()[i], b.get_array()[i])) return false;
    }
    return true;
  }
  if (a.is_double()) {
    const auto x = quanta::json::from<double>(b);
    return x && *x == a.get_double() && std::signbit(*x) == std::signbit(a.get_double());
  }
  return a == b;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = quanta::json::parse(text, "input");
  if (!value) {
    require(value.error().place.line >= 1 && value.error().place.column >= 1);
    require(value.error().place.line <= size + 1 && value.error().place.column <= size + 1);
    require(!value.error().message.empty());
    return 0;
  }
  for (const auto& printed : {quanta::json::print(*value), quanta::json::print_compact(*value)}) {
    const auto again = quanta::json::parse(printed, "printed");
    require(again.has_value());
    require(same(*value, *again));
  }
  return 0;
}
