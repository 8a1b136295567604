/// What is odd in a price file: findings, each with its place and a sentence, and a quality score.
///
///   Validation report = validate(table, ValidationLimits{}, execution);
///   for (const Finding& finding : report.findings) …  // "jump" 2014-06-09 close: …
///
/// A finding is no error: the row stays. Rows that cannot be read are rejected by the parser
/// (market/bars/price_file.h) and never reach this.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/date.h"
#include "core/describe.h"
#include "core/execution.h"
#include "market/bars/price_file.h"

namespace quanta::market {

enum class FindingKind {
  kDuplicate,    ///< a time that was there before (of the same symbol); valid in ticks
  kUnordered,    ///< a time before the one above it
  kGap,          ///< more time without a row than the series usually has
  kOhlc,         ///< open or close outside [low, high]
  kNonPositive,  ///< a price of zero or less
  kJump,         ///< a return far outside its neighbours
  kStale,        ///< the same close many times in a row
  kZeroVolume,   ///< no volume
};

constexpr auto enum_names(FindingKind) {
  using enum FindingKind;
  using namespace std::string_view_literals;
  return std::array{std::pair{kDuplicate, "duplicate"sv},
                    std::pair{kUnordered, "unordered"sv},
                    std::pair{kGap, "gap"sv},
                    std::pair{kOhlc, "ohlc"sv},
                    std::pair{kNonPositive, "non_positive"sv},
                    std::pair{kJump, "jump"sv},
                    std::pair{kStale, "stale"sv},
                    std::pair{kZeroVolume, "zero_volume"sv}};
}

/// Thresholds; the defaults are those of `quanta data check`.
struct ValidationLimits {
  double gap_days = 4;           ///< daily data: a step of more days than this is a gap
  double gap_spacings = 10;      ///< data within days: a step of more median spacings than this
  double tick_gap_seconds = 60;  ///< ticks: a longer silence is a gap
  double jump_deviations = 8;    ///< robust deviations (1.4826 MAD) from the neighbours' median
  std::size_t neighbours = 250;  ///< returns around the one judged, half before and half after
  std::size_t stale_rows = 10;   ///< equal closes in a row

  static constexpr auto describe() {
    return std::tuple{
        field("gap_days", &ValidationLimits::gap_days, "daily data: longest step without a finding")
            .or_default(),
        field("gap_spacings", &ValidationLimits::gap_spacings,
              "data within days: longest step without a finding, in median spacings")
            .or_default(),
        field("tick_gap_seconds", &ValidationLimits::tick_gap_seconds,
              "ticks: longest silence without a finding")
            .or_default(),
        field("jump_deviations", &ValidationLimits::jump_deviations,
              "robust deviations beyond which a return is a jump")
            .or_default(),
        field("neighbours", &ValidationLimits::neighbours,
              "returns around the one judged, half before and half after")
            .or_default(),
        field("stale_rows", &ValidationLimits::stale_rows, "equal closes in a row").or_default()};
  }
};

struct Finding {
  FindingKind kind = FindingKind::kGap;
  Timestamp time;
  std::string column;  ///< the price column or symbol, empty where the row as a whole is meant
  std::string detail;  ///< a sentence with the figures
  std::size_t line = 0;
};

/// 0 … 100, and what it was made of. Each part is in [0, 1], 1 = nothing found; the score is 100
/// times their product, so that one thing badly wrong is enough to show.
struct Quality {
  double score = 100;
  std::map<std::string, double> parts;  ///< complete, unique, ordered, consistent, positive, …
  std::vector<std::string> reasons;     ///< for each part below 1, the worst first

  static constexpr auto describe() {
    return std::tuple{
        field("score", &Quality::score, "0 … 100: 100 times the product of the parts"),
        field("parts", &Quality::parts, "each in [0, 1], 1 = nothing found"),
        field("reasons", &Quality::reasons, "one sentence for each part below 1, worst first")};
  }
};

/// At most this many findings of one kind are kept; all are counted.
constexpr std::size_t kMaxFindingsOfAKind = 1000;

struct Validation {
  std::vector<Finding> findings;              ///< in the order of the file's lines
  std::map<std::string, std::size_t> counts;  ///< per kind found, those not kept included
  Quality quality;
};

/// Judges a table as read. Never fails.
///
/// What the series is decides what a gap is. Daily (median step up to 4 days): more than gap_days.
/// Slower: more than 1.5 median steps. Within days: more than gap_spacings median steps, where the
/// change of day or week is no gap if most changes from that weekday are as long (the market is
/// closed then); no return is taken across such a step. Ticks: more than tick_gap_seconds; times
/// that repeat are valid there: found, and no loss of quality.
///
/// A jump is a log return further than jump_deviations x 1.4826 MAD from the median of its
/// neighbours (MAD = median absolute deviation; Leys et al. 2013, doi 10.1016/j.jesp.2013.03.013);
/// where the MAD is 0 the mean absolute deviation x 1.2533 stands in. It gets `split?` where the
/// price changes to within 3 % of 1/n, n, 2/3 or 3/2 of the one before (by the open, if there is
/// one). Fewer than 20 neighbours judge nobody. Prices that are not positive end a run of returns.
/// Columns run in parallel on the execution's pool; the
/// result does not depend on the threads. Cost about 10 ns a cell on one thread, 20 where tails are
/// heavy.
Validation validate(const PriceTable& table, const ValidationLimits& limits,
                    const Execution& execution);

}  // namespace quanta::market
