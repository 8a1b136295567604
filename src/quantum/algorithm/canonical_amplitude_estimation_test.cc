#include "quantum/algorithm/canonical_amplitude_estimation.h"

#include <cmath>
#include <limits>
#include <map>
#include <numbers>

#include <gtest/gtest.h>

#include "quantum/algorithm/expected_for_tests.h"
#include "quantum/simulator/simulate.h"

namespace quanta::quantum {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(CanonicalAmplitudeEstimation, NamesTheFieldAtFault) {
  const struct {
    const char* name;
    CanonicalOptions options;
    const char* field;
  } cases[] = {
      {"no evaluation qubits", {.evaluation_qubits = 0}, "evaluation_qubits"},
      {"too many evaluation qubits", {.evaluation_qubits = 15}, "evaluation_qubits"},
      {"no shots", {.shots = 0}, "shots"},
      {"too many shots", {.shots = 1'000'001}, "shots"},
      {"alpha", {.alpha = kNaN}, "alpha"},
  };
  auto oracle = AmplitudeOracle::of(0.3).value();
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto estimate = estimate_canonically(oracle, c.options, 1, {});
    ASSERT_FALSE(estimate.has_value());
    EXPECT_EQ(estimate.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(estimate.error().field, c.field);
  }
  EXPECT_EQ(canonical_distribution(kNaN, 3).error().field, "amplitude");
  EXPECT_EQ(canonical_distribution(0.3, 0).error().field, "evaluation_qubits");
  using Outcomes = std::vector<CanonicalOutcome>;
  EXPECT_EQ(canonical_likelihood_estimate(Outcomes{}, 3).error().field, "outcomes");
  EXPECT_EQ(canonical_likelihood_estimate(Outcomes{{0.3, 1.0}}, 3).error().field, "outcomes");
  EXPECT_EQ(canonical_likelihood_estimate(Outcomes{{0.5, -1.0}}, 3).error().field, "outcomes");
  EXPECT_EQ(canonical_likelihood_estimate(Outcomes{{0.5, 0.0}}, 3).error().field, "outcomes");

  auto small = AmplitudeOracle::create(
                   oracle.problem(),
                   {.source = OracleSource::kCircuit, .memory_limit = std::size_t{16} << 6}, {})
                   .value();
  EXPECT_TRUE(estimate_canonically(small, {.evaluation_qubits = 5}, 1, {}).has_value());
  const auto large = estimate_canonically(small, {.evaluation_qubits = 6}, 1, {});
  ASSERT_FALSE(large.has_value());
  EXPECT_EQ(large.error().kind, ErrorKind::kResource);
  EXPECT_EQ(large.error().field, "qubits");
}

// Distributions of an independent simulator:
// shared/data/expected/quantum/amplitude_estimation.json.
TEST(CanonicalAmplitudeEstimation, HasTheExpectedDistribution) {
  QUANTA_EXPECTED(book, "amplitude_estimation.json");
  int checked = 0;
  for (const auto& entry : book.at("canonical").as_array()) {
    const auto m = entry.at("m").to_number<unsigned>();
    const auto outcomes = canonical_distribution(number(entry.at("a")), m).value();
    const auto& expected = entry.at("distribution").as_array();
    ASSERT_EQ(outcomes.size(), expected.size());
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      EXPECT_NEAR(outcomes[i].amplitude, number(expected[i].at(0)), 1e-12);  // 12 digits there
      EXPECT_NEAR(outcomes[i].weight, number(expected[i].at(1)), 1e-12);
      ++checked;
    }
    auto oracle = AmplitudeOracle::of(number(entry.at("a"))).value();
    const auto e = estimate_canonically(oracle, {.evaluation_qubits = m, .shots = 1}, 1, {});
    EXPECT_EQ(e->q_calls, entry.at("oracle_calls").to_number<std::uint64_t>());
  }
  EXPECT_EQ(checked, 3 * (5 + 17 + 65));
}

// The Qiskit tutorial on amplitude estimation, p = 0.2 with 3 evaluation qubits and an ideal
// simulator: the likeliest reading is 0.1464466, the likelihood of all readings gives 0.2000.
TEST(CanonicalAmplitudeEstimation, FindsTheTutorialsValues) {
  const auto outcomes = canonical_distribution(0.2, 3).value();
  const auto likeliest = std::ranges::max_element(outcomes, {}, &CanonicalOutcome::weight);
  EXPECT_NEAR(likeliest->amplitude, 0.1464466, 5e-8);
  EXPECT_NEAR(canonical_likelihood_estimate(outcomes, 3).value(), 0.2, 1e-7);
}

