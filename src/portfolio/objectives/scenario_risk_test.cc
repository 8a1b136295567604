#include "portfolio/objectives/scenario_risk.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stop_token>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/random.h"
#include "portfolio/objectives/scenario_proof.h"
#include "statistics/us20_for_tests.h"

namespace quanta::portfolio {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr ScenarioRisk kRisks[] = {ScenarioRisk::kCvar,        ScenarioRisk::kCdar,
                                   ScenarioRisk::kMad,         ScenarioRisk::kSemivariance,
                                   ScenarioRisk::kEvar,        ScenarioRisk::kMaxDrawdown,
                                   ScenarioRisk::kMissedGrowth};

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// One asset with these returns.
ScenarioProblem of_one(std::vector<double> returns, ScenarioRisk risk, double alpha = 0.95) {
  const std::size_t n_periods = returns.size();
  return {.returns = Matrix(n_periods, 1, std::move(returns)),
          .risk = risk,
          .alpha = alpha,
          .bounds = uniform_bounds(1, 0.0, 1.0)};
}

/// A market with fat tails, n assets, T periods.
Matrix random_returns(RandomStream& random, std::size_t n, std::size_t n_periods) {
  Matrix out(n_periods, n);
  std::vector<double> beta(n);
  for (double& b : beta) b = 0.5 + random.uniform();
  for (std::size_t t = 0; t < n_periods; ++t) {
    const double market = 0.01 * random.normal() * (random.uniform() < 0.1 ? 3.0 : 1.0);
    for (std::size_t i = 0; i < n; ++i) {
      out(t, i) = 0.0005 + beta[i] * market + 0.01 * random.normal();
    }
  }
  return out;
}

ScenarioProblem sample_problem(ScenarioRisk risk, std::size_t n = 6, std::size_t n_periods = 120) {
  RandomStream random(7, "scenarios", n);
  return {.returns = random_returns(random, n, n_periods),
          .risk = risk,
          .alpha = 0.9,
          .bounds = uniform_bounds(n, 0.0, 1.0)};
}

TEST(ScenarioRisk, NamesTheFieldAtFault) {
  const auto with = [](auto change) {
    ScenarioProblem p = sample_problem(ScenarioRisk::kCvar);
    change(p);
    return p;
  };
  const LinearLimit first_two{.name = "pair", .coefficients = {1, 1, 0, 0, 0, 0}};
  const struct {
    const char* name;
    ScenarioProblem problem;
    ErrorKind kind;
    const char* field;
  } cases[] = {
      {"no scenarios", with([](auto& p) { p.returns = Matrix(0, 6); }), ErrorKind::kBadInput,
       "returns"},
      {"one scenario", with([](auto& p) { p.returns = Matrix(1, 6, 0.01); }), ErrorKind::kBadInput,
       "returns"},
      {"no assets", with([](auto& p) { p.returns = Matrix(); }), ErrorKind::kBadInput, "returns"},
      {"a return that is none", with([](auto& p) { p.returns(3, 2) = kNaN; }), ErrorKind::kBadInput,
       "returns"},
      {"an endless return", with([](auto& p) { p.returns(3, 2) = kInfinity; }),
       ErrorKind::kBadInput, "returns"},
      {"alpha of 0", with([](auto& p) { p.alpha = 0; }), ErrorKind::kBadInput, "alpha"},
      {"alpha of 1", with([](auto& p) { p.alpha = 1; }), ErrorKind::kBadInput, "alpha"},
      {"alpha in percent", with([](auto& p) { p.alpha = 95; }), ErrorKind::kBadInput, "alpha"},
      {"alpha no number", with([](auto& p) { p.alpha = kNaN; }), ErrorKind::kBadInput, "alpha"},
      {"bounds for fewer assets", with([](auto& p) { p.bounds.lower.pop_back(); }),
       ErrorKind::kBadInput, "bounds"},
      {"a bound that is no number", with([](auto& p) { p.bounds.upper[1] = kNaN; }),
       ErrorKind::kBadInput, "bounds"},
      {"crossed bounds", with([](auto& p) { p.bounds.lower[1] = 2; }), ErrorKind::kInfeasible,
       "bounds"},
      {"bounds below 1 in all", with([](auto& p) { p.bounds = uniform_bounds(6, 0, 0.1); }),
       ErrorKind::kInfeasible, "bounds"},
      {"bounds above 1 in all", with([](auto& p) { p.bounds = uniform_bounds(6, 0.5, 1); }),
       ErrorKind::kInfeasible, "bounds"},
      {"a limit for fewer assets",
       with([](auto& p) { p.limits = {{.name = "short", .coefficients = {1}}}; }),
       ErrorKind::kBadInput, "limits"},
      {"a limit that is no number",
       with([](auto& p) { p.limits = {{.name = "odd", .coefficients = {1, 1, kNaN, 0, 0, 0}}}; }),
       ErrorKind::kBadInput, "limits"},
      {"a crossed limit", with([&](auto& p) {
         p.limits = {first_two};
         p.limits[0].lower = 0.5;
         p.limits[0].upper = 0.4;
       }),
       ErrorKind::kInfeasible, "limits"},
      {"limits beyond the bounds", with([&](auto& p) {
         p.bounds = uniform_bounds(6, 0, 0.3);
         p.limits = {first_two};
         p.limits[0].lower = 0.7;
       }),
       ErrorKind::kInfeasible, "limits"},
      {"limits that exclude each other", with([&](auto& p) {
         p.limits = {first_two, {.name = "rest", .coefficients = {0, 0, 1, 1, 1, 1}}};
         p.limits[0].upper = 0.4;
         p.limits[1].upper = 0.5;
       }),
       ErrorKind::kInfeasible, "limits"},
      {"means for fewer assets", with([](auto& p) {
         p.target = 0.1;
         p.mean = {0.1};
       }),
       ErrorKind::kBadInput, "mean"},
      {"a mean that is no number", with([](auto& p) {
         p.target = 0.1;
         p.mean = {0.1, 0.2, kNaN, 0, 0, 0};
       }),
       ErrorKind::kBadInput, "mean"},
      {"a target that is no number", with([](auto& p) {
         p.target = kNaN;
         p.mean = std::vector<double>(6, 0.1);
       }),
       ErrorKind::kBadInput, "target"},
      {"a target above every asset", with([](auto& p) {
         p.target = 0.21;
         p.mean = {0.1, 0.2, 0.1, 0, 0, 0};
       }),
       ErrorKind::kInfeasible, "target"},
      {"a target above what the limits leave", with([&](auto& p) {
         p.target = 0.15;
         p.mean = {0.1, 0.2, 0.1, 0, 0, 0};
         p.limits = {first_two};
         p.limits[0].upper = 0.4;
       }),
       ErrorKind::kInfeasible, "target"},
  };
  for (const auto& c : cases) {
    for (const ScenarioRisk risk : kRisks) {
      SCOPED_TRACE(c.name);
      ScenarioProblem problem = c.problem;
      problem.risk = risk;
      const auto result = optimize_scenario_risk(problem, {});
      ASSERT_FALSE(result.has_value());
      EXPECT_EQ(result.error().kind, c.kind);
      EXPECT_EQ(result.error().field, c.field);
    }
  }
}

TEST(ScenarioRisk, SaysWhatIsReachable) {
  ScenarioProblem p = sample_problem(ScenarioRisk::kMad);
  p.bounds = uniform_bounds(6, 0.0, 0.5);
  p.mean = {0.1, 0.3, 0.2, 0.0, 0.0, 0.0};
  p.target = 0.26;
  const auto result = optimize_scenario_risk(p, {});
  ASSERT_FALSE(result.has_value());
  EXPECT_NE(result.error().message.find("0.25;"), std::string::npos) << result.error().message;
}

TEST(ScenarioRisk, StoppedAtOnceGivesAllowedWeightsAndABound) {
  std::stop_source stop;
  stop.request_stop();
  for (const ScenarioRisk risk : kRisks) {
    SCOPED_TRACE(static_cast<int>(risk));
    ScenarioProblem p = sample_problem(risk);
    p.limits = {{.name = "pair", .coefficients = {1, 1, 0, 0, 0, 0}, .lower = 0.4, .upper = 0.6}};
    p.mean = {0.1, 0.2, 0.3, 0.1, 0.2, 0.3};
    p.target = 0.25;
    const auto stopped = optimize_scenario_risk(p, {.stop = stop.get_token()});
    const auto finished = optimize_scenario_risk(p, {});
    ASSERT_TRUE(stopped.has_value() && finished.has_value());
    EXPECT_TRUE(stopped->stopped);
    EXPECT_FALSE(finished->stopped);
    EXPECT_FALSE(stopped->certificate.proven);
    const ScenarioProof proof = scenario_proof(p, stopped->weights, stopped->dual);
    EXPECT_LE(proof.infeasibility, 1e-9);
    EXPECT_EQ(proof.value, stopped->value);
    EXPECT_GE(stopped->value, finished->value);
    EXPECT_LE(stopped->certificate.bound, finished->value);
    EXPECT_TRUE(std::isfinite(stopped->certificate.bound));
  }
}

TEST(ScenarioRisk, StoppedWithoutBoundsSaysHowFarItSees) {
  std::stop_source stop;
  stop.request_stop();
  for (const ScenarioRisk risk : kRisks) {
    ScenarioProblem p = sample_problem(risk);
    p.bounds = uniform_bounds(6, -kInfinity, kInfinity);
    const auto stopped = optimize_scenario_risk(p, {.stop = stop.get_token()});
    ASSERT_TRUE(stopped.has_value()) << stopped.error().message;
    EXPECT_TRUE(stopped->stopped);
    EXPECT_TRUE(std::isfinite(stopped->certificate.gap));
  }
}

// Without bounds a mix of these two gains in every period, and more of it gains more.
TEST(ScenarioRisk, SaysWhereNothingLimitsIt) {
  for (const ScenarioRisk risk : {ScenarioRisk::kCvar, ScenarioRisk::kCdar}) {
    ScenarioProblem p{.returns = Matrix(4, 2, {0.02, 0.01, -0.01, -0.02, 0.03, 0.01, 0.01, 0.0}),
                      .risk = risk,
                      .alpha = 0.5,
                      .bounds = uniform_bounds(2, -kInfinity, kInfinity)};
    const auto result = optimize_scenario_risk(p, {});
    if (risk == ScenarioRisk::kCvar) {
      ASSERT_FALSE(result.has_value());
      EXPECT_EQ(result.error().field, "objective");
    } else {
      ASSERT_TRUE(result.has_value());  // a drawdown is never below 0
      EXPECT_NEAR(result->value, 0.0, 1e-12);
    }
  }
}

// Worked by hand from the definitions.
// A coin that pays the stake with probability 0.6 and takes it otherwise, beside cash: Kelly stakes
// p - q = 0.2 and grows by ln 2 + p ln p + q ln q.
TEST(Kelly, StakesTheEdgeOfACoin) {
  Matrix returns(10, 2);
  for (std::size_t t = 0; t < 10; ++t) returns(t, 0) = t % 5 < 3 ? 1.0 : -1.0;
  const ScenarioProblem p{.returns = returns,
                          .risk = ScenarioRisk::kMissedGrowth,
                          .bounds = uniform_bounds(2, 0.0, 1.0)};
  const ScenarioAnswer answer = optimize_scenario_risk(p, {}).value();
  EXPECT_TRUE(answer.certificate.proven);
  EXPECT_NEAR(answer.weights[0], 0.2, 1e-12);
  EXPECT_NEAR(-answer.value, std::log(2.0) + 0.6 * std::log(0.6) + 0.4 * std::log(0.4), 1e-15);
}

// 1/2 ln(1 - 2a) + 1/2 ln(1 + 3a) is largest at a = 1/12; equal weights, the nearest allowed, lose
// everything.
TEST(Kelly, StartsWhereNothingIsLostWhole) {
  const ScenarioProblem p{.returns = Matrix(2, 2, {-2.0, 0.0, 3.0, 0.0}),
                          .risk = ScenarioRisk::kMissedGrowth,
                          .bounds = uniform_bounds(2, 0.0, 1.0)};
  const ScenarioAnswer answer = optimize_scenario_risk(p, {}).value();
  EXPECT_TRUE(answer.certificate.proven);
  EXPECT_NEAR(answer.weights[0], 1.0 / 12.0, 1e-9);
  EXPECT_EQ(scenario_risk(p, std::vector<double>{0.5, 0.5}), kInfinity);
}

TEST(Kelly, SaysWhereThereIsNoLargestGrowth) {
  ScenarioProblem p{.returns = Matrix(2, 2, {-1.0, 0.0, 3.0, 0.0}),
                    .risk = ScenarioRisk::kMissedGrowth,
                    .bounds = {.lower = {1.0, 0.0}, .upper = {1.0, 1.0}}};
  const auto ruined = optimize_scenario_risk(p, {});
  ASSERT_FALSE(ruined.has_value());
  EXPECT_EQ(ruined.error().kind, ErrorKind::kInfeasible);
  EXPECT_EQ(ruined.error().field, "bounds");

  p.returns = Matrix(3, 2, {0.02, 0.01, 0.03, 0.01, 0.05, 0.03});  // the first always wins
  p.bounds = uniform_bounds(2, -kInfinity, kInfinity);
  const auto endless = optimize_scenario_risk(p, {});
  ASSERT_FALSE(endless.has_value());
  EXPECT_EQ(endless.error().kind, ErrorKind::kInfeasible);
  EXPECT_EQ(endless.error().field, "objective");
}

// Kuhn and Tucker's conditions as Cover (1984) states them: mean (1 + r_i) / (1 + r'w) <= 1, and
// = 1 where an asset is held.
TEST(Kelly, MeetsTheConditionsOfCover) {
  const ScenarioProblem p = sample_problem(ScenarioRisk::kMissedGrowth);
  const ScenarioAnswer answer = optimize_scenario_risk(p, {}).value();
  int held = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    double ratio = 0.0;
    for (std::size_t t = 0; t < p.returns.rows(); ++t) {
      double wealth = 1.0;
      for (std::size_t j = 0; j < 6; ++j) wealth += p.returns(t, j) * answer.weights[j];
      ratio += (1.0 + p.returns(t, i)) / wealth / static_cast<double>(p.returns.rows());
    }
    EXPECT_LE(ratio, 1.0 + 1e-13);
    if (answer.weights[i] == 0.0) continue;
    EXPECT_NEAR(ratio, 1.0, 1e-13);
    ++held;
  }
  EXPECT_GE(held, 1);
}

