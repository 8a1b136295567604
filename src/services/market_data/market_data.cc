#include "services/market_data/market_data.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/enum_text.h"
#include "market/bars/cell.h"
#include "market/bars/csv_reader.h"
#include "platform/file/file_reader.h"

namespace quanta::services {
namespace {

using market::PriceFormat;
using market::PriceTable;

std::unexpected<Error> wrong(const std::string& file, std::string message, std::size_t line = 0,
                             std::size_t column = 0) {
  return fail(ErrorKind::kBadInput, std::move(message), {},
              Place{.file = file == "-" ? "standard input" : file, .line = line, .column = column});
}

struct ReadTable {
  PriceTable table;
  InputFile input;
};

Result<ReadTable> read_table(const std::string& file, std::optional<PriceFormat> format,
                             const Execution& execution) {
  QUANTA_TRY(platform::FileReader reader, platform::FileReader::open(file));
  market::PriceFileParser parser({.name = file == "-" ? "standard input" : file,
                                  .format = format,
                                  .size_hint = reader.size_hint()},
                                 execution);
  std::uint64_t n_bytes = 0;
  std::uint64_t report_at = 0;
  for (;;) {
    QUANTA_TRY(const std::string_view block, reader.next());
    if (block.empty()) break;
    parser.expect(reader.size_hint());
    QUANTA_CHECK(parser.feed(block));
    n_bytes += block.size();
    if (execution.cancelled()) {
      return fail(ErrorKind::kCancelled, fmt::format("stopped while reading {}", file));
    }
    constexpr std::uint64_t kReportEvery = 64 << 20;
    if (reader.size_hint() > 0 && n_bytes >= report_at) {
      report_at += kReportEvery;
      const double share = static_cast<double>(n_bytes) / static_cast<double>(reader.size_hint());
      execution.report(std::min(share, 1.0), "reading prices");
    }
  }
  QUANTA_TRY(PriceTable table, parser.finish());
  return ReadTable{std::move(table), InputFile{file, reader.sha256()}};
}

/// "prices/SPY.csv.gz" -> "SPY".
std::string stem_of(const std::string& file) {
  if (file == "-") return "stdin";
  std::filesystem::path path = std::filesystem::path(file).filename();
  if (path.extension() == ".gz" || path.extension() == ".zst") path = path.stem();
  return path.stem().string();
}

bool is_generic_name(std::string_view name) {
  std::string lower;
  for (const char c : name) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower == "price" || lower == "close" || lower == "value" || lower == "adj_close";
}

/// Daily (or slower) prices of one file, each row with its line.
struct DatedPrices {
  std::string file;
  std::vector<Date> dates;  ///< strictly increasing
  std::vector<std::size_t> lines;
  std::vector<std::string> names;
  Matrix values;                            ///< dates x names, NaN = missing
  std::vector<std::size_t> column_numbers;  ///< of each name in the file, from 1; 0 = not known
  /// Long files only: the line of each price that is not positive, by (date, name).
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> cell_lines;
};

Result<void> check_rejected(const PriceTable& table, const std::string& file) {
  if (table.n_rejected == 0) return {};
  const auto& first = table.rejected.front();
  if (table.n_rejected == 1) {
    return wrong(
        file, fmt::format("one row cannot be read: {}; correct it or take it out", to_text(first)),
        first.line);
  }
  return wrong(file,
               fmt::format("{} rows cannot be read, the first: {}; correct them or take them out "
                           "(quanta data check lists them)",
                           table.n_rejected, to_text(first)),
               first.line);
}

/// The error for two rows of one series whose times do not rise.
std::unexpected<Error> not_rising(const PriceTable& table, const std::string& file, std::size_t row,
                                  std::size_t before, std::string_view symbol) {
  const std::string of = symbol.empty() ? std::string() : fmt::format(" of {}", symbol);
  const Date date = date_of(table.times[row]);
  if (table.times[row] > table.times[before]) {
    return wrong(file,
                 fmt::format("column {}: {} has a second price{} at {}, the one before is on line "
                             "{}; returns here need one price a day: keep the last of each day",
                             table.time_column, to_text(date), of, to_text(table.times[row]),
                             table.lines[before]),
                 table.lines[row]);
  }
  if (date == date_of(table.times[before])) {
    return wrong(file,
                 fmt::format("column {}: {}{} stands on line {} already; keep one of the two rows",
                             table.time_column, to_text(date), of, table.lines[before]),
                 table.lines[row]);
  }
  return wrong(file,
               fmt::format("column {}: {}{} comes after {} on line {}; sort the rows by date, "
                           "oldest first",
                           table.time_column, to_text(date), of,
                           to_text(date_of(table.times[before])), table.lines[before]),
               table.lines[row]);
}

Result<DatedPrices> pivot_long(PriceTable table, const std::string& file) {
  DatedPrices dated;
  dated.file = file;
  constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> last_row(table.symbols.size(), kNone);
  for (std::size_t t = 0; t < table.n_rows(); ++t) {
    std::size_t& last = last_row[table.symbol_of_row[t]];
    if (last != kNone && date_of(table.times[t]) <= date_of(table.times[last])) {
      return not_rising(table, file, t, last, table.symbols[table.symbol_of_row[t]]);
    }
    last = t;
    dated.dates.push_back(date_of(table.times[t]));
  }
  std::ranges::sort(dated.dates);
  const auto repeated = std::ranges::unique(dated.dates);
  dated.dates.erase(repeated.begin(), repeated.end());
  dated.names = std::move(table.symbols);
  dated.column_numbers.assign(dated.names.size(), 0);
  dated.values =
      Matrix(dated.dates.size(), dated.names.size(), std::numeric_limits<double>::quiet_NaN());
  dated.lines.assign(dated.dates.size(), 0);
  for (std::size_t t = 0; t < table.n_rows(); ++t) {
    const auto at = std::ranges::lower_bound(dated.dates, date_of(table.times[t]));
    const auto row = static_cast<std::size_t>(at - dated.dates.begin());
    const double price = table.values(t, 0);
    const std::size_t column = table.symbol_of_row[t];
    if (price <= 0) dated.cell_lines[{row, column}] = table.lines[t];
    dated.values(row, column) = price;
  }
  return dated;
}

/// One column of a table as its only one.
Matrix only_column(const PriceTable& table, std::size_t column) {
  Matrix values(table.n_rows(), 1);
  for (std::size_t t = 0; t < table.n_rows(); ++t) values(t, 0) = table.values(t, column);
  return values;
}

/// A table of any kind but quotes and ticks as dated prices. Errors: rejected rows, times that do
/// not rise or lie within a day.
Result<DatedPrices> dated_prices(PriceTable table, const std::string& file) {
  QUANTA_CHECK(check_rejected(table, file));
  if (table.format == PriceFormat::kQuotes || table.format == PriceFormat::kTicks) {
    return wrong(file, fmt::format("this is a {} file, with two prices for each time; returns need "
                                   "one: give a file with a time and one column, or OHLCV",
                                   to_text(table.format)));
  }
  if (table.format == PriceFormat::kLong) return pivot_long(std::move(table), file);
  for (std::size_t t = 1; t < table.n_rows(); ++t) {
    if (date_of(table.times[t]) <= date_of(table.times[t - 1])) {
      return not_rising(table, file, t, t - 1, {});
    }
  }
  DatedPrices dated;
  dated.file = file;
  dated.dates.reserve(table.n_rows());
  for (const Timestamp time : table.times) dated.dates.push_back(date_of(time));
  dated.lines = std::move(table.lines);
  if (table.format == PriceFormat::kOhlcv) {
    const auto adjusted = table.column("adj_close");
    const std::size_t column = adjusted ? *adjusted : *table.column("close");
    dated.names = {stem_of(file)};
    dated.column_numbers = {table.column_numbers[column]};
    dated.values = only_column(table, column);
    return dated;
  }
  dated.names = std::move(table.columns);
  dated.column_numbers = std::move(table.column_numbers);
  dated.values = std::move(table.values);
  if (table.format == PriceFormat::kSingle && is_generic_name(dated.names[0])) {
    dated.names[0] = stem_of(file);
  }
  return dated;
}

void warn_conversion(const PriceTable& table, const std::string& file,
                     std::vector<std::string>& warnings) {
  if (table.converted_times > 0) {
    warnings.push_back(
        fmt::format("{}: {} dates written as \"Jan 31 2000\" were read as 2000-01-31", file,
                    table.converted_times));
  }
  if (!table.ignored_columns.empty()) {
    warnings.push_back(
        fmt::format("{}: columns not used: {}", file, fmt::join(table.ignored_columns, ", ")));
  }
}

/// Where an asset of the answer comes from.
struct Source {
  std::size_t file = 0;
  std::size_t column = 0;
};

Result<std::vector<std::pair<std::string, Source>>> choose_assets(
    const std::vector<DatedPrices>& files, const std::vector<std::string>& wanted) {
  std::vector<std::pair<std::string, Source>> all;
  std::unordered_map<std::string_view, Source> sources;
  for (std::size_t f = 0; f < files.size(); ++f) {
    for (std::size_t j = 0; j < files[f].names.size(); ++j) {
      const std::string& name = files[f].names[j];
      const auto [other, is_new] = sources.emplace(name, Source{f, j});
      if (!is_new) {
        return wrong(files[f].file,
                     fmt::format("{} is in {} too; rename one of the two columns, or choose other "
                                 "files",
                                 name, files[other->second.file].file),
                     1, files[f].column_numbers[j]);
      }
      all.emplace_back(name, Source{f, j});
    }
  }
  if (wanted.empty()) return all;
  std::vector<std::pair<std::string, Source>> chosen;
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : wanted) {
    const auto found = sources.find(name);
    if (found == sources.end()) {
      std::vector<std::string_view> known;
      for (const auto& [asset, source] : all) known.push_back(asset);
      constexpr std::size_t kMostListed = 30;
      if (known.size() <= kMostListed)
        return std::unexpected(unknown_word("--assets", name, known));
      const std::string_view near = nearest_word(name, known);
      return bad_input("--assets",
                       fmt::format("--assets: no column is called \"{}\"{}", name,
                                   near.empty() ? fmt::format("; there are {}, such as {}",
                                                              known.size(), known[0])
                                                : fmt::format("; did you mean \"{}\"?", near)));
    }
    if (!seen.insert(name).second) {
      return bad_input("--assets", fmt::format("--assets: {} is named twice", name));
    }
    chosen.emplace_back(name, found->second);
  }
  return chosen;
}

std::string files_text(const std::vector<DatedPrices>& files) {
  std::vector<std::string> names;
  for (const DatedPrices& file : files) {
    names.push_back(fmt::format("{} ({} to {})", file.file, to_text(file.dates.front()),
                                to_text(file.dates.back())));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

/// For each date that every file has, within the range: its row in each file.
struct CommonDates {
  std::vector<Date> dates;
  std::vector<std::vector<std::size_t>> rows;  ///< [file][date]
};

Result<CommonDates> common_dates(const std::vector<DatedPrices>& files, const PriceRequest& request,
                                 std::vector<std::string>& warnings) {
  CommonDates common;
  common.rows.resize(files.size());
  std::vector<std::size_t> at(files.size(), 0);
  std::size_t n_shared = 0;
  std::vector<std::size_t> n_in_range(files.size(), 0);
  const auto in_range = [&](Date date) {
    return !(request.from && date < *request.from) && !(request.to && date > *request.to);
  };
  for (std::size_t f = 0; f < files.size(); ++f) {
    n_in_range[f] = static_cast<std::size_t>(std::ranges::count_if(files[f].dates, in_range));
  }
  for (const Date date : files[0].dates) {
    bool everywhere = true;
    for (std::size_t f = 0; f < files.size(); ++f) {
      while (at[f] < files[f].dates.size() && files[f].dates[at[f]] < date) ++at[f];
      everywhere = everywhere && at[f] < files[f].dates.size() && files[f].dates[at[f]] == date;
    }
    if (!everywhere) continue;
    ++n_shared;
    if (!in_range(date)) continue;
    common.dates.push_back(date);
    for (std::size_t f = 0; f < files.size(); ++f) common.rows[f].push_back(at[f]);
  }
  if (n_shared == 0) {
    return bad_input("--prices",
                     fmt::format("no date is in all files: {}; prices are joined on the dates they "
                                 "share",
                                 files_text(files)));
  }
  if (common.dates.empty()) {
    return bad_input(request.from ? "--from" : "--to",
                     fmt::format("no price between {} and {}: the prices run from {} to {}",
                                 request.from ? to_text(*request.from) : "the first",
                                 request.to ? to_text(*request.to) : "the last",
                                 to_text(files[0].dates.front()), to_text(files[0].dates.back())));
  }
  for (std::size_t f = 0; f < files.size() && files.size() > 1; ++f) {
    const std::size_t left_out = n_in_range[f] - common.dates.size();
    if (left_out > 0) {
      warnings.push_back(fmt::format("{}: {} of its {} dates are not in every file and left out",
                                     files[f].file, left_out, n_in_range[f]));
    }
  }
  return common;
}

/// The panel while it is made: each cell can still name its place.
struct Joined {
  std::vector<DatedPrices>& files;
  CommonDates common;
  std::vector<std::pair<std::string, Source>> assets;

  double price(std::size_t t, std::size_t i) const {
    const Source& source = assets[i].second;
    return files[source.file].values(common.rows[source.file][t], source.column);
  }
  const std::string& file(std::size_t i) const { return files[assets[i].second.file].file; }
  std::size_t line(std::size_t t, std::size_t i) const {
    const Source& source = assets[i].second;
    const DatedPrices& from = files[source.file];
    const std::size_t row = common.rows[source.file][t];
    const auto cell = from.cell_lines.find({row, source.column});
    return cell != from.cell_lines.end() ? cell->second : from.lines[row];
  }
  std::size_t column(std::size_t i) const {
    const Source& source = assets[i].second;
    return files[source.file].column_numbers[source.column];
  }
  void drop_dates(const std::vector<char>& drop) {
    std::size_t kept = 0;
    for (std::size_t t = 0; t < common.dates.size(); ++t) {
      if (drop[t] != 0) continue;
      common.dates[kept] = common.dates[t];
      for (auto& rows : common.rows) rows[kept] = rows[t];
      ++kept;
    }
    common.dates.resize(kept);
    for (auto& rows : common.rows) rows.resize(kept);
  }
};

Result<void> check_positive(const Joined& joined) {
  for (std::size_t t = 0; t < joined.common.dates.size(); ++t) {
    for (std::size_t i = 0; i < joined.assets.size(); ++i) {
      const double price = joined.price(t, i);
      if (price > 0 || std::isnan(price)) continue;
      return wrong(
          joined.file(i),
          fmt::format("column {}: the price of {} is {}, and returns need positive prices; "
                      "correct it, or leave the date or the asset out (--from, --to, "
                      "--assets)",
                      joined.assets[i].first, to_text(joined.common.dates[t]), price),
          joined.line(t, i), joined.column(i));
    }
  }
  return {};
}

Result<void> check_no_empty_column(const Joined& joined) {
  for (std::size_t i = 0; i < joined.assets.size(); ++i) {
    bool empty = true;
    for (std::size_t t = 0; t < joined.common.dates.size() && empty; ++t) {
      empty = std::isnan(joined.price(t, i));
    }
    if (empty) {
      return wrong(
          joined.file(i),
          fmt::format("column {} has no price from {} to {}; leave it out with --assets or "
                      "--missing drop-assets",
                      joined.assets[i].first, to_text(joined.common.dates.front()),
                      to_text(joined.common.dates.back())),
          1, joined.column(i));
    }
  }
  return {};
}

/// Drops what the policy drops, and answers with the number of first dates that only serve to fill
/// from. The filling itself comes with the copy (panel_of).
Result<std::size_t> settle_missing(Joined& joined, MissingPolicy policy,
                                   std::vector<std::string>& warnings) {
  const std::size_t n_dates = joined.common.dates.size();
  std::vector<char> date_misses(n_dates, 0);
  std::vector<std::size_t> n_missing(joined.assets.size(), 0);
  std::size_t total = 0;
  std::optional<std::pair<std::size_t, std::size_t>> first;
  for (std::size_t t = 0; t < n_dates; ++t) {
    for (std::size_t i = 0; i < joined.assets.size(); ++i) {
      if (!std::isnan(joined.price(t, i))) continue;
      if (!first) first = {t, i};
      date_misses[t] = 1;
      ++n_missing[i];
      ++total;
    }
  }
  if (total == 0) return 0;
  const auto worst = [&] {  // "FB 5,631, BABA 6,199, …": the assets with most
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < n_missing.size(); ++i) {
      if (n_missing[i] > 0) order.push_back(i);
    }
    std::ranges::stable_sort(order, [&](auto a, auto b) { return n_missing[a] > n_missing[b]; });
    std::vector<std::string> parts;
    constexpr std::size_t kShown = 5;
    for (std::size_t k = 0; k < std::min(order.size(), kShown); ++k) {
      parts.push_back(fmt::format("{} {}", joined.assets[order[k]].first, n_missing[order[k]]));
    }
    if (order.size() > kShown) parts.push_back(fmt::format("{} more", order.size() - kShown));
    return fmt::format("{}", fmt::join(parts, ", "));
  };
  switch (policy) {
    case MissingPolicy::kError: {
      const auto [t, i] = *first;
      const std::size_t line = joined.line(t, i);
      return wrong(joined.file(i),
                   fmt::format("{} {} missing ({}), the first in column {} on {}; choose --missing "
                               "drop-dates, drop-assets or forward-fill, or a later --from",
                               total, total == 1 ? "price is" : "prices are", worst(),
                               joined.assets[i].first, to_text(joined.common.dates[t])),
                   line, joined.column(i));
    }
    case MissingPolicy::kDropDates: {
      const auto n_dropped = static_cast<std::size_t>(std::ranges::count(date_misses, 1));
      if (n_dropped == n_dates) {
        return bad_input("--missing",
                         fmt::format("--missing drop-dates leaves nothing: every one of the {} "
                                     "dates lacks a price (missing: {}); try drop-assets",
                                     n_dates, worst()));
      }
      joined.drop_dates(date_misses);
      warnings.push_back(fmt::format("{} of {} dates left out because prices are missing ({})",
                                     n_dropped, n_dates, worst()));
      return 0;
    }
    case MissingPolicy::kDropAssets: {
      std::vector<std::pair<std::string, Source>> kept;
      std::vector<std::string> dropped;
      for (std::size_t i = 0; i < joined.assets.size(); ++i) {
        if (n_missing[i] == 0) {
          kept.push_back(joined.assets[i]);
        } else {
          dropped.push_back(joined.assets[i].first);
        }
      }
      if (kept.empty()) {
        return bad_input("--missing",
                         fmt::format("--missing drop-assets leaves nothing: every asset "
                                     "lacks a price ({}); try drop-dates or a later "
                                     "--from",
                                     worst()));
      }
      joined.assets = std::move(kept);
      warnings.push_back(
          fmt::format("left out because prices are missing: {}", fmt::join(dropped, ", ")));
      return 0;
    }
    case MissingPolicy::kForwardFill: {
      // Dates on which some asset has not begun have nothing to fill from.
      std::size_t begin = 0;
      std::size_t latest = 0;
      for (std::size_t i = 0; i < joined.assets.size(); ++i) {
        std::size_t t = 0;
        while (std::isnan(joined.price(t, i))) ++t;
        if (t > begin) {
          begin = t;
          latest = i;
        }
      }
      std::size_t n_filled = 0;
      for (std::size_t t = begin; t < n_dates; ++t) {
        for (std::size_t i = 0; i < joined.assets.size(); ++i) {
          n_filled += std::isnan(joined.price(t, i)) ? 1 : 0;
        }
      }
      if (n_filled > 0) {
        warnings.push_back(
            fmt::format("{} missing prices filled with the asset's last one", n_filled));
      }
      if (begin > 0) {
        warnings.push_back(fmt::format("{} dates left out before {}, when {} begins", begin,
                                       to_text(joined.common.dates[begin]),
                                       joined.assets[latest].first));
      }
      return begin;
    }
  }
  return 0;
}

/// The panel; takes the prices out of `joined`. Of a single file they stay where they are: a row of
/// the panel never begins behind the row that it comes from, and that one is read first.
market::PricePanel panel_of(Joined& joined, std::size_t n_skipped) {
  market::PricePanel panel;
  panel.dates.assign(joined.common.dates.begin() + static_cast<std::ptrdiff_t>(n_skipped),
                     joined.common.dates.end());
  for (const auto& [name, source] : joined.assets) panel.assets.push_back(name);
  const std::size_t n_assets = panel.assets.size();
  const std::size_t n_prices = panel.dates.size() * n_assets;
  const bool in_place = joined.files.size() == 1;
  std::vector<double> prices;
  if (!in_place) prices.resize(n_prices);
  double* const to = in_place ? joined.files[0].values.data() : prices.data();
  std::vector<double> last(n_assets);
  for (std::size_t t = 0; t < joined.common.dates.size(); ++t) {
    for (std::size_t i = 0; i < n_assets; ++i) {
      const double price = joined.price(t, i);
      if (!std::isnan(price)) last[i] = price;
    }
    if (t >= n_skipped) std::ranges::copy(last, to + (t - n_skipped) * n_assets);
  }
  if (in_place) {
    prices = std::move(joined.files[0].values).take_values();
    const bool is_small_part = n_prices < prices.size() / 2;
    prices.resize(n_prices);
    if (is_small_part) prices.shrink_to_fit();
  }
  panel.prices = Matrix(panel.dates.size(), n_assets, std::move(prices));
  return panel;
}

/// No asset stands still, and no price is so far from the one before that a return, or its square
/// in a covariance, has no finite value.
Result<void> check_moves(const market::PricePanel& panel, const Joined& joined) {
  if (panel.dates.size() < 2) {
    return wrong(joined.file(0),
                 fmt::format("only one date is left ({}); a return needs two prices",
                             to_text(panel.dates.front())));
  }
  for (std::size_t i = 0; i < panel.assets.size(); ++i) {
    bool moves = false;
    for (std::size_t t = 1; t < panel.dates.size() && !moves; ++t) {
      moves = panel.prices(t, i) != panel.prices(0, i);
    }
    if (!moves) {
      return wrong(
          joined.file(i),
          fmt::format("column {}: the price is {} on all {} dates from {} to {}; an asset "
                      "that never moves has no risk to measure: leave it out with --assets",
                      panel.assets[i], panel.prices(0, i), panel.dates.size(),
                      to_text(panel.dates.front()), to_text(panel.dates.back())),
          1, joined.column(i));
    }
  }
  constexpr double kLargestRatio = 1e100;
  const std::size_t n_skipped = joined.common.dates.size() - panel.dates.size();
  for (std::size_t t = 1; t < panel.dates.size(); ++t) {
    for (std::size_t i = 0; i < panel.assets.size(); ++i) {
      if (panel.prices(t, i) / panel.prices(t - 1, i) <= kLargestRatio) continue;
      return wrong(joined.file(i),
                   fmt::format("column {}: the price goes from {} on {} to {} on {}, which is no "
                               "return that can be computed with; correct the two prices",
                               panel.assets[i], panel.prices(t - 1, i), to_text(panel.dates[t - 1]),
                               panel.prices(t, i), to_text(panel.dates[t])),
                   joined.line(t + n_skipped, i), joined.column(i));
    }
  }
  return {};
}

std::string shown_time(const PriceTable& table, Timestamp time) {
  return table.has_time_of_day ? to_text(time) : to_text(date_of(time));
}

}  // namespace

std::optional<double> infer_periods_per_year(std::span<const Date> dates) {
  if (dates.size() < 2) return std::nullopt;
  std::vector<int> steps;
  for (std::size_t t = 1; t < dates.size(); ++t) steps.push_back(dates[t] - dates[t - 1]);
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>((steps.size() - 1) / 2);
  std::ranges::nth_element(steps, middle);
  const int step = *middle;
  if (step <= 4) {
    const auto n_weekend = std::ranges::count_if(dates, [](Date date) {
      return weekday(date) == Weekday::kSaturday || weekday(date) == Weekday::kSunday;
    });
    // Of seven days two are at weekends; half of that share tells a seven-day market.
    const bool every_day = static_cast<std::size_t>(n_weekend) * 7 >= dates.size();
    return every_day ? 365.0 : 252.0;
  }
  if (step >= 6 && step <= 8) return 52.0;
  if (step >= 28 && step <= 31) return 12.0;
  return std::nullopt;
}

Result<LoadedPrices> load_prices(const PriceRequest& request, const Execution& execution) {
  if (request.files.empty()) {
    return fail(ErrorKind::kUsage, "no prices given; name a file with --prices FILE", "--prices");
  }
  if (request.from && request.to && *request.from > *request.to) {
    return fail(
        ErrorKind::kUsage,
        fmt::format("--from {} is after --to {}", to_text(*request.from), to_text(*request.to)),
        "--from");
  }
  if (request.periods_per_year &&
      !(*request.periods_per_year > 0 && std::isfinite(*request.periods_per_year))) {
    return fail(ErrorKind::kUsage,
                fmt::format("--periods {} is not a positive number of periods in a year",
                            *request.periods_per_year),
                "--periods");
  }
  if (std::ranges::count(request.files, "-") > 1) {
    return fail(ErrorKind::kUsage, "standard input (-) can be read only once", "--prices");
  }
  LoadedPrices loaded;
  std::vector<DatedPrices> files;
  for (const std::string& file : request.files) {
    QUANTA_TRY(ReadTable read, read_table(file, std::nullopt, execution));
    warn_conversion(read.table, file, loaded.warnings);
    loaded.inputs.push_back(std::move(read.input));
    QUANTA_TRY(DatedPrices dated, dated_prices(std::move(read.table), file));
    files.push_back(std::move(dated));
  }
  QUANTA_TRY(auto assets, choose_assets(files, request.assets));
  QUANTA_TRY(CommonDates common, common_dates(files, request, loaded.warnings));
  Joined joined{files, std::move(common), std::move(assets)};
  QUANTA_CHECK(check_positive(joined));
  if (request.missing != MissingPolicy::kDropAssets) QUANTA_CHECK(check_no_empty_column(joined));
  QUANTA_TRY(const std::size_t n_skipped, settle_missing(joined, request.missing, loaded.warnings));
  loaded.panel = panel_of(joined, n_skipped);
  QUANTA_CHECK(check_moves(loaded.panel, joined));
  if (request.periods_per_year) {
    loaded.periods_per_year = *request.periods_per_year;
    return loaded;
  }
  const auto periods = infer_periods_per_year(loaded.panel.dates);
  if (!periods) {
    return bad_input("--periods",
                     "the dates are neither daily, weekly nor monthly, so that the number of "
                     "periods in a year cannot be told; give it with --periods");
  }
  loaded.periods_per_year = *periods;
  return loaded;
}

Result<LoadedSeries> load_benchmark(std::string_view file_and_column, std::span<const Date> dates,
                                    const Execution& execution) {
  std::string file(file_and_column);
  std::string column;
  std::error_code ignored;
  const std::size_t colon = file.rfind(':');
  if (colon != std::string::npos && !std::filesystem::exists(file, ignored)) {
    column = file.substr(colon + 1);
    file.resize(colon);
  }
  LoadedSeries series;
  QUANTA_TRY(ReadTable read, read_table(file, std::nullopt, execution));
  warn_conversion(read.table, file, series.warnings);
  series.input = std::move(read.input);
  PriceTable& table = read.table;
  // A column of an OHLCV file may be asked for by its name.
  if (table.format == PriceFormat::kOhlcv && !column.empty() && column != stem_of(file)) {
    const auto found = table.column(column);
    if (!found) {
      std::vector<std::string_view> known(table.columns.begin(), table.columns.end());
      return std::unexpected(unknown_word("--benchmark", column, known));
    }
    table.format = PriceFormat::kWide;
    table.values = only_column(table, *found);
    table.column_numbers = {table.column_numbers[*found]};
    table.columns = {column};
  }
  QUANTA_TRY(const DatedPrices dated, dated_prices(std::move(table), file));
  std::size_t at = 0;
  if (dated.names.size() == 1 && (column.empty() || is_generic_name(column))) {
    series.name = dated.names[0];
  } else {
    std::vector<std::string_view> known(dated.names.begin(), dated.names.end());
    if (column.empty()) {
      return fail(ErrorKind::kUsage,
                  fmt::format("{} has {} columns; name one, as in {}:{}", file, known.size(), file,
                              known[0]),
                  "--benchmark");
    }
    const auto found = std::ranges::find(dated.names, column);
    if (found == dated.names.end()) {
      return std::unexpected(unknown_word("--benchmark", column, known));
    }
    at = static_cast<std::size_t>(found - dated.names.begin());
    series.name = column;
  }
  std::size_t row = 0;
  for (const Date date : dates) {
    while (row < dated.dates.size() && dated.dates[row] < date) ++row;
    const bool there = row < dated.dates.size() && dated.dates[row] == date;
    const double price = there ? dated.values(row, at) : 0.0;
    if (!there || std::isnan(price)) {
      return wrong(file,
                   fmt::format("the benchmark {} has no price on {}, as the assets do; it has {} "
                               "to {}",
                               series.name, to_text(date), to_text(dated.dates.front()),
                               to_text(dated.dates.back())),
                   there ? dated.lines[row] : 1, dated.column_numbers[at]);
    }
    if (!(price > 0)) {
      return wrong(file,
                   fmt::format("column {}: the price of {} is {}, and returns need positive prices",
                               series.name, to_text(date), price),
                   dated.lines[row], dated.column_numbers[at]);
    }
    series.prices.push_back(price);
  }
  return series;
}

Result<CheckDocument> check_file(const CheckRequest& request, const Execution& execution) {
  QUANTA_TRY(ReadTable read, read_table(request.file, request.format, execution));
  PriceTable& table = read.table;
  CheckDocument document;
  document.input = std::move(read.input);
  warn_conversion(table, request.file, document.warnings);
  market::Validation validation = market::validate(table, request.limits, execution);
  document.format = table.format;
  document.columns = table.format == PriceFormat::kLong ? table.symbols : table.columns;
  if (table.n_rows() > 0) {
    const auto [first, last] = std::ranges::minmax(table.times);
    document.first = shown_time(table, first);
    document.last = shown_time(table, last);
  }
  document.rows = table.n_rows_seen;
  document.accepted = table.n_rows();
  document.missing = static_cast<std::size_t>(
      std::ranges::count_if(table.values.values(), [](double x) { return std::isnan(x); }));
  document.rejected_count = table.n_rejected;
  document.rejected = std::move(table.rejected);
  if (document.rejected_count > document.rejected.size()) {
    document.warnings.push_back(fmt::format("{} of {} rejected rows are listed",
                                            document.rejected.size(), document.rejected_count));
  }
  for (market::Finding& finding : validation.findings) {
    document.findings.push_back({.kind = finding.kind,
                                 .time = shown_time(table, finding.time),
                                 .column = std::move(finding.column),
                                 .detail = std::move(finding.detail)});
  }
  for (const auto& [kind, n] : validation.counts) {
    if (n > market::kMaxFindingsOfAKind) {
      document.warnings.push_back(fmt::format("{} of {} findings of kind {} are listed",
                                              market::kMaxFindingsOfAKind, n, kind));
    }
  }
  document.finding_counts = std::move(validation.counts);
  document.quality = std::move(validation.quality);
  return document;
}

}  // namespace quanta::services
