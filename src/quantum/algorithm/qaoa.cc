#include "quantum/algorithm/qaoa.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "core/random.h"
#include "quantum/algorithm/lbfgs.h"
#include "quantum/algorithm/qaoa_parameters.h"
#include "quantum/simulator/bits.h"
#include "quantum/simulator/sampling.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kMostSamples = 4096;
/// States within this share of (maximum - minimum) of the minimum count as best.
constexpr double kBestTolerance = 1e-9;

// Gammas are in units of 1/deviation here, betas in those of mixer_unit().
/// Both ends of the ramp of one layer that is grown.
constexpr double kGrowFrom = 0.75;
/// Evaluations of a growing stage before the last, at most.
constexpr std::size_t kStageEvaluations = 15;
/// Ends of the ramps to choose from.
constexpr std::array kRampGammas = {2.5, 1.5, 0.75};
constexpr std::array kRampBetas = {0.8, 0.4, 1.6};
/// Random ramps end below these; their angles, and those of a known optimum, get noise.
constexpr double kLargestEnd = 3.0;
constexpr double kNoise = 0.3;

/// What rounding may do to a cost, about: with k ones, k (max |linear| + k max |quadratic|) bounds
/// its terms.
double cost_rounding(const QaoaAnsatz& ansatz) {
  const QuadraticCost& cost = ansatz.cost;
  const std::size_t n = cost.n();
  double linear = 0.0;
  double quadratic = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    linear = std::max(linear, std::abs(cost.linear[i]));
    for (std::size_t j = i + 1; j < n; ++j) {
      quadratic = std::max(quadratic, std::abs(cost.quadratic(i, j)));
    }
  }
  const auto ones = static_cast<double>(ansatz.weight ? *ansatz.weight : n);
  return 1e-15 * (std::abs(cost.constant) + ones * (linear + ones * quadratic));
}

/// The beta that moves a qubit about as far as 1 does in the ring-XY mixer, where it stands in two
/// pairs: of the full mixer's it stands in n - 1.
double mixer_unit(const QaoaAnsatz& ansatz) {
  const std::size_t n = ansatz.cost.n();
  return ansatz.mixer == Mixer::kFullXy && n > 2 ? 2.0 / static_cast<double>(n - 1) : 1.0;
}

/// 1, …, p, each half of the next, rounded up.
std::vector<unsigned> stages(unsigned layers) {
  std::vector<unsigned> result = {layers};
  while (result.front() > 1) result.insert(result.begin(), (result.front() + 1) / 2);
  return result;
}

/// The search for angles, all of order one here.
class AngleSearch {
 public:
  AngleSearch(const QaoaCircuit& circuit, const QaoaOptions& options, double deviation, double unit,
              const Execution& execution)
      : circuit_(circuit),
        options_(options),
        deviation_(deviation),
        unit_(unit),
        execution_(execution) {}

  /// The best angles found for the most layers reached.
  const QaoaAngles& best() const { return best_; }
  std::size_t evaluations() const { return evaluations_; }

  void run(const QaoaAnsatz& ansatz) {
    if (options_.angles) {
      begin_at(*options_.angles);
    } else if (options_.start == QaoaStart::kTable) {
      begin_at(sk_angles(options_.layers, ansatz.cost).value());  // the cost has been checked
    } else if (options_.start == QaoaStart::kRamp) {
      begin_at(best_ramp());
    } else {
      grow();
    }
    RandomStream stream(options_.seed, "qaoa restarts");
    for (unsigned r = 0; r < options_.restarts && left() > 0 && !execution_.cancelled(); ++r) {
      QaoaAngles start = r % 2 == 0 ? ramp(options_.layers, kLargestEnd * stream.uniform(),
                                           kLargestEnd * stream.uniform())
                                    : best_;
      for (double& gamma : start.gammas) gamma += kNoise * stream.normal() / deviation_;
      for (double& beta : start.betas) beta += kNoise * stream.normal() * unit_;
      minimize(start, left());
    }
  }

