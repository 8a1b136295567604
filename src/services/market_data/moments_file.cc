// load_moments: OR-Library portN.txt and CSV tables of means and covariances.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_map>

#include <fmt/format.h>

#include "market/bars/cell.h"
#include "market/bars/csv_reader.h"
#include "platform/file/file_reader.h"
#include "services/market_data/market_data.h"

namespace quanta::services {
namespace {

constexpr std::size_t kMaxAssets = 20'000;

struct Word {
  std::string_view text;
  std::size_t line = 0;
  std::size_t column = 0;
};

/// The words of a text file in turn, each with its place.
class Words {
 public:
  Words(std::string file, std::string_view text) : file_(std::move(file)), text_(text) {}

  std::unexpected<Error> wrong(std::string message, const Word& word) const {
    return fail(ErrorKind::kBadInput, std::move(message), {},
                Place{.file = file_, .line = word.line, .column = word.column});
  }

  /// The next word; empty at the end.
  Word next() {
    while (at_ < text_.size() && is_blank(text_[at_])) {
      if (text_[at_] == '\n') {
        ++line_;
        line_begin_ = at_ + 1;
      }
      ++at_;
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() && !is_blank(text_[at_])) ++at_;
    return {text_.substr(begin, at_ - begin), line_, begin - line_begin_ + 1};
  }

  Result<double> number(std::string_view what, Word& word) {
    word = next();
    if (word.text.empty()) {
      return wrong(fmt::format("the file ends where {} is expected", what), word);
    }
    double value = 0;
    if (market::read_number(word.text, value) != market::CellKind::kNumber) {
      return wrong(
          fmt::format("\"{}\" is not a number; {} is expected here", word.text.substr(0, 40), what),
          word);
    }
    return value;
  }

  Result<std::size_t> count(std::string_view what, std::size_t most, Word& word) {
    QUANTA_TRY(const double value, number(what, word));
    if (value != std::floor(value) || value < 1 || value > static_cast<double>(most)) {
      return wrong(
          fmt::format("{} is {}, which is no whole number from 1 to {}", what, word.text, most),
          word);
    }
    return static_cast<std::size_t>(value);
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

  std::string file_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t line_begin_ = 0;
};

Result<LoadedMoments> read_or_library(Words words) {
  LoadedMoments moments;
  Word word;
  QUANTA_TRY(const std::size_t n, words.count("the number of assets", kMaxAssets, word));
  std::vector<double> deviation;
  for (std::size_t i = 0; i < n; ++i) {
    moments.assets.push_back(std::to_string(i + 1));
    QUANTA_TRY(const double mean, words.number("a mean return", word));
    QUANTA_TRY(const double d, words.number("a standard deviation", word));
    if (d < 0) {
      return words.wrong(
          fmt::format("the standard deviation of asset {} is {}; it cannot be negative", i + 1, d),
          word);
    }
    moments.mean.push_back(mean);
    deviation.push_back(d);
  }
  moments.covariance = Matrix(n, n, std::numeric_limits<double>::quiet_NaN());
  for (std::size_t pair = 0; pair < n * (n + 1) / 2; ++pair) {
    Word first;
    Word second;
    QUANTA_TRY(const std::size_t i, words.count("the number of an asset", n, first));
    QUANTA_TRY(const std::size_t j, words.count("the number of an asset", n, second));
    QUANTA_TRY(const double correlation, words.number("a correlation", word));
    if (!(std::abs(correlation) <= 1)) {
      return words.wrong(
          fmt::format("the correlation of {} and {} is {}, beyond [-1, 1]", i, j, correlation),
          word);
    }
    if (i == j && correlation != 1) {
      return words.wrong(
          fmt::format("the correlation of asset {} with itself is {}, not 1", i, correlation),
          word);
    }
    double& cell = moments.covariance(i - 1, j - 1);
    if (!std::isnan(cell)) {
      return words.wrong(fmt::format("the correlation of {} and {} is given twice", i, j), first);
    }
    cell = correlation * deviation[i - 1] * deviation[j - 1];
    moments.covariance(j - 1, i - 1) = cell;
  }
  if (const Word extra = words.next(); !extra.text.empty()) {
    return words.wrong(fmt::format("\"{}\" follows after all {} correlations; the number of assets "
                                   "at the top may be wrong",
                                   extra.text.substr(0, 40), n * (n + 1) / 2),
                       extra);
  }
  return moments;
}

/// asset,mean, and one covariance column per asset, rows in any order.
class MomentsTable {
 public:
  explicit MomentsTable(std::string file) : file_(std::move(file)) {}

  std::unexpected<Error> wrong(std::string message, std::size_t line,
                               std::size_t column = 0) const {
    return fail(ErrorKind::kBadInput, std::move(message), {},
                Place{.file = file_, .line = line, .column = column});
  }

  Result<void> take(const market::CsvRow& row) {
    if (row.broken_cell) {
      return wrong("text follows a closing quote", row.line, *row.broken_cell + 1);
    }
    return moments_.assets.empty() ? take_header(row) : take_row(row);
  }

