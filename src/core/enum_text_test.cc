#include "core/enum_text.h"

#include <array>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace quanta {
namespace {

enum class Side { kBuy, kSell, kUnnamed };
constexpr auto enum_names(Side) {
  return std::array{std::pair{Side::kBuy, std::string_view("buy")},
                    std::pair{Side::kSell, std::string_view("sell")}};
}
static_assert(NamedEnum<Side>);
static_assert(!NamedEnum<int>);
static_assert(to_text(Side::kSell) == "sell");

TEST(EnumText, GoesBothWays) {
  for (const Side side : {Side::kBuy, Side::kSell}) {
    EXPECT_EQ(parse_enum<Side>(to_text(side), "side").value(), side);
  }
  EXPECT_EQ(to_text(Side::kUnnamed), "?");
}

TEST(EnumText, SuggestsTheNearestName) {
  const auto wrong = parse_enum<Side>("sel", "side");
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().kind, ErrorKind::kBadInput);
  EXPECT_EQ(wrong.error().field, "side");
  EXPECT_EQ(wrong.error().message, "side: \"sel\" is not one of buy, sell; did you mean \"sell\"?");
  EXPECT_EQ(parse_enum<Side>("", "side").error().message, "side: \"\" is not one of buy, sell");
}

TEST(NearestWord, KnowsHowPeopleMistype) {
  const std::vector<std::string_view> known = {"level", "format", "min-variance", "max-sharpe",
                                               "avx2"};
  const struct {
    const char* word;
    const char* nearest;
  } cases[] = {
      {"levle", "level"},                // two letters swapped
      {"levl", "level"},                 // one left out
      {"levell", "level"},               // one too many
      {"fornat", "format"},              // one wrong
      {"AVX2", "avx2"},                  // upper case
      {"min_variance", "min-variance"},  // another dash
      {"maxsharp", "max-sharpe"},
      {"", ""},
      {"xyz", ""},
      {"ab", ""},  // two edits from anything of two letters: nothing in common
  };
  for (const auto& c : cases) EXPECT_EQ(nearest_word(c.word, known), c.nearest) << c.word;
  EXPECT_EQ(nearest_word("fomr", {"from", "form"}), "form");  // a swap is one slip, not two
  EXPECT_EQ(nearest_word(std::string(100'000, 'a'), known), "");
  EXPECT_EQ(nearest_word("ab", {"cd"}), "");
  EXPECT_EQ(nearest_word("ab", {}), "");
}

TEST(UnknownWord, ListsSomeOfMany) {
  std::vector<std::string> names;
  for (int i = 100; i < 600; ++i) names.push_back("asset" + std::to_string(i));
  const Error error = unknown_word("assets", "bond", {names.begin(), names.end()});
  EXPECT_NE(error.message.find("asset100, asset101"), std::string::npos);
  EXPECT_NE(error.message.find("(500 in all)"), std::string::npos);
  EXPECT_LT(error.message.size(), 400u);
}

}  // namespace
}  // namespace quanta
