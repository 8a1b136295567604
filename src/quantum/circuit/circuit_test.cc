#include "quantum/circuit/circuit.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double distance(const std::vector<Amplitude>& a, const std::vector<Amplitude>& b) {
  double most = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

TEST(Circuit, MakesABellPair) {
  Circuit bell(2);
  bell.h(0).cx(0, 1);
  const auto state = simulate_plainly(bell);
  EXPECT_LT(distance(state, {M_SQRT1_2, 0, 0, M_SQRT1_2}), 1e-15);
}

TEST(Circuit, BadOperationsNameTheFieldAndAddNothing) {
  const auto payload = [](Payload p) { return std::make_shared<const Payload>(std::move(p)); };
  const struct {
    const char* name;
    Operation operation;
    const char* field;
  } cases[] = {
      {"qubit out of range", {.gate = Gate::kX, .qubits = {3}}, "qubits"},
      {"a qubit twice", {.gate = Gate::kSwap, .qubits = {1, 1}}, "qubits"},
      {"control is the target",
       {.gate = Gate::kX, .qubits = {1, 1}, .n_controls = 1, .control_state = 1},
       "qubits"},
      {"too few qubits", {.gate = Gate::kSwap, .qubits = {1}}, "qubits"},
      {"too few angles", {.gate = Gate::kRx, .qubits = {1}}, "angles"},
      {"angle not a number", {.gate = Gate::kRx, .qubits = {1}, .angles = {kNaN}}, "angles"},
      {"infinite angle", {.gate = Gate::kRx, .qubits = {1}, .angles = {HUGE_VAL}}, "angles"},
      {"measure without a bit", {.gate = Gate::kMeasure, .qubits = {1}}, "bits"},
      {"bit out of range", {.gate = Gate::kMeasure, .qubits = {1}, .bit = 2}, "bits"},
      {"condition on no bit",
       {.gate = Gate::kX, .qubits = {1}, .condition = Condition{.bits = {7}}},
       "bits"},
      {"controlled reset", {.gate = Gate::kReset, .qubits = {0, 1}, .n_controls = 1}, "controls"},
      {"matrix not unitary",
       {.gate = Gate::kUnitary, .qubits = {0}, .payload = payload({.numbers = {1, 0, 0, 2}})},
       "matrix"},
      {"matrix with a NaN",
       {.gate = Gate::kUnitary, .qubits = {0}, .payload = payload({.numbers = {1, 0, 0, kNaN}})},
       "matrix"},
      {"matrix of the wrong size",
       {.gate = Gate::kUnitary, .qubits = {0, 1}, .payload = payload({.numbers = {1, 0, 0, 1}})},
       "matrix"},
      {"unitary without a matrix", {.gate = Gate::kUnitary, .qubits = {0}}, "matrix"},
      {"diagonal of another modulus",
       {.gate = Gate::kDiagonal, .qubits = {0}, .payload = payload({.numbers = {1, 2}})},
       "diagonal"},
      {"state not of norm 1",
       {.gate = Gate::kStatePreparation, .qubits = {0}, .payload = payload({.numbers = {1, 1}})},
       "state"},
      {"no permutation",
       {.gate = Gate::kPermutation, .qubits = {0}, .payload = payload({.images = {1, 1}})},
       "permutation"},
      {"other letters",
       {.gate = Gate::kPauliExponential,
        .qubits = {0, 1},
        .angles = {0.1},
        .payload = payload({.paulis = "XQ"})},
       "paulis"},
      {"too few letters",
       {.gate = Gate::kPauliExponential,
        .qubits = {0, 1},
        .angles = {0.1},
        .payload = payload({.paulis = "X"})},
       "paulis"},
      {"defined without a body", {.gate = Gate::kDefined, .qubits = {0}}, "body"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Circuit circuit(3, 2);
    const auto added = circuit.append(c.operation);
    ASSERT_FALSE(added.has_value());
    EXPECT_EQ(added.error().field, c.field);
    EXPECT_FALSE(added.error().message.empty());
    EXPECT_TRUE(circuit.operations().empty());
  }
}

TEST(Circuit, AnglesAreLinearInNamedParameters) {
  Circuit circuit(1);
  const Angle a = circuit.parameter("a");
  const Angle b = circuit.parameter("b");
  EXPECT_EQ(circuit.parameter("a"), a);
  const Angle sum = 2.0 * b + 0.5 - a + 3.0 * a;
  const double values[] = {10.0, 100.0};
  EXPECT_EQ(sum.value(values), 220.5);
  EXPECT_TRUE((a - a).is_number());
  circuit.rx(sum, 0);
  const auto bound = circuit.bind(values);
  ASSERT_TRUE(bound.has_value());
  EXPECT_EQ(bound->operations()[0].angles[0], Angle(220.5));
  EXPECT_EQ(circuit.bind(std::span(values).first(1)).error().field, "parameters");
}

// A phase inside a defined gate is relative under a control: kept through expand().
TEST(Circuit, ExpandingKeepsThePhaseOfADefinedGateUnderControls) {
  Circuit body(1);
  body.rz(0.8, 0);
  body.add_global_phase(0.4);  // together p(0.8)
  for (const std::uint64_t control_state : {3U, 1U, 2U, 0U}) {
    Circuit boxed(3);
    boxed.h(0).h(1).h(2);
    ASSERT_TRUE(boxed
                    .append({.gate = Gate::kDefined,
                             .qubits = {2, 0, 1},
                             .n_controls = 2,
                             .control_state = control_state,
                             .payload = std::make_shared<const Payload>(Payload{
                                 .name = "phase", .body = std::make_shared<const Circuit>(body)})})
                    .has_value());
    EXPECT_EQ(operation_name(boxed.operations()[3]), "ccphase");
    const Circuit flat = boxed.expand();
    for (const Operation& o : flat.operations()) EXPECT_NE(o.gate, Gate::kDefined);
    EXPECT_LT(distance(simulate_plainly(boxed), simulate_plainly(flat)), 1e-15);
  }
}

TEST(Circuit, NamesOfControlledGates) {
  Circuit circuit(7);
  circuit.cx(0, 1).ccx(0, 1, 2).mcx({0, 1, 2}, 3).mcx({0, 1, 2, 3, 4}, 5).crz(0.1, 0, 1);
  std::vector<std::string> names;
  for (const Operation& o : circuit.operations()) names.push_back(operation_name(o));
  EXPECT_EQ(names, (std::vector<std::string>{"cx", "ccx", "c3x", "mcx", "crz"}));
}

TEST(Circuit, PauliExponentialIsThatOfItsTensorProduct) {
  // exp(-i t ZX/2) with X on operand 0 is rzx(t) with its operands exchanged.
  Circuit a(2);
  a.h(0).t(0).h(1);
  Circuit b = a;
  ASSERT_TRUE(a.pauli_exponential("ZX", 0.7, {0, 1}).has_value());
  b.add(Gate::kRzx, {1, 0}, {0.7});
  EXPECT_LT(distance(simulate_plainly(a), simulate_plainly(b)), 1e-15);
}

}  // namespace
}  // namespace quanta::quantum
