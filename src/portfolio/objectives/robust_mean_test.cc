#include "portfolio/objectives/robust_mean.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stop_token>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/random.h"
#include "portfolio/objectives/robust_proof.h"

namespace quanta::portfolio {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// A market and noise of each asset's own.
Matrix random_covariance(RandomStream& random, std::size_t n) {
  std::vector<double> beta(n);
  for (double& b : beta) b = 0.1 + 0.2 * random.uniform();
  Matrix out(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) out(i, j) = beta[i] * beta[j];
    out(i, i) += 0.01 + 0.05 * random.uniform();
  }
  return out;
}

RobustProblem sample_problem(std::size_t n = 5, std::uint64_t seed = 3) {
  RandomStream random(seed, "robust", n);
  RobustProblem p{.mean = {},
                  .covariance = random_covariance(random, n),
                  .bounds = uniform_bounds(n, 0.0, 1.0)};
  for (std::size_t i = 0; i < n; ++i) p.mean.push_back(0.05 + 0.1 * random.normal());
  p.uncertainty = Matrix(n, n);
  for (std::size_t i = 0; i < n; ++i) p.uncertainty(i, i) = 0.001 + 0.01 * random.uniform();
  return p;
}

TEST(RobustMean, NamesTheFieldAtFault) {
  const auto with = [](auto change) {
    RobustProblem p = sample_problem();
    change(p);
    return p;
  };
  const struct {
    const char* name;
    RobustProblem problem;
    ErrorKind kind;
    const char* field;
  } cases[] = {
      {"no assets", with([](auto& p) { p.mean.clear(); }), ErrorKind::kBadInput, "mean"},
      {"a mean that is none", with([](auto& p) { p.mean[2] = kNaN; }), ErrorKind::kBadInput,
       "mean"},
      {"a covariance of fewer", with([](auto& p) { p.covariance = Matrix(4, 4, 1.0); }),
       ErrorKind::kBadInput, "covariance"},
      {"an indefinite covariance", with([](auto& p) { p.covariance(1, 1) = -0.1; }),
       ErrorKind::kBadInput, "covariance"},
      {"crossed bounds", with([](auto& p) { p.bounds.lower[1] = 2; }), ErrorKind::kInfeasible,
       "bounds"},
      {"a limit beyond the bounds", with([](auto& p) {
         p.limits = {{.name = "all", .coefficients = {1, 1, 1, 1, 1}, .upper = 0.5}};
       }),
       ErrorKind::kInfeasible, "limits"},
      {"another objective", with([](auto& p) { p.objective = Objective::kMaxSharpe; }),
       ErrorKind::kBadInput, "objective"},
      {"no risk aversion", with([](auto& p) { p.risk_aversion = 0; }), ErrorKind::kBadInput,
       "risk_aversion"},
      {"a target that is none", with([](auto& p) { p.target = kInfinity; }), ErrorKind::kBadInput,
       "target"},
      {"a box for fewer", with([](auto& p) { p.box = {0.1}; }), ErrorKind::kBadInput, "box"},
      {"a negative box", with([](auto& p) { p.box = {0, 0, -0.1, 0, 0}; }), ErrorKind::kBadInput,
       "box"},
      {"a negative radius", with([](auto& p) { p.radius = -1; }), ErrorKind::kBadInput, "radius"},
      {"a radius of nothing", with([](auto& p) {
         p.radius = 1;
         p.uncertainty = Matrix();
       }),
       ErrorKind::kBadInput, "uncertainty"},
      {"a target out of reach", with([](auto& p) {
         p.objective = Objective::kTargetReturn;
         p.target = 1.0;
         p.radius = 1;
       }),
       ErrorKind::kInfeasible, "target"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = optimize_robust_mean(c.problem, {});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, c.kind);
    EXPECT_EQ(result.error().field, c.field);
  }
}

TEST(RobustMean, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const auto result = optimize_robust_mean(sample_problem(), {.stop = stop.get_token()});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kCancelled);
}

