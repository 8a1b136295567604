#include "cli/kernels.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "market/bars/csv_scanner.h"
#include "quantum/simulator/kernels.h"
#include "statistics/cross_products.h"

namespace quanta::cli {
namespace {

struct KernelRow {
  std::string name;
  std::string place;
  std::string about;
  std::string floor;

  static constexpr auto describe() {
    return std::tuple{field("name", &KernelRow::name, ""),
                      field("place", &KernelRow::place, "module"),
                      field("about", &KernelRow::about, "what it computes"),
                      field("floor", &KernelRow::floor, "bytes and flops it cannot go below")};
  }
};

struct KernelsDocument {
  std::vector<InstructionSet> available;
  InstructionSet used = InstructionSet::kScalar;
  std::vector<KernelRow> kernels;
  services::Provenance provenance;

  static constexpr auto describe() {
    return std::tuple{
        field("available", &KernelsDocument::available, "instruction sets that run here"),
        field("used", &KernelsDocument::used, "the one that this run would use"),
        field("kernels", &KernelsDocument::kernels, "built for each of the sets"),
        field("provenance", &KernelsDocument::provenance, "how to repeat it")};
  }
};

std::string text_of(const KernelsDocument& document, const Terminal& terminal) {
  std::vector<std::string_view> sets;
  for (const InstructionSet set : document.available) sets.push_back(to_text(set));
  Table table({{"kernel", Align::kLeft},
               {"where", Align::kLeft},
               {"computes", Align::kLeft},
               {"floor", Align::kLeft}});
  for (const KernelRow& row : document.kernels) {
    table.add({row.name, row.place, row.about, row.floor});
  }
  return fmt::format("instruction sets here: {}; used: {} (--kernel SET forces one)\n\n{}",
                     fmt::join(sets, ", "), to_text(document.used), table.to_text(terminal));
}

}  // namespace

Action declare_kernels(CLI::App&) {
  return [](const Context& context) -> Result<Outcome> {
    KernelsDocument document;
    const InstructionSet best = best_instruction_set();
    for (const auto& [set, name] : enum_names(InstructionSet{})) {
      if (set <= best) document.available.push_back(set);
    }
    document.used = context.run.execution.instruction_set;
    const auto list = [&](const KernelDescription& kernel) {
      document.kernels.push_back({std::string(kernel.name), std::string(kernel.place),
                                  std::string(kernel.about), std::string(kernel.floor)});
    };
    list(market::kCsvScannerKernel);
    for (const KernelDescription& kernel : quantum::kernels()) list(kernel);
    for (const KernelDescription& kernel : statistics::cross_product_kernels()) list(kernel);
    document.provenance = services::begin_provenance(context.run, "list");
    Outcome outcome{.document = json::to(document)};
    outcome.text = [document](const Terminal& terminal) { return text_of(document, terminal); };
    return outcome;
  };
}

}  // namespace quanta::cli