TEST(ScenarioRisk, ValuesFollowTheDefinitions) {
  const std::vector<double> one = {1.0};
  const std::vector<double> tenths = {-0.01, -0.02, -0.03, -0.04, -0.05,
                                      -0.06, -0.07, -0.08, -0.09, -0.10};
  // The worst 2.5 of ten: 0.10, 0.09 and half of 0.08.
  EXPECT_NEAR(scenario_risk(of_one(tenths, ScenarioRisk::kCvar, 0.75), one), 0.23 / 2.5, 1e-15);
  EXPECT_NEAR(scenario_risk(of_one(tenths, ScenarioRisk::kCvar, 0.99), one), 0.10, 1e-15);
  EXPECT_NEAR(scenario_risk(of_one(tenths, ScenarioRisk::kMad), one), 0.025, 1e-15);
  EXPECT_NEAR(scenario_risk(of_one(tenths, ScenarioRisk::kSemivariance), one),
              (0.045 * 0.045 + 0.035 * 0.035 + 0.025 * 0.025 + 0.015 * 0.015 + 0.005 * 0.005) / 10,
              1e-16);
  // The path 0, -0.1, 0.1, 0, -0.2, 0.2: drawdowns 0.1, 0, 0.1, 0.3, 0.
  const std::vector<double> path = {-0.1, 0.2, -0.1, -0.2, 0.4};
  EXPECT_NEAR(scenario_risk(of_one(path, ScenarioRisk::kMaxDrawdown), one), 0.3, 1e-15);
  EXPECT_NEAR(scenario_risk(of_one(path, ScenarioRisk::kCdar, 0.6), one), 0.2, 1e-15);
  // Two losses, 0 and 1: the tilted weights are (1 - q, q) where their entropy is -ln(1 - alpha).
  const double q = 0.9;
  const double entropy = std::log(2.0) + q * std::log(q) + (1 - q) * std::log(1 - q);
  EXPECT_NEAR(scenario_risk(of_one({0.0, -1.0}, ScenarioRisk::kEvar, -std::expm1(-entropy)), one),
              q, 1e-12);
  // More than the entropy of one of two: the largest loss.
  EXPECT_NEAR(scenario_risk(of_one({0.0, -1.0}, ScenarioRisk::kEvar, 0.6), one), 1.0, 1e-11);
}