// Two uncorrelated assets of variance 1 and U = 1: with w = (a, 1 - a), s = |w|, the condition of
// the optimum is m_1 - m_2 = (delta + radius / s) (2a - 1). At a = 3/4, s = sqrt(10) / 4.
TEST(RobustMean, EqualsTheClosedFormOfTwoAssets) {
  Matrix unit(2, 2);
  unit(0, 0) = unit(1, 1) = 1.0;
  const double s = std::sqrt(10.0) / 4.0;
  const double delta = 2.0;
  const double radius = 0.5;
  const double apart = (delta + radius / s) * 0.5;
  RobustProblem p{.mean = {apart, 0.0},
                  .covariance = unit,
                  .bounds = uniform_bounds(2, 0.0, 1.0),
                  .risk_aversion = delta,
                  .radius = radius,
                  .uncertainty = unit};
  const RobustAnswer utility = optimize_robust_mean(p, {}).value();
  EXPECT_TRUE(utility.certificate.proven);
  EXPECT_NEAR(utility.weights[0], 0.75, 1e-12);
  EXPECT_NEAR(utility.worst_return, 0.75 * apart - radius * s, 1e-12);
  EXPECT_NEAR(utility.value, 0.75 * apart - radius * s - 0.5 * delta * s * s, 1e-12);

  p.objective = Objective::kTargetReturn;
  p.target = utility.worst_return;
  const RobustAnswer target = optimize_robust_mean(p, {}).value();
  EXPECT_TRUE(target.certificate.proven);
  EXPECT_NEAR(target.weights[0], 0.75, 1e-9);
  EXPECT_NEAR(target.value, s * s, 1e-9);
  EXPECT_NEAR(target.shadow_prices.target.value(), 2.0 / delta, 1e-8);
}

// Long only, the box is a lower mean of each asset, so that the plain problem has the answer.
TEST(RobustMean, BoxOfLongWeightsIsALowerMean) {
  RobustProblem p = sample_problem();
  p.box = {0.01, 0.05, 0.02, 0.0, 0.03};
  MeanVarianceProblem plain{.mean = p.mean,
                            .covariance = p.covariance,
                            .bounds = p.bounds,
                            .objective = Objective::kUtility};
  for (std::size_t i = 0; i < 5; ++i) plain.mean[i] -= p.box[i];
  const RobustAnswer robust = optimize_robust_mean(p, {}).value();
  const ContinuousAnswer lower = optimize_mean_variance(plain, {}).value();
  EXPECT_TRUE(robust.certificate.proven);
  EXPECT_NEAR(robust.value, lower.value, 1e-14);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(robust.weights[i], lower.weights[i], 1e-12);
}

// One asset against cash: sold short only where its mean is below minus the width.
TEST(RobustMean, BoxHoldsBackFromBothSides) {
  Matrix covariance(2, 2);
  covariance(0, 0) = 0.04;
  const auto risky = [&](double mean) {
    const RobustProblem p{.mean = {mean, 0.0},
                          .covariance = covariance,
                          .bounds = {.lower = {-1.0, 0.0}, .upper = {1.0, 2.0}},
                          .risk_aversion = 2.0,
                          .box = {0.03, 0.0}};
    const RobustAnswer answer = optimize_robust_mean(p, {}).value();
    EXPECT_TRUE(answer.certificate.proven) << mean;
    return answer.weights[0];
  };
  EXPECT_NEAR(risky(0.05), 0.25, 1e-12);  // (0.05 - 0.03) / (2 x 0.04)
  EXPECT_NEAR(risky(-0.05), -0.25, 1e-12);
  EXPECT_EQ(risky(0.02), 0.0);
  EXPECT_EQ(risky(-0.02), 0.0);
}

TEST(RobustMean, TargetBelowTheLeastVarianceCostsNothing) {
  RobustProblem p = sample_problem();
  p.radius = 1.0;
  p.box = std::vector<double>(5, 0.01);
  p.objective = Objective::kTargetReturn;
  p.target = -1.0;
  const RobustAnswer answer = optimize_robust_mean(p, {}).value();
  const ContinuousAnswer least =
      optimize_mean_variance({.mean = p.mean, .covariance = p.covariance, .bounds = p.bounds}, {})
          .value();
  EXPECT_TRUE(answer.certificate.proven);
  EXPECT_NEAR(answer.value, least.value, 1e-15);
  EXPECT_EQ(answer.shadow_prices.target, 0.0);
}

