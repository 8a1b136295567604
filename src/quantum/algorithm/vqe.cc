#include "quantum/algorithm/vqe.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "core/random.h"
#include "quantum/algorithm/adam.h"
#include "quantum/algorithm/cobyla.h"
#include "quantum/algorithm/energy_sampling.h"
#include "quantum/algorithm/gradient.h"
#include "quantum/algorithm/lbfgs.h"
#include "quantum/algorithm/natural_gradient.h"
#include "quantum/algorithm/parameter_shift.h"
#include "quantum/algorithm/spsa.h"
#include "quantum/simulator/simulate.h"

namespace quanta::quantum {
namespace {

constexpr std::size_t kMaxVqeShots = 10'000'000;
constexpr unsigned kMaxStarts = 1000;
/// Spread of the first start, in radians.
constexpr double kNearZero = 0.1;

Result<void> check(const VqeOptions& options) {
  if (options.shots && (*options.shots < 2 || *options.shots > kMaxVqeShots)) {
    return bad_input("shots", fmt::format("{} shots: a mean with its standard error needs 2, and "
                                          "at most {} are possible",
                                          *options.shots, kMaxVqeShots));
  }
  const bool needs_exact = options.optimizer == VqeOptimizer::kLbfgs ||
                           options.optimizer == VqeOptimizer::kNaturalGradient;
  if (options.shots && needs_exact) {
    return bad_input("optimizer",
                     fmt::format("{} needs exact energies: leave out the shots, or take spsa, "
                                 "adam or cobyla",
                                 quanta::to_text(options.optimizer)));
  }
  if (options.starts == 0 || options.starts > kMaxStarts) {
    return bad_input("starts",
                     fmt::format("{} searches: 1 to {} are possible", options.starts, kMaxStarts));
  }
  if (options.max_evaluations == 0) {
    return bad_input("max_evaluations", "at least one evaluation is needed");
  }
  if (!(options.gradient_tolerance >= 0.0)) {
    return bad_input("gradient_tolerance",
                     fmt::format("{} is no number from 0 up", options.gradient_tolerance));
  }
  return {};
}

/// Energies of one problem, exact or from shots, counted and remembered. Errors on the way are kept
/// and turn into values that are no number, which end every search; so does a stop in the middle of
/// one.
class Energies {
 public:
  Energies(const CircuitEnergy& energy, const VqeOptions& options, const Execution& execution,
           const Execution& to_the_end)
      : energy_(energy),
        options_(options),
        execution_(execution),
        to_the_end_(to_the_end),
        groups_(measurement_groups(energy.observable())),
        constant_(constant_part(energy.observable())) {}

  double value(std::span<const double> x) { return remember(plain_value(x)); }

  double value_and_gradient(std::span<const double> x, std::span<double> gradient) {
    if (options_.shots) {
      // The slopes first, so that the order of the shots does not depend on who asks for what.
      const auto slopes = parameter_shift_gradient(
          energy_.circuit(), [&](const Circuit& moved, std::size_t) -> Result<double> {
            QUANTA_TRY(const EnergyEstimate estimate, estimate_of(moved, x, execution_));
            return estimate.value;
          });
      if (!slopes) return fail_with(slopes.error(), gradient);
      std::ranges::copy(*slopes, gradient.begin());
      return remember(plain_value(x));
    }
    const auto at = energy_.gradient(x, execution_);
    if (!at) return fail_with(at.error(), gradient);
    ++circuits_;
    std::ranges::copy(at->gradient, gradient.begin());
    return remember(at->energy);
  }

  /// With fresh shots, not remembered, stopped by nothing.
  Result<EnergyEstimate> last_estimate(std::span<const double> x) {
    return estimate(x, to_the_end_);
  }

  std::vector<double> take_history() { return std::exchange(history_, {}); }
  std::size_t evaluations() const { return evaluations_; }
  std::size_t circuits() const { return circuits_; }
  std::size_t shots() const { return shots_; }
  const std::optional<Error>& error() const { return error_; }

