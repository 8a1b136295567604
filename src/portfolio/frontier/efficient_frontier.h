/// The efficient frontier of mean and variance, exactly: its corner portfolios and all between.
///
///   QUANTA_TRY(const EfficientFrontier frontier, trace_frontier(mean, covariance, bounds,
///   execution)); frontier.corners;                          // from the highest return down
///   frontier.at_return(0.12);                  // on the straight line between two corners
#pragma once

#include <optional>
#include <vector>

#include "core/execution.h"
#include "core/matrix.h"
#include "core/result.h"
#include "portfolio/certificate.h"
#include "portfolio/objectives/mean_variance.h"

namespace quanta::portfolio {

struct FrontierPoint {
  double expected_return = 0.0;
  double volatility = 0.0;
  std::vector<double> weights;  ///< sum 1 within 1e-12
};

struct EfficientFrontier {
  /// From the highest return down to the least variance. Without bounds the frontier has no highest
  /// return, and the least variance is its only corner.
  std::vector<FrontierPoint> corners;
  double kkt_residual = 0.0;  ///< the largest of all corners, by code of its own
  /// Weights per unit of return beyond the first corner; empty where that has the highest return.
  std::vector<double> ray;

  /// The efficient portfolio of that return; nothing below that of the least variance or above the
  /// highest.
  std::optional<FrontierPoint> at_return(double expected_return, const Matrix& covariance) const;
  /// The one of that volatility, likewise.
  std::optional<FrontierPoint> at_volatility(double volatility, const Matrix& covariance) const;
};

/// Full investment within the bounds. Source: Markowitz 1956 (see optimizers/critical_line.h).
/// Errors: as optimize_mean_variance; kBadInput, field "covariance": singular on the assets held,
/// so that the frontier is not unique.
Result<EfficientFrontier> trace_frontier(const std::vector<double>& mean, const Matrix& covariance,
                                         const Bounds& bounds, const Execution& execution);

/// The largest m'w with sqrt(w'Sw) <= target, with its proof: for any k > 0,
///   m'w <= max over w of (m'w - k/2 w'Sw) + k/2 target^2,
/// and the dual bound of that quadratic program bounds the maximum. Errors: as trace_frontier;
/// kInfeasible, field "target": below the least volatility (says it).
Result<ContinuousAnswer> optimize_target_risk(const MeanVarianceProblem& problem,
                                              const Execution& execution);

}  // namespace quanta::portfolio
