#include "market/bars/price_file.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/enum_text.h"
#include "market/bars/cell.h"

namespace quanta::market {
namespace {

Result<PriceTable> parse(std::string_view text, std::optional<PriceFormat> format = {}) {
  return parse_price_file(text, {.name = "p.csv", .format = format}, {});
}

std::string error_of(std::string_view text, std::optional<PriceFormat> format = {}) {
  const auto table = parse(text, format);
  return table ? "no error" : to_text(table.error());
}

// --- cells -------------------------------------------------------------------------------------

TEST(Cell, ReadsNumbersAsTheStandardLibraryDoes) {
  for (const char* text :
       {"0", "1", "-1", "0.1", "27.5", "1234567.890123", "0.30000000000000004", "1e300", "1E-5",
        "9007199254740993", "123456789012345678", "1234567890123456789012", ".5", "5.", "-0.0",
        "0.000000000000000000001", "2.2250738585072014e-308", "179.76931348623157"}) {
    double got = 0;
    ASSERT_EQ(read_number(text, got), CellKind::kNumber) << text;
    EXPECT_EQ(std::bit_cast<std::uint64_t>(got),
              std::bit_cast<std::uint64_t>(std::strtod(text, nullptr)))
        << text;
  }
}

TEST(Cell, TellsMissingTextAndInfiniteApart) {
  struct Case {
    const char* text;
    CellKind kind;
  };
  for (const Case& c : std::initializer_list<Case>{{"", CellKind::kMissing},
                                                   {"  ", CellKind::kMissing},
                                                   {"NA", CellKind::kMissing},
                                                   {"n/a", CellKind::kMissing},
                                                   {"NaN", CellKind::kMissing},
                                                   {"null", CellKind::kMissing},
                                                   {"None", CellKind::kMissing},
                                                   {"-", CellKind::kMissing},
                                                   {"x", CellKind::kText},
                                                   {"1.2.3", CellKind::kText},
                                                   {"1,2", CellKind::kText},
                                                   {"--1", CellKind::kText},
                                                   {"+-1", CellKind::kText},
                                                   {"+", CellKind::kText},
                                                   {".", CellKind::kText},
                                                   {"-.", CellKind::kText},
                                                   {"0x10", CellKind::kText},
                                                   {"1e", CellKind::kText},
                                                   {"-nan", CellKind::kText},
                                                   {"nan(1)", CellKind::kText},
                                                   {"$5", CellKind::kText},
                                                   {"inf", CellKind::kInfinite},
                                                   {"-Infinity", CellKind::kInfinite},
                                                   {"1e400", CellKind::kTooLarge},
                                                   {" 12 ", CellKind::kNumber},
                                                   {"+12", CellKind::kNumber}}) {
    double value = 0;
    EXPECT_EQ(read_number(c.text, value), c.kind) << '"' << c.text << '"';
    if (c.kind == CellKind::kMissing) {
      EXPECT_TRUE(std::isnan(value));
    }
  }
}

RC_GTEST_PROP(Cell, ReadsBackEveryDoubleBitForBit, (std::uint64_t bits)) {
  const double x = std::bit_cast<double>(bits);
  if (!std::isfinite(x)) return;
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, x).ptr;
  double got = 0;
  RC_ASSERT(read_number(std::string_view(text, end), got) == CellKind::kNumber);
  RC_ASSERT(std::bit_cast<std::uint64_t>(got) == bits);
}

RC_GTEST_PROP(Cell, ReadsShortDecimalsCorrectlyRounded, ()) {
  const auto digits = *rc::gen::inRange<std::int64_t>(-9'999'999'999'999, 9'999'999'999'999);
  const auto decimals = *rc::gen::inRange(0, 12);
  std::string text = std::to_string(std::abs(digits));
  if (text.size() <= static_cast<std::size_t>(decimals)) {
    text.insert(0, static_cast<std::size_t>(decimals) + 1 - text.size(), '0');
  }
  if (decimals > 0) text.insert(text.size() - static_cast<std::size_t>(decimals), ".");
  if (digits < 0) text.insert(0, "-");
  double got = 0;
  RC_ASSERT(read_number(text, got) == CellKind::kNumber);
  RC_ASSERT(got == std::strtod(text.c_str(), nullptr));
}

TEST(Cell, ReadsTimes) {
  const auto iso = [](std::string_view text) {
    const auto time = read_iso_time(text);
    return time ? to_text(*time) : "none";
  };
  EXPECT_EQ(iso("2024-02-29"), "2024-02-29T00:00:00Z");
  EXPECT_EQ(iso("20240229"), "2024-02-29T00:00:00Z");
  EXPECT_EQ(iso(" 2024-02-29 "), "2024-02-29T00:00:00Z");
  EXPECT_EQ(iso("2024-02-29T13:30"), "2024-02-29T13:30:00Z");
  EXPECT_EQ(iso("2013-01-01 22:00:00.295000+00:00"), "2013-01-01T22:00:00.295Z");
  EXPECT_EQ(iso("2024-01-02T00:00:00-05:00"), "2024-01-02T05:00:00Z");
  for (const char* text : {"2023-02-29", "2024-13-01", "2024-00-01", "2024-01-32", "0000-01-01",
                           "2024/01/02", "01-02-2024", "1700000000", "2024-1-2", "2024-01-0x",
                           "20240230", "", "2024-01-02T25:00:00Z", "2024-01-02T"}) {
    EXPECT_EQ(iso(text), "none") << text;
  }
  const auto named = [](std::string_view text) {
    const auto time = read_month_name_date(text);
    return time ? to_text(date_of(*time)) : "none";
  };
  EXPECT_EQ(named("Jan 1 2000"), "2000-01-01");
  EXPECT_EQ(named("dec 31, 1999"), "1999-12-31");
  for (const char* text : {"Jan 32 2000", "Foo 1 2000", "Jan 1 20", "Jan  2000", "1 Jan 2000",
                           "Jan 123 2000", "Feb 30 2000", "Jan 1 2000x", "Jan 1,22000"}) {
    EXPECT_EQ(named(text), "none") << text;
  }
}

// --- formats -----------------------------------------------------------------------------------

TEST(PriceFile, TellsTheFormatFromTheHeader) {
  struct Case {
    const char* text;
    PriceFormat format;
    std::vector<std::string> columns;
  };
  const Case cases[] = {
      {"Date,AAPL,MSFT\n2024-01-02,1,2\n", PriceFormat::kWide, {"AAPL", "MSFT"}},
      {"AAPL,TIMESTAMP,MSFT\n1,2024-01-02,2\n", PriceFormat::kWide, {"AAPL", "MSFT"}},
      {",AAPL,MSFT\n2024-01-02,1,2\n", PriceFormat::kWide, {"AAPL", "MSFT"}},
      {"symbol,date,price\nMSFT,Jan 1 2000,39.81\n", PriceFormat::kLong, {"price"}},
      {"Close,Ticker,Date\n1,MSFT,2024-01-02\n", PriceFormat::kLong, {"price"}},
      {"time,open,high,low,close\n2024-01-02,1,2,1,2\n",
       PriceFormat::kOhlcv,
       {"open", "high", "low", "close"}},
      {"Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-02,1,2,1,2,2,0\n",
       PriceFormat::kOhlcv,
       {"open", "high", "low", "close", "adj_close", "volume"}},
      {"Volume,Low,High,Open,Close,Date,adjclose\n9,1,3,1,2,2024-01-02,5\n",
       PriceFormat::kOhlcv,
       {"volume", "low", "high", "open", "close", "adj_close"}},
      {"time,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close\n"
       "2024-01-02,1,1,1,1,2,2,2,2\n",
       PriceFormat::kQuotes,
       {"bid_open", "bid_high", "bid_low", "bid_close", "ask_open", "ask_high", "ask_low",
        "ask_close"}},
      {"timestamp,bid,ask\n2024-01-02 10:00:00,1,2\n", PriceFormat::kTicks, {"bid", "ask"}},
      {"time,price\n2024-01-02,1\n", PriceFormat::kSingle, {"price"}},
      {"date;SPY\n2024-01-02;1.5\n", PriceFormat::kSingle, {"SPY"}},
  };
  for (const Case& c : cases) {
    const auto table = parse(c.text);
    ASSERT_TRUE(table) << c.text << to_text(table.error());
    EXPECT_EQ(table->format, c.format) << c.text;
    EXPECT_EQ(table->columns, c.columns) << c.text;
    EXPECT_EQ(table->n_rows(), 1U);
    EXPECT_EQ(table->n_rejected, 0U);
  }
}

TEST(PriceFile, KeepsTheFilesOrderLinesAndColumns) {
  const auto table = parse("B,date,A\n1,2024-01-03,2\n\n3,2024-01-02,\n");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->lines, (std::vector<std::size_t>{2, 4}));
  EXPECT_EQ(table->column_numbers, (std::vector<std::size_t>{1, 3}));
  EXPECT_EQ(to_text(date_of(table->times[0])), "2024-01-03");
  EXPECT_EQ(table->values(0, 1), 2);
  EXPECT_EQ(table->values(1, 0), 3);
  EXPECT_TRUE(std::isnan(table->values(1, 1)));
  EXPECT_EQ(table->time_column, "date");
  EXPECT_EQ(table->column("A"), 1U);
  EXPECT_EQ(table->column("C"), std::nullopt);
}

