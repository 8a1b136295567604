#include "services/optimization/assess.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/date.h"
#include "core/parallel.h"
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

/// Where intervals were measured to hold the truth more seldom than they say.
std::optional<std::string> doubt(const OptimizeRequest& request, double level) {
  using enum OptimizeObjective;
  std::string_view measured;
  switch (request.objective) {
    case kTargetReturn:
    case kTargetRisk:
      measured = "of target-return held the truth on about 55 % of simulated panels";
      break;
    case kMaxSharpe:
      measured =
          "of max-sharpe held the truth on 84 to 90 % of those simulated panels that have "
          "an answer";
      break;
    case kUtility:
      if (request.bounds.all && std::isinf(request.bounds.all->first) &&
          std::isinf(request.bounds.all->second)) {
        return std::nullopt;
      }
      measured = "of utility within bounds held the truth on 77 % of simulated panels";
      break;
    default:
      return std::nullopt;
  }
  return fmt::format(
      "these {:g} % intervals promise too much: the means that decide the weights "
      "are hardly known from a few years of prices. 90 % intervals {} "
      "(docs/portfolio/confidence.md)",
      100 * level, measured);
}

Result<void> add_confidence(const OptimizeRequest& request, const Estimate& estimate,
                            const Run& run, const portfolio::MeanVarianceProblem& problem,
                            OptimizeDocument& document) {
  const ConfidenceRequest& asked = *request.confidence;
  const double year = *estimate.periods_per_year;
  // Draws run beside each other, and each on one thread.
  const Execution within{.instruction_set = run.execution.instruction_set,
                         .stop = run.execution.stop};
  Confidence confidence;
  confidence.method = asked.method;
  confidence.level = request.confidence_level.value_or(kLevel);
  confidence.draws = asked.draws;
  auto draws = [&]() -> Result<portfolio::WeightDraws> {
    if (asked.method == ConfidenceMethod::kBayes) {
      return portfolio::posterior_weights(
          estimate.returns, asked.draws, run.seed,
          [&](const statistics::Moments& moments) {
            return weights_under(request, problem, statistics::annualise(moments, year), within);
          },
          run.execution);
    }
    QUANTA_TRY(const double block,
               portfolio::weights_block_length(estimate.returns, document.weights));
    confidence.block_length = block;
    return portfolio::bootstrap_weights(
        estimate.returns, block, asked.draws, run.seed,
        [&](const Matrix& returns) -> Result<std::vector<double>> {
          QUANTA_TRY(statistics::Moments moments, moments_of(request.moments, returns, year));
          return weights_under(request, problem, std::move(moments), within);
        },
        run.execution);
  }();
  if (!draws) {
    Error error = std::move(draws).error();
    if (error.field == "draws") error.field = "confidence";
    return of_flags(std::move(error), request);
  }
  confidence.failed = draws->failed;
  const auto intervals = portfolio::weight_intervals(*draws, confidence.level);
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    confidence.weights.push_back({.asset = estimate.assets[i],
                                  .low = intervals[i].low,
                                  .median = intervals[i].median,
                                  .high = intervals[i].high});
  }
  std::vector<std::string>& warnings = document.provenance.warnings;
  if (draws->failed > 0) {
    warnings.push_back(
        fmt::format("{} of {} draws have no answer and are left out of the "
                    "intervals; the first: {}",
                    draws->failed, asked.draws, draws->reason->message));
  }
  if (auto warning = doubt(request, confidence.level)) warnings.push_back(*std::move(warning));
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
