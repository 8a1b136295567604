#include "cli/circuit_draw.h"

#include <fmt/format.h>

#include "cli/circuit_flags.h"
#include "cli/flags.h"
#include "platform/file/atomic_write.h"
#include "services/circuit/draw_circuit.h"

namespace quanta::cli {
namespace {

using services::DrawCircuitDocument;
using services::DrawCircuitRequest;

/// Names in it come from the file.
std::string text_of(const DrawCircuitDocument& document, const std::string& svg_file,
                    const Terminal& terminal) {
  if (!svg_file.empty()) return fmt::format("drawn to {}\n", printable(terminal, svg_file));
  std::string text;
  for (std::size_t begin = 0; begin < document.text.size();) {
    const std::size_t end = std::min(document.text.find('\n', begin), document.text.size());
    text += printable(terminal, document.text.substr(begin, end - begin)) + "\n";
    begin = end + 1;
  }
  return text;
}

}  // namespace

Action declare_circuit_draw(CLI::App& app) {
  const auto request = std::make_shared<DrawCircuitRequest>();
  const auto svg_file = std::make_shared<std::string>();
  add_program(app, request->program);
  add_text(app, "--svg", "FILE", "as a picture to this file, instead of text", *svg_file);
  return [request, svg_file](const Context& context) -> Result<Outcome> {
    request->svg = !svg_file->empty();
    if (!context.json) {
      const Terminal terminal = standard_output();
      request->width = terminal.width;
      request->unicode = terminal.unicode;
    }
    QUANTA_TRY(DrawCircuitDocument document, services::draw_circuit(*request, context.run));
    if (document.svg && !context.repeating) {
      QUANTA_CHECK(platform::write_file_atomically(*svg_file, *document.svg));
    }
    Outcome outcome{.document = json::to(document)};
    outcome.warnings = document.provenance.warnings;
    outcome.text = [document = std::move(document), file = *svg_file](const Terminal& terminal) {
      return text_of(document, file, terminal);
    };
    return outcome;
  };
}

}  // namespace quanta::cli
