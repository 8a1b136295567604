#include "statistics/entropy_pooling.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/random.h"

namespace quanta::statistics {
namespace {

std::vector<double> normals(std::size_t n, std::uint64_t seed) {
  RandomStream stream(seed, "test scenarios");
  std::vector<double> x(n);
  for (double& value : x) value = stream.normal();
  return x;
}

double mean_of(const std::vector<double>& x, const std::vector<double>& p) {
  double sum = 0.0;
  for (std::size_t t = 0; t < x.size(); ++t) sum += p[t] * x[t];
  return sum;
}

// Two scenarios, one view: the probabilities are settled by the view alone.
TEST(EntropyPooling, ByHand) {
  const auto pooled =
      pool_entropy({}, std::vector<EntropyView>{{.values = {1, -1}, .target = 0.5}}).value();
  EXPECT_NEAR(pooled.probabilities[0], 0.75, 1e-12);
  EXPECT_NEAR(pooled.relative_entropy, 0.75 * std::log(1.5) + 0.25 * std::log(0.5), 1e-12);
}

// Of all probabilities that hold the views, the answer is nearest to the prior: p / q is the
// exponential of the views' values, and moving within the views only adds entropy.
TEST(EntropyPooling, IsTheNearestOfAllThatHoldTheViews) {
  constexpr std::size_t kScenarios = 400;
  const auto x = normals(kScenarios, 1);
  const auto y = normals(kScenarios, 2);
  const std::vector<EntropyView> views = {{.values = x, .target = 0.3},
                                          {.values = y, .target = -0.2}};
  const auto pooled = pool_entropy({}, views).value();
  EXPECT_NEAR(mean_of(x, pooled.probabilities), 0.3, 1e-11);
  EXPECT_NEAR(mean_of(y, pooled.probabilities), -0.2, 1e-11);
  EXPECT_LT(pooled.effective_scenarios, kScenarios);
  const double first = std::log(pooled.probabilities[0] * kScenarios) +
                       pooled.multipliers[0] * x[0] + pooled.multipliers[1] * y[0];
  for (std::size_t t = 0; t < kScenarios; ++t) {
    EXPECT_NEAR(std::log(pooled.probabilities[t] * kScenarios) + pooled.multipliers[0] * x[t] +
                    pooled.multipliers[1] * y[t],
                first, 1e-9);
  }
}

TEST(EntropyPooling, AnInequalityThatHoldsAlreadyChangesNothing) {
  const auto x = normals(100, 3);
  const std::vector<double> prior(100, 0.01);
  const double mean = mean_of(x, prior);
  const auto pooled =
      pool_entropy(prior,
                   std::vector<EntropyView>{
                       {.values = x, .relation = ViewRelation::kAtLeast, .target = mean - 0.1}})
          .value();
  EXPECT_EQ(pooled.multipliers[0], 0.0);
  EXPECT_NEAR(pooled.relative_entropy, 0.0, 1e-15);
  // One that does not hold binds, from either side.
  for (const auto& [relation, target] :
       {std::pair{ViewRelation::kAtLeast, mean + 0.2}, {ViewRelation::kAtMost, mean - 0.2}}) {
    const auto bound =
        pool_entropy(
            prior, std::vector<EntropyView>{{.values = x, .relation = relation, .target = target}})
            .value();
    EXPECT_NEAR(mean_of(x, bound.probabilities), target, 1e-11);
    EXPECT_GT(bound.relative_entropy, 0.0);
  }
}

TEST(EntropyPooling, AWeakerOfTwoInequalitiesDoesNotBind) {
  const auto x = normals(200, 4);
  const std::vector<EntropyView> views = {
      {.values = x, .relation = ViewRelation::kAtLeast, .target = 0.2},
      {.values = x, .relation = ViewRelation::kAtLeast, .target = 0.4}};
  const auto pooled = pool_entropy({}, views).value();
  EXPECT_NEAR(mean_of(x, pooled.probabilities), 0.4, 1e-11);
}

TEST(EntropyPooling, SaysWhichViewCannotHold) {
  const auto x = normals(50, 5);
  const auto kind = [](const auto& result) { return result.error().kind; };
  const auto beyond = pool_entropy({}, std::vector<EntropyView>{{.values = x, .target = 10}});
  ASSERT_FALSE(beyond.has_value());
  EXPECT_EQ(kind(beyond), ErrorKind::kInfeasible);
  EXPECT_NE(beyond.error().message.find("view 1"), std::string::npos);
  const auto apart = pool_entropy(
      {}, std::vector<EntropyView>{{.values = x, .target = 0.1}, {.values = x, .target = 0.2}});
  ASSERT_FALSE(apart.has_value());
  EXPECT_EQ(kind(apart), ErrorKind::kInfeasible);
}

TEST(EntropyPooling, NamesTheFieldAtFault) {
  const std::vector<EntropyView> view = {{.values = {1, -1}, .target = 0}};
  EXPECT_EQ(pool_entropy({}, {}).error().field, "views");
  EXPECT_EQ(pool_entropy(std::vector<double>{0.5, 0.6}, view).error().field, "prior");
  EXPECT_EQ(pool_entropy(std::vector<double>{1.5, -0.5}, view).error().field, "prior");
  EXPECT_EQ(pool_entropy(std::vector<double>{1.0}, view).error().field, "views");
  EXPECT_EQ(
      pool_entropy({}, std::vector<EntropyView>{{.values = {1, NAN}, .target = 0}}).error().field,
      "views");
}

TEST(WeightedMoments, EqualProbabilitiesAreTheMomentsDividedByT) {
  Matrix returns(4, 2, {1, 2, 3, 1, -1, 0, 2, 5});
  const std::vector<double> p(4, 0.25);
  const auto weighted = weighted_moments(returns, p).value();
  const auto sample = estimate_moments(returns, {}).value();
  EXPECT_NEAR(weighted.mean[1], sample.mean[1], 1e-15);
  EXPECT_NEAR(weighted.covariance(0, 1), sample.covariance(0, 1) * 3 / 4, 1e-15);
  EXPECT_EQ(weighted_moments(returns, std::vector<double>{0.5, 0.5}).error().field,
            "probabilities");
}

}  // namespace
}  // namespace quanta::statistics
