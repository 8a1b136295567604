#include "cli/bench.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "bench/bench.h"

namespace quanta::cli {
namespace {

struct MachineRow {
  double read_bytes_per_second = 0;
  double copy_bytes_per_second = 0;
  double flops_per_second = 0;

  static constexpr auto describe() {
    return std::tuple{
        field("read_bytes_per_second", &MachineRow::read_bytes_per_second, "from main memory"),
        field("copy_bytes_per_second", &MachineRow::copy_bytes_per_second, "read plus written"),
        field("flops_per_second", &MachineRow::flops_per_second, "double precision, one thread")};
  }
};

struct BenchDocument {
  std::vector<bench::Row> rows;
  MachineRow machine;
  services::Provenance provenance;

  static constexpr auto describe() {
    return std::tuple{field("rows", &BenchDocument::rows, "one per benchmark"),
                      field("machine", &BenchDocument::machine, "peaks measured in the same run"),
                      field("provenance", &BenchDocument::provenance, "how to repeat it")};
  }
};

std::string seconds_text(std::optional<double> seconds) {
  if (!seconds) return "-";
  if (*seconds < 1e-6) return fmt::format("{:.0f} ns", *seconds * 1e9);
  if (*seconds < 1e-3) return fmt::format("{:.1f} us", *seconds * 1e6);
  if (*seconds < 1.0) return fmt::format("{:.2f} ms", *seconds * 1e3);
  return fmt::format("{:.2f} s", *seconds);
}

std::string bytes_text(double bytes) { return fmt::format("{:.1f} MiB", bytes / 1048576.0); }

std::string times_text(std::optional<double> a, double b) {
  return a ? fmt::format("{:.1f}x", *a / b) : "-";
}

std::string text_of(const BenchDocument& document, const Terminal& terminal) {
  std::string text = fmt::format(
      "this machine, one thread: reads {:.1f} GB/s, copies {:.1f} GB/s, {:.0f} Gflop/s ({})\n\n",
      document.machine.read_bytes_per_second / 1e9, document.machine.copy_bytes_per_second / 1e9,
      document.machine.flops_per_second / 1e9, to_text(document.provenance.kernel));
  for (const bench::Row& row : document.rows) {
    text += fmt::format("{}: {}\n", styled(terminal, Style::kBold, row.name), row.work);
    Table table({{"", Align::kLeft}, {"measured"}, {"", Align::kRight}, {"", Align::kLeft}});
    table.add({"quanta", seconds_text(row.seconds), "", ""});
    if (row.floor_seconds) {
      table.add({"floor", seconds_text(row.floor_seconds),
                 fmt::format("{:.1f}x above", row.seconds / *row.floor_seconds), row.floor});
    }
    if (row.reference_seconds) {
      table.add({"reference", seconds_text(row.reference_seconds),
                 times_text(row.reference_seconds, row.seconds),
                 row.reference + (row.equal ? " (same result)" : " (RESULTS DIFFER)")});
    }
    if (row.bytes) {
      table.add({"memory", bytes_text(*row.bytes), "", "peak of one run"});
    }
    if (row.floor_bytes) {
      table.add({"memory floor", bytes_text(*row.floor_bytes),
                 row.bytes ? fmt::format("{:.2f}x", *row.bytes / *row.floor_bytes) : "-",
                 row.floor});
    }
    if (row.met) table.add({"goal", *row.met ? "met" : "missed", "", row.goal});
    text += table.to_text(terminal) + "\n";
  }
  return text;
}

/// Whether the word names the benchmark or its family: "quantum" means every "quantum-…".
bool means(std::string_view word, std::string_view benchmark) {
  return benchmark.starts_with(word) &&
         (benchmark.size() == word.size() || benchmark[word.size()] == '-');
}

}  // namespace

Action declare_bench(CLI::App& app) {
  const auto names = std::make_shared<std::vector<std::string>>();
  app.add_option("name", *names, "only these benchmarks, or families of them (quantum: quantum-…)");
  return [names](const Context& context) -> Result<Outcome> {
    std::vector<std::string_view> known;
    for (const auto& benchmark : bench::benchmarks()) known.push_back(benchmark.name);
    for (const std::string& name : *names) {
      const auto is_meant = [&](std::string_view benchmark) { return means(name, benchmark); };
      if (std::ranges::none_of(known, is_meant)) {
        Error error = unknown_word("name", name, known);
        error.kind = ErrorKind::kUsage;
        return std::unexpected(std::move(error));
      }
    }
    bench::Context frame;
    frame.execution = context.run.execution;
    frame.execution.pool = nullptr;
    context.run.execution.report(0.0, "measuring this machine");
    frame.machine = bench::measure_machine(frame.execution.instruction_set);

    BenchDocument document;
    document.machine = {frame.machine.read_bytes_per_second, frame.machine.copy_bytes_per_second,
                        frame.machine.flops_per_second};
    document.provenance = services::begin_provenance(context.run, "minimum of repeats");
    for (std::size_t i = 0; i < known.size(); ++i) {
      const auto asks_for_it = [&](const std::string& name) { return means(name, known[i]); };
      if (!names->empty() && std::ranges::none_of(*names, asks_for_it)) continue;
      if (context.run.execution.cancelled()) return cancelled_error();
      context.run.execution.report(static_cast<double>(i) / static_cast<double>(known.size()),
                                   known[i]);
      QUANTA_TRY(std::vector<bench::Row> rows, bench::benchmarks()[i].run(frame));
      std::ranges::move(rows, std::back_inserter(document.rows));
    }
    Outcome outcome{.document = json::to(document)};
    outcome.text = [document](const Terminal& terminal) { return text_of(document, terminal); };
    return outcome;
  };
}

}  // namespace quanta::cli
