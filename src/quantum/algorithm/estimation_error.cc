#include "quantum/algorithm/estimation_error.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

namespace quanta::quantum {
namespace {

constexpr std::uint64_t kMostRepeats = 1'000'000;

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};

/// One run of a method on a problem of which only a is known.
Result<AmplitudeEstimate> run_once(double a, const EstimatorOptions& method, std::uint64_t seed) {
  QUANTA_TRY(AmplitudeOracle oracle, AmplitudeOracle::of(a));
  return estimate_amplitude(oracle, method, seed, {});
}

Result<std::vector<AmplitudeEstimate>> run_often(double a, const EstimatorOptions& method,
                                                 std::uint64_t repeats, std::uint64_t seed,
                                                 const Execution& execution) {
  std::vector<std::optional<Result<AmplitudeEstimate>>> runs(repeats);
  parallel_for(execution, repeats, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end && !execution.cancelled(); ++r) {
      runs[r] = run_once(a, method, RandomStream(seed, "run", r).next());
    }
  });
  if (execution.cancelled()) return cancelled_error();
  std::vector<AmplitudeEstimate> estimates;
  estimates.reserve(repeats);
  for (auto& run : runs) {
    QUANTA_TRY(AmplitudeEstimate estimate, std::move(*run));
    estimates.push_back(std::move(estimate));
  }
  return estimates;
}

ErrorRow summarize(double a, std::span<const AmplitudeEstimate> estimates) {
  ErrorRow row;
  std::vector<double> errors;
  for (const AmplitudeEstimate& estimate : estimates) {
    errors.push_back(std::abs(estimate.value - a));
    row.rms_error += errors.back() * errors.back();
    row.a_calls += static_cast<double>(estimate.a_calls);
    row.q_calls += static_cast<double>(estimate.q_calls);
    row.half_width += estimate.interval.half_width();
    row.coverage += estimate.interval.contains(a) ? 1.0 : 0.0;
  }
  const auto n = static_cast<double>(estimates.size());
  row.rms_error = std::sqrt(row.rms_error / n);
  row.a_calls /= n;
  row.q_calls /= n;
  row.half_width /= n;
  row.coverage /= n;
  std::ranges::nth_element(errors, errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2));
  row.median_error = errors[errors.size() / 2];
  return row;
}

}  // namespace

Result<AmplitudeEstimate> estimate_by_sampling(AmplitudeOracle& oracle,
                                               const MonteCarloOptions& options, std::uint64_t seed,
                                               const Execution& execution) {
  QUANTA_CHECK(check_shots(options.samples));
  QUANTA_CHECK(check_alpha(options.alpha));
  RandomStream random(seed, "plain monte carlo");
  QUANTA_TRY(const std::uint64_t good, oracle.measure(0, options.samples, random, execution));
  AmplitudeEstimate estimate{.confidence = 1.0 - options.alpha, .source = oracle.source()};
  estimate.value = static_cast<double>(good) / static_cast<double>(options.samples);
  estimate.interval = clopper_pearson_interval(good, options.samples, options.alpha);
  add_round(estimate, {.power = 0, .shots = options.samples, .good = good});
  return estimate;
}

Result<AmplitudeEstimate> estimate_amplitude(AmplitudeOracle& oracle,
                                             const EstimatorOptions& options, std::uint64_t seed,
                                             const Execution& execution) {
  return std::visit(Overloaded{
                        [&](const IterativeOptions& o) {
                          return estimate_iteratively(oracle, o, seed, execution);
                        },
                        [&](const MaximumLikelihoodOptions& o) -> Result<AmplitudeEstimate> {
                          QUANTA_TRY(const LikelihoodEstimate estimate,
                                     estimate_by_likelihood(oracle, o, seed, execution));
                          return static_cast<const AmplitudeEstimate&>(estimate);
                        },
                        [&](const CanonicalOptions& o) -> Result<AmplitudeEstimate> {
                          QUANTA_TRY(const CanonicalEstimate estimate,
                                     estimate_canonically(oracle, o, seed, execution));
                          return static_cast<const AmplitudeEstimate&>(estimate);
                        },
                        [&](const MonteCarloOptions& o) {
                          return estimate_by_sampling(oracle, o, seed, execution);
                        },
                    },
                    options);
}

std::string method_name(const EstimatorOptions& options) {
  static constexpr std::string_view kNames[] = {kIterativeAmplitudeEstimation.name,
                                                kMaximumLikelihoodAmplitudeEstimation.name,
                                                kCanonicalAmplitudeEstimation.name, "monte carlo"};
  return std::string(kNames[options.index()]);
}

Result<std::vector<ErrorRow>> error_against_calls(double a,
                                                  std::span<const EstimatorOptions> methods,
                                                  const ErrorTableOptions& options,
                                                  const Execution& execution) {
  if (options.repeats == 0 || options.repeats > kMostRepeats) {
    return bad_input("repeats",
                     fmt::format("{}: 1 to {} are possible", options.repeats, kMostRepeats));
  }
  std::vector<ErrorRow> rows;
  for (std::size_t i = 0; i < methods.size(); ++i) {
    const std::uint64_t seed = RandomStream(options.seed, "error against calls", 2 * i).next();
    QUANTA_TRY(const auto estimates, run_often(a, methods[i], options.repeats, seed, execution));
    ErrorRow row = summarize(a, estimates);
    row.method = method_name(methods[i]);
    const std::uint64_t control = RandomStream(options.seed, "error against calls", 2 * i + 1)();
    const MonteCarloOptions plain{.samples = static_cast<std::uint64_t>(std::llround(row.a_calls))};
    QUANTA_TRY(const auto samples, run_often(a, plain, options.repeats, control, execution));
    row.monte_carlo_error = summarize(a, samples).rms_error;
    row.monte_carlo_law = std::sqrt(a * (1.0 - a) / row.a_calls);
    rows.push_back(std::move(row));
  }
  return rows;
}

double log_log_slope(std::span<const ErrorRow> rows) {
  double mean_x = 0.0;
  double mean_y = 0.0;
  for (const ErrorRow& row : rows) {
    mean_x += std::log(row.a_calls) / static_cast<double>(rows.size());
    mean_y += std::log(row.rms_error) / static_cast<double>(rows.size());
  }
  double across = 0.0;
  double along = 0.0;
  for (const ErrorRow& row : rows) {
    const double dx = std::log(row.a_calls) - mean_x;
    across += dx * (std::log(row.rms_error) - mean_y);
    along += dx * dx;
  }
  return across / along;
}

}  // namespace quanta::quantum
