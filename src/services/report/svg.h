/// Charts as inline SVG for the report: no scripts, no fonts, no outside addresses.
///
///   svg::LineChart chart{.title = "Growth of 1", .dates = dates, .series = {{"index", wealth}}};
///   std::string text = svg::draw(chart, {.width = 960, .height = 320});
///
/// Colours, weights and fonts come from the classes that report/html.cc styles ("s1" … "s8" for
/// series, "muted", "grid", …), so that one drawing serves light, dark and print. All text is
/// escaped. Values that are not finite are left out; an empty chart is a frame that says so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/date.h"

namespace quanta::services::svg {

/// Of the drawing's own coordinates, in which text is 12 high; the page scales it.
struct Size {
  double width = 0;
  double height = 0;
};

enum class Format {
  kNumber,    ///< 1.5
  kPercent,   ///< 0.015 as 1.5 %
  kMultiple,  ///< 1.5 as ×1.5
};

struct LineSeries {
  std::string name;
  std::vector<double> values;  ///< one per date
  int colour = 1;              ///< 1 … 8; 0 = muted, without a label
  bool dashed = false;
};

/// Values against dates, each line labelled at its end. Lines of more points than the drawing is
/// wide are thinned to the lowest and highest of each column.
struct LineChart {
  std::string title;  ///< what a screen reader says
  std::vector<Date> dates;
  std::vector<LineSeries> series;
  Format format = Format::kNumber;
  bool logarithmic = false;  ///< values that are not positive are left out
};

struct BarSeries {
  std::string name;
  std::vector<double> values;  ///< one per category
  int colour = 1;
};

/// Groups of upright bars, one group per category, one bar of it per series.
struct BarChart {
  std::string title;
  std::vector<std::string> categories;
  std::vector<BarSeries> series;
  Format format = Format::kPercent;
};

struct Mark {
  double value = 0;
  std::string label;
  int colour = 1;
};

/// How often values fall into equal bins, with upright marks at some of them.
struct Histogram {
  std::string title;
  std::vector<double> values;
  std::vector<Mark> marks;
  Format format = Format::kPercent;
  std::size_t bins = 24;
};

struct Point {
  std::string name;
  double x = 0;
  double y = 0;
  int colour = 1;
  bool strong = false;  ///< a diamond with a bold label: a choice rather than an asset
};

/// Named points, and a curve below them (such as an efficient frontier).
struct ScatterChart {
  std::string title;
  std::string x_title;
  std::string y_title;
  std::vector<Point> points;
  std::vector<std::pair<double, double>> curve;
  Format x_format = Format::kPercent;
  Format y_format = Format::kPercent;
};

std::string draw(const LineChart& chart, Size size);
std::string draw(const BarChart& chart, Size size);
std::string draw(const Histogram& chart, Size size);
std::string draw(const ScatterChart& chart, Size size);

/// A drawing as a file of its own: with its name space, and light colours inside.
std::string standalone(std::string_view drawing);

/// `text` for HTML or SVG, between tags or inside a quoted attribute. Control characters and
/// invalid UTF-8 become U+FFFD.
std::string escaped(std::string_view text);

/// Round numbers in [low, high], about `count` of them, steps of 1, 2 or 5 times a power of ten.
/// Empty where low or high is not finite or low >= high.
std::vector<double> round_ticks(double low, double high, std::size_t count);

}  // namespace quanta::services::svg