 private:
  std::size_t left() const {
    return options_.max_evaluations - std::min(options_.max_evaluations, evaluations_);
  }

  QaoaAngles ramp(unsigned layers, double gamma_end, double beta_begin) const {
    return linear_ramp(layers, gamma_end / deviation_, beta_begin * unit_);
  }

  /// (objective - mean)/deviation. The gradient, where it is wanted, is that of the angles in their
  /// units.
  double evaluate(const QaoaAngles& angles, std::span<double> gradient) {
    const double objective =
        options_.alpha
            ? circuit_.cvar(angles.gammas, angles.betas, *options_.alpha, gradient, execution_)
            : circuit_.energy(angles.gammas, angles.betas, gradient, execution_);
    for (std::size_t l = 0; l < gradient.size(); ++l) {
      gradient[l] *=
          l < angles.gammas.size() ? 1.0 / (deviation_ * deviation_) : unit_ / deviation_;
    }
    ++evaluations_;
    execution_.report(std::min(1.0, static_cast<double>(evaluations_) /
                                        static_cast<double>(options_.max_evaluations)),
                      "optimising angles");
    return (objective - circuit_.mean()) / deviation_;
  }

  QaoaAngles in_radians(std::span<const double> x) const {
    const std::size_t p = x.size() / 2;
    QaoaAngles angles;
    for (std::size_t l = 0; l < p; ++l) {
      angles.gammas.push_back(x[l] / deviation_);
      angles.betas.push_back(x[p + l] * unit_);
    }
    return angles;
  }

  /// Keeps what is better, or has more layers.
  void minimize(const QaoaAngles& start, std::size_t budget) {
    std::vector<double> x;
    for (const double gamma : start.gammas) x.push_back(gamma * deviation_);
    for (const double beta : start.betas) x.push_back(beta / unit_);
    const LbfgsResult found =
        minimize_lbfgs(x,
                       {.max_evaluations = budget,
                        .gradient_tolerance = std::min(1e-5, std::sqrt(options_.tolerance)),
                        .value_tolerance = options_.tolerance,
                        .stop = execution_.stop},
                       [&](std::span<const double> at, std::span<double> gradient) {
                         return evaluate(in_radians(at), gradient);
                       });
    if (start.gammas.size() > best_.gammas.size() || found.value < best_value_) {
      best_ = in_radians(found.x);
      best_value_ = found.value;
    }
  }

  void begin_at(const QaoaAngles& start) {
    best_ = start;
    if (left() > 0 && !execution_.cancelled()) minimize(start, left());
  }

  /// Without gradients, which makes each a third of an evaluation or less.
  QaoaAngles best_ramp() {
    QaoaAngles chosen = ramp(options_.layers, kRampGammas[0], kRampBetas[0]);
    double least = std::numeric_limits<double>::infinity();
    const std::size_t most = options_.max_evaluations / 3;
    for (const double beta : kRampBetas) {
      for (const double gamma : kRampGammas) {
        if (evaluations_ >= most || execution_.cancelled()) return chosen;
        QaoaAngles candidate = ramp(options_.layers, gamma, beta);
        const double reached = evaluate(candidate, {});
        if (reached < least) {
          least = reached;
          chosen = std::move(candidate);
        }
      }
    }
    return chosen;
  }

  /// Short circuits are quick to optimise, and good angles for them are good starts for longer
  /// ones. Most of the evaluations are left to the last stage.
  void grow() {
    if (options_.max_evaluations == 0) {
      best_ = interpolate(ramp(1, kGrowFrom, kGrowFrom), options_.layers);
      return;
    }
    for (const unsigned layers : stages(options_.layers)) {
      const std::size_t budget =
          layers == options_.layers ? left() : std::min(kStageEvaluations, left() / 4);
      minimize(layers == 1 ? ramp(1, kGrowFrom, kGrowFrom) : interpolate(best_, layers),
               std::max<std::size_t>(1, budget));
      if (execution_.cancelled()) return;
    }
  }

