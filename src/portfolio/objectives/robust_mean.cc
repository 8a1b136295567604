#include "portfolio/objectives/robust_mean.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <Eigen/Core>
#include <fmt/format.h>

#include "core/constants.h"
#include "portfolio/objectives/robust_proof.h"
#include "portfolio/objectives/shadow_prices.h"
#include "portfolio/optimizers/allowed_weights.h"
#include "portfolio/optimizers/factor.h"
#include "portfolio/optimizers/linear_bound.h"
#include "portfolio/optimizers/quadratic_program.h"
#include "portfolio/optimizers/trading_program.h"
#include "statistics/checked_returns.h"

namespace quanta::portfolio {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kRowRoom = 1e-9;
constexpr int kMostRobustSteps = 100;
constexpr int kMostTrials = 200;
/// A rise of the utility, beside the means, that the next Newton step squares away.
constexpr double kSettled = 1e-13;
/// How near a target counts as reached, beside the means.
constexpr double kReached = 1e-13;

// ---- What may be wrong --------------------------------------------------------------------------

Result<void> check_semidefinite(const Matrix& matrix, std::size_t n, std::string_view field) {
  if (matrix.rows() != n || matrix.columns() != n) {
    return bad_input(field,
                     fmt::format("{} x {} for {} assets", matrix.rows(), matrix.columns(), n));
  }
  if (auto checked = statistics::check_covariance(matrix); !checked) {
    Error error = std::move(checked).error();
    error.field = std::string(field);
    return std::unexpected(std::move(error));
  }
  if (factor_up_to_rounding(matrix)) return {};
  return bad_input(field,
                   "not positive semidefinite, so that some portfolio would have a negative "
                   "variance; shrinkage or complete data give one that is");
}

Result<void> check_numbers(std::span<const double> values, std::size_t n, std::string_view field) {
  if (values.size() != n) {
    return bad_input(field, fmt::format("{} numbers for {} assets", values.size(), n));
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (std::isfinite(values[i])) continue;
    return bad_input(field, fmt::format("asset {}: {} is not finite", i + 1, values[i]));
  }
  return {};
}

Result<void> check(const RobustProblem& p) {
  const std::size_t n = p.mean.size();
  if (n == 0) return bad_input("mean", "there are no assets");
  QUANTA_CHECK(check_numbers(p.mean, n, "mean"));
  QUANTA_CHECK(check_semidefinite(p.covariance, n, "covariance"));
  QUANTA_CHECK(check_bounds(p.bounds, n));
  for (const LinearLimit& limit : p.limits) QUANTA_CHECK(check_limit(limit, n));
  if (p.objective != Objective::kUtility && p.objective != Objective::kTargetReturn) {
    return bad_input("objective", fmt::format("{} has no robust form here; utility and "
                                              "target-return have",
                                              to_text(p.objective)));
  }
  if (!(p.risk_aversion > 0.0 && std::isfinite(p.risk_aversion))) {
    return bad_input("risk_aversion",
                     fmt::format("{} is not positive; 3 is usual", p.risk_aversion));
  }
  if (!std::isfinite(p.target)) {
    return bad_input("target", fmt::format("{} is not a finite number", p.target));
  }
  if (!p.box.empty()) {
    QUANTA_CHECK(check_numbers(p.box, n, "box"));
    for (const double width : p.box) {
      if (width < 0.0) return bad_input("box", fmt::format("a width of {} is negative", width));
    }
  }
  if (!(p.radius >= 0.0 && std::isfinite(p.radius))) {
    return bad_input("radius", fmt::format("{} is not a radius of at least 0", p.radius));
  }
  if (p.radius > 0.0) return check_semidefinite(p.uncertainty, n, "uncertainty");
  return {};
}

// ---- The best utility ---------------------------------------------------------------------------

struct Best {
  std::vector<double> weights;
  RobustDual dual;  ///< without the target
  double worst = 0.0;
};

/// Largest worst(w) - delta/2 w'Sw, for one delta after the other.
class RobustUtility {
 public:
  RobustUtility(const RobustProblem& p, const Execution& execution)
      : p_(p),
        execution_(execution),
        n_(p.mean.size()),
        allowed_(allowed_weights(p.bounds, p.limits)),
        covariance_(as_matrix(p.covariance)),
        uncertainty_(p.radius > 0.0 ? as_matrix(p.uncertainty) : MatrixXd::Zero(size(), size())),
        shift_(n_) {
    for (std::size_t i = 0; i < p.box.size(); ++i) {
      // Of a weight with one sign it is known which end of the box is the worst.
      if (p.bounds.lower[i] < 0.0 && p.bounds.upper[i] > 0.0) split_ = split_ || p.box[i] > 0.0;
      shift_[i] = p.bounds.upper[i] > 0.0 ? -p.box[i] : p.box[i];
    }
  }

