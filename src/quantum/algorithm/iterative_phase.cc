#include "quantum/algorithm/iterative_phase.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numbers>
#include <utility>

#include <fmt/format.h>

#include "core/random.h"
#include "quantum/algorithm/phase.h"
#include "quantum/algorithm/phase_signal.h"
#include "quantum/simulator/observables.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kMaxIterativeBits = 16;
constexpr std::size_t kMaxRepeats = 1001;
constexpr std::size_t kMaxRuns = 1'000'000;
/// A path less likely than this has all its chance left on its zeros.
constexpr double kNegligible = 1e-20;

Result<void> check(const IterativePhaseOptions& options) {
  if (options.bits == 0 || options.bits > kMaxIterativeBits) {
    return bad_input("bits", fmt::format("{} bits of phase: 1 to {} are possible", options.bits,
                                         kMaxIterativeBits));
  }
  if (options.repeats % 2 == 0 || options.repeats > kMaxRepeats) {
    return bad_input("repeats", fmt::format("{} measurements a bit: a majority needs an odd number "
                                            "up to {}",
                                            options.repeats, kMaxRepeats));
  }
  if (options.runs == 0 || options.runs > kMaxRuns) {
    return bad_input("runs", fmt::format("{} runs: 1 to {} are possible", options.runs, kMaxRuns));
  }
  if (!(options.level > 0.0 && options.level < 1.0)) {
    return bad_input("level", fmt::format("{} is not between 0 and 1", options.level));
  }
  return {};
}

/// One round: what it measures, given the bits below.
struct Round {
  std::uint64_t power;
  double angle;  // turns
};

Round round_of(unsigned i, std::size_t lower_bits, unsigned bits) {
  return {std::uint64_t{1} << (bits - 1 - i),
          static_cast<double>(lower_bits) / static_cast<double>(std::size_t{2} << i)};
}

/// P(1) for an eigenphase: sin^2(pi (power theta - angle)).
double chance_of_one(double theta, const Round& round) {
  const double s =
      std::sin(std::numbers::pi *
               phase_difference(wrapped(theta) * static_cast<double>(round.power), round.angle));
  return s * s;
}

/// That more than half of n are ones.
double majority(double one, std::size_t n) {
  if (n == 1 || one == 0.0 || one == 1.0) return one;
  double sum = 0.0;
  const auto total = static_cast<double>(n);
  for (std::size_t i = n / 2 + 1; i <= n; ++i) {
    const auto ones = static_cast<double>(i);
    sum += std::exp(std::lgamma(total + 1) - std::lgamma(ones + 1) - std::lgamma(total - ones + 1) +
                    ones * std::log(one) + (total - ones) * std::log1p(-one));
  }
  return std::min(sum, 1.0);
}

/// P(k) of a run: along each path of bits the product of their chances.
std::vector<double> run_distribution(double theta, const IterativePhaseOptions& options) {
  std::vector<double> chance = {1.0};  // of each value of the bits so far
  for (unsigned i = 0; i < options.bits; ++i) {
    const std::size_t n = chance.size();
    chance.resize(2 * n);
    for (std::size_t lower = 0; lower < n; ++lower) {
      if (chance[lower] < kNegligible) continue;
      const double one =
          majority(chance_of_one(theta, round_of(i, lower, options.bits)), options.repeats);
      chance[n + lower] = chance[lower] * one;
      chance[lower] *= 1.0 - one;
    }
  }
  return chance;
}

/// Ones among the measurements of one round.
using Measure = std::function<Result<std::size_t>(const Round& round)>;

/// Runs, with all that was measured on the way.
class Runs {
 public:
  explicit Runs(const IterativePhaseOptions& options) : options_(options) {
    counts_.resize(std::size_t{1} << options.bits);
  }

  Result<void> add(const Measure& measure) {
    std::size_t lower = 0;
    for (unsigned i = 0; i < options_.bits; ++i) {
      const Round round = round_of(i, lower, options_.bits);
      QUANTA_TRY(const std::size_t ones, measure(round));
      // The angle in steps of 2^-bits, which all angles are multiples of.
      auto& [zeros_seen, ones_seen] = seen_[{round.power, lower << (options_.bits - 1 - i)}];
      ones_seen += ones;
      zeros_seen += options_.repeats - ones;
      if (2 * ones > options_.repeats) lower |= std::size_t{1} << i;
    }
    ++counts_[lower];
    return {};
  }

