/// JSON: parsed, printed and described.
///
///   QUANTA_TRY(json::Value value, json::parse(text, "views.json"));
///   QUANTA_TRY(Views views, json::from<Views>(value));
///   std::string text = json::print(json::to(views));
///   json::Value schema = json::schema<Views>();     // JSON Schema 2020-12
///
/// Doubles print as the shortest digits that read back to the same bits; NaN and infinities print
/// as null. An unknown key, a missing key and a wrong type are errors that name the path
/// ("views[2].confidence").
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <boost/json/value.hpp>

#include "core/date.h"
#include "core/describe.h"
#include "core/enum_text.h"
#include "core/matrix.h"
#include "core/result.h"

namespace quanta::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;

/// Strict RFC 8259 in UTF-8 (a byte order mark is passed over), at most 64 levels deep; a key may
/// stand only once in an object, and a number must be in the range of a double. The error's place
/// has `source`, line and column (in characters).
Result<Value> parse(std::string_view text, std::string_view source);

/// Two-space indented (arrays of plain values stay on one line), ending in a newline. Bytes that
/// are not UTF-8 print as U+FFFD, so that the text is JSON whatever the strings hold.
std::string print(const Value& value);
/// On one line without blanks.
std::string print_compact(const Value& value);

/// How a type that has no description becomes JSON: specialise with
///   static Value to(const T&); static Result<T> from(const Value&, const std::string& path);
///   static Value schema();
template <class T>
struct Codec;

template <class T>
Value to(const T& x) {
  return Codec<T>::to(x);
}

/// `path` names the value in errors; empty for the document itself.
template <class T>
Result<T> from(const Value& value, const std::string& path = {}) {
  return Codec<T>::from(value, path);
}

template <class T>
Value schema() {
  return Codec<T>::schema();
}

/// "path: expected a number, found "x"", of kind kBadInput with field `path`.
Error wrong_type(const std::string& path, std::string_view expected, const Value& found);
/// "path.key: no such key; did you mean "known"?"
Error unknown_key(const std::string& path, std::string_view key,
                  const std::vector<std::string_view>& known);
std::string child_path(const std::string& path, std::string_view key);
std::string child_path(const std::string& path, std::size_t index);

// ---------------------------------------------------------------------------------------------

template <>
struct Codec<Value> {
  static Value to(const Value& x) { return x; }
  static Result<Value> from(const Value& value, const std::string&) { return value; }
  static Value schema() { return Object{}; }
};

template <>
struct Codec<bool> {
  static Value to(bool x) { return x; }
  static Result<bool> from(const Value& value, const std::string& path);
  static Value schema() { return Object{{"type", "boolean"}}; }
};

template <>
struct Codec<double> {
  static Value to(double x) { return x; }
  static Result<double> from(const Value& value, const std::string& path);
  static Value schema() { return Object{{"type", "number"}}; }
};

/// An integer value in [low, high], else an error that says so.
Result<std::int64_t> integer_from(const Value& value, const std::string& path, std::int64_t low,
                                  std::uint64_t high);

template <std::integral T>
struct Codec<T> {
  static Value to(T x) { return x; }
  static Result<T> from(const Value& value, const std::string& path) {
    QUANTA_TRY(const std::int64_t x,
               integer_from(value, path, static_cast<std::int64_t>(std::numeric_limits<T>::min()),
                            static_cast<std::uint64_t>(std::numeric_limits<T>::max())));
    return static_cast<T>(x);
  }
  static Value schema() { return Object{{"type", "integer"}}; }
};

template <>
struct Codec<std::string> {
  static Value to(const std::string& x) { return Value(x); }
  static Result<std::string> from(const Value& value, const std::string& path);
  static Value schema() { return Object{{"type", "string"}}; }
};

template <NamedEnum E>
struct Codec<E> {
  static Value to(E x) { return Value(to_text(x)); }
  static Result<E> from(const Value& value, const std::string& path) {
    QUANTA_TRY(const std::string text, Codec<std::string>::from(value, path));
    return parse_enum<E>(text, path);
  }
  static Value schema() {
    Array names;
    for (const auto& [e, name] : enum_names(E{})) names.emplace_back(name);
    return Object{{"type", "string"}, {"enum", std::move(names)}};
  }
};

template <class T>
struct Codec<std::optional<T>> {
  static Value to(const std::optional<T>& x) { return x ? json::to(*x) : Value(nullptr); }
  static Result<std::optional<T>> from(const Value& value, const std::string& path) {
    if (value.is_null()) return std::optional<T>();
    QUANTA_TRY(T x, json::from<T>(value, path));
    return std::optional<T>(std::move(x));
  }
  static Value schema() {
    return Object{{"anyOf", Array{json::schema<T>(), Object{{"type", "null"}}}}};
  }
};