TEST(PriceFile, GroupsLongRowsBySymbol) {
  const auto table = parse(
      "symbol,date,price\nMSFT,Jan 1 2000,39.81\nAMZN,2000-01-01,64.56\nMSFT,Feb 1 2000,36\n");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->symbols, (std::vector<std::string>{"MSFT", "AMZN"}));
  EXPECT_EQ(table->symbol_of_row, (std::vector<std::uint32_t>{0, 1, 0}));
  EXPECT_EQ(table->converted_times, 2U);
  EXPECT_FALSE(table->has_time_of_day);
}

TEST(PriceFile, NamesEveryRejectedRow) {
  const auto table = parse(
      "date,A,B\n"
      "2024-01-01,1,2\n"
      "2024-01-02,1\n"
      "2024-01-03,1,2,3\n"
      "2024-01-04,1,x\n"
      "2024-13-05,1,2\n"
      "2024-01-06,inf,2\n"
      "2024-01-07,1e999,2\n"
      ",1,2\n"
      "2024-01-08,\"1\"x,2\n"
      "2024-01-09,\"1,234\",2\n"
      "2024-01-10,1,2\n");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->n_rows_seen, 11U);
  EXPECT_EQ(table->n_rows(), 2U);
  EXPECT_EQ(table->n_rejected, 9U);
  std::vector<std::string> texts;
  for (const RejectedRow& row : table->rejected) texts.push_back(to_text(row));
  EXPECT_EQ(texts,
            (std::vector<std::string>{
                "line 3: 2 cells where the header has 3", "line 4: 4 cells where the header has 3",
                "line 5, column B: \"x\" is not a number",
                "line 6, column date: \"2024-13-05\" is not a time; write it as 2024-02-29 or "
                "2024-02-29T13:30:00Z",
                "line 7, column A: \"inf\" is infinite",
                "line 8, column A: \"1e999\" is beyond what a number can hold",
                "line 9, column date: no time",
                "line 10, column A: \"1\" is followed by more text after its closing quote",
                "line 11, column A: \"1,234\" is not a number; write decimals with a point, "
                "thousands without a comma"}));
}