  int iterations() const { return iterations_; }

  /// Errors: kInfeasible, "objective", where it rises without limit; kCancelled.
  Result<Best> solve(double delta) {
    if (weights_.size() == 0) {
      QUANTA_TRY(const std::vector<double> start, nearest_allowed(allowed_, execution_));
      weights_ = Eigen::Map<const VectorXd>(start.data(), size());
    }
    double value = value_of(weights_, delta);
    QuadraticSolution solution;
    for (int step = 0; step < kMostRobustSteps; ++step) {
      if (execution_.cancelled()) return cancelled_error();
      QUANTA_TRY(solution, solve_model(delta));
      const std::vector<double> x =
          split_ ? traded(std::vector<double>(n_), solution.x) : solution.x;
      const VectorXd change = Eigen::Map<const VectorXd>(x.data(), size()) - weights_;
      double length = 1.0;
      double next = value_of(weights_ + change, delta);
      while (!(next >= value - kSettled * unit()) && length > 1e-12) {
        length *= 0.5;
        next = value_of(weights_ + length * change, delta);
      }
      weights_ += length * change;
      const double rise = next - value;
      value = next;
      if (p_.radius == 0.0 || rise <= kSettled * unit()) break;
    }
    if (!(weights_.cwiseAbs().maxCoeff() < kFarWeight)) {
      return infeasible("objective", "the objective rises with ever larger weights; set bounds");
    }
    return best_of(solution);
  }

 private:
  Index size() const { return static_cast<Index>(n_); }
  static MatrixXd as_matrix(const Matrix& m) {
    return Eigen::Map<const MatrixXd>(m.data(), static_cast<Index>(m.rows()),
                                      static_cast<Index>(m.rows()));
  }
  /// The size of a mean.
  double unit() const {
    double out = 1e-300;
    for (const double m : p_.mean) out = std::max(out, std::abs(m));
    return out;
  }
  double value_of(const VectorXd& w, double delta) const {
    return worst_of(w) - 0.5 * delta * w.dot(covariance_ * w);
  }
  double worst_of(const VectorXd& w) const {
    double out = 0.0;
    for (Index i = 0; i < size(); ++i) {
      const auto at = static_cast<std::size_t>(i);
      out += p_.mean[at] * w[i] - (p_.box.empty() ? 0.0 : p_.box[at] * std::abs(w[i]));
    }
    return out - p_.radius * std::sqrt(std::max(0.0, w.dot(uncertainty_ * w)));
  }

  /// The second-order model at weights_: of the root s = sqrt(w'Uw), whose slope is u = U w / s and
  /// whose curvature, (U - u u') / s, is 0 along w.
  Result<QuadraticSolution> solve_model(double delta) {
    ++iterations_;
    QuadraticProgram program = program_over(allowed_, 0);
    Eigen::Map<MatrixXd> form(program.quadratic.data(), size(), size());
    Eigen::Map<VectorXd> linear(program.linear.data(), size());
    form = delta * covariance_;
    for (std::size_t i = 0; i < n_; ++i) {
      program.linear[i] = -p_.mean[i] - (split_ ? 0.0 : shift_[i]);
    }
    const VectorXd along = uncertainty_ * weights_;
    const double s = std::sqrt(std::max(0.0, along.dot(weights_)));
    if (s > 0.0) {
      const VectorXd slope = along / s;
      form += p_.radius / s * (uncertainty_ - slope * slope.transpose());
      linear += p_.radius * slope;
    }
    if (split_) {
      program = trading_program(program, std::vector<double>(n_), 0.0, kInfinity);
      for (std::size_t i = 0; i < n_; ++i) {
        program.linear[i] += p_.box[i];
        program.linear[n_ + i] += p_.box[i];
      }
    }
    return solve_quadratic_program(program, execution_, states_);
  }

