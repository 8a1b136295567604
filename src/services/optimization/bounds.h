/// `--bounds` and `--bound`: limits of weights as a user gives them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "portfolio/objectives/mean_variance.h"

namespace quanta::services {

struct AssetBounds {
  std::string asset;
  double lower = 0.0;
  double upper = 1.0;
};

struct BoundsRequest {
  /// Lower and upper of every asset, infinite where there is no limit; default 0 and 1.
  std::optional<std::pair<double, double>> all;
  std::vector<AssetBounds> own;  ///< of some assets, in place of it

  bool given() const { return all.has_value() || !own.empty(); }
};

/// In the order of the assets. Errors: kInfeasible, field "bounds" or "bound": a lower limit above
/// the upper; kBadInput, field "bound": an asset that is none (with a suggestion); kUsage, field
/// "bound": an asset twice.
Result<portfolio::Bounds> bounds_of(const BoundsRequest& request,
                                    const std::vector<std::string>& assets);

}  // namespace quanta::services