  Result<LoadedMoments> finish() {
    const std::size_t n = moments_.assets.size();
    for (std::size_t i = 0; i < n; ++i) {
      if (lines_[i] == 0) {
        return wrong(fmt::format("asset {} has a column but no row", moments_.assets[i]), 1, i + 3);
      }
    }
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        double& a = moments_.covariance(i, j);
        double& b = moments_.covariance(j, i);
        // Files carry rounded digits: what differs by no more than these is one number.
        constexpr double kRounding = 1e-9;
        if (std::abs(a - b) > kRounding * std::max(std::abs(a), std::abs(b))) {
          return wrong(fmt::format("the covariance of {} and {} is {} here and {} on line {}; the "
                                   "two must be equal",
                                   moments_.assets[i], moments_.assets[j], a, b, lines_[j]),
                       lines_[i], j + 3);
        }
        a = b = 0.5 * (a + b);
      }
    }
    return std::move(moments_);
  }

 private:
  Result<void> take_header(const market::CsvRow& row) {
    constexpr std::string_view kForm = "asset,mean, and one covariance column per asset";
    if (row.cells.size() < 3 || market::trim_blanks(row.cells[1]) != "mean") {
      return wrong(fmt::format("this is neither an OR-Library file (a number of assets first) nor "
                               "a CSV with the header {}",
                               kForm),
                   row.line);
    }
    for (std::size_t i = 2; i < row.cells.size(); ++i) {
      const std::string name(market::trim_blanks(row.cells[i]));
      if (name.empty()) return wrong("a column has no name", row.line, i + 1);
      if (!index_.emplace(name, i - 2).second) {
        return wrong(fmt::format("two columns are called {}", name), row.line, i + 1);
      }
      moments_.assets.push_back(name);
    }
    const std::size_t n = moments_.assets.size();
    if (n > kMaxAssets) {
      return wrong(fmt::format("{} assets; at most {} are read", n, kMaxAssets), row.line);
    }
    moments_.mean.resize(n);
    moments_.covariance = Matrix(n, n);
    lines_.resize(n);
    return {};
  }

  Result<void> take_row(const market::CsvRow& row) {
    const std::size_t n = moments_.assets.size();
    if (row.cells.size() != n + 2) {
      return wrong(fmt::format("{} cells where the header has {}", row.cells.size(), n + 2),
                   row.line);
    }
    const std::string name(market::trim_blanks(row.cells[0]));
    const auto found = index_.find(name);
    if (found == index_.end()) {
      return wrong(fmt::format("asset \"{}\" has no covariance column", name), row.line, 1);
    }
    const std::size_t i = found->second;
    if (lines_[i] != 0) {
      return wrong(fmt::format("asset {} stands on line {} already", name, lines_[i]), row.line, 1);
    }
    lines_[i] = row.line;
    for (std::size_t c = 1; c < n + 2; ++c) {
      double& value = c == 1 ? moments_.mean[i] : moments_.covariance(i, c - 2);
      if (market::read_number(row.cells[c], value) != market::CellKind::kNumber) {
        return wrong(
            fmt::format("column {}: \"{}\" is not a number",
                        c == 1 ? "mean" : moments_.assets[c - 2], row.cells[c].substr(0, 40)),
            row.line, c + 1);
      }
    }
    if (moments_.covariance(i, i) < 0) {
      return wrong(fmt::format("the variance of {} is {}; it cannot be negative", name,
                               moments_.covariance(i, i)),
                   row.line, i + 3);
    }
    return {};
  }

  std::string file_;
  LoadedMoments moments_;
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<std::size_t> lines_;  ///< of each asset's row, 0 = not seen
};

}  // namespace

Result<LoadedMoments> load_moments(std::string_view file, const Execution& execution) {
  const std::string name(file);
  constexpr std::size_t kMostBytes = std::size_t{8} << 30;  // 20,000 assets squared
  QUANTA_TRY(const platform::FileText read, platform::read_text_file(name, kMostBytes));
  // An OR-Library file begins with one number on its line; a CSV's first line has separators.
  const std::string_view first_line =
      market::trim_blanks(std::string_view(read.text).substr(0, read.text.find_first_of("\r\n")));
  const bool is_or_library =
      !first_line.empty() && first_line.find_first_not_of("0123456789") == std::string_view::npos;
  LoadedMoments moments;
  if (is_or_library) {
    QUANTA_TRY(moments, read_or_library(Words(name, read.text)));
  } else {
    MomentsTable table(name);
    const market::CsvReader::Sink sink = [&](const market::CsvRow& row) { return table.take(row); };
    market::CsvReader reader(name, execution.instruction_set);
    QUANTA_CHECK(reader.feed(read.text, sink));
    QUANTA_CHECK(reader.finish(sink));
    QUANTA_TRY(moments, table.finish());
  }
  if (moments.assets.empty()) {
    return fail(ErrorKind::kBadInput, "no assets", {}, Place{.file = name});
  }
  moments.input = InputFile{name, read.sha256};
  return moments;
}

}  // namespace quanta::services
