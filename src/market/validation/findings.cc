#include "market/validation/findings.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "core/large_memory.h"
#include "market/validation/jump_search.h"

namespace quanta::market {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;
constexpr std::size_t kNKinds = enum_names(FindingKind{}).size();

/// A finding with what decides its place in the list.
struct Ranked {
  Finding finding;
  std::size_t row = 0;
  std::size_t column = 0;

  friend bool operator<(const Ranked& a, const Ranked& b) {
    if (a.row != b.row) return a.row < b.row;
    if (a.column != b.column) return a.column < b.column;
    return a.finding.kind < b.finding.kind;
  }
};

/// Findings of one kind: all counted, the first kMaxFindingsOfAKind in the file's order kept.
class KindList {
 public:
  /// Whether one at (row, column) would be kept: lets the caller leave the words unwritten.
  bool wants(std::size_t row) const { return !cut_ || row <= last_row_; }
  void add(Ranked finding) {
    kept_.push_back(std::move(finding));
    if (kept_.size() >= 2 * kMaxFindingsOfAKind) cut();
  }
  void count(std::size_t n = 1) { n_ += n; }
  void merge(KindList&& other) {
    n_ += other.n_;
    for (Ranked& finding : other.kept_) add(std::move(finding));
  }
  /// Sorts and shortens.
  void cut() {
    std::ranges::sort(kept_, [](const Ranked& a, const Ranked& b) { return a < b; });
    if (kept_.size() > kMaxFindingsOfAKind) {
      kept_.resize(kMaxFindingsOfAKind);
      cut_ = true;
      last_row_ = kept_.back().row;
    }
  }
  std::size_t n() const { return n_; }
  std::vector<Ranked>& kept() { return kept_; }

 private:
  std::vector<Ranked> kept_;
  std::size_t n_ = 0;
  bool cut_ = false;
  std::size_t last_row_ = 0;
};

struct Findings {
  std::array<KindList, kNKinds> kinds;
  std::size_t n_stale_rows = 0;
  std::size_t n_returns = 0;
  std::size_t n_closes = 0;  ///< prices that can be stale
  std::size_t n_missing = 0;

  KindList& of(FindingKind kind) { return kinds[static_cast<std::size_t>(kind)]; }
  void merge(Findings&& other) {
    for (std::size_t k = 0; k < kNKinds; ++k) kinds[k].merge(std::move(other.kinds[k]));
    n_stale_rows += other.n_stale_rows;
    n_returns += other.n_returns;
    n_closes += other.n_closes;
    n_missing += other.n_missing;
  }
};

/// The rows of one series (all of the table, or one symbol's), in the file's order.
struct Timeline {
  std::string name;               ///< of the symbol; empty where the whole table is meant
  std::vector<std::size_t> rows;  ///< empty: all rows of the table
  std::vector<char> breaks;       ///< breaks[k]: no return from row k-1 to row k; empty: none

  std::size_t n(const PriceTable& table) const {
    return rows.empty() ? table.n_rows() : rows.size();
  }
  std::size_t row(std::size_t k) const { return rows.empty() ? k : rows[k]; }
};

std::string shown_time(const PriceTable& table, Timestamp time) {
  return table.has_time_of_day ? to_text(time) : to_text(date_of(time));
}

std::string shown_step(std::int64_t step) {
  const double seconds = static_cast<double>(step) / static_cast<double>(kSecond);
  if (step >= kDay) {
    const double days = static_cast<double>(step) / static_cast<double>(kDay);
    return days < 1000 ? fmt::format("{:.4g} days", days) : fmt::format("{:.0f} days", days);
  }
  if (seconds >= 2 * 3600) return fmt::format("{:.3g} hours", seconds / 3600);
  if (seconds >= 2 * 60) return fmt::format("{:.3g} minutes", seconds / 60);
  return fmt::format("{:.3g} seconds", seconds);
}

/// Adds to a table's findings with all that they share.
class Reporter {
 public:
  Reporter(const PriceTable& table, Findings& findings) : table_(table), findings_(findings) {}

