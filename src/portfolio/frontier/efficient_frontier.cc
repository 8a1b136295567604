#include "portfolio/frontier/efficient_frontier.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/sums.h"
#include "portfolio/optimizers/critical_line.h"
#include "portfolio/optimizers/dual_bound.h"

namespace quanta::portfolio {
namespace {

/// a'Sb, over what is not 0: few assets of many are held.
double product(const Matrix& s, std::span<const double> a, std::span<const double> b) {
  std::vector<std::size_t> held;
  for (std::size_t j = 0; j < b.size(); ++j) {
    if (b[j] != 0.0) held.push_back(j);
  }
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == 0.0) continue;
    const std::span<const double> row = s.row(i);
    double of_row = 0.0;
    for (const std::size_t j : held) of_row += row[j] * b[j];
    sum += a[i] * of_row;
  }
  return sum;
}

FrontierPoint point_of(std::vector<double> weights, const std::vector<double>& mean,
                       const Matrix& covariance) {
  const double variance = product(covariance, weights, weights);
  return {dot(mean, weights), std::sqrt(std::max(variance, 0.0)), std::move(weights)};
}

FrontierPoint between(const FrontierPoint& a, const FrontierPoint& b, double share,
                      const Matrix& covariance) {
  FrontierPoint point;
  point.expected_return = a.expected_return + share * (b.expected_return - a.expected_return);
  point.weights.reserve(a.weights.size());
  for (std::size_t i = 0; i < a.weights.size(); ++i) {
    point.weights.push_back(a.weights[i] + share * (b.weights[i] - a.weights[i]));
  }
  const double variance = product(covariance, point.weights, point.weights);
  point.volatility = std::sqrt(std::max(variance, 0.0));
  return point;
}

/// A point so far out on the ray that the return has risen by `rise`.
FrontierPoint along(const EfficientFrontier& frontier, double rise, const Matrix& covariance) {
  FrontierPoint point = frontier.corners.front();
  point.expected_return += rise;
  for (std::size_t i = 0; i < point.weights.size(); ++i) {
    point.weights[i] += rise * frontier.ray[i];
  }
  point.volatility = std::sqrt(std::max(product(covariance, point.weights, point.weights), 0.0));
  return point;
}

QuadraticProgram budget_program(const Matrix& covariance, const Bounds& bounds) {
  const std::size_t n = bounds.lower.size();
  return {.quadratic = covariance,
          .linear = std::vector<double>(n, 0.0),
          .equality = Matrix(1, n, 1.0),
          .equality_value = {1.0},
          .inequality = {},
          .inequality_limit = {},
          .lower = bounds.lower,
          .upper = bounds.upper};
}

}  // namespace

std::optional<FrontierPoint> EfficientFrontier::at_return(double expected_return,
                                                          const Matrix& covariance) const {
  if (!(expected_return >= corners.back().expected_return)) return std::nullopt;
  if (expected_return > corners.front().expected_return) {
    if (ray.empty()) return std::nullopt;
    return along(*this, expected_return - corners.front().expected_return, covariance);
  }
  for (std::size_t c = 0; c + 1 < corners.size(); ++c) {
    if (expected_return < corners[c + 1].expected_return) continue;
    const double whole = corners[c].expected_return - corners[c + 1].expected_return;
    const double share = (corners[c].expected_return - expected_return) / whole;
    return between(corners[c], corners[c + 1], share, covariance);
  }
  return corners.back();
}

std::optional<FrontierPoint> EfficientFrontier::at_volatility(double volatility,
                                                              const Matrix& covariance) const {
  if (!(volatility >= corners.back().volatility)) return std::nullopt;
  // On a + x d the variance is a'Sa + 2 x a'Sd + x^2 d'Sd; x of the larger root leads to more
  // return.
  const auto solve = [&](const std::vector<double>& a, const std::vector<double>& d) {
    const double square = product(covariance, d, d);
    const double half = product(covariance, a, d);
    const double missing = product(covariance, a, a) - volatility * volatility;
    return (-half + std::sqrt(std::max(0.0, half * half - square * missing))) / square;
  };
  if (volatility > corners.front().volatility) {
    if (ray.empty()) return std::nullopt;
    return along(*this, solve(corners.front().weights, ray), covariance);
  }
  for (std::size_t c = corners.size() - 1; c-- > 0;) {
    if (volatility > corners[c].volatility) continue;
    std::vector<double> direction;
    for (std::size_t i = 0; i < corners[c].weights.size(); ++i) {
      direction.push_back(corners[c].weights[i] - corners[c + 1].weights[i]);
    }
    const double share = std::clamp(solve(corners[c + 1].weights, direction), 0.0, 1.0);
    return between(corners[c + 1], corners[c], share, covariance);
  }
  return corners.front();
}

