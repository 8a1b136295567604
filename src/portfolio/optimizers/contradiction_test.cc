#include "portfolio/optimizers/contradiction.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include "core/random.h"

namespace quanta::portfolio {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kMet = 1e-9;

// ---- Limits by hand -----------------------------------------------------------------------------

StatedLimit sums_to_one(std::size_t n) {
  return {.of = Measure::kRow,
          .relation = LimitRelation::kEqual,
          .limit = 1.0,
          .vector = std::vector<double>(n, 1.0),
          .fixed = true};
}

StatedLimit weights_at(LimitRelation relation, double limit, std::vector<std::size_t> assets) {
  return {.of = Measure::kEachWeight,
          .relation = relation,
          .limit = limit,
          .assets = std::move(assets)};
}

StatedLimit row_at(LimitRelation relation, double limit, std::vector<double> vector) {
  return {.of = Measure::kRow, .relation = relation, .limit = limit, .vector = std::move(vector)};
}

StatedLimit turnover_at_most(double limit, std::vector<double> start) {
  return {.of = Measure::kDistance, .limit = limit, .vector = std::move(start)};
}

StatedLimit held_at_most(double limit) { return {.of = Measure::kHeld, .limit = limit}; }

StatedLimit held_weight_at_least(double limit) {
  return {.of = Measure::kHeldWeight, .relation = LimitRelation::kAtLeast, .limit = limit};
}

StatedLimit volatility_at_most(double limit) {
  return {.of = Measure::kVolatility, .limit = limit};
}

std::vector<std::size_t> first(std::size_t n) {
  std::vector<std::size_t> out(n);
  std::iota(out.begin(), out.end(), std::size_t{0});
  return out;
}

constexpr auto kAtMost = LimitRelation::kAtMost;
constexpr auto kAtLeast = LimitRelation::kAtLeast;

// ---- Checks that share no code with the search --------------------------------------------------

double sum_of(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

double measured(const ContradictionProblem& p, const StatedLimit& limit,
                const std::vector<double>& w) {
  switch (limit.of) {
    case Measure::kEachWeight: {
      std::vector<double> at;
      for (const std::size_t i : limit.assets) at.push_back(w[i]);
      return limit.relation == kAtMost ? std::ranges::max(at) : std::ranges::min(at);
    }
    case Measure::kRow:
      return sum_of(limit.vector, w);
    case Measure::kDistance: {
      double sum = 0.0;
      for (std::size_t i = 0; i < w.size(); ++i) sum += std::abs(w[i] - limit.vector[i]);
      return sum;
    }
    case Measure::kHeld:
      return static_cast<double>(std::ranges::count_if(w, [](double x) { return x > kMet; }));
    case Measure::kHeldWeight: {
      double least = 2.0;
      for (const double x : w) least = x > kMet ? std::min(least, x) : least;
      return least;
    }
    case Measure::kVolatility:
      break;
  }
  double variance = 0.0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    for (std::size_t j = 0; j < w.size(); ++j) variance += w[i] * w[j] * p.covariance(i, j);
  }
  return std::sqrt(variance);
}

/// By how much w breaks the limit.
double excess(const ContradictionProblem& p, const StatedLimit& limit,
              const std::vector<double>& w) {
  const double over = measured(p, limit, w) - limit.limit;
  if (limit.relation == kAtMost) return over;
  return limit.relation == kAtLeast ? -over : std::abs(over);
}

/// Whether slope'w <= level does follow from the limit.
void expect_follows(const ContradictionProblem& p, const StatedLimit& limit,
                    const std::vector<double>& slope, double level) {
  double size = 0.0;
  for (const double s : slope) size = std::max(size, std::abs(s));
  const double room = 1e-12 * size;
  switch (limit.of) {
    case Measure::kEachWeight: {
      double sum = 0.0;
      for (std::size_t i = 0; i < slope.size(); ++i) {
        const bool named = std::ranges::find(limit.assets, i) != limit.assets.end();
        EXPECT_TRUE(named || slope[i] == 0.0);
        EXPECT_GE(limit.relation == kAtMost ? slope[i] : -slope[i], 0.0);
        sum += slope[i];
      }
      EXPECT_NEAR(level, sum * limit.limit, room);
      return;
    }
    case Measure::kRow: {
      const double y = sum_of(slope, limit.vector) / sum_of(limit.vector, limit.vector);
      for (std::size_t i = 0; i < slope.size(); ++i)
        EXPECT_NEAR(slope[i], y * limit.vector[i], room);
      EXPECT_TRUE(limit.relation == LimitRelation::kEqual ||
                  (limit.relation == kAtMost) == (y > 0.0));
      EXPECT_NEAR(level, y * limit.limit, 10.0 * room);
      return;
    }
    case Measure::kDistance:
      // slope'w <= slope'w0 + max |slope| x distance.
      EXPECT_GE(level, sum_of(slope, limit.vector) + size * limit.limit - 10.0 * room);
      return;
    case Measure::kHeld:
    case Measure::kHeldWeight:
      ADD_FAILURE() << "no inequality follows from it";
      return;
    case Measure::kVolatility:
      break;
  }
  const auto n = static_cast<Index>(slope.size());
  const MatrixXd s = Eigen::Map<const MatrixXd>(p.covariance.data(), n, n);
  const Eigen::Map<const VectorXd> g(slope.data(), n);
  // slope'w <= sqrt(slope'S^-1 slope) sqrt(w'Sw), by Cauchy and Schwarz.
  EXPECT_GE(level, std::sqrt(g.dot(s.ldlt().solve(g))) * limit.limit - 1e-9 * size);
}

/// Farkas: what the members allow cannot be.
void expect_proven(const ContradictionProblem& p, const Contradiction& found) {
  std::vector<double> slopes(p.n_assets);
  double level = 0.0;
  double size = 0.0;
  for (const ContradictingLimit& member : found.members) {
    ASSERT_EQ(member.slope.size(), p.n_assets);
    expect_follows(p, p.limits[member.index], member.slope, member.level);
    level += member.level;
    for (std::size_t i = 0; i < p.n_assets; ++i) {
      slopes[i] += member.slope[i];
      size = std::max(size, std::abs(member.slope[i]));
    }
  }
  double left = 0.0;
  for (const double s : slopes) left += std::abs(s);
  EXPECT_LE(left, 1e-9 * size);
  EXPECT_LT(level + 1e4 * left, -1e-12 * size);  // for weights up to 10^4
}

bool counts_assets(const ContradictionProblem& p) {
  return std::ranges::any_of(p.limits, [](const StatedLimit& limit) {
    return limit.of == Measure::kHeld || limit.of == Measure::kHeldWeight;
  });
}

/// With limits of what is held: whether some choice of assets has weights, by trying every choice.
bool some_choice_works(const ContradictionProblem& p) {
  double most = static_cast<double>(p.n_assets);
  double least = 0.0;
  ContradictionProblem rest{.n_assets = p.n_assets, .limits = {}};
  for (const StatedLimit& limit : p.limits) {
    if (limit.of == Measure::kHeld) {
      most = std::floor(limit.limit);
    } else if (limit.of == Measure::kHeldWeight) {
      least = limit.limit;
    } else {
      rest.limits.push_back(limit);
    }
  }
  for (unsigned choice = 0; choice < 1U << p.n_assets; ++choice) {
    if (std::popcount(choice) > most) continue;
    ContradictionProblem one = rest;
    for (std::size_t i = 0; i < p.n_assets; ++i) {
      const bool held = (choice >> i & 1U) != 0;
      one.limits.push_back(weights_at(kAtLeast, held ? std::max(least, 0.0) : 0.0, {i}));
      if (!held) one.limits.push_back(weights_at(kAtMost, 0.0, {i}));
    }
    if (find_contradictions(one, {}).value().empty()) return true;
  }
  return false;
}

bool contradictory(const ContradictionProblem& p) {
  const auto found = find_contradictions(p, {});
  EXPECT_TRUE(found.has_value()) << found.error().message;
  if (!found) return false;
  if (counts_assets(p)) {
    EXPECT_EQ(found->empty(), some_choice_works(p));
  } else if (!found->empty()) {
    expect_proven(p, found->front());
  }
  return !found->empty();
}

ContradictionProblem only(const ContradictionProblem& p, const Contradiction& c) {
  ContradictionProblem out{.n_assets = p.n_assets, .limits = {}, .covariance = p.covariance};
  for (const ContradictingLimit& member : c.members) out.limits.push_back(p.limits[member.index]);
  return out;
}

double moved(double limit, double nearest, double share) {
  return limit + share * (nearest - limit);
}

/// All that a contradiction says, held against the problem.
void expect_true(const ContradictionProblem& p, const Contradiction& found) {
  if (!counts_assets(only(p, found))) expect_proven(p, found);
  for (std::size_t k = 0; k < found.members.size(); ++k) {
    const ContradictingLimit& member = found.members[k];
    const StatedLimit& limit = p.limits[member.index];
    SCOPED_TRACE(testing::Message() << "limit " << member.index);
    // Its weights meet all the others, in the whole or in the set, and it by the nearest.
    const double nearest = member.nearest.value_or(member.nearest_in_set);
    for (std::size_t j = 0; j < p.limits.size(); ++j) {
      const bool counts = member.nearest || std::ranges::any_of(found.members, [&](const auto& m) {
                            return m.index == j;
                          });
      if (j == member.index || !counts) continue;
      EXPECT_LE(excess(p, p.limits[j], member.weights), kMet) << "by limit " << j;
    }
    EXPECT_NEAR(measured(p, limit, member.weights), nearest, kMet);
    // 1 % less of it does not do, nor 1 % less in the set alone. An equation may not go further.
    const double enough = limit.relation == LimitRelation::kEqual ? 1.0 : 1.0 + 1e-7;
    ContradictionProblem set = only(p, found);
    set.limits[k].limit = moved(limit.limit, member.nearest_in_set, 0.99);
    EXPECT_TRUE(contradictory(set));
    set.limits[k].limit = moved(limit.limit, member.nearest_in_set, enough);
    EXPECT_FALSE(contradictory(set));
    ContradictionProblem whole = p;
    if (member.nearest) {
      whole.limits[member.index].limit = moved(limit.limit, *member.nearest, 0.99);
      EXPECT_TRUE(contradictory(whole));
      whole.limits[member.index].limit = moved(limit.limit, *member.nearest, enough);
      EXPECT_FALSE(contradictory(whole));
    } else {
      whole.limits.erase(whole.limits.begin() + static_cast<std::ptrdiff_t>(member.index));
      EXPECT_TRUE(contradictory(whole));
    }
  }
}

std::vector<std::size_t> members(const Contradiction& c) {
  std::vector<std::size_t> out;
  for (const ContradictingLimit& member : c.members) out.push_back(member.index);
  return out;
}

// ---- Tests --------------------------------------------------------------------------------------

TEST(Contradiction, NamesTheFieldAtFault) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Matrix covariance(2, 2, {0.04, 0.0, 0.0, 0.09});
  const struct {
    const char* name;
    ContradictionProblem problem;
    const char* field;
  } cases[] = {
      {"no assets", {.n_assets = 0, .limits = {}}, "limits"},
      {"not a number", {.n_assets = 2, .limits = {row_at(kAtMost, nan, {1, 1})}}, "limits"},
      {"short row", {.n_assets = 2, .limits = {row_at(kAtMost, 1, {1})}}, "limits"},
      {"infinite row", {.n_assets = 1, .limits = {row_at(kAtMost, 1, {INFINITY})}}, "limits"},
      {"no such asset", {.n_assets = 2, .limits = {weights_at(kAtMost, 1, {2})}}, "limits"},
      {"of no asset", {.n_assets = 2, .limits = {weights_at(kAtMost, 1, {})}}, "limits"},
      {"weights that are equal",
       {.n_assets = 2, .limits = {weights_at(LimitRelation::kEqual, 1, {0})}},
       "limits"},
      {"least turnover",
       {.n_assets = 1,
        .limits = {{.of = Measure::kDistance, .relation = kAtLeast, .limit = 1, .vector = {0}}}},
       "limits"},
      {"two volatilities",
       {.n_assets = 2,
        .limits = {volatility_at_most(1), volatility_at_most(2)},
        .covariance = covariance},
       "limits"},
      {"no asset at all", {.n_assets = 2, .limits = {held_at_most(0.5)}}, "limits"},
      {"few and a turnover",
       {.n_assets = 1, .limits = {held_at_most(1), turnover_at_most(1, {0})}},
       "limits"},
      {"no covariance", {.n_assets = 2, .limits = {volatility_at_most(1)}}, "covariance"},
      {"covariance not finite",
       {.n_assets = 1, .limits = {volatility_at_most(1)}, .covariance = Matrix(1, 1, nan)},
       "covariance"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto found = find_contradictions(c.problem, {});
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(found.error().field, c.field);
  }
}

TEST(Contradiction, EndsWhenItIsStopped) {
  std::stop_source source;
  source.request_stop();
  const auto found = find_contradictions({.n_assets = 2, .limits = {sums_to_one(2)}},
                                         {.stop = source.get_token()});
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().kind, ErrorKind::kCancelled);
}

