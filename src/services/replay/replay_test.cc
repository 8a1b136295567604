#include "services/replay/replay.h"

#include <cmath>

#include <gtest/gtest.h>

namespace quanta::services {
namespace {

json::Value value(std::string_view text) { return json::parse(text, "test").value(); }

TEST(Compare, FindsNothingInEqualDocuments) {
  const json::Value document = value(R"({"a": [1, 2.5, null], "b": {"c": "x"}})");
  const Comparison comparison = compare(document, document);
  EXPECT_EQ(comparison.compared, 4U);
  EXPECT_EQ(comparison.different, 0U);
}

TEST(Compare, SeesOneBit) {
  json::Value now = value(R"({"a": 0.1})");
  now.get_object()["a"].get_double() = std::nextafter(0.1, 1.0);
  const Comparison comparison = compare(value(R"({"a": 0.1})"), now);
  ASSERT_EQ(comparison.differences.size(), 1U);
  EXPECT_EQ(comparison.differences[0].path, "a");
}

TEST(Compare, TakesAWholeNumberAndItsDoubleForOne) {
  // 3.0 prints as 3 and is read back as an integer.
  EXPECT_EQ(compare(value("[3]"), value("[3.0]")).different, 0U);
}

TEST(Compare, LeavesTimingsAndTheVersionOut) {
  const Comparison comparison =
      compare(value(R"({"methods": [{"seconds": 1}], "provenance": {"version": "1"}})"),
              value(R"({"methods": [{"seconds": 2}], "provenance": {"version": "2"}})"));
  EXPECT_EQ(comparison.different, 0U);
}

TEST(Compare, NamesWhatIsThereOnlyOnce) {
  const struct {
    const char* saved;
    const char* now;
    const char* path;
  } cases[] = {
      {R"({"a": 1})", R"({})", "a"},
      {R"({})", R"({"a": {"b": 1}})", "a"},
      {R"({"a": [1]})", R"({"a": [1, 2]})", "a[1]"},
      {R"({"a": [1, 2]})", R"({"a": [1]})", "a[1]"},
      {R"({"a": {"version": 1}})", R"({"a": {"version": 2}})", "a.version"},
      {R"({"a": []})", R"({"a": {}})", "a"},
      {R"({"a": null})", R"({"a": 0})", "a"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.saved);
    const Comparison comparison = compare(value(c.saved), value(c.now));
    ASSERT_EQ(comparison.differences.size(), 1U);
    EXPECT_EQ(comparison.differences[0].path, c.path);
  }
}

TEST(Compare, ListsTheFirstAndCountsAll) {
  json::Array zeros(100, json::Value(0));
  json::Array ones(100, json::Value(1));
  const Comparison comparison = compare(zeros, ones);
  EXPECT_EQ(comparison.different, 100U);
  EXPECT_EQ(comparison.differences.size(), kMostDifferences);
}

}  // namespace
}  // namespace quanta::services
