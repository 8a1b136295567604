/// One risk of a Pareto front as its solvers see it: value, tangent and curvature at any weights.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/matrix.h"
#include "portfolio/frontier/pareto_front.h"
#include "portfolio/optimizers/cutting_plane.h"

namespace quanta::portfolio {

class RiskModel {
 public:
  /// Of a problem that was checked, and that outlives it.
  RiskModel(const ParetoProblem& problem, std::size_t risk);

  /// Whether it has derivatives, so that Newton's method takes it; otherwise it goes by tangents.
  bool smooth() const { return smooth_; }
  /// EVaR where it has none: as many losses as its tail holds are equal.
  void without_derivatives() { smooth_ = smooth_ && !entropic(); }
  bool entropic() const { return asked_->scenario == ScenarioRisk::kEvar; }
  /// What the risk of ordinary weights is, roughly: a value that is far less is none.
  double size() const;
  /// Whether it is its own second-order model.
  bool quadratic() const { return !asked_->scenario; }

  RiskDual dual(std::span<const double> weights) const;
  /// Of `dual` at the weights.
  Tangent tangent(std::span<const double> weights) const;
  /// Adds `factor` times the second derivatives; of a smooth risk.
  void add_curvature(std::span<const double> weights, double factor, Matrix& to) const;

 private:
  const ParetoRisk* asked_;
  ScenarioProblem scenarios_;
  bool smooth_ = true;
};

}  // namespace quanta::portfolio
