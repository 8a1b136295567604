/// Portfolios in which each asset contributes its budget of the risk.
///
///   QUANTA_TRY(const RiskBudgetAnswer parity, risk_budgeting(covariance, {}));   // equal budgets
///   parity.weights;
#pragma once

#include <span>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"

namespace quanta::portfolio {

struct RiskBudgetAnswer {
  std::vector<double> weights;        ///< positive, sum 1
  std::vector<double> contributions;  ///< w_i (S w)_i / w'Sw, sum 1
  double volatility = 0.0;            ///< sqrt(w'Sw)
  double rule_residual = 0.0;         ///< largest |contribution - budget|, from the weights alone
  int iterations = 0;
};

/// The long-only w, sum 1, with w_i (S w)_i / w'Sw = b_i: the minimum of the strictly convex
///   1/2 y'Sy - sum_i b_i ln y_i,   w = y / sum(y),
/// by Newton's method with halved steps. Its optimum has y_i (S y)_i = b_i. Sources: Maillard,
/// Roncalli, Teiletche, J. Portfolio Management 36 (2010); Spinu, An algorithm for computing risk
/// parity weights (2013).
///
/// budgets  n positive numbers, scaled to the sum 1; empty: all equal.
/// Errors: kBadInput, field "covariance": not square, symmetric, finite, not positive semidefinite
/// or an asset without variance; "budgets": another number of them, not positive or not finite;
/// kInfeasible, field "covariance": a long-only portfolio shows no risk, so that no contributions
/// are defined. Cost: some ten Cholesky factorisations.
Result<RiskBudgetAnswer> risk_budgeting(const Matrix& covariance, std::span<const double> budgets);

}  // namespace quanta::portfolio
