/// Recomputes what a portfolio of least scenario risk claims, from nothing but the problem, the
/// weights and the dual. Shares no code with the solvers.
#pragma once

#include <span>
#include <vector>

#include "portfolio/objectives/scenario_risk.h"

namespace quanta::portfolio {

/// The risk of any weights, by its definition (for CVaR and CDaR by sorting, for EVaR by bisection
/// on z). Cost: O(T n + T log T).
double scenario_risk(const ScenarioProblem& problem, std::span<const double> weights);

struct ScenarioProof {
  double value = 0.0;          ///< the risk, and what trading costs
  double bound = 0.0;          ///< no feasible weights are below; -infinity where the dual is none
  double infeasibility = 0.0;  ///< largest violation of the sum, a bound, a limit, the target, the
                               ///< leverage or the turnover; limits and target divided by their
                               ///< largest coefficient
};

/// Weak duality: with y and p in their sets, g from them and u the multipliers of limits and
/// target,
///   risk(w) >= g'w >= min over the bounds on the budget of (g - A'u)'w + u'b,
/// and likewise with leverage, turnover and its cost (optimizers/linear_bound.h).
/// All but kCvar, kEvar and kMissedGrowth are never below 0, which is the least bound of a dual in
/// its set. What y and p miss of their sets by rounding (up to 1e-9) is mended before g is made.
ScenarioProof scenario_proof(const ScenarioProblem& problem, std::span<const double> weights,
                             const ScenarioDual& dual);

/// g of the dual, and what it is worth beyond g'w (0 but for semi-variance and growth).
struct ScenarioGradient {
  std::vector<double> gradient;
  double constant = 0.0;
};
ScenarioGradient scenario_gradient(const ScenarioProblem& problem, const ScenarioDual& dual);

}  // namespace quanta::portfolio
