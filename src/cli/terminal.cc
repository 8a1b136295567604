#include "cli/terminal.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <limits>

#include <sys/ioctl.h>
#include <unistd.h>

#include "core/utf8.h"

namespace quanta::cli {
namespace {

constexpr std::size_t kNarrowest = 40;

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool in_any(const std::array<Range, N>& ranges, char32_t c) {
  return std::ranges::any_of(ranges, [&](Range r) { return c >= r.first && c <= r.last; });
}

// The blocks of Unicode's EastAsianWidth "W" and "F" that names are written in, and emoji.
constexpr std::array kWide = {
    Range{0x1100, 0x115f},   Range{0x2e80, 0x303e},   Range{0x3041, 0xa4cf},
    Range{0xa960, 0xa97f},   Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},
    Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},
    Range{0x1f300, 0x1f64f}, Range{0x1f680, 0x1f6ff}, Range{0x1f900, 0x1f9ff},
    Range{0x20000, 0x3fffd}};
constexpr std::array kZeroWidth = {
    Range{0x0300, 0x036f}, Range{0x1ab0, 0x1aff}, Range{0x1dc0, 0x1dff}, Range{0x200b, 0x200d},
    Range{0x20d0, 0x20ff}, Range{0xfe00, 0xfe0f}, Range{0xfe20, 0xfe2f}};
// Control characters, and marks that turn the direction of what follows.
constexpr std::array kHarmful = {
    Range{0x00, 0x1f},     Range{0x7f, 0x9f},     Range{0x061c, 0x061c}, Range{0x200e, 0x200f},
    Range{0x2028, 0x202e}, Range{0x2066, 0x2069}, Range{0xfeff, 0xfeff}};

bool says_utf8(std::string locale) {
  std::ranges::transform(locale, locale.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
}

std::string locale_of(const Environment& environment) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const auto value = environment(name);
    if (value && !value->empty()) return *value;
  }
  return {};
}

Terminal terminal_of(int descriptor) {
  const bool is_terminal = isatty(descriptor) == 1;
  winsize size{};
  const bool known = is_terminal && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return terminal_for(is_terminal, known ? size.ws_col : 0,
                      [](const char* name) -> std::optional<std::string> {
                        const char* value = std::getenv(name);
                        if (value == nullptr) return std::nullopt;
                        return value;
                      });
}

void trim_right(std::string& line) { line.erase(line.find_last_not_of(' ') + 1); }

}  // namespace

Terminal terminal_for(bool is_terminal, std::size_t columns, const Environment& environment) {
  const std::string term = environment("TERM").value_or("");
  const bool dumb = term == "dumb";
  Terminal terminal;
  terminal.unicode = !dumb && says_utf8(locale_of(environment));
  terminal.colour =
      is_terminal && !dumb && !term.empty() && environment("NO_COLOR").value_or("").empty();
  if (columns > 0) terminal.width = std::max(columns, kNarrowest);
  return terminal;
}

Terminal standard_output() { return terminal_of(STDOUT_FILENO); }
Terminal standard_error() { return terminal_of(STDERR_FILENO); }

std::string styled(const Terminal& terminal, Style style, std::string_view text) {
  if (!terminal.colour || style == Style::kPlain || text.empty()) return std::string(text);
  const char* code = "0";
  switch (style) {
    case Style::kPlain:
      break;
    case Style::kBold:
      code = "1";
      break;
    case Style::kDim:
      code = "2";
      break;
    case Style::kGood:
      code = "32";
      break;
    case Style::kBad:
      code = "31";
      break;
    case Style::kAccent:
      code = "36";
      break;
  }
  return std::string("\x1b[") + code + "m" + std::string(text) + "\x1b[0m";
}

std::string printable(const Terminal& terminal, std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint c = code_point_at(text, i);
    const bool shown =
        c.valid && !in_any(kHarmful, c.value) && (terminal.unicode || c.value < 0x80);
    if (shown) {
      out += text.substr(i, c.length);
    } else {
      out += '?';
    }
    i += c.length;
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint c = code_point_at(text, i);
    if (!in_any(kZeroWidth, c.value)) width += in_any(kWide, c.value) ? 2 : 1;
    i += c.length;
  }
  return width;
}

