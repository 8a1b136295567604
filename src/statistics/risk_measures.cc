#include "statistics/risk_measures.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "statistics/normal.h"

namespace quanta::statistics {
namespace {

Result<void> check_returns(std::span<const double> returns, std::size_t least,
                           std::string_view field = "returns") {
  if (returns.size() < least) {
    return bad_input(field, fmt::format("{} returns; at least {} {} needed", returns.size(), least,
                                        least == 1 ? "is" : "are"));
  }
  for (std::size_t t = 0; t < returns.size(); ++t) {
    if (!std::isfinite(returns[t])) {
      return bad_input(field, fmt::format("return {} is {}", t + 1, returns[t]));
    }
  }
  return {};
}

Result<void> check_alpha(double alpha) {
  if (alpha > 0.0 && alpha < 1.0) return {};
  return bad_input("alpha",
                   fmt::format("the confidence level {} is outside (0, 1); 0.95 is usual", alpha));
}

Result<void> check_positive(double value, std::string_view field) {
  if (value > 0.0 && std::isfinite(value)) return {};
  return bad_input(field, fmt::format("{} is not positive", value));
}

Result<void> check_not_below_minus_one(std::span<const double> returns) {
  for (std::size_t t = 0; t < returns.size(); ++t) {
    if (returns[t] < -1.0) {
      return bad_input("returns", fmt::format("return {} is {}: it loses more than everything, so "
                                              "that wealth cannot be compounded",
                                              t + 1, returns[t]));
    }
  }
  return {};
}

Result<void> check_finite(std::span<const double> values, std::string_view field) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      return bad_input(field, fmt::format("value {} is {}", i + 1, values[i]));
    }
  }
  return {};
}

/// The z with P(Z <= z) = alpha. The smaller tail is the exact one: 1 - 1e-17 is 1.
double confidence_quantile(double alpha) {
  return alpha < 0.5 ? -normal_upper_quantile(alpha) : normal_upper_quantile(1.0 - alpha);
}

double mean_unchecked(std::span<const double> x) {
  double sum = 0.0;
  for (const double value : x) sum += value;
  return sum / static_cast<double>(x.size());
}

/// sum (x - mean x)(y - mean y) / (T - 1)
double covariance_unchecked(std::span<const double> x, std::span<const double> y) {
  const double mean_x = mean_unchecked(x);
  const double mean_y = mean_unchecked(y);
  double sum = 0.0;
  for (std::size_t t = 0; t < x.size(); ++t) sum += (x[t] - mean_x) * (y[t] - mean_y);
  return sum / static_cast<double>(x.size() - 1);
}

/// The volatility of a stream that is constant up to rounding is rounding too.
bool never_varies(std::span<const double> x, double deviation) {
  double largest = 0.0;
  for (const double value : x) largest = std::max(largest, std::abs(value));
  return !(deviation > 1e-14 * largest);
}

/// Of z sqrt(w'Sw) - m'w.
Result<RiskContributions> contributions(std::span<const double> weights,
                                        std::span<const double> mean, const Matrix& covariance,
                                        double z) {
  const std::size_t n = weights.size();
  QUANTA_CHECK(check_finite(weights, "weights"));
  if (covariance.rows() != n || covariance.columns() != n || n == 0) {
    return bad_input("covariance", fmt::format("{} x {} for {} weights", covariance.rows(),
                                               covariance.columns(), n));
  }
  QUANTA_CHECK(check_finite(covariance.values(), "covariance"));
  if (mean.size() != n) {
    return bad_input("mean", fmt::format("{} means for {} weights", mean.size(), n));
  }
  QUANTA_CHECK(check_finite(mean, "mean"));
  std::vector<double> shared(n);  // covariance of each asset with the portfolio
  double variance = 0.0;
  double expected = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) shared[i] += covariance(i, j) * weights[j];
    variance += weights[i] * shared[i];
    expected += weights[i] * mean[i];
  }
  const double deviation = std::sqrt(std::max(variance, 0.0));
  RiskContributions out;
  out.total = z * deviation - expected;
  for (std::size_t i = 0; i < n; ++i) {
    const double marginal = (deviation > 0.0 ? z * shared[i] / deviation : 0.0) - mean[i];
    const double without =
        variance - 2.0 * weights[i] * shared[i] + weights[i] * weights[i] * covariance(i, i);
    const double total_without =
        z * std::sqrt(std::max(without, 0.0)) - (expected - weights[i] * mean[i]);
    out.marginal.push_back(marginal);
    out.component.push_back(weights[i] * marginal);
    out.incremental.push_back(out.total - total_without);
  }
  return out;
}

}  // namespace

