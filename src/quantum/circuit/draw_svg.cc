#include "quantum/circuit/draw_svg.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "quantum/circuit/layout.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kMostElements = std::size_t{1} << 20;
constexpr double kPitch = 40;      // from wire to wire
constexpr double kBox = 28;        // height of a box on one wire
constexpr double kGap = 16;        // between the widest signs of two columns
constexpr double kMargin = 12;     // around everything
constexpr double kRowGap = 28;     // between rows, beside a pitch
constexpr double kFont = 15;       // of labels
constexpr double kSmallFont = 10;  // of operand and bit numbers
constexpr double kDot = 3.6;       // radius of a control
constexpr double kTarget = 9;      // radius of a target
constexpr double kDouble = 1.5;    // half the distance of double lines

/// Width of a character of Times, in units of the font's size (Adobe's metrics, rounded up by
/// kind).
double character_width(char32_t c) {
  if (c >= U'0' && c <= U'9') return 0.5;
  if (std::u32string_view(U".,:;'|!ijltI[]()/ ").find(c) != std::u32string_view::npos) return 0.34;
  if (std::u32string_view(U"mwMW").find(c) != std::u32string_view::npos) return 0.9;
  if (c >= U'a' && c <= U'z') return 0.5;
  if (c >= U'A' && c <= U'Z') return 0.73;
  if (c < 0x80) return 0.6;
  return c < 0x2500 ? 0.6 : 1.0;  // Greek, √, †, ⟩; beyond them wide scripts
}

double text_width(std::string_view text) {
  double width = 0.0;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    width += character_width(length == 1 ? byte : length == 4 || byte >= 0xE3 ? 0x4E00 : 0x3B1);
    i += length;
  }
  return width;
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return result;
}

/// A piece of a label that is set in one way.
struct Run {
  std::string text;
  bool italic = false;
  double size = 1.0;   ///< of the label's font
  double raise = 0.0;  ///< above the line, in the same unit
};

/// A name in italics, "theta" as θ, digits at its end below the line.
void append_name(std::vector<Run>& runs, std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kGreek[] = {
      {"alpha", "α"}, {"beta", "β"}, {"gamma", "γ"}, {"delta", "δ"}, {"epsilon", "ε"},
      {"zeta", "ζ"},  {"eta", "η"},  {"theta", "θ"}, {"kappa", "κ"}, {"lambda", "λ"},
      {"mu", "μ"},    {"nu", "ν"},   {"xi", "ξ"},    {"rho", "ρ"},   {"sigma", "σ"},
      {"tau", "τ"},   {"phi", "φ"},  {"chi", "χ"},   {"psi", "ψ"},   {"omega", "ω"}};
  std::size_t letters = name.size();
  while (letters > 0 && std::isdigit(static_cast<unsigned char>(name[letters - 1])) != 0) --letters;
  std::string_view stem = name.substr(0, letters);
  if (letters < name.size() && stem.size() > 1 && stem.ends_with('_')) stem.remove_suffix(1);
  std::string shown(stem);
  for (const auto& [word, letter] : kGreek) {
    if (stem == word) shown = letter;
  }
  runs.push_back({.text = shown, .italic = shown != "π"});
  if (letters < name.size()) {
    runs.push_back({.text = std::string(name.substr(letters)), .size = 0.7, .raise = -0.22});
  }
}

/// Angles: names in italics and Greek, products without a sign, true minus signs.
void append_angles(std::vector<Run>& runs, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto at = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
    std::size_t end = i + 1;
    if (std::isdigit(at(i)) != 0 || text[i] == '.') {  // a number, "1e-05" too
      while (end < text.size() && (std::isdigit(at(end)) != 0 || text[end] == '.')) ++end;
      if (end + 1 < text.size() && text[end] == 'e' &&
          (text[end + 1] == '-' || text[end + 1] == '+' || std::isdigit(at(end + 1)) != 0)) {
        end += 2;
        while (end < text.size() && std::isdigit(at(end)) != 0) ++end;
      }
      runs.push_back({std::string(text.substr(i, end - i))});
    } else if (std::isalpha(at(i)) != 0 || text[i] == '_' || at(i) >= 0x80) {
      while (end < text.size() &&
             (std::isalnum(at(end)) != 0 || text[end] == '_' || at(end) >= 0x80)) {
        ++end;
      }
      append_name(runs, text.substr(i, end - i));
    } else if (text[i] == ',') {
      runs.push_back({", "});
    } else if (text[i] == '-' || text[i] == '+') {
      const std::string sign = text[i] == '-' ? "−" : "+";
      const bool between = i > 0 && text[i - 1] != ',';
      runs.push_back({between ? " " + sign + " " : sign});
    } else if (text[i] != '*') {
      runs.push_back({std::string(1, text[i])});
    }
    i = end;
  }
}