// With U = c S the answer is on the efficient frontier: the plain one for delta + radius c / s.
TEST(RobustMean, EllipsoidOfTheCovarianceRaisesTheRiskAversion) {
  RobustProblem p = sample_problem();
  p.radius = 0.4;
  p.uncertainty = p.covariance;
  const RobustAnswer robust = optimize_robust_mean(p, {}).value();
  ASSERT_TRUE(robust.certificate.proven);
  MeanVarianceProblem plain{.mean = p.mean,
                            .covariance = p.covariance,
                            .bounds = p.bounds,
                            .objective = Objective::kUtility};
  plain.risk_aversion = p.risk_aversion + p.radius / std::sqrt(robust.variance);
  const ContinuousAnswer answer = optimize_mean_variance(plain, {}).value();
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(robust.weights[i], answer.weights[i], 1e-10);
}

/// Bounds of both signs or one, a group, box or ellipsoid or both, utility or target.
RobustProblem random_problem(RandomStream& random, std::uint64_t seed) {
  const std::size_t n = 2 + static_cast<std::size_t>(random.uniform() * 6);
  RobustProblem p = sample_problem(n, seed);
  if (random.uniform() < 0.5) p.bounds = uniform_bounds(n, -0.5, 1.0);
  LinearLimit group{.name = "half", .coefficients = std::vector<double>(n)};
  for (std::size_t i = 0; i < n; i += 2) group.coefficients[i] = 1.0;
  group.upper = 0.3 + 0.5 * random.uniform();
  if (random.uniform() < 0.5) p.limits.push_back(std::move(group));
  const double kind = random.uniform();
  if (kind < 0.7) p.radius = 2.0 * random.uniform();
  if (kind > 0.4) {
    for (std::size_t i = 0; i < n; ++i) p.box.push_back(0.05 * random.uniform());
  }
  if (random.uniform() < 0.5) {
    p.objective = Objective::kTargetReturn;
    p.target = worst_return(p, std::vector<double>(n, 1.0 / static_cast<double>(n)));
    if (!p.limits.empty()) p.limits[0].upper = 0.8;
  }
  return p;
}

RC_GTEST_PROP(RobustMean, IsProvenAndNoPortfolioIsBetter, (std::uint64_t seed)) {
  RandomStream random(seed, "robust problem", 0);
  const RobustProblem p = random_problem(random, seed);
  const auto result = optimize_robust_mean(p, {});
  RC_ASSERT(result.has_value());
  const RobustAnswer& answer = *result;
  RC_ASSERT(answer.certificate.proven);
  RC_ASSERT(std::abs(std::accumulate(answer.weights.begin(), answer.weights.end(), 0.0) - 1.0) <=
            1e-12);
  const bool utility = p.objective == Objective::kUtility;
  if (!utility) RC_ASSERT(answer.worst_return >= p.target - 1e-9);
  const RobustProof proof = robust_proof(p, answer.weights, answer.dual);
  RC_ASSERT(proof.value == answer.value);
  for (int k = 0; k < 20; ++k) {
    std::vector<double> w(p.mean.size());
    for (double& x : w) x = -std::log(1.0 - random.uniform());
    const double sum = std::accumulate(w.begin(), w.end(), 0.0);
    for (double& x : w) x /= sum;
    const RobustProof other = robust_proof(p, w, answer.dual);
    if (other.infeasibility > 0.0) continue;
    if (utility) RC_ASSERT(other.value <= answer.certificate.bound + 1e-12);
    if (!utility) RC_ASSERT(other.value >= answer.certificate.bound - 1e-12);
    // A proof from any weights is one, if not the best.
    if (utility) RC_ASSERT(other.bound >= answer.value - 1e-9);
    if (!utility) RC_ASSERT(other.bound <= answer.value + 1e-9);
  }
}

