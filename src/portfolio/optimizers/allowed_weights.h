/// Weights with the sum 1 within bounds, limits and a least return, as solvers take them.
///
///   AllowedWeights allowed = allowed_weights(bounds, limits);
///   allowed.add_target(mean, 0.1);
///   QuadraticProgram program = program_over(allowed, 0);       // fill in Q and c, then
///   QUANTA_TRY(const QuadraticSolution solution, solve_quadratic_program(program, execution));
///   const LimitMultipliers prices = multipliers_of(allowed, rows_of(allowed, solution));
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "portfolio/optimizers/counted_distances.h"
#include "portfolio/optimizers/cutting_plane.h"
#include "portfolio/optimizers/quadratic_program.h"
#include "portfolio/optimizers/weight_pieces.h"
#include "portfolio/weights.h"

namespace quanta::portfolio {

/// Stands for infinity where a bound is asked of weights without bounds.
inline constexpr double kFarWeight = 1e4;

/// The rows, and which limit (or the target) each stands for: its multiplier counts `sign` times
/// there.
struct AllowedWeights {
  Polyhedron polyhedron;  ///< of n weights; the first row is their sum
  struct Meaning {
    std::optional<std::size_t> limit = {};  ///< nothing of these: the budget
    bool target = false;
    double sign = 1.0;
    std::optional<std::size_t> distance = {};
  };
  std::vector<Meaning> meanings;
  std::size_t n_limits = 0;
  std::size_t n_distances = 0;

  /// mean'w >= least.
  void add_target(std::span<const double> mean, double least);
};

AllowedWeights allowed_weights(const Bounds& bounds, std::span<const LinearLimit> limits);

/// The same in pieces of the weights and one variable behind them, which is 1 and stands for their
/// start. Of the distances (n_distances is their number) those that count are rows, where limited.
AllowedWeights in_pieces(const AllowedWeights& allowed, const WeightPieces& pieces,
                         std::span<const WeightDistance> distances, const Counted& counted);

/// > 0 of a lower side, < 0 of an upper one; target and distances >= 0.
struct LimitMultipliers {
  std::vector<double> limits;
  double target = 0.0;
  std::vector<double> distances;
};

/// From one multiplier per row of the polyhedron.
LimitMultipliers multipliers_of(const AllowedWeights& allowed, std::span<const double> rows);

/// A quadratic program without objective over the weights and `n_more` variables behind them,
/// whose bounds are 0; the rows in the order of the polyhedron, equations and others apart.
QuadraticProgram program_over(const AllowedWeights& allowed, std::size_t n_more);

/// Multipliers of the program's rows in the order of the polyhedron's.
std::vector<double> rows_of(const AllowedWeights& allowed, const QuadraticSolution& solution);

/// The allowed weights with the least sum of squares. Errors: those of solve_quadratic_program.
Result<std::vector<double>> nearest_allowed(const AllowedWeights& allowed,
                                            const Execution& execution);

/// The multipliers that make the highest bound of g'w over the allowed weights, by the simplex
/// method; bounds that are infinite are kFarWeight there.
Result<LimitMultipliers> best_multipliers(const AllowedWeights& allowed, std::span<const double> g,
                                          const Execution& execution);

/// The execution without its signal to stop: for small work that an answer needs.
Execution to_the_end(const Execution& execution);

}  // namespace quanta::portfolio
