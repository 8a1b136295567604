#include "core/json.h"

#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace quanta {
namespace {

enum class Sense { kMinimise, kMaximise };
constexpr auto enum_names(Sense) {
  return std::array{std::pair{Sense::kMinimise, std::string_view("minimise")},
                    std::pair{Sense::kMaximise, std::string_view("maximise")}};
}

struct View {
  std::string asset;
  double q = 0;
  std::optional<double> confidence;
  static constexpr auto describe() {
    return std::tuple{field("asset", &View::asset, "name"), field("q", &View::q, "view's return"),
                      field("confidence", &View::confidence, "")};
  }
};

struct Views {
  std::vector<View> views;
  Sense sense = Sense::kMinimise;
  std::uint8_t rounds = 3;
  bool strict = false;
  std::map<std::string, int> limits;
  Date from;
  static constexpr auto describe() {
    return std::tuple{field("views", &Views::views, "the views"),
                      field("sense", &Views::sense, "").or_default(),
                      field("rounds", &Views::rounds, "").or_default(),
                      field("strict", &Views::strict, "").or_default(),
                      field("limits", &Views::limits, "").or_default(),
                      field("from", &Views::from, "").or_default()};
  }
};

std::string parse_error(std::string_view text) {
  const auto value = json::parse(text, "f.json");
  return value ? "no error" : to_text(value.error());
}

std::string round_trip(std::string_view text) {
  const auto value = json::parse(text, "f.json");
  return value ? json::print_compact(*value) : to_text(value.error());
}

std::string read_error(std::string_view text) {
  const auto views = json::from<Views>(json::parse(text, "f.json").value());
  return views ? "no error" : views.error().message;
}

TEST(JsonParse, NamesLineAndColumnOfTheFault) {
  const struct {
    const char* text;
    const char* error;
  } cases[] = {
      {"", "f.json:1:1: not valid JSON: the text ends before the document does"},
      {"{\"a\": 1,\n x}", "f.json:2:2: not valid JSON: unexpected \"x\""},
      {"[1, 2", "f.json:1:6: not valid JSON: the text ends before the document does"},
      {"[1] x", "f.json:1:5: not valid JSON: more text behind the end of the document"},
      {"[1,]", "f.json:1:4: not valid JSON: unexpected \"]\""},
      {"[NaN]", "f.json:1:2: not valid JSON: unexpected \"N\""},
      {"[1]\n// comment", "f.json:2:1: not valid JSON: more text behind the end of the document"},
      {"[\"\xC3\xA9\xC3\xA9\", x]", "f.json:1:8: not valid JSON: unexpected \"x\""},
      {"[\"\xFF\"]", "f.json:1:3: not valid JSON: a byte that is not UTF-8"},
      {"{\"a\":1,\"a\":2}",
       "f.json:1:13: not valid JSON: the key \"a\" stands twice in one object"},
      {"[1e400]", "f.json:1:7: not valid JSON: 1e400 is outside the range of a double"},
  };
  for (const auto& c : cases) EXPECT_EQ(parse_error(c.text), c.error) << c.text;
}

TEST(JsonParse, RefusesWhatRfc8259DoesNotAllow) {
  for (const char* text :
       {"01",     "+1",          "1.",          ".5",       "1e",   "-",     "0x1", "'a'",
        "{a:1}",  "{\"a\"}",     "{\"a\":1,}",  "tru",      "True", "[1 2]", "\"a", "\"\\x\"",
        "\"\t\"", "\"\\ud800\"", "\"\\u12g4\"", "Infinity", "\f1",  "[",     "]",   "{\"a\":}"}) {
    EXPECT_FALSE(json::parse(text, "f").has_value()) << text;
  }
}

TEST(JsonParse, LimitsTheDepth) {
  const std::string deepest = std::string(64, '[') + std::string(64, ']');
  EXPECT_EQ(round_trip(deepest), deepest);
  EXPECT_EQ(parse_error('[' + deepest + ']'),
            "f.json:1:65: not valid JSON: more than 64 levels of arrays and objects");
  EXPECT_FALSE(json::parse(std::string(1'000'000, '['), "f").has_value());
}

TEST(JsonParse, PassesOverAByteOrderMark) {
  EXPECT_EQ(round_trip("\xEF\xBB\xBF[1]"), "[1]");
  EXPECT_EQ(parse_error("\xEF\xBB\xBF[x]"), "f.json:1:2: not valid JSON: unexpected \"x\"");
}

TEST(JsonParse, KeepsIntegersExact) {
  EXPECT_EQ(round_trip("[18446744073709551615,-9223372036854775808,0]"),
            "[18446744073709551615,-9223372036854775808,0]");
}

/// A double of any bits, so that subnormals and the ends of the range come up as often as 1.
rc::Gen<double> any_finite_double() {
  return rc::gen::suchThat(
      rc::gen::map(rc::gen::resize(1000, rc::gen::arbitrary<std::uint64_t>()),
                   [](std::uint64_t bits) { return std::bit_cast<double>(bits); }),
      [](double x) { return std::isfinite(x); });
}

RC_GTEST_PROP(JsonProperty, DoublesReadBackToTheSameBits, ()) {
  const double x = *any_finite_double();
  const auto value = json::parse(json::print_compact(json::Value(x)), "f").value();
  RC_ASSERT(std::bit_cast<std::uint64_t>(json::from<double>(value).value()) ==
            std::bit_cast<std::uint64_t>(x));
}

TEST(Json, DoublesReadBackAtTheEdges) {
  using Limits = std::numeric_limits<double>;
  // 2.2250738585072011e-308 is the number on which readers have hung or erred (PHP bug 53632);
  // 9007199254740993 = 2^53 + 1 is no double.
  for (const double x : {0.0, -0.0, 0.1, 1.0 / 3, Limits::min(), Limits::denorm_min(),
                         Limits::max(), -Limits::max(), 2.2250738585072011e-308, 9007199254740992.0,
                         1.8446744073709552e19, 1e22, 1e23, 5e-324, 123456789012345680.0}) {
    const auto value = json::parse(json::print_compact(json::Value(x)), "f");
    ASSERT_TRUE(value.has_value()) << x;
    EXPECT_EQ(std::bit_cast<std::uint64_t>(json::from<double>(*value).value()),
              std::bit_cast<std::uint64_t>(x))
        << x;
  }
  EXPECT_EQ(json::print_compact(json::Value(0.1)), "0.1");
  EXPECT_EQ(json::print_compact(json::Value(-0.0)), "-0.0");
  EXPECT_TRUE(std::signbit(json::parse("-0", "f").value().as_double()));
}

TEST(JsonPrint, HasNoNumberThatIsNone) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(json::print_compact(json::to(std::vector<double>{nan, infinity, -infinity})),
            "[null,null,null]");
}

