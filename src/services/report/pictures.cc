#include "services/report/pictures.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "services/report/svg.h"

namespace quanta::services {
namespace {

constexpr svg::Size kFrontierPicture{720, 420};
constexpr svg::Size kWeightsPicture{720, 300};
constexpr std::size_t kMostBars = 16;
constexpr int kChoiceColour = 1;
constexpr int kRiskColour = 2;
constexpr int kCornerColour = 3;
constexpr int kAssetColour = 6;

/// Semi-variances are squares of returns: no percentages.
svg::Format format_of(FrontierRisk risk) {
  return risk == FrontierRisk::kSemivariance ? svg::Format::kNumber : svg::Format::kPercent;
}

std::string titled(FrontierRisk risk) {
  const bool annual = risk == FrontierRisk::kVolatility || risk == FrontierRisk::kTrackingError;
  return fmt::format("{} per {}", to_text(risk), annual ? "year" : "period");
}

/// A curve with a mark at each point and a name at both ends.
std::string front_picture(svg::ScatterChart chart, const std::string& first,
                          const std::string& last) {
  for (const auto& [x, y] : chart.curve) {
    chart.points.push_back({"", x, y, kCornerColour, false});
  }
  if (chart.curve.empty()) return svg::standalone(svg::draw(chart, kFrontierPicture));
  const auto [x, y] = chart.curve.front();
  chart.points.push_back({first, x, y, kChoiceColour, true});
  if (chart.curve.size() > 1) {
    chart.points.push_back(
        {last, chart.curve.back().first, chart.curve.back().second, kChoiceColour, true});
  }
  return svg::standalone(svg::draw(chart, kFrontierPicture));
}

std::string per_what(bool per_year) { return per_year ? "per year" : "per period"; }

}  // namespace

std::string picture_of(const FrontierDocument& document) {
  const std::string per = per_what(document.periods_per_year.has_value());
  svg::ScatterChart chart{.title = "Efficient frontier",
                          .x_title = "volatility " + per,
                          .y_title = "expected return " + per,
                          .points = {},
                          .curve = {}};
  for (const FrontierRow& row : document.points) {
    chart.curve.emplace_back(row.volatility, row.expected_return);
  }
  for (std::size_t i = 0; i < document.alone.size(); ++i) {
    const AssetAlone& alone = document.alone[i];
    chart.points.push_back(
        {document.assets[i], alone.volatility, alone.expected_return, kAssetColour, false});
  }
  for (const FrontierRow& row : document.corners) {
    chart.points.push_back({"", row.volatility, row.expected_return, kCornerColour, false});
  }
  const FrontierRow& safest = document.minimum_variance;
  chart.points.push_back(
      {"min variance", safest.volatility, safest.expected_return, kChoiceColour, true});
  if (document.maximum_sharpe) {
    const FrontierRow& best = *document.maximum_sharpe;
    chart.points.push_back(
        {"max Sharpe", best.volatility, best.expected_return, kChoiceColour, true});
  }
  return svg::standalone(svg::draw(chart, kFrontierPicture));
}

std::string picture_of(const RiskFrontierDocument& document) {
  svg::ScatterChart chart{.title = fmt::format("Return against {}", to_text(document.risk)),
                          .x_title = titled(document.risk),
                          .y_title = "expected return per year",
                          .points = {},
                          .curve = {},
                          .x_format = format_of(document.risk)};
  for (const RiskFrontierPoint& point : document.points) {
    chart.curve.emplace_back(point.risk, point.expected_return);
  }
  return front_picture(std::move(chart), fmt::format("least {}", to_text(document.risk)),
                       "highest return");
}

std::string picture_of(const ParetoDocument& document) {
  svg::ScatterChart chart{
      .title = fmt::format("{} against {}", to_text(document.risk), to_text(document.against)),
      .x_title = titled(document.against),
      .y_title = titled(document.risk),
      .points = {},
      .curve = {},
      .x_format = format_of(document.against),
      .y_format = format_of(document.risk)};
  for (const ParetoRow& point : document.points) {
    chart.curve.emplace_back(point.against, point.risk);
  }
  return front_picture(std::move(chart), fmt::format("least {}", to_text(document.risk)),
                       fmt::format("least {}", to_text(document.against)));
}

std::string picture_of(const OptimizeDocument& document) {
  std::vector<std::size_t> order(document.weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater{},
                           [&](std::size_t i) { return std::abs(document.weights[i]); });
  const std::size_t shown = std::min(order.size(), kMostBars);
  const bool has_risk = !document.risk_contributions.empty();
  svg::BarSeries weights{"weight", {}, kChoiceColour};
  svg::BarSeries risks{"share of the variance", {}, kRiskColour};
  svg::BarChart chart{.title = fmt::format("Weights of {}", to_text(document.objective.name)),
                      .categories = {},
                      .series = {}};
  const auto add = [&](const std::string& name, double weight, double risk) {
    chart.categories.push_back(name);
    weights.values.push_back(weight);
    risks.values.push_back(risk);
  };
  double other_weights = 0.0;
  double other_risks = 0.0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const std::size_t i = order[k];
    const double risk = has_risk ? document.risk_contributions[i] : 0.0;
    if (k < shown) {
      add(document.assets[i], document.weights[i], risk);
    } else {
      other_weights += document.weights[i];
      other_risks += risk;
    }
  }
  if (shown < order.size()) {
    add(fmt::format("{} more", order.size() - shown), other_weights, other_risks);
  }
  chart.series.push_back(std::move(weights));
  if (has_risk) chart.series.push_back(std::move(risks));
  return svg::standalone(svg::draw(chart, kWeightsPicture));
}

}  // namespace quanta::services