  /// `words` makes the sentence, and is called only where it is kept.
  template <class Words>
  void add(FindingKind kind, std::size_t row, std::size_t column, std::string_view name,
           const Words& words) {
    KindList& list = findings_.of(kind);
    list.count();
    if (!list.wants(row)) return;
    list.add({.finding = {.kind = kind,
                          .time = table_.times[row],
                          .column = std::string(name),
                          .detail = words(),
                          .line = table_.lines[row]},
              .row = row,
              .column = column});
  }

 private:
  const PriceTable& table_;
  Findings& findings_;
};

// --- times -------------------------------------------------------------------------------------

enum class Pace { kTicks, kWithinDays, kDaily, kSlower };

/// The pace and the median of the steps that go forward; nothing where there is no such step.
struct Spacing {
  Pace pace = Pace::kDaily;
  std::int64_t median = 0;
};

std::optional<Spacing> spacing_of(const PriceTable& table, const Timeline& line) {
  std::vector<std::int64_t> steps;
  steps.reserve(line.n(table));
  for (std::size_t k = 1; k < line.n(table); ++k) {
    const std::int64_t step =
        table.times[line.row(k)].microseconds - table.times[line.row(k - 1)].microseconds;
    if (step > 0) steps.push_back(step);
  }
  if (steps.empty()) return std::nullopt;
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>((steps.size() - 1) / 2);
  std::ranges::nth_element(steps, middle);
  Spacing spacing{.median = *middle};
  if (table.format == PriceFormat::kTicks) {
    spacing.pace = Pace::kTicks;
  } else if (spacing.median < kDay * 5 / 6) {
    spacing.pace = Pace::kWithinDays;
  } else {
    spacing.pace = spacing.median <= 4 * kDay ? Pace::kDaily : Pace::kSlower;
  }
  return spacing;
}

/// Rows whose time stood before.
std::vector<std::size_t> repeated_rows(const PriceTable& table, const Timeline& line) {
  const auto time = [&](std::size_t k) { return table.times[line.row(k)]; };
  const std::size_t n = line.n(table);
  bool ordered = true;
  for (std::size_t k = 1; k < n && ordered; ++k) ordered = time(k - 1) <= time(k);
  std::vector<std::size_t> repeated;
  if (ordered) {
    for (std::size_t k = 1; k < n; ++k) {
      if (time(k) == time(k - 1)) repeated.push_back(k);
    }
    return repeated;
  }
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return time(a) < time(b); });
  for (std::size_t i = 1; i < n; ++i) {
    if (time(order[i]) == time(order[i - 1])) repeated.push_back(order[i]);
  }
  std::ranges::sort(repeated);
  return repeated;
}

