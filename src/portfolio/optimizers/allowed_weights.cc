#include "portfolio/optimizers/allowed_weights.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/constants.h"
#include "core/sums.h"
#include "portfolio/optimizers/piecewise_linear.h"

namespace quanta::portfolio {
namespace {

/// Signs: a row A w <= b with multiplier u >= 0 is u of an upper side, hence -u in
/// LimitMultipliers.
void add(AllowedWeights& allowed, std::span<const double> coefficients, double limit, bool equation,
         AllowedWeights::Meaning meaning) {
  std::vector<double> row(coefficients.begin(), coefficients.end());
  for (double& c : row) c *= -meaning.sign;
  allowed.polyhedron.rows.push_back({std::move(row), -meaning.sign * limit, equation});
  allowed.meanings.push_back(meaning);
}

}  // namespace

void AllowedWeights::add_target(std::span<const double> mean, double least) {
  add(*this, mean, least, false, {.limit = {}, .target = true, .sign = 1.0});
}

AllowedWeights allowed_weights(const Bounds& bounds, std::span<const LinearLimit> limits) {
  const std::size_t n = bounds.lower.size();
  Bounds box = settled(bounds);  // rounding must not make the one portfolio infeasible
  AllowedWeights out{
      .polyhedron = {.lower = std::move(box.lower), .upper = std::move(box.upper), .rows = {}},
      .meanings = {},
      .n_limits = limits.size()};
  add(out, std::vector(n, 1.0), 1.0, true, {.limit = {}, .target = false, .sign = -1.0});
  for (std::size_t r = 0; r < limits.size(); ++r) {
    const LinearLimit& limit = limits[r];
    const AllowedWeights::Meaning upper{.limit = r, .target = false, .sign = -1.0};
    const AllowedWeights::Meaning lower{.limit = r, .target = false, .sign = 1.0};
    if (limit.lower == limit.upper) {
      add(out, limit.coefficients, limit.upper, true, upper);
      continue;
    }
    if (limit.upper < kInfinity) add(out, limit.coefficients, limit.upper, false, upper);
    if (limit.lower > -kInfinity) add(out, limit.coefficients, limit.lower, false, lower);
  }
  return out;
}

AllowedWeights in_pieces(const AllowedWeights& allowed, const WeightPieces& pieces,
                         std::span<const WeightDistance> distances, const Counted& counted) {
  AllowedWeights out{.polyhedron = {},
                     .meanings = allowed.meanings,
                     .n_limits = allowed.n_limits,
                     .n_distances = distances.size()};
  Polyhedron& to = out.polyhedron;
  to.lower.assign(pieces.pieces.size(), 0.0);
  for (const WeightPieces::Piece& piece : pieces.pieces) to.upper.push_back(piece.length());
  to.lower.push_back(1.0);
  to.upper.push_back(1.0);
  for (const PolyhedronRow& row : allowed.polyhedron.rows) {
    std::vector<double> coefficients = row_in_pieces(pieces, row.coefficients);
    coefficients.push_back(dot(row.coefficients, pieces.start));
    to.rows.push_back({std::move(coefficients), row.limit, row.equation});
  }
  for (std::size_t k = 0; k < distances.size(); ++k) {
    if (!counted[k] || std::isinf(distances[k].most)) continue;
    DistanceSlope slope = slope_of_distance(pieces, distances[k].center);
    slope.slopes.push_back(slope.at_start);
    to.rows.push_back({std::move(slope.slopes), distances[k].most, false});
    out.meanings.push_back({.distance = k});
  }
  return out;
}

LimitMultipliers multipliers_of(const AllowedWeights& allowed, std::span<const double> rows) {
  LimitMultipliers out{.limits = std::vector<double>(allowed.n_limits),
                       .distances = std::vector<double>(allowed.n_distances)};
  for (std::size_t r = 0; r < allowed.meanings.size(); ++r) {
    const AllowedWeights::Meaning& meaning = allowed.meanings[r];
    const double u = meaning.sign * rows[r] + 0.0;
    if (meaning.limit) out.limits[*meaning.limit] += u;
    if (meaning.target) out.target += u;
    if (meaning.distance) out.distances[*meaning.distance] += u;
  }
  return out;
}

QuadraticProgram program_over(const AllowedWeights& allowed, std::size_t n_more) {
  const std::size_t n = allowed.polyhedron.lower.size();
  std::size_t n_equations = 0;
  for (const PolyhedronRow& row : allowed.polyhedron.rows) n_equations += row.equation ? 1 : 0;
  QuadraticProgram out{
      .quadratic = Matrix(n + n_more, n + n_more),
      .linear = std::vector<double>(n + n_more),
      .equality = Matrix(n_equations, n + n_more),
      .equality_value = {},
      .inequality = Matrix(allowed.polyhedron.rows.size() - n_equations, n + n_more),
      .inequality_limit = {},
      .lower = allowed.polyhedron.lower,
      .upper = allowed.polyhedron.upper};
  for (const PolyhedronRow& row : allowed.polyhedron.rows) {
    Matrix& rows = row.equation ? out.equality : out.inequality;
    std::vector<double>& limits = row.equation ? out.equality_value : out.inequality_limit;
    std::ranges::copy(row.coefficients, rows.row(limits.size()).begin());
    limits.push_back(row.limit);
  }
  out.lower.resize(n + n_more);
  out.upper.resize(n + n_more);
  return out;
}

std::vector<double> rows_of(const AllowedWeights& allowed, const QuadraticSolution& solution) {
  std::vector<double> out;
  std::size_t equation = 0;
  std::size_t inequality = 0;
  for (const PolyhedronRow& row : allowed.polyhedron.rows) {
    out.push_back(row.equation ? solution.equality_multiplier[equation++]
                               : solution.inequality_multiplier[inequality++]);
  }
  return out;
}

Result<std::vector<double>> nearest_allowed(const AllowedWeights& allowed,
                                            const Execution& execution) {
  QuadraticProgram nearest = program_over(allowed, 0);
  for (std::size_t i = 0; i < nearest.linear.size(); ++i) nearest.quadratic(i, i) = 1.0;
  QUANTA_TRY(QuadraticSolution solution, solve_quadratic_program(nearest, execution));
  return std::move(solution.x);
}

Result<LimitMultipliers> best_multipliers(const AllowedWeights& allowed, std::span<const double> g,
                                          const Execution& execution) {
  double scale = 1e-300;
  for (const double value : g) scale = std::max(scale, std::abs(value));
  std::vector<double> objective(g.begin(), g.end());
  for (double& value : objective) value /= scale;
  std::vector<double> lower(allowed.polyhedron.lower);
  std::vector<double> upper(allowed.polyhedron.upper);
  for (double& bound : lower) bound = std::max(bound, -kFarWeight);
  for (double& bound : upper) bound = std::min(bound, kFarWeight);
  PiecewiseLinearSimplex simplex(std::move(objective), std::move(lower), std::move(upper));
  const std::vector<double> sizes = add_rows(allowed.polyhedron, 0, simplex);
  QUANTA_CHECK(simplex.minimize(execution));
  std::vector<double> rows = simplex.row_multipliers();
  for (std::size_t r = 0; r < rows.size(); ++r) rows[r] *= scale / sizes[r];
  return multipliers_of(allowed, rows);
}

Execution to_the_end(const Execution& execution) {
  Execution out = execution;
  out.stop = {};
  return out;
}

}  // namespace quanta::portfolio
