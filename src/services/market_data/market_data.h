/// Prices, benchmarks and moments from files, checked and ready for the engines.
///
///   PriceRequest request{.files = {"prices.csv"}, .from = date_of(2015, 1, 2)};
///   QUANTA_TRY(LoadedPrices prices, load_prices(request, execution));
///   prices.panel.prices(t, i);         // strictly positive, nothing missing
///   prices.periods_per_year;           // 252
///
/// A file is CSV (the formats of market/bars/price_file.h), plain, .gz or .zst (told by content);
/// "-" is standard input. Every error names file, line and column where it has them.
#pragma once

#include <array>
#include <map>
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
#include "market/bars/price_file.h"
#include "market/bars/price_panel.h"
#include "market/validation/findings.h"
#include "services/provenance/provenance.h"

namespace quanta::services {

/// What to do about missing cells (`--missing`).
enum class MissingPolicy {
  kError,        ///< stop, saying how many and where
  kDropDates,    ///< leave out each date on which an asset has none
  kDropAssets,   ///< leave out each asset that has one
  kForwardFill,  ///< the asset's last price; dates before every asset has begun are left out
};

constexpr auto enum_names(MissingPolicy) {
  using enum MissingPolicy;
  using namespace std::string_view_literals;
  return std::array{std::pair{kError, "error"sv}, std::pair{kDropDates, "drop-dates"sv},
                    std::pair{kDropAssets, "drop-assets"sv},
                    std::pair{kForwardFill, "forward-fill"sv}};
}

struct PriceRequest {
  std::vector<std::string> files;           ///< joined on the dates they share
  std::optional<Date> from = std::nullopt;  ///< inclusive, a price date
  std::optional<Date> to = std::nullopt;    ///< inclusive, a price date
  std::vector<std::string> assets = {};  ///< which, and in which order; empty: all, as in the files
  std::optional<double> periods_per_year =
      std::nullopt;  ///< default: from the dates (infer_periods_per_year)
  MissingPolicy missing = MissingPolicy::kError;
};

struct LoadedPrices {
  market::PricePanel panel;  ///< at least 2 dates and 1 asset, every price finite and positive
  double periods_per_year = 252;
  std::vector<InputFile> inputs;      ///< in the order of the request
  std::vector<std::string> warnings;  ///< what was left out, filled or converted
};

/// Errors: kBadInput: no such file, nothing to read, a rejected row, a date twice or out of
/// order, times within a day, a price missing (unless a policy says what to do), not positive or
/// constant over the whole range, an unknown asset (with a suggestion), an asset in two files, no
/// common date, fewer than two dates left.
/// Memory: the table as read, 8 bytes a cell. Of one wide file the panel is that table itself;
/// several files are copied into one panel, which for a while takes twice their size; a table from
/// standard input up to three times (its size is not known before).
Result<LoadedPrices> load_prices(const PriceRequest& request, const Execution& execution);

/// 365 where weekends have prices, else 252, 52 or 12 by the median step (1, 7, 28 … 31 days);
/// nothing where the median step is none of these. Fewer than two dates: nothing.
std::optional<double> infer_periods_per_year(std::span<const Date> dates);

struct LoadedSeries {
  std::string name;            ///< the column
  std::vector<double> prices;  ///< one for each date asked for, positive
  InputFile input;
  std::vector<std::string> warnings;
};

/// `FILE[:COLUMN]` on the given dates; the column may be left out where the file has only one (of a
/// wide file), and is adj_close or else close of an OHLCV file. Errors as load_prices, and a date
/// that the file lacks.
Result<LoadedSeries> load_benchmark(std::string_view file_and_column, std::span<const Date> dates,
                                    const Execution& execution);

struct LoadedMoments {
  std::vector<std::string> assets;
  std::vector<double> mean;  ///< n_assets, per period
  Matrix covariance;         ///< n_assets x n_assets, symmetric, per period
  InputFile input;
};

/// `--moments FILE`: an OR-Library portN.txt (number of assets; `mean deviation` of each; `i j
/// correlation` for i <= j), assets named 1, 2, …; or CSV `asset,mean,` and one covariance column
/// per asset, rows in any order. Whether the covariance is positive semidefinite is not looked at.
/// Errors: kBadInput with line and column: a number that is none, a pair missing or twice, a
/// negative deviation, a correlation beyond [-1, 1], an asymmetric covariance.
Result<LoadedMoments> load_moments(std::string_view file, const Execution& execution);

struct CheckRequest {
  std::string file;
  std::optional<market::PriceFormat> format = std::nullopt;  ///< default: told from the header
  market::ValidationLimits limits = {};
};

/// A finding as the document shows it.
struct CheckFinding {
  market::FindingKind kind = market::FindingKind::kGap;
  std::string time;  ///< ISO 8601; a date alone where the file has no time of day
  std::string column;
  std::string detail;

  static constexpr auto describe() {
    return std::tuple{
        field("kind", &CheckFinding::kind, "what is odd"),
        field("time", &CheckFinding::time, "the row's time, ISO 8601"),
        field("column", &CheckFinding::column, "empty where the row as a whole is meant"),
        field("detail", &CheckFinding::detail, "the figures in a sentence")};
  }
};

/// `quanta data check`.
struct CheckDocument {
  market::PriceFormat format = market::PriceFormat::kWide;
  std::vector<std::string> columns;
  std::optional<std::string> first;  ///< earliest and latest time
  std::optional<std::string> last;
  std::size_t rows = 0;      ///< after the header
  std::size_t accepted = 0;  ///< rows less rejected ones
  std::size_t missing = 0;   ///< empty cells in accepted rows
  std::size_t rejected_count = 0;
  std::vector<market::RejectedRow> rejected;  ///< the first market::kMaxRejectedRows
  std::map<std::string, std::size_t> finding_counts;
  std::vector<CheckFinding> findings;  ///< of each kind the first market::kMaxFindingsOfAKind
  market::Quality quality;
  std::vector<std::string> warnings;  ///< converted dates, lists that were cut
  InputFile input;                    ///< for the provenance; not part of the document's own keys

  static constexpr auto describe() {
    return std::tuple{
        field("format", &CheckDocument::format, "what the file was read as"),
        field("columns", &CheckDocument::columns, "value columns (long files: symbols)"),
        field("first", &CheckDocument::first, "earliest time"),
        field("last", &CheckDocument::last, "latest time"),
        field("rows", &CheckDocument::rows, "rows after the header"),
        field("accepted", &CheckDocument::accepted, "rows that could be read"),
        field("missing", &CheckDocument::missing, "empty cells in accepted rows"),
        field("rejected_count", &CheckDocument::rejected_count, "rows left out"),
        field("rejected", &CheckDocument::rejected, "the first 100000 of them"),
        field("finding_counts", &CheckDocument::finding_counts, "findings per kind"),
        field("findings", &CheckDocument::findings, "of each kind the first 1000"),
        field("quality", &CheckDocument::quality, "score with its parts and reasons")};
  }
};

/// Errors: the file cannot be opened, or is no table of prices at all. Rows at fault are in the
/// document.
Result<CheckDocument> check_file(const CheckRequest& request, const Execution& execution);

}  // namespace quanta::services