/// Duplicates, disorder and gaps of a series; sets its breaks.
void judge_times(const PriceTable& table, const ValidationLimits& limits, Timeline& line,
                 Findings& findings) {
  Reporter report(table, findings);
  const std::size_t n = line.n(table);
  const auto time = [&](std::size_t k) { return table.times[line.row(k)]; };
  for (const std::size_t k : repeated_rows(table, line)) {
    report.add(FindingKind::kDuplicate, line.row(k), 0, line.name, [&] {
      return fmt::format("{} stands on an earlier row already{}", shown_time(table, time(k)),
                         table.format == PriceFormat::kTicks ? ", which is valid in ticks" : "");
    });
  }
  const auto spacing = spacing_of(table, line);
  double longest = 0;
  if (spacing) {
    const auto median = static_cast<double>(spacing->median);
    switch (spacing->pace) {
      case Pace::kTicks:
        longest = limits.tick_gap_seconds * static_cast<double>(kSecond);
        break;
      case Pace::kWithinDays:
        longest = limits.gap_spacings * median;
        line.breaks.assign(n, 0);
        break;
      case Pace::kDaily:
        longest = limits.gap_days * static_cast<double>(kDay);
        break;
      case Pace::kSlower:
        longest = 1.5 * median;
        break;
    }
  }
  const auto step_to = [&](std::size_t k) {
    return time(k).microseconds - time(k - 1).microseconds;
  };
  const auto is_long = [&](std::size_t k) { return static_cast<double>(step_to(k)) > longest; };
  const auto changes_day = [&](std::size_t k) { return date_of(time(k)) != date_of(time(k - 1)); };
  const auto weekday_before = [&](std::size_t k) {
    return static_cast<std::size_t>(weekday(date_of(time(k - 1))));
  };
  // Of the changes of day from each weekday: all, and the long ones.
  std::array<std::size_t, 7> changes{};
  std::array<std::size_t, 7> long_changes{};
  if (spacing && spacing->pace == Pace::kWithinDays) {
    for (std::size_t k = 1; k < n; ++k) {
      if (step_to(k) <= 0 || !changes_day(k)) continue;
      ++changes[weekday_before(k)];
      if (is_long(k)) ++long_changes[weekday_before(k)];
    }
  }
  for (std::size_t k = 1; k < n; ++k) {
    const std::size_t row = line.row(k);
    if (step_to(k) < 0) {
      report.add(FindingKind::kUnordered, row, 0, line.name, [&] {
        return fmt::format("{} stands below {}", shown_time(table, time(k)),
                           shown_time(table, time(k - 1)));
      });
      continue;
    }
    if (!spacing || !is_long(k)) continue;
    if (!line.breaks.empty()) {
      line.breaks[k] = 1;
      const std::size_t day = weekday_before(k);
      const bool is_closure =
          changes_day(k) && 2 * long_changes[day] > changes[day] &&
          static_cast<double>(step_to(k)) <= limits.gap_days * static_cast<double>(kDay);
      if (is_closure) continue;
    }
    report.add(FindingKind::kGap, row, 0, line.name, [&] {
      return fmt::format("{} without a row, {} to {}", shown_step(step_to(k)),
                         shown_time(table, time(k - 1)), shown_time(table, time(k)));
    });
  }
}

// --- jumps ---------------------------------------------------------------------------------------

/// "2:1" where new/old is within 3 % of a split's ratio (new:old shares), else empty.
std::string split_ratio(double ratio) {
  constexpr double kRoom = 0.03;
  const auto near = [&](double fraction) { return std::abs(ratio / fraction - 1) <= kRoom; };
  for (const int n : {2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 50, 100}) {
    if (near(1.0 / n)) return fmt::format("{}:1", n);
    if (near(n)) return fmt::format("1:{}", n);
  }
  if (near(2.0 / 3)) return "3:2";
  if (near(3.0 / 2)) return "2:3";
  return {};
}

/// r[i] = ln(after[i] / before[i]) of positive prices, to the last bits. With x = after - before
/// over the mean of both, ln = 2 atanh(x / 2); for the usual small steps its series needs no
/// logarithm.
void log_returns(std::span<const double> before, std::span<const double> after,
                 std::span<double> r) {
  constexpr double kSmall = 0.1;  // the first term left out is then below 1e-17 of the sum
  for (std::size_t i = 0; i < r.size(); ++i) {
    const double x = (after[i] - before[i]) / (0.5 * before[i] + 0.5 * after[i]);
    const double x2 = x * x;
    r[i] = x + x * x2 *
                   (1.0 / 12 +
                    x2 * (1.0 / 80 + x2 * (1.0 / 448 + x2 * (1.0 / 2304 + x2 * (1.0 / 11264)))));
  }
  for (std::size_t i = 0; i < r.size(); ++i) {
    if (!(std::abs(r[i]) < kSmall)) r[i] = std::log(after[i]) - std::log(before[i]);
  }
}

// --- columns -----------------------------------------------------------------------------------

/// What is asked of a column of values.
struct Judged {
  std::size_t column = 0;
  std::string name;
  bool is_price = true;  ///< has to be positive
  bool is_close = true;  ///< has returns and can be stale
  bool is_volume = false;
  std::optional<std::size_t> open_column = std::nullopt;
};

class ColumnJudge {
 public:
  ColumnJudge(const PriceTable& table, const ValidationLimits& limits, Findings& findings)
      : table_(table), limits_(limits), findings_(findings), report_(table, findings) {}

  /// Whether each value by itself is nothing to speak of.
  static bool is_ordinary(const Judged& judged, double value) {
    return value > 0 || (!judged.is_price && value < 0);
  }

