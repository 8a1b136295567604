#include "cli/circuit_stats.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/circuit_flags.h"
#include "cli/figures.h"
#include "services/circuit/circuit_statistics.h"

namespace quanta::cli {
namespace {

using services::CircuitStatisticsDocument;

constexpr std::size_t kGateBarWidth = 24;

std::string text_of(const CircuitStatisticsDocument& document, const Terminal& terminal) {
  std::string text =
      fmt::format("{} qubits, {} classical bits\n  depth {}, of two-qubit gates {}\n",
                  document.qubits, document.classical_bits, with_thousands(document.depth),
                  with_thousands(document.two_qubit_depth));
  if (document.parameters > 0) {
    text += fmt::format("  {} input{} without a value\n", document.parameters,
                        document.parameters == 1 ? "" : "s");
  }
  std::vector<std::pair<std::string, std::size_t>> gates(document.gates.begin(),
                                                         document.gates.end());
  if (gates.empty()) return text;
  std::ranges::stable_sort(gates, [](const auto& a, const auto& b) { return a.second > b.second; });
  Table table({{"operation", Align::kLeft}, {"count"}, {"", Align::kLeft}});
  for (const auto& [name, count] : gates) {
    const double share = static_cast<double>(count) / static_cast<double>(gates[0].second);
    table.add({{name, Style::kBold},
               with_thousands(count),
               {bar(terminal, share, kGateBarWidth), Style::kAccent}});
  }
  return text + "\n" + table.to_text(terminal);
}

}  // namespace

Action declare_circuit_stats(CLI::App& app) {
  const auto request = std::make_shared<services::ProgramRequest>();
  add_program(app, *request);
  return [request](const Context& context) -> Result<Outcome> {
    QUANTA_TRY(CircuitStatisticsDocument document,
               services::circuit_statistics(*request, context.run));
    Outcome outcome{.document = json::to(document)};
    outcome.warnings = document.provenance.warnings;
    outcome.text = [document = std::move(document)](const Terminal& terminal) {
      return text_of(document, terminal);
    };
    return outcome;
  };
}

}  // namespace quanta::cli
