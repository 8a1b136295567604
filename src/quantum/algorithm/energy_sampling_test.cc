#include "quantum/algorithm/energy_sampling.h"

#include <cmath>

#include <gtest/gtest.h>

#include "quantum/simulator/observables.h"
#include "quantum/simulator/simulate.h"

namespace quanta::quantum {
namespace {

PauliSum some_observable() {
  return parse_pauli_sum(std::vector<std::pair<std::string, double>>{{"III", 0.4},
                                                                     {"ZZI", 0.9},
                                                                     {"IZZ", -0.5},
                                                                     {"XXI", 0.7},
                                                                     {"IYY", 0.3},
                                                                     {"XII", -0.2},
                                                                     {"ZIZ", 0.1},
                                                                     {"YXZ", 0.6}},
                         3)
      .value();
}

StateVector some_state() {
  Circuit circuit(3);
  for (unsigned q = 0; q < 3; ++q) circuit.u(0.4 + q, 1.1 * q, -0.3, q);
  circuit.cx(0, 1).cx(1, 2).t(1);
  return simulate(circuit, {}, {}).value();
}

TEST(EnergySampling, GroupsHoldEveryTermOnceAndMeasureTogether) {
  const PauliSum observable = some_observable();
  const auto groups = measurement_groups(observable);
  std::size_t n_terms = 0;
  for (const MeasurementGroup& group : groups) {
    for (const PauliTerm& term : group.terms) {
      ++n_terms;
      const std::uint64_t support = term.string.x | term.string.z;
      EXPECT_EQ(group.basis.x & support, term.string.x);
      EXPECT_EQ(group.basis.z & support, term.string.z);
    }
  }
  EXPECT_EQ(n_terms, observable.terms.size() - 1);
  // ZZI with IZZ, ZIZ; XXI with XII; YXZ alone; IYY alone.
  EXPECT_EQ(groups.size(), 4U);
  EXPECT_EQ(groups[0].terms[0].coefficient, 0.9);
  EXPECT_EQ(constant_part(observable), 0.4);
}

// Each group by itself against the exact value: X and Y are turned the right way.
TEST(EnergySampling, EveryGroupHasTheExactMean) {
  const StateVector state = some_state();
  for (const MeasurementGroup& group : measurement_groups(some_observable())) {
    double exact = 0.0;
    for (const auto& [string, coefficient] : group.terms) {
      exact += coefficient * expectation(state, string, {});
    }
    const auto found =
        sampled_energy(state, std::vector{group}, 400'000, RandomStream(5, "test shots"), {});
    EXPECT_NEAR(found.value, exact, 5.0 * found.standard_error);
    EXPECT_LT(found.standard_error, 2.0 / std::sqrt(400'000.0));
  }
}

// (estimate - exact)/error over many seeds has mean 0 and variance 1: 400 of them leave an error of
// 0.05 and 0.07, with room for the few shots behind each.
TEST(EnergySampling, TheErrorIsWhatItSays) {
  const StateVector state = some_state();
  const PauliSum observable = some_observable();
  const auto groups = measurement_groups(observable);
  const double exact = expectation(state, observable, {}).value() - constant_part(observable);
  double sum = 0.0;
  double squares = 0.0;
  constexpr int kRepeats = 400;
  for (int r = 0; r < kRepeats; ++r) {
    const auto found = sampled_energy(state, groups, 200, RandomStream(1, "test shots", r), {});
    EXPECT_EQ(found.shots, 200 * groups.size());
    const double z = (found.value - exact) / found.standard_error;
    sum += z;
    squares += z * z;
  }
  EXPECT_NEAR(sum / kRepeats, 0.0, 0.2);
  EXPECT_NEAR(squares / kRepeats, 1.0, 0.3);
}

TEST(EnergySampling, HasNoErrorInAnEigenstate) {
  const auto state = StateVector::zero(2, 1 << 20).value();
  const auto observable =
      parse_pauli_sum(std::vector<std::pair<std::string, double>>{{"ZZ", 2.0}, {"IZ", -0.5}}, 2);
  const auto found =
      sampled_energy(state, measurement_groups(*observable), 2, RandomStream(1, "test"), {});
  EXPECT_EQ(found.value, 1.5);
  EXPECT_EQ(found.standard_error, 0.0);
}

}  // namespace
}  // namespace quanta::quantum