  /// Each of n values by itself: value(k) belongs to the k-th row of the line.
  template <class Value>
  void check_values(const Timeline& line, const Judged& judged, std::size_t n, const Value& value) {
    for (std::size_t k = 0; k < n; ++k) {
      const double x = value(k);
      if (std::isnan(x)) {
        ++findings_.n_missing;
      } else if (judged.is_price && !(x > 0)) {
        report_.add(FindingKind::kNonPositive, line.row(k), judged.column, judged.name,
                    [&] { return fmt::format("price {}: log returns are not defined here", x); });
      } else if (judged.is_volume && x == 0) {
        report_.add(FindingKind::kZeroVolume, line.row(k), judged.column, judged.name,
                    [] { return std::string("no volume"); });
      }
    }
  }

  /// Runs and jumps of closes, one for each row of the line.
  void check_series(const Timeline& line, const Judged& judged, std::span<const double> values,
                    bool all_positive) {
    if (table_.format != PriceFormat::kTicks) {
      if (all_positive) {
        find_stale_of_full(line, judged, values);
      } else {
        find_stale(line, judged, values);
      }
    }
    find_jumps(line, judged, values, all_positive);
  }

 private:
  void report_stale(const Timeline& line, const Judged& judged, std::size_t length, double price,
                    std::size_t begin, std::size_t last) {
    if (length < limits_.stale_rows || length < 2) return;
    findings_.n_stale_rows += length;
    report_.add(FindingKind::kStale, line.row(begin), judged.column, judged.name, [&] {
      return fmt::format("{} equal prices of {}, to {}", length, price,
                         shown_time(table_, table_.times[line.row(last)]));
    });
  }

  void find_stale(const Timeline& line, const Judged& judged, std::span<const double> values) {
    for (std::size_t begin = 0; begin < values.size();) {
      std::size_t length = std::isnan(values[begin]) ? 0 : 1;
      std::size_t last = begin;
      std::size_t end = begin + 1;
      for (; length > 0 && end < values.size(); ++end) {
        if (std::isnan(values[end])) continue;
        if (values[end] != values[begin]) break;
        ++length;
        last = end;
      }
      findings_.n_closes += length;
      report_stale(line, judged, length, values[begin], begin, last);
      begin = end;
    }
  }

  /// Where nothing is missing: a run that counts covers two places in turn of those that are half
  /// its least length apart.
  void find_stale_of_full(const Timeline& line, const Judged& judged,
                          std::span<const double> values) {
    findings_.n_closes += values.size();
    const std::size_t step = std::max<std::size_t>(limits_.stale_rows / 2, 1);
    for (std::size_t at = 0; at + step < values.size(); at += step) {
      if (values[at] != values[at + step]) continue;
      const double price = values[at];
      std::size_t begin = at;
      while (begin > 0 && values[begin - 1] == price) --begin;
      std::size_t end = at + 1;
      while (end < values.size() && values[end] == price) ++end;
      report_stale(line, judged, end - begin, price, begin, end - 1);
      if (end > at + step) at = end - step;  // on from behind the run
    }
  }

  /// before_, after_ and ends_ of the returns that can be taken.
  void pair_prices(const Timeline& line, std::span<const double> values) {
    before_.clear();
    after_.clear();
    ends_.clear();
    std::optional<std::size_t> last;
    for (std::size_t k = 0; k < values.size(); ++k) {
      if (std::isnan(values[k])) continue;
      if (!(values[k] > 0)) {
        last.reset();
        continue;
      }
      if (last && !broken(line, *last, k)) {
        before_.push_back(values[*last]);
        after_.push_back(values[k]);
        ends_.push_back(k);
      }
      last = k;
    }
  }

