/// Flags of commands: how they are declared and read. A value that cannot be used is an error of
/// kind kUsage that names the flag, with the flag's name (without dashes) as its field.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/date.h"
#include "core/enum_text.h"
#include "core/result.h"

namespace CLI {
class App;
}

namespace quanta::cli {

/// Reads one value of a flag.
using Read = std::function<Result<void>(std::string_view text)>;

/// A flag with a value. `form` is what --help shows for it: "N", "FILE", "LO:HI".
void add_value(CLI::App& app, const std::string& flag, const std::string& form,
               const std::string& about, Read read);
/// The same, given as often as wanted.
void add_repeatable(CLI::App& app, const std::string& flag, const std::string& form,
                    const std::string& about, Read read);
/// A flag without a value.
void add_switch(CLI::App& app, const std::string& flag, const std::string& about, bool& value);
/// An argument without a flag, which must be there.
void add_argument(CLI::App& app, const std::string& name, const std::string& about,
                  std::string& value);

/// Errors name `flag`: not a number, not finite.
Result<double> read_number(std::string_view text, std::string_view flag);
/// Errors name `flag` and the range.
Result<std::uint64_t> read_whole(std::string_view text, std::string_view flag, std::uint64_t low,
                                 std::uint64_t high);
/// The error that `text` is not what the flag takes: `--target: "abc" is not a finite number`.
std::unexpected<Error> wrong_value(std::string_view flag, std::string_view text,
                                   std::string_view expected);
/// "LO:HI" where a side may be inf or -inf, or "none" for no limits.
Result<std::pair<double, double>> read_range(std::string_view text, std::string_view flag);

void add_number(CLI::App& app, const std::string& flag, const std::string& about, double& value);
void add_number(CLI::App& app, const std::string& flag, const std::string& about,
                std::optional<double>& value);
void add_text(CLI::App& app, const std::string& flag, const std::string& form,
              const std::string& about, std::string& value);
void add_date(CLI::App& app, const std::string& flag, const std::string& about,
              std::optional<Date>& value);

/// A whole number of at least `low`.
template <std::unsigned_integral T>
void add_whole(CLI::App& app, const std::string& flag, const std::string& about, T& value,
               std::uint64_t low = 0) {
  add_value(app, flag, "N", about, [&value, flag, low](std::string_view text) -> Result<void> {
    QUANTA_TRY(const std::uint64_t n, read_whole(text, flag, low, std::numeric_limits<T>::max()));
    value = static_cast<T>(n);
    return {};
  });
}

template <std::unsigned_integral T>
void add_whole(CLI::App& app, const std::string& flag, const std::string& about,
               std::optional<T>& value, std::uint64_t low = 0) {
  add_value(app, flag, "N", about, [&value, flag, low](std::string_view text) -> Result<void> {
    QUANTA_TRY(const std::uint64_t n, read_whole(text, flag, low, std::numeric_limits<T>::max()));
    value = static_cast<T>(n);
    return {};
  });
}

/// One of the words of an enum; `E` may be the enum or an optional of it.
template <NamedEnum E, class Target>
void add_choice(CLI::App& app, const std::string& flag, const std::string& about, Target& value) {
  std::string form;
  for (const auto& [e, name] : enum_names(E{})) {
    if (!form.empty()) form += '|';
    form += name;
  }
  add_value(app, flag, form, about, [&value, flag](std::string_view text) -> Result<void> {
    QUANTA_TRY(value, parse_enum<E>(text, flag));
    return {};
  });
}

}  // namespace quanta::cli
