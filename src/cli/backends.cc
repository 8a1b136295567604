#include "cli/backends.h"

#include <fmt/format.h>

#include "cli/figures.h"
#include "services/circuit/backends.h"

namespace quanta::cli {
namespace {

using services::BackendRow;
using services::BackendsDocument;

std::string text_of(const BackendsDocument& document, const Terminal& terminal) {
  Table table({{"backend", Align::kLeft},
               {"answers with", Align::kLeft},
               {"qubits"},
               {"shots"},
               {"noise", Align::kLeft},
               {"state", Align::kLeft}});
  for (const BackendRow& row : document.backends) {
    table.add({{row.name, Style::kBold},
               row.about,
               fmt::format("{}", row.max_qubits),
               row.max_shots > 0 ? with_thousands(row.max_shots) : "-",
               row.noise,
               {row.state, Style::kGood}});
  }
  return table.to_text(terminal) +
         fmt::format(
             "\n  qubits: in superposition at once, of a state within {:.3g} GB; in single "
             "precision {};\n  a circuit that keeps the number of ones may have up to 63, and "
             "qubits at rest count\n  nothing\n"
             "  --json lists the {} gates that each takes, under any number of controls\n",
             static_cast<double>(document.memory_limit) / 1e9,
             document.backends.empty() ? 0 : document.backends[0].max_qubits_single,
             document.backends.empty() ? 0 : document.backends[0].gates.size());
}

}  // namespace

Action declare_backends(CLI::App&) {
  return [](const Context& context) -> Result<Outcome> {
    QUANTA_TRY(BackendsDocument document, services::list_backends(context.run));
    Outcome outcome{.document = json::to(document)};
    outcome.text = [document = std::move(document)](const Terminal& terminal) {
      return text_of(document, terminal);
    };
    return outcome;
  };
}

}  // namespace quanta::cli
