/// Price files: CSV text in blocks of bytes in, a table of numbers with its times out. No files are
/// opened here (platform/file does that), so the same parser reads a disk, a pipe or a request.
///
///   PriceFileParser parser({.name = "prices.csv"}, execution);
///   while (…) QUANTA_CHECK(parser.feed(block));     // blocks of any size, cut anywhere
///   QUANTA_TRY(PriceTable table, parser.finish());
///
/// What is read (RFC 4180: commas, "…" with "" for a quote inside, CRLF or LF, with or without a
/// byte order mark; semicolons, tabs and bars as separators are told apart by the header):
///   wide    a time column and one column per asset
///   long    symbol, date, price
///   ohlcv   time, open, high, low, close [, volume] [, adj_close]
///   quotes  time, bid_open … bid_close, ask_open … ask_close
///   ticks   time, bid, ask
///   single  time and one column
/// Names in any case and order; the time column is called date, time, timestamp or datetime. Times
/// are ISO 8601, or `Mon D YYYY` (counted in `converted_times`). Missing cells are empty or one of
/// NA, N/A, NaN, null, none, - (any case).
///
/// A row that cannot be read is left out and named in `rejected`: wrong number of cells, a time or
/// number that is none, an infinite number. Errors (kBadInput with place): no header, no time
/// column, a format that cannot be told, two columns of one name, an unclosed quote, no row at all.
///
/// Memory: 8 bytes a cell and 16 a row for the table, and one block; nothing twice where the size
/// is known or can be guessed (options.size_hint, expect). Without it the table moves as it grows,
/// and for a moment takes up to three times its size. Floor: one read of the bytes. Measured
/// figures are in price_file_bench.cc.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "core/date.h"
#include "core/describe.h"
#include "core/execution.h"
#include "core/matrix.h"
#include "core/result.h"

namespace quanta::market {

enum class PriceFormat { kWide, kLong, kOhlcv, kQuotes, kTicks, kSingle };

constexpr auto enum_names(PriceFormat) {
  using enum PriceFormat;
  using namespace std::string_view_literals;
  return std::array{std::pair{kWide, "wide"sv},   std::pair{kLong, "long"sv},
                    std::pair{kOhlcv, "ohlcv"sv}, std::pair{kQuotes, "quotes"sv},
                    std::pair{kTicks, "ticks"sv}, std::pair{kSingle, "single"sv}};
}

/// A row that was left out.
struct RejectedRow {
  std::size_t line = 0;  ///< where the row begins, from 1
  std::string column;    ///< the column's name; empty where the row as a whole is at fault
  std::string value;     ///< as it stands, at most 40 characters
  std::string reason;    ///< "not a number", "7 cells where the header has 8"

  static constexpr auto describe() {
    return std::tuple{
        field("line", &RejectedRow::line, "where the row begins, from 1"),
        field("column", &RejectedRow::column, "empty where the row as a whole is at fault"),
        field("value", &RejectedRow::value, "as it stands in the file, cut after 40 characters"),
        field("reason", &RejectedRow::reason, "why the row was left out")};
  }
};

/// "line 41, column MSFT: "x1.2" is not a number"
std::string to_text(const RejectedRow& row);

/// At most this many rejected rows are kept (some 20 MB); all are counted.
constexpr std::size_t kMaxRejectedRows = 100'000;

/// A table as it stands in the file, in the file's order, nothing sorted and nothing repaired.
struct PriceTable {
  PriceFormat format = PriceFormat::kWide;
  std::string time_column;           ///< its name in the file
  std::vector<std::string> columns;  ///< of `values`: asset names as in the file (wide, single), or
                                     ///< open high low close volume adj_close, bid_open …, bid ask,
                                     ///< price (long)
  std::vector<std::size_t> column_numbers;   ///< of each of `columns` in the file, from 1
  std::vector<Timestamp> times;              ///< n_rows
  Matrix values;                             ///< n_rows x n_columns, NaN = missing
  std::vector<std::size_t> lines;            ///< n_rows: the line where each begins
  std::vector<std::string> symbols;          ///< long only: in order of first appearance
  std::vector<std::uint32_t> symbol_of_row;  ///< long only

  std::vector<std::string> ignored_columns;  ///< of an OHLCV, quotes or ticks file: not read

  std::size_t n_rows_seen = 0;        ///< rows after the header, rejected ones included
  std::size_t n_rejected = 0;         ///< of them left out
  std::vector<RejectedRow> rejected;  ///< the first kMaxRejectedRows
  std::size_t converted_times = 0;    ///< times written as `Jan 31 2000`
  bool has_time_of_day = false;       ///< any time other than midnight

  std::size_t n_rows() const { return times.size(); }
  std::size_t n_columns() const { return columns.size(); }
  /// The column of that name (as in `columns`), or nothing.
  std::optional<std::size_t> column(std::string_view name) const;
};

struct PriceFileOptions {
  std::string name;                                  ///< of the file, for errors
  std::optional<PriceFormat> format = std::nullopt;  ///< default: told from the header
  std::uint64_t size_hint = 0;                       ///< bytes in all, 0 = unknown: see expect
};

class PriceFileParser {
 public:
  PriceFileParser(PriceFileOptions options, const Execution& execution);
  ~PriceFileParser();
  PriceFileParser(PriceFileParser&&) noexcept;
  PriceFileParser& operator=(PriceFileParser&&) noexcept;

  /// A better guess of the bytes in all, those fed already included (0 = unknown). From the first
  /// few MiB and this, room is made for the whole table, so that it need not move as it grows.
  void expect(std::uint64_t n_bytes_in_all);

  /// The next bytes. After an error the parser stays failed.
  Result<void> feed(std::string_view block);

  /// The table; the parser is empty afterwards.
  Result<PriceTable> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The whole text at once.
Result<PriceTable> parse_price_file(std::string_view text, PriceFileOptions options,
                                    const Execution& execution);

}  // namespace quanta::market
