#include "services/report/svg.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/constants.h"
#include "core/utf8.h"

namespace quanta::services::svg {
namespace {

constexpr double kTextHeight = 12.0;
constexpr double kLineHeight = 14.0;

/// Roughly, of a wide sans-serif font: what fits here fits in the narrower ones too.
double letter_width(char32_t c) {
  if (c == ' ' || c == 0xa0 || c == 'i' || c == 'l' || c == '.' || c == ',') return 4.0;
  if (c == 'm' || c == 'w' || c == '%' || c == 'M' || c == 'W') return 11.0;
  if (c >= 'A' && c <= 'Z') return 8.6;
  return c < 0x1100 ? 7.4 : 12.0;
}

enum class Weight { kRegular, kBold };

double text_width(std::string_view text, Weight weight = Weight::kRegular) {
  double width = 0.0;
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint c = code_point_at(text, i);
    width += letter_width(c.value);
    i += c.length;
  }
  return weight == Weight::kBold ? 1.1 * width : width;
}

/// `text` cut to `width`, with an ellipsis where something was cut.
std::string fitted(std::string_view text, double width, Weight weight = Weight::kRegular) {
  if (text_width(text, weight) <= width) return std::string(text);
  std::size_t end = 0;
  while (end < text.size()) {
    const std::size_t next = end + code_point_at(text, end).length;
    if (text_width(text.substr(0, next), weight) + 12.0 > width && end > 0) break;
    end = next;
  }
  return std::string(text.substr(0, end)) + "…";
}

/// Lowest and highest of what is finite.
struct Range {
  double low = kInfinity;
  double high = -kInfinity;

  void take(double x) {
    if (!std::isfinite(x)) return;
    low = std::min(low, x);
    high = std::max(high, x);
  }
  bool empty() const { return !(low <= high); }
  /// With `share` of its length added at both ends; a single value gets a range around it.
  Range padded(double share) const {
    const double length = high - low;
    const double pad = length > 0.0
                           ? share * length
                           : std::max(std::abs(high) * 0.1, std::numeric_limits<double>::min());
    return {low - pad, high + pad};
  }
};

/// Digits after the point that tell multiples of `step` apart.
int decimals_of(double step) {
  if (!(step > 0.0)) return 0;
  return static_cast<int>(std::clamp(std::ceil(-std::log10(step) - 1e-9), 0.0, 9.0));
}

std::string number_text(double value, int decimals) {
  std::string text = std::abs(value) >= 1e7 || decimals >= 7
                         ? fmt::format("{:.3g}", value)
                         : fmt::format("{:.{}f}", value, decimals);
  if (text.starts_with('-')) {
    const bool zero = text.find_first_of("123456789") == std::string::npos;
    text = zero ? text.substr(1) : "−" + text.substr(1);
  }
  return text;
}

/// `step` is the distance to the next label.
std::string label_of(double value, double step, Format format) {
  switch (format) {
    case Format::kPercent:
      return number_text(100.0 * value, decimals_of(100.0 * step)) + "\u00a0%";
    case Format::kMultiple:
      return "×" + number_text(value, decimals_of(step));
    case Format::kNumber:
      break;
  }
  return number_text(value, decimals_of(step));
}

/// A value by itself, to three or four digits.
std::string value_text(double value, Format format) {
  const double shown = std::abs(format == Format::kPercent ? 100.0 * value : value);
  const double digit = shown >= 100.0 ? 1.0 : shown >= 1.0 ? 0.1 : 0.01;
  return label_of(value, format == Format::kPercent ? digit / 100.0 : digit, format);
}

/// Those of the two that have a name.
std::string named(std::string_view category, std::string_view series) {
  return fmt::format("{}{}{}", category, category.empty() || series.empty() ? "" : ", ", series);
}

struct Tick {
  double value = 0;
  std::string label;
};

std::vector<Tick> value_ticks(double low, double high, std::size_t count, Format format) {
  const std::vector<double> values = round_ticks(low, high, count);
  const double step = values.size() > 1 ? values[1] - values[0] : std::abs(high - low);
  std::vector<Tick> ticks;
  ticks.reserve(values.size());
  for (const double value : values) ticks.push_back({value, label_of(value, step, format)});
  return ticks;
}

/// 1, 2 and 5 times the powers of ten, or the powers alone where those are many.
std::vector<Tick> logarithmic_ticks(double low, double high, Format format) {
  for (const auto& digits : {std::vector<double>{1, 2, 5}, std::vector<double>{1}}) {
    std::vector<Tick> ticks;
    for (double power = std::floor(std::log10(low)); power <= std::log10(high); ++power) {
      for (const double digit : digits) {
        const double value = digit * std::pow(10.0, power);
        if (value >= low && value <= high) ticks.push_back({value, label_of(value, value, format)});
      }
    }
    if (ticks.size() >= 2 && ticks.size() <= 8) return ticks;
  }
  return value_ticks(low, high, 5, format);
}

struct DateTick {
  Date date;
  std::string label;
};

std::vector<DateTick> date_ticks(Date first, Date last, std::size_t count) {
  std::vector<DateTick> ticks;
  const YearMonthDay begin = year_month_day(first);
  const YearMonthDay end = year_month_day(last);
  const int months = 12 * (end.year - begin.year) + end.month - begin.month;
  if (months < 2) {
    const int step =
        std::max(1, (last - first + static_cast<int>(count)) / static_cast<int>(count));
    for (Date date = first; date <= last; date = date + step) {
      ticks.push_back({date, to_text(date).substr(5)});
    }
    return ticks;
  }
  int step = 1;
  for (const int candidate : {1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000}) {
    step = candidate;
    if (months / candidate < static_cast<int>(count)) break;
  }
  for (int year = begin.year - begin.year % std::max(1, step / 12); year <= end.year;
       year += std::max(1, step / 12)) {
    for (int month = 1; month <= 12; month += std::min(step, 12)) {
      if (year < 1) continue;
      const Date date = date_of(year, month, 1);
      if (date < first || date > last) continue;
      ticks.push_back(
          {date, step >= 12 ? fmt::format("{}", year) : fmt::format("{}-{:02}", year, month)});
    }
  }
  return ticks;
}

class Canvas {
 public:
  Canvas(Size size, std::string_view title) : size_(size) {
    out_ = fmt::format("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">\n",
                       size.width, size.height, escaped(title));
  }

