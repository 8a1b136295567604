#include "quantum/algorithm/amplitude_estimation.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "quantum/algorithm/iterative_amplitude_estimation.h"

namespace quanta::quantum {
namespace {

/// Rotations and entanglers on n qubits at random angles.
Circuit random_circuit(unsigned n, RandomStream& random) {
  Circuit circuit(n);
  for (int layer = 0; layer < 3; ++layer) {
    for (unsigned q = 0; q < n; ++q) {
      circuit.u(3.0 * random.normal(), random.normal(), random.normal(), q);
    }
    for (unsigned q = 0; q + 1 < n; ++q) circuit.cx(q, q + 1);
  }
  circuit.add_global_phase(random.normal());
  return circuit;
}

TEST(AmplitudeEstimation, NamesTheFieldAtFault) {
  Circuit a(2);
  a.h(0).cx(0, 1);
  Circuit measured(2, 1);
  measured.h(0).measure(0, 0);
  Circuit open(1);
  open.ry(open.parameter("t"), 0);
  Circuit prepared(1);
  ASSERT_TRUE(prepared.prepare({0.6, 0.8}, {0}).has_value());
  const struct {
    const char* name;
    EstimationProblem problem;
    OracleOptions options;
    const char* field;
    ErrorKind kind;
  } cases[] = {
      {"no circuit", {Circuit(), {0}}, {}, "preparation", ErrorKind::kBadInput},
      {"a measurement", {measured, {0}}, {}, "preparation", ErrorKind::kBadInput},
      {"a free parameter", {open, {0}}, {}, "preparation", ErrorKind::kBadInput},
      {"a state preparation has no inverse",
       {prepared, {0}},
       {.source = OracleSource::kCircuit},
       "preparation",
       ErrorKind::kBadInput},
      {"no objective", {a, {}}, {}, "objective", ErrorKind::kBadInput},
      {"objective out of range", {a, {2}}, {}, "objective", ErrorKind::kBadInput},
      {"objective twice", {a, {1, 1}}, {}, "objective", ErrorKind::kBadInput},
      {"a value that one qubit cannot read", {a, {1}, 2}, {}, "objective", ErrorKind::kBadInput},
      {"too little memory", {a, {1}}, {.memory_limit = 63}, "qubits", ErrorKind::kResource},
      {"too little memory for two states",
       {a, {1}},
       {.source = OracleSource::kCircuit, .memory_limit = 127},
       "qubits",
       ErrorKind::kResource},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto oracle = AmplitudeOracle::create(c.problem, c.options, {});
    ASSERT_FALSE(oracle.has_value());
    EXPECT_EQ(oracle.error().kind, c.kind);
    EXPECT_EQ(oracle.error().field, c.field);
  }
  EXPECT_EQ(grover_operator({prepared, {0}}).error().field, "preparation");
  EXPECT_EQ(controlled_grover_operator({a, {5}}).error().field, "objective");
  for (const double amplitude : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(AmplitudeOracle::of(amplitude).error().field, "amplitude");
  }
  // What the circuit source refuses, the exact one takes.
  EXPECT_NEAR(AmplitudeOracle::create({prepared, {0}}, {}, {})->exact(), 0.64, 1e-15);
}

// The two sources of probabilities: the rotation by 2 theta, and Q^k A gate by gate.
RC_GTEST_PROP(AmplitudeEstimationProperty, CircuitAndFormulaAgree, (std::uint64_t seed)) {
  RandomStream random(seed, "problem");
  const auto n = static_cast<unsigned>(1 + random.below(4));
  EstimationProblem problem{.preparation = random_circuit(n, random)};
  for (unsigned q = 0; q < n; ++q) {
    if (random.below(2) == 0 || (q + 1 == n && problem.objective.empty())) {
      problem.objective.insert(problem.objective.begin(), q);
    }
  }
  problem.good = random.below(std::uint64_t{1} << problem.objective.size());
  auto exact = AmplitudeOracle::create(problem, {}, {}).value();
  auto circuit = AmplitudeOracle::create(problem, {.source = OracleSource::kCircuit}, {}).value();
  for (const std::uint64_t k : {0, 1, 2, 7, 20, 13}) {  // 13 after 20: it starts again
    RC_ASSERT(std::abs(exact.probability(k, {}).value() - circuit.probability(k, {}).value()) <
              1e-12);
  }
}

TEST(AmplitudeEstimation, CountsUsesOfTheOracle) {
  AmplitudeEstimate estimate;
  add_round(estimate, {.power = 0, .shots = 10, .good = 3});
  add_round(estimate, {.power = 5, .shots = 20, .good = 3});
  EXPECT_EQ(estimate.shots, 30U);
  EXPECT_EQ(estimate.q_calls, 100U);
  EXPECT_EQ(estimate.a_calls, 10U + 20U * 11U);
  EXPECT_EQ(estimate.deepest, 5U);
}

TEST(AmplitudeEstimation, StopsWhenAsked) {
  std::stop_source source;
  source.request_stop();
  const Execution stopped{.stop = source.get_token()};
  auto oracle = AmplitudeOracle::of(0.3).value();
  EXPECT_EQ(oracle.probability(1, stopped).error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(estimate_iteratively(oracle, {}, 1, stopped).error().kind, ErrorKind::kCancelled);
}

// The whole way with the circuit source, on one, two and seven threads: the same bits, and those of
// the formula, since the probabilities differ by rounding alone.
TEST(AmplitudeEstimation, GivesTheSameBitsForAnyNumberOfThreads) {
  RandomStream random(5, "problem");
  const EstimationProblem problem{.preparation = random_circuit(4, random), .objective = {1}};
  auto formula = AmplitudeOracle::create(problem, {}, {}).value();
  const AmplitudeEstimate expected = estimate_iteratively(formula, {}, 3, {}).value();
  for (const std::size_t threads : {1U, 2U, 7U}) {
    ThreadPool pool(threads);
    const Execution execution{.pool = &pool};
    auto oracle =
        AmplitudeOracle::create(problem, {.source = OracleSource::kCircuit}, execution).value();
    const AmplitudeEstimate estimate = estimate_iteratively(oracle, {}, 3, execution).value();
    EXPECT_EQ(estimate.value, expected.value);
    EXPECT_EQ(estimate.interval, expected.interval);
    EXPECT_EQ(estimate.a_calls, expected.a_calls);
    EXPECT_EQ(estimate.source, OracleSource::kCircuit);
  }
}

}  // namespace
}  // namespace quanta::quantum
