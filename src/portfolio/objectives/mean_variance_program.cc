#include "portfolio/objectives/mean_variance_program.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "core/constants.h"
#include "core/sums.h"
#include "portfolio/objectives/shadow_prices.h"

namespace quanta::portfolio::mean_variance {
namespace {

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

}  // namespace

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

ContinuousAnswer answer_of(const MeanVarianceProblem& p, const QuadraticProgram& program,
                           const QuadraticSolution& solution) {
  ContinuousAnswer out;
  out.weights = clean_weights(program.lower, program.upper, solution.x);
  out.sense = sense_of(p.objective);
  out.expected_return = dot(p.mean, out.weights);
  out.variance = std::max(dot(out.weights, times(program.quadratic, out.weights)), 0.0);
  for (const double w : out.weights) out.leverage += std::abs(w);
  out.iterations = solution.iterations;
  return out;
}

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

std::vector<WeightDistance> distances_of(const MeanVarianceProblem& p) {
  return portfolio::distances_of(p.mean.size(), p.max_leverage, p.trading);
}

CountedProgram counted_program(const QuadraticProgram& program,
                               const std::vector<WeightDistance>& distances, const Counted& counted,
                               double cost_unit) {
  std::vector<std::vector<double>> centers;
  for (std::size_t k = 0; k < distances.size(); ++k) {
    if (counted[k]) centers.push_back(distances[k].center);
  }
  if (centers.empty()) return {.pieces = {}, .program = program};
  CountedProgram out{.pieces = pieces_of({.lower = program.lower, .upper = program.upper}, centers),
                     .program = {}};
  out.program = in_pieces(program, *out.pieces);
  for (std::size_t k = 0; k < distances.size(); ++k) {
    if (!counted[k]) continue;
    const DistanceSlope slope = slope_of_distance(*out.pieces, distances[k].center);
    for (std::size_t j = 0; j < slope.slopes.size(); ++j) {
      out.program.linear[j] += distances[k].cost * cost_unit * slope.slopes[j];
    }
    if (distances[k].most < kInfinity) add_distance(out.program, slope, distances[k].most);
  }
  return out;
}

Multipliers multipliers_of(const MeanVarianceProblem& p, const QuadraticSolution& solution,
                           bool target_row, const std::vector<WeightDistance>& distances,
                           const Counted& counted) {
  Multipliers out;
  std::size_t row = 0;
  for (const LimitRows& rows : rows_of_limits(p, 1, 0)) {
    double& u = out.limits.emplace_back();
    if (rows.equality) u = -solution.equality_multiplier[*rows.equality];
    if (rows.lower) u += solution.inequality_multiplier[row++];
    if (rows.upper) u -= solution.inequality_multiplier[row++];
  }
  if (target_row) out.target = solution.inequality_multiplier[row++];
  for (std::size_t k = 0; k < distances.size(); ++k) {
    const bool limited = counted[k] && distances[k].most < kInfinity;
    out.distances.push_back(limited ? solution.inequality_multiplier[row++] : 0.0);
  }
  return out;
}

ShadowPrices prices_in(const WeightConstraints& constraints, std::span<const double> weights,
                       std::span<const double> gradient, const Multipliers& u,
                       const MeanVarianceProblem& p, double unit) {
  ShadowPrices out =
      shadow_prices_of(constraints, weights, gradient, u.limits, u.target, u.distances);
  const auto scale = [unit](double& price) { price = unit * price + 0.0; };  // no -0
  scale(out.sum);
  for (double& price : out.lower) scale(price);
  for (double& price : out.upper) scale(price);
  for (ShadowPrices::Limit& price : out.limits) {
    scale(price.lower);
    scale(price.upper);
  }
  if (out.target) scale(*out.target);
  if (p.max_leverage < kInfinity) out.leverage = 0.0 - unit * u.distances.front();
  if (p.trading) out.turnover = 0.0 - unit * u.distances.back();
  return out;
}

std::unexpected<Error> unsolved(const MeanVarianceProblem& p, Error error) {
  const bool leveraged = p.max_leverage < kInfinity;
  if (error.field == "constraints" && (!p.limits.empty() || p.trading || leveraged)) {
    error.field = !p.limits.empty() ? "limits" : p.trading ? "max_turnover" : "max_leverage";
    error.message =
        fmt::format("no weights meet all that is asked: the bounds{}{}{}{}; let one of them yield",
                    p.limits.empty() ? "" : ", the limits", p.trading ? ", the turnover" : "",
                    leveraged ? ", the leverage" : "",
                    p.objective == Objective::kTargetReturn ? ", the target return" : "");
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

}  // namespace quanta::portfolio::mean_variance
