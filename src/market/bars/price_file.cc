#include "market/bars/price_file.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <functional>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/enum_text.h"
#include "core/large_memory.h"
#include "market/bars/cell.h"
#include "market/bars/csv_reader.h"

namespace quanta::market {
namespace {

constexpr std::size_t kShownCharacters = 40;
constexpr std::size_t kMaxColumns = 1'000'000;

/// The length of the UTF-8 character that `text` begins with, 0 where it begins with none.
std::size_t character_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xc2 && lead < 0xe0 ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  }
  return length;
}

/// The text with a replacement character for each byte that is no UTF-8 (another encoding), so that
/// it can stand in messages and JSON.
std::string as_utf8(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    clean += length == 0 ? std::string_view("\uFFFD") : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return clean;
}

std::string shown(std::string_view text) {
  std::size_t end = std::min(text.size(), kShownCharacters);
  // Cut between characters, not inside one.
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
    --end;
  }
  return as_utf8(text.substr(0, end)) + (end < text.size() ? "…" : "");
}

/// Lower case, blanks and hyphens as underscores: "Adj Close" -> "adj_close".
std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : trim_blanks(name)) {
    if (c >= 'A' && c <= 'Z') {
      plain += static_cast<char>(c - 'A' + 'a');
    } else {
      plain += c == ' ' || c == '-' ? '_' : c;
    }
  }
  return plain == "adjclose" || plain == "adjusted_close" ? "adj_close" : plain;
}

bool is_time_name(std::string_view plain) {
  return plain == "date" || plain == "time" || plain == "timestamp" || plain == "datetime";
}
bool is_symbol_name(std::string_view plain) {
  return plain == "symbol" || plain == "ticker" || plain == "asset";
}

constexpr std::array<std::string_view, 6> kOhlcv = {"open",  "high",   "low",
                                                    "close", "volume", "adj_close"};
constexpr std::array<std::string_view, 8> kQuotes = {
    "bid_open", "bid_high", "bid_low", "bid_close", "ask_open", "ask_high", "ask_low", "ask_close"};
constexpr std::array<std::string_view, 2> kTicks = {"bid", "ask"};
constexpr std::array<std::string_view, 4> kLongPrices = {"price", "close", "adj_close", "value"};

bool has_all(const std::vector<std::string>& names, std::span<const std::string_view> wanted) {
  return std::ranges::all_of(
      wanted, [&](auto name) { return std::ranges::find(names, name) != names.end(); });
}

/// What a column of the file is for.
enum class Role : std::uint8_t { kTime, kSymbol, kValue, kIgnored };

struct Header {
  PriceFormat format = PriceFormat::kWide;
  std::vector<std::string> names;  ///< as in the file, blanks trimmed
  std::vector<Role> roles;         ///< of each column of the file
  std::vector<std::string> value_names;
  std::vector<std::size_t> value_index;    ///< of each column of the file: where its value goes
  std::vector<std::size_t> value_columns;  ///< of each value name: its column in the file, from 1
  std::vector<std::string> ignored;
  std::string time_name;
};

struct HashText {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

}  // namespace

std::string to_text(const RejectedRow& row) {
  std::string text = fmt::format("line {}", row.line);
  if (!row.column.empty()) text += fmt::format(", column {}", row.column);
  text += ": ";
  if (!row.value.empty()) text += fmt::format("\"{}\" ", row.value);
  return text + row.reason;
}

std::optional<std::size_t> PriceTable::column(std::string_view name) const {
  const auto found = std::ranges::find(columns, name);
  if (found == columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns.begin());
}

struct PriceFileParser::State {
  State(PriceFileOptions o, InstructionSet instruction_set)
      : options(std::move(o)), reader(options.name, instruction_set) {
    sink = [this](const CsvRow& row) { return header ? take_row(row) : take_header(row); };
  }

  std::unexpected<Error> wrong(std::string message, std::size_t line = 0, std::size_t column = 0) {
    return fail(ErrorKind::kBadInput, std::move(message), {},
                Place{.file = options.name, .line = line, .column = column});
  }

  Result<void> take_header(const CsvRow& row);
  Result<void> choose_format(Header& h, const std::vector<std::string>& plain, std::size_t line);
  Result<void> take_row(const CsvRow& row);
  void reject(const CsvRow& row, std::string_view column, std::string_view value,
              std::string reason);
  void reject_number(const CsvRow& row, std::size_t cell, CellKind kind);
  void reserve_rows();

