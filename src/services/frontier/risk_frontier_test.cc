#include "services/frontier/risk_frontier.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace quanta::services {
namespace {

/// Two assets, 60 weeks: the second rises faster and falls deeper.
std::string write_prices() {
  const std::string path =
      (std::filesystem::temp_directory_path() / "quanta_risk_frontier_test.csv").string();
  std::ofstream file(path);
  file << "date,calm,wild\n";
  double calm = 100.0;
  double wild = 100.0;
  for (int week = 0; week < 60; ++week) {
    file << fmt::format("2023-{:02}-{:02},", 1 + week / 5, 1 + 5 * (week % 5)) << calm << ','
         << wild << '\n';
    calm *= 1.002 + 0.004 * (week % 3 - 1);
    wild *= 1.010 + 0.060 * (week % 4 - 1.5);
  }
  return path;
}

TEST(RiskFrontier, RiskRisesWithReturnAndEveryPointIsProven) {
  using enum FrontierRisk;
  RiskFrontierRequest request;
  request.frontier.moments.prices.files = {write_prices()};
  request.frontier.moments.prices.periods_per_year = 52;
  request.frontier.points = 7;
  for (const FrontierRisk risk : {kCvar, kCdar, kMad, kSemivariance, kEvar, kMaxDrawdown}) {
    SCOPED_TRACE(to_text(risk));
    request.risk = risk;
    const auto found = risk_frontier(request, {});
    ASSERT_TRUE(found.has_value()) << to_text(found.error());
    ASSERT_EQ(found->points.size(), 7U);
    const auto& points = found->points;
    for (std::size_t i = 0; i < points.size(); ++i) {
      EXPECT_TRUE(points[i].certificate.proven);
      if (i == 0) continue;
      const double step = points[i].expected_return - points[i - 1].expected_return;
      const double rise = points[i].risk - points[i - 1].risk;
      EXPECT_GT(step, 0.0);
      EXPECT_GE(rise, -1e-12);
      // The frontier is convex: it is steeper at a point than on the way there. At its end any
      // slope above is one.
      EXPECT_GE(points[i].shadow_price * step, i + 1 < points.size() ? rise - 1e-9 : 0.0);
    }
    EXPECT_NEAR(points.back().weights[1], 1.0, 1e-9);
  }
}

}  // namespace
}  // namespace quanta::services