  const QaoaCircuit& circuit_;
  const QaoaOptions& options_;
  double deviation_;
  double unit_;  // of betas
  const Execution& execution_;
  QaoaAngles best_ = {};
  double best_value_ = std::numeric_limits<double>::infinity();
  std::size_t evaluations_ = 0;
};

Result<void> check_angles(const QaoaOptions& options) {
  if (!options.angles) return {};
  const auto& [gammas, betas] = *options.angles;
  if (gammas.size() != options.layers || betas.size() != options.layers) {
    return bad_input("angles", fmt::format("{} gammas and {} betas for {} layers", gammas.size(),
                                           betas.size(), options.layers));
  }
  for (const auto& list : {gammas, betas}) {
    for (const double angle : list) {
      if (!std::isfinite(angle)) return bad_input("angles", fmt::format("{} is no angle", angle));
    }
  }
  return {};
}

Result<void> check(const QaoaAnsatz& ansatz, const QaoaOptions& options) {
  if (options.layers == 0 || options.layers > kMaxQaoaLayers) {
    return bad_input("layers", fmt::format("{} layers: between 1 and {} make sense", options.layers,
                                           kMaxQaoaLayers));
  }
  if (options.shots == 0) return bad_input("shots", "at least one shot is needed");
  if (options.alpha && !(*options.alpha > 0.0 && *options.alpha <= 1.0)) {
    return bad_input("alpha", fmt::format("{} is no share of the outcomes: it must be above 0 and "
                                          "at most 1",
                                          *options.alpha));
  }
  if (!(options.tolerance >= 0.0)) {
    return bad_input("tolerance", fmt::format("{} must be 0 or more", options.tolerance));
  }
  if (options.start == QaoaStart::kTable && !options.angles &&
      (ansatz.mixer != Mixer::kX || !ansatz.warm_start.empty())) {
    return bad_input(
        "start",
        fmt::format("the table holds angles of the x mixer from |+…+>, not of "
                    "{}{}: grow or ramp takes any",
                    to_text(ansatz.mixer), ansatz.warm_start.empty() ? "" : " with a warm start"));
  }
  return check_angles(options);
}

/// Everything about the final state but the controls.
void read_out(const QaoaCircuit& circuit, const QaoaOptions& options, double rounding,
              QaoaResult& result, const Execution& execution) {
  const auto& [gammas, betas] = result.angles;
  result.expectation = circuit.energy(gammas, betas, {}, execution);
  const std::vector<Amplitude> psi = circuit.state(gammas, betas, execution);
  result.dimension = psi.size();
  result.probabilities.resize(psi.size());
  const double best =
      result.minimum + std::max(kBestTolerance * (result.maximum - result.minimum), rounding);
  std::vector<std::size_t> n_best(n_chunks(psi.size(), kChunkAmplitudes));
  result.probability_of_best = parallel_sum(execution, psi.size(), kChunkAmplitudes,
                                            [&](std::size_t begin, std::size_t end) {
                                              double sum = 0.0;
                                              for (std::size_t x = begin; x < end; ++x) {
                                                result.probabilities[x] = std::norm(psi[x]);
                                                if (circuit.cost(x) > best || !circuit.feasible(x))
                                                  continue;
                                                sum += result.probabilities[x];
                                                ++n_best[begin / kChunkAmplitudes];
                                              }
                                              return sum;
                                            });
  result.chance =
      static_cast<double>(std::accumulate(n_best.begin(), n_best.end(), std::size_t{0})) /
      static_cast<double>(circuit.n_feasible());
  result.n_feasible = circuit.n_feasible();
  if (result.n_feasible < psi.size()) {
    result.probability_feasible = parallel_sum(execution, psi.size(), kChunkAmplitudes,
                                               [&](std::size_t begin, std::size_t end) {
                                                 double sum = 0.0;
                                                 for (std::size_t x = begin; x < end; ++x) {
                                                   if (circuit.feasible(x))
                                                     sum += result.probabilities[x];
                                                 }
                                                 return sum;
                                               });
  }

  RandomStream stream(options.seed, "qaoa shots");
  std::size_t best_position = psi.size();
  const auto better = [&](std::size_t x, std::size_t y) {
    if (circuit.feasible(x) != circuit.feasible(y)) return circuit.feasible(x);
    return circuit.cost(x) < circuit.cost(y);
  };
  std::size_t before = psi.size();
  for (const std::size_t x : sample(result.probabilities, options.shots, stream)) {
    if (best_position == psi.size() || better(x, best_position)) best_position = x;
    if (circuit.cost(x) <= best && circuit.feasible(x)) ++result.shots_on_best;
    if (x != before) result.samples.push_back({circuit.basis_state(x), circuit.cost(x), 0});
    ++result.samples.back().shots;
    before = x;
  }
  std::ranges::stable_sort(result.samples, {}, &SampledState::cost);
  result.samples.resize(std::min(result.samples.size(), kMostSamples));
  result.best_sample = circuit.basis_state(best_position);
  result.best_sample_cost = circuit.cost(best_position);
  const double range = result.maximum - result.minimum;
  const auto ratio = [&](double cost) {
    return range > 0.0 ? std::clamp((result.maximum - cost) / range, 0.0, 1.0) : 1.0;
  };
  result.approximation_ratio = ratio(result.best_sample_cost);
  result.mean_approximation_ratio = ratio(result.expectation);
}

}  // namespace