// cvxopt, HiGHS simplex and interior point, 20 shares, 1,256 days: us20_optimize.json.
TEST(ScenarioRisk, EqualsStoredOptima) {
  QUANTA_SKIP_WITHOUT_SHARED_DATA();
  const json::Value book = statistics::expected_values("us20_optimize.json");
  const statistics::Columns prices = statistics::us20_prices();
  const Matrix returns = statistics::us20_returns();
  std::vector<double> mean(20);
  for (std::size_t t = 0; t < returns.rows(); ++t) {
    for (std::size_t i = 0; i < 20; ++i) {
      mean[i] += 252.0 * returns(t, i) / static_cast<double>(returns.rows());
    }
  }
  const struct {
    const char* name;
    ScenarioRisk risk;
    double alpha;
  } cases[] = {{"min_cvar_0.95", ScenarioRisk::kCvar, 0.95},
               {"min_cvar_0.99", ScenarioRisk::kCvar, 0.99},
               {"min_cvar_0.95_target_return", ScenarioRisk::kCvar, 0.95},
               {"min_cdar_0.95", ScenarioRisk::kCdar, 0.95},
               {"min_mad", ScenarioRisk::kMad, 0.5}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto& stored = book.at("results").at(c.name);
    ScenarioProblem p{.returns = returns,
                      .risk = c.risk,
                      .alpha = c.alpha,
                      .bounds = uniform_bounds(20, 0.0, 1.0)};
    if (const auto* target = stored.as_object().if_contains("target")) {
      p.target = target->to_number<double>();
      p.mean = mean;
    }
    const ScenarioAnswer answer = optimize_scenario_risk(p, {}).value();
    EXPECT_NEAR(answer.value, stored.at("value").to_number<double>(), 1e-9);
    EXPECT_TRUE(answer.certificate.proven);
    for (std::size_t i = 0; i < 20; ++i) {
      EXPECT_NEAR(answer.weights[i], stored.at("weights").at(prices.names[i]).to_number<double>(),
                  3e-7);
    }
  }
}

