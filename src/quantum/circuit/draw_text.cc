#include "quantum/circuit/draw_text.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "quantum/circuit/layout.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kMostCharacters = std::size_t{1} << 25;
constexpr std::size_t kLeastWidth = 3;  // of a column

std::u32string decoded(std::string_view text) {
  std::u32string result;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    char32_t c = length == 1 ? byte : byte & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k) {
      c = c << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
    }
    result.push_back(c);
    i += length;
  }
  return result;
}

void append_encoded(std::string& to, char32_t c) {
  const auto byte = [&](char32_t value) { to.push_back(static_cast<char>(value)); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0 | c >> 6);
    byte(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    byte(0xE0 | c >> 12);
    byte(0x80 | (c >> 6 & 0x3F));
    byte(0x80 | (c & 0x3F));
  } else {
    byte(0xF0 | c >> 18);
    byte(0x80 | (c >> 12 & 0x3F));
    byte(0x80 | (c >> 6 & 0x3F));
    byte(0x80 | (c & 0x3F));
  }
}

/// The character that stands for one of the drawing's own where only ASCII may be used.
char32_t to_ascii(char32_t c) {
  static constexpr std::pair<std::u32string_view, char32_t> kTable[] = {
      {U"─═", U'-'}, {U"│┤├╡╞", U'|'}, {U"┌┐└┘┼┴┬", U'+'}, {U"║╫╬╥╨", U'!'},
      {U"╩", U'v'},  {U"●", U'@'},     {U"○", U'O'},       {U"×", U'x'},
      {U"░", U':'},  {U"»", U'>'},     {U"«", U'<'}};
  for (const auto& [set, ascii] : kTable) {
    if (set.find(c) != std::u32string_view::npos) return ascii;
  }
  return c;
}

/// Whether two characters of neighbouring lines can be one, and which.
std::optional<char32_t> joined(char32_t upper, char32_t lower) {
  if (upper == lower || lower == U' ') return upper;
  if (upper == U' ') return lower;
  // A border from which a line leaves, and that line.
  if (upper == U'┬' && lower == U'│') return upper;
  if (upper == U'╥' && lower == U'║') return upper;
  if (upper == U'│' && lower == U'┴') return lower;
  if (upper == U'║' && lower == U'╨') return lower;
  return std::nullopt;
}

/// Three lines to a wire: above, on and below it.
class Canvas {
 public:
  Canvas(std::span<const Wire> wires, std::size_t width)
      : wires_(wires), lines_(3 * wires.size(), std::u32string(width, U' ')) {
    for (std::size_t w = 0; w < wires.size(); ++w) {
      lines_[3 * w + 1].assign(width, wires[w].classical ? U'═' : U'─');
    }
  }

  void put(std::size_t line, std::size_t x, char32_t c) { lines_[line][x] = c; }
  void put(std::size_t line, std::size_t x, std::u32string_view text) {
    for (const char32_t c : text) lines_[line][x++] = c;
  }

  /// Upright, on the lines between two wires and across those there.
  void upright(std::size_t from_line, std::size_t to_line, std::size_t x, bool twice) {
    for (std::size_t line = from_line; line < to_line; ++line) {
      const bool on_wire = line % 3 == 1;
      const bool classical = wires_[line / 3].classical;
      if (!on_wire) {
        put(line, x, twice ? U'║' : U'│');
      } else {
        put(line, x, classical ? U'╬' : twice ? U'╫' : U'┼');
      }
    }
  }

  struct Line {
    std::u32string text;
    const Wire* wire = nullptr;  ///< where the line is that of a wire
  };

  /// The lines, those between two wires made one where nothing is lost.
  std::vector<Line> take() {
    std::vector<Line> result;
    for (std::size_t line = 0; line < lines_.size(); ++line) {
      if (line % 3 == 0 && line > 0) {
        if (auto one = join(result.back().text, lines_[line])) {
          result.back().text = *std::move(one);
          continue;
        }
      }
      result.push_back({std::move(lines_[line]), line % 3 == 1 ? &wires_[line / 3] : nullptr});
    }
    return result;
  }

 private:
  static std::optional<std::u32string> join(const std::u32string& upper,
                                            const std::u32string& lower) {
    std::u32string one = upper;
    for (std::size_t x = 0; x < one.size(); ++x) {
      const auto c = joined(upper[x], lower[x]);
      if (!c) return std::nullopt;
      one[x] = *c;
    }
    return one;
  }

  std::span<const Wire> wires_;
  std::vector<std::u32string> lines_;
};

class TextDrawing {
 public:
  TextDrawing(const Circuit& circuit, const Layout& layout, const TextDrawingOptions& options)
      : circuit_(circuit), layout_(layout), options_(options) {}

