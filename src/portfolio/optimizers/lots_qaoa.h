/// A LotProblem by QAOA on a simulated quantum computer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "portfolio/objectives/selection.h"
#include "quantum/algorithm/qaoa.h"

namespace quanta::portfolio {

/// Basis states are held in a word of 64 bits.
inline constexpr unsigned kMaxQaoaQubits = 63;

struct QaoaLots {
  std::vector<unsigned> lots;    ///< the best of the shots, repaired where all break a limit
  double value = 0.0;            ///< its objective
  std::uint64_t iterations = 0;  ///< evaluations of energy and gradient

  // The details that the JSON document carries.
  unsigned qubits = 0;  ///< n M
  unsigned layers = 0;
  std::string_view mixer = {};
  std::vector<double> parameters;         ///< gammas, then betas
  double expectation = 0.0;               ///< mean objective of a shot
  double approximation_ratio = 0.0;       ///< (worst - value)/(worst - best); 1 where all are equal
  double mean_approximation_ratio = 0.0;  ///< the same of the expectation
  double probability_of_best = 0.0;       ///< that one shot decodes to a best z
  double chance = 0.0;          ///< share of the feasible basis states that decode to a best z
  double best_of_random = 0.0;  ///< best objective of as many uniformly drawn feasible picks
  std::size_t shots = 0;
  std::size_t states = 0;             ///< feasible basis states: C(n M, N), with groups fewer
  double probability_feasible = 1.0;  ///< that a shot keeps the groups' limits
  /// The different shots, by rising value, at most 4096: what polish() of lots_sampling.h starts
  /// from. Some may break groups' limits.
  std::vector<std::vector<unsigned>> samples = {};
  /// The angles are those of a smaller problem: some of the assets, evenly spread.
  bool angles_carried_over = false;
};

struct QaoaLotsOptions {
  /// Start near the continuous relaxation, whose share of each slot is drawn into
  /// [epsilon, 1 - epsilon]; nothing: all feasible picks alike.
  std::optional<double> warm_start_epsilon = {};
  double optimized_up_to = 1e9;  ///< exchanges of one run above which angles are carried over
};

/// Exchanges of amplitudes that one run of the circuit takes, layers C(n M, N) n M (n M - 1)/2:
/// some 3e9 a second on one thread. Infinite where n M is above kMaxQaoaQubits.
double qaoa_exchanges(const LotProblem& problem, unsigned layers);

/// Encoding: z_i = number of ones among the M qubits of asset i; Hamming weight N; a z has
/// prod_i C(M, z_i) basis states. Mixer: full-XY, from the Dicke state. At most
/// options.max_evaluations, and as many as 3e9 exchanges of amplitudes allow, at least 12: past
/// that more gain little. Where one run takes more than optimized_up_to exchanges, the angles are
/// optimised for about 14 qubits of the same problem and carried over, in units of the costs'
/// standard deviations: good angles hardly depend on the instance (Brandao et al. 2018,
/// arXiv:1812.04170). Errors: kResource, field "max-lots" or "select", where n M is above
/// kMaxQaoaQubits or C(n M, N) amplitudes do not fit options.memory_limit (says what would); those
/// of quantum::solve_qaoa.
Result<QaoaLots> solve_by_qaoa(const LotProblem& problem, const quantum::QaoaOptions& options,
                               const Execution& execution, const QaoaLotsOptions& lots = {});

}  // namespace quanta::portfolio
