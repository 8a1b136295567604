#include "platform/logging/logger.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "core/date.h"
#include "core/json.h"

namespace quanta::platform {
namespace {

/// The line as it was made: time, level and format are ours.
class Verbatim final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    out.append(message.payload.begin(), message.payload.end());
    out.push_back('\n');
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<Verbatim>(); }
};

std::shared_ptr<spdlog::logger> sink_logger(spdlog::sink_ptr sink) {
  sink->set_formatter(std::make_unique<Verbatim>());
  auto logger = std::make_shared<spdlog::logger>("quanta", std::move(sink));
  logger->set_level(spdlog::level::trace);  // Logger has decided already
  logger->flush_on(spdlog::level::trace);   // a crash must not swallow the line before it
  // Where a log cannot be written, nobody is left to tell; the default prints to standard error.
  logger->set_error_handler([](const std::string&) {});
  return logger;
}

std::string now_text() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return to_text(Timestamp{std::chrono::duration_cast<std::chrono::microseconds>(now).count()});
}

json::Value json_value(const LogField& field) {
  return std::visit([](const auto& x) { return json::Value(x); }, field.value);
}

/// Bare where it is one plain word, else as a JSON string, which keeps it on one line.
std::string human_value(const LogField& field) {
  const auto* text = std::get_if<std::string_view>(&field.value);
  const auto plain = [](char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '='; };
  if (text != nullptr && !text->empty() && std::ranges::all_of(*text, plain)) {
    return std::string(*text);
  }
  return json::print_compact(json_value(field));
}

/// Escapes what would end the line or steer the terminal.
std::string one_line(std::string_view message) {
  std::string text;
  for (const char c : message) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      text += fmt::format("\\x{:02x}", byte);
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

void Logger::log(LogLevel level, std::string_view message, Fields fields) const {
  if (!writes(level)) return;
  std::string line;
  if (format_ == LogFormat::kJson) {
    json::Object object{
        {"time", now_text()}, {"level", quanta::to_text(level)}, {"message", message}};
    for (const LogField& field : fields) object.emplace(field.name, json_value(field));
    line = json::print_compact(object);
  } else {
    line = fmt::format("{} {:<7} {}", now_text(), quanta::to_text(level), one_line(message));
    for (const LogField& field : fields) {
      line += fmt::format(" {}={}", field.name, human_value(field));
    }
  }
  sink_->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

void Logger::debug(std::string_view message, Fields fields) const {
  log(LogLevel::kDebug, message, fields);
}
void Logger::info(std::string_view message, Fields fields) const {
  log(LogLevel::kInfo, message, fields);
}
void Logger::warning(std::string_view message, Fields fields) const {
  log(LogLevel::kWarning, message, fields);
}
void Logger::error(std::string_view message, Fields fields) const {
  log(LogLevel::kError, message, fields);
}

Result<Logger> make_logger(const LogSettings& settings) {
  if (!settings.file) {
    return Logger(sink_logger(std::make_shared<spdlog::sinks::stderr_sink_mt>()), settings.level,
                  settings.format);
  }
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(*settings.file);
    return Logger(sink_logger(std::move(sink)), settings.level, settings.format);
  } catch (const spdlog::spdlog_ex& error) {
    return fail(ErrorKind::kIo,
                fmt::format("log.file: \"{}\" cannot be opened for appending: {}", *settings.file,
                            error.what()),
                "log.file");
  }
}

Logger make_logger(const LogSettings& settings, std::ostream& out) {
  return Logger(sink_logger(std::make_shared<spdlog::sinks::ostream_sink_mt>(out)), settings.level,
                settings.format);
}

}  // namespace quanta::platform
