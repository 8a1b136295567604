#include "portfolio/objectives/mean_variance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "statistics/moments.h"
#include "statistics/us20_for_tests.h"

namespace quanta::portfolio {
namespace {

using statistics::CovarianceMethod;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

double quadratic(const Matrix& s, const std::vector<double>& w) {
  double sum = 0.0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    for (std::size_t j = 0; j < w.size(); ++j) sum += w[i] * s(i, j) * w[j];
  }
  return sum;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

double value_at(const MeanVarianceProblem& p, const std::vector<double>& w) {
  const double variance = quadratic(p.covariance, w);
  const double expected = dot(p.mean, w);
  switch (p.objective) {
    case Objective::kMaxSharpe:
      return (expected - p.risk_free) / std::sqrt(variance);
    case Objective::kUtility:
      return expected - 0.5 * p.risk_aversion * variance;
    default:
      return variance;
  }
}

/// What every answer promises.
std::string broken_promise(const MeanVarianceProblem& p, const ContinuousAnswer& a) {
  if (a.weights.size() != p.mean.size()) return "number of weights";
  double sum = 0.0;
  for (std::size_t i = 0; i < a.weights.size(); ++i) {
    const double w = a.weights[i];
    sum += w;
    if (!(w >= p.bounds.lower[i] && w <= p.bounds.upper[i])) return "bounds";
    if (w == 0.0 && std::signbit(w)) return "negative zero";
    if (w != 0.0 && std::abs(w) < 1e-12) return "dust";
    const bool minimize = a.sense == Sense::kMinimize;
    const double lower = minimize ? a.shadow_prices.lower[i] : -a.shadow_prices.lower[i];
    const double upper = minimize ? a.shadow_prices.upper[i] : -a.shadow_prices.upper[i];
    if (lower < 0.0 || upper > 0.0) return "sign of a shadow price";
    if (lower > 0.0 && w != p.bounds.lower[i]) return "price of a loose lower bound";
    if (upper < 0.0 && w != p.bounds.upper[i]) return "price of a loose upper bound";
  }
  if (std::abs(sum - 1.0) > 1e-12) return "sum";
  if (p.objective == Objective::kTargetReturn && dot(p.mean, a.weights) < p.target - 1e-12) {
    return "target";
  }
  const double own = value_at(p, a.weights);
  // A ratio over a variance that nearly vanishes has few digits: that variance is a small
  // difference of large terms.
  double digits = 1.0;
  if (p.objective == Objective::kMaxSharpe) {
    for (std::size_t i = 0; i < p.mean.size(); ++i) {
      digits = std::max(digits, p.covariance(i, i) / std::max(a.variance, 1e-300));
    }
  }
  if (std::abs(own - a.value) > 1e-13 * digits * (1e-3 + std::abs(own))) return "value";
  if (!a.certificate.proven && digits < 1e5) return "no proof";
  if (a.certificate.best != a.value || a.certificate.gap < 0.0) return "certificate";
  return "";
}

// Expected values: cvxopt with a polish, checked by scipy's SLSQP; see the file.
TEST(MeanVariance, EqualsTheExpectedValuesOfUs20) {
  QUANTA_SKIP_WITHOUT_SHARED_DATA();
  const auto book = statistics::expected_values("us20_optimize.json");
  const Matrix returns = statistics::us20_returns();
  const std::vector<std::string> names = statistics::us20_prices().names;
  const CovarianceMethod sample = CovarianceMethod::kSample;
  const struct {
    const char* key;
    Objective objective;
    CovarianceMethod covariance;
  } cases[] = {
      {"min_variance", Objective::kMinVariance, sample},
      {"min_variance_ledoit_wolf_identity", Objective::kMinVariance,
       CovarianceMethod::kLedoitWolfIdentity},
      {"min_variance_ledoit_wolf_constant_correlation", Objective::kMinVariance,
       CovarianceMethod::kLedoitWolfConstantCorrelation},
      {"min_variance_oas", Objective::kMinVariance, CovarianceMethod::kOas},
      {"min_variance_ewma_0.94", Objective::kMinVariance, CovarianceMethod::kEwma},
      {"min_variance_long_short", Objective::kMinVariance, sample},
      {"min_variance_bounds_5_30", Objective::kMinVariance, sample},
      {"max_sharpe", Objective::kMaxSharpe, sample},
      {"max_sharpe_bounds_5_30", Objective::kMaxSharpe, sample},
      {"target_return_0.12", Objective::kTargetReturn, sample},
      {"target_return_0.16", Objective::kTargetReturn, sample},
      {"target_return_0.20", Objective::kTargetReturn, sample},
      {"utility_1", Objective::kUtility, sample},
      {"utility_3", Objective::kUtility, sample},
      {"utility_10", Objective::kUtility, sample},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.key);
    const json::Object& want = book.at("results").at(c.key).as_object();
    const bool ten = std::string(c.key).ends_with("_5_30");
    const std::size_t n = ten ? 10 : 20;
    Matrix some(returns.rows(), n);
    for (std::size_t t = 0; t < returns.rows(); ++t) {
      std::copy_n(returns.row(t).begin(), n, some.row(t).begin());
    }
    const auto moments = statistics::annualise(
        statistics::estimate_moments(some, {.method = c.covariance}).value(), 252.0);
    MeanVarianceProblem problem{.mean = moments.mean,
                                .covariance = moments.covariance,
                                .bounds = uniform_bounds(n, ten ? 0.05 : 0.0, ten ? 0.3 : 1.0),
                                .objective = c.objective,
                                .target = 0.0,
                                .risk_free = 0.02,
                                .risk_aversion = 3.0};
    if (std::string(c.key).ends_with("long_short")) {
      problem.bounds = uniform_bounds(n, -kInfinity, kInfinity);
    }
    if (want.contains("target")) problem.target = want.at("target").as_double();
    if (want.contains("delta")) problem.risk_aversion = want.at("delta").as_double();
    const auto answer = optimize_mean_variance(problem, {});
    ASSERT_TRUE(answer.has_value()) << answer.error().message;
    EXPECT_EQ(broken_promise(problem, *answer), "");
    EXPECT_NEAR(answer->value, want.at("value").as_double(), 1e-12);
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(answer->weights[i], want.at("weights").at(names[i]).as_double(), 1e-8)
          << names[i];
    }
    RecordProperty(c.key, answer->iterations);
  }
}