TEST(PriceFile, CountsRejectedRowsBeyondTheListItKeeps) {
  std::string text = "date,A\n2024-01-01,1\n";
  for (std::size_t i = 0; i < kMaxRejectedRows + 500; ++i) text += "2024-01-02,x\n";
  const auto table = parse(text);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->n_rejected, kMaxRejectedRows + 500);
  EXPECT_EQ(table->rejected.size(), kMaxRejectedRows);
}

TEST(PriceFile, SaysWhatIsWrongWithTheFile) {
  struct Case {
    const char* text;
    const char* message;  ///< a part of it
  };
  const Case cases[] = {
      {"\n\n", "p.csv: nothing but blank lines"},
      {"date\n2024-01-01\n", "p.csv:1: one column (\"date\")"},
      {"date,A\n", "p.csv: a header with 2 columns but no rows below it"},
      {"date,A\rx,1\r", "no rows below it (line ends are expected to be LF or CRLF)"},
      {"2024-01-01,1\n2024-01-02,2\n", "p.csv:1: no header: the first line begins with"},
      {"1,2\n3,4\n", "p.csv:1: no header"},
      {"day,A\n2024-01-01,1\n", "p.csv:1: no time column: the header has day, A; call it date"},
      {"date,time,A\n1,2,3\n", "p.csv:1: 2 time columns"},
      {"date,A,\n2024-01-01,1,\n", "p.csv:1:3: column 3 of the header has no name"},
      {"date,A,A\n2024-01-01,1,2\n", "p.csv:1:3: column 3 is called A as column 2 is"},
      {"date,Open,OPEN,high,low,close\n2024-01-01,1,1,1,1,1\n", "two columns are called open"},
      {"date,\"A\"x\n2024-01-01,1\n", "p.csv:1:2: the header has text after a closing quote"},
      {"date,A\n2024-01-01,\"1\n2024-01-02,1\n", "p.csv:2:12: a quote that opens here"},
      {"date,A\nx,1\ny,2\n",
       "p.csv:2: none of the 2 rows can be read; the first: line 2, column "
       "date: \"x\" is not a time"},
      {"symbol,date,open,high,low,close\nA,2024-01-01,1,1,1,1\n", "an OHLCV file holds one symbol"},
  };
  for (const Case& c : cases) {
    EXPECT_NE(error_of(c.text).find(c.message), std::string::npos)
        << c.text << "\ngave: " << error_of(c.text) << "\nnot:  " << c.message;
  }
}