TEST(Contradiction, FindsNoneWhereThereIsNone) {
  EXPECT_TRUE(find_contradictions({.n_assets = 2, .limits = {}}, {}).value().empty());
  const ContradictionProblem p{
      .n_assets = 3,
      .limits = {sums_to_one(3), weights_at(kAtLeast, 0, first(3)),
                 weights_at(kAtMost, 1.0 / 3.0, first(3)), row_at(kAtLeast, 2.0 / 3.0, {1, 1, 0}),
                 turnover_at_most(4.0 / 3.0, {1, 0, 0}), volatility_at_most(std::sqrt(0.06))},
      .covariance = Matrix(3, 3, {0.04, 0, 0, 0, 0.09, 0, 0, 0, 0.41})};
  const auto found = find_contradictions(p, {});
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_TRUE(found->empty());
}

struct Known {
  const char* name;
  ContradictionProblem problem;
  std::vector<std::size_t> members;
  std::vector<double> nearest;
};

std::vector<Known> known_cases() {
  const auto long_only = weights_at(kAtLeast, 0.0, first(4));
  std::vector<Known> cases;
  cases.push_back(
      {"each at most 0.2: 4 x 0.2 < 1",
       {.n_assets = 4, .limits = {sums_to_one(4), long_only, weights_at(kAtMost, 0.2, first(4))}},
       {0, 2},
       {0.8, 0.25}});
  cases.push_back({"a lower bound above an upper",
                   {.n_assets = 4,
                    .limits = {sums_to_one(4), long_only, weights_at(kAtMost, 0.3, first(4)),
                               weights_at(kAtLeast, 0.5, {2})}},
                   {2, 3},
                   {0.5, 0.3}});
  cases.push_back({"a group below what its assets must hold",
                   {.n_assets = 4,
                    .limits = {sums_to_one(4), long_only, weights_at(kAtLeast, 0.3, {0}),
                               row_at(kAtMost, 0.2, {1, 1, 0, 0})}},
                   {1, 2, 3},
                   {-0.1, 0.2, 0.3}});
  // All in the best asset, 0.10: sum, no short position and target contradict each other.
  cases.push_back(
      {"a return out of reach",
       {.n_assets = 4,
        .limits = {sums_to_one(4), long_only, row_at(kAtLeast, 0.12, {0.10, 0.04, 0.02, 0.08})}},
       {0, 1, 2},
       {1.2, -0.25 / 2.0, 0.10}});
  // From (1, 0, 0, 0) to half in the last two: 0.5 is sold and bought.
  cases.push_back({"turnover short of a group",
                   {.n_assets = 4,
                    .limits = {sums_to_one(4), turnover_at_most(0.6, {1, 0, 0, 0}),
                               row_at(kAtLeast, 0.5, {0, 0, 1, 1})}},
                   {0, 1, 2},
                   {1.4, 1.0, 0.3}});
  // Least variance of independent assets: 1 / sum 1 / s_i^2.
  const double least = std::sqrt(1.0 / (25.0 + 25.0 + 100.0 + 100.0));
  cases.push_back(
      {"volatility below the least",
       {.n_assets = 4,
        .limits = {sums_to_one(4), volatility_at_most(0.05)},
        .covariance = Matrix(4, 4, {0.04, 0, 0, 0, 0, 0.04, 0, 0, 0, 0, 0.01, 0, 0, 0, 0, 0.01})},
       {0, 1},
       {0.05 / least, least}});
  // Two assets, so that return decides the weights: (1, 0) at 0.1 has 0.2, (0, 1) at 0.02 has 0.
  cases.push_back(
      {"return beyond what a volatility allows",
       {.n_assets = 2,
        .limits = {sums_to_one(2), row_at(kAtLeast, 0.08, {0.10, 0.02}), volatility_at_most(0.1)},
        .covariance = Matrix(2, 2, {0.04, 0, 0, 0})},
       {0, 1, 2},
       {0.5 + 1.5, 0.06, 0.15}});
  cases.push_back({"two assets of at most 0.3",
                   {.n_assets = 4,
                    .limits = {sums_to_one(4), long_only, weights_at(kAtMost, 0.3, first(4)),
                               held_at_most(2.0)}},
                   {0, 2, 3},
                   {0.6, 0.5, 4.0}});
  cases.push_back({"three that must be held, and two that may",
                   {.n_assets = 4,
                    .limits = {sums_to_one(4), long_only, weights_at(kAtLeast, 0.1, {0}),
                               weights_at(kAtLeast, 0.2, {1}), weights_at(kAtLeast, 0.3, {2}),
                               held_at_most(2.0)}},
                   {2, 3, 4, 5},
                   {0.0, 0.0, 0.0, 3.0}});
  // 5 x 0.2 = 1 with all but one of six; of 0.3 or more each, three of a third have the least cap.
  cases.push_back(
      {"a least position above the cap",
       {.n_assets = 6,
        .limits = {sums_to_one(6), weights_at(kAtMost, 0.2, first(6)), held_weight_at_least(0.3)}},
       {0, 1, 2},
       {0.0, 1.0 / 3.0, 0.2}});
  cases.push_back({"a least position above the limit of an asset that is held",
                   {.n_assets = 4,
                    .limits = {sums_to_one(4), weights_at(kAtLeast, 0.05, {0}),
                               weights_at(kAtMost, 0.1, {0}), held_weight_at_least(0.2)}},
                   {1, 2, 3},
                   {0.0, 0.2, 0.1}});
  return cases;
}