  Result<std::string> draw() {
    measure();
    std::size_t characters = 0;
    const std::vector<std::size_t> rows = wrapped();
    for (const std::size_t width : widths_) characters += width * 3 * layout_.wires.size();
    characters += rows.size() * (label_width_ + 2) * 3 * layout_.wires.size();
    if (characters > kMostCharacters) {
      return fail(ErrorKind::kResource,
                  fmt::format("the drawing would have {} characters: at most {} are possible",
                              characters, kMostCharacters),
                  "circuit");
    }
    std::string text;
    if (circuit_.global_phase() != Angle()) {
      text +=
          fmt::format("global phase: {}\n",
                      angle_text(circuit_.global_phase(), circuit_.parameters(), options_.unicode));
    }
    for (std::size_t r = 0; r + 1 < rows.size(); ++r) {
      if (r > 0) text += '\n';
      draw_row(rows[r], rows[r + 1], r > 0, r + 2 < rows.size(), text);
    }
    return text;
  }

 private:
  std::u32string label_text(const PlacedOperation& placed) const {
    const GateLabel& label = placed.label;
    std::string text = label.base + label.subscript;
    if (label.dagger) text += options_.unicode ? "†" : "dg";
    if (!label.angles.empty()) text += "(" + label.angles + ")";
    return decoded(text);
  }

  /// Digits of the largest operand number beside the left edge of a box.
  static std::size_t number_width(const PlacedOperation& placed) {
    return placed.numbered ? fmt::formatted_size("{}", placed.operation->operands().size() - 1) : 0;
  }

  std::size_t width_of(const PlacedOperation& placed) const {
    std::size_t width = kLeastWidth;
    if (placed.shape == Shape::kBox) {
      width = label_text(placed).size() + 4 + number_width(placed);
    }
    for (const ClassicalMark& mark : placed.marks) {
      const std::size_t text = decoded(mark.text).size();
      width = std::max(width, mark.condition ? text + 4 : text + text % 2 + 1);
    }
    return width;
  }

  void measure() {
    widths_.assign(layout_.n_columns, kLeastWidth);
    by_column_.resize(layout_.n_columns);
    for (const PlacedOperation& placed : layout_.operations) {
      widths_[placed.column] = std::max(widths_[placed.column], width_of(placed));
      by_column_[placed.column].push_back(&placed);
    }
    for (const Wire& wire : layout_.wires) {
      label_width_ = std::max(label_width_, wire_label(wire).size());
    }
  }

  static std::u32string wire_label(const Wire& wire) {
    return decoded(wire.classical ? fmt::format("{}: {}/", wire.name, wire.size)
                                  : fmt::format("{}: ", wire.name));
  }

  /// First columns of the rows, and the number of columns at the end.
  std::vector<std::size_t> wrapped() const {
    std::vector<std::size_t> rows = {0};
    std::size_t used = 0;
    for (std::size_t c = 0; c < layout_.n_columns; ++c) {
      const std::size_t room = label_width_ + 2;  // and the marks of broken rows
      if (options_.width > 0 && used > 0 && room + used + widths_[c] > options_.width) {
        rows.push_back(c);
        used = 0;
      }
      used += widths_[c];
    }
    rows.push_back(layout_.n_columns);
    return rows;
  }

