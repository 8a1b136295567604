#include "quantum/algorithm/ansatz.h"

#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/circuit/circuit_statistics.h"
#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum {
namespace {

PauliSum zz_and_x(unsigned n) {
  PauliSum sum{.n_qubits = n, .terms = {{{}, 3.0}}};
  for (unsigned i = 0; i + 1 < n; ++i) sum.terms.push_back({{0, std::uint64_t{3} << i}, 0.7});
  for (unsigned i = 0; i < n; ++i) sum.terms.push_back({{std::uint64_t{1} << i, 0}, -0.4});
  return sum;
}

std::vector<double> random_angles(std::size_t n) {
  RandomStream stream(1, "test angles");
  std::vector<double> angles(n);
  for (double& a : angles) a = stream.normal();
  return angles;
}

TEST(Ansatz, NamesTheFieldAtFault) {
  const PauliSum identity{.n_qubits = 2, .terms = {{{}, 1.0}}};
  using enum AnsatzForm;
  const struct {
    const char* name;
    PauliSum hamiltonian;
    AnsatzOptions options;
    const char* field;
  } cases[] = {
      {"no qubits", {}, {}, "observable"},
      {"nothing but the identity", identity, {.form = kHamiltonian}, "observable"},
      {"no layers", zz_and_x(3), {.layers = 0}, "layers"},
      {"too many layers", zz_and_x(3), {.layers = 1001}, "layers"},
      {"no weight", zz_and_x(3), {.form = kGivens}, "weight"},
      {"no weight for uccsd", zz_and_x(3), {.form = kUccsd}, "weight"},
      {"weight of a form that has none", zz_and_x(3), {.form = kRy, .weight = 1}, "weight"},
      {"weight above", zz_and_x(3), {.form = kHamiltonian, .weight = 4}, "weight"},
      {"one state only", zz_and_x(3), {.form = kGivens, .weight = 3}, "weight"},
      {"one state only, none", zz_and_x(3), {.form = kUccsd, .weight = 0}, "weight"},
      {"size", zz_and_x(40), {.form = kUccsd, .layers = 10, .weight = 20}, "ansatz"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result = make_ansatz(c.hamiltonian, c.options);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().field, c.field) << result.error().message;
  }
}

TEST(Ansatz, HasTheParametersAndGatesOfItsForm) {
  using enum AnsatzForm;
  const struct {
    AnsatzOptions options;
    std::size_t parameters;
    std::size_t entanglers;
    const char* entangler;
  } cases[] = {
      {{.form = kRy, .layers = 2}, 12, 6, "cx"},
      {{.form = kRyRz, .layers = 3, .entanglement = Entanglement::kCircular}, 28, 12, "cx"},
      {{.form = kRyRz,
        .layers = 1,
        .entanglement = Entanglement::kFull,
        .entangler = Entangler::kCz},
       12,
       6,
       "cz"},
      {{.form = kHamiltonian, .layers = 5}, 10, 35, "pauli_exponential"},
      {{.form = kGivens, .layers = 2, .weight = 2}, 6, 6, "xx_plus_yy"},
      {{.form = kUccsd, .layers = 1, .weight = 2}, 5, 16, "pauli_exponential"},
  };
  for (const auto& c : cases) {
    const auto circuit = make_ansatz(zz_and_x(4), c.options).value();
    EXPECT_EQ(circuit.parameters().size(), c.parameters);
    EXPECT_EQ(circuit_statistics(circuit).gates.at(c.entangler), c.entanglers);
    EXPECT_TRUE(circuit.is_unitary());
  }
}

TEST(Ansatz, TakesParametersInTheStatedOrder) {
  const auto circuit = make_ansatz(zz_and_x(3), {.form = AnsatzForm::kRyRz, .layers = 1}).value();
  Circuit expected(3);
  const auto theta = [&](int i) { return expected.parameter("theta" + std::to_string(i)); };
  for (unsigned q = 0; q < 3; ++q) expected.ry(theta(static_cast<int>(q)), q);
  expected.cx(0, 1).cx(1, 2);
  for (unsigned q = 0; q < 3; ++q) expected.ry(theta(3 + static_cast<int>(q)), q);
  for (unsigned q = 0; q < 3; ++q) expected.rz(theta(6 + static_cast<int>(q)), q);
  EXPECT_EQ(circuit, expected);
}

TEST(Ansatz, KeepsTheWeightThatItSays) {
  for (const auto form : {AnsatzForm::kGivens, AnsatzForm::kUccsd}) {
    for (unsigned k = 1; k < 6; ++k) {
      const auto circuit =
          make_ansatz(zz_and_x(6), {.form = form, .layers = 2, .weight = k}).value();
      const auto state = simulate_plainly(circuit, random_angles(circuit.parameters().size()));
      double inside = 0.0;
      std::size_t reached = 0;
      for (std::size_t x = 0; x < state.size(); ++x) {
        if (std::popcount(x) != static_cast<int>(k)) continue;
        inside += std::norm(state[x]);
        if (std::norm(state[x]) > 1e-12) ++reached;
      }
      EXPECT_NEAR(inside, 1.0, 1e-12);
      EXPECT_GT(reached, 1U);
    }
  }
}

// exp(theta K), K = T - T^+ with fermion matrices made letter by letter: a_q flips bit q down with
// the sign of the ones below it. K^3 = -K, so exp = 1 + sin(theta) K + (1 - cos(theta)) K^2.
TEST(Ansatz, CoupledClusterIsTheExponentialOfItsExcitations) {
  constexpr unsigned kQubits = 5;
  constexpr std::size_t kStates = 1U << kQubits;
  using Real = std::vector<double>;
  const auto apply_a = [](unsigned q, bool dagger, const Real& v) {
    Real out(kStates);
    for (std::size_t x = 0; x < kStates; ++x) {
      if (((x >> q & 1) != 0) == dagger) continue;
      const int below = std::popcount(x & ((std::size_t{1} << q) - 1));
      out[x ^ std::size_t{1} << q] = below % 2 == 0 ? v[x] : -v[x];
    }
    return out;
  };
  // T = product of a^+ over `to` (first written first) and a over `from` (last written last).
  const auto turned = [&](std::vector<unsigned> to, std::vector<unsigned> from, double theta,
                          const Real& v) {
    const auto k = [&](const Real& w) {
      Real up = w;
      Real down = w;
      for (const unsigned i : from) up = apply_a(i, false, up);
      for (auto a = to.rbegin(); a != to.rend(); ++a) up = apply_a(*a, true, up);
      for (const unsigned a : to) down = apply_a(a, false, down);
      for (auto i = from.rbegin(); i != from.rend(); ++i) down = apply_a(*i, true, down);
      for (std::size_t x = 0; x < kStates; ++x) up[x] -= down[x];
      return up;
    };
    const Real once = k(v);
    const Real twice = k(once);
    Real out = v;
    for (std::size_t x = 0; x < kStates; ++x) {
      out[x] += std::sin(theta) * once[x] + (1.0 - std::cos(theta)) * twice[x];
    }
    return out;
  };
  for (const unsigned k : {2U, 3U}) {
    const auto circuit =
        make_ansatz(zz_and_x(kQubits), {.form = AnsatzForm::kUccsd, .layers = 1, .weight = k})
            .value();
    const auto angles = random_angles(circuit.parameters().size());
    Real expected(kStates);
    expected[(1U << k) - 1] = 1.0;
    std::size_t next = 0;
    for (unsigned i = 0; i < k; ++i) {
      for (unsigned a = k; a < kQubits; ++a) expected = turned({a}, {i}, angles[next++], expected);
    }
    for (unsigned i = 0; i < k; ++i) {
      for (unsigned j = i + 1; j < k; ++j) {
        for (unsigned a = k; a < kQubits; ++a) {
          for (unsigned b = a + 1; b < kQubits; ++b) {
            expected = turned({a, b}, {i, j}, angles[next++], expected);
          }
        }
      }
    }
    ASSERT_EQ(next, angles.size());
    const auto state = simulate_plainly(circuit, angles);
    for (std::size_t x = 0; x < kStates; ++x) {
      EXPECT_NEAR(std::abs(state[x] - expected[x]), 0.0, 1e-13) << x;
    }
  }
}

TEST(Ansatz, HamiltonianLayersTurnByTheHamiltoniansTerms) {
  // Two commuting terms share one angle: exp(-i theta (0.7 ZZ)) on |++>, then exp(-i theta' ...).
  const PauliSum zz{.n_qubits = 2, .terms = {{{0, 3}, 0.7}, {{0, 1}, 0.2}}};
  const auto circuit = make_ansatz(zz, {.form = AnsatzForm::kHamiltonian, .layers = 1}).value();
  ASSERT_EQ(circuit.parameters().size(), 1U);
  const auto state = simulate_plainly(circuit, std::vector{0.9});
  for (std::size_t x = 0; x < 4; ++x) {
    const double z0 = (x & 1) != 0 ? -1.0 : 1.0;
    const double z1 = (x & 2) != 0 ? -1.0 : 1.0;
    const Amplitude expected = std::polar(0.5, -0.9 * (0.7 * z0 * z1 + 0.2 * z0));
    EXPECT_NEAR(std::abs(state[x] - expected), 0.0, 1e-15);
  }
  const auto from_basis =
      make_ansatz(zz, {.form = AnsatzForm::kHamiltonian, .layers = 1, .weight = 1}).value();
  EXPECT_NEAR(std::abs(simulate_plainly(from_basis, std::vector{0.9})[1]), 1.0, 1e-15);
}

}  // namespace
}  // namespace quanta::quantum
