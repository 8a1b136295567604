#include "services/optimization/bounds.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/enum_text.h"

namespace quanta::services {

Result<portfolio::Bounds> bounds_of(const BoundsRequest& request,
                                    const std::vector<std::string>& assets) {
  const auto [low, high] = request.all.value_or(std::pair{0.0, 1.0});
  if (low > high) {
    return infeasible("bounds", fmt::format("the lower limit {} is above the upper {}", low, high));
  }
  portfolio::Bounds bounds = portfolio::uniform_bounds(assets.size(), low, high);
  std::vector<bool> given(assets.size());
  for (const AssetBounds& own : request.own) {
    const auto found = std::ranges::find(assets, own.asset);
    if (found == assets.end()) {
      return std::unexpected(unknown_word("bound", own.asset, {assets.begin(), assets.end()}));
    }
    const auto i = static_cast<std::size_t>(found - assets.begin());
    if (given[i]) {
      return fail(ErrorKind::kUsage, fmt::format("{} is given twice", own.asset), "bound");
    }
    if (own.lower > own.upper) {
      return infeasible("bound", fmt::format("{}: the lower limit {} is above the upper {}",
                                             own.asset, own.lower, own.upper));
    }
    given[i] = true;
    bounds.lower[i] = own.lower;
    bounds.upper[i] = own.upper;
  }
  return bounds;
}

}  // namespace quanta::services
