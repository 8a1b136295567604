/// How sure the weights of an optimisation are, given that its moments are estimates.
///
///   const auto weights_of = [&](const Matrix& returns) -> Result<std::vector<double>> { … };
///   QUANTA_TRY(const double block, weights_block_length(returns, weights));
///   QUANTA_TRY(const Resampling blocks, block_resampling(returns, block));
///   QUANTA_TRY(const WeightDraws draws,
///              bootstrap_weights(n, blocks, 1000, seed, weights_of, execution));
///   weight_intervals(draws, 0.9)[i].low
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/matrix.h"
#include "core/random.h"
#include "core/result.h"
#include "statistics/moments.h"

namespace quanta::portfolio {

/// The answers to many data sets that could have been seen instead.
struct WeightDraws {
  Matrix weights;               ///< one row for each draw that has an answer, in their order
  std::size_t failed = 0;       ///< draws without an answer
  std::optional<Error> reason;  ///< of the first of those
};

/// The same n weights, from T x n returns or from moments per period. Called by many threads at
/// once; an error counts as a draw without an answer, but for kCancelled, which ends it all.
using WeightsOfReturns = std::function<Result<std::vector<double>>(const Matrix& returns)>;
using WeightsOfMoments =
    std::function<Result<std::vector<double>>(const statistics::Moments& moments)>;

/// The mean block length for bootstrap_weights. Conditions of optimal weights rest on the means m
/// and on the shared risks S w, the averages of r_ti and of (r_ti - m_i) (p_t - m'w), p_t = r_t'w:
/// stationary_block_length() of each of these 2 n series, averaged over the assets, and of the two
/// kinds the longer. Errors: as stationary_block_length, field "returns".
Result<double> weights_block_length(const Matrix& returns, std::span<const double> weights);

/// A way to draw other returns that could have been, as many of the same assets.
struct Resampling {
  std::function<Matrix(RandomStream& random)> draw;
  double long_run_ratio =
      1.0;  ///< variance of an average of its draws over that of independent rows
};

/// The stationary bootstrap, with the ratio 1 + 2 sum_k (1 - 1/b)^k R(k) / R(0), averaged over the
/// assets. `returns` must outlive it. Errors: kBadInput, field "returns": empty; "block_length":
/// below 1 or above T. Source: Politis and Romano, JASA 89 (1994).
Result<Resampling> block_resampling(const Matrix& returns, double block_length);

/// The filtered bootstrap of statistics/filtered_bootstrap.h, with its errors and cost.
Result<Resampling> filtered_resampling(const Matrix& returns, std::uint64_t seed,
                                       const Execution& execution);

/// Draw d is weights_of() of n assets' returns resampled with stream d of the seed. Same bits for
/// any number of threads.
///
/// Errors: kBadInput, field "draws": fewer than 20. kInfeasible, field "draws": fewer than half of
/// the draws have an answer (says why the first has none). kCancelled.
Result<WeightDraws> bootstrap_weights(std::size_t n_assets, const Resampling& resampling,
                                      std::size_t n_draws, std::uint64_t seed,
                                      const WeightsOfReturns& weights_of,
                                      const Execution& execution);

/// Draw d is weights_of() of moments drawn from their posterior (statistics/moment_posterior.h).
/// Errors: as moment_posterior and bootstrap_weights. Source: Bodnar, Mazur, Okhrin, European J.
/// Operational Research 256 (2017), for the weights of minimum variance.
Result<WeightDraws> posterior_weights(const Matrix& returns, std::size_t n_draws,
                                      std::uint64_t seed, const WeightsOfMoments& weights_of,
                                      const Execution& execution);

/// Moments of a draw whose means are drawn together (statistics/exchangeable_means.h): the level
/// that they have in common, and the normal distribution that data leave for it. In the unit of
/// `moments`.
struct LevelledMoments {
  statistics::Moments moments;
  double level = 0.0;
  double level_mean = 0.0;
  double level_deviation = 0.0;
};

using MomentsOfReturns = std::function<Result<statistics::Moments>(const Matrix& returns)>;
using WeightsOfLevelled =
    std::function<Result<std::vector<double>>(const LevelledMoments& draw, RandomStream& random)>;

/// bootstrap_weights with means that are drawn together: draw d is weights_of() of the covariance
/// of the resample d and of the means that draw_means() makes of its deviation from the estimate.
/// V, the covariance of the averages, is
///
///   V = f (T - 1) / ((T - n - 2) T) S,
///
/// S the sample covariance of a period, divided by T - n - 2 because it is inverted (Jorion 1986),
/// and f the long-run ratio.
///
/// moments_of() gives arithmetic means, `periods_per_year` times those of a period (1: of a
/// period). Errors: as bootstrap_weights and moments_of(); kBadInput, field "means": as
/// exchangeable_means(), or T below n + 3. Cost beyond bootstrap_weights: O(n^3 + T n), and O(n) a
/// draw.
Result<WeightDraws> levelled_bootstrap_weights(const Matrix& returns, const Resampling& resampling,
                                               double periods_per_year, std::size_t n_draws,
                                               std::uint64_t seed,
                                               const MomentsOfReturns& moments_of,
                                               const WeightsOfLevelled& weights_of,
                                               const Execution& execution);

/// posterior_weights with means that are drawn together, V = S / T with the covariance of the draw.
/// Errors: as posterior_weights; kBadInput, field "means": as exchangeable_means().
Result<WeightDraws> levelled_posterior_weights(const Matrix& returns, std::size_t n_draws,
                                               std::uint64_t seed,
                                               const WeightsOfLevelled& weights_of,
                                               const Execution& execution);

struct WeightInterval {
  double low = 0.0;
  double median = 0.0;
  double high = 0.0;
};

/// For each asset the (1 - level) / 2, 1/2 and (1 + level) / 2 quantiles of its weights (type 7,
/// linear between order statistics): the percentile interval of the bootstrap, the equal-tailed
/// credible interval of the posterior. docs/portfolio/confidence.md says how often they hold the
/// truth. Precondition: 0 < level < 1, at least one draw.
std::vector<WeightInterval> weight_intervals(const WeightDraws& draws, double level);

}  // namespace quanta::portfolio
