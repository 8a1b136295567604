#include "portfolio/objectives/maximum_sharpe.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/constants.h"
#include "core/sums.h"
#include "portfolio/optimizers/dual_bound.h"

namespace quanta::portfolio::mean_variance {
namespace {

double total(std::span<const double> x) { return dot(x, std::vector<double>(x.size(), 1.0)); }

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
///
/// Where leverage or turnover count, the program is in pieces of the weights, and so are its means.
class SharpeSearch {
 public:
  SharpeSearch(const MeanVarianceProblem& problem, const CheckedCovariance& covariance,
               const Counted& counted, const Execution& execution)
      : p_(problem),
        execution_(execution),
        distances_(distances_of(problem)),
        counted_(counted),
        on_weights_(on_budget(problem, covariance.symmetric, 0.0)),
        counts_(counted_program(on_weights_, distances_, counted, 0.0)),
        program_(counts_.program),
        mean_(counts_.pieces ? row_in_pieces(*counts_.pieces, problem.mean) : problem.mean),
        at_start_(program_.linear) {
    if (!counts_.pieces) solution_.states = first_states(program_, covariance.factor);
  }

  Result<ContinuousAnswer> run() {
    const BudgetMaximum most =
        largest_on_budget(p_.mean, on_weights_.lower, on_weights_.upper, 1.0);
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
    least_variance_ = variance_bound();
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
    if (!(excess_ > 0.0) && (!p_.limits.empty() || !distances_.empty())) {
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
    for (std::size_t j = 0; j < mean_.size(); ++j) {
      program_.linear[j] = at_start_[j] - lambda * mean_[j];
    }
    auto solved = solve_quadratic_program(program_, execution_, solution_.states);
    if (!solved) {
      if (counts_.pieces && solved.error().field == "constraints") {
        return unsolved(p_, std::move(solved).error());
      }
      if (solved.error().field == "objective" || solved.error().field == "constraints") {
        return no_largest_ratio(
            "some mix of assets earns and shows no risk under this singular "
            "covariance");
      }
      return std::unexpected(std::move(solved).error());
    }
    iterations_ += solved->iterations;
    solution_ = *std::move(solved);
    weights_ = counts_.weights(solution_.x);
    excess_ = dot(p_.mean, weights_) - p_.risk_free * total(weights_);
    variance_ = std::max(dot(weights_, times(on_weights_.quadratic, weights_)), 0.0);
    return {};
  }

  /// s = m' dw/dlambda on the present piece: dw solves the same problem with a budget of 0 and the
  /// weights on their bounds held.
  Result<double> frontier_slope() {
    const std::size_t n = mean_.size();
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
      tangent.linear[i] = -mean_[i];
      any_free = any_free || free;
    }
    if (!any_free) return 0.0;
    const auto direction = solve_quadratic_program(tangent, execution_);
    if (!direction) {
      if (direction.error().kind == ErrorKind::kCancelled) return cancelled_error();
      return 0.0;  // a piece without curvature: the bracket alone leads on
    }
    return std::max(dot(mean_, direction->x), 0.0);
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

  WeightConstraints constraints() const {
    return {.bounds = bounds_, .limits = p_.limits, .distances = distances_};
  }

  Multipliers multipliers() const {
    return multipliers_of(p_, solution_, false, distances_, counted_);
  }

  /// No allowed variance is below, by the answer at lambda = 0 with S v >= 2 v'S w - w'S w.
  double variance_bound() const {
    std::vector<double> gradient = times(on_weights_.quadratic, weights_);
    const Multipliers u = multipliers();
    return 2.0 * linear_bound(constraints(), gradient, u.limits, 0.0, u.distances) - variance_;
  }

  /// An upper bound of the ratio. With k = e / v at the answer w and d >= (m - f)'v - k v'Sw for
  /// all allowed v, by linear_bound: as v'Sw <= sqrt(v'Sv w'Sw), no ratio is above
  ///   k sqrt(w'Sw) + d / sqrt(least variance).
  double distance_ratio_bound(std::span<const double> weights, double excess,
                              double variance) const {
    std::vector<double> g = times(on_weights_.quadratic, weights);
    const double k = excess / variance;
    for (std::size_t i = 0; i < g.size(); ++i) g[i] = k * g[i] - (p_.mean[i] - p_.risk_free);
    Multipliers u = multipliers();
    for (double& value : u.limits) value *= k;
    for (double& value : u.distances) value *= k;
    const double beyond =
        std::max(0.0, -linear_bound(constraints(), g, u.limits, 0.0, u.distances));
    if (beyond > 0.0 && !(least_variance_ > 0.0)) return kInfinity;
    return k * std::sqrt(variance) + (beyond > 0.0 ? beyond / std::sqrt(least_variance_) : 0.0);
  }

  ContinuousAnswer finish(double lambda) {
    QuadraticSolution on_weights = solution_;
    on_weights.x = weights_;
    ContinuousAnswer out = answer_of(p_, on_weights_, on_weights);
    out.iterations = iterations_;
    const double deviation = std::sqrt(out.variance);
    const double excess = out.expected_return - p_.risk_free;
    out.value = excess / deviation;
    // d ratio / dw = (m - S w / lambda) / deviation = (multipliers) / (lambda deviation).
    const double unit = -1.0 / (lambda * deviation);
    const double infeasibility = infeasibility_of(constraints(), out.weights);
    if (distances_.empty()) {
      prove(out, ratio_bound(p_, program_, out.weights, solution_), infeasibility, 0.0);
      out.shadow_prices = prices_of(p_, solution_, unit);
      return out;
    }
    prove(out, distance_ratio_bound(out.weights, excess, out.variance), infeasibility, 0.0);
    if (p_.trading) out.turnover = distance_between(out.weights, p_.trading->current);
    std::vector<double> gradient = times(on_weights_.quadratic, out.weights);
    for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] -= lambda * p_.mean[i];
    out.shadow_prices = prices_in(constraints(), out.weights, gradient, multipliers(), p_, unit);
    return out;
  }

  const MeanVarianceProblem& p_;
  const Execution& execution_;
  std::vector<WeightDistance> distances_;
  Counted counted_;
  QuadraticProgram on_weights_;
  Bounds bounds_ = {.lower = on_weights_.lower, .upper = on_weights_.upper};
  CountedProgram counts_;
  QuadraticProgram program_;
  std::vector<double> mean_;      ///< of the program's variables
  std::vector<double> at_start_;  ///< its linear part at lambda = 0
  QuadraticSolution solution_;
  std::vector<double> weights_;
  double least_variance_ = 0.0;
  double excess_ = 0.0;
  double variance_ = 0.0;
  int iterations_ = 0;
};

}  // namespace

Result<ContinuousAnswer> maximum_sharpe(const MeanVarianceProblem& p,
                                        const CheckedCovariance& covariance,
                                        const Execution& execution) {
  const std::vector<WeightDistance> distances = distances_of(p);
  Counted counted(distances.size());
  while (true) {
    auto answer = SharpeSearch(p, covariance, counted, execution).run();
    if (!answer) {
      const bool cancelled = answer.error().kind == ErrorKind::kCancelled;
      if (!cancelled && count_all(distances, counted)) continue;
      return answer;
    }
    if (!count_broken(distances, answer->weights, counted)) return answer;
  }
}

}  // namespace quanta::portfolio::mean_variance
