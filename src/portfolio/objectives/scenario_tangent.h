/// Where a risk of scenarios touches its tangents: what methods that go by tangents ask for.
#pragma once

#include <span>

#include "portfolio/objectives/scenario_risk.h"

namespace quanta::portfolio {

/// The dual that attains the risk at these weights: scenario_gradient of it (scenario_proof.h) is a
/// tangent, constant + g'w = risk(w). n weights; limits and target are 0. Cost: O(T n + T log T);
/// for kEvar some 50 passes over the losses.
ScenarioDual attained_dual(const ScenarioProblem& problem, std::span<const double> weights);

/// Whether kEvar is the largest loss, (1 - alpha) T <= 1: a piecewise linear risk like kCvar.
bool tail_of_one(const ScenarioProblem& problem);

}  // namespace quanta::portfolio
