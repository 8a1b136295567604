#include "portfolio/objectives/scenario_risk.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <string>

#include <Eigen/Core>
#include <fmt/format.h>

#include "core/constants.h"
#include "core/sums.h"
#include "portfolio/objectives/scenario_proof.h"
#include "portfolio/objectives/scenario_tangent.h"
#include "portfolio/objectives/shadow_prices.h"
#include "portfolio/optimizers/allowed_weights.h"
#include "portfolio/optimizers/counted_distances.h"
#include "portfolio/optimizers/cutting_plane.h"
#include "portfolio/optimizers/linear_bound.h"
#include "portfolio/optimizers/piecewise_linear.h"
#include "portfolio/optimizers/quadratic_program.h"
#include "portfolio/optimizers/weight_pieces.h"

namespace quanta::portfolio {
namespace {

using Eigen::Index;
using Eigen::VectorXd;
using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// How far weights may miss a constraint and be allowed.
constexpr double kMet = 1e-9;
/// How far a reached target may fall short of one that was asked for, beside their size.
constexpr double kTargetRoom = 1e-12;
constexpr int kMostTangentRounds = 2000;
constexpr int kMostNewtonSteps = 200;
/// A z that is less than this beside the spread of losses is on its way to 0.
constexpr double kNoWidth = 1e-7;
/// Wealth below this, beside what there was, is as good as none.
constexpr double kSolvent = 1e-9;
/// A fall of the value, in typical returns, that the next Newton step squares away.
constexpr double kArrived = 1e-13;
/// A semi-variance, in squares of a typical return, that is none.
constexpr double kVanished = 1e-28;

// ---- What may be wrong --------------------------------------------------------------------------

Result<void> check_returns(const ScenarioProblem& p) {
  if (p.returns.columns() == 0) return bad_input("returns", "there are no assets");
  if (p.returns.rows() < 2) {
    return bad_input("returns", fmt::format("{} scenario; the risk of one needs at least two",
                                            p.returns.rows()));
  }
  for (std::size_t t = 0; t < p.returns.rows(); ++t) {
    for (std::size_t i = 0; i < p.returns.columns(); ++i) {
      if (std::isfinite(p.returns(t, i))) continue;
      return bad_input("returns", fmt::format("row {}, column {}: {} is not finite", t + 1, i + 1,
                                              p.returns(t, i)));
    }
  }
  return {};
}

Result<void> check(const ScenarioProblem& p) {
  QUANTA_CHECK(check_returns(p));
  const std::size_t n = p.returns.columns();
  if (!(p.alpha > 0.0 && p.alpha < 1.0)) {
    return bad_input("alpha", fmt::format("{} is not between 0 and 1; 0.95 is usual", p.alpha));
  }
  QUANTA_CHECK(check_bounds(p.bounds, n));
  for (const LinearLimit& limit : p.limits) QUANTA_CHECK(check_limit(limit, n));
  QUANTA_CHECK(check_distances(n, p.max_leverage, p.trading));
  if (p.trading && !p.trading->impact.empty()) {
    return bad_input("impact", "belongs to objectives of means and covariances");
  }
  if (!p.target) return {};
  if (!std::isfinite(*p.target)) {
    return bad_input("target", fmt::format("{} is not a finite number", *p.target));
  }
  if (p.mean.size() != n) {
    return bad_input("mean", fmt::format("{} means for {} assets", p.mean.size(), n));
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (std::isfinite(p.mean[i])) continue;
    return bad_input("mean", fmt::format("asset {}: {} is not finite", i + 1, p.mean[i]));
  }
  return {};
}

// ---- The weights that are allowed ---------------------------------------------------------------

std::vector<WeightDistance> distances_of(const ScenarioProblem& p) {
  return portfolio::distances_of(p.returns.columns(), p.max_leverage, p.trading);
}

/// The problem as the solvers take it: of its weights; or, where leverage or turnover count, of
/// their pieces with the returns of those, and a last variable that is 1 and stands for the start.
struct Stated {
  const ScenarioProblem& of_weights;
  ScenarioProblem of_pieces = {};
  std::optional<WeightPieces> pieces = {};
  AllowedWeights allowed = {};
  std::vector<double> cost = {};  ///< of each variable, added to the risk