Result<QaoaResult> solve_qaoa(const QaoaAnsatz& ansatz, const QaoaOptions& options,
                              const Execution& execution) {
  QUANTA_CHECK(check(ansatz, options));
  QUANTA_TRY(const QaoaCircuit circuit,
             QaoaCircuit::create(ansatz, options.memory_limit, execution));
  if (execution.cancelled()) return cancelled_error();

  QaoaResult result;
  result.minimum = circuit.minimum();
  const double rounding = cost_rounding(ansatz);
  const bool all_equal = circuit.maximum() - circuit.minimum() <= rounding;
  result.maximum = all_equal ? circuit.minimum() : circuit.maximum();
  result.mean = circuit.mean();
  // Where all states cost the same any angle will do; 1 keeps the arithmetic finite.
  const double deviation = circuit.deviation() > 0.0 && !all_equal ? circuit.deviation() : 1.0;
  AngleSearch search(circuit, options, deviation, mixer_unit(ansatz), execution);
  search.run(ansatz);
  result.angles = search.best();
  result.evaluations = search.evaluations();
  read_out(circuit, options, rounding, result, execution);
  if (options.alpha) {
    result.cvar =
        circuit.cvar(result.angles.gammas, result.angles.betas, *options.alpha, {}, execution);
  }
  if (options.controls) {
    QUANTA_TRY(result.controls,
               run_controls(ansatz.cost,
                            {.weight = ansatz.weight, .draws = options.shots, .seed = options.seed},
                            execution));
  }
  return result;
}

Result<std::vector<double>> warm_start(std::span<const double> relaxation, double epsilon) {
  if (!(epsilon > 0.0 && epsilon <= 0.5)) {
    return bad_input("epsilon", fmt::format("{} must be above 0 and at most 1/2", epsilon));
  }
  if (relaxation.empty())
    return bad_input("relaxation", "is empty: one value a variable is needed");
  std::vector<double> start;
  for (std::size_t i = 0; i < relaxation.size(); ++i) {
    if (!(relaxation[i] >= 0.0 && relaxation[i] <= 1.0)) {
      return bad_input("relaxation",
                       fmt::format("value {} is {}: it must be in [0, 1]", i, relaxation[i]));
    }
    start.push_back(std::clamp(relaxation[i], epsilon, 1.0 - epsilon));
  }
  return start;
}

}  // namespace quanta::quantum
