#include "cli/frontier.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/data_flags.h"
#include "cli/figures.h"
#include "cli/flags.h"
#include "platform/file/atomic_write.h"
#include "services/frontier/frontier.h"
#include "services/frontier/pareto.h"
#include "services/frontier/risk_frontier.h"
#include "services/report/pictures.h"

namespace quanta::cli {
namespace {

using services::FrontierDocument;
using services::FrontierRow;

constexpr std::size_t kMostNames = 6;
constexpr std::size_t kFewNames = 3;    ///< beside more columns
constexpr std::size_t kLongNames = 22;  ///< of two risks, which leave room for one name

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

bool is_annual(services::FrontierRisk risk) {
  return risk == services::FrontierRisk::kVolatility ||
         risk == services::FrontierRisk::kTrackingError;
}

/// "cvar (alpha 0.95) of returns per day", "volatility per year".
std::string with_unit(services::FrontierRisk risk, std::optional<double> alpha, double periods) {
  if (is_annual(risk)) return fmt::format("{} per year", to_text(risk));
  return fmt::format("{}{} of returns per {}", to_text(risk),
                     takes_alpha(risk) && alpha ? fmt::format(" (alpha {})", *alpha) : "",
                     period_name(periods));
}

std::string amount(services::FrontierRisk risk, double value) {
  return is_annual(risk) ? percent(value, 2) : figure(value);
}

std::string text_of(const services::ParetoDocument& document, const Terminal& terminal) {
  double widest = 0.0;
  for (const services::ParetoRow& point : document.points) {
    widest = std::max(widest, point.certificate.gap / std::abs(point.certificate.best));
  }
  const double periods = document.periods_per_year.value_or(1.0);
  const std::string risk(to_text(document.risk));
  const std::string against(to_text(document.against));
  std::string text =
      fmt::format("Pareto front of {}\nand {}; return per year ({} {}s)\n",
                  with_unit(document.risk, document.alpha, periods),
                  with_unit(document.against, document.alpha, periods),
                  figure(document.periods_per_year), period_name(periods)) +
      fmt::format("{} points at equal steps of {}{}; largest relative gap {:.1e}\n\n",
                  document.points.size(), to_text(document.equal_steps),
                  is_annual(document.equal_steps) ? " squared" : "", widest);
  const std::size_t n_names = risk.size() + against.size() > kLongNames ? 1 : 2;
  Table table({{risk}, {against}, {"rate"}, {"return"}, {"weights", Align::kLeft}});
  for (const services::ParetoRow& point : document.points) {
    table.add({amount(document.risk, point.risk), amount(document.against, point.against),
               point.rate ? fmt::format("{:.3g}", *point.rate) : "",
               percent(point.expected_return, 2),
               holdings(document.assets, point.weights, n_names)});
  }
  return text + table.to_text(terminal) +
         fmt::format(
             "\n  no portfolio has less of both; rate: what one unit less of {}\n"
             "  costs of {}\n",
             against, risk);
}

/// A document with its picture, where one is asked for.
template <class Document>
Result<Outcome> outcome_of(Result<Document> found, const std::string& svg_file, bool repeating) {
  if (!found) return std::unexpected(std::move(found).error());
  if (!svg_file.empty() && !repeating) {
    QUANTA_CHECK(platform::write_file_atomically(svg_file, services::picture_of(*found)));
  }
  Outcome outcome{.document = json::to(*found)};
  outcome.warnings = found->provenance.warnings;
  outcome.text = [document = *std::move(found)](const Terminal& terminal) {
    return text_of(document, terminal);
  };
  return outcome;
}

}  // namespace

Action declare_frontier(CLI::App& app) {
  struct Asked {
    services::ParetoRequest pareto;
    std::optional<services::FrontierRisk> against;
    std::optional<unsigned> points;
    std::string svg_file;
  };
  const auto asked = std::make_shared<Asked>();
  services::FrontierRequest* const request = &asked->pareto.frontier;
  add_moments_flags(app, request->moments);
  add_risk_free(app, request->moments.risk_free);
  add_bounds_flags(app, request->bounds);
  add_group_flags(app, "of the sum of a group's weights; not with the exact corners",
                  request->groups_file, request->groups);
  add_value(app, "--points", "N", "points at equal steps (default 100; with --against 20)",
            [asked](std::string_view text) -> Result<void> {
              QUANTA_TRY(const std::uint64_t n, read_whole(text, "--points", 2, 100'000));
              asked->points = static_cast<unsigned>(n);
              return {};
            });
  add_value(app, "--resampled", "N", "the frontier averaged over N draws of the returns besides",
            [request](std::string_view text) -> Result<void> {
              QUANTA_TRY(request->resampled, read_whole(text, "--resampled", 20, 100'000));
              return {};
            });
  add_text(app, "--svg", "FILE", "write the frontier as a picture, too", asked->svg_file);
  add_choice<services::FrontierRisk>(
      app, "--risk", "what stands against the return (default volatility, with exact corners)",
      asked->pareto.risk);
  add_choice<services::FrontierRisk>(
      app, "--against", "a second risk in place of the return: the Pareto front of the two",
      asked->against);
  add_number(app, "--alpha", "confidence of cvar, cdar, evar (default 0.95)", asked->pareto.alpha);
  add_text(app, "--benchmark", "FILE[:COLUMN]", "tracking-error: what is followed",
           asked->pareto.benchmark);
  return [asked](const Context& context) -> Result<Outcome> {
    services::ParetoRequest& pareto = asked->pareto;
    pareto.frontier.points = asked->points.value_or(asked->against ? 20 : 100);
    if (asked->against) {
      pareto.against = *asked->against;
      return outcome_of(services::pareto(pareto, context.run), asked->svg_file, context.repeating);
    }
    if (!pareto.benchmark.empty()) {
      return fail(ErrorKind::kUsage, "belongs to tracking-error with --against", "benchmark");
    }
    if (pareto.risk != services::FrontierRisk::kVolatility) {
      return outcome_of(
          services::risk_frontier({pareto.frontier, pareto.risk, pareto.alpha}, context.run),
          asked->svg_file, context.repeating);
    }
    if (pareto.alpha) {
      return fail(ErrorKind::kUsage, "belongs to --risk cvar, cdar or evar", "alpha");
    }
    return outcome_of(services::frontier(pareto.frontier, context.run), asked->svg_file,
                      context.repeating);
  };
}

}  // namespace quanta::cli