Result<std::vector<double>> portfolio_returns(const Matrix& returns,
                                              std::span<const double> weights) {
  if (weights.size() != returns.columns()) {
    return bad_input("weights",
                     fmt::format("{} weights for {} assets", weights.size(), returns.columns()));
  }
  QUANTA_CHECK(check_finite(weights, "weights"));
  std::vector<double> out(returns.rows());
  for (std::size_t t = 0; t < out.size(); ++t) {
    const std::span<const double> row = returns.row(t);
    double sum = 0.0;
    for (std::size_t i = 0; i < row.size(); ++i) sum += weights[i] * row[i];
    out[t] = sum;
  }
  return out;
}

Result<TailRisk> historical_tail_risk(std::span<const double> returns, double alpha) {
  QUANTA_CHECK(check_alpha(alpha));
  QUANTA_CHECK(check_returns(returns, 1));
  std::vector<double> sorted(returns.begin(), returns.end());
  std::ranges::sort(sorted);  // the worst first
  const double count = static_cast<double>(sorted.size());

  const double position = (count - 1.0) * (1.0 - alpha);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double quantile =
      sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);

  const double tail = (1.0 - alpha) * count;
  const std::size_t whole = std::min(static_cast<std::size_t>(tail), sorted.size() - 1);
  double sum = 0.0;
  for (std::size_t t = 0; t < whole; ++t) sum += sorted[t];
  sum += (tail - static_cast<double>(whole)) * sorted[whole];
  return TailRisk{.value_at_risk = -quantile, .expected_shortfall = -sum / tail};
}

Result<std::vector<double>> compound_over_horizon(std::span<const double> returns,
                                                  std::size_t horizon) {
  QUANTA_CHECK(check_returns(returns, 1));
  if (horizon == 0 || horizon > returns.size()) {
    return bad_input("horizon", fmt::format("{} periods; there are {} returns, so 1 to {} make "
                                            "sense",
                                            horizon, returns.size(), returns.size()));
  }
  std::vector<double> out(returns.size() - horizon + 1);
  for (std::size_t t = 0; t < out.size(); ++t) {
    double wealth = 1.0;
    for (std::size_t k = 0; k < horizon; ++k) wealth *= 1.0 + returns[t + k];
    out[t] = horizon == 1 ? returns[t] : wealth - 1.0;
  }
  return out;
}

Result<TailRisk> normal_tail_risk(double mean, double deviation, double alpha, double horizon) {
  QUANTA_CHECK(check_alpha(alpha));
  QUANTA_CHECK(check_positive(horizon, "horizon"));
  if (!std::isfinite(mean)) return bad_input("mean", fmt::format("{} is not finite", mean));
  if (!(deviation >= 0.0 && std::isfinite(deviation))) {
    return bad_input("deviation", fmt::format("{} is not a standard deviation", deviation));
  }
  const double z = confidence_quantile(alpha);
  const double scale = deviation * std::sqrt(horizon);
  return TailRisk{.value_at_risk = z * scale - mean * horizon,
                  .expected_shortfall = scale * normal_density(z) / (1.0 - alpha) - mean * horizon};
}

Result<double> mean_of(std::span<const double> returns) {
  QUANTA_CHECK(check_returns(returns, 1));
  return mean_unchecked(returns);
}

Result<double> volatility(std::span<const double> returns) {
  QUANTA_CHECK(check_returns(returns, 2));
  return std::sqrt(covariance_unchecked(returns, returns));
}

Result<double> sharpe_ratio(std::span<const double> returns, double risk_free,
                            double periods_per_year) {
  QUANTA_CHECK(check_positive(periods_per_year, "periods_per_year"));
  if (!std::isfinite(risk_free)) {
    return bad_input("risk_free", fmt::format("{} is not finite", risk_free));
  }
  QUANTA_TRY(const double deviation, volatility(returns));
  if (never_varies(returns, deviation)) {
    return bad_input("returns", "they never vary, so that there is no risk to divide by");
  }
  return (mean_unchecked(returns) * periods_per_year - risk_free) /
         (deviation * std::sqrt(periods_per_year));
}