RC_GTEST_PROP(JsonProperty, StringsReadBack, ()) {
  // Code points of every length of UTF-8, controls, quotes and backslashes among them.
  const auto points = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("a", "\"", "\\", "\n", "\x01", "\x7f", "/", "\xC3\xA9",
                                    "\xE2\x82\xAC", "\xF0\x9F\x98\x80", std::string(1, '\0')));
  std::string text;
  for (const auto& point : points) text += point;
  const auto value = json::parse(json::print_compact(json::Value(text)), "f").value();
  RC_ASSERT(json::from<std::string>(value).value() == text);
}

RC_GTEST_PROP(JsonProperty, PrintsJsonWhateverTheBytes, (const std::string& seed)) {
  const auto bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  const std::string printed = json::print_compact(json::Object{{seed, bytes}});
  RC_ASSERT(json::parse(printed, "f").has_value());
}

TEST(JsonPrint, ReplacesBytesThatAreNotUtf8) {
  // A stray byte, an overlong form, a surrogate, and a character that is cut short.
  EXPECT_EQ(json::print_compact(json::Value("a\xFFz")), "\"a\xEF\xBF\xBDz\"");
  EXPECT_EQ(json::print_compact(json::Value("\xC0\x80")), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(json::print_compact(json::Value("\xE2\x82")), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(json::print_compact(json::Value("\xE2\x82\xAC")), "\"\xE2\x82\xAC\"");
}

TEST(JsonPrint, IndentsForReading) {
  const auto value =
      json::parse(R"({"a":[1,2],"b":[{"c":null}],"d":{},"e":[],"f":[[1],[2]]})", "f");
  EXPECT_EQ(json::print(value.value()), R"({
  "a": [1, 2],
  "b": [
    {
      "c": null
    }
  ],
  "d": {},
  "e": [],
  "f": [
    [1],
    [2]
  ]
}
)");
  EXPECT_EQ(json::parse(json::print(*value), "f").value(), *value);
}

TEST(JsonFrom, ReadsADescribedType) {
  const auto value = json::parse(
      R"({"views": [{"asset": "AAPL", "q": 0.05}, {"asset": "GE", "q": -1, "confidence": 0.5}],
          "sense": "maximise", "rounds": 1e1, "limits": {"x": 1}, "from": "2024-02-29"})",
      "f.json");
  const auto views = json::from<Views>(value.value());
  ASSERT_TRUE(views.has_value()) << views.error().message;
  ASSERT_EQ(views->views.size(), 2u);
  EXPECT_EQ(views->views[0].asset, "AAPL");
  EXPECT_EQ(views->views[0].q, 0.05);
  EXPECT_EQ(views->views[0].confidence, std::nullopt);
  EXPECT_EQ(views->views[1].confidence, 0.5);
  EXPECT_EQ(views->sense, Sense::kMaximise);
  EXPECT_EQ(views->rounds, 10);
  EXPECT_FALSE(views->strict);
  EXPECT_EQ(views->limits.at("x"), 1);
  EXPECT_EQ(views->from, date_of(2024, 2, 29));
  EXPECT_EQ(json::print_compact(json::to(*views)),
            R"({"views":[{"asset":"AAPL","q":0.05,"confidence":null},)"
            R"({"asset":"GE","q":-1,"confidence":0.5}],"sense":"maximise","rounds":10,)"
            R"("strict":false,"limits":{"x":1},"from":"2024-02-29"})");
  EXPECT_TRUE(json::from<Views>(json::to(*views)).has_value());
}

