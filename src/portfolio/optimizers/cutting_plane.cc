#include "portfolio/optimizers/cutting_plane.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/constants.h"

namespace quanta::portfolio {
namespace {

constexpr double kStandIn = 1e4;
/// A tangent that lifts the master by less than this beside the value is rounding.
constexpr double kLift = 1e-14;
/// A slope beyond a stand-in that is smaller than this beside the tangents' is rounding.
constexpr double kFlatSlope = 1e-9;

/// The largest absolute entry; 1 where there is none.
double size_of(std::span<const double> row) {
  double size = 0.0;
  for (const double entry : row) size = std::max(size, std::abs(entry));
  return size > 0.0 ? size : 1.0;
}

/// The master in x and the level, which the tangents lie below: level is the last variable, and
/// the objective in units of `unit`.
class Master {
 public:
  Master(const Polyhedron& polyhedron, double unit)
      : n_(polyhedron.lower.size()),
        unit_(unit),
        simplex_(start(polyhedron)),
        row_sizes_(add_rows(polyhedron, 1, simplex_)) {}

  void add(const Tangent& tangent) {
    std::vector<double> coefficients(n_ + 1, -1.0);
    for (std::size_t i = 0; i < n_; ++i) coefficients[i] = tangent.gradient[i] / unit_;
    simplex_.add_row(coefficients, -tangent.constant / unit_, 0.0, kInfinity);
  }

  PiecewiseLinearSimplex& simplex() { return simplex_; }
  std::vector<double> x() const { return {simplex_.x().data(), simplex_.x().data() + n_}; }
  double level() const { return unit_ * simplex_.x()[n_]; }
  double row_multiplier(std::size_t r, double y) const { return unit_ * y / row_sizes_[r]; }

 private:
  PiecewiseLinearSimplex start(const Polyhedron& polyhedron) const {
    std::vector<double> linear(n_ + 1);
    std::vector<double> lower(polyhedron.lower);
    std::vector<double> upper(polyhedron.upper);
    for (double& bound : lower) bound = std::max(bound, -kStandIn);
    for (double& bound : upper) bound = std::min(bound, kStandIn);
    linear[n_] = 1.0;
    lower.push_back(-kInfinity);
    upper.push_back(kInfinity);
    return {std::move(linear), std::move(lower), std::move(upper)};
  }

  std::size_t n_;
  double unit_;
  PiecewiseLinearSimplex simplex_;
  std::vector<double> row_sizes_;
};

/// Any point of the polyhedron.
Result<std::vector<double>> some_point(const Polyhedron& polyhedron, const Execution& execution) {
  Master master(polyhedron, 1.0);
  master.add(
      {.value = 0.0, .constant = 0.0, .gradient = std::vector(polyhedron.lower.size(), 0.0)});
  QUANTA_CHECK(master.simplex().minimize(execution));
  return master.x();
}

}  // namespace

std::vector<double> add_rows(const Polyhedron& polyhedron, std::size_t n_more,
                             PiecewiseLinearSimplex& simplex) {
  std::vector<double> sizes;
  for (const PolyhedronRow& row : polyhedron.rows) {
    const double size = size_of(row.coefficients);
    std::vector<double> coefficients(row.coefficients);
    for (double& c : coefficients) c /= size;
    coefficients.resize(coefficients.size() + n_more);
    simplex.add_row(coefficients, row.limit / size, row.equation ? -kInfinity : 0.0, kInfinity);
    sizes.push_back(size);
  }
  return sizes;
}

Result<CuttingPlaneAnswer> minimize_by_tangents(
    const Polyhedron& polyhedron, const std::function<Tangent(std::span<const double>)>& tangent,
    double gap, int most_rounds, const Execution& execution) {
  Execution to_the_end = execution;  // a master that was begun is finished: it holds the bound
  to_the_end.stop = {};
  const std::size_t n = polyhedron.lower.size();
  const std::size_t n_rows = polyhedron.rows.size();
  QUANTA_TRY(std::vector<double> start, some_point(polyhedron, to_the_end));
  Tangent first = tangent(start);
  Master master(polyhedron, size_of(first.gradient));
  CuttingPlaneAnswer best;
  best.x = start;
  best.value = first.value;
  best.bound = -kInfinity;
  std::vector<std::vector<double>> points;
  const auto add = [&](std::vector<double> at, const Tangent& found) {
    master.add(found);
    if (found.value < best.value) {
      best.value = found.value;
      best.x = at;
    }
    points.push_back(std::move(at));
    ++best.iterations;
  };
  add(std::move(start), first);
  QUANTA_CHECK(master.simplex().minimize(to_the_end));
  for (int round = 0; round < most_rounds; ++round) {
    best.bound = std::max(best.bound, master.level());
    best.stopped = execution.cancelled();
    if (best.stopped || best.value - best.bound <= gap * std::abs(best.value)) break;
    std::vector<double> vertex = master.x();
    std::vector<double> between(n);
    for (std::size_t i = 0; i < n; ++i) between[i] = 0.5 * (vertex[i] + best.x[i]);
    const double level = master.level();
    const Tangent at_vertex = tangent(vertex);
    const bool exact = at_vertex.value <= level + kLift * std::abs(level);
    add(std::move(vertex), at_vertex);
    if (exact) break;
    const Tangent halfway = tangent(between);
    add(std::move(between), halfway);
    QUANTA_CHECK(master.simplex().repair(to_the_end));
  }
  QUANTA_CHECK(master.simplex().minimize(to_the_end));
  best.bound = master.level();

  const std::vector<double> multipliers = master.simplex().row_multipliers();
  for (std::size_t r = 0; r < n_rows; ++r) {
    best.row_multipliers.push_back(master.row_multiplier(r, multipliers[r]));
  }
  std::vector<double> slope(n);         // of the Lagrangian
  const bool finished = !best.stopped;  // else a stand-in may hold for want of tangents
  double size = 0.0;
  for (std::size_t k = 0; k < points.size(); ++k) {
    const double multiplier = multipliers[n_rows + k];
    if (multiplier <= 0.0) continue;
    const Tangent support = tangent(points[k]);
    for (std::size_t i = 0; i < n; ++i) slope[i] += multiplier * support.gradient[i];
    size = std::max(size, size_of(support.gradient));
    best.supports.push_back({std::move(points[k]), multiplier});
  }
  for (std::size_t r = 0; r < n_rows; ++r) {
    for (std::size_t i = 0; i < n; ++i) {
      slope[i] += best.row_multipliers[r] * polyhedron.rows[r].coefficients[i];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    const bool below = std::isinf(polyhedron.lower[i]) && slope[i] > kFlatSlope * size;
    const bool above = std::isinf(polyhedron.upper[i]) && slope[i] < -kFlatSlope * size;
    if (finished && (below || above))
      return infeasible("objective", "the objective falls without limit");
  }
  return best;
}

}  // namespace quanta::portfolio
