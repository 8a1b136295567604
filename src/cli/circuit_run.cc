#include "cli/circuit_run.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "cli/circuit_flags.h"
#include "cli/figures.h"
#include "cli/flags.h"
#include "services/circuit/run_circuit.h"

namespace quanta::cli {
namespace {

using services::ComplexNumber;
using services::RunCircuitDocument;
using services::RunCircuitRequest;

constexpr std::uint64_t kMostAmplitudes = 1'000'000;
constexpr std::uint64_t kMostSampled = 1'000'000'000;
constexpr std::size_t kMostStates = 16;
constexpr std::size_t kMostMatrixColumns = 8;
constexpr std::size_t kShareWidth = 24;

/// What is too small to be anything but rounding, as 0.
double without_dust(double x) { return std::abs(x) < 1e-14 ? 0.0 : x; }

std::string fixed(double x, int decimals) {
  std::string text = fmt::format("{:.{}f}", without_dust(x), decimals);
  if (text.find_first_of("123456789") == std::string::npos && text.starts_with('-')) {
    text.erase(0, 1);
  }
  return text;
}

std::string complex_text(double re, double im, int decimals) {
  if (std::abs(im) < 1e-14) return fixed(re, decimals);
  if (std::abs(re) < 1e-14) return fixed(im, decimals) + "i";
  return fmt::format("{}{}{}i", fixed(re, decimals), im < 0 ? "-" : "+",
                     fixed(std::abs(im), decimals));
}

/// Two decimals, or two digits of what is smaller.
std::string share_text(double share) {
  return share > 0 && share < 5e-4 ? fmt::format("{:.2g} %", 100 * share) : percent(share, 2);
}

struct LabelShare {
  std::string label;
  double share = 0.0;
  std::optional<std::uint64_t> count;
};

/// The likeliest first.
std::vector<LabelShare> shares_of(const RunCircuitDocument& document) {
  std::vector<LabelShare> rows;
  if (document.counts) {
    const auto shots = static_cast<double>(document.shots.value_or(1));
    for (const auto& [label, count] : *document.counts) {
      rows.push_back({label, static_cast<double>(count) / shots, count});
    }
  } else if (document.outcomes) {
    for (const auto& [label, probability] : *document.outcomes) {
      rows.push_back({label, probability, {}});
    }
  }
  // Equal but for rounding: by their labels.
  std::ranges::stable_sort(rows, [](const LabelShare& a, const LabelShare& b) {
    return a.share > b.share * (1.0 + 1e-12);
  });
  return rows;
}

std::string outcomes_table(const RunCircuitDocument& document, const Terminal& terminal) {
  const std::vector<LabelShare> rows = shares_of(document);
  if (rows.size() == 1 && rows[0].label.empty()) return {};  // no classical bits
  std::vector<Column> columns = {{"outcome"}};
  if (document.counts) columns.push_back({"shots"});
  columns.push_back({document.counts ? "share" : "probability"});
  columns.push_back({"", Align::kLeft});
  Table table(columns);
  for (std::size_t i = 0; i < std::min(kMostStates, rows.size()); ++i) {
    const LabelShare& row = rows[i];
    std::vector<Cell> cells = {{row.label, Style::kBold}};
    if (row.count) cells.emplace_back(with_thousands(*row.count));
    cells.emplace_back(share_text(row.share));
    cells.emplace_back(bar(terminal, row.share / rows[0].share, kShareWidth), Style::kAccent);
    table.add(std::move(cells));
  }
  std::string text = table.to_text(terminal);
  double shown = 0.0;
  for (std::size_t i = 0; i < std::min(kMostStates, rows.size()); ++i) shown += rows[i].share;
  if (document.counts && rows.size() > kMostStates) {
    text += fmt::format("  and {} more with {} of the shots; --json has them\n",
                        with_thousands(rows.size() - kMostStates), share_text(1.0 - shown));
  } else if (1.0 - shown > 1e-9) {
    text += fmt::format("  and others with {} together\n", share_text(1.0 - shown));
  }
  return text + "\n";
}

std::string expectations_table(const RunCircuitDocument& document, const Terminal& terminal) {
  if (document.expectations.empty()) return {};
  const bool drawn = document.shots.has_value();
  std::vector<Column> columns = {{"observable", Align::kLeft}, {"value"}};
  if (drawn) columns.push_back({"standard error"});
  Table table(columns);
  for (const services::ExpectationRow& row : document.expectations) {
    const int decimals = drawn ? 4 : document.precision == quantum::Precision::kDouble ? 12 : 6;
    std::vector<Cell> cells = {{row.observable, Style::kBold}, fixed(row.value, decimals)};
    if (row.standard_error) cells.emplace_back(fixed(*row.standard_error, 4), Style::kDim);
    table.add(std::move(cells));
  }
  return table.to_text(terminal) + "\n";
}

/// The highest qubit first.
std::string basis_text(std::uint64_t index, unsigned qubits) {
  std::string bits;
  for (unsigned q = qubits; q-- > 0;) bits += (index >> q & 1) != 0 ? '1' : '0';
  return bits;
}

std::string amplitudes_table(const RunCircuitDocument& document, std::uint64_t asked,
                             const Terminal& terminal) {
  if (asked == 0) return {};
  if (!document.amplitudes) {
    return "  no amplitudes: a measurement before the end leaves no single state\n\n";
  }
  Table table({{"state"}, {"amplitude"}, {"probability"}, {"phase"}, {"", Align::kLeft}});
  const auto& rows = *document.amplitudes;
  for (const services::AmplitudeRow& row : rows) {
    const double degrees =
        std::atan2(without_dust(row.im), without_dust(row.re)) * 180.0 / std::numbers::pi;
    table.add(
        {{basis_text(row.index, document.qubits), Style::kBold},
         complex_text(row.re, row.im, 6),
         share_text(row.probability),
         fixed(degrees, 1) + (terminal.unicode ? "°" : " deg"),
         {bar(terminal, row.probability / rows[0].probability, kShareWidth), Style::kAccent}});
  }
  return table.to_text(terminal) + "\n";
}

std::string bloch_table(const RunCircuitDocument& document, const Terminal& terminal) {
  if (!document.bloch) return {};
  Table table({{"qubit"}, {"x"}, {"y"}, {"z"}, {"length"}, {"P(1)"}});
  for (std::size_t q = 0; q < document.bloch->size(); ++q) {
    const std::vector<double>& v = (*document.bloch)[q];
    table.add({{std::to_string(q), Style::kBold},
               fixed(v[0], 4),
               fixed(v[1], 4),
               fixed(v[2], 4),
               {fixed(std::hypot(v[0], v[1], v[2]), 4), Style::kDim},
               fixed(document.marginals[q], 4)});
  }
  return table.to_text(terminal) +
         "  x, y, z of the Bloch vector; a length below 1: entangled or mixed\n\n";
}

std::string density_table(const RunCircuitDocument& document, const Terminal& terminal) {
  if (!document.density_matrix) return {};
  const auto& matrix = *document.density_matrix;
  if (matrix.size() > kMostMatrixColumns) {
    return fmt::format("  the {0} x {0} density matrix is in --json\n\n", matrix.size());
  }
  std::vector<Column> columns = {{"density"}};
  for (std::size_t c = 0; c < matrix.size(); ++c) {
    columns.push_back({basis_text(c, document.qubits)});
  }
  Table table(columns);
  for (std::size_t r = 0; r < matrix.size(); ++r) {
    std::vector<Cell> cells = {{basis_text(r, document.qubits), Style::kBold}};
    for (const ComplexNumber& x : matrix[r]) {
      const bool zero = std::abs(x.re) < 5e-4 && std::abs(x.im) < 5e-4;
      cells.emplace_back(zero ? "." : complex_text(x.re, x.im, 3),
                         zero ? Style::kDim : Style::kPlain);
    }
    table.add(std::move(cells));
  }
  return table.to_text(terminal) + "\n";
}

std::string marginals_line(const RunCircuitDocument& document, const Terminal& terminal) {
  if (document.bloch || document.marginals.empty()) return {};
  std::string text = "P(1), qubit 0 first:";
  for (std::size_t q = 0; q < std::min<std::size_t>(64, document.marginals.size()); ++q) {
    text += ' ' + fixed(document.marginals[q], 4);
  }
  if (document.marginals.size() > 64) text += " and more in --json";
  return wrapped(text, terminal.width, 2);
}

std::string text_of(const RunCircuitDocument& document, std::uint64_t amplitudes,
                    const Terminal& terminal) {
  std::string text = fmt::format(
      "{} qubit{}, {}, {}\n", document.qubits, document.qubits == 1 ? "" : "s",
      document.shots ? with_thousands(*document.shots) + (*document.shots == 1 ? " shot" : " shots")
                     : std::string("exact"),
      duration(document.seconds));
  text += styled(terminal, Style::kDim,
                 fmt::format("  {}: {}", document.provenance.backend, document.provenance.method)) +
          "\n\n";
  text += outcomes_table(document, terminal);
  text += expectations_table(document, terminal);
  text += amplitudes_table(document, amplitudes, terminal);
  text += bloch_table(document, terminal);
  text += density_table(document, terminal);
  text += marginals_line(document, terminal);
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

}  // namespace

Action declare_circuit_run(CLI::App& app) {
  const auto request = std::make_shared<RunCircuitRequest>();
  add_program(app, request->program);
  add_value(app, "--shots", "N", "draw this many (default 1024)",
            [request](std::string_view text) -> Result<void> {
              QUANTA_TRY(request->shots, read_whole(text, "--shots", 1, kMostSampled));
              return {};
            });
  add_switch(app, "--exact", "compute instead, over all outcomes of measurements midway",
             request->exact);
  add_value(app, "--amplitudes", "N", "the largest amplitudes, before the last measurements",
            [request](std::string_view text) -> Result<void> {
              QUANTA_TRY(request->amplitudes, read_whole(text, "--amplitudes", 0, kMostAmplitudes));
              return {};
            });
  add_repeatable(app, "--expect", "PAULIS",
                 "mean of a Pauli string, highest qubit first: ZIX is Z on qubit 2, X on 0",
                 [request](std::string_view text) -> Result<void> {
                   request->observables.emplace_back(text);
                   return {};
                 });
  add_switch(app, "--views", "Bloch vectors; the density matrix of up to 6 qubits", request->views);
  add_choice<quantum::Precision>(app, "--precision",
                                 "of the amplitudes (default double; single where only that fits)",
                                 request->precision);
  add_value(app, "--backend", "NAME", "where it runs: see quanta backends",
            [request](std::string_view text) -> Result<void> {
              request->backend = std::string(text);
              return {};
            });
  return [request](const Context& context) -> Result<Outcome> {
    QUANTA_TRY(RunCircuitDocument document, services::run_circuit(*request, context.run));
    Outcome outcome{.document = json::to(document)};
    outcome.warnings = document.provenance.warnings;
    outcome.text = [document = std::move(document),
                    amplitudes = request->amplitudes](const Terminal& terminal) {
      return text_of(document, amplitudes, terminal);
    };
    return outcome;
  };
}

}  // namespace quanta::cli
