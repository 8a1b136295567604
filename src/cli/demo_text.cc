#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/demo.h"
#include "cli/demo_words.h"
#include "cli/figures.h"

namespace quanta::cli {
namespace {

using services::MethodRun;
using services::OptimizeDocument;

constexpr std::size_t kWidest = 96;
constexpr std::size_t kMostListed = 12;  // of a table; the rest is summed up in a line

std::string heading(const Terminal& terminal, int number, std::string_view title) {
  return "\n" + styled(terminal, Style::kBold, fmt::format("{}  {}", number, title)) + "\n";
}

std::string note(const Terminal& terminal, const std::string& text) {
  const std::size_t width = std::min(terminal.width, kWidest);
  return styled(terminal, Style::kDim, wrapped(printable(terminal, text), width));
}

std::string prices_text(const Demo& shown, const Terminal& terminal) {
  const DemoDocument& document = shown.document;
  std::string out = heading(terminal, 1, "Prices: import and check");
  Table files({{"file", Align::kLeft},
               {"rows"},
               {"rejected"},
               {"quality"},
               {"from", Align::kLeft},
               {"to", Align::kLeft},
               {"findings", Align::kLeft}});
  for (const DemoFile& file : document.files) {
    files.add({file_name(file.file), with_thousands(file.rows), with_thousands(file.rejected),
               fmt::format("{:.1f}", file.quality), file.first.value_or(""), file.last.value_or(""),
               findings_text(file)});
  }
  out += files.to_text(terminal) + "\n";

  Table assets({{"asset", Align::kLeft},
                {"return"},
                {"volatility"},
                {"1 became"},
                {fmt::format("{} to {}", document.first, document.last), Align::kLeft}});
  const std::size_t n_dates = shown.dates.size();
  const auto add = [&](const std::string& name, double mean, double volatility,
                       const std::vector<double>& levels) {
    assets.add({name, percent(mean), percent(volatility),
                fmt::format("{:.2f}", levels.back() / levels.front()),
                Cell(sparkline(terminal, levels, 36), Style::kAccent)});
  };
  for (const std::size_t i : leading_assets(document, kMostListed)) {
    std::vector<double> levels(n_dates);
    for (std::size_t t = 0; t < n_dates; ++t) levels[t] = shown.prices(t, i);
    add(document.assets[i], shown.mean[i], shown.volatility[i], levels);
  }
  if (!shown.index.empty()) {
    const DemoRisk& index = document.risk.back();
    add(index.name, index.annual_return, index.volatility, shown.index);
  }
  out += assets.to_text(terminal);
  if (document.assets.size() > kMostListed) {
    out += note(terminal, fmt::format("… and {} more; shown are those with the largest weights.",
                                      document.assets.size() - kMostListed));
  }
  out += note(terminal, used_text(shown));
  return out;
}

std::string certificate_text(const OptimizeDocument& answer) {
  return fmt::format("{} (gap {:.1e}) in {}", answer.certificate.proven ? "proven" : "not proven",
                     answer.certificate.gap,
                     answer.methods.empty() ? "-" : duration(answer.methods.front().seconds));
}

std::string weights_text(const Demo& shown, const Terminal& terminal) {
  const DemoDocument& document = shown.document;
  std::string out = heading(terminal, 2, "Weights, exact: full investment, no short sales");
  std::vector<Column> columns = {{"asset", Align::kLeft}, {kMinVarianceName}, {"", Align::kLeft}};
  if (document.maximum_sharpe) {
    columns.push_back({kMaxSharpeName});
    columns.push_back({"", Align::kLeft});
  }
  Table table(columns);
  const auto cell = [&](double weight, std::vector<Cell>& cells) {
    cells.emplace_back(percent(weight));
    std::string drawn = bar(terminal, weight, 16);
    drawn.append(16 - std::min<std::size_t>(display_width(drawn), 16), ' ');
    cells.emplace_back(drawn, Style::kAccent);
  };
  for (const std::size_t i : leading_assets(document, kMostListed)) {
    std::vector<Cell> cells = {document.assets[i]};
    cell(document.minimum_variance.weights[i], cells);
    if (document.maximum_sharpe) cell(document.maximum_sharpe->weights[i], cells);
    table.add(std::move(cells));
  }
  out += table.to_text(terminal);
  Table figures(
      {{"", Align::kLeft}, {"return"}, {"volatility"}, {"Sharpe"}, {"optimum", Align::kLeft}});
  const auto add = [&](const char* name, const OptimizeDocument& answer) {
    figures.add(
        {name, percent(answer.expected_return), percent(answer.volatility),
         answer.sharpe ? fmt::format("{:.2f}", *answer.sharpe) : "-",
         Cell(certificate_text(answer), answer.certificate.proven ? Style::kGood : Style::kBad)});
  };
  out += "\n";
  add(kMinVarianceName, document.minimum_variance);
  if (document.maximum_sharpe) add(kMaxSharpeName, *document.maximum_sharpe);
  return out + figures.to_text(terminal);
}

std::string lots_text(const Demo& shown, const Terminal& terminal) {
  const DemoDocument& document = shown.document;
  const OptimizeDocument& answer = document.lots;
  std::string out =
      heading(terminal, 3,
              fmt::format("{} lots of {}, at most {} in one asset: quantum beside classical",
                          kDemoLots, percent(1.0 / kDemoLots), shown.max_lots));
  const bool roomy = terminal.width >= kWidest;
  std::vector<Column> columns = {{"method", Align::kLeft}, {"value"}, {"gap"}, {"time"}};
  if (roomy) columns.push_back({"evaluations"});
  columns.push_back({"lots", Align::kLeft});
  Table table(std::move(columns));
  for (const MethodRun& run : answer.methods) {
    std::vector<Cell> cells = {method_name(run), fmt::format("{:.6f}", run.value),
                               run.gap ? Cell(fmt::format("{:.6f}", std::abs(*run.gap)),
                                              is_best(run) ? Style::kGood : Style::kPlain)
                                       : Cell("-"),
                               duration(run.seconds)};
    if (roomy) cells.emplace_back(with_thousands(run.iterations));
    cells.emplace_back(holdings_text(run.weights, document.assets));
    table.add(std::move(cells));
  }
  out += table.to_text(terminal);
  out += note(
      terminal,
      fmt::format("Least {} x'Sx - m'x over x = lots/{}, per year; gap = distance to the "
                  "bound, which is {}.",
                  kDemoRiskWeight, kDemoLots, answer.certificate.proven ? "proven" : "not closed"));
  const std::optional<services::QaoaDetails> qaoa = qaoa_details(document);
  if (!qaoa) return out;

  out += "\n";
  Table shots({{"one shot finds the best", Align::kLeft}, {"probability"}, {"", Align::kLeft}});
  const double scale = std::max({qaoa->probability_of_best, qaoa->chance, 1e-300});
  shots.add({"QAOA", percent(qaoa->probability_of_best, 3),
             Cell(bar(terminal, qaoa->probability_of_best / scale, 40), Style::kAccent)});
  shots.add({"pure chance", percent(qaoa->chance, 3),
             Cell(bar(terminal, qaoa->chance / scale, 40), Style::kDim)});
  out += shots.to_text(terminal);
  out += note(
      terminal,
      fmt::format("{} qubits, exactly {} of them one: {}. {} layers, mixer {}, start in the Dicke "
                  "state. {} shots; approximation ratio {:.4f}, of the mean shot {:.4f}; best of "
                  "as many random picks {:.6f}.",
                  qaoa->qubits, kDemoLots, states_text(document, *qaoa), qaoa->layers, qaoa->mixer,
                  with_thousands(qaoa->shots), qaoa->approximation_ratio,
                  qaoa->mean_approximation_ratio, qaoa->best_of_random));
  return out;
}

std::string risk_text(const Demo& shown, const Terminal& terminal) {
  const DemoDocument& document = shown.document;
  const std::string_view period = period_name(document.periods_per_year);
  std::string out = heading(terminal, 4, fmt::format("Risk over one {}, at 95 %", period));
  std::vector<Column> columns = {{"portfolio", Align::kLeft},
                                 {"return"},
                                 {"volatility"},
                                 {"VaR"},
                                 {"ES"},
                                 {"VaR*"},
                                 {"ES*"},
                                 {"drawdown"},
                                 {"beta"}};
  const bool roomy = terminal.width >= kWidest;
  if (roomy) columns.push_back({"wealth", Align::kLeft});
  Table table(std::move(columns));
  for (std::size_t k = 0; k < document.risk.size(); ++k) {
    const DemoRisk& risk = document.risk[k];
    std::vector<Cell> cells = {risk.name,
                               percent(risk.annual_return),
                               percent(risk.volatility),
                               percent(risk.var_historical),
                               percent(risk.es_historical),
                               percent(risk.var_normal),
                               percent(risk.es_normal),
                               percent(risk.maximum_drawdown.depth),
                               risk.beta ? fmt::format("{:.2f}", *risk.beta) : "-"};
    if (roomy) {
      cells.emplace_back(sparkline(terminal, wealth_of(shown.returns[k]), 12), Style::kAccent);
    }
    table.add(std::move(cells));
  }
  out += table.to_text(terminal);
  out += note(terminal,
              fmt::format("Losses are positive. VaR and ES are historical, with * of a normal law; "
                          "return and volatility per year; {}.",
                          shown.index.empty() ? "no beta, because there is no index"
                                              : "beta against the S&P 500"));
  return out + note(terminal, history_text(shown));
}

}  // namespace

std::string demo_text(const Demo& shown, const Terminal& terminal) {
  const DemoDocument& document = shown.document;
  std::string out =
      styled(terminal, Style::kBold,
             fmt::format("Quanta {}: a portfolio on real prices", document.provenance.version)) +
      "\n";
  out += prices_text(shown, terminal);
  out += weights_text(shown, terminal);
  out += lots_text(shown, terminal);
  out += risk_text(shown, terminal);
  out += "\n" + styled(terminal, Style::kBold, "Before you trust a figure") + "\n";
  for (const std::string& remark : remarks_of(shown)) {
    const std::size_t width = std::min(terminal.width, kWidest);
    std::string lines = wrapped(printable(terminal, remark), width, 4);
    out += lines.replace(0, 4, "  - ");
  }
  if (const std::string sources = sources_text(shown); !sources.empty()) {
    out += "\n" + note(terminal, sources);
  }
  out += fmt::format("\nComputed in {}.", duration(shown.seconds));
  if (document.report) out += fmt::format(" Report: {}", printable(terminal, *document.report));
  return out + "\n";
}

}  // namespace quanta::cli
