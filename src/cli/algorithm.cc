#include "cli/algorithm.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/figures.h"
#include "cli/flags.h"
#include "platform/file/atomic_write.h"
#include "services/algorithm_example/algorithm_example.h"

namespace quanta::cli {
namespace {

using services::ExampleDocument;

/// The methods and their numbers, labels longer than `most` columns going on below.
std::string table_of(const ExampleDocument& document, const Terminal& terminal, std::size_t most) {
  Table table(
      {{"method", Align::kLeft}, {"kind", Align::kLeft}, {"value"}, {"error"}, {"cost"}, {"time"}});
  for (const auto& row : document.rows) {
    const bool quantum = row.kind == services::MethodKind::kQuantum;
    const std::string method = wrapped(row.method, most, 0);
    const std::size_t first = method.find('\n');
    table.add({method.substr(0, first),
               {std::string(to_text(row.kind)), quantum ? Style::kAccent : Style::kPlain},
               figure(row.value),
               row.error ? fmt::format("{:.2g}", *row.error) : "-",
               fmt::format("{:.0f}", row.cost),
               row.seconds > 0 ? duration(row.seconds) : "-"});
    for (std::size_t begin = first + 1; begin < method.size();) {
      const std::size_t end = method.find('\n', begin);
      table.add({"  " + method.substr(begin, end - begin)});
      begin = end + 1;
    }
  }
  return table.to_text(terminal);
}

std::string text_of(const ExampleDocument& document, const Terminal& terminal) {
  const std::size_t width = terminal.width;
  std::string text = wrapped(fmt::format("{}: {}", document.algorithm, document.about), width, 0);
  text.replace(0, document.algorithm.size(), styled(terminal, Style::kBold, document.algorithm));
  text += wrapped(document.source, width) + "\n";
  text += wrapped(document.problem, width);
  text += fmt::format("  exact: {}\n\n", figure(document.exact));
  std::size_t longest = 0;
  for (const auto& row : document.rows) longest = std::max(longest, display_width(row.method));
  const std::string table = table_of(document, {.unicode = terminal.unicode}, longest);
  const std::size_t taken = display_width(std::string_view(table).substr(0, table.find('\n')));
  const std::size_t excess = taken > width ? taken - width + 2 : 0;  // 2: what goes on is set in
  text += table_of(document, terminal, longest - std::min(excess, longest));
  text += "\n" + wrapped("cost: " + document.cost_unit, width) + "\n";
  return text + wrapped(document.verdict, width);
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
