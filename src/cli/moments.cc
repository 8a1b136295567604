#include "cli/moments.h"

#include <cmath>

#include <fmt/format.h>

#include "cli/data_flags.h"
#include "cli/figures.h"
#include "services/moments/moments.h"

namespace quanta::cli {
namespace {

using services::MomentsDocument;

/// Beyond this many assets the correlations do not fit a line; the document has them all.
constexpr std::size_t kMostCorrelated = 12;

std::string text_of(const MomentsDocument& document, const Terminal& terminal) {
  const std::size_t n = document.assets.size();
  const bool with_correlations = n <= kMostCorrelated;
  std::vector<Column> columns = {{"asset", Align::kLeft}, {"mean"}, {"volatility"}};
  for (std::size_t i = 0; with_correlations && i < n; ++i) columns.push_back({document.assets[i]});
  Table table(columns);
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<Cell> cells = {document.assets[i], percent(document.mean[i], 2),
                               percent(std::sqrt(document.covariance(i, i)), 2)};
    for (std::size_t j = 0; with_correlations && j < n; ++j) {
      cells.emplace_back(fmt::format("{:.2f}", document.correlation(i, j)),
                         i == j ? Style::kDim : Style::kPlain);
    }
    table.add(std::move(cells));
  }
  std::string text = document.provenance.method;
  if (document.periods_per_year) {
    text += fmt::format(", {} returns, per year ({} {}s)", with_thousands(document.periods),
                        figure(document.periods_per_year), period_name(*document.periods_per_year));
  } else {
    text += ", per period of the file";
  }
  text += "\n\n" + table.to_text(terminal);
  if (with_correlations) text += "\n  the columns named like assets are correlations\n";
  if (!with_correlations) text += "\n  --json has the covariances and correlations\n";
  if (document.shrinkage) {
    text += fmt::format("  weight of the shrinkage target: {}\n", percent(*document.shrinkage, 2));
  }
  return text;
}

}  // namespace

Action declare_moments(CLI::App& app) {
  const auto request = std::make_shared<services::MomentsRequest>();
  add_moments_flags(app, *request);
  add_risk_free(app, request->risk_free);
  return [request](const Context& context) -> Result<Outcome> {
    QUANTA_TRY(MomentsDocument document, services::moments(*request, context.run));
    Outcome outcome{.document = json::to(document)};
    outcome.warnings = document.provenance.warnings;
    outcome.text = [document = std::move(document)](const Terminal& terminal) {
      return text_of(document, terminal);
    };
    return outcome;
  };
}

}  // namespace quanta::cli
