/// Value at risk, expected shortfall, drawdown and who contributes what: `quanta risk`.
///
///   RiskRequest request{.prices = {.files = {"prices.csv"}}, .weights = "equal"};
///   QUANTA_TRY(const RiskDocument document, risk(request, run));
///   document.var;     // 0.023: on one day of twenty at least 2.3 % is lost
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "core/describe.h"
#include "core/result.h"
#include "services/market_data/market_data.h"
#include "services/provenance/provenance.h"

namespace quanta::services {

/// How VaR and ES are computed (`--method`).
enum class RiskMethod {
  kHistorical,  ///< from the returns as they were; h days: overlapping compounded h-day returns
  kNormal,      ///< closed form: mean times h, deviation times sqrt(h)
};

constexpr auto enum_names(RiskMethod) {
  return std::array{std::pair{RiskMethod::kHistorical, std::string_view("historical")},
                    std::pair{RiskMethod::kNormal, std::string_view("normal")}};
}

struct RiskRequest {
  PriceRequest prices;
  std::string weights = "equal";  ///< "equal", "ramp" (1 … n scaled to 1), or a CSV asset,weight
  /// Given directly, in the order of the assets of the answer; then `weights` is not read.
  std::optional<std::vector<double>> weight_values;
  RiskMethod method = RiskMethod::kHistorical;
  double alpha = 0.95;    ///< confidence, in (0, 1)
  unsigned horizon = 1;   ///< periods of the prices ("days"), at least 1
  std::string benchmark;  ///< FILE[:COLUMN]; empty: no beta
};

struct MaximumDrawdown {
  double depth = 0.0;  ///< fraction lost from peak to trough, >= 0
  std::optional<std::string> peak;
  std::optional<std::string> trough;
  std::optional<std::string> recovery;

  static constexpr auto describe() {
    return std::tuple{
        field("depth", &MaximumDrawdown::depth, "fraction of the peak that was lost"),
        field("peak", &MaximumDrawdown::peak, "date of the peak; null: no fall at all"),
        field("trough", &MaximumDrawdown::trough, "date of the lowest value after it"),
        field("recovery", &MaximumDrawdown::recovery,
              "first date back at the peak's value; null: not yet")};
  }
};

/// Which figure the contributions split.
enum class ContributionsOf {
  kVolatility,  ///< per year, with the historical method
  kVar,         ///< with the normal method
};

constexpr auto enum_names(ContributionsOf) {
  return std::array{std::pair{ContributionsOf::kVolatility, std::string_view("volatility")},
                    std::pair{ContributionsOf::kVar, std::string_view("var")}};
}

struct RiskContribution {
  std::string asset;
  double weight = 0.0;
  double marginal = 0.0;
  double component = 0.0;
  double incremental = 0.0;

  static constexpr auto describe() {
    return std::tuple{
        field("asset", &RiskContribution::asset, ""),
        field("weight", &RiskContribution::weight, "fraction of 1"),
        field("marginal", &RiskContribution::marginal, "change of the figure per unit of weight"),
        field("component", &RiskContribution::component,
              "weight x marginal; the components add up to the figure"),
        field("incremental", &RiskContribution::incremental,
              "the figure less what it is once this position is cash")};
  }
};

struct RiskDocument {
  double alpha = 0.95;
  unsigned horizon_days = 1;
  double var = 0.0;
  double es = 0.0;
  double volatility = 0.0;
  std::optional<double> beta;
  MaximumDrawdown maximum_drawdown;
  std::vector<RiskContribution> contributions;
  ContributionsOf contributions_of = ContributionsOf::kVolatility;
  std::size_t periods = 0;
  double periods_per_year = 252;
  Provenance provenance;

  static constexpr auto describe() {
    return std::tuple{
        field("alpha", &RiskDocument::alpha, "confidence"),
        field("horizon_days", &RiskDocument::horizon_days, "periods over which the loss is meant"),
        field("var", &RiskDocument::var, "loss that is exceeded with probability 1 - alpha"),
        field("es", &RiskDocument::es, "mean loss in that worst part"),
        field("volatility", &RiskDocument::volatility, "per year, sample"),
        field("beta", &RiskDocument::beta, "against the benchmark; null: none was given"),
        field("maximum_drawdown", &RiskDocument::maximum_drawdown,
              "of the wealth that starts at 1 before the first return"),
        field("contributions", &RiskDocument::contributions, "of each asset"),
        field("contributions_of", &RiskDocument::contributions_of, "the figure that they split"),
        field("periods", &RiskDocument::periods, "returns used"),
        field("periods_per_year", &RiskDocument::periods_per_year, "what was annualised with"),
        field("provenance", &RiskDocument::provenance, "how to repeat it")};
  }
};

/// The portfolio is rebalanced to its weights every period. Errors: kBadInput, field "alpha",
/// "horizon", "weights" (an asset that is not there, one twice, not finite), those of load_prices
/// and load_benchmark.
Result<RiskDocument> risk(const RiskRequest& request, const Run& run);

}  // namespace quanta::services
