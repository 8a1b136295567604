/// The best trade-offs of two risks: portfolios of which no other has less of both.
///
///   ParetoProblem problem{.returns = returns,
///                         .risks = {ParetoRisk{.scenario = ScenarioRisk::kCvar},
///                                   ParetoRisk{.form = covariance}},
///                         .bounds = uniform_bounds(n, 0.0, 1.0), .n_points = 20};
///   QUANTA_TRY(const ParetoFront front, pareto_front(problem, execution));
///   front.points[3].values;                // CVaR and variance
///   front.points[3].certificate.proven;    // frontier/pareto_proof.h recomputes it
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/execution.h"
#include "core/matrix.h"
#include "core/result.h"
#include "portfolio/certificate.h"
#include "portfolio/objectives/scenario_risk.h"
#include "portfolio/weights.h"

namespace quanta::portfolio {

/// A risk of the returns' scenarios, or the quadratic form w'Sw - 2 b'w + v: the variance where b
/// and v are 0; with b the covariances of the assets with a benchmark of variance v the square of
/// the tracking error.
struct ParetoRisk {
  std::optional<ScenarioRisk> scenario = {};  ///< none: the quadratic form
  double alpha = 0.95;                        ///< of kCvar, kCdar, kEvar
  Matrix form = {};                           ///< S, n x n, symmetric, positive semidefinite
  std::vector<double> linear = {};            ///< b, n; empty: 0
  double constant = 0.0;                      ///< v
};

struct ParetoProblem {
  Matrix returns;  ///< T x n, for risks of scenarios
  std::array<ParetoRisk, 2> risks;
  Bounds bounds;  ///< of weights, which sum to 1
  std::vector<LinearLimit> limits = {};
  std::size_t n_points = 20;  ///< >= 2, both ends included
};

/// A tangent of one risk.
struct RiskDual {
  std::vector<double> at;  ///< of a quadratic form: x, where it touches, 2 (S x - b)
  ScenarioDual scenarios;  ///< of scenarios: as there, without limits
};

/// What proves a point: shares u, v >= 0 of the two risks and a tangent of each, whose sum is below
/// u risk_0(w) + v risk_1(w) for all allowed w.
struct ParetoDual {
  std::array<double, 2> shares;
  std::array<RiskDual, 2> tangents;
  std::vector<double> limits;  ///< > 0 of the lower side of each, < 0 of its upper side
};

struct ParetoPoint {
  std::vector<double> weights;   ///< sum 1, no -0, no dust
  std::array<double, 2> values;  ///< of the two risks
  ParetoDual dual;
  /// Of u risk_0 + v risk_1, which no allowed weights have less of than `bound`: so that with
  /// risk_1 <= values[1] no risk_0 is below values[0] - gap / u. proven: gap <= 1e-8 |best|, and
  /// the constraints met to 1e-9.
  Certificate certificate;
};

struct ParetoFront {
  /// From the least of risk 0 to the least of risk 1, each end with the least of the other that
  /// goes with it. One point where one portfolio is best for both.
  std::vector<ParetoPoint> points;
  std::array<Certificate, 2> least;  ///< of each risk alone, by its own optimiser
  std::size_t stepped = 1;           ///< the risk of which the points are at equal steps
  int iterations = 0;                ///< quadratic programs, tangents of the cutting plane
  std::string_view method;           ///< "newton", "newton with cuts", "cutting plane"
  bool stopped = false;              ///< by execution.stop: the points that were found by then
};

/// The epsilon-constraint method (Haimes, Lasdon, Wismer, IEEE Trans. SMC 1 (1971)): the least of
/// one risk under equal steps of the other, between the two optima. The front is convex, as both
/// risks are, and v / u of a point is its slope: what one unit less of risk 1 costs of risk 0.
///
/// Variance, semi-variance and EVaR have derivatives, the others are piecewise linear. Of two with
/// derivatives the Lagrangian is minimised by Newton's method, and its multiplier searched for. Of
/// a pair of both kinds the one with derivatives is minimised, so that the steps are of the other,
/// whose limit is known by its tangents (supporting hyperplanes: Veinott, Oper. Res. 15 (1967)). Of
/// two that are piecewise linear one is a penalty, and the cutting plane ends in a vertex.
///
/// The end of a risk with derivatives is the optimum of the two in proportion 1 to 1e-6, in units
/// of their ranges: its value is off the least by some 1e-12 of the range, the other's by 1e-6.
/// Where the limit of a piecewise linear risk ends the front, it is met to 1e-9 of its range. Where
/// such an end has no proof, that of its risk alone stands there, with the share of the other 0.
/// EVaR goes by tangents as well where Newton's method proves less: where at the optimum as many
/// losses as its tail holds are equal, it has no derivatives.
///
/// Errors, with the field they name:
///   kBadInput  "risks": kMissedGrowth (no risk), or a form, covariances or returns of another
///              number of assets; "points": fewer than 2; "alpha".
///   kCancelled before both ends were found; those of optimize_mean_variance and
///   optimize_scenario_risk for each risk alone.
/// Deterministic; one thread. Cost: per point a few quadratic programs of n variables, and as many
/// rows as tangents meet there, or one run of the cutting plane.
Result<ParetoFront> pareto_front(const ParetoProblem& problem, const Execution& execution);

}  // namespace quanta::portfolio