  Best best_of(const QuadraticSolution& solution) const {
    Best out;
    out.weights = clean_weights(allowed_.polyhedron.lower, allowed_.polyhedron.upper,
                                {weights_.begin(), weights_.end()});
    for (std::size_t i = 0; i < p_.box.size(); ++i) {
      double shift = shift_[i];
      if (split_) {
        // What buying from nothing misses: between the ends of the box where nothing is held.
        shift = out.weights[i] > 0.0   ? -p_.box[i]
                : out.weights[i] < 0.0 ? p_.box[i]
                                       : solution.lower_multiplier[i] - p_.box[i];
      }
      out.dual.shift.push_back(std::clamp(shift, -p_.box[i], p_.box[i]));
    }
    out.dual.limits = multipliers_of(allowed_, rows_of(allowed_, solution)).limits;
    out.worst = worst_return(p_, out.weights);
    return out;
  }

  const RobustProblem& p_;
  const Execution& execution_;
  std::size_t n_;
  AllowedWeights allowed_;
  MatrixXd covariance_;
  MatrixXd uncertainty_;
  std::vector<double> shift_;  ///< e of weights with one sign
  bool split_ = false;         ///< into bought and sold: the box meets weights of both signs
  VectorXd weights_;
  std::vector<BoundState> states_;
  int iterations_ = 0;
};

// ---- The answer ---------------------------------------------------------------------------------

RobustAnswer answer_of(const RobustProblem& p, Best best, int iterations) {
  RobustAnswer out;
  out.weights = std::move(best.weights);
  out.dual = std::move(best.dual);
  out.iterations = iterations;
  const bool utility = p.objective == Objective::kUtility;
  const RobustProof proof = robust_proof(p, out.weights, out.dual);
  out.value = proof.value;
  out.worst_return = worst_return(p, out.weights);
  const auto n = static_cast<Index>(p.mean.size());
  const Eigen::Map<const MatrixXd> covariance(p.covariance.data(), n, n);
  const Eigen::Map<const VectorXd> mean(p.mean.data(), n);
  const Eigen::Map<const VectorXd> w(out.weights.data(), n);
  out.expected_return = mean.dot(w);
  out.variance = std::max(0.0, w.dot(covariance * w));
  const double noise =
      1e-14 * (utility ? mean.cwiseAbs().maxCoeff() : covariance.diagonal().maxCoeff());
  const double room = kProvenGap * std::abs(out.value) + noise;
  const double beyond = utility ? out.value - proof.bound : proof.bound - out.value;
  out.certificate.best = out.value;
  out.certificate.bound =
      utility ? std::max(proof.bound, out.value) : std::min(proof.bound, out.value);
  out.certificate.gap = std::abs(out.value - out.certificate.bound);
  out.certificate.proven =
      out.certificate.gap <= room && beyond <= room && proof.infeasibility <= kRowRoom;

  // The gradient of what is minimised: minus the utility, or the variance less the target's part.
  VectorXd worst_mean = mean;
  if (p.radius > 0.0) {
    const VectorXd along =
        Eigen::Map<const MatrixXd>(p.uncertainty.data(), n, n).selfadjointView<Eigen::Lower>() * w;
    const double s = std::sqrt(std::max(along.dot(w), 0.0));
    if (s > 0.0) worst_mean -= p.radius / s * along;
  }
  for (std::size_t i = 0; i < p.box.size(); ++i) {
    worst_mean[static_cast<Index>(i)] += out.dual.shift[i];
  }
  const VectorXd g = utility ? VectorXd(p.risk_aversion * (covariance * w) - worst_mean)
                             : VectorXd(2.0 * (covariance * w) - out.dual.target * worst_mean);
  out.shadow_prices = shadow_prices_of({.bounds = p.bounds, .limits = p.limits}, out.weights,
                                       {g.data(), out.weights.size()}, out.dual.limits, 0.0);
  if (utility) {
    ShadowPrices& prices = out.shadow_prices;
    const auto turn = [](double& x) { x = 0.0 - x; };
    turn(prices.sum);
    for (double& price : prices.lower) turn(price);
    for (double& price : prices.upper) turn(price);
    for (ShadowPrices::Limit& limit : prices.limits) {
      turn(limit.lower);
      turn(limit.upper);
    }
  } else {
    out.shadow_prices.target = out.dual.target;
  }
  return out;
}

/// The least variance, whatever the means are.
Result<Best> steadiest(const RobustProblem& p, const Execution& execution) {
  RobustProblem steady = p;
  std::ranges::fill(steady.mean, 0.0);
  steady.box.clear();
  steady.radius = 0.0;
  QUANTA_TRY(Best best, RobustUtility(steady, execution).solve(2.0));
  best.dual.shift.assign(p.box.size(), 0.0);
  best.worst = worst_return(p, best.weights);
  return best;
}

/// The delta at which the worst return of the best utility is the target: it falls as delta rises.
/// On the side that reaches it.
Result<Best> at_target(const RobustProblem& p, RobustUtility& utility, const Execution& execution) {
  QUANTA_TRY(Best steady, steadiest(p, execution));
  if (steady.worst >= p.target) return steady;
  double scale = std::abs(p.target);
  for (const double m : p.mean) scale = std::max(scale, std::abs(m));
  // A risk aversion for which risk and return weigh alike, as the unit.
  double largest_variance = 1e-300;
  for (std::size_t i = 0; i < p.mean.size(); ++i) {
    largest_variance = std::max(largest_variance, p.covariance(i, i));
  }
  const double unit = std::max(scale, 1e-300) / largest_variance;
  const auto with_target = [](Best best, double delta) {
    best.dual.target = 2.0 / delta;  // the variance as minus 2 / delta times the utility
    for (double& u : best.dual.limits) u *= best.dual.target;
    return best;
  };
  double low = 1e-9 * unit;  // reaches the target, if any does
  double high = 1e9 * unit;  // nearly the least variance, which misses it
  QUANTA_TRY(Best best, utility.solve(low));
  if (best.worst < p.target - kReached * scale) {
    return infeasible("target",
                      fmt::format("the target {} is above the largest return in the worst "
                                  "case, {:.10g}; ask for less, widen bounds and limits, "
                                  "or trust the means more",
                                  p.target, best.worst));
  }
  for (int trial = 0; trial < kMostTrials && best.worst > p.target + kReached * scale; ++trial) {
    const double middle = std::sqrt(low * high);
    if (!(middle > low && middle < high)) break;
    QUANTA_TRY(Best between, utility.solve(middle));
    if (between.worst >= p.target) {
      low = middle;
      best = std::move(between);
    } else {
      high = middle;
    }
  }
  return with_target(std::move(best), low);
}

}  // namespace

Result<RobustAnswer> optimize_robust_mean(const RobustProblem& problem,
                                          const Execution& execution) {
  QUANTA_CHECK(check(problem));
  const AllowedWeights allowed = allowed_weights(problem.bounds, problem.limits);
  if (auto any = nearest_allowed(allowed, execution); !any) {
    Error error = std::move(any).error();
    if (error.field == "constraints") {
      error.field = "limits";
      std::string names;
      for (const LinearLimit& limit : problem.limits) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", limit.name);
      }
      error.message = fmt::format(
          "no weights within the bounds meet all limits ({}); widen one of them", names);
    }
    return std::unexpected(std::move(error));
  }
  RobustUtility utility(problem, execution);
  QUANTA_TRY(Best best, problem.objective == Objective::kUtility
                            ? utility.solve(problem.risk_aversion)
                            : at_target(problem, utility, execution));
  return answer_of(problem, std::move(best), utility.iterations());
}

}  // namespace quanta::portfolio