  void draw_row(std::size_t begin, std::size_t end, bool goes_on_from, bool goes_on,
                std::string& text) const {
    std::size_t width = 0;
    for (std::size_t c = begin; c < end; ++c) width += widths_[c];
    Canvas canvas(layout_.wires, std::max<std::size_t>(width, 1));
    std::size_t left = 0;
    for (std::size_t c = begin; c < end; ++c) {
      for (const PlacedOperation* placed : by_column_[c]) {
        draw_operation(*placed, left + widths_[c] / 2, canvas);
      }
      left += widths_[c];
    }
    const std::vector<Canvas::Line> lines = canvas.take();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::u32string label = lines[i].wire != nullptr ? wire_label(*lines[i].wire) : U"";
      std::u32string line = goes_on_from ? U"«" : U"";
      line.append(label_width_ - label.size(), U' ');
      line += label + lines[i].text;
      if (goes_on) line += U"»";
      line.erase(line.find_last_not_of(U' ') + 1);
      const bool edge = i == 0 || i + 1 == lines.size();
      if (edge && lines[i].text.find_first_not_of(U' ') == std::u32string::npos) continue;
      for (const char32_t c : line) append_encoded(text, options_.unicode ? c : to_ascii(c));
      text += '\n';
    }
  }

  static std::size_t on(unsigned wire) { return 3 * std::size_t{wire} + 1; }

  /// x: where upright lines are.
  void draw_operation(const PlacedOperation& placed, std::size_t x, Canvas& canvas) const {
    const Operation& operation = *placed.operation;
    if (placed.shape == Shape::kBarrier) {
      draw_barrier(placed, x, canvas);
      return;
    }
    canvas.upright(on(placed.qubit_top) + 1, on(placed.qubit_bottom), x, false);
    draw_marks(placed, x, canvas);
    switch (placed.shape) {
      case Shape::kBox:
      case Shape::kMeasure:
        draw_box(placed, x, canvas);
        break;
      case Shape::kTarget:
        if (options_.unicode) {
          canvas.put(on(placed.box_top), x, U'⊕');
        } else {
          canvas.put(on(placed.box_top), x - 1, U"(+)");
        }
        break;
      case Shape::kDot:
        canvas.put(on(placed.box_top), x, U'●');
        break;
      default:
        for (const unsigned q : operation.operands()) canvas.put(on(q), x, U'×');
    }
    for (unsigned j = 0; j < operation.n_controls; ++j) {
      const unsigned q = operation.qubits[j];
      const bool inside =
          placed.shape == Shape::kBox && q > placed.box_top && q < placed.box_bottom;
      const std::size_t at = inside ? x - width_of_box(placed) / 2 : x;
      canvas.put(on(q), at, (operation.control_state >> j & 1) != 0 ? U'●' : U'○');
    }
  }

  std::size_t width_of_box(const PlacedOperation& placed) const {
    return placed.shape == Shape::kMeasure ? 3
                                           : label_text(placed).size() + 4 + number_width(placed);
  }

  void draw_box(const PlacedOperation& placed, std::size_t x, Canvas& canvas) const {
    const std::size_t width = width_of_box(placed);
    const std::size_t left = x - width / 2;
    const std::size_t right = left + width - 1;
    const std::size_t top = on(placed.box_top) - 1;
    const std::size_t bottom = on(placed.box_bottom) + 1;
    for (std::size_t line = top; line <= bottom; ++line) {
      const bool border = line == top || line == bottom;
      const std::u32string inner(width - 2, border ? U'─' : U' ');
      canvas.put(line, left + 1, inner);
      canvas.put(line, left, line == top ? U'┌' : line == bottom ? U'└' : U'│');
      canvas.put(line, right, line == top ? U'┐' : line == bottom ? U'┘' : U'│');
    }
    const auto operands = placed.operation->operands();
    for (unsigned wire = placed.box_top; wire <= placed.box_bottom; ++wire) {
      const auto operand = std::ranges::find(operands, wire);
      // A wire that only passes is hidden behind the box and comes out on its right.
      if (operand == operands.end() && !is_control(placed, wire)) continue;
      canvas.put(on(wire), left, U'┤');
      canvas.put(on(wire), right, U'├');
      if (placed.numbered && operand != operands.end()) {
        canvas.put(on(wire), left + 1, decoded(fmt::format("{}", operand - operands.begin())));
      }
    }
    const std::size_t label_at =
        left + 1 + number_width(placed) + (placed.shape == Shape::kMeasure ? 0 : 1);
    canvas.put((top + bottom) / 2, label_at, label_text(placed));
    if (placed.qubit_top < placed.box_top) canvas.put(top, x, U'┴');
    if (placed.qubit_bottom > placed.box_bottom) canvas.put(bottom, x, U'┬');
    if (!placed.marks.empty() && placed.qubit_bottom == placed.box_bottom) {
      canvas.put(bottom, x, U'╥');
    }
  }

  static bool is_control(const PlacedOperation& placed, unsigned wire) {
    return std::ranges::find(placed.operation->controls(), wire) !=
           placed.operation->controls().end();
  }

  /// The double line down to the classical wires, and what is seen there.
  void draw_marks(const PlacedOperation& placed, std::size_t x, Canvas& canvas) const {
    if (placed.marks.empty()) return;
    canvas.upright(on(placed.qubit_bottom) + 1, on(placed.bottom), x, true);
    for (const ClassicalMark& mark : placed.marks) {
      const std::u32string text = decoded(mark.text);
      const std::size_t line = on(mark.wire);
      const bool last = mark.wire == placed.bottom;
      if (!mark.condition) {
        canvas.put(line, x, last ? U'╩' : U'╬');
        canvas.put(line + 1, last ? x - (text.size() - 1) / 2 : x + 1, text);
        continue;
      }
      const std::size_t width = text.size() + 4;
      const std::size_t left = x - width / 2;
      canvas.put(line - 1, left, U"┌" + std::u32string(width - 2, U'─') + U"┐");
      canvas.put(line, left, U"╡ " + text + U" ╞");
      canvas.put(line + 1, left, U"└" + std::u32string(width - 2, U'─') + U"┘");
      canvas.put(line - 1, x, U'╨');
      if (!last) canvas.put(line + 1, x, U'╥');
    }
  }

  void draw_barrier(const PlacedOperation& placed, std::size_t x, Canvas& canvas) const {
    for (const unsigned q : placed.operation->qubits) {
      for (std::size_t line = on(q) - 1; line <= on(q) + 1; ++line) canvas.put(line, x, U'░');
    }
  }

  const Circuit& circuit_;
  const Layout& layout_;
  const TextDrawingOptions& options_;
  std::vector<std::size_t> widths_;
  std::vector<std::vector<const PlacedOperation*>> by_column_;
  std::size_t label_width_ = 0;
};

}  // namespace

Result<std::string> draw_text(const Circuit& circuit, const TextDrawingOptions& options) {
  QUANTA_TRY(const Layout layout, lay_out(circuit, options.unicode));
  return TextDrawing(circuit, layout, options).draw();
}

}  // namespace quanta::quantum
