/// Losses of a credit portfolio by amplitude estimation.
///
///   const CreditPortfolio portfolio{.default_probabilities = {0.15, 0.25},
///                                   .sensitivities = {0.1, 0.05}, .losses_given_default = {1, 2}};
///   QUANTA_TRY(const CreditRiskEstimate risk,
///              estimate_credit_risk(portfolio, 0.05, DefaultEncoding::kExact, {}, execution));
///
/// The Gaussian conditional independence model of Basel II: given a standard normal Z, obligor k
/// defaults independently of the others with probability
///   p_k(z) = F((F^-1(p_k) - sqrt(rho_k) z) / sqrt(1 - rho_k)),
/// F being the normal distribution, and then loses a whole number of units. Z lives on a grid of
/// 2^n points between -z_max and z_max (normal_grid). The circuit loads Z, turns one qubit per
/// obligor by Z's register, and adds the losses of those that are 1.
///
/// Sources: Egger, Gutiérrez, Mestre, Woerner (2021), arXiv:1907.03044; Rutkowski, Tarca (2015).
#pragma once

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "quantum/algorithm/registry.h"
#include "quantum/algorithm/tail_risk.h"

namespace quanta::quantum {

inline constexpr AlgorithmDescription kCreditRisk{
    .name = "credit-risk",
    .about = "expected loss, value at risk, expected shortfall of loans by amplitude estimation",
    .min_qubits = 4,
    .max_qubits = 24,
    .cost = "a qubit per obligor, n for Z, log2 of the largest loss; an estimate per bit of it",
    .classical = "the exact distribution on the grid of Z, plain Monte Carlo",
    .source = "Egger, Gutiérrez, Mestre, Woerner 2021, arXiv:1907.03044"};

struct CreditPortfolio {
  std::vector<double> default_probabilities = {};   ///< p_k in (0, 1)
  std::vector<double> sensitivities = {};           ///< rho_k in [0, 1)
  std::vector<unsigned> losses_given_default = {};  ///< whole units, at least 1; sum at most 4095
  unsigned z_qubits = 2;                            ///< 1 to 10
  double z_max = 2.0;                               ///< > 0, standard deviations
};

enum class DefaultEncoding {
  kExact,   ///< an own angle for each point of Z: 2^z_qubits rotations an obligor
  kLinear,  ///< the angle to first order in z, as published: z_qubits + 1 rotations, with a bias
};
constexpr auto enum_names(DefaultEncoding) {
  return std::array{std::pair{DefaultEncoding::kExact, std::string_view("exact")},
                    std::pair{DefaultEncoding::kLinear, std::string_view("linear")}};
}

struct CreditRiskEstimate {
  ExpectationEstimate expected_loss = {};  ///< exact: of the model on the grid of Z
  TailRiskEstimate tail = {};
  std::vector<double> model = {};    ///< P(L = 0), P(L = 1), … of the model on the grid of Z
  std::vector<double> circuit = {};  ///< the same as the circuit makes it
};

/// The closed form of the expected loss is that of a continuous Z: sum of p_k times the loss.
/// Errors: kBadInput, field "default_probabilities", "sensitivities", "losses_given_default",
/// "z_qubits", "z_max", "tail"; those of estimate_expectation (kResource, field "qubits", where the
/// obligors are too many for the memory).
Result<CreditRiskEstimate> estimate_credit_risk(const CreditPortfolio& portfolio, double tail,
                                                DefaultEncoding encoding,
                                                const ExpectationOptions& options,
                                                const Execution& execution);

/// The circuit with its register of losses: Z on the first qubits, then a qubit per obligor, then
/// the sum. Errors: as above, for the portfolio.
Result<LossRegister> credit_losses(const CreditPortfolio& portfolio, DefaultEncoding encoding);

}  // namespace quanta::quantum
