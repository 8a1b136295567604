/// Weights in pieces on which distances from given centers are linear: how programs without
/// absolute values take turnover, its cost, and gross exposure.
///
///   const WeightPieces pieces = pieces_of(bounds, centers);
///   QuadraticProgram program = in_pieces(program_of_weights, pieces);
///   add_distance(program, slope_of_distance(pieces, center), limit);
///   QUANTA_TRY(const QuadraticSolution solution, solve_quadratic_program(program, execution));
///   pieces.weights(solution.x);
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/matrix.h"
#include "portfolio/optimizers/quadratic_program.h"
#include "portfolio/weights.h"

namespace quanta::portfolio {

/// w_i = start_i + the sum of sign x z over the pieces of asset i, 0 <= z <= length. They lead from
/// the start up to the upper bound and down to the lower one, cut at every center. A sum of
/// distances that costs or is limited is convex, so that an optimum fills the nearer piece first.
struct WeightPieces {
  struct Piece {
    std::size_t asset = 0;
    double from = 0.0;
    double to = 0.0;  ///< below `from` where weight falls
    double sign() const { return to > from ? 1.0 : -1.0; }
    double length() const { return to > from ? to - from : from - to; }
  };
  std::vector<double> start;  ///< n, within the bounds
  std::vector<Piece> pieces;  ///< of one asset by rising distance from the start

  /// The weights, exactly on a corner where a piece is empty or full.
  std::vector<double> weights(std::span<const double> z) const;
};

/// centers: each of n numbers; at least one.
WeightPieces pieces_of(const Bounds& bounds, std::span<const std::vector<double>> centers);

/// sum |w - center| = at_start + slopes'z, for one of the centers that the pieces are cut at.
struct DistanceSlope {
  double at_start = 0.0;
  std::vector<double> slopes;
};
DistanceSlope slope_of_distance(const WeightPieces& pieces, std::span<const double> center);

/// A row of coefficients of weights as one of pieces, and what it is at the start.
std::vector<double> row_in_pieces(const WeightPieces& pieces, std::span<const double> row);

/// The program with the pieces as its variables; its value is less by that of the start.
QuadraticProgram in_pieces(const QuadraticProgram& program, const WeightPieces& pieces);

/// at_start + slopes'z <= limit, behind the other inequalities.
void add_distance(QuadraticProgram& program, const DistanceSlope& distance, double limit);

}  // namespace quanta::portfolio