// scipy 1.10.1: HiGHS for the maximum drawdown, SLSQP for the others; scripts/optimization_peers.py
// on the same panel.
TEST(ScenarioRisk, EqualsScipy) {
  QUANTA_SKIP_WITHOUT_SHARED_DATA();
  const struct {
    ScenarioRisk risk;
    double alpha;
    double value;
  } cases[] = {{ScenarioRisk::kMaxDrawdown, 0.5, 0.146442303227163},
               {ScenarioRisk::kSemivariance, 0.5, 5.81487728131935e-05},
               {ScenarioRisk::kEvar, 0.95, 0.0396170486705806},
               {ScenarioRisk::kEvar, 0.90, 0.0334586026211205}};
  for (const auto& c : cases) {
    const ScenarioProblem p{.returns = statistics::us20_returns(),
                            .risk = c.risk,
                            .alpha = c.alpha,
                            .bounds = uniform_bounds(20, 0.0, 1.0)};
    const ScenarioAnswer answer = optimize_scenario_risk(p, {}).value();
    EXPECT_NEAR(answer.value, c.value, 1e-10 * c.value);
    EXPECT_TRUE(answer.certificate.proven);
  }
}

/// Bounds, a group, a target, now and then short sales.
ScenarioProblem random_problem(RandomStream& random, ScenarioRisk risk) {
  const std::size_t n = 2 + static_cast<std::size_t>(random.uniform() * 6);
  const std::size_t n_periods = 2 + static_cast<std::size_t>(random.uniform() * 80);
  ScenarioProblem p{.returns = random_returns(random, n, n_periods),
                    .risk = risk,
                    .alpha = 0.3 + 0.69 * random.uniform(),
                    .bounds = uniform_bounds(n, random.uniform() < 0.3 ? -0.5 : 0.0, 1.0)};
  LinearLimit group{.name = "half", .coefficients = std::vector<double>(n)};
  for (std::size_t i = 0; i < n; i += 2) group.coefficients[i] = 1.0;
  if (random.uniform() < 0.5) group.upper = 0.3 + 0.5 * random.uniform();
  if (random.uniform() < 0.3) group.lower = group.upper = 0.4;
  p.limits.push_back(std::move(group));
  if (random.uniform() < 0.4) {
    for (std::size_t i = 0; i < n; ++i) p.mean.push_back(0.1 * random.normal());
    p.target = 0.3 * p.mean[0] + 0.7 * p.mean[1];  // reached with 0.3 in the group
    if (p.limits[0].lower == 0.4) p.target = 0.4 * p.mean[0] + 0.6 * p.mean[1];
  }
  return p;
}