  const ScenarioProblem& problem() const { return pieces ? of_pieces : of_weights; }
  std::vector<double> weights(std::span<const double> x) const {
    return pieces ? pieces->weights(x) : std::vector<double>(x.begin(), x.end());
  }
};

Stated stated(const ScenarioProblem& p, const Counted& counted) {
  Stated out{.of_weights = p};
  out.allowed = allowed_weights(p.bounds, p.limits);
  if (p.target) out.allowed.add_target(p.mean, *p.target);
  const std::vector<WeightDistance> distances = distances_of(p);
  std::vector<std::vector<double>> centers;
  for (std::size_t k = 0; k < distances.size(); ++k) {
    if (counted[k]) centers.push_back(distances[k].center);
  }
  out.allowed.n_distances = distances.size();
  out.cost.assign(p.returns.columns(), 0.0);
  if (centers.empty()) return out;
  const WeightPieces pieces = pieces_of(
      {.lower = out.allowed.polyhedron.lower, .upper = out.allowed.polyhedron.upper}, centers);
  out.allowed = in_pieces(out.allowed, pieces, distances, counted);
  const std::size_t n_variables = pieces.pieces.size() + 1;
  out.of_pieces = {.returns = Matrix(p.returns.rows(), n_variables),
                   .risk = p.risk,
                   .alpha = p.alpha,
                   .bounds = {},
                   .limits = p.limits};
  for (std::size_t t = 0; t < p.returns.rows(); ++t) {
    std::ranges::copy(row_in_pieces(pieces, p.returns.row(t)),
                      out.of_pieces.returns.row(t).begin());
    out.of_pieces.returns(t, n_variables - 1) = dot(p.returns.row(t), pieces.start);
  }
  out.cost.assign(n_variables, 0.0);
  if (p.trading && p.trading->cost > 0.0) {
    DistanceSlope turnover = slope_of_distance(pieces, p.trading->current);
    turnover.slopes.push_back(turnover.at_start);
    for (std::size_t j = 0; j < n_variables; ++j)
      out.cost[j] = p.trading->cost * turnover.slopes[j];
  }
  out.pieces = pieces;
  return out;
}

void set_multipliers(LimitMultipliers found, ScenarioDual& dual) {
  dual.limits = std::move(found.limits);
  dual.target = found.target;
  dual.leverage = dual.turnover = 0.0;
  if (found.distances.empty()) return;
  dual.leverage = found.distances.front();
  dual.turnover = found.distances.back();
}

/// Whether any weights are allowed, and whether they reach the target.
Result<void> check_reachable(const ScenarioProblem& p, const Execution& execution) {
  if (p.limits.empty() && !p.target && distances_of(p).empty()) return {};
  ScenarioProblem without_target{.returns = Matrix(1, p.returns.columns()),
                                 .bounds = p.bounds,
                                 .limits = p.limits,
                                 .trading = p.trading,
                                 .max_leverage = p.max_leverage};
  const std::size_t n_distances = distances_of(p).size();
  const Stated all = stated(without_target, Counted(n_distances, true));
  const auto reach = [&](std::vector<double> objective) -> Result<double> {
    const double scale = std::max(largest_entry(objective), 1e-300);
    double at_start = 0.0;
    if (all.pieces) {
      at_start = dot(objective, all.pieces->start);
      objective = row_in_pieces(*all.pieces, objective);
      objective.push_back(0.0);
    }
    for (double& value : objective) value /= -scale;
    const Polyhedron& polyhedron = all.allowed.polyhedron;
    PiecewiseLinearSimplex simplex(objective, polyhedron.lower, polyhedron.upper);
    add_rows(polyhedron, 0, simplex);
    QUANTA_CHECK(simplex.minimize(execution));
    double value = at_start;
    for (std::size_t j = 0; j < objective.size(); ++j) {
      value -= scale * objective[j] * simplex.x()[j];
    }
    return value;
  };
  auto most = reach(p.target ? p.mean : std::vector<double>(p.returns.columns()));
  if (!most) {
    Error error = std::move(most).error();
    if (error.field == "objective") return {};  // every return is reached
    if (error.field == "constraints") {
      std::string names;
      for (const LinearLimit& limit : p.limits) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", limit.name);
      }
      error.field = !names.empty() ? "limits" : p.trading ? "max_turnover" : "max_leverage";
      if (p.trading) names += names.empty() ? "turnover" : ", turnover";
      if (std::isfinite(p.max_leverage)) names += names.empty() ? "leverage" : ", leverage";
      error.message = fmt::format(
          "no weights within the bounds meet all limits ({}); widen one of them", names);
    }
    return std::unexpected(std::move(error));
  }
  if (!p.target) return {};
  const double room = kTargetRoom * std::max(largest_entry(p.mean), std::abs(*p.target));
  if (*p.target <= *most + room) return {};
  return infeasible("target", fmt::format("the target return {} is above the largest return within "
                                          "the bounds and limits, {:.10g}; ask for less or widen "
                                          "them",
                                          *p.target, *most));
}

// ---- Solvers: each gives weights, a dual, and the number of its steps ---------------------------

struct Solved {
  std::vector<double> weights;
  ScenarioDual dual;
  int iterations = 0;
  std::string_view method;
  bool stopped = false;
};

ScenarioDual empty_dual(const ScenarioProblem& p) {
  ScenarioDual dual;
  dual.limits.assign(p.limits.size(), 0.0);
  return dual;
}

std::vector<double> mean_returns(const Matrix& returns) {
  std::vector<double> mean(returns.columns());
  for (std::size_t t = 0; t < returns.rows(); ++t) {
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += returns(t, i);
  }
  for (double& value : mean) value /= static_cast<double>(returns.rows());
  return mean;
}

/// The size of a typical return: the program in its units has coefficients of the order of 1.
double typical_return(const Matrix& returns) {
  double sum = 0.0;
  for (const double value : returns.values()) sum += value * value;
  const double typical = std::sqrt(sum / static_cast<double>(returns.values().size()));
  return typical > 0.0 ? typical : 1.0;
}

std::vector<double> losses_of(const ScenarioProblem& p, std::span<const double> weights) {
  std::vector<double> out(p.returns.rows());
  for (std::size_t t = 0; t < out.size(); ++t) out[t] = -dot(p.returns.row(t), weights);
  return out;
}

/// The probabilities by which EVaR at a given z weighs the losses, and their relative entropy.
double tilt(std::span<const double> losses, double z, std::vector<double>& y) {
  const double largest = std::ranges::max(losses);
  double sum = 0.0;
  double moment = 0.0;
  for (std::size_t t = 0; t < losses.size(); ++t) {
    const double exponent = (losses[t] - largest) / z;
    y[t] = std::exp(exponent);
    sum += y[t];
    moment += y[t] * exponent;
  }
  for (double& value : y) value /= sum;
  return moment / sum - std::log(sum / static_cast<double>(losses.size()));
}

/// The best z for these losses: relative entropy at or just below -ln(1 - alpha).
double best_z(std::span<const double> losses, double alpha, std::vector<double>& y) {
  const double level = -std::log1p(-alpha);
  const double spread = std::ranges::max(losses) - std::ranges::min(losses);
  if (!(spread > 0.0)) return 1.0;
  double low = 1e-12 * spread;
  double high = spread;
  if (tilt(losses, low, y) <= level) return low;
  while (tilt(losses, high, y) > level && high < 1e12 * spread) high *= 4.0;
  while (high > low * (1.0 + 1e-14)) {
    const double middle = std::sqrt(low * high);
    if (middle <= low || middle >= high) break;
    (tilt(losses, middle, y) > level ? low : high) = middle;
  }
  return high;
}

/// The dual that attains the risk at these weights.
ScenarioDual attained(const ScenarioProblem& p, std::span<const double> weights) {
  ScenarioDual dual = empty_dual(p);
  std::vector<double> at = losses_of(p, weights);
  const std::size_t n_periods = at.size();
  dual.scenarios.assign(n_periods, 0.0);
  if (p.risk == ScenarioRisk::kEvar) {
    const double z = best_z(at, p.alpha, dual.scenarios);
    tilt(at, z, dual.scenarios);
    return dual;
  }
  const auto count = static_cast<double>(n_periods);
  if (p.risk == ScenarioRisk::kMad || p.risk == ScenarioRisk::kSemivariance) {
    const double mean = std::accumulate(at.begin(), at.end(), 0.0) / count;
    for (std::size_t t = 0; t < n_periods; ++t) {
      const double above = at[t] - mean;
      dual.scenarios[t] = p.risk == ScenarioRisk::kMad
                              ? (above > 0.0 ? -1.0 : 1.0) / count  // of returns, not of losses
                              : 2.0 / count * std::max(above, 0.0);
    }
    return dual;
  }
  if (p.risk == ScenarioRisk::kMissedGrowth) {
    for (std::size_t t = 0; t < n_periods; ++t) dual.scenarios[t] = 1.0 / (count * (1.0 - at[t]));
    return dual;
  }
  const bool of_falls = p.risk != ScenarioRisk::kCvar;
  std::vector<std::size_t> peak(n_periods);
  double depth = 0.0;
  std::size_t last_peak = 0;
  for (std::size_t t = 0; of_falls && t < n_periods; ++t) {
    depth += at[t];
    if (depth <= 0.0) {
      depth = 0.0;
      last_peak = t + 1;
    }
    at[t] = depth;
    peak[t] = last_peak;
  }
  std::vector<std::size_t> order(n_periods);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return at[a] > at[b]; });
  const double share = p.risk == ScenarioRisk::kMaxDrawdown ? 1.0 : 1.0 / ((1.0 - p.alpha) * count);
  if (of_falls) dual.peaks.assign(n_periods + 1, 0.0);
  double left = 1.0;
  for (const std::size_t t : order) {
    const double weight = std::min(share, left);
    dual.scenarios[t] = weight;
    if (of_falls) dual.peaks[peak[t]] += weight;
    left -= weight;
    if (left <= 0.0) break;
  }
  return dual;
}

