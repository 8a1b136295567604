#include "cli/replay.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/app.h"
#include "cli/figures.h"
#include "cli/flags.h"
#include "services/replay/replay.h"

namespace quanta::cli {
namespace {

using services::InputState;
using services::ReplayDocument;

std::string short_value(const Terminal& terminal, const json::Value& value) {
  const std::string text = json::print_compact(value);
  return printable(terminal, text.size() > 40 ? text.substr(0, 37) + "..." : text);
}

std::string text_of(const ReplayDocument& document, const Terminal& terminal) {
  std::string text = fmt::format(
      "quanta {}\n", printable(terminal, fmt::format("{}", fmt::join(document.command, " "))));
  for (const services::ReplayInput& input : document.inputs) {
    if (input.state == InputState::kSame) continue;
    text +=
        styled(terminal, Style::kBad,
               fmt::format("  {}: {}\n",
                           input.file == "-" ? "standard input" : printable(terminal, input.file),
                           input.state == InputState::kMissing
                               ? "missing, or it cannot be read"
                               : "changed: its bytes are not those of the result"));
  }
  if (document.agrees) {
    text +=
        styled(terminal, Style::kGood, "  the bits agree") +
        fmt::format(": {} values compared, timings left out\n", with_thousands(document.compared));
  } else if (document.compared == 0) {
    text += "  nothing was run: an input moved\n";
  } else {
    text += fmt::format("  {} of {} values differ\n\n", with_thousands(document.different),
                        with_thousands(document.compared));
    Table table({{"where", Align::kLeft}, {"saved"}, {"now"}});
    for (const services::Difference& difference : document.differences) {
      table.add({difference.path, short_value(terminal, difference.saved),
                 short_value(terminal, difference.now)});
    }
    text += table.to_text(terminal);
    const auto has_deadline = [](const std::string& word) {
      return word.starts_with("--deadline");
    };
    if (std::ranges::any_of(document.command, has_deadline)) {
      text +=
          "  the command has a deadline: what is found by then depends on the machine's speed\n";
    }
  }
  if (document.saved_version != document.version_now) {
    text += fmt::format("  made by version {}, repeated by {}\n",
                        printable(terminal, document.saved_version), document.version_now);
  }
  return text;
}

}  // namespace

Action declare_replay(CLI::App& app) {
  const auto file = std::make_shared<std::string>();
  add_argument(app, "FILE", "a result saved from --json; - is standard input", *file);
  return [file](const Context& context) -> Result<Outcome> {
    if (context.repeating) {  // a result that names itself would go on for ever
      return fail(ErrorKind::kBadInput, "the recorded command is a replay itself", "provenance");
    }
    const services::Repeat again = [&](const services::Provenance& recorded) {
      return repeat(recorded.command, {recorded.seed, recorded.kernel}, context.run.execution);
    };
    QUANTA_TRY(ReplayDocument document, services::replay(*file, again, context.run));
    Outcome outcome{.document = json::to(document)};
    outcome.warnings = document.provenance.warnings;
    outcome.status = document.agrees ? 0 : 1;
    outcome.text = [document = std::move(document)](const Terminal& terminal) {
      return text_of(document, terminal);
    };
    return outcome;
  };
}

}  // namespace quanta::cli