RC_GTEST_PROP(ScenarioRisk, IsProvenWithinBoundsLimitsAndTarget,
              (std::uint64_t seed, std::uint8_t which)) {
  RandomStream random(seed, "scenario problem", 0);
  const ScenarioProblem p = random_problem(random, kRisks[which % std::size(kRisks)]);
  const auto answer = optimize_scenario_risk(p, {});
  RC_ASSERT(answer.has_value());
  RC_ASSERT(answer->certificate.proven);
  const std::vector<double>& w = answer->weights;
  double sum = 0.0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    RC_ASSERT((w[i] >= p.bounds.lower[i] && w[i] <= p.bounds.upper[i]));
    RC_ASSERT((w[i] == 0.0 ? !std::signbit(w[i]) : std::abs(w[i]) >= 1e-12));
    sum += w[i];
  }
  RC_ASSERT(std::abs(sum - 1.0) <= 1e-12);
  RC_ASSERT(dot(p.limits[0].coefficients, w) <= p.limits[0].upper + 1e-9);
  RC_ASSERT(dot(p.limits[0].coefficients, w) >= p.limits[0].lower - 1e-9);
  if (p.target) RC_ASSERT(dot(p.mean, w) >= *p.target - 1e-9);
  RC_ASSERT(scenario_risk(p, w) == answer->value);
}

// No weights are better than what the dual proves, whatever they are.
RC_GTEST_PROP(ScenarioRisk, NoPortfolioLiesBelowTheBound,
              (std::uint64_t seed, std::uint8_t which)) {
  RandomStream random(seed, "scenario bound", 0);
  ScenarioProblem p = random_problem(random, kRisks[which % std::size(kRisks)]);
  p.limits.clear();
  p.target.reset();
  p.bounds = uniform_bounds(p.returns.columns(), 0.0, 1.0);
  const double bound = optimize_scenario_risk(p, {}).value().certificate.bound;
  for (int k = 0; k < 20; ++k) {
    std::vector<double> w(p.returns.columns());
    for (double& x : w) x = -std::log(1.0 - random.uniform()) * (random.uniform() < 0.5 ? 0 : 1);
    w[0] += 1e-3;
    const double sum = std::accumulate(w.begin(), w.end(), 0.0);
    for (double& x : w) x /= sum;
    RC_ASSERT(scenario_risk(p, w) >= bound - 1e-12);
  }
}

TEST(ScenarioProof, RefusesDualsOutsideTheirSets) {
  const auto bound = [](ScenarioRisk risk, auto change) {
    const ScenarioProblem p = sample_problem(risk);
    const ScenarioAnswer answer = optimize_scenario_risk(p, {}).value();
    ScenarioDual dual = answer.dual;
    change(dual);
    return scenario_proof(p, answer.weights, dual).bound;
  };
  using enum ScenarioRisk;
  for (const ScenarioRisk risk : kRisks) {
    EXPECT_GT(bound(risk, [](ScenarioDual&) {}), -1.0);
    EXPECT_EQ(bound(risk, [](ScenarioDual& d) { d.scenarios.pop_back(); }), -kInfinity);
    EXPECT_EQ(bound(risk, [](ScenarioDual& d) { d.scenarios[0] = kNaN; }), -kInfinity);
    EXPECT_EQ(bound(risk, [risk](ScenarioDual& d) { d.scenarios[0] = risk == kMad ? 0.1 : -0.1; }),
              -kInfinity);
  }
  for (const ScenarioRisk risk : {kCvar, kCdar, kEvar, kMaxDrawdown}) {
    EXPECT_EQ(bound(risk, [](ScenarioDual& d) { d.scenarios[0] += 1e-3; }), -kInfinity);
  }
  // All on one scenario: more than its share, more than the entropy allows.
  for (const ScenarioRisk risk : {kCvar, kCdar, kEvar}) {
    EXPECT_EQ(bound(risk,
                    [](ScenarioDual& d) {
                      std::ranges::fill(d.scenarios, 0.0);
                      d.scenarios.back() = 1.0;
                    }),
              -kInfinity);
  }
  // Peaks behind the falls that count from them.
  for (const ScenarioRisk risk : {kCdar, kMaxDrawdown}) {
    EXPECT_EQ(bound(risk,
                    [](ScenarioDual& d) {
                      std::ranges::fill(d.peaks, 0.0);
                      d.peaks.back() = 1.0;
                    }),
              -kInfinity);
    EXPECT_EQ(bound(risk, [](ScenarioDual& d) { d.peaks.clear(); }), -kInfinity);
  }
}

