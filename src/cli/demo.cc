#include "cli/demo.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "cli/figures.h"
#include "cli/flags.h"
#include "services/market_data/market_data.h"
#include "services/moments/moments.h"

namespace quanta::cli {
namespace {

using services::OptimizeDocument;
using services::OptimizeObjective;
using services::OptimizeRequest;
using services::PriceRequest;
using services::RiskDocument;
using services::RiskRequest;
using services::Run;

/// The three files that vega-datasets brings.
struct DemoData {
  std::string stocks;
  std::string index_by_month;
  std::string index_by_day;
};

Result<DemoData> find_demo_data(const std::string& named) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  fs::path folder = named;
  if (named.empty()) {
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    folder = program.parent_path().parent_path() / "demo-data/node_modules/vega-datasets/data";
  }
  DemoData data{(folder / "stocks.csv").string(), (folder / "sp500.csv").string(),
                (folder / "sp500-2000.csv").string()};
  for (const std::string& file : {data.stocks, data.index_by_month, data.index_by_day}) {
    if (fs::is_regular_file(file, ignored)) continue;
    return fail(ErrorKind::kIo,
                "missing: the demo's prices are not installed; start the demo with ./run, which "
                "installs them, or pass --prices FILE",
                {}, {.file = file});
  }
  return data;
}

/// Adds what the check finds, and the file's hash.
Result<void> add_file(const std::string& file, DemoDocument& document, const Run& run) {
  QUANTA_TRY(const services::CheckDocument found,
             services::check_file({.file = file, .format = {}, .limits = {}}, run.execution));
  document.provenance.inputs.push_back(found.input);
  document.files.push_back({.file = file,
                            .rows = found.rows,
                            .rejected = found.rejected_count,
                            .first = found.first,
                            .last = found.last,
                            .findings = found.finding_counts,
                            .quality = found.quality.score});
  return {};
}

/// VaR and ES both ways, drawdown and beta of one portfolio.
Result<DemoRisk> risk_of(std::string name, RiskRequest request, const Run& run) {
  QUANTA_TRY(const RiskDocument historical, services::risk(request, run));
  request.method = services::RiskMethod::kNormal;
  QUANTA_TRY(const RiskDocument normal, services::risk(request, run));
  return DemoRisk{.name = std::move(name),
                  .weights = request.weight_values.value_or(std::vector<double>{}),
                  .annual_return = 0.0,
                  .volatility = historical.volatility,
                  .var_historical = historical.var,
                  .es_historical = historical.es,
                  .var_normal = normal.var,
                  .es_normal = normal.es,
                  .beta = historical.beta,
                  .maximum_drawdown = historical.maximum_drawdown};
}

double mean(const std::vector<double>& x) {
  double sum = 0.0;
  for (const double value : x) sum += value;
  return sum / static_cast<double>(x.size());
}

std::vector<double> returns_of(const Matrix& returns, const std::vector<double>& weights) {
  std::vector<double> out(returns.rows(), 0.0);
  for (std::size_t t = 0; t < returns.rows(); ++t) {
    for (std::size_t i = 0; i < weights.size(); ++i) out[t] += weights[i] * returns(t, i);
  }
  return out;
}

std::vector<double> returns_of(const std::vector<double>& levels) {
  std::vector<double> out;
  for (std::size_t t = 1; t < levels.size(); ++t) out.push_back(levels[t] / levels[t - 1] - 1.0);
  return out;
}

struct Sources {
  PriceRequest prices;
  std::string index;  ///< empty: none
};

OptimizeRequest weights_request(const Sources& sources, OptimizeObjective objective) {
  OptimizeRequest request;
  request.moments.prices = sources.prices;
  request.objective = objective;
  return request;
}

Result<OptimizeDocument> choose_lots(const Sources& sources, unsigned max_lots, bool simulate,
                                     const Run& run) {
  OptimizeRequest request = weights_request(sources, OptimizeObjective::kLots);
  request.lots = kDemoLots;
  request.max_lots = max_lots;
  request.risk_weight = kDemoRiskWeight;
  if (!simulate) {
    request.method = services::OptimizeMethod::kExact;
    request.deadline_s = 2.0;
  }
  return services::optimize(request, run);
}

constexpr std::size_t kFrontierPoints = 16;
constexpr std::size_t kFrontierCells = 100'000;  // prices in a file that is read again so often

/// Least variance for each of equally spaced returns, up to the largest that an asset has.
Result<void> add_frontier(const Sources& sources, Demo& shown, const Run& run) {
  if (shown.prices.rows() * shown.prices.columns() > kFrontierCells) return {};
  const OptimizeDocument& start = shown.document.minimum_variance;
  shown.frontier = {{start.volatility, start.expected_return}};
  const double highest = *std::ranges::max_element(shown.mean);
  for (std::size_t k = 1; k < kFrontierPoints; ++k) {
    const double share = static_cast<double>(k) / static_cast<double>(kFrontierPoints - 1);
    OptimizeRequest request = weights_request(sources, OptimizeObjective::kTargetReturn);
    // Cut to the highest: the sum may round above it, where nothing is feasible.
    request.target =
        std::min(start.expected_return + share * (highest - start.expected_return), highest);
    QUANTA_TRY(const OptimizeDocument point, services::optimize(request, run));
    shown.frontier.emplace_back(point.volatility, point.expected_return);
  }
  return {};
}

/// The risk of each portfolio, the equally weighted one and the index, on the same dates.
Result<void> add_risk(const Sources& sources, const Matrix& returns, Demo& shown, const Run& run) {
  DemoDocument& document = shown.document;
  const std::size_t n = document.assets.size();
  std::vector<std::pair<std::string, std::vector<double>>> portfolios = {
      {kMinVarianceName, document.minimum_variance.weights}};
  if (document.maximum_sharpe) {
    portfolios.emplace_back(kMaxSharpeName, document.maximum_sharpe->weights);
  }
  portfolios.emplace_back(kLotsName, document.lots.weights);
  portfolios.emplace_back(kEqualWeightsName, std::vector<double>(n, 1.0 / static_cast<double>(n)));
  for (auto& [name, weights] : portfolios) {
    RiskRequest request;
    request.prices = sources.prices;
    request.weight_values = weights;
    request.benchmark = sources.index;
    QUANTA_TRY(DemoRisk risk, risk_of(name, request, run));
    shown.returns.push_back(returns_of(returns, weights));
    risk.annual_return = document.periods_per_year * mean(shown.returns.back());
    document.risk.push_back(std::move(risk));
  }
  if (sources.index.empty()) return {};

  RiskRequest request;
  request.prices.files = {sources.index};
  request.prices.from = shown.dates.front();
  request.prices.to = shown.dates.back();
  request.benchmark = sources.index;
  QUANTA_TRY(DemoRisk risk, risk_of("S&P 500", request, run));
  shown.returns.push_back(returns_of(shown.index));
  risk.annual_return = document.periods_per_year * mean(shown.returns.back());
  document.risk.push_back(std::move(risk));
  return {};
}

/// What to know before trusting a figure.
std::vector<std::string> remarks_about(const Demo& shown) {
  std::vector<std::string> remarks;
  remarks.push_back(
      "Every return, volatility and risk here is in sample: the weights were chosen on the same "
      "dates that they are measured on. Nothing here is a forecast.");
  if (shown.own_prices) {
    remarks.push_back(
        "If the assets of the file were picked with hindsight, the returns are flattered by it.");
    remarks.push_back(
        "No index is given with --prices: the equally weighted portfolio stands "
        "in for comparison, and there is no beta.");
  } else {
    remarks.push_back(
        "The five stocks were picked with hindsight: they are well known because they grew "
        "(survivorship). Their returns say nothing about picking stocks beforehand.");
    remarks.push_back(
        "The S&P 500 is without dividends, so it looks weaker beside the stocks than it was.");
  }
  return remarks;
}

void add_size_remark(DemoDocument& document) {
  if (document.assets.size() > kDemoQubits) {
    document.provenance.degraded = true;
    document.remarks.push_back(fmt::format(
        "{} assets are more than the {} qubits that the demo simulates: the lots are chosen by "
        "the classical search alone.",
        document.assets.size(), kDemoQubits));
  }
}

}  // namespace

