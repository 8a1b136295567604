/// Means and covariances as asked for, from prices or from a file: `quanta moments`, and what
/// optimisation and risk stand on.
///
///   MomentsRequest request{.prices = {.files = {"prices.csv"}}};
///   QUANTA_TRY(const Estimate estimate, estimate_moments(request, run.execution));
///   estimate.moments.covariance;      // per year
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "core/describe.h"
#include "core/matrix.h"
#include "core/result.h"
#include "services/market_data/market_data.h"
#include "services/provenance/provenance.h"
#include "statistics/moments.h"

namespace quanta::services {

/// How expected returns are estimated (`--returns`).
enum class ReturnsMethod {
  kMean,  ///< arithmetic mean, times the periods of a year
  kCagr,  ///< compound growth per year
};

constexpr auto enum_names(ReturnsMethod) {
  return std::array{std::pair{ReturnsMethod::kMean, std::string_view("mean")},
                    std::pair{ReturnsMethod::kCagr, std::string_view("cagr")}};
}

/// Either `prices.files` or `moments_file`, not both. With a file of moments nothing is annualised:
/// everything is per period of the file, and the estimators must be left at their defaults.
struct MomentsRequest {
  PriceRequest prices;
  std::string moments_file;
  ReturnsMethod returns = ReturnsMethod::kMean;
  statistics::CovarianceEstimator covariance;
};

/// n assets in the order of the answer; per year where prices were given.
struct Estimate {
  std::vector<std::string> assets;
  statistics::Moments moments;  ///< as asked for
  statistics::Moments sample;   ///< arithmetic means and sample covariance
  std::optional<LoadedPrices> prices;
  Matrix returns;                          ///< T x n simple returns per period; empty for a file
  std::optional<double> periods_per_year;  ///< nothing for a file
  std::optional<Date> as_of;               ///< last price date
  std::vector<InputFile> inputs;
  /// What the reader must know, a singular covariance among it: names why it is and what shrinkage
  /// does about it.
  std::vector<std::string> warnings;
};

/// Errors: kUsage, field "prices": none of the two sources, or both, or an estimator with a file of
/// moments; those of load_prices, load_moments and estimate_covariance.
Result<Estimate> estimate_moments(const MomentsRequest& request, const Execution& execution);

/// `quanta moments`.
struct MomentsDocument {
  std::vector<std::string> assets;
  std::optional<double> periods_per_year;
  std::size_t periods = 0;
  std::vector<double> mean;
  Matrix covariance;
  Matrix correlation;
  std::optional<double> shrinkage;
  Provenance provenance;

  static constexpr auto describe() {
    return std::tuple{
        field("assets", &MomentsDocument::assets, "names in order"),
        field("periods_per_year", &MomentsDocument::periods_per_year,
              "what means and covariances were annualised with; null: not annualised"),
        field("periods", &MomentsDocument::periods, "returns used; 0 for a file of moments"),
        field("mean", &MomentsDocument::mean, "expected return of each asset"),
        field("covariance", &MomentsDocument::covariance, "rows in the order of the assets"),
        field("correlation", &MomentsDocument::correlation, "rows in the order of the assets"),
        field("shrinkage", &MomentsDocument::shrinkage,
              "weight of the target where the estimator shrinks"),
        field("provenance", &MomentsDocument::provenance, "how to repeat it")};
  }
};

/// Errors: as estimate_moments; an asset without variance has no correlation.
Result<MomentsDocument> moments(const MomentsRequest& request, const Run& run);

}  // namespace quanta::services
