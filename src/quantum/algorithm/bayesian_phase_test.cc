#include "quantum/algorithm/bayesian_phase.h"

#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

#include "core/enum_text.h"
#include "core/random.h"
#include "quantum/algorithm/phase.h"

namespace quanta::quantum {
namespace {

constexpr double kTurn = 2.0 * std::numbers::pi;

PhaseProblem one_phase(double theta) {
  PhaseProblem problem{Circuit(1), Circuit(1)};
  problem.unitary.p(kTurn * theta, 0);
  problem.preparation.x(0);
  return problem;
}

TEST(BayesianPhase, NamesTheFieldAtFault) {
  PhaseProblem wrong_size = one_phase(0.1);
  wrong_size.preparation = Circuit(2);
  PhaseProblem no_eigenstate = one_phase(0.1);
  no_eigenstate.preparation.h(0);
  const struct {
    const char* name;
    PhaseProblem problem;
    BayesianPhaseOptions options;
    const char* field;
  } cases[] = {
      {"no qubits", {Circuit(0), Circuit(0)}, {}, "unitary"},
      {"size of the state", wrong_size, {}, "preparation"},
      {"no eigenstate", no_eigenstate, {}, "preparation"},
      {"no bits", one_phase(0.1), {.bits = 0}, "bits"},
      {"too many bits", one_phase(0.1), {.bits = 15}, "bits"},
      {"no measurements", one_phase(0.1), {.measurements = 0}, "measurements"},
      {"too many", one_phase(0.1), {.measurements = 100'001}, "measurements"},
      {"too fine a grid", one_phase(0.1), {.bits = 14, .measurements = 10'000}, "measurements"},
      {"level", one_phase(0.1), {.level = 1.5}, "level"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = estimate_phase_by_bayes(c.problem, c.options, {});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().field, c.field) << result.error().message;
  }
  EXPECT_EQ(estimate_phase_by_bayes(std::numeric_limits<double>::quiet_NaN(), {}, {}).error().field,
            "theta");
}

TEST(BayesianPhase, MeasuresWhatItsScheduleSays) {
  const auto doubling = estimate_phase_by_bayes(0.3, {.bits = 3, .measurements = 8}, {}).value();
  const std::uint64_t powers[] = {1, 1, 2, 2, 4, 4, 1, 1};
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(doubling.measurements[i].power, powers[i]);
    EXPECT_EQ(doubling.measurements[i].angle, i % 2 == 0 ? 0.0 : 0.25);
  }
  EXPECT_EQ(doubling.calls, 16U);
  EXPECT_NEAR(doubling.least_deviation, 1.0 / (kTurn * std::sqrt(44.0)), 1e-15);
  const auto adaptive =
      estimate_phase_by_bayes(
          0.3, {.schedule = PhaseSchedule::kAdaptive, .bits = 7, .measurements = 60}, {})
          .value();
  EXPECT_EQ(adaptive.measurements[0].power, 1U);
  std::uint64_t most = 0;
  for (const PhaseMeasurement& m : adaptive.measurements) most = std::max(most, m.power);
  EXPECT_GT(most, 16U);
  EXPECT_LE(most, 64U);
}

// theta = 0 and the angle 0 give outcome 0 for sure; the power's parity decides the angle 1/2.
TEST(BayesianPhase, CertainOutcomesAreCertain) {
  const auto found = estimate_phase_by_bayes(0.0, {.bits = 4, .measurements = 100}, {}).value();
  for (const PhaseMeasurement& m : found.measurements) {
    if (m.angle == 0.0) {
      EXPECT_FALSE(m.outcome);
    }
  }
}

// Of 150 experiments about 142 hold the phase in their 95 % interval, give or take 2.7; the
// deviations are near the least that the measurements allow.
TEST(BayesianPhase, CredibleIntervalsHoldThePhaseAsOftenAsTheySay) {
  for (const auto schedule : {PhaseSchedule::kDoubling, PhaseSchedule::kAdaptive}) {
    SCOPED_TRACE(to_text(schedule));
    RandomStream phases(3, "test phases");
    int held = 0;
    int close = 0;
    constexpr int kExperiments = 150;
    for (int i = 0; i < kExperiments; ++i) {
      const double theta = phases.uniform();
      const auto found = estimate_phase_by_bayes(theta,
                                                 {.schedule = schedule,
                                                  .bits = 4,
                                                  .measurements = 32,
                                                  .seed = static_cast<std::uint64_t>(i)},
                                                 {})
                             .value();
      for (const PhaseInterval& arc : found.posterior.intervals) {
        if (wrapped(theta - arc.low) <= wrapped(arc.high - arc.low)) ++held;
      }
      if (found.error < 4.0 * found.least_deviation) ++close;
    }
    EXPECT_GT(held, kExperiments * 0.88);
    EXPECT_LT(held, kExperiments);
    EXPECT_GT(close, kExperiments * 0.85);
  }
}

TEST(BayesianPhase, EqualsTheKnownPhaseAndIsRepeatable) {
  const BayesianPhaseOptions options{
      .schedule = PhaseSchedule::kAdaptive, .bits = 5, .measurements = 40};
  const auto reference = estimate_phase_by_bayes(one_phase(0.3), options, {}).value();
  EXPECT_EQ(reference.phase, estimate_phase_by_bayes(0.3, options, {})->phase);
  EXPECT_NEAR(reference.classical.phase, 0.3, 1e-14);
  for (const std::size_t threads : {1U, 2U, 7U}) {
    ThreadPool pool(threads);
    EXPECT_EQ(estimate_phase_by_bayes(one_phase(0.3), options, {.pool = &pool})->phase,
              reference.phase);
  }
  BayesianPhaseOptions other = options;
  other.seed = 2;
  EXPECT_NE(estimate_phase_by_bayes(0.3, other, {})->phase, reference.phase);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(estimate_phase_by_bayes(0.3, options, {.stop = stop.get_token()}).error().kind,
            ErrorKind::kCancelled);
}

}  // namespace
}  // namespace quanta::quantum
