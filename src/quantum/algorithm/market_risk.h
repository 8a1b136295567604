/// Value at risk and expected shortfall of market losses by amplitude estimation.
///
///   QUANTA_TRY(const MarketRiskEstimate risk,
///              estimate_market_risk(daily_losses, {.qubits = 6, .tail = 0.05}, {}, execution));
///
/// Observed losses (minus returns, or money) become a histogram on 2^n equally spaced points from
/// the least to the greatest, each loss counted at the point nearest to it; that moves a quantile
/// by at most half a step. `sample` holds the measures of the losses themselves. Source: Woerner,
/// Egger (2019), arXiv:1806.06893.
#pragma once

#include <span>

#include "core/result.h"
#include "quantum/algorithm/registry.h"
#include "quantum/algorithm/tail_risk.h"

namespace quanta::quantum {

inline constexpr AlgorithmDescription kMarketRisk{
    .name = "market-risk",
    .about = "value at risk, expected shortfall of observed losses by amplitude estimation",
    .min_qubits = 2,
    .max_qubits = 13,
    .cost = "2^(n+1) gates to load 2^n points; an estimate per bit of the loss",
    .classical = "historical simulation: sorting the losses; plain Monte Carlo",
    .source = "Woerner, Egger 2019, arXiv:1806.06893"};

struct MarketRiskOptions {
  unsigned qubits = 6;  ///< of the loss, 1 to 12
  double tail = 0.05;   ///< share of bad cases, in (0, 1)
};

struct MarketRiskEstimate {
  ExpectationEstimate expected_loss = {};
  TailRiskEstimate tail = {};
  GridDistribution histogram = {};  ///< one axis
  TailRisk sample = {};             ///< of the losses before they were put on the grid
};

/// Losses may have any sign; a gain is a negative one. Deterministic. Errors: kBadInput, field
/// "losses" (fewer than 2, not finite: says which, or all equal), "qubits", "tail"; those of
/// estimate_expectation.
Result<MarketRiskEstimate> estimate_market_risk(std::span<const double> losses,
                                                const MarketRiskOptions& market,
                                                const ExpectationOptions& options,
                                                const Execution& execution);

/// The histogram alone. Errors: as above, for "losses" and "qubits".
Result<GridDistribution> loss_histogram(std::span<const double> losses, unsigned qubits);

/// Of a distribution of losses on one axis. `sample` is that distribution. Errors: kBadInput, field
/// "probabilities" (as load_distribution; or not as many as the axis has points), "axes" (not one,
/// or not rising).
Result<MarketRiskEstimate> estimate_market_risk(const GridDistribution& losses, double tail,
                                                const ExpectationOptions& options,
                                                const Execution& execution);

}  // namespace quanta::quantum
