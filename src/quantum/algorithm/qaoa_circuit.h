/// The parametrised circuit of the quantum approximate optimisation algorithm: states, energies and
/// gradients at given angles. solve_qaoa (qaoa.h) finds the angles.
///
///   QUANTA_TRY(const QaoaCircuit circuit,
///              QaoaCircuit::create({.cost = cost, .mixer = Mixer::kRingXy, .weight = 8},
///                                  memory_limit, execution));
///   std::vector<double> gradient(2 * gammas.size());
///   double energy = circuit.energy(gammas, betas, gradient, execution);
///
/// One layer is exp(-i gamma c), then the mixer at angle beta:
///
///   x        prod_q exp(-i beta X_q). Start: |+…+>, all 2^n basis states alike.
///   ring-xy  prod exp(-i beta (X_i X_j + Y_i Y_j)/2) over the pairs (0,1), (2,3), …, then (1,2),
///            (3,4), …, last (n-1,0), in that order (a ring of two qubits has one pair).
///   full-xy  the same over (0,1), (0,2), …, (n-2,n-1).
///   grover   1 - (1 - exp(-i beta)) |s><s| = exp(-i beta |s><s|), s the start state.
///
/// With a weight k the start is the Dicke state: all C(n, k) basis states with k ones alike. The XY
/// and Grover mixers keep the weight, so that only those amplitudes are stored and every shot is
/// feasible.
///
/// Sources: Farhi, Goldstone, Gutmann (2014) arXiv:1411.4028; Hadfield et al. (2019)
/// arXiv:1709.03489 (XY mixers); Bärtschi, Eidenbenz (2020) arXiv:2006.00354 (Grover mixer); Egger,
/// Mareček, Woerner (2021) arXiv:2009.10095 (warm start); Barkoutsos et al. (2020) arXiv:1907.04769
/// (CVaR); Jones, Gacon (2020) arXiv:2009.02823 (adjoint gradients).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/algorithm/qaoa_evaluator.h"
#include "quantum/algorithm/quadratic_cost.h"
#include "quantum/simulator/precision.h"

namespace quanta::quantum {

enum class Mixer { kX, kRingXy, kFullXy, kGrover };

constexpr auto enum_names(Mixer) {
  using enum Mixer;
  return std::array{std::pair{kX, std::string_view("x")},
                    std::pair{kRingXy, std::string_view("ring-xy")},
                    std::pair{kFullXy, std::string_view("full-xy")},
                    std::pair{kGrover, std::string_view("grover")}};
}

/// At least `low` and at most `high` of these qubits are one.
struct CountLimit {
  std::uint64_t qubits = 0;  ///< bit q: qubit q
  unsigned low = 0;
  unsigned high = 64;
};

struct QaoaAnsatz {
  QuadraticCost cost = {};
  Mixer mixer = Mixer::kRingXy;
  /// k, how many qubits are one. The XY mixers need it, the X mixer leaves every weight and takes
  /// none; Grover with none starts from all 2^n states.
  std::optional<unsigned> weight = {};
  /// X mixer only: c_q in (0, 1), the probability of one that qubit q starts with. Start:
  /// RY(t_q)|0>, t_q = 2 asin sqrt c_q; mixer: prod_q exp(-i beta (sin t_q X_q + cos t_q Z_q)),
  /// whose top eigenstate is the start. Empty: c_q = 1/2, which is |+…+> and X. (Egger's beta is
  /// minus ours.) XY mixers: the start is the Dicke state with the amplitude of x times
  /// prod_q sqrt(c_q / (1 - c_q)) over the ones of x, which is no eigenstate of the mixer.
  std::vector<double> warm_start = {};
  /// XY mixers only. Only the states that meet all limits count for minimum, maximum, mean and
  /// deviation. The circuit reaches the others too: each one too many or too few raises the cost by
  /// limit_penalty times that deviation. (As a circuit that phase needs a counter of each limit's
  /// ones; pairs of qubits do not suffice.) Not necessarily exact: with a small penalty a state
  /// that breaks a limit may cost less than all that meet them, but it never counts as best.
  std::vector<CountLimit> limits = {};
  double limit_penalty = 1.0;
  Precision precision = Precision::kDouble;
};

class QaoaCircuit {
 public:
  /// Errors: kBadInput, field "cost" (see check(QuadraticCost)), "qubits" (above 63), "weight"
  /// (missing for an XY mixer, given for the X mixer, above n), "warm_start" (not n values strictly
  /// between 0 and 1, or the Grover mixer), "limits" (another mixer than XY, no state meets
  /// them, a penalty that is negative or not finite); kResource, field "qubits", where the states
  /// that energy() with its gradient needs are more than `memory_limit` bytes: says what would fit.
  static Result<QaoaCircuit> create(const QaoaAnsatz& ansatz, std::size_t memory_limit,
                                    const Execution& execution);

  Mixer mixer() const { return mixer_; }
  unsigned n_qubits() const { return n_qubits_; }
  /// Number of basis states: C(n, k) with a weight, else 2^n.
  std::size_t dimension() const { return evaluator_->dimension(); }
  /// The basis state at a position below dimension(), qubit q being bit q. Rising with it.
  std::uint64_t basis_state(std::size_t position) const {
    return evaluator_->basis_state(position);
  }

  /// Whether the basis state at that position meets the limits, and how many do.
  bool feasible(std::size_t position) const { return evaluator_->feasible(position); }
  std::size_t n_feasible() const { return evaluator_->n_feasible(); }

  /// c of the basis state at that position, with the penalty of the limits. O(n) at most.
  double cost(std::size_t position) const { return evaluator_->cost(position); }
  // Of the cost over all basis states that meet the limits alike.
  double minimum() const { return evaluator_->statistics().minimum; }
  double maximum() const { return evaluator_->statistics().maximum; }
  double mean() const { return evaluator_->statistics().mean; }
  /// Standard deviation; 0 where all are equal.
  double deviation() const { return evaluator_->statistics().deviation; }

  // gammas and betas have the same length p, the number of layers, which may be 0. Angles are
  // finite. Same bits for any number of threads.

  /// The amplitudes after the layers.
  std::vector<Amplitude> state(std::span<const double> gammas, std::span<const double> betas,
                               const Execution& execution) const;

  /// <c>. Where `gradient` is not empty it has 2p values, and all d/dgamma, then all d/dbeta are
  /// written to it; together that costs about 4 energies.
  double energy(std::span<const double> gammas, std::span<const double> betas,
                std::span<double> gradient, const Execution& execution) const;

  /// The mean of the best fraction `alpha` in (0, 1] of the outcomes: with t the alpha-quantile of
  /// the cost, the least value with P(c <= t) >= alpha,
  ///   CVaR = t + <min(c - t, 0)>/alpha,
  /// and its gradient as in energy(), t held fixed (which is exact wherever CVaR is smooth).
  double cvar(std::span<const double> gammas, std::span<const double> betas, double alpha,
              std::span<double> gradient, const Execution& execution) const;

 private:
  QaoaCircuit(Mixer mixer, unsigned n_qubits, std::shared_ptr<const QaoaEvaluator> evaluator)
      : mixer_(mixer), n_qubits_(n_qubits), evaluator_(std::move(evaluator)) {}

  Mixer mixer_;
  unsigned n_qubits_;
  std::shared_ptr<const QaoaEvaluator> evaluator_;  // never changes: copies share it
};

}  // namespace quanta::quantum