  IterativePhase finished(ClassicalPhase classical, bool eigenstate) && {
    IterativePhase result{.classical = std::move(classical)};
    const std::size_t n = counts_.size();
    const auto measurements = static_cast<double>(options_.runs * options_.repeats);
    // sum over the rounds of power^2 = (4^t - 1)/3.
    const auto size = static_cast<double>(n);
    const double squares = measurements * (size * size - 1.0) / 3.0;
    result.least_deviation = 1.0 / (2.0 * std::numbers::pi * std::sqrt(squares));
    result.calls = (n - 1) * options_.runs * options_.repeats;
    result.bin = static_cast<std::size_t>(std::ranges::max_element(counts_) - counts_.begin());
    result.counts = std::move(counts_);
    const unsigned bits = std::max(grid_bits(squares), options_.bits);
    if (eigenstate && bits <= PhaseGrid::kMaxBits) {
      PhaseGrid grid(bits);
      for (const auto& [round, found] : seen_) {
        grid.observe(round.first, round.second << (bits - options_.bits), found.first,
                     found.second);
      }
      result.posterior = grid.posterior(options_.level);
    }
    result.phase =
        result.posterior ? result.posterior->mode : static_cast<double>(result.bin) / size;
    result.error = std::abs(phase_difference(result.phase, result.classical.phase));
    return result;
  }

 private:
  const IterativePhaseOptions& options_;
  std::vector<std::size_t> counts_;
  std::map<std::pair<std::uint64_t, std::size_t>, std::pair<std::size_t, std::size_t>> seen_;
};

Result<IterativePhase> of_eigenphase(double theta, ClassicalPhase classical,
                                     const IterativePhaseOptions& options) {
  Runs runs(options);
  for (std::size_t r = 0; r < options.runs; ++r) {
    RandomStream stream(options.seed, "iterative phase", r);
    QUANTA_CHECK(runs.add([&](const Round& round) -> Result<std::size_t> {
      const double one = chance_of_one(theta, round);
      std::size_t ones = 0;
      for (std::size_t i = 0; i < options.repeats; ++i) ones += stream.uniform() < one ? 1 : 0;
      return ones;
    }));
  }
  IterativePhase result = std::move(runs).finished(std::move(classical), true);
  result.distribution = distribution_of(run_distribution(theta, options));
  return result;
}

/// One measurement of the control qubit, which leaves (psi +- e^{-2 pi i angle} U^power psi)/2.
Result<bool> measure_once(StateVector& psi, const Circuit& unitary, const Round& round,
                          RandomStream& stream, const Execution& execution) {
  StateVector turned = psi;
  double phase = -round.angle;
  QUANTA_CHECK(apply_power(unitary, round.power, turned, phase, execution));
  const Amplitude overlap =
      unit(phase) * inner_product(psi.amplitudes(), turned.amplitudes(), execution);
  const double one = std::clamp((1.0 - overlap.real()) / 2.0, 0.0, 1.0);
  const bool outcome = stream.uniform() < one;
  const Amplitude factor = outcome ? -unit(phase) : unit(phase);
  std::vector<Amplitude> left(psi.amplitudes().begin(), psi.amplitudes().end());
  for (std::size_t x = 0; x < left.size(); ++x) left[x] += factor * turned.amplitudes()[x];
  const double length = std::sqrt(inner_product(left, left, execution).real());
  for (Amplitude& a : left) a /= length;
  QUANTA_TRY(psi, StateVector::from_amplitudes(std::move(left)));
  return outcome;
}

}  // namespace

Result<IterativePhase> estimate_phase_iteratively(const PhaseProblem& problem,
                                                  const IterativePhaseOptions& options,
                                                  const Execution& execution) {
  QUANTA_CHECK(check(options));
  QUANTA_TRY(const std::vector<Amplitude> signal,
             phase_signal(problem, kPeriodogramLength, options.memory_limit, execution));
  QUANTA_TRY(ClassicalPhase classical,
             classical_phase(problem, signal, options.memory_limit, execution));
  if (std::abs(signal[1]) >= 1.0 - kEigenstate) {
    const double theta = std::arg(signal[1]) / (2.0 * std::numbers::pi);
    return of_eigenphase(theta, std::move(classical), options);
  }
  const Circuit unitary = problem.unitary.expand();
  QUANTA_TRY(const StateVector start, prepared_state(problem, options.memory_limit, execution));
  Runs runs(options);
  for (std::size_t r = 0; r < options.runs; ++r) {
    RandomStream stream(options.seed, "iterative phase", r);
    StateVector psi = start;
    QUANTA_CHECK(runs.add([&](const Round& round) -> Result<std::size_t> {
      std::size_t ones = 0;
      for (std::size_t i = 0; i < options.repeats; ++i) {
        if (execution.cancelled()) return cancelled_error();
        QUANTA_TRY(const bool outcome, measure_once(psi, unitary, round, stream, execution));
        ones += outcome ? 1 : 0;
      }
      return ones;
    }));
  }
  return std::move(runs).finished(std::move(classical), false);
}

Result<IterativePhase> estimate_phase_iteratively(double theta,
                                                  const IterativePhaseOptions& options) {
  QUANTA_CHECK(check(options));
  if (!std::isfinite(theta)) return bad_input("theta", fmt::format("{} is no number", theta));
  return of_eigenphase(theta, {.method = "given", .phase = wrapped(theta), .weight = 1.0}, options);
}

}  // namespace quanta::quantum