  void line(double x1, double y1, double x2, double y2, std::string_view style) {
    out_ += fmt::format(
        "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\"/>\n", x1, y1,
        x2, y2, style);
  }
  void path(std::string_view steps, std::string_view style) {
    if (!steps.empty()) out_ += fmt::format("<path d=\"{}\" class=\"{}\"/>\n", steps, style);
  }
  void text(double x, double y, std::string_view anchor, std::string_view style,
            std::string_view text, bool upright = false) {
    const std::string turned =
        upright ? fmt::format(" transform=\"rotate(-90 {:.1f} {:.1f})\"", x, y) : "";
    out_ +=
        fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" class=\"{}\"{}>{}</text>\n",
                    x, y, anchor, style, turned, escaped(text));
  }
  void rect(double x, double y, double width, double height, std::string_view style,
            std::string_view about) {
    out_ += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" class=\"{}\">"
        "<title>{}</title></rect>\n",
        x, y, width, height, style, escaped(about));
  }
  void dot(double x, double y, bool strong, std::string_view style, std::string_view about) {
    if (strong) {
      out_ += fmt::format(
          "<path d=\"M{:.1f} {:.1f}l6 6l-6 6l-6 -6z\" class=\"{}\"><title>{}</title></path>\n", x,
          y - 6.0, style, escaped(about));
    } else {
      out_ += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" class=\"{}\"><title>{}</title></circle>\n",
          x, y, style, escaped(about));
    }
  }
  std::string finish() { return std::move(out_) + "</svg>\n"; }

  std::string nothing_to_show() {
    text(size_.width / 2, size_.height / 2, "middle", "label", "nothing to show");
    return finish();
  }

 private:
  Size size_;
  std::string out_;
};

std::string colour_class(int colour) {
  return colour <= 0 ? "muted" : fmt::format("c{}", (colour - 1) % 8 + 1);
}

/// The rectangle of the data, in drawing coordinates, and the scale of its values.
struct Plot {
  double left = 0;
  double right = 0;
  double top = 8;
  double bottom = 0;
  Range x;
  Range y;
  bool logarithmic = false;

