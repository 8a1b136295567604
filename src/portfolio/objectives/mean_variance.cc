#include "portfolio/objectives/mean_variance.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>
#include <string>

#include <Eigen/Dense>
#include <Eigen/Eigenvalues>
#include <fmt/format.h>

#include "core/constants.h"
#include "core/sums.h"
#include "portfolio/optimizers/dual_bound.h"
#include "portfolio/optimizers/factor.h"
#include "portfolio/optimizers/quadratic_program.h"
#include "portfolio/optimizers/trading_program.h"

namespace quanta::portfolio {
namespace {

double total(std::span<const double> x) { return std::accumulate(x.begin(), x.end(), 0.0); }

// ---- What may be wrong --------------------------------------------------------------------------

Result<void> check_finite(double value, std::string_view field) {
  if (std::isfinite(value)) return {};
  return bad_input(field, fmt::format("{} is not a finite number", value));
}

/// The covariance made exactly symmetric, and its factor_up_to_rounding.
struct CheckedCovariance {
  Matrix symmetric;
  Matrix factor;
};

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
  if (!p.trading) return {};
  const Trading& trading = *p.trading;
  if (p.objective == Objective::kMaxSharpe || p.objective == Objective::kTrackingError) {
    return bad_input("trading", fmt::format("costs and turnover have no meaning for {} yet",
                                            to_text(p.objective)));
  }
  if (trading.current.size() != p.mean.size()) {
    return bad_input("trading", fmt::format("{} current weights for {} assets",
                                            trading.current.size(), p.mean.size()));
  }
  for (const double w : trading.current) QUANTA_CHECK(check_finite(w, "trading"));
  if (!(trading.cost >= 0.0 && std::isfinite(trading.cost))) {
    return bad_input("cost", fmt::format("{} is not a cost of at least 0", trading.cost));
  }
  if (!(trading.max_turnover >= 0.0)) {
    return bad_input("max_turnover",
                     fmt::format("{} is not a turnover of at least 0", trading.max_turnover));
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

// ---- From quadratic program to answer -----------------------------------------------------------

/// Where a limit stands among the rows: an equality, or up to two inequalities.
struct LimitRows {
  std::optional<std::size_t> equality;
  std::optional<std::size_t> lower;
  std::optional<std::size_t> upper;
};

/// In the order in which add_limits adds them, behind the rows that are there.
std::vector<LimitRows> rows_of_limits(const MeanVarianceProblem& p, std::size_t n_equality,
                                      std::size_t n_inequality) {
  std::vector<LimitRows> rows;
  for (const LinearLimit& limit : p.limits) {
    LimitRows& row = rows.emplace_back();
    if (limit.lower == limit.upper) {
      row.equality = n_equality++;
      continue;
    }
    if (limit.lower > -kInfinity) row.lower = n_inequality++;
    if (limit.upper < kInfinity) row.upper = n_inequality++;
  }
  return rows;
}

Matrix with_row(const Matrix& rows, std::span<const double> values, double sign) {
  Matrix out(rows.rows() + 1, values.size());
  std::ranges::copy(rows.values(), out.data());
  for (std::size_t i = 0; i < values.size(); ++i) out(rows.rows(), i) = sign * values[i];
  return out;
}

void add_limits(const MeanVarianceProblem& p, QuadraticProgram& program) {
  for (const LinearLimit& limit : p.limits) {
    if (limit.lower == limit.upper) {
      program.equality = with_row(program.equality, limit.coefficients, 1.0);
      program.equality_value.push_back(limit.upper);
      continue;
    }
    if (limit.lower > -kInfinity) {
      program.inequality = with_row(program.inequality, limit.coefficients, -1.0);
      program.inequality_limit.push_back(-limit.lower);
    }
    if (limit.upper < kInfinity) {
      program.inequality = with_row(program.inequality, limit.coefficients, 1.0);
      program.inequality_limit.push_back(limit.upper);
    }
  }
}

/// min 1/2 w'Sw - lambda m'w on the budget and within the bounds.
QuadraticProgram on_budget(const MeanVarianceProblem& p, Matrix covariance, double lambda) {
  const std::size_t n = p.mean.size();
  QuadraticProgram out{.quadratic = std::move(covariance),
                       .linear = std::vector<double>(n),
                       .equality = Matrix(1, n, 1.0),
                       .equality_value = {1.0},
                       .inequality = {},
                       .inequality_limit = {},
                       .lower = {},
                       .upper = {}};
  Bounds bounds = settled(p.bounds);  // rounding must not make the one portfolio infeasible
  out.lower = std::move(bounds.lower);
  out.upper = std::move(bounds.upper);
  for (std::size_t i = 0; i < n; ++i) out.linear[i] = lambda == 0.0 ? 0.0 : -lambda * p.mean[i];
  add_limits(p, out);
  return out;
}

/// Where the answer without bounds leaves them: a first guess at which ones hold. It costs two
/// solves with the factor that the check of the covariance has made anyway.
std::vector<BoundState> first_states(const QuadraticProgram& program, const Matrix& cholesky) {
  const auto n = static_cast<Eigen::Index>(cholesky.rows());
  const Eigen::Map<const Eigen::MatrixXd> factor(cholesky.data(), n, n);
  const auto solve = [&](Eigen::VectorXd x) {
    factor.triangularView<Eigen::Lower>().solveInPlace(x);
    factor.triangularView<Eigen::Lower>().transpose().solveInPlace(x);
    return x;
  };
  const Eigen::VectorXd ones = solve(Eigen::VectorXd::Ones(n));
  Eigen::VectorXd w = -solve(Eigen::Map<const Eigen::VectorXd>(program.linear.data(), n));
  w += (1.0 - w.sum()) / ones.sum() * ones;
  std::vector<BoundState> states(program.linear.size(), BoundState::kFree);
  for (std::size_t i = 0; i < states.size(); ++i) {
    const double weight = w[static_cast<Eigen::Index>(i)];
    if (weight < program.lower[i]) states[i] = BoundState::kAtLower;
    if (weight > program.upper[i]) states[i] = BoundState::kAtUpper;
  }
  return states;
}

void set_lambda(QuadraticProgram& program, const MeanVarianceProblem& p, double lambda) {
  for (std::size_t i = 0; i < p.mean.size(); ++i) program.linear[i] = -lambda * p.mean[i];
}

void prove(ContinuousAnswer& answer, double bound, double infeasibility, double noise) {
  Certificate& certificate = answer.certificate;
  certificate.best = answer.value;
  // Beyond the value by rounding only: the gap of a feasible answer is never negative.
  const bool minimize = answer.sense == Sense::kMinimize;
  certificate.bound = minimize ? std::min(bound, answer.value) : std::max(bound, answer.value);
  certificate.gap = std::abs(certificate.best - certificate.bound);
  const double beyond = minimize ? bound - answer.value : answer.value - bound;
  const double room = kProvenGap * std::abs(answer.value) + noise;
  certificate.proven = certificate.gap <= room && beyond <= room && infeasibility <= 1e-9;
}

/// Everything but value, sense, certificate and shadow prices.
ContinuousAnswer answer_of(const MeanVarianceProblem& p, const QuadraticProgram& program,
                           const QuadraticSolution& solution) {
  ContinuousAnswer out;
  out.weights = clean_weights(program.lower, program.upper, solution.x);
  out.sense = sense_of(p.objective);
  out.expected_return = dot(p.mean, out.weights);
  out.variance = std::max(dot(out.weights, times(program.quadratic, out.weights)), 0.0);
  out.iterations = solution.iterations;
  return out;
}

/// Multipliers of the program as prices of the value, which changes by `unit` where the program's
/// objective rises by one.
ShadowPrices prices_of(const MeanVarianceProblem& p, const QuadraticSolution& solution,
                       double unit) {
  ShadowPrices out;
  const auto scaled = [](double a, double b) { return a * b + 0.0; };  // no -0
  out.sum = scaled(-unit, solution.equality_multiplier[0]);
  for (const double z : solution.lower_multiplier) out.lower.push_back(scaled(unit, z));
  for (const double z : solution.upper_multiplier) out.upper.push_back(scaled(-unit, z));
  for (const LimitRows& rows : rows_of_limits(p, 1, 0)) {
    ShadowPrices::Limit& price = out.limits.emplace_back();
    if (rows.lower) price.lower = scaled(unit, solution.inequality_multiplier[*rows.lower]);
    if (rows.upper) price.upper = scaled(-unit, solution.inequality_multiplier[*rows.upper]);
    if (rows.equality) {  // one price, on the side that holds
      const double y = scaled(-unit, solution.equality_multiplier[*rows.equality]);
      (y * unit > 0.0 ? price.lower : price.upper) = y;
    }
  }
  return out;
}

double largest_variance(const MeanVarianceProblem& p) {
  double out = 0.0;
  for (std::size_t i = 0; i < p.mean.size(); ++i) out = std::max(out, p.covariance(i, i));
  return out;
}

// ---- Minimum variance, target return, utility ---------------------------------------------------

std::unexpected<Error> unsolved(const MeanVarianceProblem& p, Error error);

/// The program in what is bought and sold. Its objective, unit x (…), has the cost in it.
Result<ContinuousAnswer> solve_trading(const MeanVarianceProblem& p,
                                       const QuadraticProgram& program, double unit,
                                       bool target_row, const Execution& execution) {
  const Trading& trading = *p.trading;
  const std::size_t n = trading.current.size();
  const QuadraticProgram split = trading_program(
      program, trading.current, trading.cost / std::abs(unit), trading.max_turnover);
  auto solved = solve_quadratic_program(split, execution);
  if (!solved) return unsolved(p, std::move(solved).error());
  const DualBound proof = dual_bound(split, *solved);
  QuadraticSolution on_weights = *solved;
  on_weights.x = traded(trading.current, solved->x);
  ContinuousAnswer out = answer_of(p, program, on_weights);
  for (std::size_t i = 0; i < n; ++i) {
    out.turnover += std::abs(out.weights[i] - trading.current[i]);
  }
  const double cost = trading.cost * out.turnover;
  const double sign = unit < 0.0 ? -1.0 : 1.0;
  out.value = p.objective == Objective::kUtility
                  ? out.expected_return - 0.5 * p.risk_aversion * out.variance - cost
                  : out.variance + cost;
  // What x = x0 + p - m leaves out: the program's value at the start.
  double constant = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    constant += program.linear[i] * trading.current[i] +
                0.5 * trading.current[i] * dot(program.quadratic.row(i), trading.current);
  }
  prove(out, unit * (proof.bound + constant), proof.infeasibility,
        std::abs(unit) * 1e-15 * largest_variance(p));
  // A bound of x prices the side that it limits.
  std::vector<double> lower(n);
  std::vector<double> upper(n);
  for (std::size_t i = 0; i < n; ++i) {
    upper[i] = std::max(solved->upper_multiplier[i], solved->lower_multiplier[n + i]);
    lower[i] = std::max(solved->upper_multiplier[n + i], solved->lower_multiplier[i]);
    if (out.weights[i] < program.upper[i]) upper[i] = 0.0;
    if (out.weights[i] > program.lower[i]) lower[i] = 0.0;
  }
  on_weights.lower_multiplier = std::move(lower);
  on_weights.upper_multiplier = std::move(upper);
  out.shadow_prices = prices_of(p, on_weights, unit);
  const bool limited = std::isfinite(trading.max_turnover);
  if (limited)
    out.shadow_prices.turnover = -sign * std::abs(unit) * solved->inequality_multiplier.back();
  if (target_row) {
    const std::size_t row = solved->inequality_multiplier.size() - (limited ? 2 : 1);
    out.shadow_prices.target = unit * solved->inequality_multiplier[row];
  }
  return out;
}

/// The errors of the solver in the words of the problem.
std::unexpected<Error> unsolved(const MeanVarianceProblem& p, Error error) {
  if (error.field == "constraints" && (!p.limits.empty() || p.trading)) {
    error.field = p.limits.empty() ? "max_turnover" : "limits";
    error.message =
        fmt::format("no weights meet all of it: the bounds, the limits of {} groups{}{}",
                    p.limits.size(), p.trading ? ", the turnover" : "",
                    p.objective == Objective::kTargetReturn ? " and the target return" : "");
    error.kind = ErrorKind::kInfeasible;
    return std::unexpected(std::move(error));
  }
  // Some portfolio is feasible, as was checked before: "constraints" too means that the search
  // ran away along a direction without risk.
  if (error.field == "objective" || error.field == "constraints") {
    error.field = "objective";
    error.message =
        p.objective == Objective::kUtility
            ? "the utility has no maximum: without bounds, some mix of assets earns and shows no "
              "risk under this singular covariance; set bounds, or use a shrinkage covariance"
            : "no optimum was found: without bounds, this singular covariance leaves the weights "
              "open; set bounds, or use a shrinkage covariance";
  }
  return std::unexpected(std::move(error));
}

/// The value is unit x (1/2 w'Sw - lambda m'w), with trading less cost x turnover. A row of the
/// target return is the last inequality.
Result<ContinuousAnswer> solve(const MeanVarianceProblem& p, const QuadraticProgram& program,
                               const Matrix& factor, double unit, bool target_row,
                               const Execution& execution) {
  if (p.trading) return solve_trading(p, program, unit, target_row, execution);
  auto solved = solve_quadratic_program(program, execution, first_states(program, factor));
  if (!solved) return unsolved(p, std::move(solved).error());
  ContinuousAnswer out = answer_of(p, program, *solved);
  const DualBound proof =
      dual_bound(program, out.weights, solved->equality_multiplier, solved->inequality_multiplier);
  // The rounding of w'Sw, which is all there is of a variance that a singular S lets vanish.
  double noise = std::abs(unit) * 1e-15 * largest_variance(p);
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
  prove(out, bound, proof.infeasibility, noise);
  const bool root = p.objective == Objective::kTrackingError && out.value > 0.0;
  out.shadow_prices = prices_of(p, *solved, root ? unit / (2.0 * out.value) : unit);
  if (target_row) out.shadow_prices.target = unit * solved->inequality_multiplier.back();
  return out;
}

Result<ContinuousAnswer> target_return(const MeanVarianceProblem& p, CheckedCovariance covariance,
                                       const Execution& execution) {
  const std::size_t n = p.mean.size();
  QuadraticProgram program = on_budget(p, std::move(covariance.symmetric), 0.0);
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

// ---- Maximum Sharpe ratio -----------------------------------------------------------------------

std::unexpected<Error> no_largest_ratio(std::string reason) {
  return infeasible("objective", fmt::format("the Sharpe ratio has no maximum: {}; set bounds, use "
                                             "a shrinkage covariance, or use min-variance",
                                             reason));
}

/// An upper bound of the Sharpe ratio, from the weights u that were found.
///
/// On the cone of all y = k w (k > 0, w within the bounds on the budget) the ratio R of w appears
/// as
///   min over k of 1/2 y'Sy - l m'y = -1/2 l^2 R^2,  m the excess means,
/// so a lower bound D of that program on the cone gives R^2 <= -2 D / l^2. With r = S u - l m,
///   1/2 y'Sy - l m'y = -1/2 u'Su + r'y + 1/2 (y - u)'S(y - u),
/// and r'y >= 0 on the cone if it is so for each w. u is stretched until rounding allows that. What
/// rounding leaves of r on the weights that no bound holds, d, is met by the curvature instead:
///   d'y + 1/2 (y - u)'S(y - u) >= d'u - 1/2 d'S^-1 d;
/// where S is singular, |y - u| <= 10 is taken for granted there.
///
/// Limits G w <= h with multipliers u >= 0 are met by Lagrange: r'w >= (r + G'u)'w - u'h, and with
/// the sum of weights 1 the constant u'h is a part of every entry.
double ratio_bound(const MeanVarianceProblem& p, const QuadraticProgram& program,
                   std::span<const double> weights, const QuadraticSolution& solution) {
  constexpr double kFar = 1e6;  // stands for infinity while the price of the budget is found
  const std::size_t n = weights.size();
  const std::vector<double> shared = times(program.quadratic, weights);
  const double variance = dot(weights, shared);
  const double excess = dot(p.mean, weights) - p.risk_free * total(weights);
  const double lambda = variance / excess;
  std::vector<double> lower(n), upper(n), gain(n), pull(n), limited(n);
  const auto fold = [&](const Matrix& rows, std::size_t r, double limit, double u) {
    for (std::size_t i = 0; i < n; ++i) limited[i] += u * (limit - rows(r, i));
  };
  for (std::size_t r = 1; r < program.equality_value.size(); ++r) {
    fold(program.equality, r, program.equality_value[r], solution.equality_multiplier[r]);
  }
  for (std::size_t r = 0; r < program.inequality_limit.size(); ++r) {
    fold(program.inequality, r, program.inequality_limit[r],
         std::max(0.0, solution.inequality_multiplier[r]));
  }
  for (std::size_t i = 0; i < n; ++i) {
    lower[i] = std::max(program.lower[i], -kFar);
    upper[i] = std::min(program.upper[i], kFar);
  }
  double free_sum = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    if (weights[i] > program.lower[i] && weights[i] < program.upper[i]) free_sum += weights[i];
  }
  for (double stretch = 1e-16; stretch < 1.0; stretch *= 4.0) {
    double free_gain = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      gain[i] =
          lambda * (p.mean[i] - p.risk_free) - (1.0 + stretch) * shared[i] + limited[i];  // -r
      const bool free = weights[i] > program.lower[i] && weights[i] < program.upper[i];
      if (free) free_gain += gain[i] * weights[i];
    }
    // The price of the budget, on which all free weights agree but for rounding.
    const double price = std::abs(free_sum) > 1e-3
                             ? free_gain / free_sum
                             : largest_on_budget(gain, lower, upper, 1.0).price;
    bool any_pull = false;
    for (std::size_t i = 0; i < n; ++i) {
      const double above = gain[i] - price;
      const bool held = weights[i] == (above > 0.0 ? program.upper[i] : program.lower[i]);
      pull[i] = held ? 0.0 : -above;
      if (!held) gain[i] = price;
      any_pull = any_pull || pull[i] != 0.0;
    }
    if (largest_on_budget(gain, lower, upper, 1.0).value > 0.0) continue;
    double least = -0.5 * (1.0 + stretch) * (1.0 + stretch) * variance;
    if (any_pull) {
      const double by_curvature = least_by_curvature(program.quadratic, pull);
      least += (1.0 + stretch) * dot(pull, weights);
      if (by_curvature > -kInfinity) {
        least += by_curvature;
      } else {
        for (std::size_t i = 0; i < n; ++i) least -= 10.0 * std::abs(pull[i]);
      }
    }
    return std::sqrt(-2.0 * least) / lambda;
  }
  return kInfinity;
}

/// The largest ratio lies on the efficient frontier w(lambda) = argmin 1/2 w'Sw - lambda m'w, at
/// the lambda where lambda e = v with e = (m - f)'w and v = w'Sw: below it the ratio still rises,
/// above it falls. On a piece of the frontier where the same weights are free, e and v are
///   e(l') = e + s (l' - l),  v(l') = v + s (l'^2 - l^2),  s = m' dw/dlambda,
/// so that l' = (v - s l^2) / (e - s l) is exact once the piece is the right one.
class SharpeSearch {
 public:
  SharpeSearch(const MeanVarianceProblem& problem, CheckedCovariance covariance,
               const Execution& execution)
      : p_(problem),
        execution_(execution),
        program_(on_budget(problem, std::move(covariance.symmetric), 0.0)) {
    solution_.states = first_states(program_, covariance.factor);
  }

