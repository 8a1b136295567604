#include "core/result.h"

#include <memory>

#include <gtest/gtest.h>

namespace quanta {
namespace {

Result<int> half(int x) {
  if (x % 2 != 0) return bad_input("x", "x is odd");
  return x / 2;
}

Result<int> quarter(int x) {
  QUANTA_TRY(const int once, half(x));
  return half(once);
}

Result<void> check_even(int x, int* reached) {
  QUANTA_CHECK(half(x));
  ++*reached;
  return {};
}

TEST(Result, TryPassesTheValueOrTheErrorOn) {
  EXPECT_EQ(quarter(12).value(), 3);
  const auto late = quarter(6);
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().kind, ErrorKind::kBadInput);
  EXPECT_EQ(late.error().field, "x");
  EXPECT_EQ(late.error().message, "x is odd");
}

TEST(Result, CheckReturnsBeforeTheNextLine) {
  int reached = 0;
  EXPECT_TRUE(check_even(2, &reached).has_value());
  EXPECT_FALSE(check_even(3, &reached).has_value());
  EXPECT_EQ(reached, 1);
}

TEST(Result, TryMovesWhatCannotBeCopied) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
  const auto use = [&]() -> Result<int> {
    QUANTA_TRY(const std::unique_ptr<int> owned, make());
    return *owned;
  };
  EXPECT_EQ(use().value(), 7);
}

TEST(Result, HelpersSetKindAndField) {
  EXPECT_EQ(infeasible("target", "too high").error().kind, ErrorKind::kInfeasible);
  EXPECT_EQ(infeasible("target", "too high").error().field, "target");
  EXPECT_EQ(fail(ErrorKind::kIo, "gone").error().kind, ErrorKind::kIo);
  EXPECT_EQ(fail(ErrorKind::kIo, "gone").error().field, "");
}

TEST(Error, PrintsThePartsOfThePlaceThatAreKnown) {
  const struct {
    Place place;
    const char* text;
  } cases[] = {
      {{}, "wrong"},
      {{"a.csv", 0, 0}, "a.csv: wrong"},
      {{"a.csv", 3, 0}, "a.csv:3: wrong"},
      {{"a.csv", 3, 7}, "a.csv:3:7: wrong"},
      {{"", 3, 7}, "line 3:7: wrong"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(to_text(Error{ErrorKind::kBadInput, "wrong", "", c.place}), c.text);
  }
}

}  // namespace
}  // namespace quanta
