#include "services/optimization/assess.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/date.h"
#include "core/parallel.h"
#include "portfolio/confidence/binding_target.h"
#include "portfolio/confidence/weight_confidence.h"
#include "portfolio/confidence/weight_sensitivity.h"
#include "services/optimization/confidence.h"
#include "services/optimization/solve.h"

namespace quanta::services {
namespace {

constexpr std::size_t kFewestDraws = 20;
constexpr std::size_t kMostDraws = 100'000;
constexpr double kLevel = 0.9;
constexpr std::size_t kPairs = 10;

std::unexpected<Error> refuse(std::string_view flag, std::string message) {
  return fail(ErrorKind::kUsage, std::move(message), std::string(flag));
}

/// The weights under other moments (of the problem's unit), all else kept.
Result<std::vector<double>> weights_under(const OptimizeRequest& request,
                                          const portfolio::MeanVarianceProblem& problem,
                                          statistics::Moments moments, const Execution& execution) {
  portfolio::MeanVarianceProblem other = problem;
  QUANTA_CHECK(set_moments(request, std::move(moments), other));
  QUANTA_TRY(portfolio::ContinuousAnswer answer, solve_problem(request, other, execution));
  return std::move(answer.weights);
}

/// Whether the means of the draws are drawn together: where they decide the weights, and bounds or
/// a target bend what follows from them. Weights that nothing bends follow the means in proportion,
/// and the plain draws hold the truth as often as they say.
bool draws_means_together(const OptimizeRequest& request,
                          const portfolio::MeanVarianceProblem& problem) {
  using enum OptimizeObjective;
  switch (request.objective) {
    case kTargetReturn:
    case kTargetRisk:
      return true;
    case kMaxSharpe:
    case kUtility: {
      const auto finite = [](double bound) { return std::isfinite(bound); };
      return !problem.limits.empty() || problem.trading.has_value() ||
             std::ranges::any_of(problem.bounds.lower, finite) ||
             std::ranges::any_of(problem.bounds.upper, finite);
    }
    default:
      return false;
  }
}

/// The draws of a problem in which means decide, drawn together; nothing, and why, where the data
/// do not allow it.
Result<portfolio::WeightDraws> levelled_draws(
    const OptimizeRequest& request, const Estimate& estimate, const Run& run,
    const portfolio::MeanVarianceProblem& problem,
    const std::optional<portfolio::Resampling>& resampling, const Execution& within) {
  const double year = *estimate.periods_per_year;
  const auto weights_of = [&](const portfolio::LevelledMoments& draw,
                              RandomStream& random) -> Result<std::vector<double>> {
    if (request.objective != OptimizeObjective::kTargetReturn) {
      return weights_under(request, problem, draw.moments, within);
    }
    portfolio::MeanVarianceProblem other = problem;
    QUANTA_CHECK(set_moments(request, draw.moments, other));
    return portfolio::binding_target_weights(other, draw, random, within);
  };
  if (resampling) {
    return portfolio::levelled_bootstrap_weights(
        estimate.returns, *resampling, year, request.confidence->draws, run.seed,
        [&](const Matrix& returns) { return moments_of(request.moments, returns, year); },
        weights_of, run.execution);
  }
  return portfolio::levelled_posterior_weights(
      estimate.returns, request.confidence->draws, run.seed,
      [&](const portfolio::LevelledMoments& draw, RandomStream& random) {
        return weights_of({.moments = statistics::annualise(draw.moments, year),
                           .level = year * draw.level,
                           .level_mean = year * draw.level_mean,
                           .level_deviation = year * draw.level_deviation},
                          random);
      },
      run.execution);
}

/// The draws of the data as they are.
Result<portfolio::WeightDraws> plain_draws(const OptimizeRequest& request, const Estimate& estimate,
                                           const Run& run,
                                           const portfolio::MeanVarianceProblem& problem,
                                           const std::optional<portfolio::Resampling>& resampling,
                                           const Execution& within) {
  const double year = *estimate.periods_per_year;
  if (resampling) {
    return portfolio::bootstrap_weights(
        estimate.assets.size(), *resampling, request.confidence->draws, run.seed,
        [&](const Matrix& returns) -> Result<std::vector<double>> {
          QUANTA_TRY(statistics::Moments moments, moments_of(request.moments, returns, year));
          return weights_under(request, problem, std::move(moments), within);
        },
        run.execution);
  }
  return portfolio::posterior_weights(
      estimate.returns, request.confidence->draws, run.seed,
      [&](const statistics::Moments& moments) {
        return weights_under(request, problem, statistics::annualise(moments, year), within);
      },
      run.execution);
}

/// What to know of intervals of weights that means decide.
void warn_of_means(const OptimizeRequest& request, const Confidence& confidence,
                   const std::optional<Error>& refusal, OptimizeDocument& document) {
  std::vector<std::string>& warnings = document.provenance.warnings;
  if (confidence.means == DrawnMeans::kAlone) {
    const std::string why = refusal ? refusal->message
                                    : fmt::format("means by {} are drawn as they are",
                                                  returns_estimator_text(request.moments.returns));
    warnings.push_back(fmt::format(
        "these {:g} % intervals promise too much: the means that decide the weights are hardly "
        "known from a few years of prices, and {}. 90 % intervals of plain draws held the truth on "
        "40 to 85 % of simulated panels (docs/portfolio/confidence.md)",
        100 * confidence.level, why));
    return;
  }
  std::string outside;
  for (std::size_t i = 0; i < confidence.weights.size(); ++i) {
    const WeightRange& range = confidence.weights[i];
    if (document.weights[i] >= range.low && document.weights[i] <= range.high) continue;
    outside += (outside.empty() ? "" : ", ") + range.asset;
  }
  if (outside.empty()) return;
  warnings.push_back(
      fmt::format("weights outside of their own intervals: {}. They follow from "
                  "averages that differ more than the true means are likely to",
                  outside));
}

/// How the returns are drawn again; nothing where it is their moments that are drawn. Writes the
/// length of the blocks.
Result<std::optional<portfolio::Resampling>> resampling_of(const OptimizeRequest& request,
                                                           const Estimate& estimate, const Run& run,
                                                           std::span<const double> weights,
                                                           Confidence& confidence) {
  const ConfidenceMethod method = request.confidence->method;
  if (method == ConfidenceMethod::kBayes) return std::nullopt;
  if (method == ConfidenceMethod::kGarch) {
    return portfolio::filtered_resampling(estimate.returns, run.seed, run.execution);
  }
  QUANTA_TRY(confidence.block_length, portfolio::weights_block_length(estimate.returns, weights));
  return portfolio::block_resampling(estimate.returns, *confidence.block_length);
}

Result<void> add_confidence(const OptimizeRequest& request, const Estimate& estimate,
                            const Run& run, const portfolio::MeanVarianceProblem& problem,
                            OptimizeDocument& document) {
  const ConfidenceRequest& asked = *request.confidence;
  // Draws run beside each other, and each on one thread.
  const Execution within{.instruction_set = run.execution.instruction_set,
                         .stop = run.execution.stop};
  Confidence confidence;
  confidence.method = asked.method;
  confidence.level = request.confidence_level.value_or(kLevel);
  confidence.draws = asked.draws;
  auto resampling = resampling_of(request, estimate, run, document.weights, confidence);
  if (!resampling) return of_flags(std::move(resampling).error(), request);
  const bool means_decide = draws_means_together(request, problem);
  std::optional<Error> refusal;
  std::optional<Result<portfolio::WeightDraws>> draws;
  if (means_decide && request.moments.returns == ReturnsEstimator{}) {
    draws = levelled_draws(request, estimate, run, problem, *resampling, within);
    if (*draws) {
      confidence.means = DrawnMeans::kTogether;
    } else if (draws->error().field == "means") {
      refusal = std::move(*draws).error();
      draws.reset();
    }
  }
  if (!draws) {
    draws = plain_draws(request, estimate, run, problem, *resampling, within);
  }
  if (!*draws) {
    Error error = std::move(*draws).error();
    if (error.field == "draws") error.field = "confidence";
    return of_flags(std::move(error), request);
  }
  const portfolio::WeightDraws& drawn = **draws;
  confidence.failed = drawn.failed;
  const auto intervals = portfolio::weight_intervals(drawn, confidence.level);
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    confidence.weights.push_back({.asset = estimate.assets[i],
                                  .low = intervals[i].low,
                                  .median = intervals[i].median,
                                  .high = intervals[i].high});
  }
  if (drawn.failed > 0) {
    document.provenance.warnings.push_back(
        fmt::format("{} of {} draws have no answer and are left out of the "
                    "intervals; the first: {}",
                    drawn.failed, asked.draws, drawn.reason->message));
  }
  if (means_decide) warn_of_means(request, confidence, refusal, document);
  document.confidence = std::move(confidence);
  return {};
}

Result<void> add_sensitivity(const OptimizeRequest& request, const Estimate& estimate,
                             const portfolio::MeanVarianceProblem& problem,
                             const portfolio::ContinuousAnswer& answer,
                             OptimizeDocument& document) {
  auto moves = portfolio::weight_sensitivity(problem, answer, kPairs);
  if (!moves) {
    Error error = std::move(moves).error();
    if (error.field == "trading") error.field = "current";
    return of_flags(std::move(error), request);
  }
  Sensitivity sensitivity{.mean = std::move(moves->mean),
                          .volatility = std::move(moves->volatility),
                          .correlations = {},
                          .kinks = {}};
  for (portfolio::CorrelationSensitivity& pair : moves->correlations) {
    sensitivity.correlations.push_back(
        {.assets = {estimate.assets[pair.first], estimate.assets[pair.second]},
         .weights = std::move(pair.weights)});
  }
  for (const std::size_t i : moves->kinks) sensitivity.kinks.push_back(estimate.assets[i]);
  document.sensitivity = std::move(sensitivity);
  return {};
}

/// Where in `dates` a month ends: at a date that one of a later month follows.
std::vector<std::size_t> month_ends(const std::vector<Date>& dates) {
  std::vector<std::size_t> ends;
  for (std::size_t t = 0; t + 1 < dates.size(); ++t) {
    const YearMonthDay now = year_month_day(dates[t]);
    const YearMonthDay next = year_month_day(dates[t + 1]);
    if (now.month != next.month || now.year != next.year) ends.push_back(t);
  }
  return ends;
}

Result<void> add_stability(const OptimizeRequest& request, const Estimate& estimate, const Run& run,
                           const portfolio::MeanVarianceProblem& problem,
                           OptimizeDocument& document) {
  const unsigned months = *request.stability;
  const std::vector<Date>& dates = estimate.prices->panel.dates;
  const std::vector<std::size_t> ends = month_ends(dates);
  if (ends.size() < std::size_t{months} + 2) {
    return bad_input("stability",
                     fmt::format("the prices have {} month ends, and windows of {} months that end "
                                 "at two of them need {}; ask for fewer months or give more prices",
                                 ends.size(), months, std::size_t{months} + 2));
  }
  const Execution within{.instruction_set = run.execution.instruction_set,
                         .stop = run.execution.stop};
  const std::size_t n_dates = ends.size() - months;
  std::vector<std::optional<Result<std::vector<double>>>> answers(n_dates);
  parallel_for(run.execution, n_dates, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k) {
      if (run.execution.cancelled()) return;
      // Return t leads from price t to price t + 1.
      const std::size_t first = ends[k];
      const std::size_t last = ends[k + months];
      Matrix window(last - first, estimate.assets.size());
      for (std::size_t t = first; t < last; ++t) {
        std::ranges::copy(estimate.returns.row(t), window.row(t - first).begin());
      }
      auto moments = moments_of(request.moments, window, *estimate.periods_per_year);
      if (!moments) {
        answers[k] = std::unexpected(std::move(moments).error());
      } else {
        answers[k] = weights_under(request, problem, *std::move(moments), within);
      }
    }
  });

  Stability stability;
  stability.window_months = months;
  for (std::size_t k = 0; k < n_dates; ++k) {
    if (!answers[k]) return cancelled_error();
    const std::string date = to_text(dates[ends[k + months]]);
    if (!*answers[k]) {
      if (answers[k]->error().kind == ErrorKind::kCancelled) return cancelled_error();
      stability.skipped.push_back({.date = date, .reason = answers[k]->error().message});
      continue;
    }
    StabilityDate row{.date = date, .weights = **std::move(answers[k]), .turnover = {}};
    if (!stability.dates.empty()) {
      double turnover = 0.0;
      for (std::size_t i = 0; i < row.weights.size(); ++i) {
        turnover += std::abs(row.weights[i] - stability.dates.back().weights[i]);
      }
      row.turnover = turnover;
      stability.average_turnover += turnover;
      if (turnover >= stability.largest_turnover) {
        stability.largest_turnover = turnover;
        stability.largest_at = date;
      }
    }
    stability.dates.push_back(std::move(row));
  }
  if (stability.dates.size() < 2) {
    return infeasible(
        "stability",
        fmt::format("only {} of {} windows of {} months have an optimum; "
                    "the first without: {}",
                    stability.dates.size(), n_dates, months, stability.skipped.front().reason));
  }
  stability.average_turnover /= static_cast<double>(stability.dates.size() - 1);
  if (!stability.skipped.empty()) {
    document.provenance.warnings.push_back(
        fmt::format("{} of {} windows have no optimum and are skipped; the first, {}: {}",
                    stability.skipped.size(), n_dates, stability.skipped.front().date,
                    stability.skipped.front().reason));
  }
  document.stability = std::move(stability);
  return {};
}

}  // namespace