MeanVarianceProblem three_assets(Objective objective) {
  return {.mean = {0.05, 0.10, 0.15},
          .covariance = Matrix(3, 3, {0.04, 0.01, 0.00, 0.01, 0.09, 0.02, 0.00, 0.02, 0.16}),
          .bounds = uniform_bounds(3, 0.0, 1.0),
          .objective = objective,
          .target = 0.11,
          .risk_free = 0.02,
          .risk_aversion = 3.0};
}

// Two assets by hand: variances 0.04 and 0.09, covariance 0.006. Least variance at
// w = (0.09 - 0.006) / (0.13 - 0.012) = 42/59, where it is (0.04 x 0.09 - 0.006^2) / 0.118.
TEST(MeanVariance, EqualsTwoAssetsByHand) {
  MeanVarianceProblem p{.mean = {0.06, 0.10},
                        .covariance = Matrix(2, 2, {0.04, 0.006, 0.006, 0.09}),
                        .bounds = uniform_bounds(2, -kInfinity, kInfinity)};
  const auto least = optimize_mean_variance(p, {}).value();
  EXPECT_NEAR(least.weights[0], 42.0 / 59.0, 1e-15);
  EXPECT_NEAR(least.value, 0.003564 / 0.118, 1e-16);
  EXPECT_TRUE(least.certificate.proven);
  // The variance scales with the square of the sum, so d value / d sum = 2 x value.
  EXPECT_NEAR(least.shadow_prices.sum, 2.0 * least.value, 1e-15);

  // Tangency by hand, risk-free 0.02: S^-1 (0.04, 0.08) is proportional to
  // (0.09 x 0.04 - 0.006 x 0.08, 0.04 x 0.08 - 0.006 x 0.04) = (0.00312, 0.00296).
  p.objective = Objective::kMaxSharpe;
  p.risk_free = 0.02;
  const auto best = optimize_mean_variance(p, {}).value();
  EXPECT_NEAR(best.weights[0], 0.00312 / 0.00608, 1e-13);
  EXPECT_NEAR(best.value, std::sqrt((0.04 * 0.00312 + 0.08 * 0.00296) / 0.003564), 1e-14);
  EXPECT_TRUE(best.certificate.proven);

  // A target that binds decides two weights: 0.06 a + 0.10 (1 - a) = 0.09 at a = 1/4.
  p.objective = Objective::kTargetReturn;
  p.target = 0.09;
  const auto target = optimize_mean_variance(p, {}).value();
  EXPECT_NEAR(target.weights[0], 0.25, 1e-14);
  EXPECT_TRUE(target.certificate.proven);
}

