/// The quadratic programs of mean-variance problems, and the way back from their solutions to
/// answers. Only mean_variance.cc and maximum_sharpe.cc include this.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "portfolio/objectives/mean_variance.h"
#include "portfolio/optimizers/counted_distances.h"
#include "portfolio/optimizers/linear_bound.h"
#include "portfolio/optimizers/quadratic_program.h"
#include "portfolio/optimizers/weight_pieces.h"

namespace quanta::portfolio::mean_variance {

/// The covariance made exactly symmetric, and its factor_up_to_rounding.
struct CheckedCovariance {
  Matrix symmetric;
  Matrix factor;
};

/// min 1/2 w'Sw - lambda m'w on the budget, within the bounds and the limits.
QuadraticProgram on_budget(const MeanVarianceProblem& p, Matrix covariance, double lambda);

/// Where the answer without bounds leaves them: a first guess at which ones hold. It costs two
/// solves with the factor that the check of the covariance has made anyway.
std::vector<BoundState> first_states(const QuadraticProgram& program, const Matrix& cholesky);

/// The certificate of answer.value.
void prove(ContinuousAnswer& answer, double bound, double infeasibility, double noise);

/// Everything but value, sense, certificate and shadow prices.
ContinuousAnswer answer_of(const MeanVarianceProblem& p, const QuadraticProgram& program,
                           const QuadraticSolution& solution);

/// Multipliers of the program as prices of the value, which changes by `unit` where the program's
/// objective rises by one.
ShadowPrices prices_of(const MeanVarianceProblem& p, const QuadraticSolution& solution,
                       double unit);

double largest_variance(const MeanVarianceProblem& p);

/// The errors of the solver in the words of the problem.
std::unexpected<Error> unsolved(const MeanVarianceProblem& p, Error error);

/// The leverage and the turnover, where they are limited or cost; the latter last.
std::vector<WeightDistance> distances_of(const MeanVarianceProblem& p);

/// A program of weights with those of the distances that count, in pieces where there are any.
struct CountedProgram {
  std::optional<WeightPieces> pieces;
  QuadraticProgram program;

  std::vector<double> weights(const std::vector<double>& x) const {
    return pieces ? pieces->weights(x) : x;
  }
};

/// Costs enter times cost_unit.
CountedProgram counted_program(const QuadraticProgram& program,
                               const std::vector<WeightDistance>& distances, const Counted& counted,
                               double cost_unit);

/// Multipliers as linear_bound takes them.
struct Multipliers {
  std::vector<double> limits;
  double target = 0.0;
  std::vector<double> distances;
};

Multipliers multipliers_of(const MeanVarianceProblem& p, const QuadraticSolution& solution,
                           bool target_row, const std::vector<WeightDistance>& distances,
                           const Counted& counted);

/// Prices of the program's limits in units of the value, which changes by `unit` with its
/// objective.
ShadowPrices prices_in(const WeightConstraints& constraints, std::span<const double> weights,
                       std::span<const double> gradient, const Multipliers& u,
                       const MeanVarianceProblem& p, double unit);

}  // namespace quanta::portfolio::mean_variance
