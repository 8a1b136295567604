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
  kMean,            ///< arithmetic mean, times the periods of a year
  kCagr,            ///< compound growth per year
  kEma,             ///< exponentially weighted mean, times the periods of a year
  kJamesStein,      ///< means drawn to their average
  kCapm,            ///< risk-free rate plus beta times the market's excess
  kBlackLitterman,  ///< the market's own returns, moved by views
};

constexpr auto enum_names(ReturnsMethod) {
  using enum ReturnsMethod;
  using Name = std::string_view;
  return std::array{std::pair{kMean, Name("mean")}, std::pair{kCagr, Name("cagr")},
                    std::pair{kEma, Name("ema")},   std::pair{kJamesStein, Name("james-stein")},
                    std::pair{kCapm, Name("capm")}, std::pair{kBlackLitterman, Name("bl")}};
}

struct ReturnsEstimator {
  ReturnsMethod method = ReturnsMethod::kMean;
  double span = 500;  ///< of kEma, in periods

  friend bool operator==(const ReturnsEstimator&, const ReturnsEstimator&) = default;
};

/// "mean", "ema:SPAN" ("ema" alone is 500 periods), …. Errors: kBadInput with `field`.
Result<ReturnsEstimator> parse_returns_estimator(std::string_view text, std::string_view field);
std::string returns_estimator_text(const ReturnsEstimator& estimator);

/// Either `prices.files` or `moments_file`, not both. With a file of moments nothing is annualised:
/// everything is per period of the file, and the estimators must be left at their defaults.
struct MomentsRequest {
  PriceRequest prices;
  std::string moments_file;
  ReturnsEstimator returns;
  statistics::CovarianceEstimator covariance;
  std::string views_file;  ///< of kBlackLitterman: see views_file.h
  std::string market;      ///< of kCapm, FILE[:COLUMN]; empty: the mean of the assets
  double risk_free = 0.0;  ///< per year, simple (per period with a file of moments); of kCapm, and
                           ///< for who stands on the moments
};

/// n assets in the order of the answer; per year where prices were given.
struct Estimate {
  std::vector<std::string> assets;
  /// As asked for. With views the covariance is the posterior one, of returns whose mean is
  /// uncertain.
  statistics::Moments moments;
  statistics::Moments sample;  ///< arithmetic means and sample covariance
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
/// moments, views without Black-Litterman or the other way round, a market without CAPM; those of
/// load_prices, load_moments, load_views, load_benchmark and the estimators.
Result<Estimate> estimate_moments(const MomentsRequest& request, const Execution& execution);

/// Begun with what the estimate read, its date and its warnings.
Provenance begin_provenance(const Run& run, const Estimate& estimate, std::string_view method);

/// The moments per year that the request asks for, of other returns (T x n per period) than those
/// of its prices: resampled ones, or a part of them. For estimators that need nothing but returns.
/// Errors: those of the estimators, field "prices"; kUsage, field "returns" or "market":
/// Black-Litterman, a market of its own.
Result<statistics::Moments> moments_of(const MomentsRequest& request, const Matrix& returns,
                                       double periods_per_year);

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