std::vector<Run> runs_of(const GateLabel& label) {
  std::vector<Run> runs;
  std::string_view base = label.base;
  if (base.starts_with("√")) {
    runs.push_back({"√"});
    base.remove_prefix(std::string_view("√").size());
  }
  runs.push_back({std::string(base), base.size() == 1 && !label.is_name});
  if (!label.subscript.empty()) {
    runs.push_back({.text = label.subscript, .italic = true, .size = 0.7, .raise = -0.22});
  }
  if (label.dagger) runs.push_back({.text = "†", .size = 0.75, .raise = 0.35});
  if (!label.angles.empty()) {
    runs.push_back({"("});
    append_angles(runs, label.angles);
    runs.push_back({")"});
  }
  return runs;
}

double width_of(const std::vector<Run>& runs) {
  double width = 0.0;
  for (const Run& run : runs) width += run.size * text_width(run.text);
  return width * kFont;
}

/// Digits that say enough: lengths are pixels.
std::string number(double value) {
  std::string text = fmt::format("{:.2f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

class SvgDrawing {
 public:
  SvgDrawing(const Circuit& circuit, const Layout& layout, const SvgDrawingOptions& options)
      : circuit_(circuit), layout_(layout), options_(options) {}

  Result<std::string> draw() {
    measure();
    const std::size_t in_row =
        options_.columns == 0 ? std::max<std::size_t>(1, layout_.n_columns) : options_.columns;
    const std::size_t n_rows = std::max<std::size_t>(1, (layout_.n_columns + in_row - 1) / in_row);
    std::size_t elements = n_rows * 3 * layout_.wires.size();
    for (const PlacedOperation& placed : layout_.operations) {
      elements += 4 + placed.operation->qubits.size() + 3 * placed.marks.size();
    }
    if (elements > kMostElements) {
      return fail(ErrorKind::kResource,
                  fmt::format("the drawing would have {} elements: at most {} are possible",
                              elements, kMostElements),
                  "circuit");
    }
    double y = kMargin;
    if (circuit_.global_phase() != Angle()) y = draw_phase(y);
    for (std::size_t r = 0; r < n_rows; ++r) {
      const std::size_t begin = r * in_row;
      draw_row(begin, std::min(layout_.n_columns, begin + in_row), y);
      y += row_height() + (r + 1 < n_rows ? kRowGap : 0.0);
    }
    return fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}" )"
        R"(font-family="'Latin Modern Math','STIX Two Text','Cambria Math','Times New Roman',)"
        R"(Times,serif" font-size="{2}" text-anchor="middle" stroke="none" fill="black">)"
        "\n<title>{3}</title>\n<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n{4}</svg>\n",
        number(width_ + kMargin), number(y + kMargin), number(kFont),
        fmt::format("Quantum circuit: {} qubits, {} operations", circuit_.n_qubits(),
                    circuit_.operations().size()),
        text_);
  }

 private:
  // ---- Sizes ----

  static double width_of_box(const PlacedOperation& placed) {
    if (placed.shape == Shape::kMeasure) return kBox;
    const double numbers = placed.numbered ? kSmallFont : 0.0;
    return std::max(kBox, width_of(runs_of(placed.label)) + 14 + 2 * numbers);
  }

  static double width_of_sign(const PlacedOperation& placed) {
    double width = 0.0;
    switch (placed.shape) {
      case Shape::kBox:
      case Shape::kMeasure:
        width = width_of_box(placed);
        break;
      case Shape::kTarget:
        width = 2 * kTarget;
        break;
      default:
        width = 2 * kDot + 4;
    }
    for (const ClassicalMark& mark : placed.marks) {
      width = std::max(width, kSmallFont * text_width(mark.text) + 4);
    }
    return width;
  }

  void measure() {
    widths_.assign(layout_.n_columns, 0.0);
    by_column_.resize(layout_.n_columns);
    for (const PlacedOperation& placed : layout_.operations) {
      double& width = widths_[placed.column];
      width = std::max(width, width_of_sign(placed) + kGap);
      by_column_[placed.column].push_back(&placed);
    }
    double label = 0.0;
    for (const Wire& wire : layout_.wires) {
      label = std::max(label, width_of({{.text = wire.name}}));
    }
    left_ = kMargin + label + 6;
  }

  double row_height() const {
    const auto n = static_cast<double>(std::max<std::size_t>(1, layout_.wires.size()));
    return n * kPitch;
  }

  static double on(double top, unsigned wire) { return top + (wire + 0.5) * kPitch; }

  // ---- Signs ----

  void line(double x1, double y1, double x2, double y2, std::string_view more = "") {
    text_ += fmt::format(R"(<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="black"{}/>)"
                         "\n",
                         number(x1), number(y1), number(x2), number(y2), more);
  }

  void double_line(double x1, double y1, double x2, double y2) {
    const double dx = x1 == x2 ? kDouble : 0.0;
    const double dy = x1 == x2 ? 0.0 : kDouble;
    line(x1 - dx, y1 - dy, x2 - dx, y2 - dy);
    line(x1 + dx, y1 + dy, x2 + dx, y2 + dy);
  }

  void small_text(double x, double y, std::string_view text, std::string_view more = "") {
    text_ += fmt::format(R"(<text x="{}" y="{}" font-size="{}"{}>{}</text>)"
                         "\n",
                         number(x), number(y), number(kSmallFont), more, escaped(text));
  }

  void label(double x, double y, const std::vector<Run>& runs, std::string_view more = "") {
    text_ += fmt::format(R"(<text x="{}" y="{}"{}>)", number(x), number(y + 0.34 * kFont), more);
    double raised = 0.0;
    for (const Run& run : runs) {
      std::string style;
      if (run.italic) style += R"( font-style="italic")";
      if (run.size != 1.0) style += fmt::format(R"( font-size="{}")", number(run.size * kFont));
      if (run.raise != raised) {
        style += fmt::format(R"( dy="{}")", number((raised - run.raise) * kFont));
        raised = run.raise;
      }
      text_ += style.empty() ? escaped(run.text)
                             : fmt::format("<tspan{}>{}</tspan>", style, escaped(run.text));
    }
    text_ += "</text>\n";
  }

  void control(double x, double y, bool on_one) {
    text_ += fmt::format(R"(<circle class="control" cx="{}" cy="{}" r="{}"{}/>)"
                         "\n",
                         number(x), number(y), number(kDot),
                         on_one ? "" : R"( fill="white" stroke="black")");
  }

  void target(double x, double y) {
    text_ +=
        fmt::format(R"(<circle class="target" cx="{}" cy="{}" r="{}" fill="white" stroke="black"/>)"
                    "\n",
                    number(x), number(y), number(kTarget));
    line(x - kTarget, y, x + kTarget, y);
    line(x, y - kTarget, x, y + kTarget);
  }

  void cross(double x, double y) {
    constexpr double kArm = 5;
    text_ += fmt::format(R"(<path class="cross" d="M{} {}L{} {}M{} {}L{} {}" stroke="black" )"
                         R"(stroke-width="1.3"/>)"
                         "\n",
                         number(x - kArm), number(y - kArm), number(x + kArm), number(y + kArm),
                         number(x - kArm), number(y + kArm), number(x + kArm), number(y - kArm));
  }

  void box(double x, double width, double top, double bottom) {
    text_ += fmt::format(R"(<rect class="box" x="{}" y="{}" width="{}" height="{}" fill="white" )"
                         R"(stroke="black"/>)"
                         "\n",
                         number(x - width / 2), number(top), number(width), number(bottom - top));
  }

  /// A dial with its needle.
  void meter(double x, double y) {
    text_ +=
        fmt::format(R"(<path class="meter" d="M{} {}A9.5 9.5 0 0 1 {} {}M{} {}L{} {}" fill="none" )"
                    R"(stroke="black"/>)"
                    "\n",
                    number(x - 9.5), number(y + 6), number(x + 9.5), number(y + 6), number(x),
                    number(y + 6), number(x + 7), number(y - 7.5));
  }

  void arrow_head(double x, double y) {
    text_ += fmt::format(R"(<path d="M{} {}L{} {}L{} {}Z"/>)"
                         "\n",
                         number(x - 4.5), number(y - 7), number(x + 4.5), number(y - 7), number(x),
                         number(y));
  }

  // ---- Parts ----

  double draw_phase(double y) {
    std::vector<Run> runs = {{"global phase "}};
    append_angles(runs, angle_text(circuit_.global_phase(), circuit_.parameters(), true));
    label(kMargin, y + kFont / 2, runs, R"( text-anchor="start")");
    width_ = std::max(width_, kMargin + width_of(runs));
    return y + 1.5 * kFont;
  }

  void draw_wires(double right, double top) {
    for (unsigned w = 0; w < layout_.wires.size(); ++w) {
      const Wire& wire = layout_.wires[w];
      const double y = on(top, w);
      label(left_ - 6, y, name_runs(wire), R"( text-anchor="end")");
      if (!wire.classical) {
        line(left_, y, right, y);
        continue;
      }
      double_line(left_, y, right, y);
      line(left_ + 5, y + 5, left_ + 11, y - 5);
      small_text(left_ + 12, y - 5, fmt::format("{}", wire.size), R"( text-anchor="start")");
    }
  }

  /// Letters in italics, the number of the qubit below the line.
  static std::vector<Run> name_runs(const Wire& wire) {
    const std::string_view name = wire.name;
    std::size_t letters = name.size();
    while (letters > 0 && name[letters - 1] >= '0' && name[letters - 1] <= '9') --letters;
    if (wire.classical || letters == 0) letters = name.size();
    std::vector<Run> runs = {{std::string(name.substr(0, letters)), letters == 1}};
    if (letters < name.size()) {
      runs.push_back({.text = std::string(name.substr(letters)), .size = 0.7, .raise = -0.22});
    }
    return runs;
  }

  void draw_row(std::size_t begin, std::size_t end, double top) {
    // Classical wires begin with their number of bits.
    const bool bits = !layout_.wires.empty() && layout_.wires.back().classical;
    double right = left_ + (bits ? 24 : 6);
    std::vector<double> centres;
    for (std::size_t c = begin; c < end; ++c) {
      centres.push_back(right + widths_[c] / 2);
      right += widths_[c];
    }
    right += 8;
    width_ = std::max(width_, right);
    draw_wires(right, top);
    for (std::size_t c = begin; c < end; ++c) {
      for (const PlacedOperation* placed : by_column_[c]) {
        draw_operation(*placed, centres[c - begin], top);
      }
    }
  }

  void draw_operation(const PlacedOperation& placed, double x, double top) {
    const Operation& operation = *placed.operation;
    if (placed.shape == Shape::kBarrier) {
      for (const unsigned q : operation.qubits) {
        line(x, on(top, q) - kPitch / 2, x, on(top, q) + kPitch / 2,
             R"( class="barrier" stroke-dasharray="5 3" stroke-opacity="0.55")");
      }
      return;
    }
    draw_marks(placed, x, top);
    if (placed.qubit_top < placed.qubit_bottom) {
      line(x, on(top, placed.qubit_top), x, on(top, placed.qubit_bottom));
    }
    const double y = on(top, placed.box_top);
    switch (placed.shape) {
      case Shape::kBox:
      case Shape::kMeasure:
        draw_box(placed, x, top);
        break;
      case Shape::kTarget:
        target(x, y);
        break;
      case Shape::kDot:
        control(x, y, true);
        break;
      default:
        for (const unsigned q : operation.operands()) cross(x, on(top, q));
    }
    for (unsigned j = 0; j < operation.n_controls; ++j) {
      const unsigned q = operation.qubits[j];
      const bool inside =
          placed.shape == Shape::kBox && q > placed.box_top && q < placed.box_bottom;
      control(inside ? x - width_of_box(placed) / 2 : x, on(top, q),
              (operation.control_state >> j & 1) != 0);
    }
  }

  void draw_box(const PlacedOperation& placed, double x, double top) {
    const double first = on(top, placed.box_top) - kBox / 2;
    const double last = on(top, placed.box_bottom) + kBox / 2;
    const double width = width_of_box(placed);
    box(x, width, first, last);
    if (placed.shape == Shape::kMeasure) {
      meter(x, (first + last) / 2);
      return;
    }
    label(x, (first + last) / 2, runs_of(placed.label));
    if (!placed.numbered) return;
    const auto operands = placed.operation->operands();
    for (std::size_t j = 0; j < operands.size(); ++j) {
      small_text(x - width / 2 + 3, on(top, operands[j]) + 0.34 * kSmallFont, fmt::format("{}", j),
                 R"( text-anchor="start")");
    }
  }

  void draw_marks(const PlacedOperation& placed, double x, double top) {
    if (placed.marks.empty()) return;
    constexpr double kHead = 7;  // of the arrow of a measurement
    const ClassicalMark& lowest = *std::ranges::max_element(placed.marks, {}, &ClassicalMark::wire);
    double_line(x, on(top, placed.qubit_bottom), x,
                on(top, placed.bottom) - (lowest.condition ? kDouble : kHead));
    for (const ClassicalMark& mark : placed.marks) {
      const double y = on(top, mark.wire);
      if (mark.condition) {
        control(x, y, true);
      } else {
        arrow_head(x, y - kDouble);
      }
      const bool last = mark.wire == placed.bottom;
      small_text(last ? x : x + 5, y + 14, mark.text, last ? "" : R"( text-anchor="start")");
    }
  }

  const Circuit& circuit_;
  const Layout& layout_;
  const SvgDrawingOptions& options_;
  std::vector<double> widths_;
  std::vector<std::vector<const PlacedOperation*>> by_column_;
  double left_ = 0.0;
  double width_ = 0.0;
  std::string text_;
};

}  // namespace

Result<std::string> draw_svg(const Circuit& circuit, const SvgDrawingOptions& options) {
  QUANTA_TRY(const Layout layout, lay_out(circuit, true));
  return SvgDrawing(circuit, layout, options).draw();
}

}  // namespace quanta::quantum