TEST(MeanVariance, TellsWhatConstraintsCost) {
  const double step = 1e-5;
  for (const auto objective : {Objective::kMinVariance, Objective::kTargetReturn,
                               Objective::kUtility, Objective::kMaxSharpe}) {
    SCOPED_TRACE(to_text(objective));
    MeanVarianceProblem p = three_assets(objective);
    p.bounds = {.lower = {0.1, 0.35, 0.05}, .upper = {0.45, 0.8, 0.5}};
    p.target = 0.099;
    const auto answer = optimize_mean_variance(p, {}).value();
    EXPECT_EQ(broken_promise(p, answer), "");
    const auto slope = [&](auto change) {
      MeanVarianceProblem more = p;
      MeanVarianceProblem less = p;
      change(more, step);
      change(less, -step);
      return (optimize_mean_variance(more, {})->value - optimize_mean_variance(less, {})->value) /
             (2.0 * step);
    };
    for (std::size_t i = 0; i < 3; ++i) {
      const auto lower = [i](MeanVarianceProblem& q, double d) { q.bounds.lower[i] += d; };
      const auto upper = [i](MeanVarianceProblem& q, double d) { q.bounds.upper[i] += d; };
      EXPECT_NEAR(answer.shadow_prices.lower[i], slope(lower), 1e-6) << i;
      EXPECT_NEAR(answer.shadow_prices.upper[i], slope(upper), 1e-6) << i;
    }
    if (objective == Objective::kTargetReturn) {
      ASSERT_TRUE(answer.shadow_prices.target.has_value());
      EXPECT_GT(*answer.shadow_prices.target, 0.0);
      const auto target = [](MeanVarianceProblem& q, double d) { q.target += d; };
      EXPECT_NEAR(*answer.shadow_prices.target, slope(target), 1e-6);
    }
  }
}

TEST(MeanVariance, ReachesTheLargestReturn) {
  MeanVarianceProblem p = three_assets(Objective::kTargetReturn);
  p.target = 0.15;
  const auto top = optimize_mean_variance(p, {}).value();
  EXPECT_EQ(top.weights, (std::vector<double>{0.0, 0.0, 1.0}));
  EXPECT_TRUE(top.certificate.proven);
  EXPECT_FALSE(top.shadow_prices.target.has_value());
  // Among equals of the largest return the least variance: by hand 0.14 : 0.07 of 0.21.
  p.mean = {0.05, 0.15, 0.15};
  const auto shared = optimize_mean_variance(p, {}).value();
  EXPECT_NEAR(shared.weights[1], 0.14 / 0.21, 1e-14);
  EXPECT_EQ(shared.weights[0], 0.0);
  EXPECT_TRUE(shared.certificate.proven);
}

