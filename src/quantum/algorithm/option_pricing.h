/// Options priced by amplitude estimation on a grid of log-normal prices.
///
///   const LogNormalMarket market{.spots = {2.0}, .volatilities = {0.4}, .rate = 0.05,
///                                .maturity = 40.0 / 365, .qubits = {3}};
///   QUANTA_TRY(const OptionEstimate call, price_european(
///       market, {.kind = EuropeanKind::kCall, .strikes = {1.896}}, {}, execution));
///   call.discount_factor * call.price.value;     // money today
///
/// Under the risk-neutral measure log S_i(T) is normal with mean log S_i + (r - v_i^2/2) T and
/// covariance v_i v_j rho_ij T; grid_distribution.h says how it becomes 2^n points. All values here
/// are undiscounted expectations. Each comes with what is exact on the grid, what the circuit's
/// amplitude stands for, the closed form where there is one, and plain Monte Carlo with as many
/// samples as A was used.
///
/// Cost: loading takes 2^(n+1) gates for n qubits of all prices together, and their simulation
/// O(4^n). When classical is better: always on a grid that a computer can hold, since the sum over
/// it is exact; the figures show what the method would do with a device's circuit in its place.
/// Sources: Stamatopoulos et al. (2020), arXiv:1905.02666; Black, Scholes (1973); Black (1976);
/// Margrabe (1978).
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"
#include "quantum/algorithm/expectation_estimation.h"
#include "quantum/algorithm/grid_distribution.h"
#include "quantum/algorithm/registry.h"

namespace quanta::quantum {

inline constexpr AlgorithmDescription kOptionPricing{
    .name = "option-pricing",
    .about = "European, basket, spread, Asian barrier options and bonds by amplitude estimation",
    .min_qubits = 2,
    .max_qubits = 24,
    .cost = "2^(n+1) gates to load n qubits of prices; uses of A as of the method",
    .classical = "the exact sum over the grid, closed forms, plain Monte Carlo",
    .source = "Stamatopoulos et al. 2020, arXiv:1905.02666"};

/// Prices of d assets, or of one asset at d times, at maturity.
struct LogNormalMarket {
  std::vector<double> spots = {};         ///< > 0, today, d of them
  std::vector<double> volatilities = {};  ///< > 0, per square root of a year
  Matrix correlation = {};                ///< d x d; empty: independent
  double rate = 0.0;                      ///< per year, continuously compounded
  double maturity = 1.0;                  ///< > 0, years
  std::vector<unsigned> qubits = {};      ///< of each price
  double deviations = 3.0;                ///< half width of the grid
};

/// The grid of prices at maturity. Errors: kBadInput, field "spots", "volatilities", "correlation",
/// "rate", "maturity", "qubits", "deviations": says what was found.
Result<GridDistribution> price_grid(const LogNormalMarket& market);

enum class EuropeanKind {
  kCall,        ///< max(S - K, 0)
  kPut,         ///< max(K - S, 0)
  kBullSpread,  ///< min(max(S - K1, 0), K2 - K1)
  kForward,     ///< S - K, of either sign
};
constexpr auto enum_names(EuropeanKind) {
  return std::array{std::pair{EuropeanKind::kCall, std::string_view("call")},
                    std::pair{EuropeanKind::kPut, std::string_view("put")},
                    std::pair{EuropeanKind::kBullSpread, std::string_view("bull-spread")},
                    std::pair{EuropeanKind::kForward, std::string_view("forward")}};
}

struct EuropeanOption {
  EuropeanKind kind = EuropeanKind::kCall;
  std::vector<double> strikes = {};  ///< one, or two rising ones for a bull spread
};

struct OptionEstimate {
  ExpectationEstimate price = {};
  /// E[d payoff / d S(T)], the delta of the published examples: P(S >= K) for a call, minus
  /// P(S < K) for a put, P(K1 <= S < K2) for a bull spread. No rotation, so no payoff bias. (A
  /// hedger's delta, d price / d S today, weights these events with S(T) / S.)
  ExpectationEstimate delta = {};
  double discount_factor = 1.0;  ///< exp(-r T)
};

/// One asset. Errors: as price_grid; kBadInput, field "strikes" (their number, not rising, or not
/// inside the grid), "spots" (not one), those of estimate_expectation, "encoding" (linear for a
/// forward, which has no kink to encode: use the exact or the signed one).
Result<OptionEstimate> price_european(const LogNormalMarket& market, const EuropeanOption& option,
                                      const ExpectationOptions& options,
                                      const Execution& execution);

/// max(sum_i w_i S_i - K, 0): a basket where the weights are positive, a spread or exchange option
/// where they are 1 and -1. closed_form: of one asset, and of an exchange (two assets, K = 0).
struct BasketOption {
  std::vector<double> weights = {};  ///< one per asset; empty: all 1
  double strike = 0.0;
};

/// The linear encoding adds the grid's indices in a register, so it needs axes of the same step and
/// weights of 1 or -1. Errors: as price_grid; kBadInput, field "weights", "strike" (no payoff, or
/// never none, on the grid), "encoding"; those of estimate_expectation.
Result<ExpectationEstimate> price_basket(const LogNormalMarket& market, const BasketOption& option,
                                         const ExpectationOptions& options,
                                         const Execution& execution);

/// min(max(sum_t S_t - K1, 0), K2 - K1), nothing where a price is above the barrier. The strikes
/// are of the sum over the d times, d times those of the average.
struct AsianBarrierSpread {
  double lower_strike = 0.0;
  double upper_strike = 0.0;
  double barrier = 0.0;
};

/// The market's assets are the price at its d times. Errors: as price_grid; kBadInput, field
/// "strikes" (not rising, or not inside the grid's sums), "barrier" (below all prices, NaN),
/// "encoding" (linear with axes of different steps); those of estimate_expectation.
Result<ExpectationEstimate> price_asian_barrier_spread(const LogNormalMarket& market,
                                                       const AsianBarrierSpread& option,
                                                       const ExpectationOptions& options,
                                                       const Execution& execution);

/// Cash flows at the ends of years 1 … d under normal rates:  sum_t c_t / (1 + r_t)^t.
struct FixedIncome {
  std::vector<double> cash_flows = {};  ///< c_t, at least 0, not all 0
  std::vector<double> mean = {};        ///< of the rates, per year
  Matrix covariance = {};               ///< d x d
  std::vector<Interval> bounds = {};    ///< of the grid, above -1
  std::vector<unsigned> qubits = {};    ///< of each rate
};

struct FixedIncomeEstimate {
  ExpectationEstimate price = {};
  /// sum_t c_t (1 - t r_t), to first order in the rates, exactly on the grid: what the published
  /// example calls the exact value.
  double first_order = 0.0;
};

/// The linear encoding takes the payoff to first order in the rates around 0, as the published
/// example does: its payoff_bias holds that error too. Errors: as normal_grid; kBadInput, field
/// "cash_flows", "bounds"; those of estimate_expectation.
Result<FixedIncomeEstimate> price_fixed_income(const FixedIncome& asset,
                                               const ExpectationOptions& options,
                                               const Execution& execution);

}  // namespace quanta::quantum
