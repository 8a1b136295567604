#include "services/risk/risk.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "services/market_data/asset_file.h"
#include "statistics/moments.h"
#include "statistics/returns.h"
#include "statistics/risk_measures.h"

namespace quanta::services {
namespace {

/// An engine speaks of "returns"; the caller gave prices.
template <class T>
Result<T> of_prices(Result<T> result) {
  if (!result && (result.error().field == "returns" || result.error().field == "covariance")) {
    result.error().field = "prices";
  }
  return result;
}

Result<std::vector<double>> weights_of(const RiskRequest& request,
                                       const std::vector<std::string>& assets,
                                       std::vector<InputFile>& inputs,
                                       std::vector<std::string>& warnings) {
  const std::size_t n = assets.size();
  if (request.weight_values) return *request.weight_values;
  if (request.weights == "equal") return std::vector<double>(n, 1.0 / static_cast<double>(n));
  if (request.weights == "ramp") {
    std::vector<double> weights;
    const double sum = static_cast<double>(n) * static_cast<double>(n + 1) / 2;
    for (std::size_t i = 1; i <= n; ++i) weights.push_back(static_cast<double>(i) / sum);
    return weights;
  }
  QUANTA_TRY(AssetFigures loaded, load_asset_figures(request.weights, "weights", "weight", assets));
  inputs.push_back(std::move(loaded.input));
  double sum = 0;
  for (const double w : loaded.figures) sum += w;
  if (std::abs(sum - 1) > 1e-6) {
    warnings.push_back(fmt::format(
        "the weights sum to {:.6g}; the rest to 1 is taken as cash that earns nothing", sum));
  }
  return std::move(loaded.figures);
}

Result<statistics::TailRisk> tail_risk(const RiskRequest& request,
                                       const std::vector<double>& returns) {
  if (request.method == RiskMethod::kHistorical) {
    QUANTA_TRY(const auto losses,
               of_prices(statistics::compound_over_horizon(returns, request.horizon)));
    return of_prices(statistics::historical_tail_risk(losses, request.alpha));
  }
  QUANTA_TRY(const double mean, of_prices(statistics::mean_of(returns)));
  QUANTA_TRY(const double deviation, of_prices(statistics::volatility(returns)));
  return statistics::normal_tail_risk(mean, deviation, request.alpha, request.horizon);
}

Result<MaximumDrawdown> drawdown(const std::vector<double>& returns,
                                 const std::vector<Date>& dates) {
  QUANTA_TRY(const auto found, of_prices(statistics::maximum_drawdown(returns)));
  MaximumDrawdown result;
  if (found.depth < 0) {
    result.depth = -found.depth;
    result.peak = to_text(dates[found.peak]);
    result.trough = to_text(dates[found.trough]);
    if (found.recovery) result.recovery = to_text(dates[*found.recovery]);
  }
  return result;
}

Result<std::vector<RiskContribution>> contributions(const RiskRequest& request,
                                                    const std::vector<std::string>& assets,
                                                    const std::vector<double>& weights,
                                                    const statistics::Moments& moments,
                                                    double periods_per_year) {
  statistics::RiskContributions split;
  if (request.method == RiskMethod::kNormal) {
    QUANTA_TRY(split,
               statistics::normal_var_contributions(weights, moments.mean, moments.covariance,
                                                    request.alpha, request.horizon));
  } else {
    const statistics::Moments annual = statistics::annualise(moments, periods_per_year);
    QUANTA_TRY(split, statistics::volatility_contributions(weights, annual.covariance));
  }
  std::vector<RiskContribution> rows;
  for (std::size_t i = 0; i < assets.size(); ++i) {
    rows.push_back(
        {assets[i], weights[i], split.marginal[i], split.component[i], split.incremental[i]});
  }
  return rows;
}

/// Where the figures are less than they seem.
void warn(const RiskRequest& request, std::size_t periods, std::vector<std::string>& warnings) {
  const double tail = (1 - request.alpha) * static_cast<double>(periods);
  if (request.method == RiskMethod::kHistorical && tail < 5) {
    warnings.push_back(fmt::format(
        "only {:.1f} of the {} returns lie in the worst {:.3g} %: the historical figures rest on "
        "very few days",
        tail, periods, 100 * (1 - request.alpha)));
  }
  if (request.method == RiskMethod::kNormal && request.horizon > 1) {
    warnings.push_back(
        "mean and deviation are scaled to the horizon as if the returns were independent");
  }
}

}  // namespace

Result<RiskDocument> risk(const RiskRequest& request, const Run& run) {
  if (request.prices.files.empty()) {
    return fail(ErrorKind::kUsage, "prices must be given", "prices");
  }
  const auto reads_standard_input = [](std::string_view file) {
    return file == "-" || file.starts_with("-:");
  };
  if (std::ranges::count(request.prices.files, "-") + (request.weights == "-" ? 1 : 0) +
          (reads_standard_input(request.benchmark) ? 1 : 0) >
      1) {
    return fail(ErrorKind::kUsage, "standard input (-) can be read only once", "prices");
  }
  QUANTA_TRY(LoadedPrices prices, load_prices(request.prices, run.execution));
  RiskDocument document;
  document.provenance = begin_provenance(run, to_text(request.method));
  Provenance& provenance = document.provenance;
  provenance.inputs = prices.inputs;
  provenance.warnings = prices.warnings;
  provenance.as_of = to_text(prices.panel.dates.back());

  const std::vector<std::string>& assets = prices.panel.assets;
  QUANTA_TRY(const std::vector<double> weights,
             weights_of(request, assets, provenance.inputs, provenance.warnings));
  QUANTA_TRY(const Matrix asset_returns,
             of_prices(statistics::simple_returns(prices.panel.prices)));
  if (asset_returns.rows() < 2) {
    return bad_input("prices", fmt::format("{} dates give {} return; risk needs at least three "
                                           "dates",
                                           prices.panel.dates.size(), asset_returns.rows()));
  }
  QUANTA_TRY(const std::vector<double> returns,
             statistics::portfolio_returns(asset_returns, weights));
  QUANTA_TRY(const statistics::TailRisk tail, tail_risk(request, returns));
  QUANTA_TRY(const double deviation, of_prices(statistics::volatility(returns)));
  QUANTA_TRY(const statistics::Moments moments,
             of_prices(statistics::estimate_moments(asset_returns, {})));

  document.alpha = request.alpha;
  document.horizon_days = request.horizon;
  document.var = tail.value_at_risk;
  document.es = tail.expected_shortfall;
  document.volatility = deviation * std::sqrt(prices.periods_per_year);
  document.periods = returns.size();
  document.periods_per_year = prices.periods_per_year;
  QUANTA_TRY(document.maximum_drawdown, drawdown(returns, prices.panel.dates));
  document.contributions_of =
      request.method == RiskMethod::kNormal ? ContributionsOf::kVar : ContributionsOf::kVolatility;
  QUANTA_TRY(document.contributions,
             contributions(request, assets, weights, moments, prices.periods_per_year));
  if (!request.benchmark.empty()) {
    QUANTA_TRY(LoadedSeries benchmark,
               load_benchmark(request.benchmark, prices.panel.dates, run.execution));
    Matrix levels(benchmark.prices.size(), 1);
    for (std::size_t t = 0; t < benchmark.prices.size(); ++t) levels(t, 0) = benchmark.prices[t];
    QUANTA_TRY(const Matrix changes, statistics::simple_returns(levels));
    std::vector<double> series;
    for (std::size_t t = 0; t < changes.rows(); ++t) series.push_back(changes(t, 0));
    QUANTA_TRY(
        const statistics::BenchmarkFigures figures,
        of_prices(statistics::benchmark_figures(returns, series, 0.0, prices.periods_per_year)));
    document.beta = figures.beta;
    provenance.inputs.push_back(std::move(benchmark.input));
    std::ranges::move(benchmark.warnings, std::back_inserter(provenance.warnings));
  }
  warn(request, document.periods, provenance.warnings);
  return document;
}

}  // namespace quanta::services
