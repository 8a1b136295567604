/// Settings from a TOML file, the environment and flags, in rising precedence.
///
///   struct Limits {
///     int rows = 1000;
///     static constexpr auto describe() {
///       return std::tuple{field("rows", &Limits::rows, "most rows of an answer")};
///     }
///   };
///   struct Settings {
///     Limits limits;
///     static constexpr auto describe() {
///       return std::tuple{field("limits", &Settings::limits, "")};
///     }
///   };
///   QUANTA_TRY(const auto loaded, load_configuration<Settings>(
///       {.file = "quanta.toml", .environment = process_environment()}));
///   loaded.settings.limits.rows;
///   loaded.origins.at("limits.rows").where;     // "quanta.toml:2:8"
///
/// The description (core/describe.h) gives the keys: the member above is `rows` in the table
/// [limits] of the file, the environment variable QUANTA_LIMITS_ROWS, and the key "limits.rows" of
/// a flag. A key that is given nowhere keeps the default of its member. A key that the description
/// does not have is an error with a suggestion, in the file and in variables that begin with
/// QUANTA_ alike.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/describe.h"
#include "core/json.h"
#include "core/result.h"

namespace quanta::platform {

enum class OriginKind { kDefault, kFile, kEnvironment, kFlag };

constexpr auto enum_names(OriginKind) {
  using enum OriginKind;
  using Name = std::string_view;
  return std::array{std::pair{kDefault, Name("default")}, std::pair{kFile, Name("file")},
                    std::pair{kEnvironment, Name("environment")}, std::pair{kFlag, Name("flag")}};
}

/// Where a setting's value came from.
struct Origin {
  OriginKind kind = OriginKind::kDefault;
  std::string where;  ///< "quanta.toml:3:9", "QUANTA_LOG_LEVEL", "--log-level", empty by default
};

/// A flag as it was given: --log-level=debug is {"log.level", "--log-level", "debug"}.
struct FlagValue {
  std::string key;
  std::string flag;
  std::string text;
};

struct ConfigurationSources {
  /// The TOML file. Where it is not given, the variable QUANTA_CONFIG may name one.
  std::optional<std::string> file = {};
  std::vector<std::pair<std::string, std::string>> environment = {};  ///< an empty value: not set
  std::vector<FlagValue> flags = {};                                  ///< a later one wins
};

/// The environment of this process.
std::vector<std::pair<std::string, std::string>> process_environment();

/// "log.level" -> "QUANTA_LOG_LEVEL".
std::string environment_name(std::string_view key);

template <class T>
struct Configuration {
  T settings;
  std::map<std::string, Origin> origins;  ///< by key, one for each key that the description has
};

// ---------------------------------------------------------------------------------------------
namespace configuration_detail {

enum class ValueForm { kText, kNumber, kBoolean };

struct Key {
  std::string name;  ///< "log.level"
  ValueForm form;    ///< how a text from the environment or a flag is read
};

struct FoundValue {
  json::Value value;
  Origin origin;
  Place place;  ///< empty unless from a file

  /// What an error calls it: the key, or the variable or flag that holds it.
  const std::string& name_in_errors(const std::string& key) const {
    return origin.kind == OriginKind::kFile ? key : origin.where;
  }
};

/// The value of highest precedence of each key that is given somewhere.
Result<std::map<std::string, FoundValue>> find_values(const ConfigurationSources& sources,
                                                      const std::vector<Key>& keys);

/// The error of reading `found`, with its place, and of the kind that its origin calls for.
Error at_origin(Error error, const FoundValue& found, const std::string& key);

template <class T>
struct Stripped {
  using Type = T;
};
template <class T>
struct Stripped<std::optional<T>> {
  using Type = T;
};

template <class Member>
constexpr ValueForm form_of() {
  using T = typename Stripped<Member>::Type;
  if (std::is_same_v<T, bool>) return ValueForm::kBoolean;
  if (std::is_arithmetic_v<T>) return ValueForm::kNumber;
  static_assert(std::is_arithmetic_v<T> || NamedEnum<T> || std::is_same_v<T, std::string> ||
                    std::is_constructible_v<T, std::string>,
                "a setting is a number, a boolean, a text or an enum");
  return ValueForm::kText;
}

/// Calls visit(key, member) for each setting, nested structs opened.
template <Described T, class Visit>
void for_each_setting(T& settings, const std::string& path, const Visit& visit) {
  const auto one = [&](const auto& f) {
    auto& member = settings.*f.member;
    const std::string key = json::child_path(path, f.name);
    if constexpr (Described<std::remove_cvref_t<decltype(member)>>) {
      for_each_setting(member, key, visit);
    } else {
      visit(key, member);
    }
  };
  std::apply([&](const auto&... f) { (one(f), ...); }, T::describe());
}

}  // namespace configuration_detail

/// Reads the sources into a T, whose members are nested described structs, enums with names,
/// numbers, booleans, strings, Secrets and optionals of those.
///
/// Errors: kBadInput, field "config", where the file is missing or cannot be read; kBadInput with
/// file, line and column for what is wrong in it; kUsage naming the variable or the flag for what
/// is wrong there. Their field is the key.
template <Described T>
Result<Configuration<T>> load_configuration(const ConfigurationSources& sources) {
  namespace detail = configuration_detail;
  Configuration<T> loaded;
  std::vector<detail::Key> keys;
  detail::for_each_setting(loaded.settings, {}, [&](const std::string& key, auto& member) {
    keys.push_back({key, detail::form_of<std::remove_cvref_t<decltype(member)>>()});
  });
  QUANTA_TRY(const auto values, detail::find_values(sources, keys));
  std::optional<Error> error;
  detail::for_each_setting(loaded.settings, {}, [&](const std::string& key, auto& member) {
    if (error) return;
    const auto found = values.find(key);
    if (found == values.end()) {
      loaded.origins.emplace(key, Origin{});
      return;
    }
    using Member = std::remove_cvref_t<decltype(member)>;
    auto value = json::from<Member>(found->second.value, found->second.name_in_errors(key));
    if (!value) {
      error = detail::at_origin(std::move(value).error(), found->second, key);
      return;
    }
    member = *std::move(value);
    loaded.origins.emplace(key, found->second.origin);
  });
  if (error) return std::unexpected(*std::move(error));
  return loaded;
}

}  // namespace quanta::platform
