#include "cli/confidence_flags.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "cli/figures.h"
#include "cli/flags.h"

namespace quanta::cli {
namespace {

using services::Confidence;
using services::ConfidenceMethod;
using services::DrawnMeans;
using services::OptimizeDocument;
using services::Sensitivity;
using services::Stability;
using services::StabilityDate;

std::string intervals_text(const OptimizeDocument& document, const Terminal& terminal) {
  const Confidence& confidence = *document.confidence;
  std::string source;
  switch (confidence.method) {
    case ConfidenceMethod::kBootstrap:
      source = fmt::format("the stationary bootstrap, blocks of {:.1f} {}s on average",
                           confidence.block_length.value_or(1.0),
                           period_name(document.periods_per_year.value_or(1.0)));
      break;
    case ConfidenceMethod::kBayes:
      source = "the posterior of means and covariance of normal returns";
      break;
    case ConfidenceMethod::kGarch:
      source = "the bootstrap filtered by GARCH volatilities";
      break;
  }
  std::string text =
      "\n" +
      wrapped(fmt::format(
                  "intervals that hold {} of {} draws from {}{}", percent(confidence.level, 0),
                  with_thousands(confidence.draws - confidence.failed), source,
                  confidence.means == DrawnMeans::kTogether ? "; means drawn to each other" : ""),
              78) +
      "\n";
  Table table({{"asset", Align::kLeft}, {"weight"}, {"from"}, {"to"}, {"median"}});
  for (std::size_t i = 0; i < confidence.weights.size(); ++i) {
    const services::WeightRange& range = confidence.weights[i];
    table.add({range.asset, percent(document.weights[i], 2), percent(range.low, 2),
               percent(range.high, 2), percent(range.median, 2)});
  }
  return text + table.to_text(terminal);
}

double traded(std::span<const double> moves) {
  double sum = 0.0;
  for (const double move : moves) sum += std::abs(move);
  return sum;
}

std::string sensitivity_text(const OptimizeDocument& document, const Terminal& terminal) {
  const Sensitivity& sensitivity = *document.sensitivity;
  // A percentage point of a year; a week's mean is itself a few tenths of one.
  const double step = document.periods_per_year ? 0.01 : 0.001;
  const bool means =
      std::ranges::any_of(sensitivity.mean.values(), [](double x) { return x != 0; });
  std::string text =
      "\n" +
      wrapped(fmt::format("if the {}volatility of one asset rises by {}: by how many percentage "
                          "points its own weight moves, and how many all weights move (buys and "
                          "sells both counted){}",
                          means ? "mean or the " : "",
                          document.periods_per_year ? "1 percentage point a year"
                                                    : "0.1 percentage points a period",
                          means ? "" : "; the means play no part here"),
              78) +
      "\n";
  std::vector<Column> columns = {{"asset", Align::kLeft}};
  if (means) columns.insert(columns.end(), {{"mean: own"}, {"all"}});
  columns.insert(columns.end(), {{"volatility: own"}, {"all"}});
  Table table(columns);
  const auto points = [step](double per_unit) {
    return per_unit == 0 ? std::string("0") : fmt::format("{:+.2f}", 100.0 * step * per_unit);
  };
  const auto all = [step](std::span<const double> moves) {
    const double sum = traded(moves);
    return sum == 0 ? std::string("0") : fmt::format("{:.2f}", 100.0 * step * sum);
  };
  for (std::size_t j = 0; j < document.assets.size(); ++j) {
    std::vector<Cell> cells = {document.assets[j]};
    if (means) {
      cells.emplace_back(points(sensitivity.mean(j, j)));
      cells.emplace_back(all(sensitivity.mean.row(j)));
    }
    cells.emplace_back(points(sensitivity.volatility(j, j)));
    cells.emplace_back(all(sensitivity.volatility.row(j)));
    table.add(std::move(cells));
  }
  text += table.to_text(terminal);
  if (!sensitivity.correlations.empty()) {
    const services::CorrelationMove& pair = sensitivity.correlations.front();
    text += wrapped(fmt::format("of the correlations, {} with {} matters most: where it rises by "
                                "0.01, all weights move {:.2f} percentage points",
                                pair.assets[0], pair.assets[1], traded(pair.weights)),
                    78);
  }
  if (!sensitivity.kinks.empty()) {
    std::string names;
    for (const std::string& name : sensitivity.kinks) names += (names.empty() ? "" : ", ") + name;
    text += wrapped(fmt::format("at a bound that costs nothing, so that one direction moves the "
                                "weights otherwise: {}",
                                names),
                    78);
  }
  return text;
}

std::string stability_text(const OptimizeDocument& document, const Terminal& terminal) {
  const Stability& stability = *document.stability;
  std::string text =
      "\n" +
      wrapped(fmt::format("windows of {} month{} that end at {} month ends, {} to {}: from one to "
                          "the next {} is traded on average (buys and sells both counted), most "
                          "on {}, {}",
                          stability.window_months, stability.window_months == 1 ? "" : "s",
                          stability.dates.size(), stability.dates.front().date,
                          stability.dates.back().date, percent(stability.average_turnover, 2),
                          stability.largest_at, percent(stability.largest_turnover, 2)),
              78) +
      "\n";
  Table table({{"asset", Align::kLeft}, {"weight"}, {"least"}, {"most"}, {"", Align::kLeft}});
  for (std::size_t i = 0; i < document.assets.size(); ++i) {
    std::vector<double> path;
    for (const StabilityDate& date : stability.dates) path.push_back(date.weights[i]);
    table.add({document.assets[i], percent(document.weights[i], 2),
               percent(*std::ranges::min_element(path), 2),
               percent(*std::ranges::max_element(path), 2), sparkline(terminal, path, 24)});
  }
  return text + table.to_text(terminal);
}

}  // namespace

void add_confidence_flags(CLI::App& app, services::OptimizeRequest& request) {
  add_value(app, "--confidence", "bootstrap[:N]|bayes[:N]|garch[:N]",
            "intervals of the weights from N draws (default 1000)",
            [&request](std::string_view text) -> Result<void> {
              QUANTA_TRY(request.confidence, services::parse_confidence(text, "--confidence"));
              return {};
            });
  add_number(app, "--confidence-level", "share of the draws in an interval (default 0.9)",
             request.confidence_level);
  add_switch(app, "--sensitivity", "how the weights move with each mean, volatility, correlation",
             request.sensitivity);
  add_whole(app, "--stability", "the weights of windows of N months at each month's end",
            request.stability);
}

std::string confidence_text(const OptimizeDocument& document, const Terminal& terminal) {
  std::string text;
  if (document.confidence) text += intervals_text(document, terminal);
  if (document.sensitivity) text += sensitivity_text(document, terminal);
  if (document.stability) text += stability_text(document, terminal);
  return text;
}

}  // namespace quanta::cli
