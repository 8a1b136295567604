#include "quantum/algorithm/phase_estimation.h"

#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/algorithm/phase.h"
#include "quantum/algorithm/phase_series.h"
#include "quantum/simulator/observables.h"
#include "quantum/simulator/simulate.h"

namespace quanta::quantum {
namespace {

constexpr double kTurn = 2.0 * std::numbers::pi;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMemory = std::size_t{1} << 30;

/// p(2 pi theta) on |1>.
PhaseProblem one_phase(double theta) {
  PhaseProblem problem{Circuit(1), Circuit(1)};
  problem.unitary.p(kTurn * theta, 0);
  problem.preparation.x(0);
  return problem;
}

/// A unitary on two qubits without symmetry, with a global phase, and a state that is no
/// eigenstate.
PhaseProblem some_mixture() {
  PhaseProblem problem{Circuit(2), Circuit(2)};
  problem.unitary.u(0.4, 1.1, -0.7, 0).rxx(0.9, 0, 1).rz(0.3, 1).cx(1, 0).add_global_phase(0.8);
  problem.preparation.h(0).ry(0.6, 1).cx(0, 1);
  return problem;
}

/// P(k) of the phase register, by simulating the whole circuit.
std::vector<double> circuit_distribution(const PhaseProblem& problem,
                                         const PhaseRegister& phase_register) {
  const Circuit circuit = phase_estimation_circuit(problem, phase_register).value();
  const auto state = simulate(circuit, {}, {}).value();
  const std::size_t n = std::size_t{1} << phase_register.bits;
  std::vector<double> result(n);
  for (std::size_t x = 0; x < state.amplitudes().size(); ++x) {
    result[x % n] += std::norm(state.amplitudes()[x]);
  }
  return result;
}

TEST(PhaseEstimation, NamesTheFieldAtFault) {
  PhaseProblem measured = one_phase(0.1);
  measured.unitary = Circuit(1, 1);
  measured.unitary.measure(0, 0);
  PhaseProblem open = one_phase(0.1);
  open.unitary.rz(open.unitary.parameter("a"), 0);
  PhaseProblem open_preparation = one_phase(0.1);
  open_preparation.preparation.ry(open_preparation.preparation.parameter("a"), 0);
  PhaseProblem wrong_size = one_phase(0.1);
  wrong_size.preparation = Circuit(2);
  PhaseProblem reset = one_phase(0.1);
  reset.preparation.reset(0);
  PhaseProblem late = one_phase(0.1);
  ASSERT_TRUE(late.preparation.prepare({0.6, 0.8}, {0}).has_value());
  PhaseProblem measured_state = one_phase(0.1);
  measured_state.preparation = Circuit(1, 1);
  measured_state.preparation.h(0).measure(0, 0);
  const PhaseProblem large{Circuit(40), Circuit(40)};
  const struct {
    const char* name;
    PhaseProblem problem;
    PhaseOptions options;
    ErrorKind kind;
    const char* field;
  } cases[] = {
      {"no qubits", {Circuit(0), Circuit(0)}, {}, ErrorKind::kBadInput, "unitary"},
      {"no unitary", measured, {}, ErrorKind::kBadInput, "unitary"},
      {"open parameter", open, {}, ErrorKind::kBadInput, "unitary"},
      {"open preparation", open_preparation, {}, ErrorKind::kBadInput, "preparation"},
      {"size of the state", wrong_size, {}, ErrorKind::kBadInput, "preparation"},
      {"no single state", reset, {}, ErrorKind::kBadInput, "preparation"},
      {"late preparation", late, {}, ErrorKind::kBadInput, "preparation"},
      {"a measured state", measured_state, {}, ErrorKind::kBadInput, "preparation"},
      {"no bits", one_phase(0.1), {.phase_register = {.bits = 0}}, ErrorKind::kBadInput, "bits"},
      {"too many bits",
       one_phase(0.1),
       {.phase_register = {.bits = 21}},
       ErrorKind::kBadInput,
       "bits"},
      {"no shots", one_phase(0.1), {.shots = 0}, ErrorKind::kBadInput, "shots"},
      {"level", one_phase(0.1), {.level = 1.0}, ErrorKind::kBadInput, "level"},
      {"level not a number", one_phase(0.1), {.level = kNan}, ErrorKind::kBadInput, "level"},
      {"memory", large, {}, ErrorKind::kResource, "qubits"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = estimate_phase(c.problem, c.options, {});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, c.kind);
    EXPECT_EQ(result.error().field, c.field) << result.error().message;
  }
  EXPECT_EQ(estimate_phase(kNan, {}).error().field, "theta");
  EXPECT_EQ(estimate_phase(0.1, {.shots = 0}).error().field, "shots");
  EXPECT_EQ(phase_estimation_circuit(measured, {}).error().field, "unitary");
  EXPECT_EQ(phase_estimation_circuit(one_phase(0.1), {.bits = 20}).error().field, "bits");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(estimate_phase(one_phase(0.1), {}, {.stop = stop.get_token()}).error().kind,
            ErrorKind::kCancelled);
}

TEST(PhaseEstimation, TheCircuitAgreesWithTheClosedForm) {
  for (const PhaseWindow window : {PhaseWindow::kNone, PhaseWindow::kSine, PhaseWindow::kKaiser}) {
    for (unsigned bits = 1; bits <= 5; ++bits) {
      for (const double theta : {0.0, 0.25, 0.711661765931031, 0.9999}) {
        SCOPED_TRACE(testing::Message() << bits << " bits, theta " << theta);
        const PhaseRegister phase_register{.bits = bits, .window = window};
        const auto circuit = circuit_distribution(one_phase(theta), phase_register);
        const auto closed = phase_distribution(theta, phase_register).value();
        const auto fast =
            estimate_phase(one_phase(theta), {.phase_register = phase_register}, {}).value();
        for (std::size_t k = 0; k < circuit.size(); ++k) {
          EXPECT_NEAR(circuit[k], closed.probabilities[k], 1e-12);
          EXPECT_NEAR(fast.distribution.probabilities[k], closed.probabilities[k], 1e-12);
        }
      }
    }
  }
}

TEST(PhaseEstimation, TheCircuitAgreesWithTheSignalOfAMixture) {
  for (const PhaseWindow window : {PhaseWindow::kNone, PhaseWindow::kSine}) {
    const PhaseRegister phase_register{.bits = 4, .window = window};
    const auto circuit = circuit_distribution(some_mixture(), phase_register);
    const auto fast =
        estimate_phase(some_mixture(), {.phase_register = phase_register}, {}).value();
    // And with the mixture of the closed forms of the eigenphases.
    std::vector<double> mixed(16);
    double weights = 0.0;
    for (const EigenPhase& eigen : fast.classical.spectrum) {
      const auto one = phase_distribution(eigen.phase, phase_register).value();
      for (std::size_t k = 0; k < 16; ++k) mixed[k] += eigen.weight * one.probabilities[k];
      weights += eigen.weight;
    }
    EXPECT_NEAR(weights, 1.0, 1e-12);
    EXPECT_GE(fast.classical.spectrum.size(), 3U);
    for (std::size_t k = 0; k < 16; ++k) {
      EXPECT_NEAR(circuit[k], fast.distribution.probabilities[k], 1e-12);
      EXPECT_NEAR(circuit[k], mixed[k], 1e-12);
    }
    EXPECT_FALSE(fast.posterior.has_value());
    EXPECT_EQ(fast.classical.method, "diagonalisation");
    EXPECT_LT(fast.classical.residual, 1e-12);
  }
}

TEST(PhaseEstimation, TheClassicalAnswerIsTheEigenphase) {
  const auto small = estimate_phase(one_phase(0.3127), {}, {}).value();
  EXPECT_EQ(small.classical.method, "diagonalisation");
  EXPECT_NEAR(small.classical.phase, 0.3127, 1e-14);
  EXPECT_NEAR(small.classical.weight, 1.0, 1e-12);
  // Seven qubits: the eigenstate |1…1> of phases on each qubit, and a pair with a known phase.
  PhaseProblem large{Circuit(7), Circuit(7)};
  double theta = 0.0;
  for (unsigned q = 0; q < 7; ++q) {
    large.unitary.p(0.1 + 0.37 * q, q);
    theta += (0.1 + 0.37 * q) / kTurn;
    large.preparation.x(q);
  }
  large.unitary.rzz(0.5, 0, 3);
  theta = wrapped(theta - 0.25 / kTurn);
  const auto found = estimate_phase(large, {.phase_register = {.bits = 6}}, {}).value();
  EXPECT_EQ(found.classical.method, "periodogram");
  EXPECT_NEAR(found.classical.phase, theta, 1e-13);
  EXPECT_NEAR(found.classical.weight, 1.0, 1e-12);
  EXPECT_LT(found.classical.residual, 1e-10);
  EXPECT_LT(found.error, 5.0 * found.posterior->standard_deviation);
}

TEST(PhaseEstimation, SixPricesReadTheirPhase) {
  const double prices[] = {1.1, 1.105, 1.11, 1.108, 1.112, 1.115};
  const double theta = phase_of_series(prices).value();
  const auto found = estimate_phase(theta, {}).value();
  EXPECT_EQ(found.bin, 11U);
  EXPECT_EQ(found.distribution.best_bin, 11U);
  EXPECT_NEAR(found.distribution.best_probability, 0.5966204677735117, 1e-12);
  EXPECT_EQ(found.classical.phase, theta);
  EXPECT_LT(found.error, 5.0 * found.posterior->standard_deviation);
  EXPECT_EQ(found.calls, 15U * 1024U);
}

// The posterior after one run on a grid against the closed form, for every window.
TEST(PhaseEstimation, OneRunLeavesThePosteriorOfTheClosedForm) {
  for (const PhaseWindow window : {PhaseWindow::kNone, PhaseWindow::kSine, PhaseWindow::kKaiser}) {
    const PhaseOptions options{.phase_register = {.bits = 5, .window = window}, .shots = 1};
    const auto found = estimate_phase(0.3, options).value();
    EXPECT_NEAR(found.posterior->holevo_variance, found.single_run_holevo_variance,
                1e-10 * (1.0 + found.single_run_holevo_variance));
    EXPECT_NEAR(
        std::abs(phase_difference(found.posterior->mode, static_cast<double>(found.bin) / 32.0)),
        0.0, 1e-12);
  }
}

// Of 300 experiments about 285 hold the phase in their 95 % interval, give or take 3.8.
TEST(PhaseEstimation, CredibleIntervalsHoldThePhaseAsOftenAsTheySay) {
  RandomStream phases(1, "test phases");
  int held = 0;
  constexpr int kExperiments = 300;
  for (int i = 0; i < kExperiments; ++i) {
    const double theta = phases.uniform();
    const auto found = estimate_phase(theta, {.phase_register = {.bits = 3},
                                              .shots = 20,
                                              .seed = static_cast<std::uint64_t>(i)})
                           .value();
    for (const PhaseInterval& arc : found.posterior->intervals) {
      if (wrapped(theta - arc.low) <= wrapped(arc.high - arc.low)) ++held;
    }
    EXPECT_GT(found.posterior->standard_deviation, 0.5 * found.least_deviation);
  }
  EXPECT_GT(held, kExperiments * 0.90);
  EXPECT_LT(held, kExperiments);
}

TEST(PhaseEstimation, HasNoPosteriorWhereTheGridWouldBeTooFine) {
  const auto found = estimate_phase(0.3, {.phase_register = {.bits = 16}, .shots = 4000}).value();
  EXPECT_FALSE(found.posterior.has_value());
  EXPECT_EQ(found.phase, static_cast<double>(found.bin) / 65536.0);
}

TEST(PhaseEstimation, SameBitsForAnyThreadsAndRepeatableBySeed) {
  const PhaseOptions options{.phase_register = {.bits = 5}, .shots = 50};
  const auto reference = estimate_phase(some_mixture(), options, {}).value();
  for (const std::size_t threads : {1U, 2U, 7U}) {
    ThreadPool pool(threads);
    const auto result = estimate_phase(some_mixture(), options, {.pool = &pool}).value();
    EXPECT_EQ(result.counts, reference.counts);
    EXPECT_EQ(result.distribution.probabilities, reference.distribution.probabilities);
  }
  PhaseOptions other = options;
  other.seed = 2;
  EXPECT_NE(estimate_phase(some_mixture(), other, {})->counts, reference.counts);
}

TEST(PhaseGrid, KnowsWhatASingleMeasurementTells) {
  // Outcome 0 of U at angle a: density 1 + cos(2 pi (theta - a)), whose first moment is 1/2.
  PhaseGrid grid(10);
  grid.observe(1, 256, 1, 0);
  const PhasePosterior known = grid.posterior(0.9);
  EXPECT_NEAR(known.mode, 0.25, 1e-12);
  EXPECT_NEAR(known.mean, 0.25, 1e-12);
  EXPECT_NEAR(known.holevo_variance, 3.0, 1e-5);
  ASSERT_EQ(known.intervals.size(), 1U);
  // P(|d| <= x) = 2x + sin(2 pi x)/pi = 0.9.
  const double half = wrapped(known.intervals[0].high - known.intervals[0].low) / 2.0;
  EXPECT_NEAR(2.0 * half + std::sin(kTurn * half) / std::numbers::pi, 0.9, 4e-3);
  // U^4 cannot tell four phases apart.
  PhaseGrid four(10);
  four.observe(4, 0, 20, 0);
  EXPECT_EQ(four.posterior(0.9).intervals.size(), 4U);
  // An arc over 0.
  EXPECT_GT(four.posterior(0.9).intervals.back().low, four.posterior(0.9).intervals.back().high);
}

}  // namespace
}  // namespace quanta::quantum