  Result<ContinuousAnswer> run() {
    const BudgetMaximum most = largest_on_budget(p_.mean, program_.lower, program_.upper, 1.0);
    double scale = std::abs(p_.risk_free);
    for (const double m : p_.mean) scale = std::max(scale, std::abs(m));
    if (!(most.value - p_.risk_free > 1e-14 * scale)) {  // an excess of rounding is none
      return infeasible(
          "risk_free",
          fmt::format("no portfolio within the bounds earns more than the risk-free rate {}: the "
                      "largest return is {:.10g}, so that a maximum Sharpe ratio has no meaning; "
                      "use min-variance, or a lower risk-free rate",
                      p_.risk_free, most.value));
    }
    QUANTA_CHECK(solve_at(0.0));
    double lambda = excess_ > 0.0 ? variance_ / excess_ : first_lambda(most);
    if (!(lambda > 0.0)) lambda = 1.0;  // no risk at all: any direction of return will do
    double risen_for_good = 0.0;        // largest lambda known to be too small
    double falling = kInfinity;         // smallest lambda known to be too large
    std::vector<BoundState> rising;
    for (int round = 0; round < 200; ++round) {
      if (excess_ > 0.0 && variance_ <= 1e-15 * largest_variance(p_)) {
        return no_largest_ratio(
            fmt::format("a portfolio without risk under this singular "
                        "covariance earns {:.6g}",
                        excess_ + p_.risk_free));
      }
      QUANTA_CHECK(solve_at(lambda));
      const double imbalance = lambda * excess_ - variance_;
      if (excess_ > 0.0 && std::abs(imbalance) <= 1e-13 * variance_) return finish(lambda);
      (imbalance < 0.0 ? risen_for_good : falling) = lambda;
      // A thousand times further, and still the piece on which the ratio rises to its end.
      if (falling == kInfinity && solution_.states == rising) break;
      QUANTA_TRY(const double slope, frontier_slope());
      const double numerator = variance_ - slope * lambda * lambda;
      const double denominator = excess_ - slope * lambda;
      double next = denominator > 0.0 ? numerator / denominator : kInfinity;
      if (!(next > risen_for_good && next < falling)) {
        next = 0.5 * (risen_for_good + falling);
        if (falling == kInfinity) {
          next = 1e3 * lambda;
          rising = solution_.states;
        }
      }
      if (std::abs(next - lambda) <= 1e-13 * lambda) return finish(lambda);
      lambda = next;
    }
    if (!(excess_ > 0.0) && !p_.limits.empty()) {
      return infeasible("risk_free",
                        fmt::format("no portfolio within the limits earns more than the risk-free "
                                    "rate {}; use min-variance, or a lower risk-free rate",
                                    p_.risk_free));
    }
    if (falling < kInfinity) return finish(lambda);  // the certificate says how good it is
    return no_largest_ratio("it keeps rising with ever larger weights");
  }