TEST(PriceFile, HoldsToTheFormatAskedFor) {
  EXPECT_NE(error_of("date,A\n2024-01-01,1\n", PriceFormat::kOhlcv).find("read as ohlcv"),
            std::string::npos);
  EXPECT_NE(error_of("date,A,B\n2024-01-01,1,2\n", PriceFormat::kSingle).find("read as single"),
            std::string::npos);
  EXPECT_NE(error_of("date,A\n2024-01-01,1\n", PriceFormat::kLong).find("symbol"),
            std::string::npos);
  EXPECT_NE(error_of("date,A\n2024-01-01,1\n", PriceFormat::kQuotes).find("bid_open"),
            std::string::npos);
  EXPECT_NE(error_of("date,A\n2024-01-01,1\n", PriceFormat::kTicks).find("bid and ask"),
            std::string::npos);
  const auto wide = parse("date,open,high,low,close\n2024-01-01,1,2,1,2\n", PriceFormat::kWide);
  ASSERT_TRUE(wide);
  EXPECT_EQ(wide->format, PriceFormat::kWide);
}

TEST(PriceFile, ListsColumnsItDoesNotUse) {
  const auto table = parse("date,open,high,low,close,dividends\n2024-01-01,1,2,1,2,none at all\n");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->ignored_columns, (std::vector<std::string>{"dividends"}));
  EXPECT_EQ(table->n_rejected, 0U);
}

TEST(PriceFile, ShowsOtherEncodingsAsUtf8) {
  const auto table = parse(
      "date,M\xfcnchen,R\u00e9al\n2024-01-02,1,2\n2024-01-03,\xe9,2\n2024-01-04,"
      "aaaaaaaaaabbbbbbbbbbccccccccccddddddddd\u00e9x,2\n");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->columns, (std::vector<std::string>{"M\uFFFDnchen", "R\u00e9al"}));
  EXPECT_EQ(table->rejected[0].value, "\uFFFD");
  EXPECT_EQ(table->rejected[1].value, "aaaaaaaaaabbbbbbbbbbccccccccccddddddddd…");
}