TEST(JsonFrom, NamesThePathAndWhatWouldBeRight) {
  const struct {
    const char* text;
    const char* error;
  } cases[] = {
      {"[]", "the document: expected an object, found []"},
      {"{}", "views: missing"},
      {R"({"views": null})", "views: expected an array, found null"},
      {R"({"views": [{"asset": "A"}]})", "views[0].q: missing"},
      {R"({"views": [{"asset": "A", "q": "1"}]})", "views[0].q: expected a number, found \"1\""},
      {R"({"views": [{"asset": 3, "q": 1}]})", "views[0].asset: expected a string, found 3"},
      {R"({"views": [{"asset": "A", "q": 1}, {"asset": "B", "q": 1, "confidense": 1}]})",
       "views[1].confidense: no such key; did you mean \"confidence\"?"},
      {R"({"view": []})", "view: no such key; did you mean \"views\"?"},
      {R"({"views": [], "colour": 1})",
       "colour: no such key; the keys are views, sense, rounds, strict, limits, from"},
      {R"({"views": [], "sense": "minimize"})",
       "sense: \"minimize\" is not one of minimise, maximise; did you mean \"minimise\"?"},
      {R"({"views": [], "sense": 1})", "sense: expected a string, found 1"},
      {R"({"views": [], "rounds": 256})",
       "rounds: expected a whole number from 0 to 255, found 256"},
      {R"({"views": [], "rounds": -1})", "rounds: expected a whole number from 0 to 255, found -1"},
      {R"({"views": [], "rounds": 1.5})",
       "rounds: expected a whole number from 0 to 255, found 1.5"},
      {R"({"views": [], "strict": "true"})", "strict: expected true or false, found \"true\""},
      {R"({"views": [], "limits": {"x": 3000000000}})",
       "limits.x: expected a whole number from -2147483648 to 2147483647, found 3000000000"},
      {R"({"views": [], "limits": []})", "limits: expected an object, found []"},
      {R"({"views": [], "from": "yesterday"})",
       "from: \"yesterday\" is not a date; write it as 2024-02-29"},
  };
  for (const auto& c : cases) EXPECT_EQ(read_error(c.text), c.error) << c.text;
  EXPECT_EQ(
      json::from<Views>(json::parse(R"({"views": [{"asset": "A"}]})", "f").value()).error().field,
      "views[0].q");
}