/// CDaR, maximum drawdown, and EVaR where Newton's method finds no proof.
Result<Solved> solve_by_tangents(const Stated& stated, const Execution& execution) {
  const ScenarioProblem& p = stated.problem();
  const AllowedWeights& allowed = stated.allowed;
  const auto tangent = [&](std::span<const double> weights) {
    ScenarioGradient found = scenario_gradient(p, attained(p, weights));
    Tangent out{.value = 0.0, .constant = 0.0, .gradient = std::move(found.gradient)};
    for (std::size_t i = 0; i < stated.cost.size(); ++i) out.gradient[i] += stated.cost[i];
    out.value = dot(out.gradient, weights);
    return out;
  };
  QUANTA_TRY(CuttingPlaneAnswer answer, minimize_by_tangents(allowed.polyhedron, tangent, 1e-13,
                                                             kMostTangentRounds, execution));
  Solved out{.weights = std::move(answer.x),
             .dual = empty_dual(p),
             .iterations = answer.iterations,
             .method = "cutting plane",
             .stopped = answer.stopped};
  // The sets of duals are convex: the supports' mixture is one of them.
  double sum = 0.0;
  for (const CuttingPlaneAnswer::Support& support : answer.supports) sum += support.multiplier;
  out.dual.scenarios.assign(p.returns.rows(), 0.0);
  if (p.risk != ScenarioRisk::kEvar) out.dual.peaks.assign(p.returns.rows() + 1, 0.0);
  for (const CuttingPlaneAnswer::Support& support : answer.supports) {
    const ScenarioDual part = attained(p, support.at);
    const double share = support.multiplier / sum;
    for (std::size_t t = 0; t < part.scenarios.size(); ++t) {
      out.dual.scenarios[t] += share * part.scenarios[t];
    }
    for (std::size_t s = 0; s < part.peaks.size(); ++s) out.dual.peaks[s] += share * part.peaks[s];
  }
  set_multipliers(multipliers_of(allowed, answer.row_multipliers), out.dual);
  return out;
}