 private:
  Result<void> solve_at(double lambda) {
    set_lambda(program_, p_, lambda);
    auto solved = solve_quadratic_program(program_, execution_, solution_.states);
    if (!solved) {
      if (solved.error().field == "objective" || solved.error().field == "constraints") {
        return no_largest_ratio(
            "some mix of assets earns and shows no risk under this singular "
            "covariance");
      }
      return std::unexpected(std::move(solved).error());
    }
    iterations_ += solved->iterations;
    solution_ = *std::move(solved);
    excess_ = dot(p_.mean, solution_.x) - p_.risk_free * total(solution_.x);
    variance_ = std::max(dot(solution_.x, times(program_.quadratic, solution_.x)), 0.0);
    return {};
  }

  /// s = m' dw/dlambda on the present piece: dw solves the same problem with a budget of 0 and the
  /// weights on their bounds held.
  Result<double> frontier_slope() {
    const std::size_t n = p_.mean.size();
    QuadraticProgram tangent = program_;
    // Limits that hold go on holding; the others do not matter for a short step.
    for (std::size_t r = 0; r < program_.inequality_limit.size(); ++r) {
      if (solution_.inequality_multiplier[r] <= 0.0) continue;
      tangent.equality = with_row(tangent.equality, program_.inequality.row(r), 1.0);
      tangent.equality_value.push_back(0.0);
    }
    tangent.inequality = Matrix();
    tangent.inequality_limit.clear();
    tangent.equality_value.assign(tangent.equality_value.size(), 0.0);
    bool any_free = false;
    for (std::size_t i = 0; i < n; ++i) {
      const bool free =
          solution_.states[i] == BoundState::kFree && program_.lower[i] < program_.upper[i];
      tangent.lower[i] = free ? -kInfinity : 0.0;
      tangent.upper[i] = free ? kInfinity : 0.0;
      tangent.linear[i] = -p_.mean[i];
      any_free = any_free || free;
    }
    if (!any_free) return 0.0;
    const auto direction = solve_quadratic_program(tangent, execution_);
    if (!direction) {
      if (direction.error().kind == ErrorKind::kCancelled) return cancelled_error();
      return 0.0;  // a piece without curvature: the bracket alone leads on
    }
    return std::max(dot(p_.mean, direction->x), 0.0);
  }

