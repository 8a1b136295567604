#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "cli/demo.h"
#include "cli/demo_words.h"
#include "cli/figures.h"

namespace quanta::cli {
namespace {

using services::Figure;
using services::MethodKind;
using services::MethodRun;
using services::OptimizeDocument;
using services::Paragraph;
using services::QaoaDetails;
using services::Remark;
using services::Report;
using services::ReportTable;
using services::Section;
namespace svg = services::svg;

constexpr std::size_t kMostCharted = 8;  // of a chart, and colours
constexpr std::size_t kMostAssets = 20;  // of tables and bars

std::vector<double> falls_of(const std::vector<double>& wealth) {
  std::vector<double> falls;
  double peak = 0.0;
  for (const double w : wealth) {
    peak = std::max(peak, w);
    falls.push_back(w / peak - 1.0);
  }
  return falls;
}

/// The colour of a portfolio, the same in every chart.
int colour_of(const std::string& portfolio) {
  if (portfolio == kMinVarianceName) return 1;
  if (portfolio == kMaxSharpeName) return 2;
  if (portfolio == kLotsName) return 3;
  return 6;
}

Section prices_section(const Demo& shown) {
  const DemoDocument& document = shown.document;
  Section section{"Prices", {}};
  ReportTable files{.caption = "What the check found in each file",
                    .columns = {{"file", false},
                                {"rows"},
                                {"rejected"},
                                {"from", false},
                                {"to", false},
                                {"findings", false},
                                {"quality"}},
                    .rows = {}};
  for (const DemoFile& file : document.files) {
    files.rows.push_back({file_name(file.file), with_thousands(file.rows),
                          with_thousands(file.rejected), file.first.value_or(""),
                          file.last.value_or(""), findings_text(file),
                          fmt::format("{:.1f}", file.quality)});
  }
  section.blocks.emplace_back(std::move(files));
  section.blocks.emplace_back(Paragraph{used_text(shown)});

  svg::LineChart chart{.title = "Growth of 1 in each asset",
                       .dates = shown.dates,
                       .series = {},
                       .format = svg::Format::kMultiple,
                       .logarithmic = true};
  int colour = 0;
  for (const std::size_t i : leading_assets(document, kMostCharted)) {
    std::vector<double> growth;
    growth.reserve(shown.dates.size());
    for (std::size_t t = 0; t < shown.dates.size(); ++t) {
      growth.push_back(shown.prices(t, i) / shown.prices(0, i));
    }
    ++colour;
    // Grey is the index.
    chart.series.push_back(
        {document.assets[i], std::move(growth), colour < 6 ? colour : colour + 1});
  }
  if (!shown.index.empty()) {
    std::vector<double> growth;
    growth.reserve(shown.index.size());
    for (const double level : shown.index) growth.push_back(level / shown.index.front());
    chart.series.push_back({"S&P 500", std::move(growth), 6, true});
  }
  section.blocks.emplace_back(
      Figure{std::move(chart),
             document.assets.size() > kMostCharted
                 ? fmt::format("Growth of 1, logarithmic: the {} assets with the largest weights.",
                               kMostCharted)
                 : "Growth of 1, logarithmic, dividends as the file has them.",
             true});
  return section;
}

svg::ScatterChart risk_and_return(const Demo& shown) {
  const DemoDocument& document = shown.document;
  svg::ScatterChart chart{.title = "Risk and return of assets and portfolios",
                          .x_title = "volatility per year",
                          .y_title = "return per year",
                          .points = {},
                          .curve = shown.frontier};
  for (const std::size_t i : leading_assets(document, kMostAssets)) {
    chart.points.push_back({document.assets[i], shown.volatility[i], shown.mean[i], 6, false});
  }
  for (const DemoRisk& risk : document.risk) {
    chart.points.push_back(
        {risk.name, risk.volatility, risk.annual_return, colour_of(risk.name), true});
  }
  return chart;
}

Section weights_section(const Demo& shown) {
  const DemoDocument& document = shown.document;
  Section section{"Weights", {}};
  section.blocks.emplace_back(Paragraph{
      "Full investment, no short sales. Each optimum carries its certificate: the distance between "
      "its value and a bound that no portfolio can pass."});
  ReportTable table{.caption = "",
                    .columns = {{"portfolio", false},
                                {"return"},
                                {"volatility"},
                                {"Sharpe"},
                                {"proven", false},
                                {"gap"},
                                {"time"}},
                    .rows = {}};
  const auto add = [&](const char* name, const OptimizeDocument& answer) {
    double seconds = 0.0;
    for (const MethodRun& run : answer.methods) seconds += run.seconds;
    table.rows.push_back({name, percent(answer.expected_return), percent(answer.volatility),
                          answer.sharpe ? fmt::format("{:.2f}", *answer.sharpe) : "–",
                          answer.certificate.proven ? "yes" : "no",
                          fmt::format("{:.1e}", answer.certificate.gap), duration(seconds)});
  };
  add(kMinVarianceName, document.minimum_variance);
  if (document.maximum_sharpe) add(kMaxSharpeName, *document.maximum_sharpe);
  add(kLotsName, document.lots);
  section.blocks.emplace_back(std::move(table));

  svg::BarChart bars{.title = "Weights of each portfolio", .categories = {}, .series = {}};
  const std::vector<std::size_t> assets = leading_assets(document, kMostAssets);
  for (const std::size_t i : assets) bars.categories.push_back(document.assets[i]);
  for (const DemoRisk& portfolio : document.risk) {
    if (portfolio.weights.empty() || portfolio.name == kEqualWeightsName) continue;
    std::vector<double> weights;
    weights.reserve(assets.size());
    for (const std::size_t i : assets) weights.push_back(portfolio.weights[i]);
    bars.series.push_back({portfolio.name, std::move(weights), colour_of(portfolio.name)});
  }
  section.blocks.emplace_back(Figure{std::move(bars), "Share of each asset."});
  section.blocks.emplace_back(
      Figure{risk_and_return(shown),
             shown.frontier.empty()
                 ? "Return against volatility, both per year and in sample."
                 : "Return against volatility, both per year and in sample; the line is the "
                   "efficient frontier."});
  return section;
}

Section lots_section(const Demo& shown, const std::optional<QaoaDetails>& qaoa) {
  const DemoDocument& document = shown.document;
  const OptimizeDocument& answer = document.lots;
  Section section{"The discrete portfolio: quantum beside classical", {}};
  std::string problem = fmt::format(
      "{} lots of {}, at most {} in one asset: least {} x'Sx − m'x, with x the "
      "weights, m the returns and S the covariance per year.",
      kDemoLots, percent(1.0 / kDemoLots), shown.max_lots, kDemoRiskWeight);
  if (qaoa) {
    problem += fmt::format(
        " As a quantum problem it takes {} qubits, of which exactly {} are one: {}. QAOA starts "
        "from their equal superposition (a Dicke state) and never leaves them (mixer {}, {} "
        "layers). The quantum computer is simulated.",
        qaoa->qubits, kDemoLots, states_text(document, *qaoa), qaoa->mixer, qaoa->layers);
  }
  section.blocks.emplace_back(Paragraph{std::move(problem)});
  ReportTable table{
      .caption = "Every method is judged by the same objective and the same bound",
      .columns =
          {{"method", false}, {"value"}, {"gap"}, {"time"}, {"evaluations"}, {"lots", false}},
      .rows = {}};
  for (const MethodRun& run : answer.methods) {
    if (is_best(run)) table.strong_rows.push_back(table.rows.size());
    table.rows.push_back({method_name(run), fmt::format("{:.6f}", run.value),
                          run.gap ? fmt::format("{:.6f}", std::abs(*run.gap)) : "–",
                          duration(run.seconds), with_thousands(run.iterations),
                          holdings_text(run.weights, document.assets)});
  }
  section.blocks.emplace_back(std::move(table));
  if (qaoa) {
    section.blocks.emplace_back(Figure{
        svg::BarChart{.title = "Probability that one shot finds the best choice",
                      .categories = {"QAOA", "pure chance"},
                      .series = {{"probability", {qaoa->probability_of_best, qaoa->chance}, 3}}},
        fmt::format("Probability that one shot gives a best choice. Approximation ratio {:.4f}, of "
                    "the mean shot {:.4f}; the best of {} random picks has {:.6f}.",
                    qaoa->approximation_ratio, qaoa->mean_approximation_ratio,
                    with_thousands(qaoa->shots), qaoa->best_of_random)});
  }
  svg::BarChart times{.title = "Time of each method",
                      .categories = {},
                      .series = {{"milliseconds", {}, 1}},
                      .format = svg::Format::kNumber};
  for (const MethodRun& run : answer.methods) {
    times.categories.push_back(method_name(run));
    times.series.front().values.push_back(1e3 * run.seconds);
  }
  section.blocks.emplace_back(Figure{std::move(times), "Time of each method, in milliseconds."});
  return section;
}

Section risk_section(const Demo& shown) {
  const DemoDocument& document = shown.document;
  const std::string_view period = period_name(document.periods_per_year);
  Section section{"Risk", {}};
  ReportTable table{.caption = fmt::format("VaR and ES: loss over one {} at 95 %, positive = loss; "
                                           "return and volatility per year",
                                           period),
                    .columns = {{"portfolio", false},
                                {"return"},
                                {"volatility"},
                                {"VaR historical"},
                                {"ES historical"},
                                {"VaR normal"},
                                {"ES normal"},
                                {"drawdown"},
                                {"from", false},
                                {"to", false},
                                {"beta"}},
                    .rows = {}};
  for (const DemoRisk& risk : document.risk) {
    table.rows.push_back(
        {risk.name, percent(risk.annual_return), percent(risk.volatility),
         percent(risk.var_historical), percent(risk.es_historical), percent(risk.var_normal),
         percent(risk.es_normal), percent(risk.maximum_drawdown.depth),
         risk.maximum_drawdown.peak.value_or("–"), risk.maximum_drawdown.trough.value_or("–"),
         risk.beta ? fmt::format("{:.2f}", *risk.beta) : "–"});
  }
  section.blocks.emplace_back(std::move(table));
  if (std::string history = history_text(shown); !history.empty()) {
    section.blocks.emplace_back(Paragraph{std::move(history)});
  }

  svg::LineChart wealth{.title = "Growth of 1 in each portfolio",
                        .dates = shown.dates,
                        .series = {},
                        .format = svg::Format::kMultiple,
                        .logarithmic = true};
  svg::LineChart falls{.title = "Fall from the highest value so far",
                       .dates = shown.dates,
                       .series = {},
                       .format = svg::Format::kPercent};
  for (std::size_t k = 0; k < document.risk.size(); ++k) {
    const std::string& name = document.risk[k].name;
    std::vector<double> growth = wealth_of(shown.returns[k]);
    const bool compared = name == kLotsName || k + 1 == document.risk.size();
    if (compared) falls.series.push_back({name, falls_of(growth), colour_of(name)});
    wealth.series.push_back({name, std::move(growth), colour_of(name), name == kEqualWeightsName});
  }
  section.blocks.emplace_back(
      Figure{std::move(wealth),
             fmt::format("Growth of 1, rebalanced every {}, logarithmic.", period), true});
  for (std::size_t k = 0; k < document.risk.size(); ++k) {
    const DemoRisk& risk = document.risk[k];
    if (risk.name != kLotsName) continue;
    section.blocks.emplace_back(Figure{
        svg::Histogram{.title = fmt::format("Returns of {} per {}", risk.name, period),
                       .values = shown.returns[k],
                       .marks = {{-risk.var_historical, "VaR " + percent(risk.var_historical), 5},
                                 {-risk.es_historical, "ES " + percent(risk.es_historical), 2}}},
        fmt::format("Returns of the {} per {}, with historical VaR and ES at 95 %.", risk.name,
                    period)});
  }
  section.blocks.emplace_back(Figure{std::move(falls), "Fall from the highest value so far."});
  return section;
}

}  // namespace

Report demo_report(const Demo& shown) {
  const DemoDocument& document = shown.document;
  const std::optional<QaoaDetails> qaoa = qaoa_details(document);
  const auto risk_of = [&](std::string_view name) {
    return std::ranges::find(document.risk, name, &DemoRisk::name);
  };

  Report report{.title = "A portfolio on real prices",
                .subtitle = fmt::format(
                    "{} assets, {} to {}, {} dates · {}", document.assets.size(), document.first,
                    document.last, document.dates,
                    shown.own_prices ? document.files.front().file : "stocks.csv of vega-datasets"),
                .key_figures = {},
                .sections = {},
                .footer = {}};
  report.key_figures.push_back({"Best of the discrete portfolios",
                                document.lots.certificate.proven ? "proven" : "not proven",
                                holdings_text(document.lots.weights, document.assets)});
  if (qaoa) {
    const auto quantum =
        std::ranges::find(document.lots.methods, MethodKind::kQuantum, &MethodRun::kind);
    report.key_figures.push_back(
        {"QAOA's best shot",
         is_best(*quantum) ? "the optimum" : fmt::format("gap {:.4f}", quantum->gap.value_or(0.0)),
         fmt::format("P(best) {} a shot, chance {}", percent(qaoa->probability_of_best, 2),
                     percent(qaoa->chance, 2))});
  }
  if (const auto lots = risk_of(kLotsName); lots != document.risk.end()) {
    report.key_figures.push_back(
        {"Return and volatility",
         fmt::format("{} / {}", percent(lots->annual_return), percent(lots->volatility)),
         fmt::format("{}, per year, in sample", kLotsName)});
    report.key_figures.push_back(
        {fmt::format("VaR 95 %, one {}", period_name(document.periods_per_year)),
         percent(lots->var_historical),
         fmt::format("ES {}, {}", percent(lots->es_historical), kLotsName)});
  }

  Section caution{"Before you trust a figure", {}};
  for (const std::string& remark : remarks_of(shown)) caution.blocks.emplace_back(Remark{remark});
  report.sections = {std::move(caution), prices_section(shown), weights_section(shown),
                     lots_section(shown, qaoa), risk_section(shown)};

  if (std::string sources = sources_text(shown); !sources.empty()) {
    report.footer.push_back(std::move(sources));
  }
  report.footer.push_back(fmt::format(
      "Made by quanta {} with: quanta {} (seed {}, kernel {}) in {}.", document.provenance.version,
      fmt::join(document.provenance.command, " "), document.provenance.seed,
      to_text(document.provenance.kernel), duration(shown.seconds)));
  for (const services::InputFile& input : document.provenance.inputs) {
    report.footer.push_back(fmt::format("{}: SHA-256 {}", file_name(input.file), input.sha256));
  }
  return report;
}

}  // namespace quanta::cli
