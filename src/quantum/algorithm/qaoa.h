/// The quantum approximate optimisation algorithm: finds the angles, draws the shots, and says how
/// good they are.
///
///   QaoaAnsatz ansatz{.cost = cost, .mixer = Mixer::kFullXy, .weight = 8};
///   QUANTA_TRY(const QaoaResult result, solve_qaoa(ansatz, {.layers = 6}, execution));
///   result.best_sample, result.approximation_ratio, result.probability_of_best, result.chance,
///   result.controls
///
/// The circuit, its mixers, starts and conventions: qaoa_circuit.h; costs in other shapes: qubo.h;
/// tables of angles: qaoa_parameters.h. Simulated without noise.
/// Sources: Farhi, Goldstone, Gutmann (2014) arXiv:1411.4028; Zhou et al. (2020) arXiv:1812.01041
/// (interpolation); Barkoutsos et al. (2020) arXiv:1907.04769 (CVaR); Egger, Mareček, Woerner
/// (2021) arXiv:2009.10095 (warm start).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/algorithm/controls.h"
#include "quantum/algorithm/qaoa_circuit.h"
#include "quantum/algorithm/qaoa_parameters.h"
#include "quantum/algorithm/registry.h"

namespace quanta::quantum {

inline constexpr AlgorithmDescription kQaoa{
    .name = "qaoa",
    .about = "least cost over basis states, by alternating phases and mixers",
    .min_qubits = 1,
    .max_qubits = 28,
    .cost =
        "O(p n 2^n) for p layers, C(n, k) in place of 2^n where k of n are one; gradient 3 more",
    .classical = "exact enumeration, annealing, random picks, Grover search",
    .source = "Farhi, Goldstone, Gutmann 2014, arXiv:1411.4028"};

/// Where the search for angles begins.
enum class QaoaStart {
  kRamp,   ///< the best of nine linear ramps, in units of the cost's standard deviation
  kGrow,   ///< one layer from a ramp, then twice as many by interpolation, until there are enough
  kTable,  ///< the Sherrington-Kirkpatrick table, rescaled to the cost; X mixer only
};

constexpr auto enum_names(QaoaStart) {
  using enum QaoaStart;
  return std::array{std::pair{kRamp, std::string_view("ramp")},
                    std::pair{kGrow, std::string_view("grow")},
                    std::pair{kTable, std::string_view("table")}};
}

struct QaoaOptions {
  unsigned layers = 8;
  std::size_t shots = 1024;
  std::uint64_t seed = 1;  ///< of the shots, the controls and the restarts
  QaoaStart start = QaoaStart::kRamp;
  std::optional<QaoaAngles> angles = {};  ///< begin here instead; as many as layers
  /// Minimise the mean of the best share alpha of the outcomes, not of all.
  std::optional<double> alpha = {};
  /// Of the objective, with or without its gradient, over all starts. 0: the start's angles are the
  /// answer.
  std::size_t max_evaluations = 60;
  /// Local searches after the first while evaluations are left, in turn from a random ramp and from
  /// the best angles with noise. They leave poor local optima, which few layers and small problems
  /// have.
  unsigned restarts = 0;
  /// A search ends where a step gains less than this share of the cost's standard deviation.
  double tolerance = 1e-6;
  std::size_t memory_limit = std::size_t{1} << 30;  ///< bytes
  bool controls = true;                             ///< run them (controls.h)
};

/// A basis state that shots came out as.
struct SampledState {
  std::uint64_t state = 0;  ///< bit q = qubit q
  double cost = 0.0;        ///< with the penalty of limits that it breaks
  std::size_t shots = 0;

  friend bool operator==(const SampledState&, const SampledState&) = default;
};

struct QaoaResult {
  QaoaAngles angles;
  double expectation = 0.0;         ///< <c> of the final state
  std::optional<double> cvar = {};  ///< mean of its best share alpha, where alpha was given
  std::size_t evaluations = 0;      ///< of the objective, with or without its gradient

  // What sampling the final state gave.
  /// Basis state of least cost among the shots, bit q = qubit q; of those that meet the limits,
  /// where there is one.
  std::uint64_t best_sample = 0;
  double best_sample_cost = 0.0;
  std::size_t shots_on_best = 0;  ///< shots that hit a state of least cost
  /// The different states that came out, by rising cost, of equal ones the lower state first; the
  /// first 4096 of them.
  std::vector<SampledState> samples = {};

  // What only a simulation knows. "Best" are all states within 1e-9 (maximum - minimum), or
  // rounding, of the minimum; costs that differ by rounding alone count as equal.
  double minimum = 0.0;  ///< least cost over the states that the start holds
  double maximum = 0.0;
  double mean = 0.0;  ///< over those states alike: what random picks give
  /// (maximum - c)/(maximum - minimum), 1 where all are equal: of the best sample, and of <c>.
  double approximation_ratio = 0.0;
  double mean_approximation_ratio = 0.0;
  double probability_of_best = 0.0;   ///< per shot
  double chance = 0.0;                ///< share of the states, that meet the limits, that are best
  double probability_feasible = 1.0;  ///< that a shot meets the limits of the ansatz
  std::size_t n_feasible = 0;         ///< number of states that meet them
  std::size_t dimension = 0;          ///< number of states
  std::vector<double> probabilities;  ///< of each state, in the order of QaoaCircuit

  std::vector<Control> controls;  ///< empty where they were not asked for
};

/// Optimises the angles by L-BFGS with adjoint gradients, then draws the shots. Deterministic in
/// (ansatz, options); the same bits for any number of threads. When the execution is stopped it
/// goes on with the best angles found so far, for as many layers as have been reached
/// (angles.gammas.size()).
///
/// Errors: those of QaoaCircuit::create; kBadInput, field "layers" (0 or above 1000), "shots" (0),
/// "alpha" (outside (0, 1]), "start" (kTable with another mixer than X, or with a warm start),
/// "angles" (not one pair a layer, or not finite), "tolerance" (negative or not a number);
/// kCancelled when the execution was stopped before the first evaluation.
/// Cost: one evaluation is about 4 forward runs of p (n + 1) passes over the amplitudes, with the
/// full-XY mixer p (n (n - 1)/2 + 1).
Result<QaoaResult> solve_qaoa(const QaoaAnsatz& ansatz, const QaoaOptions& options,
                              const Execution& execution);

/// QaoaAnsatz::warm_start from a solution x of the continuous relaxation, x_i in [0, 1]: each value
/// drawn into [epsilon, 1 - epsilon], so that no state is out of the mixer's reach.
/// Errors: kBadInput, field "relaxation" (none, or one outside [0, 1]: says which), "epsilon"
/// (outside (0, 1/2]).
Result<std::vector<double>> warm_start(std::span<const double> relaxation, double epsilon = 0.25);

}  // namespace quanta::quantum