Result<EfficientFrontier> trace_frontier(const std::vector<double>& mean, const Matrix& covariance,
                                         const Bounds& bounds, const Execution& execution) {
  // It checks everything, and the least variance has to exist anyway.
  QUANTA_CHECK(optimize_mean_variance({.mean = mean, .covariance = covariance, .bounds = bounds},
                                      execution));
  const ParametricProgram program{.base = budget_program(covariance, bounds), .reward = mean};
  QUANTA_TRY(CriticalLine line, trace_critical_line(program, execution));
  EfficientFrontier frontier;
  for (std::size_t c = line.corners.size(); c-- > 0;) {
    frontier.kkt_residual = std::max(frontier.kkt_residual, line.corners[c].kkt_residual);
    frontier.corners.push_back(point_of(std::move(line.corners[c].x), mean, covariance));
  }
  if (!line.bounded) {
    const double rise = dot(mean, line.ray);
    for (const double r : line.ray) frontier.ray.push_back(r / rise);
  }
  return frontier;
}

Result<ContinuousAnswer> optimize_target_risk(const MeanVarianceProblem& problem,
                                              const Execution& execution) {
  if (!(problem.target > 0.0 && std::isfinite(problem.target))) {
    return bad_input("target",
                     fmt::format("{} is no volatility; it must be positive", problem.target));
  }
  QUANTA_TRY(const EfficientFrontier frontier,
             trace_frontier(problem.mean, problem.covariance, problem.bounds, execution));
  const Matrix& s = problem.covariance;
  auto point = frontier.at_volatility(problem.target, s);
  if (!point && problem.target < frontier.corners.back().volatility) {
    return infeasible("target",
                      fmt::format("the target volatility {} is below the least within the "
                                  "bounds, {:.10g}",
                                  problem.target, frontier.corners.back().volatility));
  }
  const bool binds = point.has_value();
  if (!point) point = frontier.corners.front();  // the highest return bears less risk than allowed

  ContinuousAnswer answer;
  answer.sense = Sense::kMaximize;
  answer.weights = std::move(point->weights);
  for (double& w : answer.weights) {
    if (std::abs(w) < 1e-12) w = 0.0;
  }
  answer.expected_return = dot(problem.mean, answer.weights);
  answer.value = answer.expected_return;
  answer.variance = product(s, answer.weights, answer.weights);
  answer.iterations = static_cast<int>(frontier.corners.size());

  // The multiplier of the risk: on the frontier 1/2 w'Sw - t m'w is least, k = 1/t. Among the
  // pieces the one of this portfolio tells t: with a little more return the variance grows by 2 t
  // of it.
  const double step =
      1e-6 * (frontier.corners.front().expected_return - frontier.corners.back().expected_return);
  const auto above = frontier.at_return(answer.value + step, s);
  const auto below = frontier.at_return(answer.value - step, s);
  double t = 1.0;
  if (above && below) {
    t = (above->volatility * above->volatility - below->volatility * below->volatility) /
        (4.0 * step);
  } else if (frontier.corners.size() > 1) {  // past the first corner any larger t serves
    const FrontierPoint& a = frontier.corners[0];
    const FrontierPoint& b = frontier.corners[1];
    t = 1e3 * (a.volatility * a.volatility - b.volatility * b.volatility) /
        std::max(2.0 * (a.expected_return - b.expected_return), 1e-300);
  }
  QuadraticProgram program = budget_program(s, problem.bounds);
  for (std::size_t i = 0; i < problem.mean.size(); ++i) program.linear[i] = -t * problem.mean[i];
  QUANTA_TRY(const QuadraticSolution solved, solve_quadratic_program(program, execution));
  const DualBound proof = dual_bound(program, solved);
  // t m'w <= -bound + 1/2 target^2 where the risk binds, and its part drops out where it does not.
  const double risk = binds ? problem.target * problem.target : 0.0;
  double bound = (-proof.bound + 0.5 * risk) / t;
  if (!binds) {
    const BudgetMaximum most =
        largest_on_budget(problem.mean, problem.bounds.lower, problem.bounds.upper, 1.0);
    bound = most.value;
  }
  answer.certificate.best = answer.value;
  answer.certificate.bound = std::max(bound, answer.value);
  answer.certificate.gap = answer.certificate.bound - answer.value;
  const double infeasibility =
      std::max(std::abs(std::accumulate(answer.weights.begin(), answer.weights.end(), 0.0) - 1.0),
               std::sqrt(answer.variance) - problem.target);
  answer.certificate.proven =
      answer.certificate.gap <= 1e-8 * std::max(std::abs(answer.value), 1e-300) &&
      infeasibility <= 1e-9;
  answer.shadow_prices.sum = 0.0;
  answer.shadow_prices.lower.assign(problem.mean.size(), 0.0);
  answer.shadow_prices.upper.assign(problem.mean.size(), 0.0);
  const auto scaled = [](double a, double b) { return a * b + 0.0; };  // no -0
  answer.shadow_prices.sum = scaled(1.0 / t, solved.equality_multiplier[0]);
  for (std::size_t i = 0; i < problem.mean.size(); ++i) {
    answer.shadow_prices.lower[i] = scaled(-1.0 / t, solved.lower_multiplier[i]);
    answer.shadow_prices.upper[i] = scaled(1.0 / t, solved.upper_multiplier[i]);
  }
  // Per unit of volatility: d(1/2 target^2)/d target / t.
  answer.shadow_prices.target = binds ? problem.target / t : 0.0;
  return answer;
}

}  // namespace quanta::portfolio
