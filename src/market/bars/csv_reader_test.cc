#include "market/bars/csv_reader.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/enum_text.h"
#include "market/bars/csv_scanner.h"

namespace quanta::market {
namespace {

std::vector<InstructionSet> instruction_sets() {
  std::vector<InstructionSet> sets;
  for (const auto set : {InstructionSet::kScalar, InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (set <= best_instruction_set()) sets.push_back(set);
  }
  return sets;
}

struct Read {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> lines;
  std::vector<std::optional<std::size_t>> broken;
  std::string error;
  friend bool operator==(const Read&, const Read&) = default;
};

/// The rows of `text`, fed in blocks that end at `cuts` (rising).
Read read(std::string_view text, const std::vector<std::size_t>& cuts = {},
          InstructionSet set = InstructionSet::kScalar) {
  Read result;
  const CsvReader::Sink sink = [&](const CsvRow& row) -> Result<void> {
    result.rows.emplace_back(row.cells.begin(), row.cells.end());
    result.lines.push_back(row.line);
    result.broken.push_back(row.broken_cell);
    return {};
  };
  CsvReader reader("t.csv", set);
  std::size_t begin = 0;
  const auto feed = [&](std::size_t end) {
    auto fed = reader.feed(text.substr(begin, end - begin), sink);
    if (!fed && result.error.empty()) result.error = to_text(fed.error());
    begin = end;
  };
  for (const std::size_t cut : cuts) feed(cut);
  feed(text.size());
  if (auto ended = reader.finish(sink); !ended && result.error.empty()) {
    result.error = to_text(ended.error());
  }
  return result;
}

using Rows = std::vector<std::vector<std::string>>;

struct Case {
  const char* about;
  const char* text;
  Rows rows;
};

TEST(CsvReader, ReadsRfc4180AndItsUsualVariants) {
  // The first seven are the examples of RFC 4180, section 2.
  const Case cases[] = {
      {"line end after the last row",
       "aaa,bbb,ccc\nzzz,yyy,xxx\n",
       {{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}}},
      {"no line end after the last row",
       "aaa,bbb,ccc\r\nzzz,yyy,xxx",
       {{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}}},
      {"CRLF", "aaa,bbb\r\nzzz,yyy\r\n", {{"aaa", "bbb"}, {"zzz", "yyy"}}},
      {"blanks belong to the cell", " a , b\n", {{" a ", " b"}}},
      {"quoted",
       "\"aaa\",\"bbb\",\"ccc\"\r\nzzz,yyy,xxx\r\n",
       {{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}}},
      {"line end inside quotes",
       "\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz,yyy,xxx\r\n",
       {{"aaa", "b\r\nbb", "ccc"}, {"zzz", "yyy", "xxx"}}},
      {"quote inside quotes", "\"aaa\",\"b\"\"bb\",\"ccc\"\n", {{"aaa", "b\"bb", "ccc"}}},
      {"separator inside quotes", "\"a,b\",c\n", {{"a,b", "c"}}},
      {"only quotes", "\"\"\"\",\"\"\n", {{"\"", ""}}},
      {"quote inside a plain cell", "a\"b,c\"\n", {{"a\"b", "c\""}}},
      {"empty cells", ",,\n,\n", {{"", "", ""}, {"", ""}}},
      {"byte order mark",
       "\xef\xbb\xbf"
       "a,b\n",
       {{"a", "b"}}},
      {"blank lines are no rows", "\n\r\na,b\n\n\nc,d\n\n", {{"a", "b"}, {"c", "d"}}},
      {"semicolons", "a;b\n1,5;2\n", {{"a", "b"}, {"1,5", "2"}}},
      {"tabs", "a\tb\n1\t2\n", {{"a", "b"}, {"1", "2"}}},
      {"bars", "a|b\n", {{"a", "b"}}},
      {"a comma in a quoted header does not decide", "\"a,b,c\";d\n", {{"a,b,c", "d"}}},
      {"quoted last cell without line end", "a,\"b\"", {{"a", "b"}}},
      {"one column", "a\nb\n", {{"a"}, {"b"}}},
      {"a lone carriage return is text", "a\rb,c\n", {{"a\rb", "c"}}},
      {"nothing", "", {}},
  };
  for (const Case& c : cases) {
    const Read got = read(c.text);
    EXPECT_EQ(got.rows, c.rows) << c.about;
    EXPECT_EQ(got.error, "") << c.about;
  }
}

TEST(CsvReader, CountsLinesInsideQuotes) {
  EXPECT_EQ(read("a,b\n\"1\n2\n\",3\n\n4,5\n").lines, (std::vector<std::size_t>{1, 2, 6}));
}

TEST(CsvReader, NamesTheCellWithTextAfterItsQuote) {
  const Read got = read("a,\"b\"x,c\n\"d\" ,e,f\n");
  EXPECT_EQ(got.rows.size(), 2U);
  EXPECT_EQ(got.broken[0], 1U);
  EXPECT_EQ(got.broken[1], 0U);
}

TEST(CsvReader, NamesThePlaceOfAnOpenQuote) {
  EXPECT_EQ(
      read("a,b\n1,\"2\n3,4\n").error,
      "t.csv:2:3: a quote that opens here is not closed; close the quote on the same line, or "
      "take it out");
}

TEST(CsvReader, StopsAtARowBeyondTheLimit) {
  std::string text = "a,b\n1,\"";
  text.append(kMaxRowBytes + 1000, 'x');
  EXPECT_NE((read(text + "\"\n").error.find("longer than 16 MiB")), std::string::npos);  // closed
  text.append(kMaxRowBytes, 'x');
  EXPECT_NE(read(text).error.find("longer than 16 MiB"), std::string::npos);
}

TEST(CsvReader, ReadsRowsLongerThanAChunk) {
  std::string text = "a";
  for (int i = 0; i < 100'000; ++i) text += ",column" + std::to_string(i);
  text += "\n";
  const std::string header = text;
  for (int r = 0; r < 3; ++r) text += header;
  const Read got = read(text);
  ASSERT_EQ(got.rows.size(), 4U);
  for (const auto& row : got.rows) EXPECT_EQ(row.size(), 100'001U);
  EXPECT_EQ(got.rows[3].back(), "column99999");
}

/// Text in which everything that matters to the reader is frequent.
rc::Gen<std::string> csv_like() {
  return rc::gen::container<std::string>(
      rc::gen::element('a', '1', ',', ',', '"', '"', '\n', '\r', ' ', ';'));
}

RC_GTEST_PROP(CsvReader, DoesNotDependOnWhereBlocksAreCut, ()) {
  const std::string text = *csv_like();
  auto cuts = *rc::gen::container<std::vector<std::size_t>>(
      rc::gen::inRange<std::size_t>(0, text.size() + 1));
  std::ranges::sort(cuts);
  RC_ASSERT(read(text, cuts) == read(text));
}

RC_GTEST_PROP(CsvReader, ReadsBackWhatIsWrittenInQuotes, ()) {
  const auto row = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(csv_like()));
  std::string text = "h1,h2\n";  // the separator is told from here
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) text += ',';
    text += '"';
    for (const char c : row[i]) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    text += '"';
  }
  text += "\n";
  const Read got = read(text);
  const bool is_blank = row.size() == 1 && row[0].empty();
  RC_ASSERT(got.rows.size() == (is_blank ? 1U : 2U));
  if (!is_blank) RC_ASSERT(got.rows[1] == row);
}

TEST(CsvReader, CutsInTheMiddleOfChunksChangeNothing) {
  // Long enough that rows are given out before the end, with quotes at every alignment.
  std::string text = "a,b,c\n";
  for (int i = 0; text.size() < 600'000; ++i) {
    text += std::to_string(i) + ",\"x" + std::string(static_cast<std::size_t>(i % 67), 'y') +
            (i % 5 == 0 ? "\"\"" : "") + (i % 7 == 0 ? "\n" : "") + "\"," + std::to_string(i * i) +
            (i % 2 == 0 ? "\r\n" : "\n");
  }
  const Read whole = read(text);
  EXPECT_EQ(whole.error, "");
  for (const std::size_t step : {1UL, 63UL, 4096UL, 131'071UL, 131'073UL}) {
    std::vector<std::size_t> cuts;
    for (std::size_t at = step; at < text.size(); at += step) cuts.push_back(at);
    EXPECT_TRUE(read(text, cuts) == whole) << "blocks of " << step;
  }
  for (const InstructionSet set : instruction_sets()) {
    EXPECT_TRUE(read(text, {}, set) == whole) << to_text(set);
  }
}

TEST(CsvReader, PassesTheSinksErrorOn) {
  CsvReader reader("t.csv", InstructionSet::kScalar);
  const CsvReader::Sink sink = [](const CsvRow&) -> Result<void> {
    return bad_input("x", "enough");
  };
  ASSERT_TRUE(reader.feed("a,b\n", sink));
  const auto ended = reader.finish(sink);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().message, "enough");
}

// --- the scanner -------------------------------------------------------------------------------

std::vector<std::uint32_t> places(std::string_view text, InstructionSet set) {
  std::vector<std::uint32_t> found(text.size() + kScannerPadding);
  found.resize(find_structure(text, ',', found, set));
  return found;
}

TEST(CsvScanner, FindsEveryKindAtEveryOffset) {
  for (const InstructionSet set : instruction_sets()) {
    for (const char c : {',', '"', '\n'}) {
      for (std::size_t size = 1; size <= 130; ++size) {
        for (std::size_t at = 0; at < size; ++at) {
          std::string text(size, 'x');
          text[at] = c;
          ASSERT_EQ(places(text, set), (std::vector<std::uint32_t>{static_cast<std::uint32_t>(at)}))
              << to_text(set) << " size " << size;
        }
      }
    }
    EXPECT_TRUE(places("", set).empty());
    EXPECT_EQ(places(std::string(1000, ','), set).size(), 1000U);
  }
}

RC_GTEST_PROP(CsvScanner, IsTheSameForEveryInstructionSet, (const std::string& extra)) {
  const std::string text = *csv_like() + extra + *csv_like();
  std::vector<std::uint32_t> expected;
  for (std::uint32_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',' || text[i] == '"' || text[i] == '\n') expected.push_back(i);
  }
  for (const InstructionSet set : instruction_sets()) RC_ASSERT(places(text, set) == expected);
}

}  // namespace
}  // namespace quanta::market
