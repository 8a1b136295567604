#include "platform/logging/logger.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/date.h"
#include "core/json.h"

namespace quanta::platform {
namespace {

LogSettings settings(LogLevel level, LogFormat format) {
  return {.level = level, .format = format, .file = {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The line behind its time.
std::string behind_time(const std::string& line) {
  static const std::regex kTime(R"(^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z )");
  std::smatch match;
  return std::regex_search(line, match, kTime) ? match.suffix().str() : "no time: " + line;
}

std::string human_line(std::string_view message, Logger::Fields fields) {
  std::ostringstream out;
  make_logger(settings(LogLevel::kDebug, LogFormat::kHuman), out).info(message, fields);
  const auto lines = lines_of(out.str());
  return lines.size() == 1 ? behind_time(lines[0]) : "not one line: " + out.str();
}

TEST(Logger, WritesALineForPeople) {
  const std::string file = "spy.csv";
  EXPECT_EQ(
      human_line("prices imported", {{"file", file},
                                     {"rows", std::size_t{5849}},
                                     {"change", -1},
                                     {"gap", 0.1},
                                     {"ok", true},
                                     {"password", Secret("hunter2")}}),
      "info    prices imported file=spy.csv rows=5849 change=-1 gap=0.1 ok=true password=***");
  EXPECT_EQ(human_line("done", {}), "info    done");
}

TEST(Logger, QuotesWhatIsNotOneWord) {
  EXPECT_EQ(human_line("m", {{"a", "two words"}, {"b", ""}, {"c", "x=\"y\""}, {"d", "line\nline"}}),
            R"(info    m a="two words" b="" c="x=\"y\"" d="line\nline")");
  EXPECT_EQ(human_line("m", {{"a", "caf\xC3\xA9"}}), "info    m a=\"caf\xC3\xA9\"");
}

TEST(Logger, NobodyCanForgeALineOrSteerTheTerminal) {
  EXPECT_EQ(human_line("bad\n2026-01-01T00:00:00Z error forged\x1b[2J\x7f", {}),
            "info    bad\\x0a2026-01-01T00:00:00Z error forged\\x1b[2J\\x7f");
}

TEST(Logger, WritesOneJsonObjectALine) {
  std::ostringstream out;
  const Logger log = make_logger(settings(LogLevel::kInfo, LogFormat::kJson), out);
  log.warning("two\nlines", {{"file", "a \"b\""},
                             {"rows", std::numeric_limits<std::uint64_t>::max()},
                             {"gap", std::numeric_limits<double>::quiet_NaN()},
                             {"key", Secret("hunter2")}});
  const auto lines = lines_of(out.str());
  ASSERT_EQ(lines.size(), 1u);
  auto value = json::parse(lines[0], "log").value();
  ASSERT_TRUE(json::from<Timestamp>(value.at("time")).has_value());
  value.as_object().erase("time");
  EXPECT_EQ(value, json::parse(R"({"level": "warning", "message": "two\nlines",
                                   "file": "a \"b\"", "rows": 18446744073709551615,
                                   "gap": null, "key": "***"})",
                               "expected")
                       .value());
  EXPECT_TRUE(lines[0].starts_with("{\"time\":"));
}

TEST(Logger, AFieldCannotReplaceTheMessage) {
  std::ostringstream out;
  make_logger(settings(LogLevel::kInfo, LogFormat::kJson), out)
      .info("true message", {{"message", "another"}, {"level", "error"}});
  const auto value = json::parse(lines_of(out.str()).at(0), "log");
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->at("message").as_string(), "true message");
  EXPECT_EQ(value->at("level").as_string(), "info");
}

RC_GTEST_PROP(LoggerProperty, EveryJsonLineIsJson, ()) {
  const auto message = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  const auto text = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  std::ostringstream out;
  make_logger(settings(LogLevel::kInfo, LogFormat::kJson), out).error(message, {{"text", text}});
  const std::string line = out.str();
  RC_ASSERT(line.find('\n') == line.size() - 1);
  RC_ASSERT(json::parse(line, "log").has_value());
}

TEST(Logger, WritesFromItsLevelUp) {
  using enum LogLevel;
  for (const LogLevel least : {kDebug, kInfo, kWarning, kError, kOff}) {
    std::ostringstream out;
    const Logger log = make_logger(settings(least, LogFormat::kHuman), out);
    log.debug("m");
    log.info("m");
    log.warning("m");
    log.error("m");
    log.log(kOff, "m");
    std::vector<std::string> expected;
    for (const LogLevel level : {kDebug, kInfo, kWarning, kError}) {
      EXPECT_EQ(log.writes(level), level >= least);
      if (level >= least) expected.push_back(fmt::format("{:<7} m", quanta::to_text(level)));
    }
    std::vector<std::string> found;
    for (const auto& line : lines_of(out.str())) found.push_back(behind_time(line));
    EXPECT_EQ(found, expected);
  }
}

TEST(Logger, LinesOfSeveralThreadsStayWhole) {
  std::ostringstream out;
  const Logger log = make_logger(settings(LogLevel::kInfo, LogFormat::kJson), out);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([log, t] {
        for (int i = 0; i < 100; ++i) log.info("line", {{"thread", t}, {"i", i}});
      });
    }
  }
  const auto lines = lines_of(out.str());
  EXPECT_EQ(lines.size(), 400u);
  for (const auto& line : lines) EXPECT_TRUE(json::parse(line, "log").has_value()) << line;
}

TEST(Logger, AppendsToAFile) {
  const std::string path = testing::TempDir() + "/logger_test.log";
  std::filesystem::remove(path);
  for (const char* message : {"first", "second"}) {
    const auto log =
        make_logger({.level = LogLevel::kInfo, .format = LogFormat::kHuman, .file = path});
    ASSERT_TRUE(log.has_value());
    log->info(message);
  }
  std::ifstream stream(path);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto lines = lines_of(text);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(behind_time(lines[0]), "info    first");
  EXPECT_EQ(behind_time(lines[1]), "info    second");
  std::filesystem::remove(path);
}

TEST(Logger, SaysThatAFileCannotBeOpened) {
  const std::string folder = testing::TempDir();
  const auto log =
      make_logger({.level = LogLevel::kInfo, .format = LogFormat::kHuman, .file = folder});
  ASSERT_FALSE(log.has_value());
  EXPECT_EQ(log.error().kind, ErrorKind::kIo);
  EXPECT_EQ(log.error().field, "log.file");
  EXPECT_NE(log.error().message.find(folder), std::string::npos);
}

TEST(Logger, WritesToStandardError) {
  testing::internal::CaptureStderr();
  make_logger(LogSettings{}).value().info("hello");
  std::fflush(stderr);
  EXPECT_EQ(behind_time(testing::internal::GetCapturedStderr()), "info    hello\n");
}

TEST(Secret, PrintsAsStarsEverywhere) {
  const Secret secret("hunter2");
  EXPECT_EQ(fmt::format("{}", secret), "***");
  EXPECT_EQ(fmt::format("{:>5}", secret), "  ***");
  EXPECT_EQ(json::print_compact(json::to(secret)), "\"***\"");
  EXPECT_EQ(json::from<Secret>(json::Value("hunter2")).value().reveal(), "hunter2");
  EXPECT_EQ(secret.reveal(), "hunter2");
  EXPECT_FALSE(secret.empty());
  EXPECT_TRUE(Secret().empty());
  static_assert(!std::is_convertible_v<Secret, std::string>);
  static_assert(!std::is_convertible_v<Secret, std::string_view>);
}

}  // namespace
}  // namespace quanta::platform