/// Multipliers of a program in units of `unit`.
void set_multipliers(const AllowedWeights& allowed, const QuadraticSolution& solution, double unit,
                     ScenarioDual& dual) {
  std::vector<double> rows = rows_of(allowed, solution);
  for (double& u : rows) u *= unit;
  set_multipliers(multipliers_of(allowed, rows), dual);
}

/// What a solver that was stopped has: its weights where they are allowed, else any; and of the
/// duals that cost nothing to name, the one with the highest bound.
Result<Solved> best_so_far(const Stated& stated, Solved found, const Execution& execution) {
  const ScenarioProblem& p = stated.problem();
  const AllowedWeights& allowed = stated.allowed;
  const auto proof = [&](const ScenarioDual& dual) {
    return scenario_proof(stated.of_weights, stated.weights(found.weights), dual);
  };
  found.stopped = true;
  found.dual = empty_dual(p);
  if (!(proof(found.dual).infeasibility <= kMet)) {
    QUANTA_TRY(found.weights, nearest_allowed(allowed, to_the_end(execution)));
  }
  std::vector<ScenarioDual> duals = {attained(p, found.weights)};
  if (p.risk == ScenarioRisk::kCvar) {  // no less than the mean loss
    duals.push_back(empty_dual(p));
    duals.back().scenarios.assign(p.returns.rows(), 1.0 / static_cast<double>(p.returns.rows()));
  }
  double highest = -kInfinity;
  for (ScenarioDual& dual : duals) {
    std::vector<double> gradient = scenario_gradient(p, dual).gradient;
    for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] += stated.cost[i];
    QUANTA_TRY(LimitMultipliers best, best_multipliers(allowed, gradient, to_the_end(execution)));
    set_multipliers(std::move(best), dual);
    const double bound = proof(dual).bound;
    if (bound < highest) continue;
    highest = bound;
    found.dual = std::move(dual);
  }
  return found;
}

