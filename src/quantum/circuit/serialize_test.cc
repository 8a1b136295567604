#include "quantum/circuit/serialize.h"

#include <functional>
#include <vector>

#include <gtest/gtest.h>

namespace quanta::quantum {
namespace {

/// Circuits of which no two are equal.
std::vector<Circuit> different_circuits() {
  const std::vector<std::function<void(Circuit&)>> builds = {
      [](Circuit&) {},
      [](Circuit& c) { c.x(0); },
      [](Circuit& c) { c.x(1); },
      [](Circuit& c) { c.cx(0, 1); },
      [](Circuit& c) { c.cx(1, 0); },
      [](Circuit& c) {
        EXPECT_TRUE(c.append({.gate = Gate::kX, .qubits = {0, 1}, .n_controls = 1}));
      },
      [](Circuit& c) { c.rx(0.1, 0); },
      [](Circuit& c) { c.rx(0.2, 0); },
      [](Circuit& c) { c.rx(c.parameter("a"), 0); },
      [](Circuit& c) { c.rx(c.parameter("b"), 0); },
      [](Circuit& c) { c.rx(2.0 * c.parameter("a"), 0); },
      [](Circuit& c) { c.add_global_phase(0.1); },
      [](Circuit& c) { c.measure(0, 0); },
      [](Circuit& c) { c.measure(0, 1); },
      [](Circuit& c) {
        EXPECT_TRUE(c.append({.gate = Gate::kX, .qubits = {0}, .condition = Condition{{0}, 1}}));
      },
      [](Circuit& c) {
        EXPECT_TRUE(
            c.append({.gate = Gate::kX, .qubits = {0}, .condition = Condition{{0}, 1, true}}));
      },
      [](Circuit& c) { EXPECT_TRUE(c.diagonal({1, -1}, {0})); },
      [](Circuit& c) { EXPECT_TRUE(c.unitary({1, 0, 0, -1}, {0})); },
      [](Circuit& c) { EXPECT_TRUE(c.permutation({1, 0}, {0})); },
      [](Circuit& c) { EXPECT_TRUE(c.pauli_exponential("XZ", 0.1, {0, 1})); },
      [](Circuit& c) { EXPECT_TRUE(c.pauli_exponential("ZX", 0.1, {0, 1})); },
      [](Circuit& c) { EXPECT_TRUE(c.defined("mine", std::move(Circuit(1).x(0)), {0})); },
      [](Circuit& c) { EXPECT_TRUE(c.defined("yours", std::move(Circuit(1).x(0)), {0})); },
      [](Circuit& c) { EXPECT_TRUE(c.defined("mine", std::move(Circuit(1).y(0)), {0})); },
  };
  std::vector<Circuit> circuits;
  for (const auto& build : builds) build(circuits.emplace_back(2, 2));
  circuits.emplace_back(2, 3);
  circuits.emplace_back(3, 2);
  circuits.emplace_back(2, 0);
  return circuits;
}

TEST(Serialize, TellsCircuitsApartAsEqualityDoes) {
  const std::vector<Circuit> circuits = different_circuits();
  const std::vector<Circuit> again = different_circuits();
  for (std::size_t i = 0; i < circuits.size(); ++i) {
    for (std::size_t j = 0; j < again.size(); ++j) {
      SCOPED_TRACE(testing::Message() << i << " and " << j);
      EXPECT_EQ(circuits[i] == again[j], i == j);
      EXPECT_EQ(serialize(circuits[i]) == serialize(again[j]), i == j);
    }
  }
}

TEST(Serialize, TakesMinusZeroForZero) {
  Circuit plus(1);
  Circuit minus(1);
  plus.rx(0.0, 0);
  minus.rx(-0.0, 0);
  EXPECT_EQ(plus, minus);
  EXPECT_EQ(serialize(plus), serialize(minus));
}

TEST(Serialize, WritesABodyOnceHoweverOftenItIsUsed) {
  // Forty levels, each of which uses the one below twice: 2^40 gates when written out.
  Circuit circuit(1);
  circuit.x(0);
  for (int level = 0; level < 40; ++level) {
    Circuit next(1);
    ASSERT_TRUE(next.defined("twice", circuit, {0}));
    Operation again = next.operations()[0];
    ASSERT_TRUE(next.append(again));
    circuit = std::move(next);
  }
  EXPECT_LT(serialize(circuit).size(), 20'000U);
}

}  // namespace
}  // namespace quanta::quantum
