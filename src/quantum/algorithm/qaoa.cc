#include "quantum/algorithm/qaoa.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "quantum/algorithm/lbfgs.h"
#include "quantum/simulator/sampling.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kMaxLayers = 1000;
/// States within this share of (maximum - minimum) of the minimum count as best.
constexpr double kBestTolerance = 1e-9;
/// Angle per unit of the ramp.
constexpr double kRampStep = 0.75;
/// Evaluations of a stage before the last, at most.
constexpr std::size_t kStageEvaluations = 15;

/// What rounding may do to a cost of k ones, about: k (max |linear| + k max |quadratic|) bounds its
/// terms.
double cost_rounding(const QaoaProblem& problem) {
  const QuadraticCost& cost = problem.cost;
  const std::size_t n = cost.linear.size();
  double linear = 0.0;
  double quadratic = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    linear = std::max(linear, std::abs(cost.linear[i]));
    for (std::size_t j = i + 1; j < n; ++j) {
      quadratic = std::max(quadratic, std::abs(cost.quadratic(i, j)));
    }
  }
  const double ones = problem.weight;
  return 1e-15 * (std::abs(cost.constant) + ones * (linear + ones * quadratic));
}

/// Linear ramp in units of 1/deviation (gamma) and 1 (beta): the cost grows, the mixer fades. The
/// start state has the largest value of sum (XX + YY)/2, so that beta is negative.
std::vector<double> linear_ramp(unsigned layers, double step) {
  std::vector<double> angles(std::size_t{layers} * 2);
  for (unsigned l = 0; l < layers; ++l) {
    const double done = (l + 0.5) / layers;
    angles[l] = done * step;
    angles[layers + l] = -(1.0 - done) * step;
  }
  return angles;
}

/// The same schedule in more layers: each angle a function of the layer's middle, read off linearly
/// (Zhou et al. 2020, 3.2, from p to any p').
std::vector<double> interpolate(std::span<const double> angles, std::size_t layers) {
  const std::size_t p = angles.size() / 2;
  std::vector<double> longer(2 * layers);
  for (const std::size_t part : {0, 1}) {
    const std::span<const double> known = angles.subspan(part * p, p);
    for (std::size_t i = 0; i < layers; ++i) {
      const double middle = (static_cast<double>(i) + 0.5) / static_cast<double>(layers);
      const double at =
          std::clamp(middle * static_cast<double>(p) - 0.5, 0.0, static_cast<double>(p - 1));
      const auto before = static_cast<std::size_t>(at);
      const double after_share = at - static_cast<double>(before);
      const double after = known[std::min(before + 1, p - 1)];
      longer[part * layers + i] = known[before] + after_share * (after - known[before]);
    }
  }
  return longer;
}

/// 1, …, p, each half of the next, rounded up.
std::vector<std::size_t> stages(std::size_t layers) {
  std::vector<std::size_t> result = {layers};
  while (result.front() > 1) result.insert(result.begin(), (result.front() + 1) / 2);
  return result;
}

}  // namespace

Result<QaoaResult> solve_qaoa(const QaoaProblem& problem, const QaoaOptions& options,
                              const Execution& execution) {
  if (options.layers == 0 || options.layers > kMaxLayers) {
    return bad_input("layers", fmt::format("{} layers: between 1 and {} make sense", options.layers,
                                           kMaxLayers));
  }
  if (options.shots == 0) return bad_input("shots", "at least one shot is needed");
  QUANTA_TRY(const QaoaCircuit circuit,
             QaoaCircuit::create({.cost = problem.cost, .weight = problem.weight},
                                 options.memory_limit, execution));

  QaoaResult result;
  result.dimension = circuit.dimension();
  const double least = circuit.minimum();
  const double most = circuit.maximum();
  result.minimum = least;
  const double rounding = cost_rounding(problem);
  const bool all_equal = most - least <= rounding;
  result.maximum = all_equal ? least : most;
  result.mean = circuit.mean();
  // Where all states cost the same any angle will do; 1 keeps the arithmetic finite.
  const double deviation = circuit.deviation() > 0.0 && !all_equal ? circuit.deviation() : 1.0;

  // In units of the deviation, so that both kinds of angle are of order one.
  std::size_t evaluations = 0;
  const auto minimize = [&](std::span<const double> start, std::size_t budget) {
    const std::size_t p = start.size() / 2;
    std::vector<double> gammas(p);
    LbfgsResult found = minimize_lbfgs(
        start,
        {.max_evaluations = budget,
         .gradient_tolerance = 1e-5,
         .value_tolerance = 1e-6,
         .stop = execution.stop},
        [&](std::span<const double> x, std::span<double> gradient) {
          for (std::size_t l = 0; l < p; ++l) gammas[l] = x[l] / deviation;
          const double energy = circuit.energy(gammas, x.subspan(p), gradient, execution);
          for (std::size_t l = 0; l < p; ++l) gradient[l] /= deviation * deviation;
          for (std::size_t l = p; l < 2 * p; ++l) gradient[l] /= deviation;
          ++evaluations;
          execution.report(std::min(1.0, static_cast<double>(evaluations) /
                                             static_cast<double>(options.max_evaluations)),
                           "optimising angles");
          return (energy - result.mean) / deviation;
        });
    return found;
  };
  // From one layer up, doubling: short circuits are quick to optimise, and good angles for them are
  // good starts for longer ones. Most of the evaluations are left to the last stage.
  if (execution.cancelled()) return cancelled_error();
  LbfgsResult found;
  for (const std::size_t layers : stages(options.layers)) {
    const std::size_t left =
        options.max_evaluations - std::min(options.max_evaluations, evaluations);
    const std::size_t budget =
        layers == options.layers ? left : std::min(kStageEvaluations, left / 4);
    found = minimize(layers == 1 ? linear_ramp(1, kRampStep) : interpolate(found.x, layers),
                     std::max<std::size_t>(1, budget));
    if (execution.cancelled()) break;
  }
  const std::size_t p = found.x.size() / 2;
  for (std::size_t l = 0; l < p; ++l) result.gammas.push_back(found.x[l] / deviation);
  result.betas.assign(found.x.begin() + static_cast<std::ptrdiff_t>(p), found.x.end());
  result.expectation = result.mean + deviation * found.value;
  result.evaluations = evaluations;

  const std::vector<Amplitude> psi = circuit.state(result.gammas, result.betas, execution);
  result.probabilities.resize(psi.size());
  const double best = least + std::max(kBestTolerance * (most - least), rounding);
  std::size_t n_best = 0;
  for (std::size_t x = 0; x < psi.size(); ++x) {
    result.probabilities[x] = std::norm(psi[x]);
    if (circuit.cost(x) <= best) {
      result.probability_of_best += result.probabilities[x];
      ++n_best;
    }
  }
  result.chance = static_cast<double>(n_best) / static_cast<double>(psi.size());

  RandomStream stream(options.seed, "qaoa shots");
  std::size_t best_position = psi.size();
  for (const std::size_t x : sample(result.probabilities, options.shots, stream)) {
    if (best_position == psi.size() || circuit.cost(x) < circuit.cost(best_position))
      best_position = x;
    if (circuit.cost(x) <= best) ++result.shots_on_best;
  }
  result.best_sample = circuit.basis_state(best_position);
  result.best_sample_cost = circuit.cost(best_position);
  return result;
}

}  // namespace quanta::quantum