// Any member of the dual set proves a bound, if not the best one.
TEST(ScenarioProof, AnyDualIsABound) {
  for (const ScenarioRisk risk : kRisks) {
    const ScenarioProblem p = sample_problem(risk);
    const double best = optimize_scenario_risk(p, {}).value().value;
    ScenarioDual dual;
    const std::size_t n_periods = p.returns.rows();
    dual.scenarios.assign(n_periods, 1.0 / static_cast<double>(n_periods));
    if (risk == ScenarioRisk::kSemivariance) std::ranges::fill(dual.scenarios, 1e-4);
    dual.peaks.assign(n_periods + 1, 0.0);
    dual.peaks[0] = 1.0;
    const ScenarioProof proof = scenario_proof(p, std::vector<double>(6, 1.0 / 6.0), dual);
    EXPECT_TRUE(std::isfinite(proof.bound));
    EXPECT_LT(proof.bound, best);
    EXPECT_GT(proof.value, best);
    EXPECT_LE(proof.infeasibility, 1e-15);
  }
}

TEST(ScenarioProof, MeasuresWhatIsBroken) {
  ScenarioProblem p = sample_problem(ScenarioRisk::kCvar);
  const ScenarioDual dual = optimize_scenario_risk(p, {}).value().dual;
  const auto infeasibility = [&](const std::vector<double>& w) {
    return scenario_proof(p, w, dual).infeasibility;
  };
  EXPECT_NEAR(infeasibility({0.5, 0.5, 0.1, 0, 0, 0}), 0.1, 1e-15);
  EXPECT_NEAR(infeasibility({1.2, -0.2, 0, 0, 0, 0}), 0.2, 1e-15);
  p.limits = {{.name = "twice", .coefficients = {2, 0, 0, 0, 0, 0}, .upper = 0.8}};
  EXPECT_NEAR(infeasibility({0.5, 0.5, 0, 0, 0, 0}), 0.1, 1e-15);
  p.mean = {0.0, 0.1, 0, 0, 0, 0};
  p.target = 0.08;
  EXPECT_NEAR(infeasibility({0.4, 0.6, 0, 0, 0, 0}), 0.2, 1e-15);
}

// A price is the change of the value where the constraint gives way a little.
TEST(ScenarioRisk, ShadowPricesAreSlopes) {
  for (const ScenarioRisk risk : kRisks) {
    SCOPED_TRACE(static_cast<int>(risk));
    ScenarioProblem p = sample_problem(risk);
    for (std::size_t i = 0; i < 6; ++i) p.mean.push_back(0.02 * static_cast<double>(i));
    p.target = 0.055;
    p.bounds = uniform_bounds(6, 0.05, 0.4);
    p.limits = {{.name = "outer", .coefficients = {1, 0, 0, 0, 0, 1}, .lower = 0.4}};
    const ScenarioAnswer answer = optimize_scenario_risk(p, {}).value();
    ASSERT_TRUE(answer.certificate.proven);
    const auto slope = [&](auto change) {
      const double step = 1e-6;
      const auto value = [&](double by) {
        ScenarioProblem moved = p;
        change(moved, by);
        return optimize_scenario_risk(moved, {}).value().value;
      };
      return std::pair{(answer.value - value(-step)) / step, (value(step) - answer.value) / step};
    };
    // At a kink the price lies between the slopes on its two sides.
    const auto expect = [](double price, std::pair<double, double> sides) {
      const double room = 1e-6 * (1.0 + std::abs(price));
      EXPECT_GE(price, std::min(sides.first, sides.second) - room);
      EXPECT_LE(price, std::max(sides.first, sides.second) + room);
    };
    const ShadowPrices& prices = answer.shadow_prices;
    expect(prices.target.value(), slope([](auto& q, double by) { *q.target += by; }));
    expect(prices.limits[0].lower, slope([](auto& q, double by) { q.limits[0].lower += by; }));
    double total = 0.0;
    for (std::size_t i = 0; i < 6; ++i) {
      total += prices.lower[i] - prices.upper[i];
      expect(prices.lower[i], slope([i](auto& q, double by) { q.bounds.lower[i] += by; }));
      expect(prices.upper[i], slope([i](auto& q, double by) { q.bounds.upper[i] += by; }));
    }
    EXPECT_GT(total + prices.limits[0].lower + *prices.target, 1e-6);  // something binds
  }
}

