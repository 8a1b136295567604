/// Every case of tests/cli/cases: exit status, message, and that nothing is printed that is no
/// result. Each failing case runs once more with --json, where a problem document must come out.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <ostream>

#include <gtest/gtest.h>

#include "cli/case_file.h"
#include "cli/program.h"
#include "core/json.h"
#include "core/problem.h"

namespace quanta::testing {

/// What GoogleTest calls a case.
void PrintTo(const Case& c, std::ostream* out) { *out << c.place; }

namespace {

void prepare(const Folder& folder, const Case& c) {
  folder.write("prices.csv", sample_prices());
  for (const std::string& name : c.folders) {
    std::filesystem::create_directories(folder.path() / name);
  }
  for (const auto& [name, content] : c.files) folder.write(name, content);
}

class CommandLine : public ::testing::TestWithParam<Case> {};

TEST_P(CommandLine, DoesAsTheCaseSays) {
  const Case& c = GetParam();
  SCOPED_TRACE(c.place + ": " + c.name);
  const Folder folder;
  prepare(folder, c);
  const Ended ended = run(folder, c.words, c.input);
  EXPECT_EQ(ended.status, c.exit) << ended.err;
  for (const std::string& text : c.says) {
    EXPECT_NE(ended.err.find(text), std::string::npos)
        << "standard error must contain: " << text << "\nit is: " << ended.err;
  }
  for (const std::string& text : c.prints) {
    EXPECT_NE(ended.out.find(text), std::string::npos)
        << "standard output must contain: " << text << "\nit is: " << ended.out;
  }
  if (c.exit == 0) return;
  EXPECT_EQ(ended.out, "") << "a failure prints no result";
  EXPECT_TRUE(ended.err.starts_with("quanta: ")) << ended.err;
  ASSERT_TRUE(ended.err.ends_with('\n')) << ended.err;
  // One message: lines after its first belong to it and are indented.
  for (std::size_t at = ended.err.find('\n') + 1; at < ended.err.size();
       at = ended.err.find('\n', at) + 1) {
    EXPECT_EQ(ended.err.substr(at, 2), "  ") << "one message: " << ended.err;
  }
}

TEST_P(CommandLine, GivesAProblemDocumentWithJson) {
  const Case& c = GetParam();
  SCOPED_TRACE(c.place + ": " + c.name);
  if (c.exit == 0) return;
  const Folder folder;
  prepare(folder, c);
  std::vector<std::string> words = c.words;
  words.insert(words.begin(), "--json");
  const Ended ended = run(folder, words, c.input);
  EXPECT_EQ(ended.status, c.exit) << ended.err;
  const auto value = json::parse(ended.out, "standard output");
  ASSERT_TRUE(value) << ended.out;
  const auto problem = json::from<Problem>(*value);
  ASSERT_TRUE(problem) << problem.error().message << "\n" << ended.out;
  EXPECT_TRUE(problem->type.starts_with("urn:quanta:problem:")) << problem->type;
  EXPECT_GE(problem->status, 400);
  ASSERT_EQ(problem->errors.size(), 1U);
  EXPECT_NE(ended.err.find(problem->errors[0].message), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Cases, CommandLine, ::testing::ValuesIn(read_cases()), [](const auto& c) {
  std::string name;
  for (const char letter : c.param.name) {
    name += std::isalnum(static_cast<unsigned char>(letter)) ? letter : '_';
  }
  return name;
});

}  // namespace
}  // namespace quanta::testing