// The circuit with its controlled powers and Fourier transform reads what the formula says.
TEST(CanonicalAmplitudeEstimation, CircuitAndFormulaAgree) {
  for (const double a : {0.0, 0.0372, 0.3, 0.75, 1.0}) {
    Circuit preparation(2);
    preparation.h(0).cx(0, 1).ry(2.0 * angle_of(a), 1).cz(0, 1);
    preparation.add_global_phase(0.7);
    const EstimationProblem problem{.preparation = preparation, .objective = {1}};
    const double exact = AmplitudeOracle::create(problem, {}, {})->exact();
    for (unsigned m = 1; m <= 4; ++m) {
      SCOPED_TRACE(testing::Message() << "a " << a << ", " << m << " evaluation qubits");
      const auto state = simulate(canonical_circuit(problem, m).value(), {}, {}).value();
      const std::size_t size = std::size_t{1} << m;
      std::vector<double> found(size / 2 + 1);
      for (std::size_t x = 0; x < state.amplitudes().size(); ++x) {
        found[std::min(x % size, size - x % size)] += std::norm(state.amplitudes()[x]);
      }
      const auto expected = canonical_distribution(exact, m).value();
      for (std::size_t y = 0; y < found.size(); ++y) {
        EXPECT_NEAR(found[y], expected[y].weight, 1e-12) << "reading " << y;
      }
    }
    auto formula = AmplitudeOracle::create(problem, {}, {}).value();
    auto circuit = AmplitudeOracle::create(problem, {.source = OracleSource::kCircuit}, {}).value();
    const auto one = estimate_canonically(formula, {.evaluation_qubits = 4}, 9, {}).value();
    const auto other = estimate_canonically(circuit, {.evaluation_qubits = 4}, 9, {}).value();
    EXPECT_EQ(one.value, other.value);
    EXPECT_EQ(one.interval, other.interval);
  }
}

// Theorem 12 of Brassard et al.: a reading is within 2 pi sqrt(a (1 - a)) / M + pi^2 / M^2 of a
// with probability at least 8 / pi^2.
TEST(CanonicalAmplitudeEstimation, ReadsNearTheAmplitudeAsOftenAsPromised) {
  for (int i = 0; i <= 40; ++i) {
    const double a = i / 40.0;
    for (unsigned m = 2; m <= 8; ++m) {
      const double size = std::ldexp(1.0, static_cast<int>(m));
      const double error = 2.0 * std::numbers::pi * std::sqrt(a * (1.0 - a)) / size +
                           std::numbers::pi * std::numbers::pi / (size * size);
      double chance = 0.0;
      double all = 0.0;
      const auto outcomes = canonical_distribution(a, m).value();
      for (const CanonicalOutcome& outcome : outcomes) {
        all += outcome.weight;
        if (std::abs(outcome.amplitude - a) <= error) chance += outcome.weight;
      }
      EXPECT_NEAR(all, 1.0, 1e-12);
      EXPECT_GE(chance, 8.0 / (std::numbers::pi * std::numbers::pi)) << a << ", m " << m;
    }
  }
}

// Many readings bring the estimate far below the spacing of the readings, and the interval holds a
// about as often as it says (asymptotically: 300 runs of chance 0.05 miss 15 times, deviation 3.8).
TEST(CanonicalAmplitudeEstimation, UsesAllReadings) {
  int missed = 0;
  double squares = 0.0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const double a = 0.05 + 0.9 * RandomStream(seed, "amplitude").uniform();
    auto oracle = AmplitudeOracle::of(a).value();
    const auto e =
        estimate_canonically(oracle, {.evaluation_qubits = 4, .shots = 200}, seed, {}).value();
    missed += e.interval.contains(a) ? 0 : 1;
    squares += (e.value - a) * (e.value - a);
    EXPECT_TRUE(e.interval.contains(e.value));
    EXPECT_EQ(e.a_calls, 200U * 31U);
  }
  EXPECT_LE(missed, 30);
  EXPECT_LT(std::sqrt(squares / 300), 0.02);  // readings lie up to 0.19 apart
}

}  // namespace
}  // namespace quanta::quantum
