/// The continuous relaxation of a LotProblem: where a warm start begins, and how a decomposition
/// shares out the lots.
#pragma once

#include <vector>

#include "portfolio/objectives/selection.h"

namespace quanta::portfolio {

/// y with the sum N, 0 <= y_i <= M and each group within its limits, near to the least y'Ay + b'y:
/// Frank and Wolfe's steps (1956, Naval Research Logistics Quarterly 3) of exact length, 200 of
/// them, each towards the z that is best for the slope at y. Where A is indefinite, a point from
/// which they go no further. Deterministic. O(200 (n^2 + n log n)).
std::vector<double> relaxation(const LotProblem& problem);

}  // namespace quanta::portfolio