/// CVaR and MAD: each scenario is a kink.
Result<Solved> solve_kinks(const Stated& stated, const Execution& execution) {
  const ScenarioProblem& p = stated.problem();
  const std::size_t n = p.returns.columns();
  const std::size_t n_periods = p.returns.rows();
  const auto count = static_cast<double>(n_periods);
  const bool cvar = p.risk != ScenarioRisk::kMad;
  const std::size_t n_more = cvar ? 1 : 0;  // z of CVaR is the last variable
  const double unit = typical_return(p.returns);
  const std::vector<double> mean = cvar ? std::vector<double>(n) : mean_returns(p.returns);

  const AllowedWeights& allowed = stated.allowed;
  std::vector<double> linear(stated.cost);
  for (double& value : linear) value /= unit;
  std::vector<double> lower(allowed.polyhedron.lower);
  std::vector<double> upper(allowed.polyhedron.upper);
  if (cvar) {
    linear.push_back(1.0);
    lower.push_back(-kInfinity);
    upper.push_back(kInfinity);
  }
  PiecewiseLinearSimplex simplex(std::move(linear), std::move(lower), std::move(upper));
  const std::vector<double> sizes = add_rows(allowed.polyhedron, n_more, simplex);
  std::vector<double> row(n + n_more, -1.0);
  const double sign = cvar ? -1.0 : 1.0;
  // EVaR comes here where its tail is the worst period: the same bound, and the same value.
  const double most = cvar ? 1.0 / ((1.0 - p.alpha) * count) : 1.0 / count;
  for (std::size_t t = 0; t < n_periods; ++t) {
    for (std::size_t i = 0; i < n; ++i) row[i] = sign * (p.returns(t, i) - mean[i]) / unit;
    simplex.add_row(row, 0.0, cvar ? 0.0 : -most, most);
  }
  const auto done = simplex.minimize(execution);
  const bool stopped = !done && done.error().kind == ErrorKind::kCancelled;
  if (!stopped) QUANTA_CHECK(done);

  Solved out{.weights = {simplex.x().data(), simplex.x().data() + n},
             .dual = empty_dual(p),
             .iterations = simplex.iterations(),
             .method = "simplex on the kinks"};
  if (stopped) return best_so_far(stated, std::move(out), execution);
  std::vector<double> multipliers = simplex.row_multipliers();
  const auto n_rows = static_cast<std::ptrdiff_t>(sizes.size());
  out.dual.scenarios.assign(multipliers.begin() + n_rows, multipliers.end());
  multipliers.resize(sizes.size());
  for (std::size_t r = 0; r < sizes.size(); ++r) multipliers[r] *= unit / sizes[r];
  set_multipliers(multipliers_of(allowed, multipliers), out.dual);
  return out;
}

/// Semi-variance: on the set of periods below the mean it is one quadratic form; Newton's method
/// changes the set until it stays.
Result<Solved> solve_semivariance(const Stated& stated, const Execution& execution) {
  const ScenarioProblem& p = stated.problem();
  const std::size_t n = p.returns.columns();
  const std::size_t n_periods = p.returns.rows();
  const auto count = static_cast<double>(n_periods);
  const double unit = typical_return(p.returns);
  const std::vector<double> mean = mean_returns(p.returns);
  RowMatrix below(static_cast<Index>(n_periods), static_cast<Index>(n));
  for (std::size_t t = 0; t < n_periods; ++t) {
    for (std::size_t i = 0; i < n; ++i) {
      below(static_cast<Index>(t), static_cast<Index>(i)) = (mean[i] - p.returns(t, i)) / unit;
    }
  }
  const AllowedWeights& allowed = stated.allowed;
  QuadraticProgram program = program_over(allowed, 0);
  const VectorXd cost =
      Eigen::Map<const VectorXd>(stated.cost.data(), static_cast<Index>(n)) / (unit * unit);
  program.linear.assign(cost.begin(), cost.end());
  QUANTA_TRY(const std::vector<double> start, nearest_allowed(allowed, to_the_end(execution)));
  VectorXd weights = Eigen::Map<const VectorXd>(start.data(), static_cast<Index>(n));
  VectorXd at = below * weights;
  Solved out{.weights = {}, .dual = empty_dual(p), .iterations = 0, .method = "newton"};
  QuadraticSolution solution;
  for (; out.iterations < kMostNewtonSteps; ++out.iterations) {
    if (execution.cancelled()) {
      out.weights.assign(weights.begin(), weights.end());
      return best_so_far(stated, std::move(out), execution);
    }
    RowMatrix lost(0, static_cast<Index>(n));
    lost.resize((at.array() > 0.0).count(), Eigen::NoChange);
    Index k = 0;
    for (Index t = 0; t < at.size(); ++t) {
      if (at[t] > 0.0) lost.row(k++) = below.row(t);
    }
    Eigen::Map<Eigen::MatrixXd> form(program.quadratic.data(), static_cast<Index>(n),
                                     static_cast<Index>(n));
    form.setZero();
    form.selfadjointView<Eigen::Lower>().rankUpdate(lost.transpose(), 2.0 / count);
    form.triangularView<Eigen::StrictlyUpper>() = form.transpose();
    QUANTA_TRY(solution, solve_quadratic_program(program, to_the_end(execution), solution.states));
    const VectorXd step =
        Eigen::Map<const VectorXd>(solution.x.data(), static_cast<Index>(n)) - weights;
    const VectorXd change = below * step;
    const auto value_at = [&](double length) {
      return (at + length * change).cwiseMax(0.0).squaredNorm() / count +
             cost.dot(weights + length * step);
    };
    const double value = value_at(0.0);
    const double slope = 2.0 / count * at.cwiseMax(0.0).dot(change) + cost.dot(step);
    if (value <= kVanished) break;
    if (slope >= -1e-15 * value) {
      // What the step is worth is rounding of the value, but the proof is first order in it.
      if (value_at(1.0) > value + 1e-15 * std::abs(value)) break;
      weights += step;
      at = below * weights;
      break;
    }
    double length = 1.0;
    while (value_at(length) > value + 1e-4 * length * slope && length > 1e-12) length *= 0.5;
    const bool same = ((at.array() > 0.0) == ((at + change).array() > 0.0)).all();
    weights += length * step;
    at = below * weights;
    if (same) {
      ++out.iterations;
      break;
    }
  }
  out.weights.assign(weights.begin(), weights.end());
  for (const double value : at) {
    out.dual.scenarios.push_back(2.0 * unit / count * std::max(value, 0.0));
  }
  set_multipliers(allowed, solution, unit * unit, out.dual);
  return out;
}