template <class T>
struct Codec<std::vector<T>> {
  static Value to(const std::vector<T>& x) {
    Array array;
    array.reserve(x.size());
    for (const auto& item : x) array.push_back(json::to<T>(item));
    return array;
  }
  static Result<std::vector<T>> from(const Value& value, const std::string& path) {
    if (!value.is_array()) return std::unexpected(wrong_type(path, "an array", value));
    std::vector<T> x;
    x.reserve(value.get_array().size());
    for (const Value& item : value.get_array()) {
      QUANTA_TRY(T parsed, json::from<T>(item, child_path(path, x.size())));
      x.push_back(std::move(parsed));
    }
    return x;
  }
  static Value schema() { return Object{{"type", "array"}, {"items", json::schema<T>()}}; }
};

template <class T>
struct Codec<std::map<std::string, T>> {
  static Value to(const std::map<std::string, T>& x) {
    Object object;
    for (const auto& [key, item] : x) object.emplace(key, json::to(item));
    return object;
  }
  static Result<std::map<std::string, T>> from(const Value& value, const std::string& path) {
    if (!value.is_object()) return std::unexpected(wrong_type(path, "an object", value));
    std::map<std::string, T> x;
    for (const auto& item : value.get_object()) {
      QUANTA_TRY(T parsed, json::from<T>(item.value(), child_path(path, item.key())));
      x.emplace(item.key(), std::move(parsed));
    }
    return x;
  }
  static Value schema() {
    return Object{{"type", "object"}, {"additionalProperties", json::schema<T>()}};
  }
};

/// "2024-02-29".
template <>
struct Codec<Date> {
  static Value to(Date x);
  static Result<Date> from(const Value& value, const std::string& path);
  static Value schema() { return Object{{"type", "string"}, {"format", "date"}}; }
};

/// "2024-02-29T13:30:00Z".
template <>
struct Codec<Timestamp> {
  static Value to(Timestamp x);
  static Result<Timestamp> from(const Value& value, const std::string& path);
  static Value schema() { return Object{{"type", "string"}, {"format", "date-time"}}; }
};

/// Row by row: [[a, b], [c, d]].
template <>
struct Codec<Matrix> {
  static Value to(const Matrix& x);
  static Result<Matrix> from(const Value& value, const std::string& path);
  static Value schema();
};

template <class T>
constexpr bool kIsOptional = false;
template <class T>
constexpr bool kIsOptional<std::optional<T>> = true;

template <Described T>
struct Codec<T> {
  static Value to(const T& x) {
    Object object;
    std::apply([&](const auto&... f) { (object.emplace(f.name, json::to(x.*f.member)), ...); },
               T::describe());
    return object;
  }

  static Result<T> from(const Value& value, const std::string& path) {
    if (!value.is_object()) return std::unexpected(wrong_type(path, "an object", value));
    const Object& object = value.get_object();
    T x;
    std::optional<Error> error;
    // Unknown keys first: a mistyped name would otherwise only be told as missing.
    std::vector<std::string_view> known;
    std::apply([&](const auto&... f) { (known.push_back(f.name), ...); }, T::describe());
    for (const auto& item : object) {
      if (std::ranges::find(known, std::string_view(item.key())) == known.end()) {
        return std::unexpected(unknown_key(path, item.key(), known));
      }
    }
    const auto read = [&](const auto& f) {
      if (error) return;
      using Member = std::remove_cvref_t<decltype(x.*f.member)>;
      const Value* found = object.if_contains(f.name);
      const bool may_be_absent = !f.required || kIsOptional<Member>;
      if (found == nullptr || (found->is_null() && !f.required)) {
        if (!may_be_absent) {
          const std::string name = child_path(path, f.name);
          error = Error{ErrorKind::kBadInput, name + ": missing", name, {}};
        }
        return;
      }
      auto parsed = json::from<Member>(*found, child_path(path, f.name));
      if (parsed) {
        x.*f.member = *std::move(parsed);
      } else {
        error = std::move(parsed).error();
      }
    };
    std::apply([&](const auto&... f) { (read(f), ...); }, T::describe());
    if (error) return std::unexpected(*std::move(error));
    return x;
  }

  static Value schema() {
    Object properties;
    Array required;
    const auto add = [&](const auto& f) {
      using Member = std::remove_cvref_t<decltype(std::declval<T&>().*f.member)>;
      Value described = json::schema<Member>();
      if (described.is_object() && !f.about.empty()) {
        described.get_object()["description"] = f.about;
      }
      properties.emplace(f.name, std::move(described));
      if (f.required && !kIsOptional<Member>) required.emplace_back(f.name);
    };
    std::apply([&](const auto&... f) { (add(f), ...); }, T::describe());
    return Object{{"type", "object"},
                  {"properties", std::move(properties)},
                  {"required", std::move(required)},
                  {"additionalProperties", false}};
  }
};

}  // namespace quanta::json
