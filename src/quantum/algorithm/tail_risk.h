/// Value at risk and expected shortfall of a register that holds losses.
///
/// L is a loss on the equally spaced points of an axis, `tail` in (0, 1) the share of bad cases,
/// such as 0.05. Losses are positive.
///   VaR   smallest x with P(L <= x) >= 1 - tail, found by bisection over the points, each step one
///         estimate of a probability, for which a comparison marks the good states;
///   ES    VaR + E[max(L - VaR, 0)] / tail: the mean of the worst `tail` of cases (Acerbi, Tasche).
///         As a function of its VaR it is least at the true one (Rockafellar, Uryasev), so that a
///         VaR off by a point moves it little;
///   mean beyond  E[L | L > VaR] = VaR + E[max(L - VaR, 0)] / P(L > VaR), which the published
///   credit
///         example calls CVaR.
/// Sources: Woerner, Egger (2019), arXiv:1806.06893; Egger, Gutiérrez, Mestre, Woerner (2021),
/// arXiv:1907.03044; Acerbi, Tasche (2002); Rockafellar, Uryasev (2000).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/result.h"
#include "quantum/algorithm/expectation_estimation.h"
#include "quantum/algorithm/grid_distribution.h"

namespace quanta::quantum {

/// What a distribution's tail is, without estimation.
struct TailRisk {
  double value_at_risk = 0.0;
  double probability = 0.0;  ///< P(L <= VaR)
  double excess = 0.0;       ///< E[max(L - VaR, 0)]
  double expected_shortfall = 0.0;
  double mean_beyond = 0.0;  ///< VaR where nothing is beyond
};

/// Of losses in rising order with these probabilities. Precondition: as many, at least one, the
/// probabilities of a distribution, 0 < tail < 1. A cumulated probability within 1e-12 of 1 - tail
/// counts as reaching it.
TailRisk tail_risk_of(std::span<const double> losses, std::span<const double> probabilities,
                      double tail);

/// A circuit with its losses, and what is known of them classically.
struct LossRegister {
  Circuit load = Circuit();           ///< makes the distribution, gates alone
  std::vector<unsigned> qubits = {};  ///< the register, lowest bit first
  GridAxis axis = {};                 ///< the loss of each of its 2^n states
  std::vector<double> circuit = {};   ///< probabilities of the states as `load` makes them
  std::vector<double> model = {};     ///< as the model has them: what estimates are judged by
};

struct TailRiskEstimate {
  double value_at_risk = 0.0;
  /// All points that the estimates leave possible, one estimate for each step of the bisection with
  /// an equal share of the risk.
  Interval value_at_risk_interval = {};
  ExpectationEstimate probability = {};  ///< P(L <= VaR) at the estimated VaR
  ExpectationEstimate excess = {};       ///< E[max(L - VaR, 0)] at the estimated VaR
  double expected_shortfall = 0.0;
  Interval expected_shortfall_interval = {};  ///< from that of the excess
  double mean_beyond = 0.0;                   ///< VaR where the estimated P(L > VaR) is 0

  std::uint64_t a_calls = 0;  ///< uses of the circuit, all estimates together
  unsigned steps = 0;         ///< of the bisection
  TailRisk exact = {};        ///< of the model's distribution
  TailRisk circuit = {};      ///< of the distribution that the circuit makes
  TailRisk monte_carlo = {};  ///< of a_calls samples of the model's distribution
  /// Of monte_carlo.expected_shortfall, at its VaR.
  double monte_carlo_standard_error = 0.0;
};

/// options.encoding is that of the excess; probabilities need none. Deterministic; the same bits
/// for any number of threads. Errors: kBadInput, field "tail" (not in (0, 1)); those of
/// estimate_expectation. Precondition: a LossRegister whose parts agree.
/// Cost: one estimate a bit of the register, and two more.
Result<TailRiskEstimate> estimate_tail_risk(const LossRegister& losses, double tail,
                                            const ExpectationOptions& options,
                                            const Execution& execution);

/// E[L] of the register. Errors: those of estimate_expectation.
Result<ExpectationEstimate> estimate_expected_loss(const LossRegister& losses,
                                                   const ExpectationOptions& options,
                                                   const Execution& execution);

/// Errors: kBadInput, field "tail": not in (0, 1).
Result<void> check_tail(double tail);

}  // namespace quanta::quantum