/// EVaR: F(w, z) = z ln(mean exp(loss / z) / (1 - alpha)) is convex and smooth for z > 0; each step
/// minimises its second-order model over the allowed weights.
Result<Solved> solve_entropic(const Stated& stated, const Execution& execution) {
  const ScenarioProblem& p = stated.problem();
  const std::size_t n = p.returns.columns();
  const std::size_t n_periods = p.returns.rows();
  const double level = -std::log1p(-p.alpha);
  const double unit = typical_return(p.returns);
  RowMatrix scaled(static_cast<Index>(n_periods), static_cast<Index>(n));
  for (std::size_t t = 0; t < n_periods; ++t) {
    for (std::size_t i = 0; i < n; ++i) {
      scaled(static_cast<Index>(t), static_cast<Index>(i)) = -p.returns(t, i) / unit;
    }
  }
  const AllowedWeights& allowed = stated.allowed;
  QuadraticProgram program = program_over(allowed, 1);
  const VectorXd cost =
      Eigen::Map<const VectorXd>(stated.cost.data(), static_cast<Index>(n)) / unit;
  QUANTA_TRY(const std::vector<double> start, nearest_allowed(allowed, to_the_end(execution)));
  const auto size = static_cast<Index>(n);
  VectorXd point(size + 1);
  point.head(size) = Eigen::Map<const VectorXd>(start.data(), size);
  VectorXd loss = scaled * point.head(size);
  std::vector<double> y(n_periods);
  const std::span<const double> losses(loss.data(), n_periods);
  point[size] = best_z(losses, p.alpha, y);
  const auto value_of = [&](const VectorXd& all) {
    const VectorXd at = scaled * all.head(size);
    const double largest = at.maxCoeff();
    const double z = all[size];
    return largest + z * (level + std::log(((at.array() - largest) / z).exp().mean())) +
           cost.dot(all.head(size));
  };

  Solved out{.weights = {}, .dual = empty_dual(p), .iterations = 0, .method = "newton"};
  QuadraticSolution solution;
  double value = value_of(point);
  for (; out.iterations < kMostNewtonSteps; ++out.iterations) {
    if (execution.cancelled()) {
      out.weights.assign(point.data(), point.data() + n);
      return best_so_far(stated, std::move(out), execution);
    }
    const double z = point[size];
    loss = scaled * point.head(size);
    const double entropy = tilt(losses, z, y);
    if (z <= kNoWidth * (loss.maxCoeff() - loss.minCoeff())) break;  // no optimum with z > 0
    const Eigen::Map<const VectorXd> share(y.data(), static_cast<Index>(n_periods));
    // Derivatives of loss_t / z in (w, z), less their mean, times the root of their share.
    RowMatrix rows(static_cast<Index>(n_periods), size + 1);
    rows.leftCols(size) = scaled;
    rows.col(size) = -loss / z;
    const VectorXd middle = rows.transpose() * share;
    rows.rowwise() -= middle.transpose();
    rows = share.cwiseSqrt().asDiagonal() * rows;
    Eigen::Map<Eigen::MatrixXd> form(program.quadratic.data(), size + 1, size + 1);
    form.setZero();
    form.selfadjointView<Eigen::Lower>().rankUpdate(rows.transpose(), 1.0 / z);
    form.triangularView<Eigen::StrictlyUpper>() = form.transpose();
    VectorXd gradient(size + 1);
    gradient.head(size) = middle.head(size) + cost;
    gradient[size] = level - entropy;
    Eigen::Map<VectorXd>(program.linear.data(), size + 1) = gradient - form * point;
    program.lower.back() = 0.2 * z;
    program.upper.back() = 5.0 * z;
    auto solved = solve_quadratic_program(program, to_the_end(execution), solution.states);
    if (!solved) return std::unexpected(std::move(solved).error());
    solution = *std::move(solved);
    const VectorXd step = Eigen::Map<const VectorXd>(solution.x.data(), size + 1) - point;
    const double slope = gradient.dot(step);
    if (slope >= -1e-15 * std::abs(value)) break;
    double length = 1.0;
    double next = value_of(point + step);
    while (next > value + 1e-4 * length * slope && length > 1e-10) {
      length *= 0.5;
      next = value_of(point + length * step);
    }
    if (next >= value) break;  // what is left is rounding
    point += length * step;
    value = next;
  }
  out.weights.assign(point.data(), point.data() + n);
  out.dual = attained(p, out.weights);
  set_multipliers(allowed, solution, unit, out.dual);
  return out;
}

