/// Recomputes what a point of a Pareto front claims, from nothing but the problem, the weights and
/// the dual. Shares no code with the solvers.
#pragma once

#include <array>
#include <span>

#include "portfolio/frontier/pareto_front.h"
#include "portfolio/objectives/scenario_proof.h"

namespace quanta::portfolio {

/// The same risk as a problem of its own, with the bounds and limits of the front.
ScenarioProblem scenario_problem(const ParetoProblem& problem, std::size_t risk);

/// The risk of any weights, by its definition.
double risk_of(const ParetoProblem& problem, std::size_t risk, std::span<const double> weights);

struct ParetoProof {
  std::array<double, 2> values;
  double value = 0.0;          ///< u risk_0 + v risk_1
  double bound = 0.0;          ///< no feasible weights have less; -infinity where the dual is none
  double infeasibility = 0.0;  ///< as in ScenarioProof
};

/// Weak duality: u risk_0(w) + v risk_1(w) >= constant + g'w with g the sum of the tangents, and
/// g'w >= linear_bound. A quadratic form has the tangent 2 (S x - b)'w - x'Sx + v at x.
ParetoProof pareto_proof(const ParetoProblem& problem, std::span<const double> weights,
                         const ParetoDual& dual);

/// u and v times their tangents, added: g and what is beyond g'w.
ScenarioGradient pareto_gradient(const ParetoProblem& problem, const ParetoDual& dual);

}  // namespace quanta::portfolio
