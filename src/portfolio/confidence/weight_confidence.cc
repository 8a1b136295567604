#include "portfolio/confidence/weight_confidence.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "statistics/exchangeable_means.h"
#include "statistics/filtered_bootstrap.h"
#include "statistics/moment_posterior.h"
#include "statistics/stationary_bootstrap.h"

namespace quanta::portfolio {
namespace {

constexpr std::size_t kFewestDraws = 20;

/// answer(d) of each draw, those that have one.
template <class Answer>
Result<WeightDraws> collect(std::size_t n_draws, std::size_t n_assets, const Execution& execution,
                            const Answer& answer) {
  if (n_draws < kFewestDraws) {
    return bad_input("draws", fmt::format("{} draws tell no interval; at least {} are needed",
                                          n_draws, kFewestDraws));
  }
  std::vector<std::optional<Result<std::vector<double>>>> answers(n_draws);
  parallel_for(execution, n_draws, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t d = begin; d < end; ++d) {
      if (execution.cancelled()) return;
      answers[d] = answer(d);
    }
  });
  WeightDraws out;
  std::vector<double> rows;
  for (auto& drawn : answers) {
    if (!drawn) return cancelled_error();
    if (*drawn) {
      assert((*drawn)->size() == n_assets);
      rows.insert(rows.end(), (*drawn)->begin(), (*drawn)->end());
      continue;
    }
    if (drawn->error().kind == ErrorKind::kCancelled) return cancelled_error();
    if (out.failed++ == 0) out.reason = std::move(*drawn).error();
  }
  const std::size_t held = n_draws - out.failed;
  if (2 * held < n_draws) {
    return infeasible("draws", fmt::format("only {} of {} draws have an answer, too few for an "
                                           "interval; the first without: {}",
                                           held, n_draws, out.reason->message));
  }
  out.weights = Matrix(held, n_assets, std::move(rows));
  return out;
}

double long_run_ratio(const Matrix& returns, double block_length) {
  const double n_periods = static_cast<double>(returns.rows());
  const double kept = 1.0 - 1.0 / block_length;
  double sum = 0.0;
  for (std::size_t i = 0; i < returns.columns(); ++i) {
    double mean = 0.0;
    for (std::size_t t = 0; t < returns.rows(); ++t) mean += returns(t, i) / n_periods;
    double square = 0.0;
    double with_past = 0.0;  // sum_t x_t (x_t + q x_(t-1) + q^2 x_(t-2) + …)
    double past = 0.0;
    for (std::size_t t = 0; t < returns.rows(); ++t) {
      const double x = returns(t, i) - mean;
      past = x + kept * past;
      square += x * x;
      with_past += x * past;
    }
    sum += square > 0.0 ? 2.0 * with_past / square - 1.0 : 1.0;
  }
  return sum / static_cast<double>(returns.columns());
}

Result<statistics::ExchangeableMeans> means_of_bootstrap(const Matrix& returns, double ratio,
                                                         double periods_per_year,
                                                         std::span<const double> mean) {
  const double n = static_cast<double>(returns.columns());
  const double n_periods = static_cast<double>(returns.rows());
  if (n_periods < n + 3.0) {
    return bad_input("means", fmt::format("{} returns of {} assets are too few to draw the means "
                                          "together; {} are needed",
                                          returns.rows(), returns.columns(), n + 3.0));
  }
  QUANTA_TRY(const statistics::Moments sample, statistics::estimate_moments(returns, {}));
  const double scale = periods_per_year * periods_per_year * ratio * (n_periods - 1.0) /
                       ((n_periods - n - 2.0) * n_periods);
  return statistics::exchangeable_means(mean, sample.covariance, scale);
}

LevelledMoments levelled(const statistics::ExchangeableMeans& means, statistics::Moments moments,
                         RandomStream& random) {
  for (std::size_t i = 0; i < moments.mean.size(); ++i) moments.mean[i] -= means.mean[i];
  statistics::DrawnMeans drawn = statistics::draw_means(means, moments.mean, random);
  moments.mean = std::move(drawn.mean);
  return {.moments = std::move(moments),
          .level = drawn.level,
          .level_mean = means.level,
          .level_deviation = std::sqrt(means.level_variance)};
}

/// Type 7 of sorted numbers.
double quantile(std::span<const double> sorted, double probability) {
  const double place = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) return sorted.back();
  const double share = place - static_cast<double>(below);
  return sorted[below] + share * (sorted[below + 1] - sorted[below]);
}

}  // namespace

Result<double> weights_block_length(const Matrix& returns, std::span<const double> weights) {
  const std::size_t n = returns.columns();
  const std::size_t n_periods = returns.rows();
  assert(weights.size() == n);
  if (returns.empty()) return bad_input("returns", "there are none");
  std::vector<double> mean(n, 0.0);
  std::vector<double> portfolio(n_periods, 0.0);
  double portfolio_mean = 0.0;
  for (std::size_t t = 0; t < n_periods; ++t) {
    for (std::size_t i = 0; i < n; ++i) {
      mean[i] += returns(t, i) / static_cast<double>(n_periods);
      portfolio[t] += weights[i] * returns(t, i);
    }
    portfolio_mean += portfolio[t] / static_cast<double>(n_periods);
  }
  double of_means = 0.0;
  double of_risks = 0.0;
  std::vector<double> series(n_periods);
  const auto length = [&]() -> Result<double> {
    auto block = statistics::stationary_block_length(series);
    if (!block) return bad_input("returns", std::move(block).error().message);
    return *block / static_cast<double>(n);
  };
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t t = 0; t < n_periods; ++t) series[t] = returns(t, i);
    QUANTA_TRY(const double own, length());
    of_means += own;
    for (std::size_t t = 0; t < n_periods; ++t) {
      series[t] = (returns(t, i) - mean[i]) * (portfolio[t] - portfolio_mean);
    }
    QUANTA_TRY(const double with_portfolio, length());
    of_risks += with_portfolio;
  }
  return std::max(1.0, std::max(of_means, of_risks));
}

