#include "quantum/algorithm/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>

#include "core/sums.h"
#include "quantum/algorithm/minimum.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kHistory = 10;
constexpr double kCurvature = 0.9;
constexpr int kMaxBisections = 20;

struct CurvaturePair {
  std::vector<double> move;      // x' - x
  std::vector<double> gradient;  // g' - g
  double product;                // of the two, positive
};

/// -H g by the two-loop recursion; with no history, a step of the given length against g.
std::vector<double> direction(std::span<const double> gradient,
                              const std::deque<CurvaturePair>& history, double first_step) {
  std::vector<double> d(gradient.begin(), gradient.end());
  double scale = -first_step / std::sqrt(dot(gradient, gradient));
  std::vector<double> factors(history.size());
  for (std::size_t i = history.size(); i-- > 0;) {
    factors[i] = dot(history[i].move, d) / history[i].product;
    for (std::size_t j = 0; j < d.size(); ++j) d[j] -= factors[i] * history[i].gradient[j];
  }
  if (!history.empty()) {
    scale = -history.back().product / dot(history.back().gradient, history.back().gradient);
  }
  for (double& x : d) x *= scale;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const double back = dot(history[i].gradient, d) / history[i].product;
    for (std::size_t j = 0; j < d.size(); ++j) {
      d[j] -= (factors[i] + back) * history[i].move[j];
    }
  }
  return d;
}

}  // namespace

LbfgsResult minimize_lbfgs(std::span<const double> start, const LbfgsOptions& options,
                           const ValueAndGradient& function) {
  const std::size_t n = start.size();
  LbfgsResult best{.x = std::vector<double>(start.begin(), start.end()),
                   .value = std::numeric_limits<double>::infinity()};
  const auto evaluate = [&](std::span<const double> x, std::span<double> gradient) {
    const double value = function(x, gradient);
    ++best.evaluations;
    if (value < best.value) {
      best.value = value;
      best.x.assign(x.begin(), x.end());
    }
    return value;
  };
  const auto spent = [&] {
    return best.evaluations >= options.max_evaluations || options.stop.stop_requested();
  };

  std::vector<double> x = best.x;
  std::vector<double> gradient(n);
  double value = evaluate(x, gradient);
  std::deque<CurvaturePair> history;
  std::vector<double> next(n);
  std::vector<double> next_gradient(n);
  while (!spent() && largest_entry(gradient) > options.gradient_tolerance) {
    std::vector<double> d = direction(gradient, history, options.first_step);
    double slope = dot(d, gradient);
    if (!(slope < 0.0)) {  // the history has gone bad: start it again
      history.clear();
      d = direction(gradient, history, options.first_step);
      slope = dot(d, gradient);
    }

    double low = 0.0;
    double high = std::numeric_limits<double>::infinity();
    double length = 1.0;
    double next_value = value;
    bool decreased = false;
    for (int i = 0; i < kMaxBisections && !spent(); ++i) {
      for (std::size_t j = 0; j < n; ++j) next[j] = x[j] + length * d[j];
      next_value = evaluate(next, next_gradient);
      decreased = next_value <= value + kSufficientDecrease * length * slope;
      if (!decreased) {
        high = length;
      } else if (dot(next_gradient, d) < kCurvature * slope) {
        low = length;
      } else {
        break;
      }
      length = std::isinf(high) ? 2.0 * low : 0.5 * (low + high);
    }
    if (!decreased) break;

    CurvaturePair step{std::vector<double>(n), std::vector<double>(n), 0.0};
    for (std::size_t j = 0; j < n; ++j) {
      step.move[j] = next[j] - x[j];
      step.gradient[j] = next_gradient[j] - gradient[j];
    }
    step.product = dot(step.move, step.gradient);
    if (step.product > 0.0) {
      history.push_back(std::move(step));
      if (history.size() > kHistory) history.pop_front();
    }
    const double gain = value - next_value;
    x.swap(next);
    gradient.swap(next_gradient);
    value = next_value;
    if (gain < options.value_tolerance) {
      best.converged = true;
      break;
    }
  }
  if (largest_entry(gradient) <= options.gradient_tolerance) best.converged = true;
  return best;
}

}  // namespace quanta::quantum
