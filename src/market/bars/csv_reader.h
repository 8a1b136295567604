/// CSV (RFC 4180) in blocks of bytes in, rows of cells out.
///
///   CsvReader reader({.name = "groups.csv"}, InstructionSet::kScalar);
///   const CsvReader::Sink sink = [&](const CsvRow& row) -> Result<void> { … row.cells[0] … };
///   QUANTA_CHECK(reader.feed(text, sink));
///   QUANTA_CHECK(reader.finish(sink));
///
/// The rows do not depend on where the blocks are cut. A byte order mark is skipped, CRLF and LF
/// end a row, blank lines are no rows. The separator is the one of , ; tab | that the first line
/// has most of (a comma where it has none). Cells may stand in quotes, with "" for a quote inside
/// and line ends allowed; a quote inside an unquoted cell is an ordinary character.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/instruction_set.h"
#include "core/result.h"

namespace quanta::market {

struct CsvRow {
  std::size_t line = 0;                     ///< where it begins, from 1
  std::span<const std::string_view> cells;  ///< without their quotes, valid during the call
  /// The cell after whose closing quote something other than a separator stands, if there is one.
  std::optional<std::size_t> broken_cell;
};

/// A longer row is an error: most likely a quote was opened and not closed.
constexpr std::size_t kMaxRowBytes = 16 << 20;

class CsvReader {
 public:
  /// Called for each row in turn; an error stops the reading and is passed on.
  using Sink = std::function<Result<void>(const CsvRow&)>;

  CsvReader(std::string name, InstructionSet instruction_set);

  Result<void> feed(std::string_view block, const Sink& sink);

  /// The last row, where no line end closes it. Error: kBadInput with place, a quote that is open.
  Result<void> finish(const Sink& sink);

  /// Known once the first row has been given out.
  char separator() const { return separator_; }

 private:
  Result<void> read_rows(bool is_end, const Sink& sink);
  Result<bool> read_row(std::size_t& next_place, std::size_t n_places, bool is_end,
                        const Sink& sink);
  bool find_separator(bool is_end);
  std::unexpected<Error> open_quote(std::size_t at, std::string_view problem) const;

  std::string name_;
  InstructionSet instruction_set_;
  char separator_ = 0;          ///< 0 = not known yet
  std::string buffer_;          ///< from the first byte that no row given out has used
  std::size_t begin_ = 0;       ///< in buffer_: where the next row begins
  std::size_t attempt_at_ = 0;  ///< size of buffer_ at which the next look for rows is worth it
  bool started_ = false;        ///< the byte order mark is behind us
  std::size_t line_ = 1;        ///< of begin_
  std::vector<std::uint32_t> places_;
  std::vector<std::string_view> cells_;
  std::deque<std::string> unescaped_;  ///< cells of this row that had "" in them
};

}  // namespace quanta::market