  void find_jumps(const Timeline& line, const Judged& judged, std::span<const double> values,
                  bool all_positive) {
    if (values.empty()) return;
    const bool has_all = all_positive && line.breaks.empty();
    if (has_all) {
      returns_.resize(values.size() - 1);
      log_returns(values.first(returns_.size()), values.subspan(1), returns_);
    } else {
      pair_prices(line, values);
      returns_.resize(ends_.size());
      log_returns(before_, after_, returns_);
    }
    findings_.n_returns += returns_.size();
    JumpSearch search(returns_, limits_.neighbours, limits_.jump_deviations);
    search.find([&](std::size_t i) {
      const std::size_t to = has_all ? i + 1 : ends_[i];
      const std::size_t row = line.row(to);
      report_.add(FindingKind::kJump, row, judged.column, judged.name, [&] {
        const double before = has_all ? values[i] : before_[i];
        const double after = values[to];
        double opened = after;
        if (judged.open_column) {
          const double open = table_.values(row, *judged.open_column);
          if (open > 0) opened = open;
        }
        const double deviations = search.deviations(i);
        const std::string split = split_ratio(opened / before);
        const double ratio = after / before;
        std::string text = ratio >= 2 ? fmt::format("rises {:.4g} times", ratio)
                                      : fmt::format("{} by {:.3g} %", ratio < 1 ? "falls" : "rises",
                                                    100 * std::abs(ratio - 1));
        text += fmt::format(" from {} to {}", before, after);
        text += std::isinf(deviations) ? ", all its neighbours are unchanged"
                                       : fmt::format(", {:.3g} robust deviations", deviations);
        return split.empty() ? text : fmt::format("{}; split? {}", text, split);
      });
    });
  }

  static bool broken(const Timeline& line, std::size_t from, std::size_t to) {
    if (line.breaks.empty()) return false;
    return std::any_of(line.breaks.begin() + static_cast<std::ptrdiff_t>(from) + 1,
                       line.breaks.begin() + static_cast<std::ptrdiff_t>(to) + 1,
                       [](char is_break) { return is_break != 0; });
  }

  const PriceTable& table_;
  const ValidationLimits& limits_;
  Findings& findings_;
  Reporter report_;
  std::vector<double> returns_;
  std::vector<double> before_;  ///< of each return its two prices
  std::vector<double> after_;
  std::vector<std::size_t> ends_;  ///< of each return: the row it leads to, within the line
};

/// Rows whose open or close lies outside [low, high]; names of the four columns, `open` first.
void judge_ohlc(const PriceTable& table, std::array<std::string_view, 4> names,
                Findings& findings) {
  std::array<std::size_t, 4> at{};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto found = table.column(names[i]);
    if (!found) return;
    at[i] = *found;
  }
  const auto [open, high, low, close] = at;
  Reporter report(table, findings);
  for (std::size_t t = 0; t < table.n_rows(); ++t) {
    const auto row = table.values.row(t);
    std::string detail;
    std::size_t wrong = 0;
    if (row[low] > row[high]) {
      wrong = low;
      detail = fmt::format("low {} is above high {}", row[low], row[high]);
    } else {
      for (const std::size_t i : {open, close}) {
        if (!(row[i] < row[low] || row[i] > row[high])) continue;
        if (detail.empty()) wrong = i;
        const bool is_above = row[i] > row[high];
        detail += fmt::format("{}{} {} is {} {} {}", detail.empty() ? "" : ", ", table.columns[i],
                              row[i], is_above ? "above" : "below",
                              table.columns[is_above ? high : low], row[is_above ? high : low]);
      }
    }
    if (detail.empty()) continue;
    report.add(FindingKind::kOhlc, t, wrong, table.columns[wrong], [&] { return detail; });
  }
}

std::vector<Judged> columns_to_judge(const PriceTable& table) {
  std::vector<Judged> judged;
  for (std::size_t j = 0; j < table.n_columns(); ++j) {
    const std::string& name = table.columns[j];
    Judged one{.column = j, .name = name};
    switch (table.format) {
      case PriceFormat::kOhlcv:
        one.is_volume = name == "volume";
        one.is_price = !one.is_volume;
        one.is_close = name == "close";
        one.open_column = table.column("open");
        break;
      case PriceFormat::kQuotes:
        one.is_close = name == "bid_close";
        one.open_column = table.column("bid_open");
        break;
      case PriceFormat::kTicks:
        one.is_close = name == "bid";
        break;
      case PriceFormat::kWide:
      case PriceFormat::kLong:
      case PriceFormat::kSingle:
        break;
    }
    judged.push_back(std::move(one));
  }
  return judged;
}