  double across(double value) const {
    return left + (value - x.low) / (x.high - x.low) * (right - left);
  }
  double up(double value) const {
    const double share = logarithmic ? std::log(value / y.low) / std::log(y.high / y.low)
                                     : (value - y.low) / (y.high - y.low);
    return bottom - share * (bottom - top);
  }
};

double widest(const std::vector<Tick>& ticks) {
  double width = 0.0;
  for (const Tick& tick : ticks) width = std::max(width, text_width(tick.label));
  return width;
}

void draw_y_axis(Canvas& canvas, const Plot& plot, const std::vector<Tick>& ticks) {
  for (const Tick& tick : ticks) {
    const double y = plot.up(tick.value);
    canvas.line(plot.left, y, plot.right, y, tick.value == 0.0 ? "axis" : "grid");
    canvas.text(plot.left - 6, y + 4, "end", "label", tick.label);
  }
}

/// Swatches and names in a row above the plot, those that fit; returns the height used.
double draw_legend(Canvas& canvas, Size size,
                   const std::vector<std::pair<std::string, int>>& entries) {
  double x = 4.0;
  double y = 12.0;
  for (const auto& [name, colour] : entries) {
    const std::string shown = fitted(name, size.width - 24.0);
    const double width = 16.0 + text_width(shown) + 14.0;
    if (x > 4.0 && x + width > size.width) {
      x = 4.0;
      y += kLineHeight + 2.0;
    }
    canvas.rect(x, y - 9.0, 10.0, 10.0, "fill " + colour_class(colour), name);
    canvas.text(x + 15.0, y, "start", "label", shown);
    x += width;
  }
  return y + 10.0;
}

/// Indices of the points to draw: all, or the lowest and highest of each of `n` equal groups.
std::vector<std::size_t> thinned(const std::vector<double>& values, std::size_t n) {
  std::vector<std::size_t> kept;
  if (values.size() <= 2 * n) {
    for (std::size_t i = 0; i < values.size(); ++i) kept.push_back(i);
    return kept;
  }
  for (std::size_t group = 0; group < n; ++group) {
    const std::size_t begin = group * values.size() / n;
    const std::size_t end = (group + 1) * values.size() / n;
    std::size_t low = begin;
    std::size_t high = begin;
    for (std::size_t i = begin; i < end; ++i) {
      if (!(values[i] >= values[low])) low = i;
      if (!(values[i] <= values[high])) high = i;
    }
    kept.push_back(std::min(low, high));
    if (low != high) kept.push_back(std::max(low, high));
  }
  return kept;
}

std::string steps_of(const LineChart& chart, const std::vector<double>& values, const Plot& plot) {
  std::string steps;
  bool drawing = false;
  for (const std::size_t i : thinned(values, static_cast<std::size_t>(plot.right - plot.left))) {
    const bool shown = std::isfinite(values[i]) && (!chart.logarithmic || values[i] > 0.0);
    if (!shown || i >= chart.dates.size()) {
      drawing = false;
      continue;
    }
    steps += fmt::format("{}{:.1f} {:.1f}", drawing ? "L" : "M",
                         plot.across(static_cast<double>(chart.dates[i].days)), plot.up(values[i]));
    drawing = true;
  }
  return steps;
}

struct EndLabel {
  double y = 0;
  std::string name;
  int colour = 1;
};

/// Moves labels apart by a line each, downwards, then back up from the bottom.
void spread(std::vector<EndLabel>& labels, double top, double bottom) {
  std::ranges::sort(labels, [](const EndLabel& a, const EndLabel& b) {
    return a.y != b.y ? a.y < b.y : a.name < b.name;
  });
  for (std::size_t i = 0; i < labels.size(); ++i) {
    labels[i].y = std::max(labels[i].y, i == 0 ? top : labels[i - 1].y + kLineHeight);
  }
  double limit = bottom;
  for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
    label->y = std::min(label->y, limit);
    limit = label->y - kLineHeight;
  }
}

