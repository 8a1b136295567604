#include "platform/configuration/configuration.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <fmt/format.h>
#include <toml++/toml.h>
#include <unistd.h>

#include "core/enum_text.h"

namespace quanta::platform {

std::vector<std::pair<std::string, std::string>> process_environment() {
  std::vector<std::pair<std::string, std::string>> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

std::string environment_name(std::string_view key) {
  std::string name = "QUANTA_";
  for (const char c : key) {
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

namespace configuration_detail {
namespace {

using Values = std::map<std::string, FoundValue>;

constexpr std::string_view kVariablePrefix = "QUANTA_";
constexpr std::string_view kFileVariable = "QUANTA_CONFIG";
constexpr std::uintmax_t kMaxFileBytes = 1 << 20;

Result<std::string> read_file(const std::string& path) {
  const auto wrong = [&](std::string_view what) {
    return fail(ErrorKind::kBadInput, fmt::format("configuration file: {}", what), "config",
                Place{path});
  };
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  if (!std::filesystem::exists(status)) return wrong("there is no such file");
  if (std::filesystem::is_directory(status)) return wrong("it is a folder, not a file");
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return wrong("it cannot be opened for reading");
  std::string text;
  for (char block[4096]; stream.read(block, sizeof block) || stream.gcount() > 0;) {
    text.append(block, static_cast<std::size_t>(stream.gcount()));
    if (text.size() > kMaxFileBytes) return wrong("it is larger than 1 MiB");
  }
  if (stream.bad()) return wrong("reading it failed");
  return text;
}

json::Value value_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string:
      return json::Value(std::string_view(node.as_string()->get()));
    case toml::node_type::integer:
      return node.as_integer()->get();
    case toml::node_type::floating_point:
      return node.as_floating_point()->get();
    case toml::node_type::boolean:
      return node.as_boolean()->get();
    case toml::node_type::array: {
      json::Array array;
      for (const toml::node& item : *node.as_array()) array.push_back(value_of(item));
      return array;
    }
    case toml::node_type::table: {
      json::Object object;
      for (const auto& [key, item] : *node.as_table()) object.emplace(key.str(), value_of(item));
      return object;
    }
    default: {  // dates and times, which no setting takes yet: their text, so that errors show it
      std::ostringstream text;
      node.visit([&](const auto& value) { text << value; });
      return json::Value(text.str());
    }
  }
}

/// The names one level below `path` (empty: the top) in `keys`.
std::vector<std::string_view> names_below(const std::vector<Key>& keys, const std::string& path) {
  const std::size_t skip = path.empty() ? 0 : path.size() + 1;
  std::vector<std::string_view> names;
  for (const Key& key : keys) {
    if (!path.empty() && !key.name.starts_with(path + ".")) continue;
    std::string_view name = std::string_view(key.name).substr(skip);
    name = name.substr(0, name.find('.'));
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

Place place_of(const toml::source_region& region, const std::string& file) {
  return {file, region.begin.line, region.begin.column};
}

/// "key "x" is not known; here are a, b; did you mean "a"?"
Error unknown_key(std::string_view what, const std::string& name, const std::string& near,
                  const std::vector<std::string_view>& known) {
  std::string message = fmt::format("{} \"{}\" is not known", what, name.substr(0, 80));
  if (!near.empty()) {
    message += fmt::format("; did you mean \"{}\"?", near);
  } else {
    message += fmt::format("; there are {}", fmt::join(known, ", "));
  }
  return Error{ErrorKind::kBadInput, std::move(message), name, {}};
}

Result<void> read_table(const toml::table& table, const std::string& path, const std::string& file,
                        const std::vector<Key>& keys, Values& values) {
  const auto known = names_below(keys, path);
  for (const auto& [toml_key, node] : table) {
    const std::string name(toml_key.str());
    const std::string key = json::child_path(path, name);
    if (std::ranges::find(known, name) == known.end()) {
      std::string near(nearest_word(name, known));
      if (!near.empty()) near = json::child_path(path, near);
      for (const Key& other : keys) {  // the right name in the wrong table
        if (near.empty() && other.name.ends_with("." + name)) near = other.name;
      }
      Error error = unknown_key("the key", key, near, known);
      error.place = place_of(toml_key.source(), file);
      return std::unexpected(std::move(error));
    }
    const bool is_setting = std::ranges::find(keys, key, &Key::name) != keys.end();
    const Place place = place_of(node.source(), file);
    if (is_setting) {
      values[key] = {value_of(node),
                     {OriginKind::kFile, fmt::format("{}:{}:{}", file, place.line, place.column)},
                     place};
    } else if (node.is_table()) {
      QUANTA_CHECK(read_table(*node.as_table(), key, file, keys, values));
    } else {
      Error error = json::wrong_type(key, fmt::format("a table [{}]", key), value_of(node));
      error.place = place;
      return std::unexpected(std::move(error));
    }
  }
  return {};
}

Result<void> read_toml(const std::string& file, const std::vector<Key>& keys, Values& values) {
  QUANTA_TRY(const std::string text, read_file(file));
  toml::table table;
  try {
    table = toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::kBadInput, fmt::format("not valid TOML: {}", error.description()),
                "config", place_of(error.source(), file));
  }
  return read_table(table, {}, file, keys, values);
}

/// A number or boolean that is not one stays a text, which the reader of the member then refuses.
json::Value value_of(const std::string& text, ValueForm form) {
  if (form == ValueForm::kBoolean && (text == "true" || text == "false")) return text == "true";
  if (form == ValueForm::kNumber) {
    const auto number = json::parse(text, "");
    if (number && number->is_number()) return *number;
  }
  return json::Value(text);
}

}  // namespace

Result<std::map<std::string, FoundValue>> find_values(const ConfigurationSources& sources,
                                                      const std::vector<Key>& keys) {
  Values values;
  std::optional<std::string> file = sources.file;
  for (const auto& [name, text] : sources.environment) {
    if (name == kFileVariable && !file && !text.empty()) file = text;
  }
  if (file) QUANTA_CHECK(read_toml(*file, keys, values));

  std::vector<std::string> variables;
  for (const Key& key : keys) variables.push_back(environment_name(key.name));
  for (const auto& [name, text] : sources.environment) {
    if (!name.starts_with(kVariablePrefix) || name == kFileVariable) continue;
    const auto found = std::ranges::find(variables, name);
    if (found == variables.end()) {
      std::vector<std::string_view> known(variables.begin(), variables.end());
      known.push_back(kFileVariable);
      Error error = unknown_key("the environment variable", name,
                                std::string(nearest_word(name, known)), known);
      error.kind = ErrorKind::kUsage;
      return std::unexpected(std::move(error));
    }
    if (text.empty()) continue;
    const Key& key = keys[static_cast<std::size_t>(found - variables.begin())];
    values[key.name] = {value_of(text, key.form), {OriginKind::kEnvironment, name}, {}};
  }

  for (const FlagValue& flag : sources.flags) {
    const auto key = std::ranges::find(keys, flag.key, &Key::name);
    if (key == keys.end()) {
      return fail(ErrorKind::kInternal,
                  fmt::format("{} sets \"{}\", which is no setting", flag.flag, flag.key),
                  flag.flag);
    }
    values[key->name] = {value_of(flag.text, key->form), {OriginKind::kFlag, flag.flag}, {}};
  }
  return values;
}

Error at_origin(Error error, const FoundValue& found, const std::string& key) {
  error.place = found.place;
  error.field = key;
  if (found.origin.kind != OriginKind::kFile) error.kind = ErrorKind::kUsage;
  return error;
}

}  // namespace configuration_detail
}  // namespace quanta::platform
