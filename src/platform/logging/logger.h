/// Log lines for people or for machines, one per event, to standard error or a file.
///
///   QUANTA_TRY(const Logger log, make_logger(settings.log));
///   log.info("prices imported", {{"file", path}, {"rows", rows}, {"password", secret}});
///
///   human:  2026-11-21T08:16:17.25Z info    prices imported file=spy.csv rows=5849 password=***
///   json:   {"time":"2026-11-21T08:16:17.25Z","level":"info","message":"prices imported",
///            "file":"spy.csv","rows":5849,"password":"***"}           (on one line)
///
/// A logger is a value that is passed to whoever logs; there is no global one. Copies write to the
/// same place, from any thread. A line stays one line: control characters are escaped. A Secret
/// prints as ***. Engines do not log.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

#include "core/describe.h"
#include "core/result.h"
#include "platform/logging/secret.h"

namespace spdlog {
class logger;
}

namespace quanta::platform {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

constexpr auto enum_names(LogLevel) {
  using enum LogLevel;
  using Name = std::string_view;
  return std::array{std::pair{kDebug, Name("debug")}, std::pair{kInfo, Name("info")},
                    std::pair{kWarning, Name("warning")}, std::pair{kError, Name("error")},
                    std::pair{kOff, Name("off")}};
}

enum class LogFormat { kHuman, kJson };

constexpr auto enum_names(LogFormat) {
  return std::array{std::pair{LogFormat::kHuman, std::string_view("human")},
                    std::pair{LogFormat::kJson, std::string_view("json")}};
}

struct LogSettings {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kHuman;
  std::optional<std::string> file;

  static constexpr auto describe() {
    return std::tuple{
        field("level", &LogSettings::level, "least level that is written"),
        field("format", &LogSettings::format, "human: for a terminal; json: one object per line"),
        field("file", &LogSettings::file, "appended to instead of writing to standard error")};
  }
};

/// A named value of a log line. Lives as long as the call that it is passed to.
struct LogField {
  std::string_view name;
  std::variant<bool, std::int64_t, std::uint64_t, double, std::string_view> value;

  LogField(std::string_view n, bool x) : name(n), value(x) {}
  template <std::signed_integral T>
  LogField(std::string_view n, T x) : name(n), value(std::int64_t{x}) {}
  template <std::unsigned_integral T>
  LogField(std::string_view n, T x) : name(n), value(std::uint64_t{x}) {}
  LogField(std::string_view n, double x) : name(n), value(x) {}
  LogField(std::string_view n, std::string_view x) : name(n), value(x) {}
  LogField(std::string_view n, const std::string& x) : name(n), value(std::string_view(x)) {}
  LogField(std::string_view n, const char* x) : name(n), value(std::string_view(x)) {}
  LogField(std::string_view n, const Secret&) : name(n), value(kHiddenText) {}
};

class Logger {
 public:
  using Fields = std::initializer_list<LogField>;

  void debug(std::string_view message, Fields fields = {}) const;
  void info(std::string_view message, Fields fields = {}) const;
  void warning(std::string_view message, Fields fields = {}) const;
  void error(std::string_view message, Fields fields = {}) const;
  void log(LogLevel level, std::string_view message, Fields fields = {}) const;

  /// Whether a line of that level would be written: ask before costly work for a message.
  bool writes(LogLevel level) const { return level != LogLevel::kOff && level >= level_; }

 private:
  friend Result<Logger> make_logger(const LogSettings& settings);
  friend Logger make_logger(const LogSettings& settings, std::ostream& out);
  Logger(std::shared_ptr<spdlog::logger> sink, LogLevel level, LogFormat format)
      : sink_(std::move(sink)), level_(level), format_(format) {}

  std::shared_ptr<spdlog::logger> sink_;
  LogLevel level_;
  LogFormat format_;
};

/// Errors: kIo, field "log.file", where the file cannot be opened for appending.
Result<Logger> make_logger(const LogSettings& settings);

/// Writes to `out`, which must outlive every copy of the logger; settings.file is not used.
Logger make_logger(const LogSettings& settings, std::ostream& out);

}  // namespace quanta::platform
