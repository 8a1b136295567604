/// Text for people: aligned tables, small charts and colours that fit the terminal at hand.
///
///   const Terminal terminal = standard_output();
///   Table table({{"asset", Align::kLeft}, {"weight", Align::kRight}});
///   table.add({"AAPL", "22.3 %"});
///   fmt::print("{}{}\n", table.to_text(terminal), sparkline(terminal, prices, 40));
///
/// Everything returns text and prints nothing. Names that come from a file go through
/// `printable`, so that an asset called "\x1b[2J" cannot clear the screen.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quanta::cli {

/// What the receiver of the text can show.
struct Terminal {
  bool unicode = false;  ///< UTF-8 box and block characters, else ASCII
  bool colour = false;   ///< ANSI colours and weights
  std::size_t width = 80;
};

/// The value of an environment variable, or nothing.
using Environment = std::function<std::optional<std::string>(const char* name)>;

/// unicode  the locale is UTF-8 (LC_ALL, else LC_CTYPE, else LANG) and TERM is not "dumb".
/// colour   the receiver is a terminal, NO_COLOR is unset or empty, TERM is set and not "dumb".
/// width    `columns` where it is known, else 80; at least 40.
Terminal terminal_for(bool is_terminal, std::size_t columns, const Environment& environment);

/// The process's own standard output and standard error: terminal_for their descriptors, with the
/// width that the terminal reports.
Terminal standard_output();
Terminal standard_error();

enum class Style { kPlain, kBold, kDim, kGood, kBad, kAccent };

/// `text` in that style, or as it is where there are no colours.
std::string styled(const Terminal& terminal, Style style, std::string_view text);

/// `text` without control characters, bidirectional marks and invalid UTF-8 (each becomes "?"),
/// and without anything beyond ASCII where the terminal has none.
std::string printable(const Terminal& terminal, std::string_view text);

/// Columns that `text` takes: 0 for combining marks, 2 for wide East Asian characters and emoji.
/// The text must hold no escape sequences.
std::size_t display_width(std::string_view text);

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kRight;
};

struct Cell {
  std::string text;
  Style style = Style::kPlain;
  Cell(std::string value, Style cell_style = Style::kPlain)  // NOLINT: a cell is mostly its text
      : text(std::move(value)), style(cell_style) {}
  Cell(const char* value) : text(value) {}  // NOLINT
};

/// Columns two blanks apart under a dim heading. Cells are made printable; the last column may
/// hold a chart. A row shorter than the columns is filled with empty cells.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<Cell> cells);
  /// Each line starts with `indent` blanks and ends in a newline, without trailing blanks.
  std::string to_text(const Terminal& terminal, std::size_t indent = 2) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// `values` as at most `width` block characters, lowest ▁ to highest █ (ASCII: _ to #). More values
/// than columns are averaged in equal groups; a value that is not finite is a blank.
std::string sparkline(const Terminal& terminal, std::span<const double> values, std::size_t width);

/// A horizontal bar of fraction x `width` columns, in eighths of a column (ASCII: whole ones).
/// The fraction is cut to [0, 1]; above zero at least a sliver shows. Not padded.
std::string bar(const Terminal& terminal, double fraction, std::size_t width);

/// `text` in lines of at most `width` columns, each after `indent` blanks and ending in a newline.
/// Breaks at blanks; a longer word stands alone.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent = 2);

}  // namespace quanta::cli