unsigned demo_max_lots(std::size_t n_assets) {
  if (n_assets < 2) return 0;
  if (n_assets > kDemoQubits) return kDemoLots / 2;
  return std::min(kDemoLots, static_cast<unsigned>(kDemoQubits / n_assets));
}

Result<Demo> demo(const DemoRequest& request, const Run& run) {
  const auto start = std::chrono::steady_clock::now();
  Demo shown;
  shown.own_prices = !request.prices.empty();
  DemoDocument& document = shown.document;
  document.provenance = services::begin_provenance(run, "demo");

  Sources sources;
  sources.prices.missing = services::MissingPolicy::kDropDates;
  DemoData data;
  std::vector<std::string> files = {request.prices};
  if (shown.own_prices) {
    if (request.prices == "-") {
      return fail(ErrorKind::kUsage,
                  "the demo reads its prices more than once, which standard input cannot be; "
                  "save them in a file and pass its name",
                  "prices");
    }
    sources.prices.files = {request.prices};
  } else {
    QUANTA_TRY(data, find_demo_data(request.data));
    files = {data.stocks, data.index_by_month, data.index_by_day};
    sources.prices.files = {data.stocks};
    sources.index = data.index_by_month;
  }
  for (const std::string& file : files) {
    QUANTA_CHECK(add_file(file, document, run));
  }

  services::MomentsRequest moments;
  moments.prices = sources.prices;
  QUANTA_TRY(const services::Estimate estimate, services::estimate_moments(moments, run.execution));
  const services::LoadedPrices& loaded = estimate.prices.value();
  if (loaded.panel.assets.size() < 2) {
    return bad_input("prices", fmt::format("{} holds one asset ({}); the demo chooses among at "
                                           "least two",
                                           request.prices, loaded.panel.assets.front()));
  }
  shown.dates = loaded.panel.dates;
  shown.prices = loaded.panel.prices;
  shown.mean = estimate.sample.mean;
  for (std::size_t i = 0; i < shown.mean.size(); ++i) {
    shown.volatility.push_back(std::sqrt(estimate.sample.covariance(i, i)));
  }
  document.assets = loaded.panel.assets;
  document.first = to_text(shown.dates.front());
  document.last = to_text(shown.dates.back());
  document.dates = shown.dates.size();
  document.periods_per_year = loaded.periods_per_year;
  document.provenance.as_of = document.last;
  document.provenance.warnings = estimate.warnings;

  QUANTA_TRY(document.minimum_variance,
             services::optimize(weights_request(sources, OptimizeObjective::kMinVariance), run));
  auto sharpe = services::optimize(weights_request(sources, OptimizeObjective::kMaxSharpe), run);
  std::string no_maximum;
  if (sharpe) {
    document.maximum_sharpe = *std::move(sharpe);
  } else if (sharpe.error().kind == ErrorKind::kInfeasible) {
    no_maximum = "No maximum Sharpe: " + sharpe.error().message;
  } else {
    return std::unexpected(std::move(sharpe).error());
  }

  QUANTA_CHECK(add_frontier(sources, shown, run));

  const std::size_t n = document.assets.size();
  shown.max_lots = demo_max_lots(n);
  QUANTA_TRY(document.lots, choose_lots(sources, shown.max_lots, n <= kDemoQubits, run));

  if (!sources.index.empty()) {
    QUANTA_TRY(services::LoadedSeries index,
               services::load_benchmark(sources.index, shown.dates, run.execution));
    shown.index = std::move(index.prices);
  }
  QUANTA_CHECK(add_risk(sources, estimate.returns, shown, run));
  if (!sources.index.empty()) {
    RiskRequest history;
    history.prices.files = {data.index_by_day};
    QUANTA_TRY(shown.index_by_day, risk_of("S&P 500 by day", history, run));
  }

  document.remarks = remarks_about(shown);
  if (!no_maximum.empty()) document.remarks.push_back(no_maximum);
  add_size_remark(document);
  shown.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return shown;
}

Action declare_demo(CLI::App& app) {
  struct Flags {
    DemoRequest request;
    std::string report = "quanta-demo.html";
    bool once = false;
  };
  const auto flags = std::make_shared<Flags>();
  add_text(app, "--prices", "FILE", "your own prices (default: those that ./run installs)",
           flags->request.prices);
  add_text(app, "--report", "FILE", "the HTML report (default: quanta-demo.html)", flags->report);
  add_switch(app, "--once", "exit after printing (always so: there is no server yet)", flags->once);
  return [flags](const Context& context) -> Result<Outcome> {
    DemoRequest request = flags->request;
    request.data = context.demo_data;
    QUANTA_TRY(Demo shown, demo(request, context.run));
    shown.document.report = flags->report;
    if (!context.repeating) {
      QUANTA_CHECK(services::write_report(demo_report(shown), flags->report));
    }
    json::Value document = json::to(shown.document);
    return Outcome{.document = std::move(document),
                   .text = [shown = std::move(shown)](const Terminal& terminal) {
                     return demo_text(shown, terminal);
                   }};
  };
}

}  // namespace quanta::cli