TEST(PriceFile, StaysFailedAfterAnError) {
  PriceFileParser parser({.name = "p.csv"}, {});
  const std::string text = "day,A\n" + std::string(300'000, '\n');
  ASSERT_FALSE(parser.feed(text));
  EXPECT_FALSE(parser.feed("date,A\n"));
  EXPECT_FALSE(parser.finish());
}

// --- properties --------------------------------------------------------------------------------

std::string print(const PriceTable& table) {
  std::string text = "date";
  for (const auto& name : table.columns) text += "," + name;
  for (std::size_t t = 0; t < table.n_rows(); ++t) {
    text += "\n" + to_text(date_of(table.times[t]));
    for (const double x : table.values.row(t)) text += std::isnan(x) ? "," : fmt::format(",{}", x);
  }
  return text + "\n";
}

bool same(const PriceTable& a, const PriceTable& b) {
  if (a.columns != b.columns || a.times != b.times || a.lines != b.lines) return false;
  if (a.n_rejected != b.n_rejected || a.n_rows_seen != b.n_rows_seen) return false;
  for (std::size_t i = 0; i < a.values.values().size(); ++i) {
    const double x = a.values.values()[i];
    const double y = b.values.values()[i];
    if (!(x == y || (std::isnan(x) && std::isnan(y)))) return false;
  }
  return a.values.rows() == b.values.rows();
}

RC_GTEST_PROP(PriceFile, ReadsBackWhatIsPrinted, ()) {
  PriceTable table;
  const auto n_columns = *rc::gen::inRange<std::size_t>(1, 6);
  const auto n_rows = *rc::gen::inRange<std::size_t>(1, 20);
  for (std::size_t j = 0; j < n_columns; ++j) table.columns.push_back(fmt::format("A{}", j));
  std::vector<double> values;
  for (std::size_t t = 0; t < n_rows; ++t) {
    table.times.push_back(start_of(Date{*rc::gen::inRange(-30'000, 30'000)}));
    table.lines.push_back(t + 2);
    for (std::size_t j = 0; j < n_columns; ++j) {
      const auto bits = *rc::gen::arbitrary<std::uint64_t>();
      const double x = std::bit_cast<double>(bits);
      values.push_back(std::isfinite(x) ? x : std::nan(""));
    }
  }
  table.n_rows_seen = n_rows;
  table.values = Matrix(n_rows, n_columns, std::move(values));
  const auto got = parse(print(table));
  RC_ASSERT(got.has_value());
  RC_ASSERT(same(*got, table));
}

TEST(PriceFile, DoesNotDependOnBlocksHintsOrInstructionSet) {
  std::string text =
      "\xef\xbb\xbf"
      "Date,AAPL,\"MSFT, Inc.\",GE\r\n";
  for (int i = 0; text.size() < 400'000; ++i) {
    text += to_text(Date{10'000 + i}) + fmt::format(",{:.2f},\"{}\",{}\r\n", 100 + 0.01 * (i % 977),
                                                    i * 0.5, i % 11 == 0 ? "" : std::to_string(i));
  }
  const auto whole = parse(text);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->n_rejected, 0U);
  for (const auto set : {InstructionSet::kScalar, InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (set > best_instruction_set()) continue;
    for (const std::size_t step : {1UL, 1000UL, 131'072UL, text.size()}) {
      for (const std::uint64_t hint : {std::uint64_t{0}, std::uint64_t{1'000}, text.size() * 2}) {
        PriceFileParser parser({.name = "p.csv", .size_hint = hint}, {.instruction_set = set});
        for (std::size_t at = 0; at < text.size(); at += step) {
          ASSERT_TRUE(parser.feed(std::string_view(text).substr(at, step)));
        }
        const auto got = parser.finish();
        ASSERT_TRUE(got);
        EXPECT_TRUE(same(*got, *whole))
            << quanta::to_text(set) << " step " << step << " hint " << hint;
      }
    }
  }
}

}  // namespace
}  // namespace quanta::market
