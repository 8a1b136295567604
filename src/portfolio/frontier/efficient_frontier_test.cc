#include "portfolio/frontier/efficient_frontier.h"

#include <cmath>

#include <gtest/gtest.h>

#include "statistics/moments.h"
#include "statistics/us20_for_tests.h"

namespace quanta::portfolio {
namespace {

statistics::Moments us20_moments() {
  return statistics::annualise(statistics::estimate_moments(statistics::us20_returns(), {}).value(),
                               252);
}

// Two uncorrelated assets, by hand: means 1 and 2, variances 1 and 1, long only.
TEST(EfficientFrontier, TwoAssetsByHand) {
  const Matrix covariance(2, 2, {1, 0, 0, 1});
  const auto frontier = trace_frontier({1, 2}, covariance, uniform_bounds(2, 0.0, 1.0), {}).value();
  ASSERT_EQ(frontier.corners.size(), 2U);
  EXPECT_NEAR(frontier.corners[0].expected_return, 2.0, 1e-15);
  EXPECT_NEAR(frontier.corners[1].expected_return, 1.5, 1e-15);
  EXPECT_NEAR(frontier.corners[1].volatility, std::sqrt(0.5), 1e-15);
  const auto middle = frontier.at_return(1.75, covariance).value();
  EXPECT_NEAR(middle.weights[1], 0.75, 1e-14);
  EXPECT_NEAR(middle.volatility, std::sqrt(0.75 * 0.75 + 0.25 * 0.25), 1e-14);
  const auto same = frontier.at_volatility(middle.volatility, covariance).value();
  EXPECT_NEAR(same.expected_return, 1.75, 1e-13);
  EXPECT_FALSE(frontier.at_return(1.4, covariance).has_value());
  EXPECT_FALSE(frontier.at_return(2.1, covariance).has_value());
  EXPECT_FALSE(frontier.at_volatility(0.5, covariance).has_value());
}

TEST(EfficientFrontier, WithoutBoundsItGoesOn) {
  const Matrix covariance(2, 2, {1, 0, 0, 1});
  const auto frontier =
      trace_frontier({1, 2}, covariance, uniform_bounds(2, -HUGE_VAL, HUGE_VAL), {}).value();
  const auto far = frontier.at_return(3.0, covariance).value();
  EXPECT_NEAR(far.weights[0], -1.0, 1e-13);
  EXPECT_NEAR(frontier.at_volatility(far.volatility, covariance)->expected_return, 3.0, 1e-12);
}

TEST(TargetRisk, AgreesWithTheStoredPortfolios) {
  QUANTA_SKIP_WITHOUT_SHARED_DATA();
  const auto book = statistics::expected_values("us20_optimize.json");
  const auto moments = us20_moments();
  for (const char* key : {"target_risk_0.18", "target_risk_0.22"}) {
    SCOPED_TRACE(key);
    const auto& expected = book.at("results").at(key);
    const double target = json::from<double>(expected.at("target")).value();
    const auto answer = optimize_target_risk({.mean = moments.mean,
                                              .covariance = moments.covariance,
                                              .bounds = uniform_bounds(20, 0.0, 1.0),
                                              .target = target},
                                             {})
                            .value();
    EXPECT_NEAR(answer.value, json::from<double>(expected.at("value")).value(), 2e-9);
    EXPECT_NEAR(std::sqrt(answer.variance), target, 1e-12);
    EXPECT_TRUE(answer.certificate.proven) << answer.certificate.gap;
    // A little more risk earns its shadow price, but for the curvature over the step.
    const auto more = optimize_target_risk({.mean = moments.mean,
                                            .covariance = moments.covariance,
                                            .bounds = uniform_bounds(20, 0.0, 1.0),
                                            .target = target + 1e-6},
                                           {})
                          .value();
    EXPECT_NEAR((more.value - answer.value) / 1e-6, *answer.shadow_prices.target, 1e-3);
  }
}

TEST(TargetRisk, SaysWhatIsOutOfReach) {
  const MeanVarianceProblem problem{.mean = {1, 2},
                                    .covariance = Matrix(2, 2, {1, 0, 0, 1}),
                                    .bounds = uniform_bounds(2, 0.0, 1.0),
                                    .target = 0.5};
  const auto low = optimize_target_risk(problem, {});
  ASSERT_FALSE(low.has_value());
  EXPECT_EQ(low.error().field, "target");
  EXPECT_EQ(low.error().kind, ErrorKind::kInfeasible);
  MeanVarianceProblem loose = problem;
  loose.target = 5.0;  // more risk than any portfolio has: the highest return
  const auto all = optimize_target_risk(loose, {}).value();
  EXPECT_NEAR(all.value, 2.0, 1e-15);
  EXPECT_TRUE(all.certificate.proven);
  loose.target = -1.0;
  EXPECT_EQ(optimize_target_risk(loose, {}).error().field, "target");
}

}  // namespace
}  // namespace quanta::portfolio