/// Weights that are allowed and ruined in no period: the nearest, or those of the least worst loss.
Result<std::vector<double>> solvent_weights(const Stated& stated, const Execution& execution) {
  const ScenarioProblem& p = stated.problem();
  const auto solvent = [&](std::span<const double> weights) {
    return std::ranges::max(losses_of(p, weights)) < 1.0 - kSolvent;
  };
  QUANTA_TRY(std::vector<double> nearest, nearest_allowed(stated.allowed, execution));
  if (solvent(nearest)) return nearest;
  ScenarioProblem worst = p;
  worst.risk = ScenarioRisk::kCvar;
  worst.alpha = 1.0 - 0.5 / static_cast<double>(p.returns.rows());
  const Stated of_worst{.of_weights = worst,
                        .allowed = stated.allowed,
                        .cost = std::vector<double>(p.returns.columns())};
  QUANTA_TRY(Solved safest, solve_kinks(of_worst, execution));
  if (solvent(safest.weights)) return std::move(safest.weights);
  return infeasible("bounds",
                    "all weights within the bounds and limits lose everything in some period, so "
                    "that there is no growth to speak of; allow less of what falls there");
}

/// Growth: the mean of logarithms is smooth and concave where nothing is lost whole; each step
/// takes its second-order model, and is halved until it stays there.
Result<Solved> solve_growth(const Stated& stated, const Execution& execution) {
  const ScenarioProblem& p = stated.problem();
  const std::size_t n = p.returns.columns();
  const auto size = static_cast<Index>(n);
  const auto n_periods = static_cast<Index>(p.returns.rows());
  const auto count = static_cast<double>(n_periods);
  const double unit = typical_return(p.returns);
  const Eigen::Map<const RowMatrix> returns(p.returns.data(), n_periods, size);
  const AllowedWeights& allowed = stated.allowed;
  QuadraticProgram program = program_over(allowed, 0);
  const Eigen::Map<const VectorXd> cost(stated.cost.data(), size);
  QUANTA_TRY(const std::vector<double> start, solvent_weights(stated, to_the_end(execution)));
  VectorXd weights = Eigen::Map<const VectorXd>(start.data(), size);
  VectorXd earned = returns * weights;
  const auto value_of = [&](const VectorXd& at, const VectorXd& held) {
    if (!(at.minCoeff() > -1.0)) return kInfinity;
    double sum = 0.0;
    for (const double x : at) sum -= std::log1p(x);
    return sum / count + cost.dot(held);
  };
  Solved out{.weights = {}, .dual = empty_dual(p), .iterations = 0, .method = "newton"};
  QuadraticSolution solution;
  double value = value_of(earned, weights);
  bool arrived = false;
  while (!arrived && out.iterations < kMostNewtonSteps) {
    if (execution.cancelled()) {
      out.weights.assign(weights.begin(), weights.end());
      return best_so_far(stated, std::move(out), execution);
    }
    ++out.iterations;
    // The program in units of a squared return: its coefficients are of the order of 1.
    const VectorXd wealth = (earned.array() + 1.0).matrix();
    const RowMatrix rows = wealth.cwiseInverse().asDiagonal() * returns / unit;
    Eigen::Map<Eigen::MatrixXd> form(program.quadratic.data(), size, size);
    form.setZero();
    form.selfadjointView<Eigen::Lower>().rankUpdate(rows.transpose(), 1.0 / count);
    form.triangularView<Eigen::StrictlyUpper>() = form.transpose();
    const VectorXd gradient =
        rows.colwise().sum().transpose() / (-count * unit) + cost / (unit * unit);
    Eigen::Map<VectorXd>(program.linear.data(), size) = gradient - form * weights;
    QUANTA_TRY(solution, solve_quadratic_program(program, to_the_end(execution), solution.states));
    const VectorXd step = Eigen::Map<const VectorXd>(solution.x.data(), size) - weights;
    const VectorXd change = returns * step;
    const double slope = unit * unit * gradient.dot(step);
    double length = 1.0;
    double next = value_of(earned + change, weights + step);
    // Near the end the step is right and the fall less than rounding shows.
    arrived = slope >= -kArrived * unit && next < kInfinity;
    while (!arrived && !(next <= value + 1e-4 * length * slope) && length > 1e-12) {
      length *= 0.5;
      next = value_of(earned + length * change, weights + length * step);
    }
    weights += length * step;
    earned = returns * weights;
    value = next;
  }
  if (!(weights.cwiseAbs().maxCoeff() < kFarWeight)) {
    return infeasible("objective", "growth has no limit");
  }
  out.weights.assign(weights.begin(), weights.end());
  out.dual = attained(p, out.weights);
  set_multipliers(allowed, solution, unit * unit, out.dual);
  return out;
}

// ---- The answer ---------------------------------------------------------------------------------