 private:
  Result<EnergyEstimate> estimate(std::span<const double> x, const Execution& execution) {
    QUANTA_TRY(EnergyEstimate found, estimate_of(energy_.circuit(), x, execution));
    found.value += constant_;
    return found;
  }

  double plain_value(std::span<const double> x) {
    if (options_.shots) {
      const auto found = estimate(x, execution_);
      return found ? found->value : fail_with(found.error(), {});
    }
    ++circuits_;
    const auto found = energy_.energy(x, execution_);
    return found ? *found : fail_with(found.error(), {});
  }

  Result<EnergyEstimate> estimate_of(const Circuit& circuit, std::span<const double> x,
                                     const Execution& execution) {
    QUANTA_TRY(
        const StateVector state,
        simulate(circuit, {.parameters = x, .memory_limit = options_.memory_limit}, execution));
    const EnergyEstimate found =
        sampled_energy(state, groups_, *options_.shots,
                       RandomStream(options_.seed, "vqe shots", circuits_++), execution);
    shots_ += found.shots;
    return found;
  }

  double remember(double value) {
    if (std::isnan(value)) return value;
    ++evaluations_;
    history_.push_back(value);
    const double all = static_cast<double>(options_.max_evaluations) * options_.starts;
    execution_.report(std::min(1.0, static_cast<double>(evaluations_) / all),
                      "minimising the energy");
    return value;
  }

  double fail_with(const Error& error, std::span<double> gradient) {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    if (!error_ && error.kind != ErrorKind::kCancelled) error_ = error;
    std::ranges::fill(gradient, kNone);
    return kNone;
  }

