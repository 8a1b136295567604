#include "services/frontier/pareto.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/enum_text.h"

namespace quanta::services {
namespace {

/// Three assets and an index, 60 weeks.
ParetoRequest request_of(FrontierRisk risk, FrontierRisk against) {
  const std::string path =
      (std::filesystem::temp_directory_path() / "quanta_pareto_test.csv").string();
  std::ofstream file(path);
  file << "date,calm,wild,odd,index\n";
  double calm = 100.0;
  double wild = 100.0;
  double odd = 100.0;
  for (int week = 0; week < 60; ++week) {
    file << fmt::format("2023-{:02}-{:02},{},{},{},{}\n", 1 + week / 5, 1 + 5 * (week % 5), calm,
                        wild, odd, 0.5 * (calm + wild) + 0.3 * (week % 5));
    calm *= 1.002 + 0.004 * (week % 3 - 1);
    wild *= 1.010 + 0.060 * (week % 4 - 1.5);
    odd *= 1.004 + 0.020 * (week % 7 - 3);
  }
  ParetoRequest request{
      .frontier = {}, .risk = risk, .against = against, .alpha = {}, .benchmark = {}};
  request.frontier.moments.prices.files = {path};
  request.frontier.moments.prices.assets = {"calm", "wild", "odd"};
  request.frontier.moments.prices.periods_per_year = 52;
  request.frontier.points = 41;
  if (against == FrontierRisk::kTrackingError) request.benchmark = path + ":index";
  return request;
}

TEST(Pareto, RateIsTheSlopeInTheUnitsThatAreShown) {
  using enum FrontierRisk;
  for (const auto& [risk, against] :
       {std::pair(kVolatility, kTrackingError), std::pair(kSemivariance, kVolatility),
        std::pair(kVolatility, kCvar)}) {
    SCOPED_TRACE(fmt::format("{} against {}", to_text(risk), to_text(against)));
    const auto found = pareto(request_of(risk, against), {});
    ASSERT_TRUE(found.has_value()) << to_text(found.error());
    const auto& points = found->points;
    ASSERT_EQ(points.size(), 41U);
    EXPECT_FALSE(points.front().rate);
    EXPECT_FALSE(points.back().rate);
    for (std::size_t i = 4; i + 4 < points.size(); ++i) {
      EXPECT_TRUE(points[i].certificate.proven);
      const double slope = (points[i + 1].risk - points[i - 1].risk) /
                           (points[i - 1].against - points[i + 1].against);
      ASSERT_TRUE(points[i].rate);
      EXPECT_NEAR(*points[i].rate, slope, 0.1 * slope);  // a difference over two steps
    }
    if (against == kVolatility) {
      EXPECT_DOUBLE_EQ(points[20].against, points[20].volatility);
      EXPECT_NEAR(points.back().against, std::sqrt(found->least.against.best), 1e-9);
    }
  }
}

TEST(Pareto, NamesTheFlagAtFault) {
  using enum FrontierRisk;
  const auto field_of = [](const ParetoRequest& request) {
    const auto found = pareto(request, {});
    return found ? std::string("no error") : found.error().field;
  };
  EXPECT_EQ(field_of(request_of(kMad, kMad)), "against");
  ParetoRequest request = request_of(kMad, kVolatility);
  request.alpha = 0.9;
  EXPECT_EQ(field_of(request), "alpha");
  request = request_of(kMad, kTrackingError);
  request.benchmark.clear();
  EXPECT_EQ(field_of(request), "benchmark");
  request = request_of(kMad, kCvar);
  request.alpha = 95.0;
  EXPECT_EQ(field_of(request), "alpha");
  request = request_of(kMad, kCvar);
  request.frontier.points = 1;
  EXPECT_EQ(field_of(request), "points");
  request = request_of(kMad, kCvar);
  request.frontier.resampled = 20;
  EXPECT_EQ(field_of(request), "resampled");
  request = request_of(kMad, kCvar);
  request.frontier.groups = {{"a", 0.0, 0.5}};
  EXPECT_EQ(field_of(request), "group");
}

}  // namespace
}  // namespace quanta::services