// Every tail mean lies below the entropic one (Ahmadi-Javid 2012, proposition 3.2), and both below
// the largest loss; a larger share of the tail only lowers them.
RC_GTEST_PROP(ScenarioRisk, OrdersTheTails, (std::uint64_t seed)) {
  RandomStream random(seed, "tails", 0);
  ScenarioProblem p = random_problem(random, ScenarioRisk::kCvar);
  const std::vector<double> w(p.returns.columns(), 1.0 / static_cast<double>(p.returns.columns()));
  const double cvar = scenario_risk(p, w);
  p.risk = ScenarioRisk::kEvar;
  const double evar = scenario_risk(p, w);
  RC_ASSERT(cvar <= evar + 1e-12);
  p.alpha *= 0.9;
  RC_ASSERT(scenario_risk(p, w) <= evar + 1e-12);
  p.alpha = 1.0 - 1e-9;
  RC_ASSERT(evar <= scenario_risk(p, w) + 1e-12);
}

TEST(ScenarioRisk, TailOfOneIsTheWorstPeriod) {
  ScenarioProblem p = sample_problem(ScenarioRisk::kEvar, 4, 15);
  p.alpha = 0.95;
  const ScenarioAnswer evar = optimize_scenario_risk(p, {}).value();
  p.risk = ScenarioRisk::kCvar;
  const ScenarioAnswer cvar = optimize_scenario_risk(p, {}).value();
  EXPECT_TRUE(evar.certificate.proven);
  EXPECT_NEAR(evar.value, cvar.value, 1e-11);
}

// Assets that are copies of each other: many best weights, one value.
TEST(ScenarioRisk, TakesCopiesOfAnAsset) {
  for (const ScenarioRisk risk : kRisks) {
    const ScenarioProblem p = sample_problem(risk, 3);
    ScenarioProblem twice = p;
    twice.returns = Matrix(p.returns.rows(), 6);
    for (std::size_t t = 0; t < p.returns.rows(); ++t) {
      for (std::size_t i = 0; i < 6; ++i) twice.returns(t, i) = p.returns(t, i % 3);
    }
    twice.bounds = uniform_bounds(6, 0.0, 1.0);
    const ScenarioAnswer answer = optimize_scenario_risk(twice, {}).value();
    const double value = optimize_scenario_risk(p, {}).value().value;
    EXPECT_NEAR(answer.value, value, 1e-9 * std::abs(value));
    EXPECT_TRUE(answer.certificate.proven);
  }
}

TEST(ScenarioRisk, TakesReturnsThatNeverMove) {
  for (const ScenarioRisk risk : kRisks) {
    ScenarioProblem p = sample_problem(risk, 3, 20);
    p.returns = Matrix(20, 3, 0.0);
    const ScenarioAnswer answer = optimize_scenario_risk(p, {}).value();
    EXPECT_EQ(answer.value, 0.0);
    EXPECT_TRUE(answer.certificate.proven);
  }
}

TEST(ScenarioRisk, TakesWeightsWithoutBounds) {
  for (const ScenarioRisk risk : kRisks) {
    SCOPED_TRACE(static_cast<int>(risk));
    ScenarioProblem p = sample_problem(risk, 4, 200);
    p.bounds = uniform_bounds(4, -kInfinity, kInfinity);
    const ScenarioAnswer answer = optimize_scenario_risk(p, {}).value();
    EXPECT_TRUE(answer.certificate.proven) << answer.certificate.gap;
    p.bounds = uniform_bounds(4, -50.0, 50.0);
    EXPECT_NEAR(answer.value, optimize_scenario_risk(p, {}).value().value, 1e-9);
  }
}

TEST(ScenarioRisk, GivesTheSameBitsOnAnyNumberOfThreads) {
  for (const ScenarioRisk risk : kRisks) {
    const ScenarioProblem p = sample_problem(risk);
    const ScenarioAnswer alone = optimize_scenario_risk(p, {}).value();
    for (const unsigned threads : {1U, 2U, 7U}) {
      ThreadPool pool(threads);
      const ScenarioAnswer answer = optimize_scenario_risk(p, {.pool = &pool}).value();
      EXPECT_EQ(answer.weights, alone.weights);
      EXPECT_EQ(answer.certificate.bound, alone.certificate.bound);
    }
  }
}

// ---- Leverage and trading -----------------------------------------------------------------------

ScenarioProblem traded_problem(ScenarioRisk risk, std::uint64_t seed) {
  const std::size_t n = 4 + seed % 4;
  RandomStream stream(seed, "test traded scenarios");
  ScenarioProblem problem{
      .returns = Matrix(60, n), .risk = risk, .alpha = 0.9, .bounds = uniform_bounds(n, -0.5, 1.0)};
  for (std::size_t t = 0; t < 60; ++t) {
    const double market = 0.01 * stream.normal();
    for (std::size_t i = 0; i < n; ++i) {
      problem.returns(t, i) = 0.001 + 0.0005 * static_cast<double>(i) +
                              (0.5 + 0.2 * static_cast<double>(i)) * market +
                              0.01 * stream.normal();
    }
  }
  return problem;
}

