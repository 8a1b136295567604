/// How the weights of an optimum move when one of its inputs does.
///
///   QUANTA_TRY(const ContinuousAnswer answer, optimize_mean_variance(problem, execution));
///   QUANTA_TRY(const WeightSensitivity moves, weight_sensitivity(problem, answer));
///   moves.mean(j, i);          // of weight i per unit of the mean of asset j
#pragma once

#include <cstddef>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"
#include "portfolio/objectives/mean_variance.h"

namespace quanta::portfolio {

/// d weights / d rho of one pair, the two volatilities kept.
struct CorrelationSensitivity {
  std::size_t first = 0;
  std::size_t second = 0;       ///< > first
  std::vector<double> weights;  ///< n
};

/// Each row sums to 0, and weights on a bound do not move.
struct WeightSensitivity {
  Matrix mean;        ///< n x n, row j: d weights / d m_j
  Matrix volatility;  ///< n x n, row j: d weights / d sigma_j, the correlations kept
  /// The pairs that move the weights most (by sum |d w|), the largest first.
  std::vector<CorrelationSensitivity> correlations;
  /// Assets on a bound that costs nothing, or next to one: in one direction the weights move
  /// differently than stated. Empty as a rule.
  std::vector<std::size_t> kinks;
};

/// Exact derivatives of the optimum, from its conditions of first order with the bounds and limits
/// that bind kept binding. With A the rows that bind on the free weights (the sum, limits, a target
/// return), Z a basis of their null space, G = Z (Z'SZ)^-1 Z' and l the price of the mean in
///   S w - l m + A'y = 0    (0 | 1 / delta | multiplier of the target | w'Sw / (m'w - f)),
/// the free weights move by
///   dw = G (l dm - dS w) + a ds,
/// where a ds is what a target that must still be met, or the l of the ratio that shifts, adds.
/// Source: Best and Grauer, Review of Financial Studies 4 (1991), for the means; the implicit
/// function theorem for the rest.
///
/// answer   of optimize_mean_variance for `problem`.
/// n_pairs  how many pairs are kept in `correlations`.
/// Errors: kBadInput, field "objective": tracking-error; "trading": weights with a start;
/// "max_leverage": one is given; "target": it is the largest return there is, so that no other
/// weights exist; "covariance": an asset without variance, or singular on the free weights, so that
/// they are not unique. Cost: O(n^3). Deterministic.
Result<WeightSensitivity> weight_sensitivity(const MeanVarianceProblem& problem,
                                             const ContinuousAnswer& answer,
                                             std::size_t n_pairs = 10);

}  // namespace quanta::portfolio