ScenarioAnswer answer_of(const Stated& stated, Solved solved) {
  const ScenarioProblem& p = stated.of_weights;
  ScenarioAnswer out{
      .weights = clean_weights(p.bounds.lower, p.bounds.upper, stated.weights(solved.weights)),
      .value = 0.0,
      .dual = std::move(solved.dual),
      .certificate = {},
      .shadow_prices = {},
      .iterations = solved.iterations,
      .method = solved.method,
      .stopped = solved.stopped};
  if (std::isinf(p.max_leverage)) out.dual.leverage = 0.0;
  if (!p.trading) out.dual.turnover = 0.0;
  const ScenarioProof proof = scenario_proof(p, out.weights, out.dual);
  out.value = proof.value;
  // What rounding leaves of a risk that vanishes.
  const double size = largest_entry(p.returns.values());
  const double noise = 1e-14 * (p.risk == ScenarioRisk::kSemivariance ? size * size : size);
  const double room = kProvenGap * std::abs(out.value) + noise;
  out.certificate.best = out.value;
  out.certificate.bound = std::min(proof.bound, out.value);
  out.certificate.gap = out.value - out.certificate.bound;
  out.certificate.proven =
      out.certificate.gap <= room && proof.bound - out.value <= room && proof.infeasibility <= kMet;
  const std::vector<WeightDistance> distances = distances_of(p);
  std::vector<double> prices(distances.size());
  if (p.trading) prices.back() = out.dual.turnover;
  if (std::isfinite(p.max_leverage)) prices.front() = out.dual.leverage;
  out.shadow_prices = shadow_prices_of({.bounds = p.bounds,
                                        .limits = p.limits,
                                        .mean = p.mean,
                                        .target = p.target ? &*p.target : nullptr,
                                        .distances = distances},
                                       out.weights, scenario_gradient(p, out.dual).gradient,
                                       out.dual.limits, out.dual.target, prices);
  out.shadow_prices.leverage = 0.0 - out.dual.leverage;
  out.shadow_prices.turnover = 0.0 - out.dual.turnover;
  for (const double w : out.weights) out.leverage += std::abs(w);
  if (p.trading) out.turnover = distance_between(out.weights, p.trading->current);
  return out;
}

Result<Solved> solve(const Stated& stated, const Execution& execution) {
  switch (stated.of_weights.risk) {
    case ScenarioRisk::kCvar:
    case ScenarioRisk::kMad:
      return solve_kinks(stated, execution);
    case ScenarioRisk::kCdar:
    case ScenarioRisk::kMaxDrawdown:
      return solve_by_tangents(stated, execution);
    case ScenarioRisk::kSemivariance:
      return solve_semivariance(stated, execution);
    case ScenarioRisk::kEvar:
      return tail_of_one(stated.of_weights) ? solve_kinks(stated, execution)
                                            : solve_entropic(stated, execution);
    case ScenarioRisk::kMissedGrowth:
      return solve_growth(stated, execution);
  }
  return fail(ErrorKind::kInternal, "no such risk");
}

Result<ScenarioAnswer> solve_stated(const Stated& stated, const Execution& execution) {
  auto solved = solve(stated, execution);
  if (!solved) {
    Error error = std::move(solved).error();
    if (error.field == "objective") {
      error.message =
          "the risk falls without limit: without bounds, some mix of assets gains in every "
          "scenario that counts; set bounds";
    }
    return std::unexpected(std::move(error));
  }
  return answer_of(stated, *std::move(solved));
}

}  // namespace

ScenarioDual attained_dual(const ScenarioProblem& problem, std::span<const double> weights) {
  return attained(problem, weights);
}

bool tail_of_one(const ScenarioProblem& problem) {
  return (1.0 - problem.alpha) * static_cast<double>(problem.returns.rows()) <= 1.0;
}

Result<ScenarioAnswer> optimize_scenario_risk(const ScenarioProblem& problem,
                                              const Execution& execution) {
  QUANTA_CHECK(check(problem));
  QUANTA_CHECK(check_reachable(problem, to_the_end(execution)));
  const std::vector<WeightDistance> distances = distances_of(problem);
  Counted counted = costly(distances);
  while (true) {
    const Stated taken = stated(problem, counted);
    auto answer = solve_stated(taken, execution);
    if (!answer) {
      const bool cancelled = answer.error().kind == ErrorKind::kCancelled;
      if (!cancelled && count_all(distances, counted)) continue;
      return answer;
    }
    if (count_broken(distances, answer->weights, counted)) continue;
    if (answer->certificate.proven || answer->stopped || problem.risk != ScenarioRisk::kEvar) {
      return answer;
    }
    // The optimum has no z > 0 where as many losses as the tail holds are equal.
    QUANTA_TRY(Solved by_tangents, solve_by_tangents(taken, execution));
    ScenarioAnswer other = answer_of(taken, std::move(by_tangents));
    return other.certificate.gap < answer->certificate.gap ? other : answer;
  }
}

}  // namespace quanta::portfolio
