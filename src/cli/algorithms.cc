#include "cli/algorithms.h"

#include <fmt/format.h>

#include "quantum/algorithm/registry.h"

namespace quanta::cli {
namespace {

struct AlgorithmRow {
  std::string name;
  std::string about;
  unsigned min_qubits = 0;
  unsigned max_qubits = 0;
  std::string cost;
  std::string classical;
  std::string source;

  static constexpr auto describe() {
    return std::tuple{
        field("name", &AlgorithmRow::name, ""),
        field("about", &AlgorithmRow::about, "what it computes"),
        field("min_qubits", &AlgorithmRow::min_qubits, "of the problems that it takes"),
        field("max_qubits", &AlgorithmRow::max_qubits, "that the local simulators hold"),
        field("cost", &AlgorithmRow::cost, "cost model"),
        field("classical", &AlgorithmRow::classical, "what stands beside every answer"),
        field("source", &AlgorithmRow::source, "where it is described")};
  }
};

struct AlgorithmsDocument {
  std::vector<AlgorithmRow> algorithms;
  services::Provenance provenance;

  static constexpr auto describe() {
    return std::tuple{field("algorithms", &AlgorithmsDocument::algorithms, "optimisation first"),
                      field("provenance", &AlgorithmsDocument::provenance, "how to repeat it")};
  }
};

std::string text_of(const AlgorithmsDocument& document, const Terminal& terminal) {
  std::string text;
  for (const AlgorithmRow& row : document.algorithms) {
    if (!text.empty()) text += '\n';
    text += fmt::format("{}  {}\n", styled(terminal, Style::kBold, row.name),
                        fmt::format("{} to {} qubits", row.min_qubits, row.max_qubits));
    text += wrapped(row.about, terminal.width, 2);
    text += wrapped("cost: " + row.cost, terminal.width, 2);
    text += wrapped("beside it: " + row.classical, terminal.width, 2);
    text += styled(terminal, Style::kDim, wrapped("source: " + row.source, terminal.width, 2));
  }
  return text;
}

}  // namespace

Action declare_algorithms(CLI::App&) {
  return [](const Context& context) -> Result<Outcome> {
    AlgorithmsDocument document;
    for (const quantum::AlgorithmDescription& entry : quantum::algorithms()) {
      document.algorithms.push_back({std::string(entry.name), std::string(entry.about),
                                     entry.min_qubits, entry.max_qubits, std::string(entry.cost),
                                     std::string(entry.classical), std::string(entry.source)});
    }
    document.provenance = services::begin_provenance(context.run, "list");
    Outcome outcome{.document = json::to(document)};
    outcome.text = [document](const Terminal& terminal) { return text_of(document, terminal); };
    return outcome;
  };
}

}  // namespace quanta::cli
