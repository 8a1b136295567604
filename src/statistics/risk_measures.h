/// Risk and performance figures of one stream of returns, and their split by asset.
///
///   const auto returns = portfolio_returns(asset_returns, weights);          // Result
///   QUANTA_TRY(const TailRisk tail, historical_tail_risk(*returns, 0.95));
///   tail.value_at_risk;                                                      // positive = a loss
///
/// Returns are simple, as fractions per period, in time order. Losses are positive numbers, as
/// fractions of the value held; the mean is kept. `alpha` is the confidence level in (0, 1). Every
/// function that takes returns gives kBadInput with field "returns" when there are too few or one
/// is not finite, and with the name of the parameter when that is out of range.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"

namespace quanta::statistics {

/// r_t = sum_i w_i r_ti: the weights are restored before every period. T x n and n -> T. Errors:
/// kBadInput, field "weights": not n of them, or not finite.
Result<std::vector<double>> portfolio_returns(const Matrix& returns,
                                              std::span<const double> weights);

struct TailRisk {
  double value_at_risk = 0.0;
  double expected_shortfall = 0.0;
};

/// Value at risk: minus the type-7 quantile (linear between order statistics) of the returns at
/// 1 - alpha. Expected shortfall: the mean of the worst (1 - alpha) T losses, the last one counted
/// by its fraction, which is the optimum of Rockafellar and Uryasev (J. Risk 2, 2000), eq. 8, and
/// so what minimising it by a linear program gives. O(T log T).
Result<TailRisk> historical_tail_risk(std::span<const double> returns, double alpha);

/// Overlapping compounded returns over `horizon` periods: T - horizon + 1 of them. Errors: field
/// "horizon": 0, or more than T.
Result<std::vector<double>> compound_over_horizon(std::span<const double> returns,
                                                  std::size_t horizon);

/// For a normal return of this mean and standard deviation per period, summed over `horizon`
/// periods: with m = mean h, s = deviation sqrt(h), z the alpha quantile of N(0, 1):
///   VaR = z s - m,  ES = s density(z) / (1 - alpha) - m.
/// Errors: field "mean" (not finite), "deviation" (negative), "alpha", "horizon" (not positive).
Result<TailRisk> normal_tail_risk(double mean, double deviation, double alpha, double horizon);

/// The arithmetic mean. At least one return.
Result<double> mean_of(std::span<const double> returns);

/// The standard deviation per period, divided by T - 1. At least two returns.
Result<double> volatility(std::span<const double> returns);

/// (mean p - risk_free) / (volatility sqrt(p)), p = periods_per_year, risk_free per year. Errors:
/// field "periods_per_year", "risk_free"; field "returns" also when they never vary.
Result<double> sharpe_ratio(std::span<const double> returns, double risk_free,
                            double periods_per_year);

/// The deepest fall of compounded wealth, which is 1 before the first return. Positions count
/// wealth values: 0 is the start and t follows return t, so they are rows of the prices.
struct MaximumDrawdown {
  double depth = 0.0;  ///< wealth / running peak - 1, in [-1, 0]
  std::size_t peak = 0;
  std::size_t trough = 0;
  std::optional<std::size_t> recovery;  ///< first wealth at or above the peak again; none yet
};

/// The first of equal depths. A stream that never falls has depth 0 and peak = trough = recovery
/// = 0. Errors: a return below -1 (wealth would be negative).
Result<MaximumDrawdown> maximum_drawdown(std::span<const double> returns);

/// wealth / running peak - 1 at each of the T + 1 wealth values, the first of which is 0.
Result<std::vector<double>> drawdowns(std::span<const double> returns);

struct BenchmarkFigures {
  double beta = 0.0;         ///< cov(r, b) / var(b)
  double alpha = 0.0;        ///< Jensen, per year: p (mean r - f - beta (mean b - f)), f per period
  double correlation = 0.0;  ///< of r and b
  double tracking_error = 0.0;     ///< sd(r - b) sqrt(p)
  double information_ratio = 0.0;  ///< p mean(r - b) / tracking_error; 0 where that is 0
};

/// Against a benchmark over the same periods. risk_free per year. Errors: field "benchmark": other
/// length, or it never varies; field "returns": they never vary.
Result<BenchmarkFigures> benchmark_figures(std::span<const double> returns,
                                           std::span<const double> benchmark, double risk_free,
                                           double periods_per_year);

/// How much of a risk figure each position carries. `component` sums to `total`.
struct RiskContributions {
  double total = 0.0;
  std::vector<double> marginal;     ///< change of the total per unit of weight
  std::vector<double> component;    ///< weight x marginal
  std::vector<double> incremental;  ///< total minus the total once the position is cash
};

/// Of the volatility sqrt(w'Sw): marginal = Sw / volatility (all zero without any risk). Errors:
/// field "covariance": not n x n; "weights": not finite.
Result<RiskContributions> volatility_contributions(std::span<const double> weights,
                                                   const Matrix& covariance);

/// Of the normal value at risk over `horizon` periods, z sqrt(h w'Sw) - h m'w. Errors: also field
/// "mean" (size), "alpha", "horizon".
Result<RiskContributions> normal_var_contributions(std::span<const double> weights,
                                                   std::span<const double> mean,
                                                   const Matrix& covariance, double alpha,
                                                   double horizon);

}  // namespace quanta::statistics