  PriceFileOptions options;
  CsvReader reader;
  CsvReader::Sink sink;
  std::optional<Header> header;
  PriceTable table;
  std::vector<double> values;
  std::vector<double> row_values;
  std::unordered_map<std::string, std::uint32_t, HashText, std::equal_to<>> symbols;
  std::uint64_t n_bytes = 0;
  bool reserved = false;
  std::optional<Error> failed;
};

Result<void> PriceFileParser::State::take_header(const CsvRow& row) {
  Header h;
  if (row.broken_cell) {
    return wrong("the header has text after a closing quote; put a separator between the cells",
                 row.line, *row.broken_cell + 1);
  }
  if (row.cells.size() > kMaxColumns) {
    return wrong(fmt::format("the header has {} columns; at most {} are read", row.cells.size(),
                             kMaxColumns),
                 row.line);
  }
  std::vector<std::string> plain;
  std::size_t n_numbers = 0;
  for (const std::string_view cell : row.cells) {
    double number = 0;
    n_numbers += read_number(cell, number) == CellKind::kNumber ? 1 : 0;
    h.names.push_back(as_utf8(trim_blanks(cell)));
    plain.push_back(plain_name(cell));
  }
  const std::size_t n = h.names.size();
  if (n == 1) {
    return wrong(
        fmt::format("one column (\"{}\") where a time and at least one price are expected; "
                    "columns are separated by commas",
                    shown(h.names[0])),
        row.line);
  }
  // An index without a name stands first in what pandas writes.
  std::size_t n_times = 0;
  for (const auto& name : plain) n_times += is_time_name(name) ? 1 : 0;
  if (n_times == 0 && plain[0].empty()) {
    plain[0] = "date";
    n_times = 1;
  }
  if (n_times == 0) {
    if (read_iso_time(h.names[0]) || read_month_name_date(h.names[0]) || n_numbers == n) {
      return wrong(fmt::format("no header: the first line begins with \"{}\"; put a line of column "
                               "names above it, such as date,AAPL,MSFT",
                               shown(h.names[0])),
                   row.line);
    }
    std::vector<std::string> few(
        h.names.begin(),
        h.names.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(n, 5)));
    for (auto& name : few) name = shown(name);
    return wrong(fmt::format("no time column: the header has {}{}; call it date, time or timestamp",
                             fmt::join(few, ", "), n > 5 ? ", …" : ""),
                 row.line);
  }
  if (n_times > 1) {
    return wrong(fmt::format("{} time columns; keep one of those called date, time, timestamp or "
                             "datetime",
                             n_times),
                 row.line);
  }
  std::unordered_map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < n; ++i) {
    if (plain[i].empty()) {
      return wrong(
          fmt::format("column {} of the header has no name; name it or take it out", i + 1),
          row.line, i + 1);
    }
    const auto [other, is_new] = seen.emplace(h.names[i], i);
    if (!is_new) {
      return wrong(fmt::format("column {} is called {} as column {} is; every column needs its own "
                               "name",
                               i + 1, shown(h.names[i]), other->second + 1),
                   row.line, i + 1);
    }
    if (is_time_name(plain[i])) h.time_name = h.names[i];
  }
  QUANTA_CHECK(choose_format(h, plain, row.line));
  table.format = h.format;
  table.time_column = h.time_name;
  table.columns = h.value_names;
  table.column_numbers = h.value_columns;
  table.ignored_columns = h.ignored;
  row_values.resize(h.value_names.size());
  header = std::move(h);
  return {};
}

