#include "services/report/pictures.h"

#include <gtest/gtest.h>

namespace quanta::services {
namespace {

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST(Pictures, OfWeightsSumUpWhatDoesNotFit) {
  OptimizeDocument document;
  document.objective.name = OptimizeObjective::kEqualWeight;
  for (int i = 0; i < 20; ++i) {
    document.assets.push_back("A" + std::to_string(i));
    document.weights.push_back(i == 0 ? 0.525 : 0.025);
    document.risk_contributions.push_back(i == 0 ? 0.81 : 0.01);
  }
  const std::string picture = picture_of(document);
  EXPECT_EQ(picture.find("<svg xmlns="), 0U);
  EXPECT_NE(picture.find("Weights of equal-weight"), std::string::npos);
  EXPECT_NE(picture.find(">A15<"), std::string::npos);
  EXPECT_EQ(picture.find(">A16<"), std::string::npos);  // the 17th
  EXPECT_NE(picture.find("4 more"), std::string::npos);
  EXPECT_NE(picture.find("4 more, weight: 10.0"), std::string::npos);  // 4 x 2.5 %
  EXPECT_NE(picture.find("share of the variance"), std::string::npos);
}

TEST(Pictures, OfWeightsWithoutRiskShowTheWeightsAlone) {
  OptimizeDocument document;
  document.assets = {"<A>", "B"};
  document.weights = {0.25, 0.75};
  const std::string picture = picture_of(document);
  EXPECT_EQ(picture.find("share of the variance"), std::string::npos);
  EXPECT_NE(picture.find("&lt;A&gt;"), std::string::npos);
  EXPECT_LT(picture.find(">B<"), picture.find("&lt;A&gt;"));  // the largest first
}

TEST(Pictures, OfTheFrontierNameAssetsAndChoices) {
  FrontierDocument document;
  document.assets = {"A", "B"};
  document.alone = {{0.1, 0.3}, {0.05, 0.1}};
  document.corners = {{0.1, 0.3, {1, 0}}, {0.05, 0.1, {0, 1}}};
  document.points = {document.corners[1], document.corners[0]};
  document.minimum_variance = document.corners[1];
  const std::string without = picture_of(document);
  EXPECT_EQ(without.find("max Sharpe"), std::string::npos);
  EXPECT_NE(without.find("min variance"), std::string::npos);
  EXPECT_NE(without.find("volatility per period"), std::string::npos);
  document.maximum_sharpe = document.corners[0];
  document.periods_per_year = 12;
  const std::string with = picture_of(document);
  EXPECT_NE(with.find("max Sharpe"), std::string::npos);
  EXPECT_NE(with.find("volatility per year"), std::string::npos);
  EXPECT_GT(count(with, "<title>"), 4U);  // two assets, two corners, two choices
}

TEST(Pictures, OfTwoRisksNameTheirEnds) {
  ParetoDocument document;
  document.risk = FrontierRisk::kSemivariance;
  document.against = FrontierRisk::kTrackingError;
  document.points.resize(3);
  for (std::size_t i = 0; i < 3; ++i) {
    document.points[i].risk = 1e-4 * static_cast<double>(i + 1);
    document.points[i].against = 0.05 * static_cast<double>(3 - i);
  }
  const std::string picture = picture_of(document);
  EXPECT_NE(picture.find("tracking-error per year"), std::string::npos);
  EXPECT_NE(picture.find("semivariance per period"), std::string::npos);
  EXPECT_NE(picture.find("least semivariance"), std::string::npos);
  EXPECT_NE(picture.find("least tracking-error"), std::string::npos);
  document.points.resize(1);
  EXPECT_EQ(picture_of(document).find("least tracking-error"), std::string::npos);

  RiskFrontierDocument frontier;
  frontier.points.resize(2);
  frontier.points[1].expected_return = 0.1;
  EXPECT_NE(picture_of(frontier).find("highest return"), std::string::npos);
}

TEST(Pictures, OfNothingSaySo) {
  EXPECT_NE(picture_of(RiskFrontierDocument{}).find("<svg"), std::string::npos);
  EXPECT_NE(picture_of(ParetoDocument{}).find("<svg"), std::string::npos);
  EXPECT_NE(picture_of(OptimizeDocument{}).find("<svg"), std::string::npos);
  EXPECT_NE(picture_of(FrontierDocument{}).find("<svg"), std::string::npos);
}

}  // namespace
}  // namespace quanta::services