struct Box {
  double left, top, right, bottom;
  bool meets(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

struct Spot {
  double x, y;
  std::string_view anchor;
  Box box;
};

/// Where a label of that width may stand beside a point, best first.
std::array<Spot, 6> spots_beside(double x, double y, double width) {
  const double h = kTextHeight;
  return {{{x + 9, y + 4, "start", {x + 8, y - h / 2, x + 9 + width, y + h / 2}},
           {x - 9, y + 4, "end", {x - 9 - width, y - h / 2, x - 8, y + h / 2}},
           {x, y - 10, "middle", {x - width / 2, y - 10 - h, x + width / 2, y - 8}},
           {x, y + 19, "middle", {x - width / 2, y + 8, x + width / 2, y + 10 + h}},
           {x - 6, y - 10, "start", {x - 6, y - 10 - h, x - 6 + width, y - 8}},
           {x - 6, y + 19, "start", {x - 6, y + 8, x - 6 + width, y + 10 + h}}}};
}

/// The first free spot inside the frame, else the first.
Spot free_spot(const std::array<Spot, 6>& spots, const Box& frame, const std::vector<Box>& taken) {
  for (const Spot& spot : spots) {
    const bool inside = spot.box.left >= frame.left && spot.box.right <= frame.right &&
                        spot.box.top >= frame.top && spot.box.bottom <= frame.bottom;
    const bool free =
        std::ranges::none_of(taken, [&](const Box& box) { return box.meets(spot.box); });
    if (inside && free) return spot;
  }
  return spots[0];
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint c = code_point_at(text, i);
    const bool control = (c.value < 0x20 && c.value != '\n' && c.value != '\t') ||
                         (c.value >= 0x7f && c.value < 0xa0) || (c.value & 0xfffeU) == 0xfffe;
    if (!c.valid || control) {
      out += "\ufffd";
    } else if (c.value == '&') {
      out += "&amp;";
    } else if (c.value == '<') {
      out += "&lt;";
    } else if (c.value == '>') {
      out += "&gt;";
    } else if (c.value == '"') {
      out += "&quot;";
    } else if (c.value == '\'') {
      out += "&#39;";
    } else {
      out += text.substr(i, c.length);
    }
    i += c.length;
  }
  return out;
}

std::vector<double> round_ticks(double low, double high, std::size_t count) {
  const double length = high - low;
  if (!std::isfinite(length) || !(length > 0.0) || count == 0) return {};
  const double rough = length / static_cast<double>(count);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = 10.0 * power;
  for (const double digit : {1.0, 2.0, 5.0}) {
    if (digit * power >= rough) {
      step = digit * power;
      break;
    }
  }
  std::vector<double> ticks;
  const double first = std::ceil(low / step - 1e-9);
  const double last = std::floor(high / step + 1e-9);
  // Beside a large level the steps may be below the doubles' resolution: then there are no ticks.
  if (!(last - first <= 100.0) || low + step == low || high - step == high) return {};
  for (double k = first; k <= last; ++k) ticks.push_back(k == 0.0 ? 0.0 : k * step);
  return ticks;
}

std::string draw(const LineChart& chart, Size size) {
  Canvas canvas(size, chart.title);
  Plot plot;
  plot.logarithmic = chart.logarithmic;
  double label_width = 0.0;
  for (const LineSeries& series : chart.series) {
    for (const double value : series.values) {
      if (!chart.logarithmic || value > 0.0) plot.y.take(value);
    }
    if (series.colour > 0)
      label_width = std::max(label_width, text_width(series.name, Weight::kBold));
  }
  if (plot.y.empty() || chart.dates.size() < 2) return canvas.nothing_to_show();
  label_width = std::min(label_width, size.width * 0.28);

  const Range data = plot.y;
  if (chart.logarithmic) {
    plot.y = {data.low / 1.06, data.high * 1.06};
  } else {
    plot.y = data.padded(0.05);
    if (data.low >= 0.0) plot.y.low = std::max(plot.y.low, 0.0);
    if (data.high <= 0.0) plot.y.high = 0.0;
    if (!(plot.y.low < plot.y.high)) plot.y = {plot.y.low - 1.0, plot.y.high + 1.0};
  }
  const auto ticks = chart.logarithmic ? logarithmic_ticks(plot.y.low, plot.y.high, chart.format)
                                       : value_ticks(plot.y.low, plot.y.high, 5, chart.format);
  plot.left = widest(ticks) + 12.0;
  plot.right = size.width - label_width - 10.0;
  plot.bottom = size.height - 22.0;
  plot.x = {static_cast<double>(chart.dates.front().days),
            static_cast<double>(chart.dates.back().days)};
  if (!(plot.x.low < plot.x.high)) return canvas.nothing_to_show();

  draw_y_axis(canvas, plot, ticks);
  const auto n_dates = static_cast<std::size_t>(std::max(2.0, (plot.right - plot.left) / 62.0));
  for (const DateTick& tick : date_ticks(chart.dates.front(), chart.dates.back(), n_dates)) {
    const double x = plot.across(static_cast<double>(tick.date.days));
    canvas.line(x, plot.bottom, x, plot.bottom + 4, "axis");
    canvas.text(x, plot.bottom + 17, "middle", "label", tick.label);
  }
  canvas.line(plot.left, plot.bottom, plot.right, plot.bottom, "axis");

  std::vector<EndLabel> labels;
  for (const LineSeries& series : chart.series) {
    canvas.path(
        steps_of(chart, series.values, plot),
        fmt::format("line {}{}", colour_class(series.colour), series.dashed ? " dashed" : ""));
    const auto last = std::find_if(series.values.rbegin(), series.values.rend(), [&](double x) {
      return std::isfinite(x) && (!chart.logarithmic || x > 0.0);
    });
    if (series.colour > 0 && last != series.values.rend()) {
      labels.push_back({plot.up(*last), series.name, series.colour});
    }
  }
  spread(labels, plot.top + 4, plot.bottom - 4);
  for (const EndLabel& label : labels) {
    canvas.text(plot.right + 7, label.y + 4, "start", "name " + colour_class(label.colour),
                fitted(label.name, label_width, Weight::kBold));
  }
  return canvas.finish();
}

std::string draw(const BarChart& chart, Size size) {
  Canvas canvas(size, chart.title);
  const std::size_t n = chart.categories.size();
  const std::size_t k = chart.series.size();
  Range data{0.0, 0.0};
  for (const BarSeries& series : chart.series) {
    for (const double value : series.values) data.take(value);
  }
  if (n == 0 || k == 0) return canvas.nothing_to_show();

  Plot plot;
  if (k > 1) {
    std::vector<std::pair<std::string, int>> entries;
    entries.reserve(k);
    for (const BarSeries& series : chart.series) entries.emplace_back(series.name, series.colour);
    plot.top = draw_legend(canvas, size, entries) + 6.0;
  } else {
    plot.top = 16.0;
  }
  plot.y = {data.low < 0.0 ? data.low * 1.08 : 0.0, data.high > 0.0 ? data.high * 1.08 : 0.0};
  if (!(plot.y.low < plot.y.high)) plot.y.high = plot.y.low + 1.0;
  const auto ticks = value_ticks(plot.y.low, plot.y.high, 5, chart.format);
  plot.left = widest(ticks) + 12.0;
  plot.right = size.width - 6.0;
  const double group = (plot.right - plot.left) / static_cast<double>(n);
  const bool upright = group < 46.0;
  plot.bottom = size.height - (upright ? 66.0 : 22.0);
  draw_y_axis(canvas, plot, ticks);

  const double bar = std::min(0.76 * group / static_cast<double>(k), 46.0);
  for (std::size_t i = 0; i < n; ++i) {
    const double middle = plot.left + (static_cast<double>(i) + 0.5) * group;
    for (std::size_t j = 0; j < k; ++j) {
      const BarSeries& series = chart.series[j];
      if (i >= series.values.size() || !std::isfinite(series.values[i])) continue;
      const double value = series.values[i];
      const double x = middle + (static_cast<double>(j) - 0.5 * static_cast<double>(k)) * bar;
      const double from = plot.up(std::max(value, 0.0));
      const double to = plot.up(std::min(value, 0.0));
      const std::string shown = value_text(value, chart.format);
      canvas.rect(x + 0.5, from, std::max(bar - 1.0, 0.5), std::max(to - from, 0.5),
                  "fill " + colour_class(series.colour),
                  fmt::format("{}: {}", named(chart.categories[i], series.name), shown));
      if (bar >= text_width(shown)) {
        canvas.text(x + bar / 2, value < 0.0 ? to + 13 : from - 4, "middle", "small", shown);
      }
    }
    if (upright) {
      canvas.text(middle + 4, plot.bottom + 6, "end", "label", fitted(chart.categories[i], 58.0),
                  true);
    } else {
      canvas.text(middle, plot.bottom + 16, "middle", "label",
                  fitted(chart.categories[i], group - 4.0));
    }
  }
  canvas.line(plot.left, plot.up(0.0), plot.right, plot.up(0.0), "axis");
  return canvas.finish();
}

std::string draw(const Histogram& chart, Size size) {
  Canvas canvas(size, chart.title);
  Range data;
  for (const double value : chart.values) data.take(value);
  for (const Mark& mark : chart.marks) data.take(mark.value);
  if (data.empty() || chart.bins == 0) return canvas.nothing_to_show();
  data = data.padded(data.low < data.high ? 0.0 : 0.5);

  // Edges on round numbers, so that zero is one of them: a bin is all losses or all gains.
  const std::vector<double> near = round_ticks(data.low, data.high, chart.bins);
  if (near.size() < 2) return canvas.nothing_to_show();
  const double step = near[1] - near[0];
  const double first = std::floor(data.low / step);
  const auto n = static_cast<std::size_t>(std::floor(data.high / step) - first) + 1;
  std::vector<double> counts(n, 0.0);
  double most = 1.0;
  for (const double value : chart.values) {
    if (!std::isfinite(value)) continue;
    const auto bin = static_cast<std::size_t>(std::max(std::floor(value / step) - first, 0.0));
    double& count = counts[std::min(bin, n - 1)];
    most = std::max(most, ++count);
  }

  Plot plot;
  plot.top = 10.0 + kLineHeight * static_cast<double>(chart.marks.size());
  plot.bottom = size.height - 22.0;
  plot.x = {first * step, (first + static_cast<double>(n)) * step};
  plot.y = {0.0, most * 1.05};
  auto ticks = value_ticks(0.0, plot.y.high, 4, Format::kNumber);
  std::erase_if(ticks, [](const Tick& tick) { return tick.value != std::floor(tick.value); });
  plot.left = widest(ticks) + 12.0;
  plot.right = size.width - 8.0;
  draw_y_axis(canvas, plot, ticks);
  for (std::size_t i = 0; i < n; ++i) {
    if (counts[i] == 0.0) continue;
    const double from = (first + static_cast<double>(i)) * step;
    const double x = plot.across(from);
    const double y = plot.up(counts[i]);
    canvas.rect(x + 0.5, y, plot.across(from + step) - x - 1.0, plot.bottom - y, "fill bar",
                fmt::format("{} to {}: {}", value_text(from, chart.format),
                            value_text(from + step, chart.format), counts[i]));
  }
  const auto n_labels = static_cast<std::size_t>((plot.right - plot.left) / 70.0);
  for (const Tick& tick : value_ticks(plot.x.low, plot.x.high, n_labels, chart.format)) {
    canvas.text(plot.across(tick.value), plot.bottom + 16, "middle", "label", tick.label);
  }
  canvas.line(plot.left, plot.bottom, plot.right, plot.bottom, "axis");

  double y = 10.0;
  for (const Mark& mark : chart.marks) {
    const double x = plot.across(mark.value);
    canvas.line(x, y + 3, x, plot.bottom, "mark " + colour_class(mark.colour));
    // To the left where there is room, so that it does not cross the marks of smaller losses.
    const double width = text_width(mark.label, Weight::kBold) + 5.0;
    const bool leftward = x > width || x + width > size.width;
    canvas.text(leftward ? x - 5 : x + 5, y + 4, leftward ? "end" : "start",
                "name " + colour_class(mark.colour), mark.label);
    y += kLineHeight;
  }
  return canvas.finish();
}

std::string draw(const ScatterChart& chart, Size size) {
  Canvas canvas(size, chart.title);
  Plot plot;
  for (const Point& point : chart.points) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) continue;
    plot.x.take(point.x);
    plot.y.take(point.y);
  }
  for (const auto& [x, y] : chart.curve) {
    plot.x.take(x);
    plot.y.take(y);
  }
  if (plot.x.empty() || plot.y.empty()) return canvas.nothing_to_show();
  plot.x = plot.x.padded(0.12);
  plot.y = plot.y.padded(0.12);

  const auto y_ticks = value_ticks(plot.y.low, plot.y.high, 5, chart.y_format);
  plot.top = 22.0;
  plot.left = widest(y_ticks) + 12.0;
  plot.right = size.width - 8.0;
  plot.bottom = size.height - 36.0;
  draw_y_axis(canvas, plot, y_ticks);
  const auto n_labels = static_cast<std::size_t>(std::max(2.0, (plot.right - plot.left) / 70.0));
  for (const Tick& tick : value_ticks(plot.x.low, plot.x.high, n_labels, chart.x_format)) {
    const double x = plot.across(tick.value);
    canvas.line(x, plot.top, x, plot.bottom, "grid");
    canvas.text(x, plot.bottom + 15, "middle", "label", tick.label);
  }
  canvas.line(plot.left, plot.bottom, plot.right, plot.bottom, "axis");
  canvas.text(0, 10, "start", "label", chart.y_title);
  canvas.text(plot.right, size.height - 4, "end", "label", chart.x_title);

  std::string steps;
  for (const auto& [x, y] : chart.curve) {
    if (!std::isfinite(x) || !std::isfinite(y)) continue;
    steps += fmt::format("{}{:.1f} {:.1f}", steps.empty() ? "M" : "L", plot.across(x), plot.up(y));
  }
  canvas.path(steps, "line curve");

  const Box frame{plot.left, plot.top, plot.right, plot.bottom};
  std::vector<Box> taken;
  for (const Point& point : chart.points) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) continue;
    const double x = plot.across(point.x);
    const double y = plot.up(point.y);
    taken.push_back({x - 6, y - 6, x + 6, y + 6});
  }
  const auto draw_points = [&](bool strong) {
    for (const Point& point : chart.points) {
      if (point.strong != strong || !std::isfinite(point.x) || !std::isfinite(point.y)) continue;
      canvas.dot(
          plot.across(point.x), plot.up(point.y), strong, "fill " + colour_class(point.colour),
          fmt::format("{}{}{}, {}", point.name, point.name.empty() ? "" : ": ",
                      value_text(point.x, chart.x_format), value_text(point.y, chart.y_format)));
    }
  };
  const auto draw_names = [&](bool strong) {
    const Weight weight = strong ? Weight::kBold : Weight::kRegular;
    for (const Point& point : chart.points) {
      if (point.strong != strong || !std::isfinite(point.x) || !std::isfinite(point.y)) continue;
      const std::string shown = fitted(point.name, 150.0, weight);
      const Spot spot =
          free_spot(spots_beside(plot.across(point.x), plot.up(point.y), text_width(shown, weight)),
                    frame, taken);
      canvas.text(spot.x, spot.y, spot.anchor,
                  strong ? "name " + colour_class(point.colour) : "label", shown);
      taken.push_back(spot.box);
    }
  };
  // The choices lie on top, and their names, which are longer, take their spots first.
  draw_points(false);
  draw_points(true);
  draw_names(true);
  draw_names(false);
  return canvas.finish();
}