  const CircuitEnergy& energy_;
  const VqeOptions& options_;
  const Execution& execution_;
  const Execution& to_the_end_;
  std::vector<MeasurementGroup> groups_;
  double constant_;
  std::vector<double> history_;
  std::size_t evaluations_ = 0;
  std::size_t circuits_ = 0;
  std::size_t shots_ = 0;
  std::optional<Error> error_;
};

std::vector<double> start_of(unsigned search, std::size_t n, const VqeOptions& options) {
  if (search == 0 && options.start) return *options.start;
  RandomStream stream(options.seed, "vqe starts", search);
  std::vector<double> x(n);
  for (double& angle : x) {
    angle = search == 0 ? kNearZero * stream.normal()
                        : std::numbers::pi * (2.0 * stream.uniform() - 1.0);
  }
  return x;
}

Result<Minimum> minimize(unsigned search, const CircuitEnergy& energy, Energies& energies,
                         const VqeOptions& options, const Execution& execution,
                         const Execution& to_the_end) {
  const std::vector<double> start = start_of(search, energy.n_parameters(), options);
  const ValueFunction value = [&](std::span<const double> x) { return energies.value(x); };
  const ValueAndGradient both = [&](std::span<const double> x, std::span<double> gradient) {
    return energies.value_and_gradient(x, gradient);
  };
  switch (options.optimizer) {
    case VqeOptimizer::kAdam:
      return minimize_adam(start,
                           {.max_evaluations = options.max_evaluations,
                            .gradient_tolerance = options.gradient_tolerance,
                            .noisy = options.shots.has_value(),
                            .stop = execution.stop},
                           both);
    case VqeOptimizer::kNaturalGradient:
      return minimize_natural_gradient(start,
                                       {.max_evaluations = options.max_evaluations,
                                        .gradient_tolerance = options.gradient_tolerance,
                                        .stop = execution.stop},
                                       both, [&](std::span<const double> x) {
                                         return fubini_study_metric(energy, x, options.memory_limit,
                                                                    to_the_end);
                                       });
    case VqeOptimizer::kSpsa:
      return minimize_spsa(start,
                           {.max_evaluations = options.max_evaluations,
                            .seed = RandomStream(options.seed, "vqe spsa", search).next(),
                            .stop = execution.stop},
                           value);
    case VqeOptimizer::kCobyla:
      return minimize_cobyla(
          start, {.max_evaluations = options.max_evaluations, .stop = execution.stop}, value);
    case VqeOptimizer::kLbfgs:
      break;
  }
  return minimize_lbfgs(start,
                        {.max_evaluations = options.max_evaluations,
                         .gradient_tolerance = options.gradient_tolerance,
                         .stop = execution.stop},
                        both);
}

/// The exact answer, or nothing where it cannot be had.
Result<void> add_ground(const VqeProblem& problem, const VqeOptions& options,
                        const Execution& execution, VqeResult& result) {
  if (problem.hamiltonian.n_qubits > options.exact_up_to || execution.cancelled()) return {};
  const bool keeps_weight = !problem.circuit && (options.ansatz.form == AnsatzForm::kGivens ||
                                                 options.ansatz.form == AnsatzForm::kUccsd);
  auto ground = ground_state(problem.hamiltonian,
                             {.weight = keeps_weight ? options.ansatz.weight : std::nullopt,
                              .seed = options.seed,
                              .memory_limit = options.memory_limit},
                             execution);
  if (!ground) {
    const ErrorKind kind = ground.error().kind;
    if (kind == ErrorKind::kResource || kind == ErrorKind::kCancelled) return {};
    return std::unexpected(std::move(ground).error());
  }
  result.gap = result.exact_energy - ground->energy;
  result.ground = *std::move(ground);
  return {};
}

}  // namespace

Result<VqeResult> solve_vqe(const VqeProblem& problem, const VqeOptions& options,
                            const Execution& execution) {
  QUANTA_CHECK(check(options));
  VqeResult result;
  if (problem.circuit) {
    result.circuit = *problem.circuit;
  } else {
    QUANTA_TRY(result.circuit, make_ansatz(problem.hamiltonian, options.ansatz));
  }
  QUANTA_TRY(const CircuitEnergy energy,
             CircuitEnergy::create(result.circuit, problem.hamiltonian,
                                   {.memory_limit = options.memory_limit}));
  if (energy.n_parameters() == 0) return no_parameters_error();
  if (options.start) {
    if (options.start->size() != energy.n_parameters()) {
      return bad_input("start", fmt::format("{} values for {} parameters", options.start->size(),
                                            energy.n_parameters()));
    }
    for (const double x : *options.start) {
      if (!std::isfinite(x)) return bad_input("start", fmt::format("the value {} is no number", x));
    }
  }
  if (execution.cancelled()) return cancelled_error();

  // Behind a stop the answer is still made ready, so those last steps do not look at it.
  Execution to_the_end = execution;
  to_the_end.stop = {};
  Energies energies(energy, options, execution, to_the_end);
  bool any = false;
  for (unsigned search = 0; search < options.starts; ++search) {
    if (search > 0 && execution.cancelled()) break;
    QUANTA_TRY(Minimum found, minimize(search, energy, energies, options, execution, to_the_end));
    if (energies.error()) return std::unexpected(*energies.error());
    std::vector<double> history = energies.take_history();
    EnergyEstimate at{.value = found.value};
    if (!std::isfinite(at.value)) continue;  // stopped in its first evaluation
    if (options.shots) {
      QUANTA_TRY(at, energies.last_estimate(found.x));
    }
    if (any && !(at.value < result.energy)) continue;
    any = true;
    result.energy = at.value;
    result.standard_error = at.standard_error;
    result.parameters = std::move(found.x);
    result.best_start = search;
    result.converged = found.converged;
    result.history = std::move(history);
  }
  if (!any) return cancelled_error();
  result.evaluations = energies.evaluations();
  result.circuits = energies.circuits();
  result.shots = energies.shots();
  QUANTA_TRY(result.exact_energy, energy.energy(result.parameters, to_the_end));
  // The search's own value may be off by rounding: it was summed in another order.
  if (!options.shots) result.energy = result.exact_energy;
  QUANTA_CHECK(add_ground(problem, options, execution, result));
  return result;
}

}  // namespace quanta::quantum