Result<ConfidenceRequest> parse_confidence(std::string_view text, std::string_view field) {
  const std::size_t colon = text.find(':');
  ConfidenceRequest out;
  QUANTA_TRY(out.method, parse_enum<ConfidenceMethod>(text.substr(0, colon), field));
  if (colon == std::string_view::npos) return out;
  const std::string_view number = text.substr(colon + 1);
  const char* const end = number.data() + number.size();
  const auto parsed = std::from_chars(number.data(), end, out.draws);
  if (parsed.ec != std::errc{} || parsed.ptr != end || out.draws < kFewestDraws ||
      out.draws > kMostDraws) {
    return bad_input(field, fmt::format("\"{}\": the draws \"{}\" are not a whole number between "
                                        "{} and {}, as in bootstrap:1000",
                                        text, number, kFewestDraws, kMostDraws));
  }
  return out;
}

Result<void> check_assessment(const OptimizeRequest& request) {
  using enum OptimizeObjective;
  if (request.confidence_level && !request.confidence) {
    return refuse("confidence-level", "belongs to --confidence, which is not given");
  }
  if (request.confidence_level &&
      !(*request.confidence_level > 0 && *request.confidence_level < 1)) {
    return refuse("confidence-level", fmt::format("{} is not between 0 and 1; 0.9 is usual",
                                                  *request.confidence_level));
  }
  const bool estimated_again = request.confidence || request.stability;
  if (!estimated_again && !request.sensitivity) return {};
  const std::string_view flag =
      request.confidence ? "confidence" : (request.stability ? "stability" : "sensitivity");
  const OptimizeObjective objective = request.objective;
  if (is_discrete(objective) || is_scenario(objective) || is_rule(objective) ||
      objective == kTrackingError) {
    return refuse(flag, fmt::format("is there for min-variance, max-sharpe, target-return, "
                                    "target-risk, utility, max-diversification and "
                                    "max-decorrelation, not for {}",
                                    to_text(objective)));
  }
  if (request.select || request.min_weight) {
    return refuse(flag, "does not go together with --select or --min-weight");
  }
  const bool derived = objective == kMinVariance || objective == kMaxSharpe ||
                       objective == kTargetReturn || objective == kUtility;
  if (request.sensitivity && !derived) {
    return refuse("sensitivity", fmt::format("is there for min-variance, max-sharpe, target-return "
                                             "and utility, not for {}",
                                             to_text(objective)));
  }
  if (!estimated_again) return {};
  if (request.deadline_s) {
    return refuse(flag, "solves many problems, each without a deadline: not with --deadline");
  }
  if (!request.moments.moments_file.empty()) {
    return refuse(flag, "estimates anew from returns: it needs prices, not a file of moments");
  }
  if (request.moments.returns.method == ReturnsMethod::kBlackLitterman ||
      !request.moments.market.empty()) {
    return refuse(flag,
                  "estimates anew from the returns of the assets alone: not with views (bl) "
                  "or a market of its own (--market)");
  }
  if (request.stability && *request.stability < 1) {
    return refuse("stability", "a window has at least 1 month");
  }
  if (request.confidence && request.confidence->method == ConfidenceMethod::kBayes &&
      (request.moments.returns != ReturnsEstimator{} ||
       request.moments.covariance != statistics::CovarianceEstimator{})) {
    return refuse("confidence",
                  "bayes draws means and covariances from the posterior of the plain sample: not "
                  "with --returns or --cov; bootstrap takes every estimator");
  }
  return {};
}

Result<void> assess_weights(const OptimizeRequest& request, const Estimate& estimate,
                            const Run& run, const portfolio::MeanVarianceProblem& problem,
                            const portfolio::ContinuousAnswer& answer, OptimizeDocument& document) {
  if (request.confidence) {
    QUANTA_CHECK(add_confidence(request, estimate, run, problem, document));
  }
  if (request.sensitivity) {
    QUANTA_CHECK(add_sensitivity(request, estimate, problem, answer, document));
  }
  if (request.stability) {
    QUANTA_CHECK(add_stability(request, estimate, run, problem, document));
  }
  return {};
}

}  // namespace quanta::services
