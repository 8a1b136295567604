#include "cli/circuit_optimize.h"

#include <fmt/format.h>

#include "cli/circuit_flags.h"
#include "cli/figures.h"
#include "cli/flags.h"
#include "platform/file/atomic_write.h"
#include "quantum/transpiler/equivalence.h"
#include "services/circuit/optimize_circuit.h"

namespace quanta::cli {
namespace {

using services::CircuitFigures;
using services::OptimizeCircuitDocument;
using services::OptimizeCircuitRequest;

constexpr std::size_t kMostQasmLines = 40;

/// Gates: barriers, measurements and resets do not count.
std::size_t n_gates(const CircuitFigures& figures) {
  std::size_t n = 0;
  for (const auto& [name, count] : figures.gates) {
    if (name != "barrier" && name != "measure" && name != "reset") n += count;
  }
  return n;
}

std::string saved(std::size_t before, std::size_t after) {
  if (before == 0 || before == after) return "-";
  const double change = static_cast<double>(after) / static_cast<double>(before) - 1.0;
  return fmt::format("{}{}", change > 0 ? "+" : "", percent(change, 1));
}

std::string figures_table(const OptimizeCircuitDocument& document, const Terminal& terminal) {
  std::vector<Column> columns = {{"", Align::kLeft}, {"before"}};
  if (document.translated) columns.push_back({"in the basis"});
  columns.push_back({"after"});
  columns.push_back({"change"});
  Table table(columns);
  const auto add = [&](const std::string& name, const auto& figure_of) {
    std::vector<Cell> cells = {name, with_thousands(figure_of(document.before))};
    if (document.translated) cells.emplace_back(with_thousands(figure_of(*document.translated)));
    const std::size_t start =
        figure_of(document.translated ? *document.translated : document.before);
    const std::size_t end = figure_of(document.after);
    cells.emplace_back(with_thousands(end), Style::kBold);
    cells.emplace_back(saved(start, end), end < start ? Style::kGood : Style::kDim);
    table.add(std::move(cells));
  };
  add("gates", n_gates);
  add("depth", [](const CircuitFigures& f) { return f.depth; });
  add("two-qubit depth", [](const CircuitFigures& f) { return f.two_qubit_depth; });
  std::map<std::string, bool> names;
  for (const CircuitFigures* f : {&document.before, &document.after}) {
    for (const auto& [name, count] : f->gates) names[name] = true;
  }
  for (const auto& [name, there] : names) {
    add("  " + name, [&key = name](const CircuitFigures& f) {
      const auto found = f.gates.find(key);
      return found == f.gates.end() ? std::size_t{0} : found->second;
    });
  }
  return table.to_text(terminal);
}

std::string proof_text(const OptimizeCircuitDocument& document, const Terminal& terminal) {
  if (!document.equivalent) {
    return styled(terminal, Style::kBad, "not checked") + ": too large for a proof on this machine";
  }
  const std::string how =
      fmt::format("by {}, largest deviation {:.1e}", to_text(document.proof), document.deviation);
  if (!*document.equivalent) {
    return styled(terminal, Style::kBad, "DOES NOT DO THE SAME") + ": " + how;
  }
  const std::string same = styled(terminal, Style::kGood, "does the same");
  if (document.before.parameters == 0) return same + ": proven " + how;
  return same +
         fmt::format(" at {} random values of the inputs: shown ", quantum::kParameterDraws) + how;
}

/// The first lines of the circuit.
std::string head_of(const std::string& qasm, const Terminal& terminal) {
  std::string text;
  std::size_t n_lines = 0;
  for (std::size_t begin = 0; begin < qasm.size(); ++n_lines) {
    const std::size_t end = std::min(qasm.find('\n', begin), qasm.size());
    if (n_lines < kMostQasmLines) {
      text += "  " + printable(terminal, qasm.substr(begin, end - begin)) + "\n";
    }
    begin = end + 1;
  }
  if (n_lines > kMostQasmLines) {
    text += styled(terminal, Style::kDim,
                   fmt::format("  and {} more lines; --out FILE writes them all",
                               with_thousands(n_lines - kMostQasmLines))) +
            "\n";
  }
  return text;
}

std::string text_of(const OptimizeCircuitDocument& document, const std::string& out,
                    const Terminal& terminal) {
  std::string text = "  " + proof_text(document, terminal) + "\n\n";
  text += figures_table(document, terminal);
  if (!out.empty()) return text + fmt::format("\n  written to {}\n", printable(terminal, out));
  return text + "\n" + head_of(document.qasm, terminal);
}

}  // namespace

Action declare_circuit_optimize(CLI::App& app) {
  const auto request = std::make_shared<OptimizeCircuitRequest>();
  const auto out = std::make_shared<std::string>();
  add_program(app, request->program);
  add_value(app, "--basis", "G,G,…", "only these gates: cx,rz,sx,x",
            [request](std::string_view text) -> Result<void> {
              for (std::size_t begin = 0; begin <= text.size();) {
                const std::size_t end = std::min(text.find(',', begin), text.size());
                if (end == begin) return wrong_value("--basis", text, "a list of gates cx,rz,…");
                request->basis.emplace_back(text.substr(begin, end - begin));
                begin = end + 1;
              }
              return {};
            });
  add_text(app, "--out", "FILE", "write the circuit there as OpenQASM", *out);
  return [request, out](const Context& context) -> Result<Outcome> {
    QUANTA_TRY(OptimizeCircuitDocument document, services::optimize_circuit(*request, context.run));
    const bool failed = document.equivalent == false;
    if (!out->empty() && !failed && !context.repeating) {
      QUANTA_CHECK(platform::write_file_atomically(*out, document.qasm));
    }
    Outcome outcome{.document = json::to(document)};
    outcome.warnings = document.provenance.warnings;
    outcome.status = failed ? 1 : 0;
    outcome.text = [document = std::move(document), out = *out](const Terminal& terminal) {
      return text_of(document, out, terminal);
    };
    return outcome;
  };
}

}  // namespace quanta::cli
