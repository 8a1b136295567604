#include "quantum/algorithm/real_amplitude_estimation.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace quanta::quantum {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// One qubit whose |0> has amplitude a.
Circuit amplitude_circuit(double a) {
  Circuit circuit(1);
  circuit.ry(2.0 * std::acos(a), 0);
  return circuit;
}

TEST(RealAmplitudeEstimation, NamesTheFieldAtFault) {
  const Circuit a = amplitude_circuit(-0.4);
  Circuit complex_one(1);
  complex_one.h(0).s(0);
  Circuit measured(1, 1);
  measured.h(0).measure(0, 0);
  const struct {
    const char* name;
    RealEstimationProblem problem;
    RealOptions options;
    const char* field;
  } cases[] = {
      {"no circuit", {}, {}, "preparation"},
      {"not a basis state", {a, 2}, {}, "state"},
      {"not real", {complex_one, 1}, {}, "preparation"},
      {"no width", {a, 0}, {.epsilon = 0.0}, "epsilon"},
      {"epsilon not a number", {a, 0}, {.epsilon = kNaN}, "epsilon"},
      {"too wide", {a, 0}, {.epsilon = 0.5}, "epsilon"},
      {"never wrong", {a, 0}, {.alpha = 0.0}, "alpha"},
      {"slow", {a, 0}, {.ratio = 1.9}, "ratio"},
      {"ratio not a number", {a, 0}, {.ratio = kNaN}, "ratio"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto estimate = estimate_real_amplitude(c.problem, c.options, {}, 1, {});
    ASSERT_FALSE(estimate.has_value());
    EXPECT_EQ(estimate.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(estimate.error().field, c.field);
  }
  EXPECT_EQ(shifted_problem({a, 0}, 0.6).error().field, "shift");
  const auto large = estimate_real_amplitude({a, 0}, {}, {.memory_limit = 16}, 1, {});
  EXPECT_EQ(large.error().kind, ErrorKind::kResource);
  EXPECT_EQ(large.error().field, "qubits");
  // Measurements are refused where the circuit has to be controlled.
  EXPECT_FALSE(shifted_problem({measured, 0}, 0.1).has_value());
}

// The shifted circuit reads 0 with the state with probability (a/2 + s)^2, 1 with (a/2 - s)^2.
RC_GTEST_PROP(RealAmplitudeProperty, ShiftsTheAmplitude, (std::uint64_t seed)) {
  RandomStream random(seed, "problem");
  const auto n = static_cast<unsigned>(1 + random.below(3));
  Circuit circuit(n);
  for (int layer = 0; layer < 2; ++layer) {
    for (unsigned q = 0; q < n; ++q) circuit.ry(3.0 * random.normal(), q);
    for (unsigned q = 0; q + 1 < n; ++q) circuit.cx(q, q + 1);
  }
  const RealEstimationProblem problem{circuit, random.below(std::uint64_t{1} << n)};
  const double a = exact_real_amplitude(problem, 1U << 20, {}).value();
  const double s = random.uniform() - 0.5;
  EstimationProblem shifted = shifted_problem(problem, s).value();
  RC_ASSERT(std::abs(AmplitudeOracle::create(shifted, {}, {})->exact() -
                     (0.5 * a + s) * (0.5 * a + s)) < 1e-12);
  shifted.good = *shifted.good | 1;
  RC_ASSERT(std::abs(AmplitudeOracle::create(shifted, {}, {})->exact() -
                     (0.5 * a - s) * (0.5 * a - s)) < 1e-12);
  // So the two sources of shots give the same estimate.
  const RealOptions options{.epsilon = 0.02};
  const auto formula = estimate_real_amplitude(problem, options, {}, seed, {}).value();
  const auto simulated =
      estimate_real_amplitude(problem, options, {.source = OracleSource::kCircuit}, seed, {})
          .value();
  RC_ASSERT(formula.value == simulated.value);
  RC_ASSERT(formula.a_calls == simulated.a_calls);
}

// Width, number of rounds and growth as derived in the header, also at the ends of [-1, 1].
TEST(RealAmplitudeEstimation, EndsWithAnIntervalOfTheWantedWidth) {
  int missed = 0;
  int runs = 0;
  for (const double a : {-1.0, -0.63, -1e-5, 0.0, 0.3, 0.9999, 1.0}) {
    for (const double ratio : {2.0, 5.0}) {
      for (const double epsilon : {0.4, 0.1, 0.01, 1e-4}) {
        SCOPED_TRACE(testing::Message() << "a " << a << ", q " << ratio << ", e " << epsilon);
        const auto e = estimate_real_amplitude({amplitude_circuit(a), 0},
                                               {.epsilon = epsilon, .ratio = ratio}, {}, 11, {})
                           .value();
        EXPECT_LE(e.interval.half_width(), epsilon);
        EXPECT_LE(-1.0, e.interval.low);
        EXPECT_LE(e.interval.high, 1.0);
        const double b = M_PI / (2.0 * (ratio + 2.0));
        const double most = 1.0 + std::max(1.0, std::ceil(std::log(b / epsilon) / std::log(ratio)));
        EXPECT_LE(static_cast<double>(e.rounds.size()), most);
        // The last round is not made deeper than it must be.
        const auto scale = [&](std::size_t r) {
          return 2.0 * static_cast<double>(e.rounds[r].power) + 1.0;
        };
        for (std::size_t i = 2; i + 1 < e.rounds.size(); ++i) {
          EXPECT_GE(scale(i), ratio * scale(i - 1));
        }
        missed += e.interval.low - 1e-12 <= a && a <= e.interval.high + 1e-12 ? 0 : 1;
        ++runs;
      }
    }
  }
  EXPECT_LE(missed, runs / 20);
}

TEST(RealAmplitudeEstimation, CoversAtTheStatedConfidence) {
  int missed = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const double a = 2.0 * RandomStream(seed, "amplitude").uniform() - 1.0;
    const auto e =
        estimate_real_amplitude({amplitude_circuit(a), 0}, {.epsilon = 0.005}, {}, seed, {})
            .value();
    missed += e.interval.contains(a) ? 0 : 1;
  }
  EXPECT_LE(missed, 50);
}

}  // namespace
}  // namespace quanta::quantum