Result<Resampling> block_resampling(const Matrix& returns, double block_length) {
  if (returns.empty()) return bad_input("returns", "there are none");
  if (!(block_length >= 1.0 && block_length <= static_cast<double>(returns.rows()))) {
    return bad_input("block_length", fmt::format("{} is not between 1 and the {} periods",
                                                 block_length, returns.rows()));
  }
  return Resampling{
      .draw =
          [&returns, block_length](RandomStream& random) {
            return statistics::rows_at(
                returns, statistics::stationary_resample(returns.rows(), block_length, random));
          },
      .long_run_ratio = long_run_ratio(returns, block_length)};
}

Result<Resampling> filtered_resampling(const Matrix& returns, std::uint64_t seed,
                                       const Execution& execution) {
  QUANTA_TRY(statistics::FilteredReturns filtered,
             statistics::filter_returns(returns, seed, execution));
  return Resampling{.draw = [filtered = std::move(filtered)](RandomStream& random) {
    return statistics::filtered_resample(filtered, random);
  }};
}

Result<WeightDraws> bootstrap_weights(std::size_t n_assets, const Resampling& resampling,
                                      std::size_t n_draws, std::uint64_t seed,
                                      const WeightsOfReturns& weights_of,
                                      const Execution& execution) {
  return collect(n_draws, n_assets, execution,
                 [&](std::size_t draw) -> Result<std::vector<double>> {
                   RandomStream random(seed, "bootstrap of weights", draw);
                   return weights_of(resampling.draw(random));
                 });
}

Result<WeightDraws> posterior_weights(const Matrix& returns, std::size_t n_draws,
                                      std::uint64_t seed, const WeightsOfMoments& weights_of,
                                      const Execution& execution) {
  QUANTA_TRY(const statistics::MomentPosterior posterior, statistics::moment_posterior(returns));
  return collect(n_draws, returns.columns(), execution,
                 [&](std::size_t draw) -> Result<std::vector<double>> {
                   RandomStream random(seed, "posterior of weights", draw);
                   return weights_of(statistics::draw_moments(posterior, random));
                 });
}

Result<WeightDraws> levelled_bootstrap_weights(const Matrix& returns, const Resampling& resampling,
                                               double periods_per_year, std::size_t n_draws,
                                               std::uint64_t seed,
                                               const MomentsOfReturns& moments_of,
                                               const WeightsOfLevelled& weights_of,
                                               const Execution& execution) {
  QUANTA_TRY(const statistics::Moments estimate, moments_of(returns));
  QUANTA_TRY(
      const statistics::ExchangeableMeans means,
      means_of_bootstrap(returns, resampling.long_run_ratio, periods_per_year, estimate.mean));
  return collect(n_draws, returns.columns(), execution,
                 [&](std::size_t draw) -> Result<std::vector<double>> {
                   RandomStream random(seed, "bootstrap of weights", draw);
                   QUANTA_TRY(statistics::Moments moments, moments_of(resampling.draw(random)));
                   return weights_of(levelled(means, std::move(moments), random), random);
                 });
}

Result<WeightDraws> levelled_posterior_weights(const Matrix& returns, std::size_t n_draws,
                                               std::uint64_t seed,
                                               const WeightsOfLevelled& weights_of,
                                               const Execution& execution) {
  QUANTA_TRY(const statistics::MomentPosterior posterior, statistics::moment_posterior(returns));
  if (returns.columns() < 3) {  // says why
    return std::unexpected(statistics::exchangeable_means(posterior.mean, {}, 1.0).error());
  }
  return collect(
      n_draws, returns.columns(), execution, [&](std::size_t draw) -> Result<std::vector<double>> {
        RandomStream random(seed, "posterior of weights", draw);
        statistics::Moments moments = statistics::draw_moments(posterior, random);
        QUANTA_TRY(const statistics::ExchangeableMeans means,
                   statistics::exchangeable_means(posterior.mean, moments.covariance,
                                                  1.0 / static_cast<double>(returns.rows())));
        return weights_of(levelled(means, std::move(moments), random), random);
      });
}

std::vector<WeightInterval> weight_intervals(const WeightDraws& draws, double level) {
  assert(level > 0.0 && level < 1.0 && draws.weights.rows() > 0);
  const double tail = 0.5 * (1.0 - level);
  std::vector<WeightInterval> out;
  std::vector<double> column(draws.weights.rows());
  for (std::size_t i = 0; i < draws.weights.columns(); ++i) {
    for (std::size_t d = 0; d < column.size(); ++d) column[d] = draws.weights(d, i);
    std::ranges::sort(column);
    out.push_back({.low = quantile(column, tail),
                   .median = quantile(column, 0.5),
                   .high = quantile(column, 1.0 - tail)});
  }
  return out;
}

}  // namespace quanta::portfolio