TEST(MeanVariance, AcceptsBoundsThatLeaveOnePortfolio) {
  MeanVarianceProblem p = three_assets(Objective::kMinVariance);
  for (const auto objective : {Objective::kMinVariance, Objective::kTargetReturn,
                               Objective::kUtility, Objective::kMaxSharpe}) {
    SCOPED_TRACE(to_text(objective));
    p.objective = objective;
    p.target = 0.01;
    p.bounds = {.lower = {0.1, 0.2, 0.7}, .upper = {1.0, 1.0, 1.0}};
    const auto lowest = optimize_mean_variance(p, {}).value();
    EXPECT_NEAR(lowest.weights[2], 0.7, 1e-15);
    EXPECT_TRUE(lowest.certificate.proven);
    p.bounds = {.lower = {0.0, 0.0, 0.0}, .upper = {0.1, 0.2, 0.7}};
    EXPECT_TRUE(optimize_mean_variance(p, {})->certificate.proven);
    p.bounds = {.lower = {0.3, 0.2, 0.5}, .upper = {0.3, 0.2, 0.5}};
    EXPECT_EQ(optimize_mean_variance(p, {})->weights, (std::vector<double>{0.3, 0.2, 0.5}));
  }
  // Ten times 0.1 sums to a little less than 1 in doubles.
  MeanVarianceProblem ten{.mean = {0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1},
                          .covariance = Matrix(10, 10),
                          .bounds = uniform_bounds(10, 0.0, 0.1),
                          .target = 0.01};
  for (std::size_t i = 0; i < 10; ++i) ten.covariance(i, i) = 0.04;
  for (const auto& bounds : {uniform_bounds(10, 0.0, 0.1), uniform_bounds(10, 0.1, 1.0)}) {
    for (const auto objective : {Objective::kMinVariance, Objective::kTargetReturn,
                                 Objective::kUtility, Objective::kMaxSharpe}) {
      SCOPED_TRACE(to_text(objective));
      ten.bounds = bounds;
      ten.objective = objective;
      const auto only = optimize_mean_variance(ten, {});
      ASSERT_TRUE(only.has_value()) << only.error().message;
      EXPECT_TRUE(only->certificate.proven);
      for (const double w : only->weights) EXPECT_NEAR(w, 0.1, 1e-15);
    }
  }
  MeanVarianceProblem one{
      .mean = {0.05}, .covariance = Matrix(1, 1, 0.04), .bounds = uniform_bounds(1, 0.0, 1.0)};
  EXPECT_EQ(optimize_mean_variance(one, {})->weights, std::vector<double>{1.0});
}

// Asset 1 has no risk; the sum and the target leave one pair of weights.
TEST(MeanVariance, SellsShortToReachATarget) {
  const MeanVarianceProblem p{.mean = {-0.00043012605014377875, -0.0005153602403534337},
                              .covariance = Matrix(2, 2, {0.0, 0.0, 0.0, 0.00011136170991933933}),
                              .bounds = uniform_bounds(2, -kInfinity, kInfinity),
                              .objective = Objective::kTargetReturn,
                              .target = -0.0001515392967652842};
  const auto answer = optimize_mean_variance(p, {});
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  const double second = (p.target - p.mean[0]) / (p.mean[1] - p.mean[0]);
  EXPECT_NEAR(answer->weights[1], second, 1e-11);
  EXPECT_EQ(broken_promise(p, *answer), "");
}

TEST(MeanVariance, TakesAnExcessOfRoundingForNone) {
  const MeanVarianceProblem p{.mean = {0.00017579340414551676, -0.001},
                              .covariance = Matrix(2, 2, {0.0, 0.0, 0.0, 2.1e-07}),
                              .bounds = uniform_bounds(2, -1.0, 1.0),
                              .objective = Objective::kMaxSharpe,
                              .risk_free = 0.00017579340414551676};
  const auto answer = optimize_mean_variance(p, {});
  ASSERT_FALSE(answer.has_value()) << answer->value;
  EXPECT_EQ(answer.error().field, "risk_free");
}

TEST(MeanVariance, SaysThatAUtilityHasNoMaximum) {
  // Assets 2 and 3 show no risk, and one earns more than the other.
  MeanVarianceProblem p{
      .mean = {-0.0022089248820866725, 0.002023048308303103, -0.01, 0.003605318966533003},
      .covariance = Matrix(4, 4),
      .bounds = {.lower = {-0.2, -0.2, -kInfinity, -kInfinity},
                 .upper = {0.7, kInfinity, kInfinity, 0.7}},
      .objective = Objective::kUtility,
      .risk_aversion = 0.1};
  p.covariance(0, 0) = 0.00014597507981507839;
  p.covariance(0, 3) = p.covariance(3, 0) = 7.514523966905767e-05;
  p.covariance(3, 3) = 9.421800856108619e-05;
  const auto answer = optimize_mean_variance(p, {});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().field, "objective");
  EXPECT_NE(answer.error().message.find("no maximum"), std::string::npos);
}

