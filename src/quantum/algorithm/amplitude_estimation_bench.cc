#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "bench/bench.h"
#include "core/random.h"
#include "quantum/algorithm/option_pricing.h"
#include "quantum/circuit/state_loading.h"

namespace quanta::bench {
namespace {

constexpr double kEpsilon = 1e-3;
constexpr double kStrike = 1.896;
constexpr std::uint64_t kSeed = 1;

/// Mean payoff of so many draws of a grid's point, one after the other.
double sampled_mean(const std::vector<double>& cumulative, const std::vector<double>& payoffs,
                    std::uint64_t samples, std::uint64_t seed) {
  RandomStream random(seed, "benchmark samples");
  double sum = 0;
  for (std::uint64_t s = 0; s < samples; ++s) {
    const auto at = std::ranges::upper_bound(cumulative, random.uniform() * cumulative.back());
    sum += payoffs[std::min(static_cast<std::size_t>(at - cumulative.begin()), payoffs.size() - 1)];
  }
  return sum / static_cast<double>(samples);
}

}  // namespace

// The call of the published examples on 8 prices, to a half width of 0.001 of the amplitude.
Result<std::vector<Row>> amplitude_estimation_benchmark(const Context& context) {
  const quantum::LogNormalMarket market{
      .spots = {2.0}, .volatilities = {0.4}, .rate = 0.05, .maturity = 40.0 / 365.0, .qubits = {3}};
  QUANTA_TRY(const quantum::GridDistribution grid, quantum::price_grid(market));
  std::vector<double> payoffs;
  for (std::size_t i = 0; i < grid.probabilities.size(); ++i) {
    payoffs.push_back(std::max(0.0, grid.value(i, 0) - kStrike));
  }
  const auto price = [&](quantum::OracleSource source) -> Result<quantum::ExpectationEstimate> {
    QUANTA_TRY(const quantum::Circuit load, quantum::load_distribution(grid.probabilities));
    const quantum::ExpectationOptions options{
        .estimator = quantum::IterativeOptions{.epsilon = kEpsilon},
        .oracle = {.source = source},
        .seed = kSeed};
    return quantum::estimate_expectation(load, grid.probabilities, payoffs, options,
                                         context.execution);
  };
  QUANTA_TRY(const auto by_formula, price(quantum::OracleSource::kExact));
  QUANTA_TRY(const auto by_circuit, price(quantum::OracleSource::kCircuit));

  // Samples that bring 1.96 standard errors down to the half width that was reached.
  double square = 0;
  for (std::size_t i = 0; i < payoffs.size(); ++i) {
    square += grid.probabilities[i] * payoffs[i] * payoffs[i];
  }
  const double variance = square - by_formula.exact * by_formula.exact;
  const double half_width = by_formula.interval.half_width();
  const auto samples =
      static_cast<std::uint64_t>(std::ceil(1.96 * 1.96 * variance / (half_width * half_width)));
  std::vector<double> cumulative(payoffs.size());
  std::partial_sum(grid.probabilities.begin(), grid.probabilities.end(), cumulative.begin());
  const double mean = sampled_mean(cumulative, payoffs, samples, kSeed);

  // A complex 2 x 2 matrix on a pair of amplitudes costs 28 flops.
  const double flops_per_gate = 28.0 * std::ldexp(0.5, static_cast<int>(by_formula.qubits));
  Row formula{.name = "amplitude estimation, call",
              .work = fmt::format("{} qubits, {} shots, epsilon {}; drawn by formula, no measure "
                                  "of the {} uses of A on a device",
                                  by_formula.qubits, by_formula.amplitude.shots, kEpsilon,
                                  by_formula.amplitude.a_calls)};
  formula.seconds = minimum_seconds([&] { keep(price(quantum::OracleSource::kExact)); });
  formula.floor = "the gates of A once, 28 flops a pair of amplitudes";
  formula.floor_seconds =
      static_cast<double>(by_formula.gates) * flops_per_gate / context.machine.flops_per_second;
  formula.equal = by_formula.interval.contains(by_formula.exact) &&
                  std::abs(mean - by_formula.exact) <= half_width;
  formula.reference = fmt::format("plain Monte Carlo, {} samples for the same interval", samples);
  formula.reference_seconds =
      minimum_seconds([&] { keep(sampled_mean(cumulative, payoffs, samples, kSeed)); });
  formula.ratio = *formula.reference_seconds / formula.seconds;

  Row circuit{.name = "amplitude estimation, call, gate by gate",
              .work = fmt::format("the same with Q^k A simulated, k up to {}",
                                  by_circuit.amplitude.deepest)};
  circuit.seconds = minimum_seconds([&] { keep(price(quantum::OracleSource::kCircuit)); });
  circuit.floor = "A and A^+ once for each Q, 28 flops a pair of amplitudes";
  circuit.floor_seconds =
      2.0 * static_cast<double>(by_circuit.amplitude.deepest) * *formula.floor_seconds;
  circuit.equal = by_circuit.value == by_formula.value;
  circuit.reference = "the formula for Q^k";
  circuit.reference_seconds = formula.seconds;
  circuit.ratio = *circuit.reference_seconds / circuit.seconds;
  return std::vector{std::move(formula), std::move(circuit)};
}

}  // namespace quanta::bench
