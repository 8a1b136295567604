#include "services/report/html.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace quanta::services {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr svg::Size kSize{440, 280};

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

std::vector<Date> months(int n) {
  std::vector<Date> dates;
  for (int i = 0; i < n; ++i) dates.push_back(date_of(2004 + i / 12, i % 12 + 1, 1));
  return dates;
}

/// A report in which every text is `text`.
Report all_of(const std::string& text) {
  const std::vector<Date> dates = months(3);
  return {
      .title = text,
      .subtitle = text,
      .key_figures = {{text, text, text}},
      .sections = {{text,
                    {Paragraph{text}, Remark{text},
                     ReportTable{text, {{text, false}, {text}}, {{text, text}}, {0}},
                     Figure{svg::LineChart{text, dates, {{text, {1, 2, 3}, 1, true}}}, text, true},
                     Figure{svg::BarChart{text, {text}, {{text, {0.5}}, {text, {-0.5}}}}, text},
                     Figure{svg::Histogram{text, {0.1, 0.2}, {{0.1, text}}}, text},
                     Figure{svg::ScatterChart{text, text, text, {{text, 0.1, 0.2}}, {}}, text}}}},
      .footer = {text}};
}

/// Tags are closed in order; returns the first fault, empty where there is none.
std::string fault_in_markup(const std::string& html) {
  std::vector<std::string> open;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const std::size_t end = html.find('>', at);
    if (end == std::string::npos) return "unclosed <";
    const std::string tag = html.substr(at + 1, end - at - 1);
    if (tag.starts_with('!') || tag.ends_with('/') || tag.starts_with("meta")) continue;
    if (!tag.starts_with('/')) {
      open.push_back(tag.substr(0, tag.find_first_of(" >")));
    } else if (open.empty() || open.back() != tag.substr(1)) {
      return "</" + tag.substr(1) + "> closes " + (open.empty() ? "nothing" : open.back());
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : "never closed: " + open.back();
}

TEST(Report, TurnsNoTextIntoMarkup) {
  const std::string html = to_html(all_of("<script>alert('x')</script>\"><img src=x onerror=y>&"));
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_EQ(html.find("<img"), std::string::npos);
  EXPECT_EQ(html.find("alert('x')"), std::string::npos);
  // Cut labels aside, every text is there, escaped.
  EXPECT_GE(count(html, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&gt;&lt;img"), 15U);
  EXPECT_EQ(fault_in_markup(html), "");
}

TEST(Report, AsksForNothingFromOutside) {
  const std::string html = to_html(all_of("text"));
  for (const char* outside : {"http:", "https:", "src=", "href=", "url(", "@import", "<link"}) {
    EXPECT_EQ(html.find(outside), std::string::npos) << outside;
  }
  EXPECT_NE(html.find("content=\"default-src 'none'; style-src 'unsafe-inline'\""),
            std::string::npos);
}

RC_GTEST_PROP(ReportProperty, IsWellFormedWhateverTheText, (const std::string& text)) {
  RC_ASSERT(fault_in_markup(to_html(all_of(text))).empty());
}

TEST(Report, DrawsAWideFigureForPhonesToo) {
  const std::string html = to_html(all_of("text"));
  EXPECT_EQ(count(html, "<svg "), 5U);  // four figures, one of them wide
  EXPECT_EQ(count(html, "<div class=\"narrow-only\">"), 1U);
}

TEST(Report, SetsNumbersRight) {
  const std::string html = to_html(all_of("text"));
  EXPECT_EQ(count(html, "<td class=\"n\">"), 1U);
  EXPECT_EQ(count(html, "<tr class=\"strong\">"), 1U);
}

TEST(WriteReport, SaysWhereItCannotWrite) {
  const auto written = write_report(Report{}, "/no such folder/report.html");
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().kind, ErrorKind::kIo);
  EXPECT_NE(written.error().message.find("/no such folder"), std::string::npos);
}

TEST(Escaped, KeepsTextAndReplacesWhatHtmlForbids) {
  EXPECT_EQ(svg::escaped("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
  EXPECT_EQ(svg::escaped("caf\u00e9 \u4e2d"), "caf\u00e9 \u4e2d");
  EXPECT_EQ(svg::escaped("a\x01\xff"), "a\ufffd\ufffd");
  EXPECT_EQ(svg::escaped("tab\tline\n"), "tab\tline\n");
}

TEST(RoundTicks, AreMultiplesOfOneTwoOrFive) {
  EXPECT_EQ(svg::round_ticks(0.0, 1.0, 5),
            (std::vector<double>{0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0}));
  EXPECT_EQ(svg::round_ticks(-3.0, 12.0, 4), (std::vector<double>{0.0, 5.0, 10.0}));
  EXPECT_TRUE(svg::round_ticks(1.0, 1.0, 5).empty());
  EXPECT_TRUE(svg::round_ticks(kNaN, 1.0, 5).empty());
  EXPECT_TRUE(svg::round_ticks(-kInfinity, 1.0, 5).empty());
  EXPECT_TRUE(svg::round_ticks(1e16, 1e16 + 4, 5).size() <= 6);
}

RC_GTEST_PROP(RoundTicksProperty, LieInTheRangeAndRise, ()) {
  const double low =
      *rc::gen::map(rc::gen::inRange(-1'000'000, 1'000'000), [](int x) { return x / 997.0; });
  const double length =
      *rc::gen::map(rc::gen::inRange(1, 1'000'000), [](int x) { return x / 1e4; });
  const auto ticks = svg::round_ticks(low, low + length, 5);
  RC_ASSERT(!ticks.empty());
  RC_ASSERT(ticks.size() <= 6U);
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    RC_ASSERT(ticks[i] >= low - 1e-6 * length && ticks[i] <= low + length * (1 + 1e-6));
    if (i > 0) RC_ASSERT(ticks[i] > ticks[i - 1]);
  }
}

TEST(LineChart, PutsValuesWhereTheyBelong) {
  // 0 to 1 in two steps: the line starts at the lower left and ends at the upper right.
  const svg::LineChart chart{
      .title = "t", .dates = {Date{0}, Date{100}, Date{200}}, .series = {{"a", {0.0, kNaN, 1.0}}}};
  const std::string text = svg::draw(chart, {440, 280});
  const std::size_t at = text.find("<path d=\"");
  ASSERT_NE(at, std::string::npos);
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  // The missing value breaks the line: two moves, no line.
  ASSERT_EQ(std::sscanf(text.c_str() + at, "<path d=\"M%lf %lfM%lf %lf", &x0, &y0, &x1, &y1), 4);
  EXPECT_LT(x0, 40.0);
  EXPECT_GT(x1, 400.0);
  EXPECT_NEAR(y0, 280.0 - 22.0, 0.06);  // zero on the axis
  EXPECT_LT(y1, 30.0);
}

TEST(LineChart, ThinsLongSeriesButKeepsTheirExtremes) {
  svg::LineChart chart;
  std::vector<double> values(200'000, 1.0);
  values[123'456] = 9.0;
  for (int i = 0; i < 200'000; ++i) chart.dates.push_back(Date{i});
  chart.series = {{"a", values}};
  const std::string text = svg::draw(chart, kSize);
  EXPECT_LT(text.size(), 30'000U);
  // 9 is the highest: its point lies at the top of the plot, where y is small.
  double smallest = 280.0;
  const std::size_t at = text.find("<path d=\"M");
  const std::string steps = text.substr(at, text.find("\"", at + 9) - at);
  for (std::size_t k = steps.find(' ', 10); k != std::string::npos; k = steps.find(' ', k + 1)) {
    smallest = std::min(smallest, std::strtod(steps.c_str() + k, nullptr));
  }
  EXPECT_LT(smallest, 30.0);
}

TEST(LineChart, LabelsYearsMonthsAndDays) {
  const auto labels = [](Date first, Date last) {
    return svg::draw(svg::LineChart{.title = "", .dates = {first, last}, .series = {{"", {1, 2}}}},
                     kSize);
  };
  EXPECT_NE(labels(date_of(2004, 8, 1), date_of(2010, 3, 1)).find(">2006<"), std::string::npos);
  EXPECT_NE(labels(date_of(2004, 8, 1), date_of(2005, 3, 1)).find(">2004-09<"), std::string::npos);
  EXPECT_NE(labels(date_of(2004, 8, 1), date_of(2004, 8, 5)).find(">08-03<"), std::string::npos);
  EXPECT_NE(labels(date_of(1, 1, 1), date_of(9999, 12, 31)).find(">6000<"), std::string::npos);
}

TEST(Charts, BearOddData) {
  const std::vector<std::vector<double>> series = {{},
                                                   {0},
                                                   {kNaN, kNaN, kNaN},
                                                   {1, 1, 1},
                                                   {kInfinity, -kInfinity, 1},
                                                   {-1e300, 1e300, 0},
                                                   {1e-300, 2e-300, 3e-300},
                                                   {0, 0, 0},
                                                   {-5, -5, -5},
                                                   {1e16, 1e16 + 2, 1e16 + 4}};
  for (const auto& values : series) {
    for (const bool logarithmic : {false, true}) {
      for (const auto format :
           {svg::Format::kNumber, svg::Format::kPercent, svg::Format::kMultiple}) {
        std::vector<std::string> drawings = {
            svg::draw(svg::LineChart{"t", months(3), {{"a", values}}, format, logarithmic}, kSize),
            svg::draw(svg::LineChart{"t", {}, {{"a", values}}, format, logarithmic}, kSize),
            svg::draw(svg::BarChart{"t", {"x", "y", "z"}, {{"a", values}}, format}, kSize),
            svg::draw(svg::Histogram{"t", values, {{0.5, "m"}}, format}, kSize)};
        svg::ScatterChart scatter{"t", "x", "y", {}, {}, format, format};
        for (const double value : values) {
          scatter.points.push_back({"p", value, -value});
          scatter.curve.emplace_back(value, value);
        }
        drawings.push_back(svg::draw(scatter, kSize));
        for (const std::string& drawing : drawings) {
          EXPECT_EQ(drawing.find("nan"), std::string::npos) << drawing;
          EXPECT_EQ(drawing.find("inf"), std::string::npos) << drawing;
          EXPECT_LT(drawing.size(), 20'000U);
        }
      }
    }
  }
}

TEST(BarChart, DrawsEveryValueAndSaysIt) {
  const svg::BarChart chart{"t", {"AAPL", "MSFT"}, {{"a", {0.25, -0.5}}, {"b", {0.75, kNaN}}}};
  const std::string text = svg::draw(chart, kSize);
  EXPECT_NE(text.find("<title>AAPL, a: 25.0\u00a0%</title>"), std::string::npos);
  EXPECT_NE(text.find("<title>MSFT, a: \u221250.0\u00a0%</title>"), std::string::npos);
  EXPECT_NE(text.find("<title>AAPL, b: 75.0\u00a0%</title>"), std::string::npos);
  EXPECT_EQ(text.find("MSFT, b"), std::string::npos);
}

TEST(Histogram, CountsEveryFiniteValueOnce) {
  // Bins of width 1 with edges on whole numbers: [-2, -1) holds one value, [0, 1) two, [3, 4) one.
  const svg::Histogram chart{"t", {-1.5, 0.0, 0.5, 3.0, kNaN}, {}, svg::Format::kNumber, 5};
  const std::string text = svg::draw(chart, kSize);
  EXPECT_NE(text.find("<title>\u22122.0 to \u22121.0: 1</title>"), std::string::npos) << text;
  EXPECT_NE(text.find("<title>0.00 to 1.0: 2</title>"), std::string::npos) << text;
  EXPECT_NE(text.find("<title>3.0 to 4.0: 1</title>"), std::string::npos) << text;
}

}  // namespace
}  // namespace quanta::services