// The proof stands for optimality; the prices are held against the value after a small change.
TEST(ScenarioTrading, IsMetProvenAndPriced) {
  for (const ScenarioRisk risk : kRisks) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      SCOPED_TRACE(testing::Message() << static_cast<int>(risk) << " " << seed);
      auto problem = traded_problem(risk, seed);
      const std::size_t n = problem.returns.columns();
      const auto free = optimize_scenario_risk(problem, {}).value();
      problem.max_leverage = seed % 2 == 0 ? 1.13 : std::numeric_limits<double>::infinity();
      problem.trading = Trading{.current = std::vector<double>(n, 1.0 / static_cast<double>(n)),
                                .cost = seed % 3 == 0 ? 0.0 : 0.0004,
                                .max_turnover = 0.317};
      if (risk == ScenarioRisk::kSemivariance) problem.trading->cost *= 0.01;
      const auto answer = optimize_scenario_risk(problem, {});
      ASSERT_TRUE(answer.has_value()) << answer.error().message;
      EXPECT_TRUE(answer->certificate.proven) << answer->certificate.gap << " of " << answer->value;
      double gross = 0.0;
      double turnover = 0.0;
      for (std::size_t i = 0; i < n; ++i) {
        gross += std::abs(answer->weights[i]);
        turnover += std::abs(answer->weights[i] - problem.trading->current[i]);
      }
      EXPECT_DOUBLE_EQ(answer->leverage, gross);
      EXPECT_DOUBLE_EQ(answer->turnover, turnover);
      EXPECT_LE(gross, problem.max_leverage + 1e-12);
      EXPECT_LE(turnover, 0.317 + 1e-12);
      EXPECT_NEAR(answer->value,
                  scenario_risk(problem, answer->weights) + problem.trading->cost * turnover,
                  1e-15);
      EXPECT_GE(answer->value, free.value - 1e-10);
      const double step = 1e-7;
      auto changed = problem;
      changed.trading->max_turnover += step;
      const double room = 1e-3 * (std::abs(answer->shadow_prices.turnover) + 1e-6);
      EXPECT_NEAR((optimize_scenario_risk(changed, {})->value - answer->value) / step,
                  answer->shadow_prices.turnover, room);
      if (std::isinf(problem.max_leverage)) continue;
      changed = problem;
      changed.max_leverage += step;
      EXPECT_NEAR((optimize_scenario_risk(changed, {})->value - answer->value) / step,
                  answer->shadow_prices.leverage,
                  1e-3 * (std::abs(answer->shadow_prices.leverage) + 1e-6));
    }
  }
}

TEST(ScenarioTrading, NamesWhatIsWrongOrCannotHold) {
  auto problem = traded_problem(ScenarioRisk::kCvar, 1);
  const std::size_t n = problem.returns.columns();
  problem.trading = Trading{.current = std::vector<double>(n, 0.2)};
  problem.trading->impact.assign(n, 0.1);
  EXPECT_EQ(optimize_scenario_risk(problem, {}).error().field, "impact");
  problem.trading->impact.clear();
  problem.trading->cost = -1.0;
  EXPECT_EQ(optimize_scenario_risk(problem, {}).error().field, "cost");
  problem.trading->cost = 0.0;
  problem.trading->current.pop_back();
  EXPECT_EQ(optimize_scenario_risk(problem, {}).error().field, "trading");
  problem.trading.reset();
  problem.max_leverage = 0.5;
  EXPECT_EQ(optimize_scenario_risk(problem, {}).error().field, "max_leverage");
  problem.bounds.upper[0] = -0.4;
  problem.max_leverage = 1.7;
  EXPECT_EQ(optimize_scenario_risk(problem, {}).error().field, "max_leverage");
  EXPECT_EQ(optimize_scenario_risk(problem, {}).error().kind, ErrorKind::kInfeasible);
  problem.max_leverage = 1.8;
  EXPECT_TRUE(optimize_scenario_risk(problem, {}).has_value());
}

// A wrong dual proves less, and weights that break a limit are not proven.
TEST(ScenarioTrading, AProofHoldsOnlyForWhatItSays) {
  auto problem = traded_problem(ScenarioRisk::kCvar, 2);
  problem.max_leverage = 1.05;
  const auto answer = optimize_scenario_risk(problem, {}).value();
  ASSERT_LT(answer.shadow_prices.leverage, 0.0);
  auto dual = answer.dual;
  dual.leverage *= 1.5;
  EXPECT_LT(scenario_proof(problem, answer.weights, dual).bound, answer.value - 1e-6);
  dual.leverage = 0.0;
  EXPECT_LT(scenario_proof(problem, answer.weights, dual).bound, answer.value - 1e-6);
  auto tighter = problem;
  tighter.max_leverage = 1.04;
  EXPECT_GT(scenario_proof(tighter, answer.weights, answer.dual).infeasibility, 9e-3);
}

}  // namespace
}  // namespace quanta::portfolio
