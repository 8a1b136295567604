#include "cli/terminal.h"

#include <limits>
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace quanta::cli {
namespace {

constexpr Terminal kPlainAscii{.unicode = false, .colour = false, .width = 80};
constexpr Terminal kUnicode{.unicode = true, .colour = false, .width = 80};
constexpr Terminal kColour{.unicode = true, .colour = true, .width = 80};

Environment with(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

TEST(Terminal, ChoosesWhatTheReceiverCanShow) {
  const struct {
    const char* name;
    bool is_terminal;
    std::map<std::string, std::string> variables;
    bool unicode;
    bool colour;
  } cases[] = {
      {"usual terminal", true, {{"TERM", "xterm-256color"}, {"LANG", "de_DE.UTF-8"}}, true, true},
      {"a file in a UTF-8 locale", false, {{"TERM", "xterm"}, {"LANG", "C.utf8"}}, true, false},
      {"no locale", true, {{"TERM", "xterm"}}, false, true},
      {"LC_ALL wins", true, {{"TERM", "xterm"}, {"LC_ALL", "C"}, {"LANG", "C.UTF-8"}}, false, true},
      {"an empty LC_ALL does not",
       true,
       {{"TERM", "xterm"}, {"LC_ALL", ""}, {"LANG", "C.UTF-8"}},
       true,
       true},
      {"LC_CTYPE before LANG",
       true,
       {{"TERM", "xterm"}, {"LC_CTYPE", "C.UTF-8"}, {"LANG", "C"}},
       true,
       true},
      {"dumb", true, {{"TERM", "dumb"}, {"LANG", "C.UTF-8"}}, false, false},
      {"TERM unset", true, {{"LANG", "C.UTF-8"}}, true, false},
      {"NO_COLOR", true, {{"TERM", "xterm"}, {"LANG", "C.UTF-8"}, {"NO_COLOR", "1"}}, true, false},
      {"empty NO_COLOR",
       true,
       {{"TERM", "xterm"}, {"LANG", "C.UTF-8"}, {"NO_COLOR", ""}},
       true,
       true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Terminal terminal = terminal_for(c.is_terminal, 0, with(c.variables));
    EXPECT_EQ(terminal.unicode, c.unicode);
    EXPECT_EQ(terminal.colour, c.colour);
    EXPECT_EQ(terminal.width, 80U);
  }
  EXPECT_EQ(terminal_for(true, 132, with({})).width, 132U);
  EXPECT_EQ(terminal_for(true, 7, with({})).width, 40U);
}

TEST(Printable, LetsNoControlThrough) {
  EXPECT_EQ(printable(kUnicode, "\x1b[2JAAPL"), "?[2JAAPL");
  EXPECT_EQ(printable(kUnicode, "a\tb\nc\x7f"), "a?b?c?");
  EXPECT_EQ(printable(kUnicode, "\u009b31m"), "?31m");    // the one-character form of ESC [
  EXPECT_EQ(printable(kUnicode, "a\u202eb"), "a?b");      // right-to-left override
  EXPECT_EQ(printable(kUnicode, "\xff\xc0\x80"), "???");  // never valid, overlong
  EXPECT_EQ(printable(kUnicode, "\xed\xa0\x80"), "???");  // a surrogate
  EXPECT_EQ(printable(kUnicode, "caf\u00e9"), "caf\u00e9");
  EXPECT_EQ(printable(kPlainAscii, "caf\u00e9"), "caf?");
  EXPECT_EQ(printable(kUnicode, "end\xe2\x82"), "end??");  // cut in the middle
}

RC_GTEST_PROP(PrintableProperty, IsAsciiOnAnAsciiTerminal, (const std::string& text)) {
  for (const char c : printable(kPlainAscii, text)) RC_ASSERT(c >= ' ' && c <= '~');
}

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("\u03bc \u03c3"), 3U);
  EXPECT_EQ(display_width("e\u0301"), 1U);       // e and a combining accent
  EXPECT_EQ(display_width("\u4e2d\u6587"), 4U);  // two wide characters
  EXPECT_EQ(display_width("\U0001f4c8"), 2U);    // a chart as emoji
}

TEST(Table, AlignsByDisplayedWidth) {
  Table table({{"name", Align::kLeft}, {"weight"}, {"", Align::kLeft}});
  table.add({"\u4e2d\u6587", "1.5 %", "##"});
  table.add({"AAPL", "-22.0 %", "#"});
  table.add({"short"});
  EXPECT_EQ(table.to_text(kUnicode),
            "  name    weight\n"
            "  \u4e2d\u6587     1.5 %  ##\n"
            "  AAPL   -22.0 %  #\n"
            "  short\n");
}

TEST(Table, ColoursDoNotMoveColumns) {
  Table table({{"a", Align::kLeft}, {"b"}});
  table.add({Cell("x", Style::kGood), "1"});
  EXPECT_EQ(table.to_text(kColour, 0), "\x1b[2ma\x1b[0m  \x1b[2mb\x1b[0m\n\x1b[32mx\x1b[0m  1\n");
}

TEST(Table, MakesNamesPrintable) {
  Table table({{"a", Align::kLeft}});
  table.add({"\x1b]0;title\x07"});
  EXPECT_EQ(table.to_text(kColour, 0), "\x1b[2ma\x1b[0m\n?]0;title?\n");
}

TEST(Sparkline, RisesFromLowestToHighest) {
  const std::vector<double> rising = {0, 1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(sparkline(kUnicode, rising, 8), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(sparkline(kPlainAscii, rising, 8), "_.,-=+*#");
  EXPECT_EQ(sparkline(kUnicode, rising, 4), "▁▃▆█");  // means of pairs
  EXPECT_EQ(sparkline(kUnicode, rising, 40), "▁▂▃▄▅▆▇█");
}

TEST(Sparkline, BearsOddSeries) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double large = std::numeric_limits<double>::max();
  EXPECT_EQ(sparkline(kUnicode, {}, 8), "");
  EXPECT_EQ(sparkline(kUnicode, std::vector<double>{3, 3}, 8), "▅▅");
  EXPECT_EQ(sparkline(kUnicode, std::vector<double>{1, nan, 2}, 8), "▁ █");
  EXPECT_EQ(sparkline(kUnicode, std::vector<double>{nan}, 8), " ");
  EXPECT_EQ(sparkline(kUnicode, std::vector<double>{-large, large}, 8), "▁█");
  EXPECT_EQ(sparkline(kUnicode, std::vector<double>{1, 2}, 0), "");
}

TEST(Bar, IsAsLongAsItsFraction) {
  EXPECT_EQ(bar(kUnicode, 0.5, 4), "██");
  EXPECT_EQ(bar(kUnicode, 1.0, 4), "████");
  EXPECT_EQ(bar(kUnicode, 0.53125, 4), "██▏");
  EXPECT_EQ(bar(kUnicode, 1e-9, 4), "▏");
  EXPECT_EQ(bar(kUnicode, 0.0, 4), "");
  EXPECT_EQ(bar(kUnicode, -1.0, 4), "");
  EXPECT_EQ(bar(kUnicode, std::numeric_limits<double>::quiet_NaN(), 4), "");
  EXPECT_EQ(bar(kUnicode, std::numeric_limits<double>::infinity(), 4), "████");
  EXPECT_EQ(bar(kPlainAscii, 0.5, 4), "##");
  EXPECT_EQ(bar(kPlainAscii, 0.01, 4), "#");
}

TEST(Wrapped, BreaksAtBlanks) {
  EXPECT_EQ(wrapped("one two three", 10, 2), "  one two\n  three\n");
  EXPECT_EQ(wrapped("one two three", 80, 0), "one two three\n");
  EXPECT_EQ(wrapped("unbreakable x", 5, 2), "  unbreakable\n  x\n");
  EXPECT_EQ(wrapped("  double  blanks ", 80, 0), "double blanks\n");
  EXPECT_EQ(wrapped("", 80), "");
}

}  // namespace
}  // namespace quanta::cli
