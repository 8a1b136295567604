#include "quantum/circuit/algebra.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/circuit/circuit_statistics.h"
#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum {
namespace {

double distance(std::span<const Amplitude> a, std::span<const Amplitude> b) {
  EXPECT_EQ(a.size(), b.size());
  double most = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

/// Every gate there is, on three to five qubits, some under controls.
Circuit zoo() {
  Circuit circuit(5);
  for (unsigned q = 0; q < 5; ++q) circuit.h(q).ry(0.3 + q, q);
  for (const GateProperties& entry : gate_table()) {
    if (!has_matrix(entry.gate)) continue;
    std::vector<unsigned> qubits;
    for (unsigned q = 0; q < entry.n_qubits; ++q) qubits.push_back((q * 2 + 1) % 5);
    std::vector<Angle> angles;
    for (unsigned a = 0; a < entry.n_angles; ++a) angles.emplace_back(0.4 + a);
    circuit.add(entry.gate, qubits, angles);
    if (entry.n_qubits < 5) {
      std::vector<unsigned> more = {static_cast<unsigned>(entry.n_qubits * 2 + 1) % 5};
      more.insert(more.end(), qubits.begin(), qubits.end());
      circuit.add_controlled(entry.gate, 1, more, angles);
    }
  }
  EXPECT_TRUE(circuit.diagonal({1, {0, 1}, -1, {0.6, 0.8}}, {3, 1}).has_value());
  EXPECT_TRUE(circuit.permutation({2, 0, 3, 1}, {4, 2}).has_value());
  EXPECT_TRUE(circuit.pauli_exponential("XYZ", 0.9, {0, 4, 2}).has_value());
  EXPECT_TRUE(circuit.unitary({0.6, {0, 0.8}, {0, 0.8}, 0.6}, {2}).has_value());
  Circuit body(2);
  body.rz(0.4, 0).cx(0, 1).t(1);
  body.add_global_phase(0.3);
  EXPECT_TRUE(circuit.defined("block", body, {1, 3}).has_value());
  circuit.add_global_phase(0.7);
  return circuit;
}

TEST(Algebra, AnInverseUndoesEveryGate) {
  const Circuit circuit = zoo();
  const auto undo = inverse(circuit);
  ASSERT_TRUE(undo.has_value());
  const auto both = compose(circuit, *undo);
  ASSERT_TRUE(both.has_value());
  std::vector<Amplitude> zero(32);
  zero[0] = 1.0;
  EXPECT_LT(distance(simulate_plainly(*both), zero), 1e-14);
  // Twice inverted is the circuit, but for the gates whose inverse has no name of its own.
  const auto twice = inverse(*undo);
  EXPECT_LT(distance(simulate_plainly(*twice), simulate_plainly(circuit)), 1e-14);
}

TEST(Algebra, WhatCannotBeUndoneSaysSo) {
  Circuit circuit(2, 2);
  circuit.h(0).measure(0, 0);
  for (const auto& failed : {inverse(circuit), power(circuit, -1), controlled(circuit, 1)}) {
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().field, "circuit");
    EXPECT_NE(failed.error().message.find("measure"), std::string::npos);
  }
}

TEST(Algebra, PowersRepeat) {
  const Circuit circuit = zoo();
  const auto cube = power(circuit, 3);
  auto expected = compose(circuit, circuit);
  expected = compose(*expected, circuit);
  EXPECT_LT(distance(simulate_plainly(*cube), simulate_plainly(*expected)), 1e-13);
  const auto none = power(circuit, 0);
  EXPECT_TRUE(none->operations().empty());
  const auto back = compose(*cube, *power(circuit, -3));
  EXPECT_NEAR(std::abs(simulate_plainly(*back)[0] - 1.0), 0.0, 1e-13);
  EXPECT_EQ(power(circuit, std::int64_t{1} << 40).error().field, "exponent");
}

TEST(Algebra, AControlledCircuitActsWhereAllControlsHaveTheirValue) {
  const Circuit circuit = zoo();
  const auto alone = simulate_plainly(circuit);
  for (std::uint64_t state = 0; state < 4; ++state) {
    const auto under = controlled(circuit, 2, state);
    ASSERT_TRUE(under.has_value());
    for (std::uint64_t control = 0; control < 4; ++control) {
      Circuit whole(7);
      for (unsigned q = 0; q < 2; ++q) {
        if ((control >> q & 1) != 0) whole.x(q);
      }
      const auto out = simulate_plainly(*compose(whole, *under));
      for (std::size_t x = 0; x < 32; ++x) {
        const Amplitude expected = control == state ? alone[x] : Amplitude(x == 0);
        EXPECT_NEAR(std::abs(out[x << 2 | control] - expected), 0.0, 1e-14);
      }
    }
  }
}

TEST(Algebra, ComposeMovesQubitsBitsAndNames) {
  Circuit a(3, 3);
  (void)a.parameter("alpha");
  a.rx(a.parameter("beta"), 1);
  Circuit b(2, 2);
  b.ry(2.0 * b.parameter("beta"), 0).rz(b.parameter("gamma"), 1).measure(1, 0);
  const auto both = compose(a, b, std::vector<unsigned>{2, 0}, std::vector<unsigned>{1, 2});
  ASSERT_TRUE(both.has_value());
  EXPECT_EQ(std::vector(both->parameters().begin(), both->parameters().end()),
            (std::vector<std::string>{"alpha", "beta", "gamma"}));
  EXPECT_EQ(both->operations()[1].qubits[0], 2U);
  EXPECT_EQ(both->operations()[1].angles[0], 2.0 * a.parameter("beta"));
  EXPECT_EQ(both->operations()[3].bit, 1U);
  EXPECT_EQ(compose(a, b, std::vector<unsigned>{2, 2}).error().field, "qubits");
  EXPECT_EQ(compose(a, b, std::vector<unsigned>{2, 3}).error().field, "qubits");
  EXPECT_EQ(compose(b, a).error().field, "qubits");
}

TEST(Algebra, TensorIsTheProductOfTheStates) {
  Circuit a(1);
  a.ry(0.4, 0);
  Circuit b(2);
  b.h(0).cx(0, 1).t(1);
  const auto both = simulate_plainly(*tensor(a, b));
  const auto low = simulate_plainly(a);
  const auto high = simulate_plainly(b);
  for (std::size_t x = 0; x < 8; ++x) {
    EXPECT_NEAR(std::abs(both[x] - low[x & 1] * high[x >> 1]), 0.0, 1e-15);
  }
}

TEST(CircuitStatistics, CountsWhatExpandWouldMake) {
  Circuit body(2);
  body.add_global_phase(0.3);
  body.h(0).cx(0, 1);
  Circuit circuit(4);
  ASSERT_TRUE(circuit.defined("pair", body, {0, 1}));
  ASSERT_TRUE(circuit.defined("pair", body, {2, 3}));
  circuit.x(0);
  EXPECT_EQ(expanded_operations(circuit), circuit.expand().operations().size());
  const Circuit kicked = controlled(circuit, 1, 0).value();
  EXPECT_GE(expanded_operations(kicked), kicked.expand().operations().size());
  for (int level = 0; level < 70; ++level) {
    Circuit next(4);
    ASSERT_TRUE(next.defined("twice", circuit, {0, 1, 2, 3}));
    const Operation again = next.operations()[0];
    ASSERT_TRUE(next.append(again));
    circuit = std::move(next);
  }
  EXPECT_EQ(expanded_operations(circuit), ~std::uint64_t{0});
}

TEST(CircuitStatistics, CountsChainsNotGates) {
  Circuit circuit(3, 1);
  circuit.h(0).h(1).cx(0, 1).t(2).cx(1, 2).barrier().x(0).measure(2, 0);
  Operation conditioned{.gate = Gate::kX, .qubits = {0}, .condition = Condition{.bits = {0}}};
  ASSERT_TRUE(circuit.append(conditioned).has_value());
  const CircuitStatistics s = circuit_statistics(circuit);
  EXPECT_EQ(s.depth, 5U);  // h, cx, cx, measure, x under its outcome
  EXPECT_EQ(s.two_qubit_depth, 2U);
  EXPECT_EQ(s.gates.at("h"), 2U);
  EXPECT_EQ(s.gates.at("cx"), 2U);
  EXPECT_EQ(s.gates.at("x"), 2U);
  EXPECT_EQ(s.classical_bits, 1U);
}

}  // namespace
}  // namespace quanta::quantum
