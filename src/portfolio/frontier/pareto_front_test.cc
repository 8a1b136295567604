#include "portfolio/frontier/pareto_front.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/random.h"
#include "portfolio/frontier/pareto_proof.h"
#include "portfolio/objectives/scenario_proof.h"
#include "statistics/moments.h"
#include "statistics/us20_for_tests.h"

namespace quanta::portfolio {
namespace {

using enum ScenarioRisk;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Per year of 252 periods.
Matrix covariance_of(const Matrix& returns) {
  Matrix out = statistics::estimate_covariance(returns, {}).value().covariance;
  for (std::size_t i = 0; i < out.rows(); ++i) {
    for (double& entry : out.row(i)) entry *= 252.0;
  }
  return out;
}

/// A market, n assets, T periods.
Matrix random_returns(RandomStream& random, std::size_t n, std::size_t n_periods) {
  Matrix out(n_periods, n);
  for (std::size_t t = 0; t < n_periods; ++t) {
    const double market = 0.01 * random.normal();
    for (std::size_t i = 0; i < n; ++i) {
      out(t, i) = 0.0005 + market + 0.006 * (1.0 + 0.2 * static_cast<double>(i)) * random.normal();
    }
  }
  return out;
}

/// Variance, squared tracking error of the equal weights of the first two, and those of scenarios.
std::vector<std::pair<std::string_view, ParetoRisk>> all_risks(const Matrix& returns) {
  const Matrix covariance = covariance_of(returns);
  ParetoRisk tracking{.form = covariance, .linear = {}, .constant = 0.0};
  for (std::size_t i = 0; i < covariance.rows(); ++i) {
    tracking.linear.push_back(0.5 * (covariance(i, 0) + covariance(i, 1)));
  }
  tracking.constant = 0.5 * (tracking.linear[0] + tracking.linear[1]);
  return {{"variance", {.form = covariance}},
          {"tracking", tracking},
          {"semivariance", {.scenario = kSemivariance}},
          {"evar", {.scenario = kEvar, .alpha = 0.8}},
          {"cvar", {.scenario = kCvar, .alpha = 0.8}},
          {"cdar", {.scenario = kCdar, .alpha = 0.9}},
          {"mad", {.scenario = kMad}},
          {"max drawdown", {.scenario = kMaxDrawdown}}};
}

ParetoProblem sample_problem(ParetoRisk first, ParetoRisk second) {
  RandomStream random(3, "pareto", 0);
  const std::size_t n = 5;
  return {.returns = random_returns(random, n, 60),
          .risks = {std::move(first), std::move(second)},
          .bounds = uniform_bounds(n, 0.0, 1.0),
          .limits = {},
          .n_points = 5};
}

TEST(ParetoFront, NamesTheFieldAtFault) {
  const ParetoRisk cvar{.scenario = kCvar};
  const ParetoRisk mad{.scenario = kMad};
  struct Case {
    const char* name;
    ParetoProblem problem;
    const char* field;
  };
  std::vector<Case> cases;
  const auto add = [&](const char* name, const char* field, auto change) {
    cases.push_back({name, sample_problem(cvar, mad), field});
    change(cases.back().problem);
  };
  add("one point", "points", [](auto& p) { p.n_points = 1; });
  add("growth", "risks", [](auto& p) { p.risks[1].scenario = kMissedGrowth; });
  add("a form of other assets", "risks",
      [](auto& p) { p.risks[0] = {.form = Matrix(4, 4, 0.01)}; });
  add("no form", "risks", [](auto& p) { p.risks[0] = {}; });
  add("returns of other assets", "risks", [](auto& p) { p.bounds = uniform_bounds(4, 0.0, 1.0); });
  add("covariances of other assets", "risks", [](auto& p) {
    p.risks[0] = {.form = covariance_of(p.returns), .linear = {0.1}, .constant = 0.1};
  });
  add("a confidence in percent", "alpha", [](auto& p) { p.risks[0].alpha = 95.0; });
  add("a return that is none", "returns", [](auto& p) { p.returns(3, 2) = kNaN; });
  add("one period", "returns", [](auto& p) { p.returns = Matrix(1, 5, 0.01); });
  add("bounds that sum to less", "bounds", [](auto& p) { p.bounds = uniform_bounds(5, 0.0, 0.1); });
  add("a form that is no covariance", "covariance", [](auto& p) {
    p.risks[1] = {.form = Matrix(5, 5, 0.01)};
    p.risks[1].form(0, 0) = -1.0;
  });
  add("limits that contradict", "limits", [](auto& p) {
    p.limits = {{.name = "first", .coefficients = {1, 0, 0, 0, 0}, .lower = 0.8},
                {.name = "second", .coefficients = {0, 1, 0, 0, 0}, .lower = 0.8}};
  });
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto front = pareto_front(c.problem, {});
    ASSERT_FALSE(front.has_value());
    EXPECT_EQ(front.error().field, c.field) << to_text(front.error());
    EXPECT_FALSE(front.error().message.empty());
  }
}

/// Checks what holds for every front; by how much points are away from the least is relative to
/// the range.
void expect_a_front(const ParetoProblem& p, const ParetoFront& front) {
  const auto& points = front.points;
  ASSERT_FALSE(points.empty());
  for (std::size_t k = 0; k < 2; ++k) {
    const ParetoPoint& end = k == 0 ? points.front() : points.back();
    const ParetoPoint& far = k == 0 ? points.back() : points.front();
    const double room = 1e-8 * (far.values[k] - end.values[k] + std::abs(front.least[k].best));
    EXPECT_NEAR(end.values[k], front.least[k].best, room + 1e-14);
    EXPECT_TRUE(front.least[k].proven);
  }
  for (const ParetoPoint& point : points) {
    EXPECT_TRUE(point.certificate.proven)
        << point.values[0] << ' ' << point.values[1] << " gap " << point.certificate.gap;
    const ParetoProof proof = pareto_proof(p, point.weights, point.dual);
    EXPECT_EQ(proof.values, point.values);
    EXPECT_EQ(proof.value, point.certificate.best);
    EXPECT_LE(proof.infeasibility, 1e-9);
  }
  if (points.size() == 1) return;
  ASSERT_EQ(points.size(), p.n_points);
  const std::size_t s = front.stepped;
  const double step =
      (points.back().values[s] - points.front().values[s]) / static_cast<double>(p.n_points - 1);
  for (std::size_t i = 1; i < points.size(); ++i) {
    EXPECT_GT(points[i].values[0], points[i - 1].values[0]);  // neither has less of both
    EXPECT_LT(points[i].values[1], points[i - 1].values[1]);
    EXPECT_NEAR(points[i].values[s] - points[i - 1].values[s], step, 1e-7 * std::abs(step));
  }
  // Convex: the slope of a point's proof is between those of the ways to its neighbours.
  const auto slope = [&](std::size_t i) {
    return (points[i + 1].values[0] - points[i].values[0]) /
           (points[i].values[1] - points[i + 1].values[1]);
  };
  for (std::size_t i = 1; i + 1 < points.size(); ++i) {
    const double here = points[i].dual.shares[1] / points[i].dual.shares[0];
    EXPECT_GE(here, slope(i - 1) * (1.0 - 1e-6));
    EXPECT_LE(here, slope(i) * (1.0 + 1e-6));
  }
}

class ParetoPairs : public testing::TestWithParam<std::uint64_t> {};

TEST_P(ParetoPairs, NoneHasLessOfBothAndTheEndsAreTheLeast) {
  const std::uint64_t seed = GetParam();
  RandomStream random(seed, "pareto", 1);
  const auto n = static_cast<std::size_t>(2 + random.uniform() * 4);
  const Matrix returns = random_returns(random, n, 50);
  const auto risks = all_risks(returns);
  const bool short_sales = seed % 3 == 1;
  const bool grouped = seed % 3 == 2 && n > 2;
  for (const auto& [first_name, first] : risks) {
    for (const auto& [second_name, second] : risks) {
      if (first_name == second_name) continue;
      SCOPED_TRACE(std::string(first_name) + " against " + std::string(second_name));
      ParetoProblem p{.returns = returns,
                      .risks = {first, second},
                      .bounds = uniform_bounds(n, short_sales ? -0.3 : 0.0, 1.0),
                      .limits = {},
                      .n_points = 5};
      if (grouped) {
        LinearLimit group{.name = "group", .coefficients = std::vector<double>(n)};
        group.coefficients[0] = group.coefficients[1] = 1.0;
        group.lower = 0.2;
        group.upper = 0.5;
        p.limits.push_back(group);
      }
      const auto front = pareto_front(p, {});
      ASSERT_TRUE(front.has_value()) << to_text(front.error());
      expect_a_front(p, *front);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(ParetoFront, ParetoPairs, testing::Range<std::uint64_t>(1, 7));

/// Whatever the weights: no random portfolio has less of both than a point.
TEST(ParetoFront, RandomPortfoliosLieBeyondIt) {
  RandomStream random(5, "pareto", 2);
  ParetoProblem p = sample_problem({.scenario = kCvar, .alpha = 0.9}, {.scenario = kCdar});
  p.n_points = 7;
  const auto front = pareto_front(p, {});
  ASSERT_TRUE(front.has_value()) << to_text(front.error());
  for (int draw = 0; draw < 500; ++draw) {
    std::vector<double> weights(5);
    double sum = 0.0;
    for (double& w : weights) sum += w = std::pow(random.uniform(), 3.0);
    for (double& w : weights) w /= sum;
    const double first = risk_of(p, 0, weights);
    const double second = risk_of(p, 1, weights);
    for (const ParetoPoint& point : front->points) {
      EXPECT_FALSE(first < point.values[0] - 1e-12 && second < point.values[1] - 1e-12);
      EXPECT_GE(point.dual.shares[0] * first + point.dual.shares[1] * second,
                point.certificate.bound);
    }
  }
}

/// Two assets without correlation, variances a and b, and the second as the benchmark: with w in
/// the first, the variance is w^2 a + (1 - w)^2 b and the squared tracking error w^2 (a + b).
TEST(ParetoFront, VarianceAgainstTrackingErrorInClosedForm) {
  const double a = 0.04;
  const double b = 0.09;
  const Matrix covariance(2, 2, {a, 0.0, 0.0, b});
  ParetoProblem p{.returns = {},
                  .risks = {ParetoRisk{.form = covariance},
                            ParetoRisk{.form = covariance, .linear = {0.0, b}, .constant = b}},
                  .bounds = uniform_bounds(2, 0.0, 1.0),
                  .limits = {},
                  .n_points = 9};
  const auto front = pareto_front(p, {});
  ASSERT_TRUE(front.has_value()) << to_text(front.error());
  ASSERT_EQ(front->points.size(), 9U);
  // At the least variance w = b / (a + b).
  EXPECT_NEAR(front->points[0].values[0], a * b / (a + b), 1e-12);
  EXPECT_NEAR(front->points[0].values[1], b * b / (a + b), 1e-5 * b);
  const double most = front->points[0].values[1];
  for (std::size_t i = 0; i < 9; ++i) {
    const ParetoPoint& point = front->points[i];
    const double error = most * static_cast<double>(8 - i) / 8.0;
    const double w = std::sqrt(error / (a + b));
    EXPECT_NEAR(point.values[1], error, 1e-10);
    EXPECT_NEAR(point.weights[0], w, 1e-6);  // the ends have 1e-6 of the other risk
    EXPECT_NEAR(point.values[0], w * w * a + (1.0 - w) * (1.0 - w) * b, 2e-6 * b);
    if (i == 0 || i == 8) continue;
    // d variance / dw over d error / dw, at the w of the point.
    const double slope = ((1.0 - w) * b - w * a) / (w * (a + b));
    EXPECT_NEAR(point.dual.shares[1] / point.dual.shares[0], slope, 1e-6 * slope);
  }
}

/// scripts/optimization_peers.py, 1,256 days of 20 US shares, alpha 0.95, three inner points of
/// five: HiGHS where both are linear programs, SLSQP (with cuts of a piecewise linear limit)
/// elsewhere.
TEST(ParetoFront, AgreesWithScipyOnTheSharedPanel) {
  QUANTA_SKIP_WITHOUT_SHARED_DATA();
  const Matrix returns = statistics::us20_returns();
  const ParetoRisk variance{.form = covariance_of(returns)};
  const ParetoRisk cvar{.scenario = kCvar};
  const ParetoRisk mad{.scenario = kMad};
  const ParetoRisk semivariance{.scenario = kSemivariance};
  const struct {
    const char* name;
    ParetoRisk first;
    ParetoRisk second;
    std::array<std::pair<double, double>, 3> values;  ///< by rising second
  } cases[] = {
      {"variance, CVaR",
       variance,
       cvar,
       {{{0.02475379725, 0.0290206241280648},
         {0.02487032564, 0.0288740802235438},
         {0.02498685404, 0.0288038867162165}}}},
      {"CVaR, MAD",
       cvar,
       mad,
       {{{0.006985590637, 0.0250163946646294},
         {0.007077622655, 0.0247673276631072},
         {0.007169654673, 0.024651188991383}}}},
      {"variance, semi-variance",
       variance,
       semivariance,
       {{{5.831760427e-05, 0.0288738836014323},
         {5.848643574e-05, 0.0288148687490973},
         {5.86552672e-05, 0.0287892665885688}}}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto front = pareto_front({.returns = returns,
                                     .risks = {c.first, c.second},
                                     .bounds = uniform_bounds(20, 0.0, 1.0),
                                     .limits = {},
                                     .n_points = 5},
                                    {});
    ASSERT_TRUE(front.has_value()) << to_text(front.error());
    ASSERT_EQ(front->points.size(), 5U);
    for (std::size_t i = 0; i < 3; ++i) {
      const ParetoPoint& point = front->points[3 - i];
      EXPECT_NEAR(point.values[1], c.values[i].first, 1e-9 * c.values[i].first);
      EXPECT_NEAR(point.values[0], c.values[i].second, 1e-9 * c.values[i].second);
      EXPECT_TRUE(point.certificate.proven);
    }
  }
}

TEST(ParetoFront, OnePointWhereOnePortfolioIsBestForBoth) {
  ParetoProblem p = sample_problem({.scenario = kCvar}, {.scenario = kMad});
  p.returns = Matrix(4, 2, {0.01, 0.02, -0.01, -0.02, 0.01, 0.02, -0.01, -0.02});
  p.bounds = uniform_bounds(2, 0.0, 1.0);
  const auto calm = pareto_front(p, {});
  ASSERT_TRUE(calm.has_value()) << to_text(calm.error());
  ASSERT_EQ(calm->points.size(), 1U);
  EXPECT_DOUBLE_EQ(calm->points[0].weights[0], 1.0);
  EXPECT_NEAR(calm->points[0].values[0], 0.01, 1e-15);
  EXPECT_TRUE(calm->points[0].certificate.proven);

  p = sample_problem({.scenario = kMad}, {.scenario = kMad});
  const auto same = pareto_front(p, {});
  ASSERT_TRUE(same.has_value()) << to_text(same.error());
  EXPECT_EQ(same->points.size(), 1U);
}

/// The form does not tell the first two assets apart, so that the least of it leaves a choice; the
/// end has the least drawdown among those, of the two alone.
TEST(ParetoFront, AmongThoseOfLeastVarianceItTakesTheLeastOfTheOther) {
  ParetoProblem p = sample_problem({}, {.scenario = kMaxDrawdown});
  p.returns = Matrix(6, 3,
                     {0.02, -0.02, 0.0, -0.03, 0.03, 0.0, 0.01, -0.01, -0.01,  //
                      -0.01, 0.02, 0.0, 0.02, -0.03, 0.01, -0.01, 0.01, 0.0});
  p.risks[0].form = Matrix(3, 3, {0.01, 0.01, 0.0, 0.01, 0.01, 0.0, 0.0, 0.0, 0.09});
  p.bounds = uniform_bounds(3, 0.0, 1.0);
  const auto front = pareto_front(p, {});
  ASSERT_TRUE(front.has_value()) << to_text(front.error());
  expect_a_front(p, *front);
  const std::vector<double>& end = front->points.front().weights;
  EXPECT_NEAR(end[2], 0.1, 1e-6);  // 0.01 / (0.01 + 0.09)
  ParetoProblem held = p;
  held.bounds.lower[2] = held.bounds.upper[2] = end[2];
  const auto least = optimize_scenario_risk(scenario_problem(held, 1), {});
  ASSERT_TRUE(least.has_value());
  EXPECT_NEAR(front->points.front().values[1], least->value, 1e-7);
  EXPECT_GT(risk_of(p, 1, std::vector<double>{1.0 - end[2], 0.0, end[2]}), least->value + 1e-4);
}

TEST(ParetoProof, KnowsAWrongDual) {
  const auto risks = all_risks(sample_problem({}, {}).returns);
  for (const std::size_t k : {0U, 3U, 4U, 5U, 6U}) {
    SCOPED_TRACE(risks[k].first);
    ParetoProblem p = sample_problem(risks[k].second, risks[2].second);
    const auto front = pareto_front(p, {});
    ASSERT_TRUE(front.has_value()) << to_text(front.error());
    const ParetoPoint& point = front->points[2];
    const double gap = point.certificate.gap + 1e-9 * point.certificate.best;
    const auto gap_of = [&](const ParetoDual& dual) {
      const ParetoProof proof = pareto_proof(p, point.weights, dual);
      return proof.value - proof.bound;
    };
    ParetoDual slope = point.dual;
    slope.shares[1] *= 1.5;
    EXPECT_GT(gap_of(slope), gap);
    ParetoDual elsewhere = point.dual;
    elsewhere.tangents = front->points[4].dual.tangents;
    EXPECT_GT(gap_of(elsewhere), gap);
    ParetoDual negative = point.dual;
    negative.shares[0] = -1.0;
    EXPECT_EQ(pareto_proof(p, point.weights, negative).bound,
              -std::numeric_limits<double>::infinity());
    ParetoDual none = point.dual;
    none.tangents[0] = {};
    EXPECT_EQ(pareto_proof(p, point.weights, none).bound, -std::numeric_limits<double>::infinity());
    std::vector<double> others(5, 0.2);
    EXPECT_GT(pareto_proof(p, others, point.dual).value,
              pareto_proof(p, others, point.dual).bound + gap);
  }
}

TEST(ParetoFront, StopsWhereItIsTold) {
  const auto risks = all_risks(sample_problem({}, {}).returns);
  std::stop_source stop;
  stop.request_stop();
  for (const std::size_t k : {0U, 4U}) {
    const auto front =
        pareto_front(sample_problem(risks[k].second, risks[5].second), {.stop = stop.get_token()});
    ASSERT_FALSE(front.has_value());
    EXPECT_EQ(front.error().kind, ErrorKind::kCancelled);
  }
}

TEST(ParetoFront, HasTheSameBitsForAnyNumberOfThreads) {
  const auto risks = all_risks(sample_problem({}, {}).returns);
  for (const auto& [first, second] : {std::pair(0, 4), std::pair(3, 2), std::pair(5, 6)}) {
    const ParetoProblem p = sample_problem(risks[static_cast<std::size_t>(first)].second,
                                           risks[static_cast<std::size_t>(second)].second);
    const auto alone = pareto_front(p, {});
    ASSERT_TRUE(alone.has_value());
    for (const unsigned n_threads : {1U, 2U, 7U}) {
      ThreadPool pool(n_threads);
      const auto front = pareto_front(p, {.pool = &pool});
      ASSERT_TRUE(front.has_value());
      for (std::size_t i = 0; i < alone->points.size(); ++i) {
        EXPECT_EQ(front->points[i].weights, alone->points[i].weights);
      }
    }
  }
}

}  // namespace
}  // namespace quanta::portfolio
