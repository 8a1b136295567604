#include "quantum/simulator/observables.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/simulator/plain_simulator.h"
#include "quantum/simulator/simulate.h"

namespace quanta::quantum {
namespace {

StateVector some_state(unsigned n) {
  Circuit circuit(n);
  for (unsigned q = 0; q < n; ++q) circuit.h(q).ry(0.3 * q + 0.2, q).t(q);
  for (unsigned q = 0; q + 1 < n; ++q) circuit.cx(q, q + 1).rx(0.5 + q, q);
  return simulate(circuit, {}, {}).value();
}

TEST(Observables, ABellPairIsFullyCorrelatedAndLocallyMixed) {
  Circuit bell(2);
  bell.h(0).cx(0, 1);
  const StateVector state = simulate(bell, {}, {}).value();
  const auto value = [&](std::string_view text) {
    return expectation(state, parse_paulis(text, 2).value(), {});
  };
  EXPECT_NEAR(value("ZZ"), 1.0, 1e-15);
  EXPECT_NEAR(value("XX"), 1.0, 1e-15);
  EXPECT_NEAR(value("YY"), -1.0, 1e-15);
  EXPECT_NEAR(value("ZI"), 0.0, 1e-15);
  const auto rho = reduced_density_matrix(state, std::vector{0U}, {}).value();
  EXPECT_NEAR(std::abs(rho[0] - 0.5), 0.0, 1e-15);
  EXPECT_NEAR(std::abs(rho[1]), 0.0, 1e-15);
}

TEST(Observables, EveryPauliStringAgreesWithItsMatrix) {
  constexpr unsigned kQubits = 3;
  const StateVector state = some_state(kQubits);
  for (std::uint64_t x = 0; x < 8; ++x) {
    for (std::uint64_t z = 0; z < 8; ++z) {
      const PauliString string{x, z};
      const PauliSum sum{kQubits, {{string, 1.0}}};
      const auto applied = apply(sum, state, {});
      // P as the exponential exp(-i pi P/2) = -i P.
      std::vector<Amplitude> turned(state.amplitudes().begin(), state.amplitudes().end());
      Circuit circuit(kQubits);
      ASSERT_TRUE(circuit.pauli_exponential(to_text(string, kQubits), M_PI, {0, 1, 2}).has_value());
      apply_plainly(circuit.operations()[0], {}, turned);
      for (std::size_t i = 0; i < 8; ++i) {
        EXPECT_NEAR(std::abs(applied[i] - Amplitude(0, 1) * turned[i]), 0.0, 1e-14);
      }
      EXPECT_NEAR(expectation(state, string, {}),
                  inner_product(state.amplitudes(), applied, {}).real(), 1e-14);
      EXPECT_NEAR(expectation(state, string, {}), expectation_plainly(state.amplitudes(), string),
                  1e-14);
    }
  }
}

TEST(Observables, MarginalsBlochVectorsAndDensityMatricesTellTheSame) {
  const StateVector state = some_state(4);
  const auto p = marginals(state, {});
  const auto bloch = bloch_vectors(state, {});
  for (unsigned q = 0; q < 4; ++q) {
    const auto rho = reduced_density_matrix(state, std::vector{q}, {}).value();
    EXPECT_NEAR(p[q], rho[3].real(), 1e-14);
    EXPECT_NEAR(bloch[q][0], 2 * rho[1].real(), 1e-14);
    EXPECT_NEAR(bloch[q][1], -2 * rho[1].imag(), 1e-14);  // rho = (I + xX + yY + zZ)/2
    EXPECT_NEAR(bloch[q][2], 1 - 2 * p[q], 1e-14);
  }
  const auto pair = reduced_density_matrix(state, std::vector{2U, 0U}, {}).value();
  EXPECT_NEAR((pair[5] + pair[15]).real(), p[2], 1e-14);  // bit 0 of the index is qubit 2
}

TEST(Observables, SaysWhatIsWrong) {
  const StateVector state = some_state(2);
  EXPECT_EQ(parse_paulis("XYZ", 2).error().field, "observable");
  EXPECT_EQ(parse_paulis("XQ", 2).error().field, "observable");
  EXPECT_EQ(expectation(state, PauliSum{.n_qubits = 3, .terms = {}}, {}).error().field,
            "observable");
  EXPECT_EQ(reduced_density_matrix(state, {}, {}).error().field, "qubits");
  EXPECT_EQ(reduced_density_matrix(state, std::vector{2U}, {}).error().field, "qubits");
  EXPECT_EQ(reduced_density_matrix(state, std::vector{1U, 1U}, {}).error().field, "qubits");
  EXPECT_EQ(to_text(parse_paulis("IXYZ", 4).value(), 4), "IXYZ");
}

}  // namespace
}  // namespace quanta::quantum
