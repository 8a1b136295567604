/// Answers as pictures: what `--svg` of optimize and frontier writes, and what docs/ shows.
#pragma once

#include <string>

#include "services/frontier/frontier.h"
#include "services/frontier/pareto.h"
#include "services/frontier/risk_frontier.h"
#include "services/optimization/optimization.h"

namespace quanta::services {

/// The frontier as a curve, its corners and the best choices on it, and each asset alone, over
/// volatility and expected return. A file of its own.
std::string picture_of(const FrontierDocument& document);

/// The frontier as a curve over risk and expected return, its points and both ends marked. A file
/// of its own.
std::string picture_of(const RiskFrontierDocument& document);

/// The front as a curve over the two risks, likewise.
std::string picture_of(const ParetoDocument& document);

/// The weights and each one's share of the variance as bars, the largest 16 weights by size, the
/// rest as one sum. A file of its own.
std::string picture_of(const OptimizeDocument& document);

}  // namespace quanta::services
