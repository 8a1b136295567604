/// The efficient frontier: `quanta frontier`.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "core/describe.h"
#include "core/result.h"
#include "portfolio/certificate.h"
#include "services/moments/moments.h"
#include "services/optimization/bounds.h"
#include "services/optimization/groups.h"
#include "services/provenance/provenance.h"

namespace quanta::services {

struct FrontierRequest {
  MomentsRequest moments;
  BoundsRequest bounds;
  std::string groups_file = {};  ///< CSV asset,group; not of the exact corners
  std::vector<GroupLimit> groups = {};
  unsigned points = 100;  ///< from the least variance to the highest return, equal steps of return
  std::optional<std::size_t> resampled;  ///< draws of the averaged frontier
};

struct FrontierRow {
  double expected_return = 0.0;
  double volatility = 0.0;
  std::vector<double> weights;

  static constexpr auto describe() {
    return std::tuple{field("expected_return", &FrontierRow::expected_return, "m'w"),
                      field("volatility", &FrontierRow::volatility, "sqrt(w'Sw)"),
                      field("weights", &FrontierRow::weights, "in the order of the assets")};
  }
};

/// Everything in one asset.
struct AssetAlone {
  double expected_return = 0.0;
  double volatility = 0.0;

  static constexpr auto describe() {
    return std::tuple{field("expected_return", &AssetAlone::expected_return, "its mean"),
                      field("volatility", &AssetAlone::volatility, "its deviation")};
  }
};

struct Resampled {
  std::size_t draws = 0;
  std::size_t failed = 0;
  double block_length = 0.0;
  std::vector<FrontierRow> points;

  static constexpr auto describe() {
    return std::tuple{
        field("draws", &Resampled::draws, "frontiers of resampled returns"),
        field("failed", &Resampled::failed, "those of them that do not exist; left out"),
        field("block_length", &Resampled::block_length, "mean periods of a block"),
        field("points", &Resampled::points,
              "weights averaged by rank, from the least variance up; return and volatility under "
              "the moments of the exact frontier")};
  }
};

struct FrontierDocument {
  std::vector<std::string> assets;
  std::vector<AssetAlone> alone;
  std::vector<FrontierRow> points;
  std::vector<FrontierRow> corners;
  std::optional<FrontierRow> maximum_sharpe;
  FrontierRow minimum_variance;
  std::optional<Resampled> resampled;
  double kkt_residual = 0.0;
  std::optional<double> periods_per_year;
  double risk_free = 0.0;
  Provenance provenance;

  static constexpr auto describe() {
    return std::tuple{
        field("assets", &FrontierDocument::assets, "names in order"),
        field("alone", &FrontierDocument::alone, "each asset by itself, in their order"),
        field("points", &FrontierDocument::points, "by rising return, equal steps"),
        field("corners", &FrontierDocument::corners,
              "exact corner portfolios, from the highest return down; between two of them the "
              "weights are on a straight line"),
        field("maximum_sharpe", &FrontierDocument::maximum_sharpe,
              "null: no portfolio beats the risk-free rate"),
        field("minimum_variance", &FrontierDocument::minimum_variance, ""),
        field("resampled", &FrontierDocument::resampled, "the averaged frontier, if asked"),
        field("kkt_residual", &FrontierDocument::kkt_residual,
              "largest of all corners, recomputed by code of its own"),
        field("periods_per_year", &FrontierDocument::periods_per_year,
              "what the moments were annualised with; null: not annualised"),
        field("risk_free", &FrontierDocument::risk_free, "of maximum_sharpe"),
        field("provenance", &FrontierDocument::provenance, "how to repeat it")};
  }
};

/// Without bounds the points end where the largest mean of an asset is reached. Errors: those of
/// estimate_moments, bounds_of and trace_frontier; kUsage, field "points": fewer than 2;
/// field "groups": given;
/// field "resampled": moments from a file, views or a market, which returns do not give anew;
/// those of resample_frontier, field "resampled" or "bounds".
Result<FrontierDocument> frontier(const FrontierRequest& request, const Run& run);

}  // namespace quanta::services