TEST(Contradiction, HasTheKnownMembersAndNearestValues) {
  for (const Known& known : known_cases()) {
    SCOPED_TRACE(known.name);
    const auto found = find_contradictions(known.problem, {});
    ASSERT_TRUE(found.has_value()) << found.error().message;
    ASSERT_EQ(found->size(), 1U);
    ASSERT_EQ(members(found->front()), known.members);
    for (std::size_t k = 0; k < known.members.size(); ++k) {
      const ContradictingLimit& member = found->front().members[k];
      ASSERT_TRUE(member.nearest.has_value());
      EXPECT_NEAR(*member.nearest, known.nearest[k], 1e-9);
      EXPECT_NEAR(member.nearest_in_set, known.nearest[k], 1e-9);
    }
    expect_true(known.problem, found->front());
  }
}

TEST(Contradiction, ListsThoseThatAreApart) {
  const ContradictionProblem p{
      .n_assets = 4,
      .limits = {sums_to_one(4), weights_at(kAtLeast, 0.5, {0}), weights_at(kAtMost, 0.4, {0}),
                 row_at(kAtLeast, 0.3, {0, 1, 1, 0}), row_at(kAtMost, 0.1, {0, 1, 1, 0})}};
  const auto found = find_contradictions(p, {});
  ASSERT_TRUE(found.has_value()) << found.error().message;
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(members((*found)[0]), (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(members((*found)[1]), (std::vector<std::size_t>{3, 4}));
  for (const Contradiction& one : *found) {
    for (const ContradictingLimit& member : one.members) EXPECT_FALSE(member.nearest.has_value());
    expect_true(p, one);
  }
}

TEST(Contradiction, LeavesOutWhatNobodyAskedFor) {
  StatedLimit whole = weights_at(kAtMost, 1.0, first(2));
  whole.unspoken = true;
  ContradictionProblem p{.n_assets = 2,
                         .limits = {sums_to_one(2), weights_at(kAtLeast, 0.0, first(2)), whole,
                                    row_at(kAtLeast, 3.0, {1.0, 0.5})}};
  const auto found = find_contradictions(p, {});
  ASSERT_TRUE(found.has_value()) << found.error().message;
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(members(found->front()), (std::vector<std::size_t>{0, 1, 3}));
  EXPECT_FALSE(found->front().members[1].nearest.has_value());  // it counts nevertheless
  expect_true(p, found->front());
  p.limits.erase(p.limits.begin());
  EXPECT_EQ(members(find_contradictions(p, {}).value().front()), (std::vector<std::size_t>{1, 2}));
}

// The sum, which nobody can change, may stand in several.
TEST(Contradiction, FindsTheSecondThatSharesTheSum) {
  const ContradictionProblem p{
      .n_assets = 3,
      .limits = {sums_to_one(3), weights_at(kAtLeast, 0.7, {0}), weights_at(kAtLeast, 0.6, {1}),
                 weights_at(kAtLeast, 0.0, {2}), row_at(kAtLeast, 1.5, {1, 1, 1}),
                 row_at(kAtMost, 2.0, {1, 0, 0})}};
  const auto found = find_contradictions(p, {});
  ASSERT_TRUE(found.has_value()) << found.error().message;
  ASSERT_EQ(found->size(), 2U);
  for (const Contradiction& one : *found) {
    EXPECT_EQ(one.members[0].index, 0U);
    expect_true(p, one);
  }
}

// ---- Planted ------------------------------------------------------------------------------------

constexpr int kKinds = 10;

/// Limits that one random portfolio meets with room, and then one or two that cannot be met.
ContradictionProblem planted(int kind, std::uint64_t number) {
  RandomStream stream(7, "test contradiction", static_cast<std::uint64_t>(kind) * 1000 + number);
  const std::size_t n = 4 + stream.below(6);
  std::vector<double> w(n);  // the portfolio
  double total = 0.0;
  for (double& x : w) total += x = 0.2 + stream.uniform();
  for (double& x : w) x /= total;
  std::vector<double> mean(n);
  for (double& m : mean) m = 0.02 + 0.1 * stream.uniform();
  const auto size = static_cast<Index>(n);
  MatrixXd factor(size, size + 3);
  for (Index i = 0; i < size; ++i) {
    for (Index j = 0; j < factor.cols(); ++j) factor(i, j) = 0.1 * stream.normal() + 0.05;
  }
  const MatrixXd s = factor * factor.transpose() / 4.0;
  ContradictionProblem p{.n_assets = n, .limits = {sums_to_one(n)}, .covariance = Matrix(n, n)};
  for (Index i = 0; i < size; ++i) {
    for (Index j = 0; j < size; ++j) {
      p.covariance(static_cast<std::size_t>(i), static_cast<std::size_t>(j)) = s(i, j);
    }
  }
  std::vector<double> group(n);  // the first half
  for (std::size_t i = 0; i < n / 2; ++i) group[i] = 1.0;
  std::vector<double> others(n);
  for (std::size_t i = n / 2; i < n; ++i) others[i] = 1.0;
  const double in_group = sum_of(group, w);
  std::vector<double> start(w);
  start[0] += 0.05;
  start[n - 1] -= 0.05;

  // What can be met.
  p.limits.push_back(weights_at(kAtLeast, 0.0, first(n)));
  const bool plants_upper = kind == 0;
  if (!plants_upper) p.limits.push_back(weights_at(kAtMost, 0.95, first(n)));
  p.limits.push_back(row_at(kAtMost, in_group + 0.2, group));
  p.limits.push_back(row_at(kAtLeast, in_group - 0.2, group));
  const bool plants_turnover = kind == 4 || kind == 9;
  if (!plants_turnover) p.limits.push_back(turnover_at_most(0.5, start));
  const bool plants_return = kind == 3 || kind == 7 || kind == 8;
  if (!plants_return) p.limits.push_back(row_at(kAtLeast, sum_of(mean, w) - 0.01, mean));
  const bool plants_risk = kind == 5 || kind == 7 || kind == 9;
  if (!plants_risk) {
    StatedLimit risk = volatility_at_most(1.0);
    risk.limit = 1.5 * measured(p, risk, w);
    p.limits.push_back(risk);
  }
  const auto plant = [&](StatedLimit limit) { p.limits.push_back(std::move(limit)); };
  const VectorXd ones = VectorXd::Ones(size);
  const VectorXd by_ones = s.ldlt().solve(ones);
  const double least_variance = 1.0 / ones.dot(by_ones);

  switch (kind) {
    case 0:  // each at most so little that the sum is short of 1
      plant(weights_at(kAtMost, (0.6 + 0.3 * stream.uniform()) / static_cast<double>(n), first(n)));
      break;
    case 1:  // lower bounds of three that sum to more than 1
      for (std::size_t i = 0; i < 3; ++i) {
        plant(weights_at(kAtLeast, 0.36 + 0.1 * stream.uniform(), {i}));
      }
      break;
    case 2:  // a group of less than one of its assets
      plant(weights_at(kAtLeast, 0.3 + 0.2 * stream.uniform(), {0}));
      plant(row_at(kAtMost, 0.1 + 0.1 * stream.uniform(), group));
      break;
    case 3:  // a return above that of the best asset
      plant(row_at(kAtLeast, std::ranges::max(mean) * (1.1 + 0.5 * stream.uniform()), mean));
      break;
    case 4: {  // a group further off than the turnover allows
      const double rise = 0.05 + 0.1 * stream.uniform();
      plant(row_at(kAtLeast, sum_of(others, start) + rise, others));
      plant(turnover_at_most((0.5 + stream.uniform()) * rise, start));
      break;
    }
    case 5:  // a volatility below the least there is
      plant(volatility_at_most((0.5 + 0.4 * stream.uniform()) * std::sqrt(least_variance)));
      break;
    case 6:  // two groups that must hold more than all
      plant(row_at(kAtLeast, 0.5 + 0.2 * stream.uniform(), group));
      plant(row_at(kAtLeast, 0.6 + 0.2 * stream.uniform(), others));
      break;
    case 7: {  // a return that this volatility does not buy (the frontier without bounds)
      const Eigen::Map<const VectorXd> m(mean.data(), size);
      const VectorXd by_mean = s.ldlt().solve(m);
      const double a = ones.dot(by_ones);
      const double b = m.dot(by_ones);
      const double c = m.dot(by_mean);
      const double target = std::ranges::max(mean) * 0.95;
      const double variance = (a * target * target - 2.0 * b * target + c) / (a * c - b * b);
      plant(row_at(kAtLeast, target, mean));
      plant(volatility_at_most(std::sqrt(0.5 * least_variance + 0.5 * variance) * 0.98));
      break;
    }
    case 8:  // two at once: an asset's bounds, and a return
      plant(weights_at(kAtMost, 0.1, {1}));
      plant(weights_at(kAtLeast, 0.2 + 0.2 * stream.uniform(), {1}));
      plant(row_at(kAtLeast, std::ranges::max(mean) * 1.3, mean));
      break;
    default:  // two at once: turnover and volatility
      plant(weights_at(kAtLeast, start[2] + 0.2, {2}));
      plant(turnover_at_most(0.1 + 0.2 * stream.uniform(), start));
      plant(volatility_at_most(0.8 * std::sqrt(least_variance)));
  }
  return p;
}

/// Few assets under bounds, groups and a return that many assets meet.
ContradictionProblem planted_few(std::uint64_t number) {
  RandomStream stream(11, "test contradiction", number);
  const std::size_t n = 5;
  std::vector<double> mean(n);
  for (double& m : mean) m = 0.02 + 0.1 * stream.uniform();
  const double cap = 0.25 + 0.1 * stream.uniform();
  ContradictionProblem p{.n_assets = n,
                         .limits = {sums_to_one(n), weights_at(kAtMost, cap, first(n)),
                                    row_at(kAtLeast, 0.15, {1, 1, 0, 0, 0}),
                                    row_at(kAtLeast, 0.1 + 0.1 * stream.uniform(), {0, 0, 0, 1, 0}),
                                    row_at(kAtLeast, 0.5 * std::ranges::min(mean), mean)}};
  switch (number % 3) {
    case 0:
      p.limits.push_back(held_at_most(2.0));
      break;
    case 1:
      p.limits.push_back(held_weight_at_least(cap + 0.02 + 0.1 * stream.uniform()));
      break;
    default:  // three of a least weight fill all but what the group needs
      p.limits.push_back(held_at_most(3.0));
      p.limits.push_back(held_weight_at_least(0.22));
      p.limits.push_back(row_at(kAtMost, 0.2, {0, 0, 1, 0, 1}));
      p.limits.push_back(row_at(kAtMost, 0.2, {1, 1, 0, 0, 0}));
  }
  return p;
}

TEST(Contradiction, OfWhatIsHeldIsThatOfEveryChoice) {
  for (std::uint64_t number = 0; number < 12; ++number) {
    SCOPED_TRACE(testing::Message() << "number " << number);
    const ContradictionProblem p = planted_few(number);
    const auto found = find_contradictions(p, {});
    ASSERT_TRUE(found.has_value()) << found.error().message;
    ASSERT_FALSE(found->empty());
    EXPECT_FALSE(some_choice_works(p));
    for (const Contradiction& one : *found) expect_true(p, one);
  }
}

class Planted : public testing::TestWithParam<int> {};

TEST_P(Planted, IsFoundIrreducibleAndItsRemediesAreTheSmallest) {
  for (std::uint64_t number = 0; number < 20; ++number) {
    SCOPED_TRACE(testing::Message() << "number " << number);
    const ContradictionProblem p = planted(GetParam(), number);
    const auto found = find_contradictions(p, {});
    ASSERT_TRUE(found.has_value()) << found.error().message;
    ASSERT_FALSE(found->empty());
    for (const Contradiction& one : *found) expect_true(p, one);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Planted, testing::Range(0, kKinds));

}  // namespace
}  // namespace quanta::portfolio