/// Sets the format and the columns' roles.
Result<void> PriceFileParser::State::choose_format(Header& h, const std::vector<std::string>& plain,
                                                   std::size_t line) {
  const std::size_t n = plain.size();
  const bool has_symbol = std::ranges::any_of(plain, is_symbol_name);
  const bool has_price = std::ranges::any_of(
      plain, [](const auto& p) { return std::ranges::find(kLongPrices, p) != kLongPrices.end(); });
  if (options.format) {
    h.format = *options.format;
  } else if (has_symbol && has_price && n == 3) {
    h.format = PriceFormat::kLong;
  } else if (has_all(plain, std::span(kOhlcv).first(4))) {
    h.format = PriceFormat::kOhlcv;
  } else if (has_all(plain, kQuotes)) {
    h.format = PriceFormat::kQuotes;
  } else if (has_all(plain, kTicks)) {
    h.format = PriceFormat::kTicks;
  } else {
    h.format = n == 2 ? PriceFormat::kSingle : PriceFormat::kWide;
  }
  const auto needs = [&](std::string_view what) {
    return wrong(fmt::format("read as {}, this file needs {}; the header has not all of them",
                             quanta::to_text(h.format), what),
                 line);
  };
  std::span<const std::string_view> known;
  switch (h.format) {
    case PriceFormat::kLong:
      if (!has_symbol || !has_price || n != 3)
        return needs("just the columns symbol, date and price");
      break;
    case PriceFormat::kOhlcv:
      if (!has_all(plain, std::span(kOhlcv).first(4))) return needs("open, high, low and close");
      if (has_symbol) {
        return wrong(
            "an OHLCV file holds one symbol; split it by its symbol column, or keep the "
            "columns symbol, date and close (a long file)",
            line);
      }
      known = kOhlcv;
      break;
    case PriceFormat::kQuotes:
      if (!has_all(plain, kQuotes)) return needs("bid_open … bid_close and ask_open … ask_close");
      known = kQuotes;
      break;
    case PriceFormat::kTicks:
      if (!has_all(plain, kTicks)) return needs("bid and ask");
      known = kTicks;
      break;
    case PriceFormat::kSingle:
      if (n != 2) return needs("a time and one column, no more");
      break;
    case PriceFormat::kWide:
      break;
  }
  h.roles.assign(n, Role::kIgnored);
  h.value_index.assign(n, 0);
  for (std::size_t i = 0; i < n; ++i) {
    const auto is_value = [&] {
      return known.empty() || std::ranges::find(known, plain[i]) != known.end();
    };
    if (is_time_name(plain[i])) {
      h.roles[i] = Role::kTime;
    } else if (h.format == PriceFormat::kLong && is_symbol_name(plain[i])) {
      h.roles[i] = Role::kSymbol;
    } else if (is_value()) {
      h.roles[i] = Role::kValue;
      h.value_index[i] = h.value_names.size();
      h.value_columns.push_back(i + 1);
      if (h.format == PriceFormat::kLong) {
        h.value_names.emplace_back("price");
      } else {
        h.value_names.push_back(known.empty() ? h.names[i] : plain[i]);
      }
    } else {
      h.ignored.push_back(h.names[i]);
    }
  }
  // "Open" and "OPEN" are two names in the file, but one column here.
  for (std::size_t i = 0; !known.empty() && i < h.value_names.size(); ++i) {
    const auto rest = std::span(h.value_names).subspan(i + 1);
    if (std::ranges::find(rest, h.value_names[i]) != rest.end()) {
      return wrong(fmt::format("two columns are called {}; keep one", h.value_names[i]), line);
    }
  }
  return {};
}

void PriceFileParser::State::reject(const CsvRow& row, std::string_view column,
                                    std::string_view value, std::string reason) {
  ++table.n_rejected;
  if (table.rejected.size() < kMaxRejectedRows) {
    table.rejected.push_back({.line = row.line,
                              .column = std::string(column),
                              .value = shown(value),
                              .reason = std::move(reason)});
  }
}

void PriceFileParser::State::reject_number(const CsvRow& row, std::size_t cell, CellKind kind) {
  const std::string_view text = row.cells[cell];
  std::string reason = "is not a number";
  if (kind == CellKind::kInfinite) {
    reason = "is infinite";
  } else if (kind == CellKind::kTooLarge) {
    reason = "is beyond what a number can hold";
  } else if (std::ranges::count(text, ',') == 1 && text.find('.') == std::string_view::npos) {
    reason = "is not a number; write decimals with a point, thousands without a comma";
  }
  reject(row, header->names[cell], text, std::move(reason));
}

Result<void> PriceFileParser::State::take_row(const CsvRow& row) {
  const Header& h = *header;
  ++table.n_rows_seen;
  if (row.broken_cell) {
    const std::size_t cell = *row.broken_cell;
    reject(row, cell < h.names.size() ? h.names[cell] : std::string(), row.cells[cell],
           "is followed by more text after its closing quote");
    return {};
  }
  if (row.cells.size() != h.names.size()) {
    reject(row, {}, {},
           fmt::format("{} {} where the header has {}", row.cells.size(),
                       row.cells.size() == 1 ? "cell" : "cells", h.names.size()));
    return {};
  }
  Timestamp time;
  bool converted = false;
  std::string_view symbol;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const std::string_view cell = row.cells[i];
    switch (h.roles[i]) {
      case Role::kValue: {
        const CellKind kind = read_number(cell, row_values[h.value_index[i]]);
        if (kind > CellKind::kMissing) {
          reject_number(row, i, kind);
          return {};
        }
        break;
      }
      case Role::kTime: {
        auto read = read_iso_time(cell);
        if (!read) {
          read = read_month_name_date(cell);
          converted = read.has_value();
        }
        if (!read) {
          reject(row, h.names[i], cell,
                 trim_blanks(cell).empty() ? "no time"
                                           : "is not a time; write it as 2024-02-29 or "
                                             "2024-02-29T13:30:00Z");
          return {};
        }
        time = *read;
        break;
      }
      case Role::kSymbol:
        symbol = trim_blanks(cell);
        if (symbol.empty()) {
          reject(row, h.names[i], cell, "no symbol");
          return {};
        }
        break;
      case Role::kIgnored:
        break;
    }
  }
  if (h.format == PriceFormat::kLong) {
    auto found = symbols.find(symbol);
    if (found == symbols.end()) {
      found = symbols.emplace(symbol, static_cast<std::uint32_t>(table.symbols.size())).first;
      table.symbols.push_back(as_utf8(symbol));
    }
    table.symbol_of_row.push_back(found->second);
  }
  constexpr std::int64_t kDay = 86'400'000'000;
  table.has_time_of_day = table.has_time_of_day || time.microseconds % kDay != 0;
  table.converted_times += converted ? 1 : 0;
  table.times.push_back(time);
  table.lines.push_back(row.line);
  values.insert(values.end(), row_values.begin(), row_values.end());
  return {};
}