TEST(MeanVariance, NamesTheFieldAtFault) {
  const MeanVarianceProblem good = three_assets(Objective::kMinVariance);
  using Change = void (*)(MeanVarianceProblem&);
  const struct {
    const char* name;
    Change change;
    ErrorKind kind;
    const char* field;
    const char* says;
  } cases[] = {
      {"no assets", [](auto& p) { p.mean.clear(); }, ErrorKind::kBadInput, "mean", "no assets"},
      {"missing mean", [](auto& p) { p.mean[1] = kNaN; }, ErrorKind::kBadInput, "mean", "asset 2"},
      {"covariance too small", [](auto& p) { p.covariance = Matrix(2, 2); }, ErrorKind::kBadInput,
       "covariance", "2 x 2 for 3"},
      {"covariance not finite", [](auto& p) { p.covariance(0, 2) = kInfinity; },
       ErrorKind::kBadInput, "covariance", "row 1, column 3"},
      {"negative variance", [](auto& p) { p.covariance(1, 1) = -0.1; }, ErrorKind::kBadInput,
       "covariance", "asset 2"},
      {"not symmetric", [](auto& p) { p.covariance(0, 1) = 0.02; }, ErrorKind::kBadInput,
       "covariance", "not symmetric"},
      {"indefinite", [](auto& p) { p.covariance(0, 1) = p.covariance(1, 0) = 0.07; },
       ErrorKind::kBadInput, "covariance", "smallest eigenvalue"},
      {"too few bounds", [](auto& p) { p.bounds.upper.pop_back(); }, ErrorKind::kBadInput, "bounds",
       "2 upper bounds"},
      {"bound not a number", [](auto& p) { p.bounds.lower[0] = kNaN; }, ErrorKind::kBadInput,
       "bounds", "asset 1"},
      {"bound infinite on the wrong side", [](auto& p) { p.bounds.lower[0] = kInfinity; },
       ErrorKind::kBadInput, "bounds", "asset 1"},
      {"crossed bounds", [](auto& p) { p.bounds.lower[2] = 2.0; }, ErrorKind::kInfeasible, "bounds",
       "asset 3"},
      {"lower bounds too high", [](auto& p) { p.bounds = uniform_bounds(3, 0.4, 0.5); },
       ErrorKind::kInfeasible, "bounds", "sum to 1.2"},
      {"upper bounds too low", [](auto& p) { p.bounds = uniform_bounds(3, 0.0, 0.3); },
       ErrorKind::kInfeasible, "bounds", "sum to 0.9"},
      {"target out of reach",
       [](auto& p) {
         p.objective = Objective::kTargetReturn;
         p.target = 0.2;
       },
       ErrorKind::kInfeasible, "target", "0.15"},
      {"target not a number",
       [](auto& p) {
         p.objective = Objective::kTargetReturn;
         p.target = kNaN;
       },
       ErrorKind::kBadInput, "target", "nan"},
      {"risk-free not finite",
       [](auto& p) {
         p.objective = Objective::kMaxSharpe;
         p.risk_free = kInfinity;
       },
       ErrorKind::kBadInput, "risk_free", "inf"},
      {"nothing beats the risk-free rate",
       [](auto& p) {
         p.objective = Objective::kMaxSharpe;
         p.risk_free = 0.15;
       },
       ErrorKind::kInfeasible, "risk_free", "min-variance"},
      {"no aversion",
       [](auto& p) {
         p.objective = Objective::kUtility;
         p.risk_aversion = 0.0;
       },
       ErrorKind::kBadInput, "risk_aversion", "not positive"},
      {"aversion not a number",
       [](auto& p) {
         p.objective = Objective::kUtility;
         p.risk_aversion = kNaN;
       },
       ErrorKind::kBadInput, "risk_aversion", "nan"},
      {"endless utility",
       [](auto& p) {
         p.objective = Objective::kUtility;
         p.bounds = uniform_bounds(3, -kInfinity, kInfinity);
         p.covariance = Matrix(3, 3, 0.04);
       },
       ErrorKind::kInfeasible, "objective", "no maximum"},
      {"endless ratio under a singular covariance",
       [](auto& p) {
         p.objective = Objective::kMaxSharpe;
         p.bounds = uniform_bounds(3, -kInfinity, kInfinity);
         p.covariance = Matrix(3, 3, 0.04);
       },
       ErrorKind::kInfeasible, "objective", "no maximum"},
      {"a riskless mix that earns",
       [](auto& p) {
         p.objective = Objective::kMaxSharpe;
         p.covariance = Matrix(3, 3, {0.04, 0, 0, 0, 0, 0, 0, 0, 0.09});
       },
       ErrorKind::kInfeasible, "objective", "without risk"},
      {"no risk anywhere",
       [](auto& p) {
         p.objective = Objective::kMaxSharpe;
         p.covariance = Matrix(3, 3);
         p.risk_free = 0.12;
       },
       ErrorKind::kInfeasible, "objective", "without risk"},
      {"a ratio that only a short sale without limit would reach",
       [](auto& p) {
         p.objective = Objective::kMaxSharpe;
         p.bounds = uniform_bounds(3, -kInfinity, kInfinity);
         p.risk_free = 0.12;
       },
       ErrorKind::kInfeasible, "objective", "keeps rising"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    MeanVarianceProblem p = good;
    c.change(p);
    const auto answer = optimize_mean_variance(p, {});
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().kind, c.kind);
    EXPECT_EQ(answer.error().field, c.field);
    EXPECT_NE(answer.error().message.find(c.says), std::string::npos) << answer.error().message;
  }
}

