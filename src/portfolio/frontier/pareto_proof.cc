#include "portfolio/frontier/pareto_proof.h"

#include <cstddef>
#include <vector>

#include "core/constants.h"
#include "core/sums.h"
#include "portfolio/objectives/scenario_proof.h"
#include "portfolio/optimizers/linear_bound.h"

namespace quanta::portfolio {
namespace {

ScenarioGradient quadratic_tangent(const ParetoRisk& risk, std::span<const double> at) {
  ScenarioGradient out{.gradient = {}, .constant = -kInfinity};
  if (at.size() != risk.form.rows()) return out;
  out.gradient = times(risk.form, at);
  out.constant = risk.constant - dot(at, out.gradient);
  for (std::size_t i = 0; i < at.size(); ++i) {
    const double b = risk.linear.empty() ? 0.0 : risk.linear[i];
    out.gradient[i] = 2.0 * (out.gradient[i] - b);
  }
  return out;
}

}  // namespace

ScenarioProblem scenario_problem(const ParetoProblem& problem, std::size_t risk) {
  const ParetoRisk& asked = problem.risks[risk];
  return {.returns = problem.returns,
          .risk = asked.scenario.value_or(ScenarioRisk::kCvar),
          .alpha = asked.alpha,
          .bounds = problem.bounds,
          .limits = problem.limits};
}

double risk_of(const ParetoProblem& problem, std::size_t risk, std::span<const double> weights) {
  const ParetoRisk& asked = problem.risks[risk];
  if (asked.scenario) return scenario_risk(scenario_problem(problem, risk), weights);
  const double followed = asked.linear.empty() ? 0.0 : dot(asked.linear, weights);
  return dot(weights, times(asked.form, weights)) - 2.0 * followed + asked.constant;
}

ScenarioGradient pareto_gradient(const ParetoProblem& problem, const ParetoDual& dual) {
  ScenarioGradient out{.gradient = std::vector<double>(problem.bounds.lower.size())};
  for (std::size_t k = 0; k < 2; ++k) {
    const double share = dual.shares[k];
    if (share == 0.0) continue;
    const ScenarioGradient tangent =
        problem.risks[k].scenario
            ? scenario_gradient(scenario_problem(problem, k), dual.tangents[k].scenarios)
            : quadratic_tangent(problem.risks[k], dual.tangents[k].at);
    if (!(share > 0.0) || !(tangent.constant > -kInfinity)) {
      out.constant = -kInfinity;
      return out;
    }
    out.constant += share * tangent.constant;
    for (std::size_t i = 0; i < out.gradient.size(); ++i) {
      out.gradient[i] += share * tangent.gradient[i];
    }
  }
  return out;
}

ParetoProof pareto_proof(const ParetoProblem& problem, std::span<const double> weights,
                         const ParetoDual& dual) {
  ParetoProof out{.values = {risk_of(problem, 0, weights), risk_of(problem, 1, weights)}};
  out.value = dual.shares[0] * out.values[0] + dual.shares[1] * out.values[1];
  const ScenarioGradient tangent = pareto_gradient(problem, dual);
  const WeightConstraints constraints{.bounds = problem.bounds, .limits = problem.limits};
  out.infeasibility = infeasibility_of(constraints, weights);
  out.bound = tangent.constant + linear_bound(constraints, tangent.gradient, dual.limits, 0.0);
  return out;
}

}  // namespace quanta::portfolio