/// From the rows so far and the bytes to come, once: a table that grows by moving would for a while
/// take up to three times its size. What is reserved too much is never touched, so takes no memory.
void PriceFileParser::State::reserve_rows() {
  constexpr std::size_t kEnoughRows = 16;
  constexpr std::uint64_t kEnoughBytes = 4 << 20;
  if (reserved || options.size_hint == 0 || n_bytes < kEnoughBytes ||
      table.times.size() < kEnoughRows) {
    return;
  }
  reserved = true;
  if (n_bytes >= options.size_hint) return;
  // At least eight bytes of a row are its time, so the room is bounded by the bytes to come.
  const double rows_per_byte =
      static_cast<double>(table.times.size()) / static_cast<double>(n_bytes);
  const auto n_rows = static_cast<std::size_t>(1.2 * std::min(rows_per_byte, 0.125) *
                                               static_cast<double>(options.size_hint));
  try {
    table.times.reserve(n_rows);
    table.lines.reserve(n_rows);
    if (header->format == PriceFormat::kLong) table.symbol_of_row.reserve(n_rows);
    values.reserve(n_rows * header->value_names.size());
    prefer_large_pages(values.data(), values.capacity() * sizeof(double));
  } catch (const std::exception&) {
    // Only a guess was refused; the table can still grow as its rows come.
  }
}

PriceFileParser::PriceFileParser(PriceFileOptions options, const Execution& execution)
    : state_(std::make_unique<State>(std::move(options), execution.instruction_set)) {}
PriceFileParser::~PriceFileParser() = default;
PriceFileParser::PriceFileParser(PriceFileParser&&) noexcept = default;
PriceFileParser& PriceFileParser::operator=(PriceFileParser&&) noexcept = default;

void PriceFileParser::expect(std::uint64_t n_bytes_in_all) {
  state_->options.size_hint = n_bytes_in_all;
}

Result<void> PriceFileParser::feed(std::string_view block) {
  State& state = *state_;
  if (state.failed) return std::unexpected(*state.failed);
  state.n_bytes += block.size();
  auto fed = state.reader.feed(block, state.sink);
  if (!fed) state.failed = fed.error();
  if (fed) state.reserve_rows();
  return fed;
}

Result<PriceTable> PriceFileParser::finish() {
  State& state = *state_;
  if (state.failed) return std::unexpected(*state.failed);
  if (auto ended = state.reader.finish(state.sink); !ended) {
    state.failed = ended.error();
    return std::unexpected(*state.failed);
  }
  if (!state.header) return state.wrong("nothing but blank lines; a header line is expected");
  PriceTable& table = state.table;
  if (table.n_rows_seen == 0) {
    return state.wrong(fmt::format(
        "a header with {} columns but no rows below it (line ends are expected to be LF "
        "or CRLF)",
        state.header->names.size()));
  }
  if (table.times.empty()) {
    return state.wrong(fmt::format("none of the {} rows can be read; the first: {}",
                                   table.n_rows_seen, to_text(table.rejected.front())),
                       table.rejected.front().line);
  }
  table.values = Matrix(table.times.size(), table.columns.size(), std::move(state.values));
  return std::move(table);
}

Result<PriceTable> parse_price_file(std::string_view text, PriceFileOptions options,
                                    const Execution& execution) {
  options.size_hint = text.size();
  PriceFileParser parser(std::move(options), execution);
  constexpr std::size_t kBlock = 1 << 20;
  for (; !text.empty(); text.remove_prefix(std::min(kBlock, text.size()))) {
    QUANTA_CHECK(parser.feed(text.substr(0, kBlock)));
  }
  return parser.finish();
}

}  // namespace quanta::market
