#include "cli/data_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/figures.h"
#include "cli/flags.h"
#include "services/market_data/market_data.h"

namespace quanta::cli {
namespace {

using services::CheckDocument;

constexpr std::size_t kMostRows = 20;

std::string rejected_table(const CheckDocument& document, const Terminal& terminal) {
  Table table({{"line"},
               {"column", Align::kLeft},
               {"value", Align::kLeft},
               {"rejected because", Align::kLeft}});
  for (std::size_t i = 0; i < std::min(kMostRows, document.rejected.size()); ++i) {
    const market::RejectedRow& row = document.rejected[i];
    table.add({std::to_string(row.line), row.column, row.value, row.reason});
  }
  return table.to_text(terminal);
}

std::string findings_table(const CheckDocument& document, const Terminal& terminal) {
  Table table({{"finding", Align::kLeft},
               {"time", Align::kLeft},
               {"column", Align::kLeft},
               {"detail", Align::kLeft}});
  for (std::size_t i = 0; i < std::min(kMostRows, document.findings.size()); ++i) {
    const services::CheckFinding& finding = document.findings[i];
    table.add({std::string(to_text(finding.kind)), finding.time, finding.column, finding.detail});
  }
  return table.to_text(terminal);
}

/// What the table of the first rows leaves out; `kept` of `all` are in the document.
std::string more(std::size_t all, std::size_t kept) {
  if (all <= std::min(kMostRows, kept)) return {};
  return fmt::format("  and {} more; --json has {}\n", with_thousands(all - kMostRows),
                     kept == all ? "them" : fmt::format("{} of all", with_thousands(kept)));
}

std::string text_of(const CheckDocument& document, const Terminal& terminal) {
  std::string text = fmt::format("{}: {}, {} rows, {} columns, {} to {}\n",
                                 printable(terminal, document.input.file), to_text(document.format),
                                 with_thousands(document.rows), document.columns.size(),
                                 document.first.value_or("-"), document.last.value_or("-"));
  text += fmt::format("  accepted {}, rejected {}, missing cells {}\n",
                      with_thousands(document.accepted), with_thousands(document.rejected_count),
                      with_thousands(document.missing));
  text += fmt::format("  quality {:.1f} of 100\n", document.quality.score);
  for (const std::string& reason : document.quality.reasons) {
    text += wrapped("- " + printable(terminal, reason), terminal.width, 4);
  }
  if (document.rejected_count > 0) {
    text += "\n" + rejected_table(document, terminal) +
            more(document.rejected_count, document.rejected.size());
  }
  if (document.findings.empty()) {
    return text + (document.rejected_count == 0 ? "\n  nothing odd was found\n"
                                                : "\n  nothing odd in the other rows\n");
  }
  std::vector<std::string> counts;
  std::size_t all = 0;
  for (const auto& [kind, count] : document.finding_counts) {
    if (count > 0) counts.push_back(fmt::format("{} {}", with_thousands(count), kind));
    all += count;
  }
  return text + fmt::format("\n  found: {}\n\n", fmt::join(counts, ", ")) +
         findings_table(document, terminal) + more(all, document.findings.size());
}

/// The service's document does not carry a provenance of its own.
json::Value with_provenance(const CheckDocument& document, const services::Run& run) {
  services::Provenance provenance = services::begin_provenance(run, "validation");
  provenance.inputs.push_back(document.input);
  if (document.last) provenance.as_of = document.last->substr(0, 10);
  provenance.warnings = document.warnings;
  json::Value value = json::to(document);
  value.get_object().emplace("provenance", json::to(provenance));
  return value;
}

void add_threshold(CLI::App& app, const std::string& flag, const std::string& about,
                   double& value) {
  add_value(app, flag, "X", about, [&value, flag](std::string_view text) -> Result<void> {
    QUANTA_TRY(value, read_number(text, flag));
    if (!(value > 0)) return wrong_value(flag, text, "above 0");
    return {};
  });
}

}  // namespace

Action declare_data_check(CLI::App& app) {
  const auto request = std::make_shared<services::CheckRequest>();
  market::ValidationLimits& limits = request->limits;
  add_argument(app, "FILE", "prices as CSV, .gz or .zst; - is standard input", request->file);
  add_choice<market::PriceFormat>(app, "--format", "default: told from the header",
                                  request->format);
  add_threshold(app, "--gap-days", "daily data: a longer step is a gap (default 4)",
                limits.gap_days);
  add_threshold(app, "--gap-spacings",
                "other data: a step of more usual steps is a gap (default 10)",
                limits.gap_spacings);
  add_threshold(app, "--tick-gap-seconds", "ticks: a longer silence is a gap (default 60)",
                limits.tick_gap_seconds);
  add_threshold(app, "--jump-deviations",
                "a return beyond this many robust deviations is a jump (default 8)",
                limits.jump_deviations);
  add_whole(app, "--neighbours", "returns that a jump is judged by (default 250)",
            limits.neighbours, 2);
  add_whole(app, "--stale-rows", "equal closes in a row that are stale (default 10)",
            limits.stale_rows, 2);
  return [request](const Context& context) -> Result<Outcome> {
    QUANTA_TRY(CheckDocument document, services::check_file(*request, context.run.execution));
    Outcome outcome{.document = with_provenance(document, context.run)};
    outcome.warnings = document.warnings;
    outcome.text = [document = std::move(document)](const Terminal& terminal) {
      return text_of(document, terminal);
    };
    return outcome;
  };
}

}  // namespace quanta::cli
