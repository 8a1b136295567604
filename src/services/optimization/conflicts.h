/// Limits that no weights meet together, in the words in which the user set them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/execution.h"
#include "core/matrix.h"
#include "core/result.h"
#include "portfolio/objectives/mean_variance.h"
#include "services/optimization/bounds.h"

namespace quanta::services {

/// The limits of a request beside the sum of weights, which is 1.
struct LimitsAsStated {
  std::vector<std::string> assets;
  BoundsRequest bounds;
  std::vector<portfolio::LinearLimit> groups = {};
  std::optional<portfolio::Trading> trading = {};
  std::optional<double> most_leverage = {};
  std::vector<double> mean = {};  ///< n, for least_return
  std::optional<double> least_return = {};
  Matrix covariance = {};  ///< n x n, for most_volatility
  std::optional<double> most_volatility = {};
  std::optional<unsigned> most_held = {};  ///< without trading and most_volatility
  std::optional<double> least_held = {};   ///< the weight of an asset that is held; likewise
};

/// An error of kind kInfeasible with the limits that contradict each other and what each of them
/// would have to be (portfolio/optimizers/contradiction.h). Any other error, and one that has
/// another reason than these limits, as it is.
Error with_conflicts(Error error, const LimitsAsStated& limits, const Execution& execution);

}  // namespace quanta::services
