#include "cli/frontier.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/data_flags.h"
#include "cli/figures.h"
#include "cli/flags.h"
#include "platform/file/atomic_write.h"
#include "services/frontier/frontier.h"
#include "services/frontier/risk_frontier.h"
#include "services/report/pictures.h"

namespace quanta::cli {
namespace {

using services::FrontierDocument;
using services::FrontierRow;

constexpr std::size_t kMostNames = 6;
constexpr std::size_t kFewNames = 3;  ///< beside more columns

/// "AAPL 30.1 %, MSFT 17.7 %, …", the largest first.
std::string holdings(const std::vector<std::string>& assets, const std::vector<double>& weights,
                     std::size_t most) {
  std::vector<std::size_t> held;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (std::abs(weights[i]) > 5e-5) held.push_back(i);
  }
  std::ranges::sort(held, [&](std::size_t a, std::size_t b) {
    return std::abs(weights[a]) > std::abs(weights[b]);
  });
  std::string text;
  for (std::size_t k = 0; k < std::min(held.size(), most); ++k) {
    text +=
        fmt::format("{}{} {}", k == 0 ? "" : ", ", assets[held[k]], percent(weights[held[k]], 1));
  }
  if (held.size() > most) text += fmt::format(" and {} more", held.size() - most);
  return text;
}

/// Five ranks of the averaged frontier.
std::string resampled_text(const FrontierDocument& document, const Terminal& terminal) {
  const services::Resampled& resampled = *document.resampled;
  std::string text =
      "\n" +
      wrapped(
          fmt::format("resampled: weights averaged by rank over {} frontiers of returns drawn "
                      "by the stationary bootstrap, blocks of {:.1f} {}s on average; return "
                      "and volatility under the moments above",
                      with_thousands(resampled.draws - resampled.failed), resampled.block_length,
                      period_name(document.periods_per_year.value_or(1.0))),
          78) +
      "\n";
  Table table({{"rank"}, {"return"}, {"volatility"}, {"weights", Align::kLeft}});
  const std::size_t last = resampled.points.size() - 1;
  const std::size_t rows = std::min<std::size_t>(last, 4);
  for (std::size_t r = 0; r <= rows; ++r) {
    const std::size_t k = r * last / rows;
    const FrontierRow& row = resampled.points[k];
    table.add({fmt::format("{}", k + 1), percent(row.expected_return, 2),
               percent(row.volatility, 2), holdings(document.assets, row.weights, kFewNames)});
  }
  return text + table.to_text(terminal);
}

std::string text_of(const FrontierDocument& document, const Terminal& terminal) {
  std::string text =
      fmt::format("{} corner portfolios of {} assets, {}; largest KKT residual {:.1e}\n\n",
                  document.corners.size(), document.assets.size(),
                  document.periods_per_year
                      ? fmt::format("per year ({} {}s)", figure(document.periods_per_year),
                                    period_name(*document.periods_per_year))
                      : std::string("per period of the file"),
                  document.kkt_residual);
  const bool per_year = document.periods_per_year.has_value();
  Table table({{"", Align::kLeft}, {"return"}, {"volatility"}, {"weights", Align::kLeft}});
  const auto add = [&](const std::string& name, const FrontierRow& row) {
    const int digits = per_year ? 2 : 4;
    table.add({name, percent(row.expected_return, digits), percent(row.volatility, digits),
               holdings(document.assets, row.weights, kMostNames)});
  };
  for (std::size_t c = 0; c < document.corners.size(); ++c) {
    add(fmt::format("{}", c + 1), document.corners[c]);
  }
  if (document.maximum_sharpe) add("max Sharpe", *document.maximum_sharpe);
  text += table.to_text(terminal);
  text += fmt::format(
      "\n  between two corners the weights are on a straight line; --json has {} points\n"
      "  at equal steps of return\n",
      document.points.size());
  if (document.resampled) text += resampled_text(document, terminal);
  return text;
}

std::string text_of(const services::RiskFrontierDocument& document, const Terminal& terminal) {
  double widest = 0.0;
  for (const auto& point : document.points) widest = std::max(widest, point.certificate.gap);
  const std::string risk(to_text(document.risk));
  std::string text = fmt::format(
      "return and volatility per year ({} {}s), {}{} per {}\n{} points, each the least {} at its "
      "return; largest gap {:.1e}\n\n",
      figure(document.periods_per_year), period_name(*document.periods_per_year), risk,
      document.alpha ? fmt::format(" (alpha {})", *document.alpha) : "",
      period_name(*document.periods_per_year), document.points.size(), risk, widest);
  Table table({{"return"}, {risk}, {"volatility"}, {"weights", Align::kLeft}});
  for (const auto& point : document.points) {
    table.add({percent(point.expected_return, 2), figure(point.risk), percent(point.volatility, 2),
               holdings(document.assets, point.weights, kFewNames)});
  }
  return text + table.to_text(terminal);
}

Result<Outcome> outcome_of(Result<services::RiskFrontierDocument> found) {
  if (!found) return std::unexpected(std::move(found).error());
  Outcome outcome{.document = json::to(*found)};
  outcome.warnings = found->provenance.warnings;
  outcome.text = [document = *std::move(found)](const Terminal& terminal) {
    return text_of(document, terminal);
  };
  return outcome;
}

std::unexpected<Error> no_place_with_risk(std::string field) {
  return fail(ErrorKind::kUsage, "belongs to --risk volatility", std::move(field));
}

}  // namespace

