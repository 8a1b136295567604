/// The variational quantum eigensolver: the least energy that a parametrised circuit reaches.
///
///   VqeProblem problem{.hamiltonian = hamiltonian};
///   QUANTA_TRY(const VqeResult result, solve_vqe(problem, {.starts = 5}, execution));
///   // result.energy, result.ground->energy, result.gap
///
/// E(theta) = <0| U(theta)^+ H U(theta) |0> is minimised over theta. It is never below the least
/// eigenvalue of H, which linear algebra gives beside it where the state fits the memory.
/// Sources: Peruzzo et al. (2014), arXiv:1304.3061; Kandala et al. (2017), arXiv:1704.05018.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/algorithm/ansatz.h"
#include "quantum/algorithm/ground_state.h"
#include "quantum/algorithm/registry.h"
#include "quantum/circuit/circuit.h"
#include "quantum/simulator/pauli_sum.h"

namespace quanta::quantum {

inline constexpr AlgorithmDescription kVqe{
    .name = "vqe",
    .about = "least energy of a Hamiltonian over the states of a parametrised circuit",
    .min_qubits = 1,
    .max_qubits = 28,
    .cost = "per step about 3 forward runs of 2^n per gate and one product with H, for all slopes",
    .classical = "exact ground state: dense up to 256 states, Lanczos with its residual above",
    .source = "Peruzzo et al. 2014, arXiv:1304.3061"};

enum class VqeOptimizer {
  kLbfgs,            ///< quasi-Newton; exact energies only
  kAdam,             ///< with shots: slopes by the parameter-shift rule
  kNaturalGradient,  ///< steps in the Fubini-Study metric; exact energies only
  kSpsa,             ///< two values a step, no slopes
  kCobyla,           ///< linear models on a simplex, no slopes
};

constexpr auto enum_names(VqeOptimizer) {
  using enum VqeOptimizer;
  return std::array{
      std::pair{kLbfgs, std::string_view("lbfgs")}, std::pair{kAdam, std::string_view("adam")},
      std::pair{kNaturalGradient, std::string_view("natural-gradient")},
      std::pair{kSpsa, std::string_view("spsa")}, std::pair{kCobyla, std::string_view("cobyla")}};
}

struct VqeProblem {
  PauliSum hamiltonian;
  std::optional<Circuit> circuit = {};  ///< in place of VqeOptions::ansatz
};

struct VqeOptions {
  AnsatzOptions ansatz = {};
  VqeOptimizer optimizer = VqeOptimizer::kLbfgs;
  /// Shots for each group of terms that are measured together, at least 2; nothing: exact energies.
  std::optional<std::size_t> shots = {};
  std::uint64_t seed = 1;  ///< of starts, shots and SPSA's signs
  /// Searches, of which the lowest counts. The first starts at `start`, or within about 0.1 of
  /// zero; the others anywhere in [-pi, pi].
  unsigned starts = 1;
  std::optional<std::vector<double>> start = {};
  std::size_t max_evaluations = 1000;  ///< calls of the energy, with its slopes or not, per search
  double gradient_tolerance = 1e-6;    ///< where slopes are known
  unsigned exact_up_to = 20;           ///< qubits up to which the exact ground state stands beside
  std::size_t memory_limit = std::size_t{8} << 30;  ///< bytes
};

struct VqeResult {
  double energy = 0.0;          ///< at the parameters: exact, or estimated from fresh shots
  double standard_error = 0.0;  ///< of that estimate; 0 where exact
  double exact_energy = 0.0;    ///< at the parameters: what only a simulation knows
  std::vector<double> parameters = {};
  unsigned best_start = 0;           ///< of the searches, the one that gave them
  bool converged = false;            ///< that search ended by its tolerance
  std::vector<double> history = {};  ///< the energies that it saw, in order
  std::size_t evaluations = 0;       ///< of all searches
  std::size_t circuits = 0;          ///< states whose energy was estimated; shifted ones included
  std::size_t shots = 0;             ///< in all
  Circuit circuit;                   ///< that the parameters are for

  /// The exact least energy: of H, or between the states of one weight where the ansatz keeps it.
  /// Missing above exact_up_to qubits, where memory does not suffice, or after a stop.
  std::optional<GroundState> ground = {};
  std::optional<double> gap = {};  ///< exact_energy - ground->energy, at least 0 up to rounding
};

/// Deterministic in (problem, options); the same bits for any number of threads. Stopped on the way
/// it answers with the best parameters found.
///
/// Errors: those of make_ansatz and CircuitEnergy::create ("observable", "circuit", "layers", …);
/// kBadInput, field "optimizer" (one that needs exact energies, with shots), "shots" (below 2,
/// above 10^7), "starts" (0, above 1000), "max_evaluations" (0), "start" (another number of
/// parameters, not finite), "parameters" (the circuit has none), "gradient_tolerance" (negative,
/// not a number); kResource, field "qubits" or, for the natural gradient, "parameters"; kCancelled
/// when the execution was stopped before the first evaluation.
Result<VqeResult> solve_vqe(const VqeProblem& problem, const VqeOptions& options,
                            const Execution& execution);

}  // namespace quanta::quantum