TEST(MeanVariance, StopsWhenAsked) {
  std::stop_source source;
  source.request_stop();
  const auto answer =
      optimize_mean_variance(three_assets(Objective::kMinVariance), {.stop = source.get_token()});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, ErrorKind::kCancelled);
}

// More assets than dates: the covariance of 20 shares over 7 days.
TEST(MeanVariance, IsExactUnderASingularCovariance) {
  QUANTA_SKIP_WITHOUT_SHARED_DATA();
  const Matrix all = statistics::us20_returns();
  for (const std::size_t days : {2u, 3u, 7u, 12u, 20u}) {
    SCOPED_TRACE(days);
    Matrix few(days, 20);
    std::copy_n(all.data(), few.values().size(), few.data());
    const auto moments = statistics::estimate_moments(few, {}).value();
    MeanVarianceProblem p{.mean = moments.mean,
                          .covariance = moments.covariance,
                          .bounds = uniform_bounds(20, 0.0, 1.0)};
    const double top = *std::ranges::max_element(p.mean);
    for (const double share : {-1.0, 0.3, 0.7, 0.999}) {
      p.objective = share < 0.0 ? Objective::kMinVariance : Objective::kTargetReturn;
      p.target = share * top;
      const auto answer = optimize_mean_variance(p, {});
      ASSERT_TRUE(answer.has_value()) << answer.error().message;
      EXPECT_EQ(broken_promise(p, *answer), "") << share;
    }
    p.objective = Objective::kUtility;
    EXPECT_EQ(broken_promise(p, optimize_mean_variance(p, {}).value()), "");
    p.objective = Objective::kMinVariance;
    p.bounds = uniform_bounds(20, -kInfinity, kInfinity);
    EXPECT_EQ(broken_promise(p, optimize_mean_variance(p, {}).value()), "");
  }
}

// ---- Random problems ----------------------------------------------------------------------------

/// n assets with T observed returns each: singular whenever T <= n.
MeanVarianceProblem random_problem(std::size_t n) {
  const auto periods = static_cast<std::size_t>(*rc::gen::inRange(2, 40));
  Matrix returns(periods, n);
  for (std::size_t t = 0; t < periods; ++t) {
    for (double& value : returns.row(t)) value = *rc::gen::inRange(-1000, 1001) / 1e4;
  }
  const auto moments = statistics::estimate_moments(returns, {}).value();
  MeanVarianceProblem p{.mean = moments.mean,
                        .covariance = moments.covariance,
                        .bounds = uniform_bounds(n, 0.0, 1.0)};
  for (std::size_t i = 0; i < n; ++i) {
    if (*rc::gen::inRange(0, 3) == 0) p.bounds.lower[i] = *rc::gen::inRange(-50, 1) / 100.0;
    if (*rc::gen::inRange(0, 3) == 0) p.bounds.upper[i] = *rc::gen::inRange(30, 101) / 100.0;
  }
  p.risk_aversion = *rc::gen::inRange(1, 200) / 10.0;
  p.objective = *rc::gen::element(Objective::kMinVariance, Objective::kTargetReturn,
                                  Objective::kUtility, Objective::kMaxSharpe);
  const auto [low, high] = std::ranges::minmax(p.mean);
  p.target = low + *rc::gen::inRange(0, 101) / 100.0 * (high - low);
  p.risk_free = low - 0.001;
  return p;
}

