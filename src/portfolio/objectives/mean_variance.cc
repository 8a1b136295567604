#include "portfolio/objectives/mean_variance.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <string>

#include <Eigen/Dense>
#include <Eigen/Eigenvalues>
#include <fmt/format.h>

#include "core/constants.h"
#include "core/sums.h"
#include "portfolio/objectives/maximum_sharpe.h"
#include "portfolio/objectives/mean_variance_program.h"
#include "portfolio/objectives/shadow_prices.h"
#include "portfolio/optimizers/dual_bound.h"
#include "portfolio/optimizers/factor.h"
#include "portfolio/optimizers/linear_bound.h"
#include "portfolio/optimizers/quadratic_program.h"

namespace quanta::portfolio {
namespace {

using mean_variance::CheckedCovariance;
using mean_variance::CountedProgram;
using mean_variance::Multipliers;
namespace mv = mean_variance;

// ---- What may be wrong --------------------------------------------------------------------------

Result<void> check_finite(double value, std::string_view field) {
  if (std::isfinite(value)) return {};
  return bad_input(field, fmt::format("{} is not a finite number", value));
}

Result<CheckedCovariance> check_covariance(const Matrix& covariance) {
  const std::size_t n = covariance.rows();
  double largest_variance = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::span<const double> row = covariance.row(i);
    for (std::size_t j = 0; j < n; ++j) {
      if (std::isfinite(row[j])) continue;
      return bad_input("covariance",
                       fmt::format("row {}, column {}: {} is not finite", i + 1, j + 1, row[j]));
    }
    if (row[i] < 0.0) {
      return bad_input("covariance",
                       fmt::format("asset {}: variance {} is negative", i + 1, row[i]));
    }
    largest_variance = std::max(largest_variance, row[i]);
  }
  CheckedCovariance out{.symmetric = covariance, .factor = {}};
  constexpr std::size_t kTile = 32;  // so that reading across rows stays in cache
  for (std::size_t first_row = 0; first_row < n; first_row += kTile) {
    for (std::size_t first_column = 0; first_column <= first_row; first_column += kTile) {
      for (std::size_t i = first_row; i < std::min(first_row + kTile, n); ++i) {
        for (std::size_t j = first_column; j < std::min(first_column + kTile, i); ++j) {
          const double below = covariance(i, j);
          const double above = covariance(j, i);
          if (std::abs(below - above) > 1e-9 * largest_variance) {
            return bad_input("covariance",
                             fmt::format("not symmetric: row {}, column {} is {}, but row {}, "
                                         "column {} is {}",
                                         i + 1, j + 1, below, j + 1, i + 1, above));
          }
          if (below != above) {
            out.symmetric(i, j) = out.symmetric(j, i) = 0.5 * (below + above);
          }
        }
      }
    }
  }
  if (auto factor = factor_up_to_rounding(out.symmetric)) {
    out.factor = *std::move(factor);
    return out;
  }
  const auto size = static_cast<Eigen::Index>(n);
  const Eigen::Map<const Eigen::MatrixXd> map(out.symmetric.data(), size, size);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(map, Eigen::EigenvaluesOnly);
  return bad_input("covariance",
                   fmt::format("not positive semidefinite: its smallest eigenvalue is {:.6g}, so "
                               "that some portfolio would have a negative variance; shrinkage or "
                               "complete data give one that is",
                               eigen.eigenvalues()[0]));
}

Result<void> check_limits(const MeanVarianceProblem& p) {
  for (const LinearLimit& limit : p.limits) {
    QUANTA_CHECK(check_limit(limit, p.mean.size()));
    // What the bounds alone let the sum of weights reach.
    const std::vector<double>& c = limit.coefficients;
    std::vector<double> minus(c);
    for (double& value : minus) value = -value;
    const double most = largest_on_budget(c, p.bounds.lower, p.bounds.upper, 1.0).value;
    const double least = -largest_on_budget(minus, p.bounds.lower, p.bounds.upper, 1.0).value;
    if (limit.lower > most + 1e-9 || limit.upper < least - 1e-9) {
      return infeasible("limits",
                        fmt::format("{} must lie between {} and {}, but the bounds of the weights "
                                    "allow {:.6g} to {:.6g}",
                                    limit.name, limit.lower, limit.upper, least, most));
    }
  }
  return {};
}

Result<void> check_trading(const MeanVarianceProblem& p) {
  QUANTA_CHECK(check_distances(p.mean.size(), p.max_leverage, p.trading));
  if (p.trading && p.trading->costs() &&
      (p.objective == Objective::kMaxSharpe || p.objective == Objective::kTrackingError)) {
    return bad_input("trading", fmt::format("the value of {} is no return that costs could be "
                                            "taken from; limit the turnover instead",
                                            to_text(p.objective)));
  }
  return {};
}

Result<CheckedCovariance> check(const MeanVarianceProblem& p) {
  const std::size_t n = p.mean.size();
  if (n == 0) return bad_input("mean", "there are no assets");
  if (p.covariance.rows() != n || p.covariance.columns() != n) {
    return bad_input("covariance", fmt::format("{} x {} for {} assets", p.covariance.rows(),
                                               p.covariance.columns(), n));
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (std::isfinite(p.mean[i])) continue;
    return bad_input("mean", fmt::format("asset {}: {} is not finite", i + 1, p.mean[i]));
  }
  if (p.objective == Objective::kTargetReturn) QUANTA_CHECK(check_finite(p.target, "target"));
  if (p.objective == Objective::kMaxSharpe) QUANTA_CHECK(check_finite(p.risk_free, "risk_free"));
  if (p.objective == Objective::kUtility) {
    QUANTA_CHECK(check_finite(p.risk_aversion, "risk_aversion"));
    if (!(p.risk_aversion > 0.0)) {
      return bad_input("risk_aversion",
                       fmt::format("{} is not positive; 3 is usual", p.risk_aversion));
    }
  }
  QUANTA_CHECK(check_bounds(p.bounds, n));
  QUANTA_CHECK(check_limits(p));
  QUANTA_CHECK(check_trading(p));
  if (p.objective == Objective::kTrackingError) {
    if (p.benchmark_covariance.size() != n) {
      return bad_input("benchmark", fmt::format("{} covariances with the benchmark for {} assets",
                                                p.benchmark_covariance.size(), n));
    }
    for (const double b : p.benchmark_covariance) QUANTA_CHECK(check_finite(b, "benchmark"));
    QUANTA_CHECK(check_finite(p.benchmark_variance, "benchmark"));
  }
  return check_covariance(p.covariance);
}

// ---- Minimum variance, target return, utility ---------------------------------------------------

/// What impact adds to a program whose objective is the value over `unit`.
void add_impact(const Trading& trading, double unit, QuadraticProgram& program) {
  for (std::size_t i = 0; i < trading.impact.size(); ++i) {
    const double curvature = 2.0 * trading.impact[i] / std::abs(unit);
    program.quadratic(i, i) += curvature;
    program.linear[i] -= curvature * trading.current[i];
  }
}

/// The program with leverage and trading. The proof is of the weights, and knows no pieces: the
/// program's objective f, convex, and its distances are nowhere below
///   f(w) + f'(w)'(v - w) + sum_k cost_k |v - c_k|.
Result<ContinuousAnswer> solve_distances(const MeanVarianceProblem& p, QuadraticProgram program,
                                         double unit, bool target_row, const Execution& execution) {
  const std::vector<WeightDistance> distances = mv::distances_of(p);
  if (p.trading) add_impact(*p.trading, unit, program);
  Counted counted = costly(distances);
  QuadraticSolution solution;
  std::vector<double> weights;
  int iterations = 0;
  while (true) {
    const CountedProgram counts =
        mv::counted_program(program, distances, counted, 1.0 / std::abs(unit));
    auto solved = solve_quadratic_program(counts.program, execution);
    if (!solved) {
      const bool cancelled = solved.error().kind == ErrorKind::kCancelled;
      if (!cancelled && count_all(distances, counted)) continue;
      return mv::unsolved(p, std::move(solved).error());
    }
    solution = *std::move(solved);
    iterations += solution.iterations;
    weights = clean_weights(program.lower, program.upper, counts.weights(solution.x));
    if (!count_broken(distances, weights, counted)) break;
  }

  ContinuousAnswer out;
  out.sense = sense_of(p.objective);
  out.iterations = iterations;
  out.expected_return = dot(p.mean, weights);
  out.variance = std::max(dot(weights, times(p.covariance, weights)), 0.0);
  for (const double w : weights) out.leverage += std::abs(w);
  double cost = 0.0;
  if (p.trading) {
    const Trading& trading = *p.trading;
    out.turnover = distance_between(weights, trading.current);
    cost = trading.cost * out.turnover;
    for (std::size_t i = 0; i < trading.impact.size(); ++i) {
      const double traded = weights[i] - trading.current[i];
      cost += trading.impact[i] * traded * traded;
    }
  }
  std::vector<double> gradient = times(program.quadratic, weights);
  for (std::size_t i = 0; i < weights.size(); ++i) gradient[i] += program.linear[i];
  std::vector<WeightDistance> in_units = distances;
  double gap = dot(gradient, weights);
  for (WeightDistance& distance : in_units) {
    distance.cost /= std::abs(unit);
    if (distance.cost > 0.0) gap += distance.cost * distance_between(weights, distance.center);
  }
  const Bounds bounds{.lower = program.lower, .upper = program.upper};
  const WeightConstraints constraints{.bounds = bounds,
                                      .limits = p.limits,
                                      .mean = p.mean,
                                      .target = target_row ? &p.target : nullptr,
                                      .distances = in_units};
  const Multipliers u = mv::multipliers_of(p, solution, target_row, distances, counted);
  gap -= linear_bound(constraints, gradient, u.limits, u.target, u.distances);
  double noise = std::abs(unit) * 1e-15 * mv::largest_variance(p);
  double price_unit = unit;
  double bound = 0.0;
  switch (p.objective) {
    case Objective::kUtility:
      out.value = out.expected_return - 0.5 * p.risk_aversion * out.variance - cost;
      bound = out.value - unit * gap;
      break;
    case Objective::kTrackingError: {
      const double active =
          out.variance - 2.0 * dot(p.benchmark_covariance, weights) + p.benchmark_variance;
      out.value = std::sqrt(std::max(active, 0.0));
      bound = std::sqrt(std::max(active - unit * gap, 0.0));
      noise = out.value > 0.0 ? noise / out.value : std::sqrt(noise);
      if (out.value > 0.0) price_unit = unit / (2.0 * out.value);
      break;
    }
    default:
      out.value = out.variance + cost;
      bound = std::max(out.value - unit * gap, 0.0);  // no variance is negative
  }
  mv::prove(out, bound, infeasibility_of(constraints, weights), noise);
  out.shadow_prices = mv::prices_in(constraints, weights, gradient, u, p, price_unit);
  out.weights = std::move(weights);
  return out;
}

/// The value is unit x (1/2 w'Sw - lambda m'w), with trading less cost x turnover. A row of the
/// target return is the last inequality.
Result<ContinuousAnswer> solve(const MeanVarianceProblem& p, const QuadraticProgram& program,
                               const Matrix& factor, double unit, bool target_row,
                               const Execution& execution) {
  if (p.trading || p.max_leverage < kInfinity) {
    return solve_distances(p, program, unit, target_row, execution);
  }
  auto solved = solve_quadratic_program(program, execution, mv::first_states(program, factor));
  if (!solved) return mv::unsolved(p, std::move(solved).error());
  ContinuousAnswer out = mv::answer_of(p, program, *solved);
  const DualBound proof =
      dual_bound(program, out.weights, solved->equality_multiplier, solved->inequality_multiplier);
  // The rounding of w'Sw, which is all there is of a variance that a singular S lets vanish.
  double noise = std::abs(unit) * 1e-15 * mv::largest_variance(p);
  double bound = unit * proof.bound;
  switch (p.objective) {
    case Objective::kUtility:
      out.value = out.expected_return - 0.5 * p.risk_aversion * out.variance;
      break;
    case Objective::kTrackingError: {
      const double active =
          out.variance - 2.0 * dot(p.benchmark_covariance, out.weights) + p.benchmark_variance;
      out.value = std::sqrt(std::max(active, 0.0));
      bound = std::sqrt(std::max(bound + p.benchmark_variance, 0.0));
      noise = out.value > 0.0 ? noise / out.value : std::sqrt(noise);
      break;
    }
    default:
      out.value = out.variance;
      bound = std::max(bound, 0.0);  // no variance is negative
  }
  mv::prove(out, bound, proof.infeasibility, noise);
  const bool root = p.objective == Objective::kTrackingError && out.value > 0.0;
  out.shadow_prices = mv::prices_of(p, *solved, root ? unit / (2.0 * out.value) : unit);
  if (target_row) out.shadow_prices.target = unit * solved->inequality_multiplier.back();
  return out;
}

Result<ContinuousAnswer> target_return(const MeanVarianceProblem& p, CheckedCovariance covariance,
                                       const Execution& execution) {
  const std::size_t n = p.mean.size();
  QuadraticProgram program = mv::on_budget(p, std::move(covariance.symmetric), 0.0);
  const BudgetMaximum most = largest_on_budget(p.mean, program.lower, program.upper, 1.0);
  double scale = std::abs(p.target);
  for (std::size_t i = 0; i < n; ++i) scale = std::max(scale, std::abs(p.mean[i]));
  const double room = 1e-12 * scale;
  if (p.target > most.value + room) {
    return infeasible("target", fmt::format("the target return {} is above the largest return "
                                            "within the bounds, {:.10g}; ask for less or widen the "
                                            "bounds",
                                            p.target, most.value));
  }
  if (p.target >= most.value - room) {
    // Only the portfolios of largest return are left: assets above the price of the budget at
    // their upper bound, those below it at their lower one, and a free choice among equals.
    for (std::size_t i = 0; i < n; ++i) {
      if (p.mean[i] > most.price + room) program.lower[i] = program.upper[i];
      if (p.mean[i] < most.price - room) program.upper[i] = program.lower[i];
    }
    return solve(p, program, covariance.factor, 2.0, false, execution);
  }
  program.inequality = with_row(program.inequality, p.mean, -1.0);
  program.inequality_limit.push_back(-p.target);
  return solve(p, program, covariance.factor, 2.0, true, execution);
}

}  // namespace

Result<ContinuousAnswer> optimize_mean_variance(const MeanVarianceProblem& problem,
                                                const Execution& execution) {
  QUANTA_TRY(CheckedCovariance covariance, check(problem));
  if (problem.objective == Objective::kTargetReturn) {
    return target_return(problem, std::move(covariance), execution);
  }
  if (problem.objective == Objective::kMaxSharpe) {
    return mv::maximum_sharpe(problem, covariance, execution);
  }
  const bool utility = problem.objective == Objective::kUtility;
  QuadraticProgram program = mv::on_budget(problem, std::move(covariance.symmetric),
                                           utility ? 1.0 / problem.risk_aversion : 0.0);
  if (problem.objective == Objective::kTrackingError) {
    for (std::size_t i = 0; i < problem.mean.size(); ++i) {
      program.linear[i] = -problem.benchmark_covariance[i];
    }
  }
  return solve(problem, program, covariance.factor, utility ? -problem.risk_aversion : 2.0, false,
               execution);
}

}  // namespace quanta::portfolio