TEST(JsonFrom, DefaultsMayBeAbsentOrNull) {
  EXPECT_EQ(read_error(R"({"views": [], "sense": null, "from": null})"), "no error");
}

TEST(JsonFrom, ShortensALongValueBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "\xE2\x82\xAC";
  const auto wrong = json::from<double>(json::Value(text), "x");
  EXPECT_EQ(json::print_compact(json::Value(wrong.error().message)).find("\xEF\xBF\xBD"),
            std::string::npos);
  EXPECT_LT(wrong.error().message.size(), 120u);
}

TEST(JsonFrom, ReadsIntegersToTheEndsOfTheirTypes) {
  const auto read = [](const char* text) { return json::parse(text, "f").value(); };
  EXPECT_EQ(json::from<std::uint64_t>(read("18446744073709551615")).value(), ~std::uint64_t{0});
  EXPECT_EQ(json::from<std::int64_t>(read("-9223372036854775808")).value(),
            std::numeric_limits<std::int64_t>::min());
  EXPECT_FALSE(json::from<std::int64_t>(read("9223372036854775808")).has_value());
  EXPECT_FALSE(json::from<std::uint64_t>(read("-1")).has_value());
  EXPECT_EQ(json::from<int>(read("1e3")).value(), 1000);
  EXPECT_FALSE(json::from<std::int64_t>(read("1e19")).has_value());
  EXPECT_EQ(json::from<double>(read("18446744073709551615")).value(), 18446744073709551616.0);
}

TEST(JsonMatrix, IsReadRowByRowAndRectangular) {
  const auto read = [](const char* text) {
    return json::from<Matrix>(json::parse(text, "f").value(), "cov");
  };
  EXPECT_EQ(read("[[1, 2], [3, 4]]").value(), Matrix(2, 2, {1, 2, 3, 4}));
  EXPECT_EQ(read("[]").value(), Matrix());
  EXPECT_EQ(read("[[1, 2], [3]]").error().message, "cov[1]: 1 numbers, but row 0 has 2");
  EXPECT_EQ(read("[[1, null]]").error().message, "cov[0][1]: expected a number, found null");
  EXPECT_EQ(json::print_compact(json::to(Matrix(2, 1, {1, 2}))), "[[1],[2]]");
}

TEST(JsonSchema, DescribesWhatTheReaderTakes) {
  EXPECT_EQ(json::schema<Views>(), json::parse(R"({
    "type": "object",
    "properties": {
      "views": {"type": "array", "description": "the views", "items": {
        "type": "object",
        "properties": {
          "asset": {"type": "string", "description": "name"},
          "q": {"type": "number", "description": "view's return"},
          "confidence": {"anyOf": [{"type": "number"}, {"type": "null"}]}
        },
        "required": ["asset", "q"],
        "additionalProperties": false
      }},
      "sense": {"type": "string", "enum": ["minimise", "maximise"]},
      "rounds": {"type": "integer"},
      "strict": {"type": "boolean"},
      "limits": {"type": "object", "additionalProperties": {"type": "integer"}},
      "from": {"type": "string", "format": "date"}
    },
    "required": ["views"],
    "additionalProperties": false
  })",
                                               "schema")
                                       .value());
}

TEST(JsonTimestamp, GoesBothWays) {
  const Timestamp instant{1'500'000};
  EXPECT_EQ(json::print_compact(json::to(instant)), "\"1970-01-01T00:00:01.5Z\"");
  EXPECT_EQ(json::from<Timestamp>(json::to(instant)).value(), instant);
  EXPECT_FALSE(json::from<Timestamp>(json::Value(3), "as_of").has_value());
}

}  // namespace
}  // namespace quanta