RC_GTEST_PROP(MeanVarianceProperty, KeepsItsPromisesAndIsProven, ()) {
  const MeanVarianceProblem p = random_problem(static_cast<std::size_t>(*rc::gen::inRange(4, 30)));
  const auto answer = optimize_mean_variance(p, {});
  if (!answer) {
    RC_ASSERT(answer.error().kind == ErrorKind::kInfeasible);
    RC_ASSERT(answer.error().field == "target" || answer.error().field == "objective");
    return;
  }
  RC_ASSERT(broken_promise(p, *answer) == "");
}

RC_GTEST_PROP(MeanVarianceProperty, NoPortfolioOnAGridIsBetter, ()) {
  MeanVarianceProblem p = random_problem(3);
  p.bounds = uniform_bounds(3, *rc::gen::inRange(-3, 1) / 10.0, *rc::gen::inRange(4, 11) / 10.0);
  const auto answer = optimize_mean_variance(p, {});
  const double sign = sense_of(p.objective) == Sense::kMinimize ? 1.0 : -1.0;
  double best = kInfinity;
  for (int a = -30; a <= 100; ++a) {
    for (int b = -30; b <= 100; ++b) {
      const std::vector<double> w{a / 100.0, b / 100.0, (100 - a - b) / 100.0};
      const bool inside = std::ranges::all_of(w, [&](double x) {
        return x >= p.bounds.lower[0] - 1e-12 && x <= p.bounds.upper[0] + 1e-12;
      });
      if (!inside) continue;
      if (p.objective == Objective::kTargetReturn && dot(p.mean, w) < p.target) continue;
      best = std::min(best, sign * value_at(p, w));
    }
  }
  if (!answer) {
    // Out of reach also on the grid, or a ratio without limit.
    RC_ASSERT(answer.error().field == "objective" || best == kInfinity);
    return;
  }
  RC_ASSERT(sign * answer->value <= best + 1e-12 * (1.0 + std::abs(best)));
  RC_ASSERT(best == kInfinity || p.objective == Objective::kMaxSharpe ||
            best - sign * answer->value < 1e-2);
}

RC_GTEST_PROP(MeanVarianceProperty, DoesNotDependOnTheOrderOfAssetsOrTheUnitOfTime, ()) {
  const auto n = static_cast<std::size_t>(*rc::gen::inRange(4, 12));
  const MeanVarianceProblem p = random_problem(n);
  MeanVarianceProblem turned = p;
  const double unit = 252.0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t a = (i + 2) % n;
    turned.mean[i] = p.mean[a] * unit;
    turned.bounds.lower[i] = p.bounds.lower[a];
    turned.bounds.upper[i] = p.bounds.upper[a];
    for (std::size_t j = 0; j < n; ++j) {
      turned.covariance(i, j) = p.covariance(a, (j + 2) % n) * unit;
    }
  }
  turned.target *= unit;
  turned.risk_free *= unit;
  const auto one = optimize_mean_variance(p, {});
  const auto other = optimize_mean_variance(turned, {});
  RC_ASSERT(one.has_value() == other.has_value());
  if (!one) return;
  if (p.objective != Objective::kMaxSharpe) {
    RC_ASSERT(std::abs(one->value * unit - other->value) <=
              1e-9 * std::abs(other->value) + unit * 1e-15);
    return;
  }
  // Where positions hedge each other almost to nothing, the ratio divides by a variance of which
  // few digits are left: its terms are rounded, and they are this many times the variance.
  double variance = 0.0;
  double terms = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const double term = one->weights[i] * p.covariance(i, j) * one->weights[j];
      variance += term;
      terms += std::abs(term);
    }
  }
  const double cancelled = terms / variance;
  const double tolerance = 1e-9 + 16.0 * std::numeric_limits<double>::epsilon() * cancelled;
  RC_ASSERT(std::abs(one->value * std::sqrt(unit) - other->value) <=
            tolerance * std::abs(other->value));
}

}  // namespace
}  // namespace quanta::portfolio
