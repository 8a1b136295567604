#include "portfolio/confidence/weight_sensitivity.h"

#include <cmath>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "core/random.h"

namespace quanta::portfolio {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Five assets of a year, of which bounds of 0 and 0.5 hold some.
MeanVarianceProblem five_assets(Objective objective, double lower, double upper) {
  const std::size_t n = 5;
  const std::vector<double> sigma = {0.12, 0.18, 0.2, 0.26, 0.3};
  MeanVarianceProblem problem{.mean = {0.05, 0.09, 0.07, 0.12, 0.10},
                              .covariance = Matrix(n, n),
                              .bounds = uniform_bounds(n, lower, upper),
                              .objective = objective,
                              .target = 0.085,
                              .risk_free = 0.02,
                              .risk_aversion = 4.0};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const double gap = std::abs(static_cast<double>(i) - static_cast<double>(j));
      problem.covariance(i, j) = sigma[i] * sigma[j] * std::pow(0.6, gap);
    }
  }
  return problem;
}

std::vector<double> solve(const MeanVarianceProblem& problem) {
  return optimize_mean_variance(problem, {}).value().weights;
}

/// Central difference of the weights along `change`, which takes a problem and a step.
template <class Change>
std::vector<double> difference(const MeanVarianceProblem& problem, double step,
                               const Change& change) {
  MeanVarianceProblem up = problem;
  MeanVarianceProblem down = problem;
  change(up, step);
  change(down, -step);
  std::vector<double> out = solve(up);
  const std::vector<double> below = solve(down);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = (out[i] - below[i]) / (2.0 * step);
  return out;
}

void scale_volatility(MeanVarianceProblem& problem, std::size_t j, double step) {
  const double factor = 1.0 + step / std::sqrt(problem.covariance(j, j));
  for (std::size_t i = 0; i < problem.mean.size(); ++i) {
    problem.covariance(i, j) *= factor;
    problem.covariance(j, i) *= factor;
  }
}

void raise_correlation(MeanVarianceProblem& problem, std::size_t j, std::size_t k, double step) {
  const double scale = std::sqrt(problem.covariance(j, j) * problem.covariance(k, k));
  problem.covariance(j, k) += step * scale;
  problem.covariance(k, j) = problem.covariance(j, k);
}

void expect_near(std::span<const double> got, const std::vector<double>& expected) {
  double size = 1.0;
  for (const double x : expected) size = std::max(size, std::abs(x));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    // Central differences of step 1e-5: an error of their square and 1e-15 / 1e-5 of rounding.
    EXPECT_NEAR(got[i], expected[i], 1e-6 * size) << i;
  }
}