Result<std::vector<double>> drawdowns(std::span<const double> returns) {
  QUANTA_CHECK(check_returns(returns, 1));
  QUANTA_CHECK(check_not_below_minus_one(returns));
  std::vector<double> out(returns.size() + 1);
  double wealth = 1.0;
  double peak = 1.0;
  for (std::size_t t = 0; t < returns.size(); ++t) {
    wealth *= 1.0 + returns[t];
    peak = std::max(peak, wealth);
    out[t + 1] = wealth / peak - 1.0;
  }
  return out;
}

Result<MaximumDrawdown> maximum_drawdown(std::span<const double> returns) {
  QUANTA_TRY(const std::vector<double> below, drawdowns(returns));
  MaximumDrawdown out{.recovery = 0};
  std::size_t peak = 0;
  bool under_deepest = false;  // since the deepest trough, wealth has not been at its peak again
  for (std::size_t at = 0; at < below.size(); ++at) {
    if (below[at] == 0.0) {  // exactly so whenever wealth is at or above its peak
      peak = at;
      if (under_deepest) out.recovery = at;
      under_deepest = false;
    } else if (below[at] < out.depth) {
      out = {.depth = below[at], .peak = peak, .trough = at, .recovery = std::nullopt};
      under_deepest = true;
    }
  }
  return out;
}

Result<BenchmarkFigures> benchmark_figures(std::span<const double> returns,
                                           std::span<const double> benchmark, double risk_free,
                                           double periods_per_year) {
  QUANTA_CHECK(check_positive(periods_per_year, "periods_per_year"));
  if (!std::isfinite(risk_free)) {
    return bad_input("risk_free", fmt::format("{} is not finite", risk_free));
  }
  QUANTA_CHECK(check_returns(returns, 2));
  if (benchmark.size() != returns.size()) {
    return bad_input("benchmark", fmt::format("{} returns beside {} of the portfolio",
                                              benchmark.size(), returns.size()));
  }
  QUANTA_CHECK(check_returns(benchmark, 2, "benchmark"));
  const double deviation = std::sqrt(covariance_unchecked(returns, returns));
  const double benchmark_deviation = std::sqrt(covariance_unchecked(benchmark, benchmark));
  if (never_varies(benchmark, benchmark_deviation)) {
    return bad_input("benchmark", "it never varies, so that beta is not defined");
  }
  if (never_varies(returns, deviation)) {
    return bad_input("returns", "they never vary, so that correlation is not defined");
  }
  const double shared = covariance_unchecked(returns, benchmark);
  const double per_period_free = risk_free / periods_per_year;
  const double mean = mean_unchecked(returns);
  const double benchmark_mean = mean_unchecked(benchmark);
  std::vector<double> active(returns.size());
  for (std::size_t t = 0; t < active.size(); ++t) active[t] = returns[t] - benchmark[t];
  const double active_deviation = std::sqrt(covariance_unchecked(active, active));

  BenchmarkFigures out;
  out.beta = shared / (benchmark_deviation * benchmark_deviation);
  out.alpha =
      periods_per_year * (mean - per_period_free - out.beta * (benchmark_mean - per_period_free));
  out.correlation = std::clamp(shared / (deviation * benchmark_deviation), -1.0, 1.0);
  out.tracking_error = active_deviation * std::sqrt(periods_per_year);
  out.information_ratio =
      active_deviation > 0.0 ? periods_per_year * mean_unchecked(active) / out.tracking_error : 0.0;
  return out;
}

Result<RiskContributions> volatility_contributions(std::span<const double> weights,
                                                   const Matrix& covariance) {
  const std::vector<double> no_mean(weights.size());
  return contributions(weights, no_mean, covariance, 1.0);
}

Result<RiskContributions> normal_var_contributions(std::span<const double> weights,
                                                   std::span<const double> mean,
                                                   const Matrix& covariance, double alpha,
                                                   double horizon) {
  QUANTA_CHECK(check_alpha(alpha));
  QUANTA_CHECK(check_positive(horizon, "horizon"));
  std::vector<double> over_horizon(mean.begin(), mean.end());
  for (double& value : over_horizon) value *= horizon;
  return contributions(weights, over_horizon, covariance,
                       confidence_quantile(alpha) * std::sqrt(horizon));
}

}  // namespace quanta::statistics