  /// Where the least variance does not beat the risk-free rate: the lambda of the portfolio of
  /// largest return, or one that grows from the size of the problem.
  double first_lambda(const BudgetMaximum& most) const {
    if (std::isfinite(most.value)) {
      return std::max(variance_, largest_variance(p_)) / (most.value - p_.risk_free);
    }
    return lambda_unit();
  }

  double lambda_unit() const {
    double reward = 0.0;
    for (const double m : p_.mean) reward = std::max(reward, std::abs(m - p_.risk_free));
    return largest_variance(p_) / std::max(reward, 1e-300);
  }

  ContinuousAnswer finish(double lambda) {
    ContinuousAnswer out = answer_of(p_, program_, solution_);
    out.iterations = iterations_;
    const double deviation = std::sqrt(out.variance);
    out.value = (out.expected_return - p_.risk_free) / deviation;
    double infeasibility = std::abs(total(out.weights) - 1.0);
    for (const LinearLimit& limit : p_.limits) {
      const double at = dot(limit.coefficients, out.weights);
      infeasibility = std::max({infeasibility, limit.lower - at, at - limit.upper});
    }
    prove(out, ratio_bound(p_, program_, out.weights, solution_), infeasibility, 0.0);
    // d ratio / dw = (m - S w / lambda) / deviation = (multipliers) / (lambda deviation).
    out.shadow_prices = prices_of(p_, solution_, -1.0 / (lambda * deviation));
    return out;
  }

  const MeanVarianceProblem& p_;
  const Execution& execution_;
  QuadraticProgram program_;
  QuadraticSolution solution_;
  double excess_ = 0.0;
  double variance_ = 0.0;
  int iterations_ = 0;
};

}  // namespace

Result<ContinuousAnswer> optimize_mean_variance(const MeanVarianceProblem& problem,
                                                const Execution& execution) {
  QUANTA_TRY(CheckedCovariance covariance, check(problem));
  if (problem.objective == Objective::kTargetReturn) {
    return target_return(problem, std::move(covariance), execution);
  }
  if (problem.objective == Objective::kMaxSharpe) {
    return SharpeSearch(problem, std::move(covariance), execution).run();
  }
  const bool utility = problem.objective == Objective::kUtility;
  QuadraticProgram program = on_budget(problem, std::move(covariance.symmetric),
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