TEST(WeightSensitivity, NamesTheFieldAtFault) {
  MeanVarianceProblem follows = five_assets(Objective::kTrackingError, 0.0, 1.0);
  follows.benchmark_covariance = std::vector<double>(5, 0.02);
  follows.benchmark_variance = 0.04;
  MeanVarianceProblem starts = five_assets(Objective::kMinVariance, 0.0, 1.0);
  auto leveraged = starts;
  leveraged.max_leverage = 1.5;
  starts.trading = Trading{.current = std::vector<double>(5, 0.2), .cost = 0.01};
  MeanVarianceProblem highest = five_assets(Objective::kTargetReturn, 0.0, 1.0);
  highest.target = 0.12;
  MeanVarianceProblem still = five_assets(Objective::kMinVariance, 0.0, 1.0);
  for (std::size_t i = 0; i < 5; ++i) still.covariance(i, 2) = still.covariance(2, i) = 0.0;
  MeanVarianceProblem twins = five_assets(Objective::kMinVariance, 0.0, 1.0);
  for (std::size_t i = 0; i < 5; ++i) {
    twins.covariance(i, 1) = twins.covariance(i, 0);
    twins.covariance(1, i) = twins.covariance(0, i);
  }
  twins.covariance(1, 1) = twins.covariance(0, 1) = twins.covariance(1, 0) = twins.covariance(0, 0);
  const struct {
    const char* name;
    MeanVarianceProblem problem;
    const char* field;
  } cases[] = {{"tracking error", follows, "objective"},
               {"a start", starts, "trading"},
               {"a limit of leverage", leveraged, "max_leverage"},
               {"the largest return", highest, "target"},
               {"no variance", still, "covariance"},
               {"twins", twins, "covariance"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    auto answer = optimize_mean_variance(c.problem, {}).value();
    if (c.field == std::string_view("covariance") && c.problem.covariance(2, 2) > 0.0) {
      answer.weights = {0.5, 0.5, 0.0, 0.0, 0.0};  // of twins any split is an optimum
    }
    const auto moves = weight_sensitivity(c.problem, answer);
    ASSERT_FALSE(moves.has_value());
    EXPECT_EQ(moves.error().field, c.field) << moves.error().message;
  }
}

// Two uncorrelated assets: w_1 = s_2 / (s_1 + s_2) in the variances s, so that at s = 1, 4
//   d w_1 / d sigma_1 = -2 sigma_1 s_2 / (s_1 + s_2)^2 = -8/25.
// Utility: w_1 = (delta s_2 + m_1 - m_2) / (delta (s_1 + s_2)): d w_1 / d m_1 = 1 / (5 delta).
TEST(WeightSensitivity, TwoAssetsByHand) {
  MeanVarianceProblem problem{.mean = {0.0, 0.0},
                              .covariance = Matrix(2, 2, {1, 0, 0, 4}),
                              .bounds = uniform_bounds(2, 0.0, 1.0)};
  auto moves = weight_sensitivity(problem, optimize_mean_variance(problem, {}).value()).value();
  EXPECT_NEAR(moves.volatility(0, 0), -8.0 / 25.0, 1e-14);
  EXPECT_NEAR(moves.volatility(0, 1), 8.0 / 25.0, 1e-14);
  EXPECT_EQ(moves.mean(0, 0), 0.0);
  problem.objective = Objective::kUtility;
  problem.risk_aversion = 2.0;
  moves = weight_sensitivity(problem, optimize_mean_variance(problem, {}).value()).value();
  EXPECT_NEAR(moves.mean(0, 0), 0.1, 1e-14);
  EXPECT_NEAR(moves.mean(0, 1), -0.1, 1e-14);
  EXPECT_TRUE(moves.kinks.empty());
}

TEST(WeightSensitivity, AgreesWithFiniteDifferences) {
  const double step = 1e-5;
  for (const Objective objective : {Objective::kMinVariance, Objective::kUtility,
                                    Objective::kTargetReturn, Objective::kMaxSharpe}) {
    for (const bool bounded : {false, true}) {
      for (const bool grouped : {false, true}) {
        SCOPED_TRACE(std::string(to_text(objective)) + (bounded ? ", bounds" : "") +
                     (grouped ? ", group" : ""));
        MeanVarianceProblem problem =
            five_assets(objective, bounded ? 0.0 : -kInfinity, bounded ? 0.5 : kInfinity);
        if (grouped) {
          problem.limits.push_back({.name = "late",
                                    .coefficients = {0, 0, 0, 1, 1},
                                    .lower = -kInfinity,
                                    .upper = 0.25});
        }
        const auto answer = optimize_mean_variance(problem, {}).value();
        const auto moves = weight_sensitivity(problem, answer).value();
        EXPECT_TRUE(moves.kinks.empty());
        for (std::size_t j = 0; j < 5; ++j) {
          expect_near(moves.mean.row(j),
                      difference(problem, step, [j](auto& p, double h) { p.mean[j] += h; }));
          expect_near(moves.volatility.row(j), difference(problem, step, [j](auto& p, double h) {
                        scale_volatility(p, j, h);
                      }));
        }
        ASSERT_FALSE(moves.correlations.empty());
        for (const auto& pair : moves.correlations) {
          expect_near(pair.weights, difference(problem, step, [&pair](auto& p, double h) {
                        raise_correlation(p, pair.first, pair.second, h);
                      }));
        }
      }
    }
  }
}

TEST(WeightSensitivity, MovesSumToNothingAndTheLargestPairComesFirst) {
  const MeanVarianceProblem problem = five_assets(Objective::kMaxSharpe, -kInfinity, kInfinity);
  const auto moves =
      weight_sensitivity(problem, optimize_mean_variance(problem, {}).value(), 4).value();
  for (std::size_t j = 0; j < 5; ++j) {
    const auto mean = moves.mean.row(j);
    EXPECT_NEAR(std::accumulate(mean.begin(), mean.end(), 0.0), 0.0, 1e-11);
    const auto risk = moves.volatility.row(j);
    EXPECT_NEAR(std::accumulate(risk.begin(), risk.end(), 0.0), 0.0, 1e-11);
  }
  ASSERT_EQ(moves.correlations.size(), 4U);
  double last = kInfinity;
  for (const auto& pair : moves.correlations) {
    EXPECT_LT(pair.first, pair.second);
    double size = 0.0;
    for (const double w : pair.weights) size += std::abs(w);
    EXPECT_LE(size, last);
    last = size;
  }
}

// Assets 1 and 2 alike, asset 3 so that its unbounded weight is exactly 0: 1/2, 1/2, 0 with
// S_3 w = variance. Its bound costs nothing.
TEST(WeightSensitivity, SaysWhereABoundCostsNothing) {
  MeanVarianceProblem problem{.mean = {0.0, 0.0, 0.0},
                              .covariance = Matrix(3, 3, {1, 0, 0.5, 0, 1, 0.5, 0.5, 0.5, 2}),
                              .bounds = uniform_bounds(3, 0.0, 1.0)};
  const auto answer = optimize_mean_variance(problem, {}).value();
  const auto moves = weight_sensitivity(problem, answer).value();
  ASSERT_EQ(moves.kinks.size(), 1U);
  EXPECT_EQ(moves.kinks[0], 2U);
}

// All on bounds: nothing moves.
TEST(WeightSensitivity, WeightsOnTheirBoundsStay) {
  MeanVarianceProblem problem = five_assets(Objective::kUtility, 0.0, 1.0);
  problem.mean[3] = 5.0;
  const auto answer = optimize_mean_variance(problem, {}).value();
  ASSERT_EQ(answer.weights[3], 1.0);
  const auto moves = weight_sensitivity(problem, answer).value();
  EXPECT_EQ(moves.mean, Matrix(5, 5));
  EXPECT_EQ(moves.volatility, Matrix(5, 5));
  EXPECT_TRUE(moves.correlations.empty());
  EXPECT_TRUE(moves.kinks.empty());  // though one of the bounds costs nothing, the next ones do
}

}  // namespace
}  // namespace quanta::portfolio
