#include "portfolio/optimizers/contradiction.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/constants.h"
#include "core/sums.h"
#include "portfolio/optimizers/limit_program.h"

namespace quanta::portfolio {
namespace {

/// A proof must be this much beyond rounding, beside its largest slope.
constexpr double kProofRoom = 1e-12;
/// Weights without bounds are taken to be no larger: what rounding leaves of a slope counts so
/// much.
constexpr double kLargestWeight = 1e4;
/// A slope without a bound to hold it must be rounding: this, beside the largest.
constexpr double kNoSlope = 1e-9;
constexpr int kMostNewtonSteps = 200;
constexpr double kFirstStep = 1e-3;
/// How well a volatility meets its limit where it decides what another limit has to be.
constexpr double kEnough = 1e-13;
constexpr double kCapRoom = 1e-12;

LimitSet without(const LimitSet& set, std::size_t index) {
  LimitSet out(set);
  std::erase(out, index);
  return out;
}

double variance_of(const Matrix& covariance, std::span<const double> w) {
  double sum = 0.0;
  for (std::size_t i = 0; i < w.size(); ++i) sum += w[i] * dot(covariance.row(i), w);
  return std::max(sum, 0.0);
}

std::unexpected<Error> undecided() {
  return fail(ErrorKind::kInternal, "whether the limits contradict each other was not decided");
}

// ---- What may be wrong --------------------------------------------------------------------------

Result<void> check_limit(const StatedLimit& limit, std::size_t number, std::size_t n) {
  const auto wrong = [&](std::string_view what) {
    return bad_input("limits", fmt::format("limit {}: {}", number, what));
  };
  if (!std::isfinite(limit.limit)) return wrong("not a finite number");
  switch (limit.of) {
    case Measure::kEachWeight:
      if (limit.assets.empty()) return wrong("of no asset");
      if (std::ranges::max(limit.assets) >= n) return wrong("there is no such asset");
      if (limit.relation == LimitRelation::kEqual) return wrong("weights take at most or at least");
      return {};
    case Measure::kRow:
    case Measure::kDistance:
      if (limit.vector.size() != n) {
        return wrong(fmt::format("{} numbers for {} assets", limit.vector.size(), n));
      }
      if (!std::ranges::all_of(limit.vector, [](double x) { return std::isfinite(x); })) {
        return wrong("a coefficient is not finite");
      }
      if (limit.of == Measure::kRow) return {};
      break;
    case Measure::kVolatility:
      break;
    case Measure::kHeld:
      if (!(limit.limit >= 1.0)) return wrong("fewer than one asset");
      break;
    case Measure::kHeldWeight:
      if (limit.relation != LimitRelation::kAtLeast) return wrong("takes at least only");
      return {};
  }
  if (limit.relation != LimitRelation::kAtMost) return wrong("takes at most only");
  return {};
}

Result<void> check(const ContradictionProblem& p) {
  if (p.n_assets == 0) return bad_input("limits", "there are no assets");
  const auto count = [&](Measure of) { return std::ranges::count(p.limits, of, &StatedLimit::of); };
  for (std::size_t j = 0; j < p.limits.size(); ++j) {
    QUANTA_CHECK(check_limit(p.limits[j], j + 1, p.n_assets));
  }
  for (const Measure of :
       {Measure::kDistance, Measure::kVolatility, Measure::kHeld, Measure::kHeldWeight}) {
    if (count(of) > 1) {
      return bad_input("limits", "more than one limit of what may stand in one limit only");
    }
  }
  const bool curved = count(Measure::kDistance) + count(Measure::kVolatility) > 0;
  if (curved && count(Measure::kHeld) + count(Measure::kHeldWeight) > 0) {
    return bad_input("limits", "what is held does not go together with a distance or a volatility");
  }
  if (count(Measure::kVolatility) == 0) return {};
  if (p.covariance.rows() != p.n_assets || p.covariance.columns() != p.n_assets) {
    return bad_input("covariance", fmt::format("{} x {} for {} assets", p.covariance.rows(),
                                               p.covariance.columns(), p.n_assets));
  }
  if (!std::ranges::all_of(p.covariance.values(), [](double x) { return std::isfinite(x); })) {
    return bad_input("covariance", "an entry is not finite");
  }
  return {};
}

/// One problem's questions.
class Question {
 public:
  Question(const ContradictionProblem& problem, const Execution& execution)
      : p_(problem), n_(problem.n_assets), programs_(problem, execution) {}

