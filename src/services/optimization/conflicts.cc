#include "services/optimization/conflicts.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "portfolio/optimizers/contradiction.h"

namespace quanta::services {
namespace {

using portfolio::ContradictingLimit;
using portfolio::LimitRelation;
using portfolio::Measure;
using portfolio::StatedLimit;

/// A fraction in percent with six digits, rounded up or down: a limit that is typed as printed must
/// not fall short.
std::string in_percent(double fraction, bool up) {
  const double percent = 100.0 * fraction;
  const double size = std::abs(percent);
  if (!(size > 1e-10)) return "0 %";
  const double unit = std::pow(10.0, std::floor(std::log10(size)) - 5.0);
  const double digits = percent / unit;
  const double shown = (up ? std::ceil(digits - 1e-6) : std::floor(digits + 1e-6)) * unit;
  return fmt::format("{:.6g} %", shown + 0.0);
}

std::string in_percent(double fraction) { return fmt::format("{:.6g} %", 100.0 * fraction + 0.0); }

/// The limits for the search, and beside each what it is called.
class Book {
 public:
  explicit Book(const LimitsAsStated& limits) : limits_(limits), n_(limits.assets.size()) {
    problem.n_assets = n_;
    StatedLimit sum = row(std::vector<double>(n_, 1.0), LimitRelation::kEqual, 1.0);
    sum.fixed = true;
    add(std::move(sum), "weights sum to", "", "sum", {});
    add_bounds();
    for (const portfolio::LinearLimit& group : limits.groups) {
      const std::string what = "group " + group.name;
      add_sides(group.lower, group.upper, what, "group", "group", group.name,
                [&](LimitRelation relation, double limit) {
                  return row(group.coefficients, relation, limit);
                });
    }
    if (limits.trading && std::isfinite(limits.trading->max_turnover)) {
      add({.of = Measure::kDistance,
           .limit = limits.trading->max_turnover,
           .vector = limits.trading->current},
          "turnover", "max-turnover", "turnover", {});
    }
    if (limits.most_leverage) {
      add({.of = Measure::kDistance,
           .limit = *limits.most_leverage,
           .vector = std::vector<double>(n_)},
          "leverage", "max-leverage", "leverage", {});
    }
    if (limits.least_return) {
      add(row(limits.mean, LimitRelation::kAtLeast, *limits.least_return), "expected return",
          "target", "return", {});
    }
    if (limits.most_volatility) {
      problem.covariance = limits.covariance;
      add({.of = Measure::kVolatility, .limit = *limits.most_volatility}, "volatility", "target",
          "volatility", {});
    }
    if (limits.most_held) {
      add({.of = Measure::kHeld, .limit = static_cast<double>(*limits.most_held)}, "assets held",
          "select", "select", {});
    }
    if (limits.least_held) {
      add({.of = Measure::kHeldWeight,
           .relation = LimitRelation::kAtLeast,
           .limit = *limits.least_held},
          "each held weight", "min-weight", "held weight", {});
    }
  }

  ConflictingLimit in_words(const ContradictingLimit& member) const {
    const StatedLimit& limit = problem.limits[member.index];
    ConflictingLimit out = names_[member.index];
    const double nearest = member.nearest.value_or(member.nearest_in_set);
    switch (limit.relation) {
      case LimitRelation::kAtMost:
        out.relation = "<=";
        if (limit.of == Measure::kHeld) {
          out.words += fmt::format(" at most {}", limit.limit);
          out.remedy = fmt::format("at least {}", nearest);
        } else {
          out.words += " at most " + in_percent(limit.limit);
          out.remedy = "at least " + in_percent(nearest, true);
        }
        break;
      case LimitRelation::kAtLeast:
        out.relation = ">=";
        out.words += " at least " + in_percent(limit.limit);
        out.remedy = "at most " + in_percent(nearest, false);
        break;
      case LimitRelation::kEqual:
        out.relation = "=";
        out.words += " " + in_percent(limit.limit);
        out.remedy = in_percent(nearest, nearest > limit.limit);
    }
    if (!member.nearest) out.remedy += ", not enough alone";
    out.limit = limit.limit;
    out.nearest = member.nearest;
    out.nearest_in_set = member.nearest_in_set;
    return out;
  }

  portfolio::ContradictionProblem problem;

 private:
  static StatedLimit row(std::vector<double> vector, LimitRelation relation, double limit) {
    return {.of = Measure::kRow, .relation = relation, .limit = limit, .vector = std::move(vector)};
  }

  void add(StatedLimit limit, std::string words, std::string field, std::string name,
           std::optional<std::string> of) {
    problem.limits.push_back(std::move(limit));
    ConflictingLimit& entry = names_.emplace_back();
    entry.words = std::move(words);
    entry.field = std::move(field);
    entry.name = std::move(name);
    entry.of = std::move(of);
  }

  template <class Limit>
  void add_sides(double lower, double upper, const std::string& what, const std::string& field,
                 const std::string& name, const std::optional<std::string>& of,
                 const Limit& limit) {
    if (std::isfinite(lower)) add(limit(LimitRelation::kAtLeast, lower), what, field, name, of);
    if (std::isfinite(upper)) add(limit(LimitRelation::kAtMost, upper), what, field, name, of);
  }

  void add_bounds() {
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < n_; ++i) {
      const auto own =
          std::ranges::find(limits_.bounds.own, limits_.assets[i], &AssetBounds::asset);
      if (own == limits_.bounds.own.end()) {
        others.push_back(i);
        continue;
      }
      add_sides(
          own->lower, own->upper, own->asset, "bound", "weight", own->asset,
          [&](LimitRelation relation, double limit) {
            return StatedLimit{
                .of = Measure::kEachWeight, .relation = relation, .limit = limit, .assets = {i}};
          });
    }
    if (others.empty()) return;
    const auto [lower, upper] = limits_.bounds.all.value_or(std::pair{0.0, 1.0});
    const bool unspoken = !limits_.bounds.all.has_value();
    const std::string what = others.size() == n_ ? "every weight" : "every other weight";
    add_sides(lower, upper, what, "bounds", "weight", {},
              [&](LimitRelation relation, double limit) {
                return StatedLimit{.of = Measure::kEachWeight,
                                   .relation = relation,
                                   .limit = limit,
                                   .assets = others,
                                   .unspoken = unspoken && relation == LimitRelation::kAtMost};
              });
  }

  const LimitsAsStated& limits_;
  std::size_t n_;
  std::vector<ConflictingLimit> names_;  ///< without numbers
};

}  // namespace

Error with_conflicts(Error error, const LimitsAsStated& limits, const Execution& execution) {
  if (error.kind != ErrorKind::kInfeasible) return error;
  const Book book(limits);
  const auto found = portfolio::find_contradictions(book.problem, execution);
  if (!found || found->empty()) return error;
  bool one_is_enough = true;
  error.conflicts.clear();
  for (const portfolio::Contradiction& contradiction : *found) {
    Conflict& conflict = error.conflicts.emplace_back();
    for (const ContradictingLimit& member : contradiction.members) {
      conflict.push_back(book.in_words(member));
      one_is_enough = one_is_enough && member.nearest.has_value();
    }
  }
  error.field.clear();
  error.message = "no weights meet these limits together";
  if (found->size() > 1) {
    error.message = fmt::format(
        "no weights meet these limits together: {} contradictions, and "
        "each needs a change",
        found->size());
  } else if (one_is_enough) {
    error.message += "; any one of these changes is enough";
  }
  return error;
}

}  // namespace quanta::services
