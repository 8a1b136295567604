#include "cli/risk.h"

#include <fmt/format.h>

#include "cli/data_flags.h"
#include "cli/figures.h"
#include "cli/flags.h"
#include "services/risk/risk.h"

namespace quanta::cli {
namespace {

using services::RiskDocument;
using services::RiskRequest;

std::string text_of(const RiskDocument& document, const Terminal& terminal) {
  const std::string_view period = period_name(document.periods_per_year);
  std::string text =
      fmt::format("risk over {} {}{} at {} ({}, {} returns up to {})\n\n", document.horizon_days,
                  period, document.horizon_days == 1 ? "" : "s",
                  fmt::format("{:.6g} %", 100 * document.alpha), document.provenance.method,
                  with_thousands(document.periods), document.provenance.as_of.value_or("?"));
  Table figures({{"figure", Align::kLeft}, {"value"}, {"meaning", Align::kLeft}});
  figures.add({"value at risk", percent(document.var, 2),
               fmt::format("lost or more in {} of such times",
                           fmt::format("{:.6g} %", 100 * (1 - document.alpha)))});
  figures.add({"expected shortfall", percent(document.es, 2), "mean loss of those times"});
  figures.add({"volatility", percent(document.volatility, 2), "per year"});
  if (document.beta)
    figures.add({"beta", fmt::format("{:.3f}", *document.beta), "to the benchmark"});
  const services::MaximumDrawdown& fall = document.maximum_drawdown;
  figures.add({"maximum drawdown", percent(fall.depth, 2),
               fall.peak ? fmt::format("{} to {}, {}", *fall.peak, *fall.trough,
                                       fall.recovery ? "recovered " + *fall.recovery
                                                     : std::string("not recovered yet"))
                         : std::string("it never fell")});
  text += figures.to_text(terminal);

  double total = 0;
  for (const auto& row : document.contributions) total += row.component;
  Table parts({{"asset", Align::kLeft},
               {"weight"},
               {fmt::format("part of {}", to_text(document.contributions_of))},
               {"share"},
               {"marginal"},
               {"without it"}});
  for (const auto& row : document.contributions) {
    parts.add({row.asset, percent(row.weight, 2), percent(row.component, 3),
               total != 0 ? percent(row.component / total, 1) : "-", figure(row.marginal),
               percent(-row.incremental, 3)});
  }
  return text + "\n" + parts.to_text(terminal);
}

}  // namespace

Action declare_risk(CLI::App& app) {
  const auto request = std::make_shared<RiskRequest>();
  add_price_flags(app, request->prices);
  add_text(app, "--weights", "FILE|equal|ramp",
           "CSV asset,weight; equal (default); ramp: 1 to n in column order, scaled to 1",
           request->weights);
  add_choice<services::RiskMethod>(app, "--method", "how VaR and ES are computed", request->method);
  add_number(app, "--alpha", "confidence (default 0.95)", request->alpha);
  add_value(app, "--horizon", "DAYS", "periods of the prices (default 1)",
            [request](std::string_view text) -> Result<void> {
              QUANTA_TRY(const std::uint64_t days, read_whole(text, "--horizon", 1, 1'000'000));
              request->horizon = static_cast<unsigned>(days);
              return {};
            });
  add_text(app, "--benchmark", "FILE[:COLUMN]", "what beta is measured against",
           request->benchmark);
  const auto unused = std::make_shared<double>(0.0);
  add_risk_free(app, *unused);
  return [request, unused](const Context& context) -> Result<Outcome> {
    QUANTA_TRY(RiskDocument document, services::risk(*request, context.run));
    Outcome outcome{.document = json::to(document)};
    outcome.warnings = document.provenance.warnings;
    outcome.text = [document = std::move(document)](const Terminal& terminal) {
      return text_of(document, terminal);
    };
    return outcome;
  };
}

}  // namespace quanta::cli
