#include "quantum/algorithm/iterative_phase.h"

#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

#include "quantum/algorithm/phase.h"
#include "quantum/algorithm/phase_estimation.h"

namespace quanta::quantum {
namespace {

constexpr double kTurn = 2.0 * std::numbers::pi;

PhaseProblem one_phase(double theta) {
  PhaseProblem problem{Circuit(1), Circuit(1)};
  problem.unitary.p(kTurn * theta, 0);
  problem.preparation.x(0);
  return problem;
}

PhaseProblem some_mixture() {
  PhaseProblem problem{Circuit(2), Circuit(2)};
  problem.unitary.u(0.4, 1.1, -0.7, 0).rxx(0.9, 0, 1).rz(0.3, 1).cx(1, 0).add_global_phase(0.8);
  problem.preparation.h(0).ry(0.6, 1).cx(0, 1);
  return problem;
}

TEST(IterativePhase, NamesTheFieldAtFault) {
  PhaseProblem wrong_size = one_phase(0.1);
  wrong_size.preparation = Circuit(2);
  const struct {
    const char* name;
    PhaseProblem problem;
    IterativePhaseOptions options;
    const char* field;
  } cases[] = {
      {"no qubits", {Circuit(0), Circuit(0)}, {}, "unitary"},
      {"size of the state", wrong_size, {}, "preparation"},
      {"no bits", one_phase(0.1), {.bits = 0}, "bits"},
      {"too many bits", one_phase(0.1), {.bits = 17}, "bits"},
      {"no measurements", one_phase(0.1), {.repeats = 0}, "repeats"},
      {"even", one_phase(0.1), {.repeats = 4}, "repeats"},
      {"too many", one_phase(0.1), {.repeats = 1003}, "repeats"},
      {"no runs", one_phase(0.1), {.runs = 0}, "runs"},
      {"level", one_phase(0.1), {.level = 0.0}, "level"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = estimate_phase_iteratively(c.problem, c.options, {});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().field, c.field) << result.error().message;
  }
  EXPECT_EQ(estimate_phase_iteratively(std::numeric_limits<double>::infinity(), {}).error().field,
            "theta");
}

// The semiclassical Fourier transform: bit by bit with feedback is the register all at once.
TEST(IterativePhase, OneMeasurementABitIsTheTextbookRegister) {
  for (const unsigned bits : {1U, 3U, 6U, 10U}) {
    for (const double theta : {0.0, 0.5, 0.711661765931031, -0.1234}) {
      const auto found = estimate_phase_iteratively(theta, {.bits = bits}).value();
      const auto textbook = phase_distribution(theta, {.bits = bits}).value();
      for (std::size_t k = 0; k < textbook.probabilities.size(); ++k) {
        EXPECT_NEAR(found.distribution.probabilities[k], textbook.probabilities[k], 1e-12);
      }
    }
  }
}

TEST(IterativePhase, MoreMeasurementsABitMakeItSurer) {
  const double theta = 0.711661765931031;
  double before = 0.0;
  for (const std::size_t repeats : {1U, 3U, 9U, 101U}) {
    const auto found = estimate_phase_iteratively(theta, {.bits = 4, .repeats = repeats}).value();
    EXPECT_EQ(found.distribution.best_bin, 11U);
    EXPECT_GT(found.distribution.best_probability, before);
    before = found.distribution.best_probability;
    EXPECT_EQ(found.calls, 15U * repeats);
  }
  EXPECT_GT(before, 0.999);
}

TEST(IterativePhase, ReadsItsPhaseWithinItsPosterior) {
  for (const double theta : {0.05, 0.5, 0.93}) {
    const auto found =
        estimate_phase_iteratively(theta, {.bits = 6, .repeats = 15, .runs = 4}).value();
    ASSERT_TRUE(found.posterior.has_value());
    EXPECT_LT(found.error, 5.0 * found.posterior->standard_deviation);
    EXPECT_LT(found.posterior->standard_deviation, 1.0 / 64.0);
    EXPECT_GT(found.posterior->standard_deviation, 0.5 * found.least_deviation);
    EXPECT_EQ(found.calls, 63U * 15U * 4U);
    EXPECT_EQ(found.classical.phase, theta);
  }
  const auto of_circuit = estimate_phase_iteratively(one_phase(0.3), {.bits = 8}, {}).value();
  EXPECT_NEAR(of_circuit.classical.phase, 0.3, 1e-14);
  EXPECT_EQ(of_circuit.counts, estimate_phase_iteratively(0.3, {.bits = 8})->counts);
}

// On a mixture the collapsing runs follow the distribution of the register as well: chi squared
// with 15 degrees of freedom is below 44.3 but for 1 in 10^4 seeds.
TEST(IterativePhase, CollapsesAMixtureIntoItsEigenphases) {
  constexpr std::size_t kRuns = 4000;
  const auto found =
      estimate_phase_iteratively(some_mixture(), {.bits = 4, .runs = kRuns}, {}).value();
  const auto textbook = estimate_phase(some_mixture(), {}, {}).value();
  EXPECT_FALSE(found.posterior.has_value());
  EXPECT_TRUE(found.distribution.probabilities.empty());
  double chi_squared = 0.0;
  for (std::size_t k = 0; k < 16; ++k) {
    const double expected = kRuns * textbook.distribution.probabilities[k];
    EXPECT_GT(expected, 5.0);
    const double d = static_cast<double>(found.counts[k]) - expected;
    chi_squared += d * d / expected;
  }
  EXPECT_LT(chi_squared, 44.3);
}

TEST(IterativePhase, SameBitsForAnyThreadsAndRepeatableBySeed) {
  const IterativePhaseOptions options{.bits = 5, .repeats = 3, .runs = 20};
  const auto reference = estimate_phase_iteratively(some_mixture(), options, {}).value();
  for (const std::size_t threads : {1U, 2U, 7U}) {
    ThreadPool pool(threads);
    EXPECT_EQ(estimate_phase_iteratively(some_mixture(), options, {.pool = &pool})->counts,
              reference.counts);
  }
  IterativePhaseOptions other = options;
  other.seed = 2;
  EXPECT_NE(estimate_phase_iteratively(some_mixture(), other, {})->counts, reference.counts);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(
      estimate_phase_iteratively(some_mixture(), options, {.stop = stop.get_token()}).error().kind,
      ErrorKind::kCancelled);
}

}  // namespace
}  // namespace quanta::quantum
