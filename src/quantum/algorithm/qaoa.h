/// The quantum approximate optimisation algorithm on the states of a fixed Hamming weight.
///
///   QaoaProblem problem{.cost = cost, .weight = 8};
///   QUANTA_TRY(const QaoaResult result, solve_qaoa(problem, {.layers = 6}, execution));
///
/// Start: the Dicke state of weight k; mixer: ring-XY (see qaoa_circuit.h). Both keep the weight,
/// so every shot is feasible. Simulated without noise in the C(n, k) amplitudes that matter.
/// Sources: Farhi, Goldstone, Gutmann (2014) arXiv:1411.4028; Zhou et al. (2020) arXiv:1812.01041
/// (interpolation).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/algorithm/qaoa_circuit.h"
#include "quantum/algorithm/registry.h"

namespace quanta::quantum {

inline constexpr AlgorithmDescription kQaoa{
    .name = "qaoa",
    .about = "least cost over basis states, by alternating phases and mixers",
    .min_qubits = 2,
    .max_qubits = 28,
    .cost =
        "O(p n 2^n) for p layers, C(n, k) in place of 2^n where k of n are one; gradient 3 more",
    .classical = "exact enumeration, random feasible picks, swap descent",
    .source = "Farhi, Goldstone, Gutmann 2014, arXiv:1411.4028"};

struct QaoaProblem {
  QuadraticCost cost;
  unsigned weight = 0;  ///< how many of the n qubits are one
};

struct QaoaOptions {
  unsigned layers = 8;
  std::size_t shots = 1024;
  std::uint64_t seed = 1;
  std::size_t max_evaluations = 60;  ///< of energy and gradient together, over all starts
  std::size_t memory_limit = std::size_t{1} << 30;  ///< bytes
};

struct QaoaResult {
  std::vector<double> gammas;   ///< in radians per unit of the cost, first layer first
  std::vector<double> betas;    ///< in radians
  double expectation = 0.0;     ///< <c> of the final state
  std::size_t evaluations = 0;  ///< of energy and gradient

  // What sampling the final state gave.
  std::uint64_t best_sample = 0;  ///< basis state of least cost among the shots, bit q = qubit q
  double best_sample_cost = 0.0;
  std::size_t shots_on_best = 0;  ///< shots that hit a state of least cost

  // What only a simulation knows. "Best" are all states within 1e-9 (maximum - minimum), or
  // rounding, of the minimum; costs that differ by rounding alone count as equal.
  double minimum = 0.0;  ///< least cost over the feasible states
  double maximum = 0.0;
  double mean = 0.0;                  ///< over feasible states: the expectation of the start
  double probability_of_best = 0.0;   ///< per shot
  double chance = 0.0;                ///< share of the feasible states that are best
  std::size_t dimension = 0;          ///< number of feasible states
  std::vector<double> probabilities;  ///< of each feasible state, in the order of WeightSubspace
};

/// Optimises <c> over all 2p angles by L-BFGS with adjoint gradients: from a linear ramp scaled by
/// the standard deviation of the cost, doubling the number of layers by interpolation, then draws
/// the shots. Deterministic in (problem, options); the same bits for any number of threads. When
/// the execution is stopped it goes on with the best angles found so far, for as many layers as
/// have been reached (gammas.size()).
///
/// Errors: kBadInput, field "cost" (sizes that disagree, not finite), "weight" (above n), "layers"
/// (0 or above 1000), "shots" (0); kResource, field "qubits" (says what would fit); kCancelled when
/// the execution was stopped before the first evaluation.
/// Cost: one evaluation is about 4 forward runs of p (n + 1) passes over C(n, k) amplitudes.
Result<QaoaResult> solve_qaoa(const QaoaProblem& problem, const QaoaOptions& options,
                              const Execution& execution);

}  // namespace quanta::quantum