std::vector<Timeline> timelines_of(const PriceTable& table) {
  if (table.format != PriceFormat::kLong) return std::vector<Timeline>(1);
  std::vector<Timeline> lines(table.symbols.size());
  for (std::size_t s = 0; s < lines.size(); ++s) lines[s].name = table.symbols[s];
  for (std::size_t t = 0; t < table.n_rows(); ++t) lines[table.symbol_of_row[t]].rows.push_back(t);
  return lines;
}

/// All columns of a table with one timeline. Up to 32 are judged together, so that each cache line
/// of the table is read once; of these the closes are copied, which is small beside the table.
void judge_columns(const PriceTable& table, const ValidationLimits& limits, const Timeline& line,
                   const Execution& execution, Findings& findings) {
  const std::vector<Judged> judged = columns_to_judge(table);
  const std::size_t together = std::clamp<std::size_t>(judged.size() / 8, 8, 32);
  std::mutex mutex;
  parallel_for(execution, judged.size(), together, [&](std::size_t begin, std::size_t end) {
    if (execution.cancelled()) return;
    const std::size_t n = table.n_rows();
    std::vector<std::size_t> place(end - begin);  // of a close in the copy
    std::size_t n_closes = 0;
    for (std::size_t j = begin; j < end; ++j) {
      place[j - begin] = n_closes * n;
      n_closes += judged[j].is_close ? 1 : 0;
    }
    const auto closes = std::make_unique_for_overwrite<double[]>(n * n_closes);
    prefer_large_pages(closes.get(), n * n_closes * sizeof(double));
    std::vector<std::size_t> n_odd(end - begin);
    constexpr std::size_t kRows =
        16;  // whose values of a few columns stay in the first-level cache
    for (std::size_t t0 = 0; t0 < n; t0 += kRows) {
      const std::size_t n_rows = std::min(kRows, n - t0);
      for (std::size_t j = begin; j < end; ++j) {
        const double* const from = table.values.data() + t0 * table.n_columns() + j;
        const Judged& column = judged[j];
        std::size_t odd = 0;
        if (column.is_close) {
          double* const to = closes.get() + place[j - begin] + t0;
          for (std::size_t t = 0; t < n_rows; ++t) to[t] = from[t * table.n_columns()];
          for (std::size_t t = 0; t < n_rows; ++t) odd += to[t] > 0 ? 0 : 1;
        } else {
          for (std::size_t t = 0; t < n_rows; ++t) {
            const double x = from[t * table.n_columns()];
            odd += ColumnJudge::is_ordinary(column, x) ? 0 : 1;
          }
        }
        n_odd[j - begin] += odd;
      }
    }
    Findings here;
    ColumnJudge judge(table, limits, here);
    for (std::size_t j = begin; j < end; ++j) {
      const bool all_ordinary = n_odd[j - begin] == 0;
      if (!all_ordinary) {
        judge.check_values(line, judged[j], n, [&](std::size_t t) { return table.values(t, j); });
      }
      if (judged[j].is_close) {
        judge.check_series(line, judged[j], std::span(closes.get() + place[j - begin], n),
                           all_ordinary);
      }
    }
    const std::lock_guard lock(mutex);
    findings.merge(std::move(here));
  });
}

/// A long table: each symbol has its own timeline and one column.
void judge_symbols(const PriceTable& table, const ValidationLimits& limits,
                   std::vector<Timeline>& lines, const Execution& execution, Findings& findings) {
  std::mutex mutex;
  constexpr std::size_t kTogether = 16;
  parallel_for(execution, lines.size(), kTogether, [&](std::size_t begin, std::size_t end) {
    if (execution.cancelled()) return;
    Findings here;
    ColumnJudge judge(table, limits, here);
    std::vector<double> values;
    for (std::size_t s = begin; s < end; ++s) {
      judge_times(table, limits, lines[s], here);
      values.clear();
      for (const std::size_t row : lines[s].rows) values.push_back(table.values(row, 0));
      const Judged judged{.column = s, .name = lines[s].name};
      judge.check_values(lines[s], judged, values.size(), [&](std::size_t k) { return values[k]; });
      const bool all_positive = std::ranges::all_of(values, [](double x) { return x > 0; });
      judge.check_series(lines[s], judged, values, all_positive);
    }
    const std::lock_guard lock(mutex);
    findings.merge(std::move(here));
  });
}