  /// The parts of a proof that the limits of the set contradict each other; nothing where some
  /// weights meet them all. Members without a part are not in it.
  Result<std::optional<Contradiction>> contradiction(const LimitSet& set);

  struct Nearest {
    double value = 0.0;
    std::vector<double> weights;
  };
  /// The nearest value of one limit with which the set can be met; nothing where there is none.
  Result<std::optional<Nearest>> nearest(const LimitSet& set, std::size_t limit);

 private:
  std::optional<Contradiction> prove(const LimitProgram& program, const LimitSolution& solved,
                                     std::span<const double> risk_slope) const;
  Result<std::optional<Nearest>> at_volatility(const LimitProgram& program,
                                               LimitSolution linear) const;
  Result<std::optional<Nearest>> nearest_held(const LimitProgram& others, const StatedLimit& limit);
  Result<std::optional<Nearest>> nearest_cap(const LimitProgram& others, const StatedLimit& limit);
  double most_held(const LimitProgram& program) const {
    return program.held ? std::floor(p_.limits[*program.held].limit) : kInfinity;
  }

  const ContradictionProblem& p_;
  std::size_t n_;
  LimitPrograms programs_;
};

// ---- Proofs -------------------------------------------------------------------------------------

/// From the multipliers of rows and distance (and the slope of the volatility) the parts of all
/// limits: what is left of the slopes is the bounds' part. Nothing where it proves nothing.
std::optional<Contradiction> Question::prove(const LimitProgram& program,
                                             const LimitSolution& solved,
                                             std::span<const double> risk_slope) const {
  std::vector<ContradictingLimit> parts(p_.limits.size());
  const auto part = [&](std::size_t j) -> ContradictingLimit& {
    if (parts[j].slope.empty()) parts[j].slope.assign(n_, 0.0);
    return parts[j];
  };
  std::vector<double> sum(n_);
  for (std::size_t r = 0; r < program.rows.size(); ++r) {
    const LimitRow& row = program.rows[r];
    const double y =
        row.equation ? solved.row_multipliers[r] : std::max(solved.row_multipliers[r], 0.0);
    if (y == 0.0) continue;
    ContradictingLimit& own = part(row.owner);
    own.level += y * row.limit;
    for (std::size_t i = 0; i < n_; ++i) {
      own.slope[i] += y * row.coefficients[i];
      sum[i] += y * row.coefficients[i];
    }
  }
  if (!risk_slope.empty()) {
    ContradictingLimit& own = part(*program.volatility);
    own.level = p_.limits[*program.volatility].limit;
    for (std::size_t i = 0; i < n_; ++i) {
      own.slope[i] = risk_slope[i];
      sum[i] += risk_slope[i];
    }
  }
  double scale = largest_entry(sum);
  for (const ContradictingLimit& own : parts) {
    scale = std::max(scale, largest_entry(own.slope));
  }
  const double y_distance = program.distance ? std::max(solved.distance_multiplier, 0.0) : 0.0;
  scale = std::max(scale, y_distance);
  double left_over = 0.0;
  if (y_distance > 0.0)
    part(*program.distance).level = y_distance * p_.limits[*program.distance].limit;
  for (std::size_t i = 0; i < n_; ++i) {
    // What a bound with slope u adds to the level; of the distance any slope s within +-y is valid.
    const auto bound_level = [&](double u) {
      const double bound = u > 0.0 ? program.upper[i] : program.lower[i];
      if (std::isfinite(bound) || u == 0.0) return u == 0.0 ? 0.0 : u * bound;
      return std::abs(u) <= kNoSlope * scale ? kLargestWeight * std::abs(u) : kInfinity;
    };
    double s = 0.0;
    if (y_distance > 0.0) {
      const double start = p_.limits[*program.distance].vector[i];
      double best = kInfinity;
      for (const double tried :
           {std::clamp(-sum[i], -y_distance, y_distance), -y_distance, y_distance}) {
        const double level = tried * start + bound_level(-(sum[i] + tried));
        if (level < best) {
          best = level;
          s = tried;
        }
      }
      ContradictingLimit& own = part(*program.distance);
      own.slope[i] = s;
      own.level += s * start;
    }
    const double u = -(sum[i] + s);
    const std::optional<std::size_t>& owner =
        u > 0.0 ? program.upper_owner[i] : program.lower_owner[i];
    if (u == 0.0) continue;
    if (!owner) {
      if (std::isfinite(u > 0.0 ? program.upper[i] : program.lower[i])) continue;  // never negative
      if (std::abs(u) > kNoSlope * scale) return std::nullopt;
      left_over += std::abs(u);
      continue;
    }
    ContradictingLimit& own = part(*owner);
    own.slope[i] += u;
    own.level += u * (u > 0.0 ? program.upper[i] : program.lower[i]);
  }
  double level = 0.0;
  for (const ContradictingLimit& own : parts) level += own.level;
  if (!(level < -kProofRoom * scale - kLargestWeight * left_over)) return std::nullopt;
  Contradiction out;
  for (std::size_t j = 0; j < parts.size(); ++j) {
    if (parts[j].slope.empty()) continue;
    parts[j].index = j;
    out.members.push_back(std::move(parts[j]));
  }
  return out;
}

Result<std::optional<Contradiction>> Question::contradiction(const LimitSet& set) {
  LimitProgram linear = programs_.program(set, {.rows = true});
  if (linear.crossed) {
    const std::size_t i = *linear.crossed;
    Contradiction out;
    for (const bool upper : {false, true}) {
      if (!(upper ? linear.upper_owner : linear.lower_owner)[i]) continue;
      ContradictingLimit own{.index = upper ? *linear.upper_owner[i] : *linear.lower_owner[i],
                             .slope = std::vector<double>(n_),
                             .level = upper ? linear.upper[i] : -linear.lower[i]};
      own.slope[i] = upper ? 1.0 : -1.0;
      out.members.push_back(std::move(own));
    }
    std::ranges::sort(out.members, {}, &ContradictingLimit::index);
    return std::optional(std::move(out));
  }
  QUANTA_TRY(const std::optional<LimitSolution> rows, programs_.least_stretch(linear));
  if (!rows) return undecided();
  if (rows->r > kContradicts) {
    auto proof = prove(linear, *rows, {});
    if (!proof) return undecided();
    return proof;
  }
  if (linear.held || linear.held_weight) {
    QUANTA_TRY(const std::optional<LimitSolution> any,
               programs_.least_stretch_held(programs_.program(set, {}), most_held(linear)));
    if (any) return std::optional<Contradiction>();
    Contradiction all;
    for (const std::size_t j : set) all.members.push_back({.index = j});
    return std::optional(std::move(all));
  }
  if (!linear.volatility) return std::optional<Contradiction>();
  const double most = p_.limits[*linear.volatility].limit;
  const double room = kContradicts * std::abs(most);
  if (std::sqrt(variance_of(p_.covariance, rows->w)) <= most + room) {
    return std::optional<Contradiction>();
  }
  const LimitProgram hard = programs_.program(set, {});
  QUANTA_TRY(const LimitSolution least, programs_.least_variance(hard, 0.0));
  const double volatility = std::sqrt(variance_of(p_.covariance, least.w));
  if (volatility <= most + room) return std::optional<Contradiction>();
  // slope'w <= sqrt(w'Sw) by Cauchy and Schwarz.
  std::vector<double> slope(n_);
  for (std::size_t i = 0; i < n_; ++i) {
    slope[i] = volatility > 0.0 ? dot(p_.covariance.row(i), least.w) / volatility : 0.0;
  }
  LimitSolution scaled = least;
  if (volatility > 0.0) {
    for (double& y : scaled.row_multipliers) y /= volatility;
    scaled.distance_multiplier /= volatility;
  }
  auto proof = prove(hard, scaled, slope);
  if (!proof) return undecided();
  return proof;
}

// ---- The nearest value of one limit -------------------------------------------------------------

/// Beside a limit of the volatility: the least r at which the least variance is down to its limit.
/// It falls with r and is convex, with a slope of -2 times the multipliers of what gives way, so
/// that Newton's steps end at the least r from below; steps out of the bracket are halved ones.
Result<std::optional<Question::Nearest>> Question::at_volatility(const LimitProgram& program,
                                                                 LimitSolution linear) const {
  const double limit = p_.limits[*program.volatility].limit;
  const double most = limit * limit;
  if (variance_of(p_.covariance, linear.w) <= most) {
    return std::optional(Nearest{linear.r, std::move(linear.w)});
  }
  double low = linear.r;
  double high = kInfinity;
  std::vector<double> at_high;
  double r = low + kFirstStep;
  for (int step = 0; step < kMostNewtonSteps; ++step) {
    auto solved = programs_.least_variance(program, r);
    if (!solved && solved.error().kind != ErrorKind::kInfeasible) {
      return std::unexpected(std::move(solved).error());
    }
    double next = kInfinity;
    if (solved) {
      const double variance = variance_of(p_.covariance, solved->w);
      double slope = program.elastic_distance ? solved->distance_multiplier : 0.0;
      for (std::size_t k = 0; k < program.rows.size(); ++k) {
        if (program.rows[k].elastic) slope += solved->row_multipliers[k];
      }
      next = r + (variance - most) / (2.0 * slope);
      if (variance <= most * (1.0 + kEnough)) {
        high = r;
        at_high = std::move(solved->w);
        if (variance >= most * (1.0 - kEnough)) break;
      } else {
        low = r;
      }
    } else {
      low = r;
    }
    if (high < kInfinity && high - low <= 1e-15 * (1.0 + high)) break;
    if (!(next > low && next < high)) {
      next = high < kInfinity ? 0.5 * (low + high) : low + 10.0 * (r - linear.r);
    }
    if (next > kLargestWeight) break;
    r = next;
  }
  if (at_high.empty()) return std::optional<Nearest>();
  return std::optional(Nearest{high, std::move(at_high)});
}

/// How many assets must be held.
Result<std::optional<Question::Nearest>> Question::nearest_held(const LimitProgram& others,
                                                                const StatedLimit& limit) {
  QUANTA_TRY(const std::optional<LimitSolution> any,
             programs_.least_stretch_held(others, kInfinity));
  for (double most = std::floor(limit.limit) + 1.0; any; most += 1.0) {
    QUANTA_TRY(std::optional<LimitSolution> solved, programs_.least_stretch_held(others, most));
    if (solved) return std::optional(Nearest{most, std::move(solved->w)});
  }
  return std::optional<Nearest>();
}

/// The least cap of some weights where the number of assets is limited, by halving: with the cap as
/// a bound the relaxation of the number is tight, with one that gives way it is not.
Result<std::optional<Question::Nearest>> Question::nearest_cap(const LimitProgram& others,
                                                               const StatedLimit& limit) {
  const double most = most_held(others);
  QUANTA_TRY(std::optional<LimitSolution> best, programs_.least_stretch_held(others, most));
  if (!best) return std::optional<Nearest>();
  double low = limit.limit;
  double high = measure_of(p_, limit, best->w);
  while (high - low > kCapRoom * (1.0 + std::abs(high))) {
    const double cap = 0.5 * (low + high);
    LimitProgram capped = others;
    for (const std::size_t i : limit.assets) {
      capped.upper[i] = std::min(capped.upper[i], cap);
      if (capped.lower[i] > capped.upper[i]) capped.crossed = i;
    }
    std::optional<LimitSolution> solved;
    if (!capped.crossed) {
      QUANTA_TRY(solved, programs_.least_stretch_held(capped, most));
    }
    if (solved) {
      best = std::move(solved);
      high = std::min(cap, measure_of(p_, limit, best->w));
    } else {
      low = cap;
    }
  }
  return std::optional(Nearest{high, std::move(best->w)});
}

Result<std::optional<Question::Nearest>> Question::nearest(const LimitSet& set, std::size_t index) {
  const StatedLimit& limit = p_.limits[index];
  const LimitProgram others = programs_.program(without(set, index), {});
  if (others.crossed) return std::optional<Nearest>();
  if (limit.of == Measure::kVolatility) {
    QUANTA_TRY(const std::optional<LimitSolution> any, programs_.least_stretch(others));
    if (!any) return std::optional<Nearest>();
    QUANTA_TRY(LimitSolution least, programs_.least_variance(others, 0.0));
    const double volatility = std::sqrt(variance_of(p_.covariance, least.w));
    return std::optional(Nearest{std::max(volatility, limit.limit), std::move(least.w)});
  }
  const LimitProgram stretched = programs_.program(set, {.limit = index});
  const bool discrete = stretched.held || stretched.held_weight;
  if (limit.of == Measure::kHeld) return nearest_held(others, limit);
  if (discrete && limit.of == Measure::kEachWeight && limit.relation == LimitRelation::kAtMost) {
    return nearest_cap(others, limit);
  }
  QUANTA_TRY(std::optional<LimitSolution> linear,
             discrete ? programs_.least_stretch_held(stretched, most_held(stretched))
                      : programs_.least_stretch(stretched));
  if (!linear) return std::optional<Nearest>();
  std::optional<Nearest> out = Nearest{linear->r, linear->w};
  if (stretched.volatility) {
    QUANTA_TRY(const LimitSolution least, programs_.least_variance(others, 0.0));
    const double most = p_.limits[*stretched.volatility].limit;
    if (std::sqrt(variance_of(p_.covariance, least.w)) > most * (1.0 + kContradicts)) {
      return std::optional<Nearest>();
    }
    QUANTA_TRY(out, at_volatility(stretched, *std::move(linear)));
    if (!out) return out;
  }
  const double size = limit.of == Measure::kRow ? largest_entry(limit.vector) : 1.0;
  bool rises = limit.relation == LimitRelation::kAtMost;
  if (limit.relation == LimitRelation::kEqual) {
    rises = measure_of(p_, limit, out->weights) > limit.limit;
  }
  out->value = limit.limit + (rises ? 1.0 : -1.0) * size * out->value;
  return out;
}

}  // namespace

double measure_of(const ContradictionProblem& problem, const StatedLimit& limit,
                  const std::vector<double>& weights) {
  switch (limit.of) {
    case Measure::kEachWeight: {
      const auto weight = [&](std::size_t i) { return weights[i]; };
      return limit.relation == LimitRelation::kAtLeast
                 ? weight(std::ranges::min(limit.assets, {}, weight))
                 : weight(std::ranges::max(limit.assets, {}, weight));
    }
    case Measure::kRow:
      return dot(limit.vector, weights);
    case Measure::kDistance: {
      double sum = 0.0;
      for (std::size_t i = 0; i < weights.size(); ++i)
        sum += std::abs(weights[i] - limit.vector[i]);
      return sum;
    }
    case Measure::kHeld:
      return static_cast<double>(
          std::ranges::count_if(weights, [](double w) { return std::abs(w) > kNotHeld; }));
    case Measure::kHeldWeight: {
      double least = kInfinity;
      for (const double w : weights) {
        if (std::abs(w) > kNotHeld) least = std::min(least, w);
      }
      return least;
    }
    case Measure::kVolatility:
      break;
  }
  return std::sqrt(variance_of(problem.covariance, weights));
}

Result<std::vector<Contradiction>> find_contradictions(const ContradictionProblem& problem,
                                                       const Execution& execution) {
  QUANTA_CHECK(check(problem));
  Question question(problem, execution);
  const auto members_of = [](const Contradiction& c) {
    LimitSet set;
    for (const ContradictingLimit& member : c.members) set.push_back(member.index);
    return set;
  };
  LimitSet whole(problem.limits.size());
  std::iota(whole.begin(), whole.end(), std::size_t{0});
  std::vector<Contradiction> out;
  LimitSet left = whole;
  for (;;) {
    LimitSet asked_for(left);
    std::erase_if(asked_for, [&](std::size_t j) { return problem.limits[j].unspoken; });
    QUANTA_TRY(std::optional<Contradiction> found, question.contradiction(asked_for));
    if (!found && asked_for.size() < left.size()) {
      QUANTA_TRY(found, question.contradiction(left));
    }
    if (!found) return out;
    for (const std::size_t j : members_of(*found)) {
      const LimitSet set = members_of(*found);
      if (std::ranges::find(set, j) == set.end()) continue;
      QUANTA_TRY(std::optional<Contradiction> smaller, question.contradiction(without(set, j)));
      if (smaller) found = std::move(smaller);
    }
    const LimitSet set = members_of(*found);
    bool any_changeable = false;
    for (ContradictingLimit& member : found->members) {
      QUANTA_TRY(auto in_set, question.nearest(set, member.index));
      if (!in_set) return undecided();
      member.nearest_in_set = in_set->value;
      member.weights = std::move(in_set->weights);
      QUANTA_TRY(auto in_whole, question.nearest(whole, member.index));
      if (in_whole) {
        member.nearest = in_whole->value;
        member.weights = std::move(in_whole->weights);
      }
      if (problem.limits[member.index].fixed) continue;
      any_changeable = true;
      std::erase(left, member.index);
    }
    out.push_back(*std::move(found));
    if (!any_changeable) return out;
  }
}

}  // namespace quanta::portfolio
