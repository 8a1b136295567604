/// How far weights can be trusted: intervals, sensitivities, and what earlier dates would have
/// said. Parts of `quanta optimize`; the engines are in portfolio/confidence.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "core/describe.h"
#include "core/enum_text.h"
#include "core/matrix.h"
#include "core/result.h"

namespace quanta::services {

enum class ConfidenceMethod {
  kBootstrap,  ///< stationary block bootstrap of the returns, each resample estimated anew
  kBayes,      ///< posterior of means and covariance of normal returns
  kGarch,      ///< bootstrap of the returns, filtered by a GARCH model of their volatilities
};

constexpr auto enum_names(ConfidenceMethod) {
  return std::array{std::pair{ConfidenceMethod::kBootstrap, std::string_view("bootstrap")},
                    std::pair{ConfidenceMethod::kBayes, std::string_view("bayes")},
                    std::pair{ConfidenceMethod::kGarch, std::string_view("garch")}};
}

enum class DrawnMeans {
  kAlone,     ///< each as it is drawn
  kTogether,  ///< their differences shrunk by a share that is drawn too
};

constexpr auto enum_names(DrawnMeans) {
  return std::array{std::pair{DrawnMeans::kAlone, std::string_view("alone")},
                    std::pair{DrawnMeans::kTogether, std::string_view("together")}};
}

/// What `--confidence` says.
struct ConfidenceRequest {
  ConfidenceMethod method = ConfidenceMethod::kBootstrap;
  std::size_t draws = 1000;
};

/// "bootstrap", "bayes:2000", "garch". Errors: kBadInput with `field`: an unknown word, draws that
/// are not a whole number between 20 and 100,000.
Result<ConfidenceRequest> parse_confidence(std::string_view text, std::string_view field);

struct WeightRange {
  std::string asset;
  double low = 0.0;
  double median = 0.0;
  double high = 0.0;

  static constexpr auto describe() {
    return std::tuple{field("asset", &WeightRange::asset, ""),
                      field("low", &WeightRange::low, "a share of (1 - level) / 2 is below"),
                      field("median", &WeightRange::median, "of the draws"),
                      field("high", &WeightRange::high, "a share of (1 - level) / 2 is above")};
  }
};

struct Confidence {
  ConfidenceMethod method = ConfidenceMethod::kBootstrap;
  double level = 0.9;
  std::size_t draws = 0;
  std::size_t failed = 0;
  std::optional<double> block_length;
  DrawnMeans means = DrawnMeans::kAlone;
  std::vector<WeightRange> weights;

  static constexpr auto describe() {
    return std::tuple{
        field("method", &Confidence::method, "bootstrap, bayes or garch"),
        field("level", &Confidence::level, "share of the draws that an interval holds"),
        field("draws", &Confidence::draws, "optimisations of other data that could have been"),
        field("failed", &Confidence::failed, "those of them without an answer; left out"),
        field("block_length", &Confidence::block_length,
              "mean periods of a block of the bootstrap; null: another method"),
        field("means", &Confidence::means,
              "alone: as drawn; together: their differences shrunk by a share that is drawn too"),
        field("weights", &Confidence::weights, "the interval of each asset")};
  }
};

struct CorrelationMove {
  std::vector<std::string> assets;
  std::vector<double> weights;

  static constexpr auto describe() {
    return std::tuple{field("assets", &CorrelationMove::assets, "the pair"),
                      field("weights", &CorrelationMove::weights,
                            "change of each weight per unit of their correlation")};
  }
};

struct Sensitivity {
  Matrix mean;
  Matrix volatility;
  std::vector<CorrelationMove> correlations;
  std::vector<std::string> kinks;

  static constexpr auto describe() {
    return std::tuple{
        field("mean", &Sensitivity::mean,
              "row j: change of each weight per unit of the mean of asset j"),
        field("volatility", &Sensitivity::volatility,
              "row j: the same per unit of its volatility, the correlations kept"),
        field("correlations", &Sensitivity::correlations, "the ten pairs that move weights most"),
        field("kinks", &Sensitivity::kinks,
              "assets on a bound that costs nothing: one direction moves weights otherwise")};
  }
};

struct StabilityDate {
  std::string date;
  std::vector<double> weights;
  std::optional<double> turnover;

  static constexpr auto describe() {
    return std::tuple{field("date", &StabilityDate::date, "last price date of a month"),
                      field("weights", &StabilityDate::weights,
                            "optimum of the window that ends there, in the order of the assets"),
                      field("turnover", &StabilityDate::turnover,
                            "sum |w - w'| from the date before; null: the first")};
  }
};

struct SkippedDate {
  std::string date;
  std::string reason;

  static constexpr auto describe() {
    return std::tuple{field("date", &SkippedDate::date, ""),
                      field("reason", &SkippedDate::reason, "why there are no weights")};
  }
};

struct Stability {
  unsigned window_months = 0;
  std::vector<StabilityDate> dates;
  std::vector<SkippedDate> skipped;
  double average_turnover = 0.0;
  double largest_turnover = 0.0;
  std::string largest_at;

  static constexpr auto describe() {
    return std::tuple{
        field("window_months", &Stability::window_months, "months of returns in each window"),
        field("dates", &Stability::dates, "each month's end with a full window before it"),
        field("skipped", &Stability::skipped, "those whose window has no optimum"),
        field("average_turnover", &Stability::average_turnover,
              "mean of sum |w - w'| between neighbouring dates"),
        field("largest_turnover", &Stability::largest_turnover, ""),
        field("largest_at", &Stability::largest_at, "the later date of the two")};
  }
};

}  // namespace quanta::services