std::string standalone(std::string_view drawing) {
  constexpr std::string_view kStyle =
      "<style>svg{font:12px system-ui,\"DejaVu Sans\",sans-serif;background:#fff}"
      ".c1{color:#1f5f9e}.c2{color:#b4501a}.c3{color:#24794a}.c4{color:#7a4a9c}.c5{color:#a8324f}"
      ".c6{color:#5b6670}.c7{color:#8a6d00}.c8{color:#0c7d86}.muted{color:#b9bec2}"
      ".line{fill:none;stroke:currentColor;stroke-width:1.8;stroke-linejoin:round}"
      ".dashed{stroke-dasharray:5 4}.curve{color:#b9bec2;stroke-width:1.4}"
      ".fill{fill:currentColor}.bar{fill:#8fa3b5}.grid{stroke:#e3e5e3;stroke-width:1}"
      ".axis{stroke:#b9bec2;stroke-width:1}"
      ".mark{stroke:currentColor;stroke-width:1.6;stroke-dasharray:4 3}"
      ".label{fill:#59626c}.small{fill:#59626c;font-size:10.5px}"
      ".name{fill:currentColor;font-weight:600}</style>\n";
  const std::size_t end = drawing.find(">\n");
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\"";
  out += drawing.substr(4, end - 4);
  out += ">\n";
  out += kStyle;
  out += drawing.substr(end + 2);
  return out;
}

}  // namespace quanta::services::svg
