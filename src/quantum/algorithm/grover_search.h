/// Grover's search, as a circuit and as a way to the least of many costs.
///
///   QUANTA_TRY(const Circuit circuit, grover_circuit(5, std::array{11UL}, 4));
///   grover_success(32, 1, 4);   // 0.9992: probability that measuring it gives 11
///
///   QUANTA_TRY(const GroverMinimum least, grover_minimum(costs, {.seed = 1}, execution));
///
/// One iteration marks M of N states by a sign and reflects all amplitudes about their mean: a turn
/// by 2 theta, sin^2 theta = M/N, in the plane of the marked and the unmarked states. So after k
/// iterations a measurement gives a marked state, each alike, with probability
/// sin^2((2k + 1) theta), whatever the states are.
///
/// Sources: Grover (1996) quant-ph/9605043; Boyer, Brassard, Høyer, Tapp (1996) quant-ph/9605034
/// (number of marked states not known); Dürr, Høyer (1996) quant-ph/9607014 (minimum).
#pragma once

#include <cstdint>
#include <span>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/algorithm/registry.h"
#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

inline constexpr AlgorithmDescription kGroverSearch{
    .name = "grover-search",
    .about = "a marked state, or one of least cost, in about sqrt(N) calls of an oracle",
    .min_qubits = 1,
    .max_qubits = 30,
    .cost = "minimum of N states: at most 22.5 sqrt(N) + 1.4 log2(N)^2 oracle calls",
    .classical = "(N + 1)/(M + 1) draws without repetition to the first of M best states",
    .source = "Dürr, Høyer 1996, arXiv:quant-ph/9607014"};

/// sin^2((2 iterations + 1) theta). 1 <= n_states, 0 <= n_marked <= n_states.
double grover_success(double n_states, double n_marked, double iterations);

/// The iterations after which a marked state is likeliest, of those before the first maximum:
/// floor(pi / (4 theta)). 1 <= n_marked <= n_states.
std::uint64_t grover_iterations(double n_states, double n_marked);

/// H on all qubits, then the iterations: for each marked state a Z controlled on its bits, and the
/// reflection H, Z on |0…0>, H, whose sign is in the global phase. O(iterations (n + M)) gates.
/// Errors: kBadInput, field "qubits" (0, or above 30), "marked" (none, out of range, twice).
Result<Circuit> grover_circuit(unsigned n_qubits, std::span<const std::uint64_t> marked,
                               unsigned iterations);

struct GroverMinimum {
  std::size_t position = 0;  ///< of the least cost found, in the list
  double value = 0.0;        ///< that cost
  /// Iterations of all searches, and one for each outcome that was checked.
  std::uint64_t oracle_calls = 0;
  std::uint64_t calls_until_best = 0;  ///< when the answer was measured
  bool is_minimum = false;             ///< only a simulation knows
  /// Draws without repetition until one of the M least costs is seen, on average: (N + 1)/(M + 1).
  double classical_draws = 0.0;
};

struct GroverOptions {
  std::uint64_t seed = 1;
};

/// Dürr and Høyer's algorithm on the N costs: a random threshold; Grover's search for a state below
/// it with k iterations, k uniform below m, m growing by 6/5 up to sqrt(N) while nothing is found;
/// what is found is the next threshold; after 22.5 sqrt(N) + 1.4 log2(N)^2 calls the last
/// threshold is the answer, which is a minimum with probability at least 1/2 (in truth nearly
/// always).
///
/// What is simulated: the numbers of iterations and the outcomes of the measurements, drawn from
/// their exact distribution (see above), which takes the number of marked states alone. That number
/// is counted classically, by looking at all costs: this is what the algorithm would do, not a way
/// to do it faster. N need be no power of two (the start is then uniform over N states).
///
/// Deterministic in (costs, options). Errors: kBadInput, field "costs" (none, or one not finite);
/// kCancelled. O(N) at most twice over, 8 N bytes.
Result<GroverMinimum> grover_minimum(std::span<const double> costs, const GroverOptions& options,
                                     const Execution& execution);

}  // namespace quanta::quantum