void Table::add(std::vector<Cell> cells) {
  cells.resize(columns_.size(), Cell(""));
  rows_.push_back(std::move(cells));
}

std::string Table::to_text(const Terminal& terminal, std::size_t indent) const {
  std::vector<std::vector<Cell>> lines;
  lines.reserve(rows_.size() + 1);
  std::vector<Cell>& head = lines.emplace_back();
  for (const Column& column : columns_) head.emplace_back(column.title, Style::kDim);
  lines.insert(lines.end(), rows_.begin(), rows_.end());

  std::vector<std::size_t> widths(columns_.size(), 0);
  for (auto& line : lines) {
    for (std::size_t j = 0; j < line.size(); ++j) {
      line[j].text = printable(terminal, line[j].text);
      widths[j] = std::max(widths[j], display_width(line[j].text));
    }
  }

  std::string out;
  for (const auto& line : lines) {
    std::string text(indent, ' ');
    for (std::size_t j = 0; j < line.size(); ++j) {
      const std::string padding(widths[j] - display_width(line[j].text), ' ');
      if (j > 0) text += "  ";
      if (columns_[j].align == Align::kRight) text += padding;
      text += styled(terminal, line[j].style, line[j].text);
      if (columns_[j].align == Align::kLeft) text += padding;
    }
    trim_right(text);
    out += text + "\n";
  }
  return out;
}

std::string sparkline(const Terminal& terminal, std::span<const double> values, std::size_t width) {
  static constexpr std::array<const char*, 8> kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  static constexpr std::array<const char*, 8> kAscii = {"_", ".", ",", "-", "=", "+", "*", "#"};
  const auto& levels = terminal.unicode ? kBlocks : kAscii;

  const std::size_t n = std::min(values.size(), width);
  std::vector<double> columns(n);
  for (std::size_t c = 0; c < n; ++c) {
    const std::size_t begin = c * values.size() / n;
    const std::size_t end = (c + 1) * values.size() / n;
    double sum = 0.0;
    for (std::size_t i = begin; i < end; ++i) sum += values[i];
    columns[c] = sum / static_cast<double>(end - begin);
  }
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double x : columns) {
    if (!std::isfinite(x)) continue;
    low = std::min(low, x);
    high = std::max(high, x);
  }

  std::string out;
  for (const double x : columns) {
    if (!std::isfinite(x)) {
      out += ' ';
      continue;
    }
    // A constant series is a line in the middle: it is neither low nor high. Halves, so that a
    // range near the largest double does not overflow.
    const double range = high / 2 - low / 2;
    const double position = range > 0.0 ? (x / 2 - low / 2) / range : 0.5;
    const auto level = static_cast<std::size_t>(position * 8.0);
    out += levels[std::min<std::size_t>(level, 7)];
  }
  return out;
}

std::string bar(const Terminal& terminal, double fraction, std::size_t width) {
  if (!(fraction > 0.0)) return {};
  const double length = std::min(fraction, 1.0) * static_cast<double>(width);
  std::string out;
  if (!terminal.unicode) {
    const auto whole = static_cast<std::size_t>(std::lround(length));
    return std::string(std::max<std::size_t>(whole, 1), '#');
  }
  static constexpr std::array<const char*, 8> kEighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths =
      std::max<std::size_t>(static_cast<std::size_t>(std::lround(length * 8.0)), 1);
  for (std::size_t i = 0; i < eighths / 8; ++i) out += "█";
  return out + kEighths[eighths % 8];
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::string line;
  std::size_t used = 0;
  const auto flush = [&] {
    if (!line.empty()) out += std::string(indent, ' ') + line + "\n";
    line.clear();
    used = 0;
  };
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t blank = std::min(text.find(' ', begin), text.size());
    const std::string_view word = text.substr(begin, blank - begin);
    begin = blank + 1;
    if (word.empty()) continue;
    const std::size_t needed = display_width(word) + (line.empty() ? 0 : 1);
    if (!line.empty() && indent + used + needed > width) flush();
    if (!line.empty()) line += ' ';
    used += display_width(word) + (line.empty() ? 0 : 1);
    line += word;
  }
  flush();
  return out;
}

}  // namespace quanta::cli