// The worst return is the least over means of the set.
RC_GTEST_PROP(RobustMean, WorstReturnIsTheWorst, (std::uint64_t seed)) {
  RandomStream random(seed, "robust worst", 0);
  RobustProblem p = sample_problem();
  p.radius = 1.5;
  p.box = {0.01, 0.02, 0.0, 0.03, 0.01};
  std::vector<double> w(5);
  for (double& x : w) x = random.normal();
  const double worst = worst_return(p, w);
  for (int k = 0; k < 20; ++k) {
    // f = radius U^(1/2) x with |x| = 1, U diagonal.
    std::vector<double> x(5);
    for (double& value : x) value = random.normal();
    const double length = std::sqrt(dot(x, x));
    double earned = 0.0;
    for (std::size_t i = 0; i < 5; ++i) {
      const double shift = p.box[i] * (2.0 * random.uniform() - 1.0) +
                           p.radius * std::sqrt(p.uncertainty(i, i)) * x[i] / length;
      earned += (p.mean[i] + shift) * w[i];
    }
    RC_ASSERT(earned >= worst - 1e-12);
  }
}

TEST(RobustProof, RefusesAShiftOfAnotherSize) {
  RobustProblem p = sample_problem();
  p.box = std::vector<double>(5, 0.01);
  const RobustAnswer answer = optimize_robust_mean(p, {}).value();
  RobustDual dual = answer.dual;
  dual.shift.pop_back();
  EXPECT_EQ(robust_proof(p, answer.weights, dual).bound, kInfinity);
  // A shift beyond the box counts as its end: no bound below the true one.
  dual.shift.assign(5, 1.0);
  EXPECT_GE(robust_proof(p, answer.weights, dual).bound, answer.value);
}

// A price is the change of the value where the constraint gives way a little.
TEST(RobustMean, ShadowPricesAreSlopes) {
  for (const Objective objective : {Objective::kUtility, Objective::kTargetReturn}) {
    RobustProblem p = sample_problem();
    p.radius = 0.5;
    p.box = std::vector<double>(5, 0.01);
    p.bounds = uniform_bounds(5, 0.05, 0.6);
    p.limits = {{.name = "outer", .coefficients = {1, 0, 0, 0, 1}, .upper = 0.2}};
    p.objective = objective;
    p.target = worst_return(p, std::vector{0.1, 0.3, 0.3, 0.2, 0.1}) + 0.001;
    const RobustAnswer answer = optimize_robust_mean(p, {}).value();
    ASSERT_TRUE(answer.certificate.proven);
    const auto slope = [&](auto change) {
      const double step = 1e-5;
      RobustProblem more = p;
      RobustProblem less = p;
      change(more, step);
      change(less, -step);
      return (optimize_robust_mean(more, {}).value().value -
              optimize_robust_mean(less, {}).value().value) /
             (2.0 * step);
    };
    EXPECT_NEAR(answer.shadow_prices.limits[0].upper,
                slope([](RobustProblem& q, double by) { q.limits[0].upper += by; }), 1e-6);
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_NEAR(answer.shadow_prices.lower[i],
                  slope([i](RobustProblem& q, double by) { q.bounds.lower[i] += by; }), 1e-6);
    }
    if (objective == Objective::kUtility) continue;
    EXPECT_NEAR(answer.shadow_prices.target.value(),
                slope([](RobustProblem& q, double by) { q.target += by; }), 1e-6);
  }
}

TEST(RobustMean, GivesTheSameBitsOnAnyNumberOfThreads) {
  RobustProblem p = sample_problem();
  p.radius = 1.0;
  const RobustAnswer alone = optimize_robust_mean(p, {}).value();
  for (const unsigned threads : {1U, 2U, 7U}) {
    ThreadPool pool(threads);
    EXPECT_EQ(optimize_robust_mean(p, {.pool = &pool}).value().weights, alone.weights);
  }
}

}  // namespace
}  // namespace quanta::portfolio
