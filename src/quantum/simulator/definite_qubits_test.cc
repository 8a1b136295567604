#include "quantum/simulator/definite_qubits.h"

#include <gtest/gtest.h>

namespace quanta::quantum {
namespace {

Operation controlled_x(std::vector<unsigned> qubits, std::uint64_t control_state) {
  const auto n_controls = static_cast<unsigned>(qubits.size()) - 1;
  return {.gate = Gate::kX,
          .qubits = std::move(qubits),
          .n_controls = n_controls,
          .control_state = control_state};
}

TEST(DefiniteQubits, FollowWhatIsCertain) {
  DefiniteQubits qubits(4);
  Operation flip = controlled_x({0}, 0);
  EXPECT_TRUE(qubits.absorb(flip));
  EXPECT_EQ(qubits.value(0), true);
  Operation copy = controlled_x({0, 1}, 1);
  EXPECT_TRUE(qubits.absorb(copy));
  EXPECT_EQ(qubits.value(1), true);
  Operation off = controlled_x({0, 1, 2}, 1);  // qubit 1 must be 0
  EXPECT_TRUE(qubits.absorb(off));
  EXPECT_EQ(qubits.value(2), false);
  Operation barrier{.gate = Gate::kBarrier, .qubits = {0, 1, 2, 3}};
  EXPECT_TRUE(qubits.absorb(barrier));
  EXPECT_EQ(qubits.value(3), false);
}

TEST(DefiniteQubits, LeaveWhatIsNot) {
  DefiniteQubits qubits(4);
  Operation h{.gate = Gate::kH, .qubits = {1}};
  EXPECT_FALSE(qubits.absorb(h));
  EXPECT_EQ(qubits.value(1), std::nullopt);
  // Controls 0 (on 0), 1 (on 1), 2 (on 0): only that on qubit 1 is left.
  Operation gate = controlled_x({0, 1, 2, 3}, 0b010);
  EXPECT_FALSE(qubits.absorb(gate));
  EXPECT_EQ(gate.qubits, (std::vector<unsigned>{1, 3}));
  EXPECT_EQ(gate.n_controls, 1U);
  EXPECT_EQ(gate.control_state, 1U);
  EXPECT_EQ(qubits.value(0), false);
  EXPECT_EQ(qubits.value(3), std::nullopt);
  qubits.set(3, true);
  EXPECT_EQ(qubits.value(3), true);
}

TEST(DefiniteQubits, CountThoseOfACircuit) {
  Circuit circuit(6, 1);
  circuit.x(0).cx(0, 1).h(2).cx(2, 3).x(4).measure(5, 0);
  EXPECT_EQ(most_indefinite(circuit), 2U);
  EXPECT_EQ(most_indefinite(Circuit(0)), 0U);
}

TEST(DefiniteQubits, CountAtMostThoseAtOnce) {
  Circuit reused(2, 2);  // one ancilla, measured and used again
  reused.h(0).measure(0, 0).h(0).measure(0, 1).h(1);
  EXPECT_EQ(most_indefinite(reused), 1U);
  Circuit reset(3, 1);
  reset.h(0).h(1).reset(0).h(2);
  EXPECT_EQ(most_indefinite(reset), 2U);
  Circuit copied(3, 1);  // an outcome, whichever it is, is copied without a superposition
  copied.h(0).measure(0, 0).cx(0, 1).cx(1, 2);
  EXPECT_EQ(most_indefinite(copied), 1U);
  Circuit controlled(3, 1);  // where the outcome is 1, qubit 1 is in superposition
  controlled.h(0).measure(0, 0);
  ASSERT_TRUE(
      controlled.append({.gate = Gate::kH, .qubits = {0, 1}, .n_controls = 1, .control_state = 1}));
  controlled.h(2);
  EXPECT_EQ(most_indefinite(controlled), 2U);
  Circuit conditional(2, 1);  // a reset that may not happen
  conditional.h(0).h(1).measure(1, 0);
  ASSERT_TRUE(
      conditional.append({.gate = Gate::kReset, .qubits = {0}, .condition = Condition{{0}, 1}}));
  conditional.h(1);
  EXPECT_EQ(most_indefinite(conditional), 2U);
}

}  // namespace
}  // namespace quanta::quantum