Action declare_frontier(CLI::App& app) {
  const auto asked = std::make_shared<services::RiskFrontierRequest>();
  const std::shared_ptr<services::FrontierRequest> request(asked, &asked->frontier);
  asked->risk = services::FrontierRisk::kVolatility;
  add_moments_flags(app, request->moments);
  add_risk_free(app, request->moments.risk_free);
  add_bounds_flags(app, request->bounds);
  add_value(app, "--points", "N", "points at equal steps of return (default 100)",
            [request](std::string_view text) -> Result<void> {
              QUANTA_TRY(const std::uint64_t n, read_whole(text, "--points", 2, 100'000));
              request->points = static_cast<unsigned>(n);
              return {};
            });
  add_value(app, "--resampled", "N", "the frontier averaged over N draws of the returns besides",
            [request](std::string_view text) -> Result<void> {
              QUANTA_TRY(request->resampled, read_whole(text, "--resampled", 20, 100'000));
              return {};
            });
  const auto svg_file = std::make_shared<std::string>();
  add_text(app, "--svg", "FILE", "write the frontier as a picture, too", *svg_file);
  add_choice<services::FrontierRisk>(
      app, "--risk", "what stands against the return (default volatility, with exact corners)",
      asked->risk);
  add_number(app, "--alpha", "confidence of cvar, cdar, evar (default 0.95)", asked->alpha);
  return [asked, request, svg_file](const Context& context) -> Result<Outcome> {
    if (asked->risk != services::FrontierRisk::kVolatility) {
      if (!svg_file->empty()) return no_place_with_risk("svg");
      if (request->resampled) return no_place_with_risk("resampled");
      return outcome_of(services::risk_frontier(*asked, context.run));
    }
    if (asked->alpha)
      return fail(ErrorKind::kUsage, "belongs to --risk cvar, cdar or evar", "alpha");
    QUANTA_TRY(FrontierDocument document, services::frontier(*request, context.run));
    if (!svg_file->empty() && !context.repeating) {
      QUANTA_CHECK(platform::write_file_atomically(*svg_file, services::picture_of(document)));
    }
    Outcome outcome{.document = json::to(document)};
    outcome.warnings = document.provenance.warnings;
    outcome.text = [document = std::move(document)](const Terminal& terminal) {
      return text_of(document, terminal);
    };
    return outcome;
  };
}

}  // namespace quanta::cli