// --- quality -----------------------------------------------------------------------------------

Quality judge_quality(const PriceTable& table, Findings& findings) {
  const auto rows = static_cast<double>(table.n_rows());
  const double cells = rows * static_cast<double>(table.n_columns());
  const auto count = [&](FindingKind kind) { return findings.of(kind).n(); };
  Quality quality;
  std::vector<std::pair<double, std::string>> reasons;
  // A share s of faults of weight 1 leaves 1 - s; heavier ones leave 1 / (1 + weight s).
  const auto part = [&](std::string_view name, std::size_t n, double of, double weight,
                        std::string_view what) {
    double& value = quality.parts.emplace(name, 1.0).first->second;
    if (n == 0 || of <= 0) return;
    const double share = static_cast<double>(n) / of;
    const double this_part = weight == 1 ? 1.0 - share : 1.0 / (1.0 + weight * share);
    value *= this_part;
    reasons.emplace_back(this_part, fmt::format("{} of {} {}", n, of, what));
  };
  const auto returns = static_cast<double>(findings.n_returns);
  part("complete", table.n_rejected, static_cast<double>(table.n_rows_seen), 1,
       "rows could not be read");
  part("complete", findings.n_missing, cells, 1, "cells are missing");
  const bool may_repeat = table.format == PriceFormat::kTicks;
  part("unique", may_repeat ? 0 : count(FindingKind::kDuplicate), rows, 10, "rows repeat a time");
  part("ordered", count(FindingKind::kUnordered), rows, 10, "rows stand below a later time");
  part("continuous", count(FindingKind::kGap), rows, 10, "rows come after a gap");
  part("consistent", count(FindingKind::kOhlc), rows, 5,
       "rows have open or close outside [low, high]");
  part("positive", count(FindingKind::kNonPositive), cells, 10, "prices are not positive");
  part("plausible", count(FindingKind::kJump), returns, 20, "returns are jumps");
  part("fresh", findings.n_stale_rows, static_cast<double>(findings.n_closes), 1,
       "prices stand in runs that do not change");
  part("traded", count(FindingKind::kZeroVolume), rows, 1, "rows have no volume");
  quality.score = 100;
  for (const auto& [name, value] : quality.parts) quality.score *= value;
  std::ranges::stable_sort(reasons, [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [value, reason] : reasons) quality.reasons.push_back(std::move(reason));
  return quality;
}

}  // namespace

Validation validate(const PriceTable& table, const ValidationLimits& limits,
                    const Execution& execution) {
  Findings findings;
  std::vector<Timeline> lines = timelines_of(table);
  if (table.format == PriceFormat::kLong) {
    judge_symbols(table, limits, lines, execution, findings);
  } else {
    judge_times(table, limits, lines[0], findings);
    judge_columns(table, limits, lines[0], execution, findings);
  }
  if (table.format == PriceFormat::kOhlcv) {
    judge_ohlc(table, {"open", "high", "low", "close"}, findings);
  } else if (table.format == PriceFormat::kQuotes) {
    judge_ohlc(table, {"bid_open", "bid_high", "bid_low", "bid_close"}, findings);
    judge_ohlc(table, {"ask_open", "ask_high", "ask_low", "ask_close"}, findings);
  }

  Validation validation;
  validation.quality = judge_quality(table, findings);
  std::vector<Ranked> all;
  for (const auto& [kind, name] : enum_names(FindingKind{})) {
    KindList& list = findings.of(kind);
    list.cut();
    if (list.n() > 0) validation.counts.emplace(name, list.n());
    std::ranges::move(list.kept(), std::back_inserter(all));
  }
  std::ranges::stable_sort(all, [](const Ranked& a, const Ranked& b) { return a < b; });
  for (Ranked& one : all) validation.findings.push_back(std::move(one.finding));
  return validation;
}

}  // namespace quanta::market
