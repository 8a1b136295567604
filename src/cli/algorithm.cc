#include "cli/algorithm.h"

#include <fmt/format.h>

#include "cli/figures.h"
#include "cli/flags.h"
#include "platform/file/atomic_write.h"
#include "services/algorithm_example/algorithm_example.h"

namespace quanta::cli {
namespace {

using services::ExampleDocument;

std::string text_of(const ExampleDocument& document, const Terminal& terminal) {
  std::string text = fmt::format("{}: {}\n  {}\n\n  {}\n  exact: {}\n\n",
                                 styled(terminal, Style::kBold, document.algorithm), document.about,
                                 document.source, document.problem, figure(document.exact));
  Table table(
      {{"method", Align::kLeft}, {"kind", Align::kLeft}, {"value"}, {"error"}, {"cost"}, {"time"}});
  for (const auto& row : document.rows) {
    const bool quantum = row.kind == services::MethodKind::kQuantum;
    table.add({row.method,
               {std::string(to_text(row.kind)), quantum ? Style::kAccent : Style::kPlain},
               figure(row.value),
               row.error ? fmt::format("{:.2g}", *row.error) : "-",
               fmt::format("{:.6g}", row.cost),
               row.seconds > 0 ? duration(row.seconds) : "-"});
  }
  text += table.to_text(terminal);
  text += fmt::format("\n  cost: {}\n\n  {}\n", document.cost_unit, document.verdict);
  return text;
}

}  // namespace

Action declare_algorithm(CLI::App& app) {
  const auto name = std::make_shared<std::string>();
  const auto file = std::make_shared<std::string>();
  add_argument(app, "name", "as `quanta algorithms` lists it", *name);
  add_text(app, "--svg", "FILE", "write the picture of the example", *file);
  return [name, file](const Context& context) -> Result<Outcome> {
    QUANTA_TRY(ExampleDocument document, services::algorithm_example(*name, context.run));
    if (!file->empty() && !context.repeating) {
      QUANTA_CHECK(platform::write_file_atomically(*file, document.picture));
    }
    Outcome outcome{.document = json::to(document)};
    outcome.text = [document = std::move(document)](const Terminal& terminal) {
      return text_of(document, terminal);
    };
    return outcome;
  };
}

}  // namespace quanta::cli
