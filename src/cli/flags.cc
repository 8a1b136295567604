#include "cli/flags.h"

#include <charconv>
#include <cmath>
#include <memory>

#include <CLI/App.hpp>
#include <fmt/format.h>

#include "cli/flag_error.h"

namespace quanta::cli {
namespace {

std::string field_of(std::string_view flag) {
  return std::string(flag.substr(flag.find_first_not_of('-')));
}

CLI::Option* add_option(CLI::App& app, const std::string& flag, const std::string& form,
                        const std::string& about, Read read) {
  const CLI::callback_t callback = [flag, read = std::move(read)](const CLI::results_t& results) {
    for (const std::string& text : results) {
      Result<void> done;
      if (text.starts_with("--")) {  // `--prices --json`: the value was forgotten
        done = fail(ErrorKind::kUsage,
                    fmt::format("{} needs a value, but the flag {} follows", flag, text));
      } else {
        done = read(text);
      }
      if (done) continue;
      Error error = std::move(done).error();
      error.kind = ErrorKind::kUsage;
      error.field = field_of(flag);
      if (error.message.find(flag) == std::string::npos) {
        error.message = fmt::format("{}: {}", flag, error.message);
      }
      throw FlagError(std::move(error));
    }
    return true;
  };
  return app.add_option(flag, callback, about)->type_name(form)->type_size(1)->expected(1);
}

bool parse_double(std::string_view text, double& x) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::unexpected<Error> wrong_value(std::string_view flag, std::string_view text,
                                   std::string_view expected) {
  return fail(ErrorKind::kUsage,
              fmt::format("{}: \"{}\" is not {}", flag, text.substr(0, 80), expected),
              field_of(flag));
}

void add_value(CLI::App& app, const std::string& flag, const std::string& form,
               const std::string& about, Read read) {
  add_option(app, flag, form, about, std::move(read));
}

void add_repeatable(CLI::App& app, const std::string& flag, const std::string& form,
                    const std::string& about, Read read) {
  add_option(app, flag, form, about, std::move(read))
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_switch(CLI::App& app, const std::string& flag, const std::string& about, bool& value) {
  app.add_flag(flag, value, about);
}

void add_argument(CLI::App& app, const std::string& name, const std::string& about,
                  std::string& value) {
  app.add_option(name, value, about)->required()->type_name("");
}

Result<double> read_number(std::string_view text, std::string_view flag) {
  double x = 0;
  if (!parse_double(text, x) || !std::isfinite(x))
    return wrong_value(flag, text, "a finite number");
  return x;
}

Result<std::uint64_t> read_whole(std::string_view text, std::string_view flag, std::uint64_t low,
                                 std::uint64_t high) {
  std::uint64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size() || n < low || n > high) {
    return wrong_value(flag, text, fmt::format("a whole number from {} to {}", low, high));
  }
  return n;
}

Result<std::pair<double, double>> read_range(std::string_view text, std::string_view flag) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (text == "none") return std::pair{-kInfinity, kInfinity};
  const std::size_t colon = text.find(':');
  double low = 0;
  double high = 0;
  if (colon == std::string_view::npos || !parse_double(text.substr(0, colon), low) ||
      !parse_double(text.substr(colon + 1), high) || std::isnan(low) || std::isnan(high)) {
    return wrong_value(flag, text, "two numbers LO:HI (such as 0:0.2), or none");
  }
  return std::pair{low, high};
}

void add_number(CLI::App& app, const std::string& flag, const std::string& about, double& value) {
  add_value(app, flag, "X", about, [&value, flag](std::string_view text) -> Result<void> {
    QUANTA_TRY(value, read_number(text, flag));
    return {};
  });
}

void add_number(CLI::App& app, const std::string& flag, const std::string& about,
                std::optional<double>& value) {
  add_value(app, flag, "X", about, [&value, flag](std::string_view text) -> Result<void> {
    QUANTA_TRY(value, read_number(text, flag));
    return {};
  });
}

void add_text(CLI::App& app, const std::string& flag, const std::string& form,
              const std::string& about, std::string& value) {
  add_value(app, flag, form, about, [&value, flag](std::string_view text) -> Result<void> {
    if (text.empty()) return wrong_value(flag, text, "a name");
    value = text;
    return {};
  });
}

void add_date(CLI::App& app, const std::string& flag, const std::string& about,
              std::optional<Date>& value) {
  add_value(app, flag, "DATE", about, [&value, flag](std::string_view text) -> Result<void> {
    QUANTA_TRY(value, parse_date(text, flag));
    return {};
  });
}

}  // namespace quanta::cli
