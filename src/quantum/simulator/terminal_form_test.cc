#include "quantum/simulator/terminal_form.h"

#include <functional>

#include <gtest/gtest.h>

namespace quanta::quantum {
namespace {

void add(Circuit& circuit, Operation operation) {
  ASSERT_TRUE(circuit.append(std::move(operation)));
}

TEST(TerminalForm, IsDecidedByWhatFollowsTheMeasurements) {
  const Condition on_zero{.bits = {0}, .value = 1};
  const struct {
    const char* name;
    bool terminal;
    std::function<void(Circuit&)> build;
  } cases[] = {
      {"nothing measured", true, [](Circuit& c) { c.h(0); }},
      {"last of all", true, [](Circuit& c) { c.h(0).measure(0, 0).measure(1, 1); }},
      {"gates on other qubits", true, [](Circuit& c) { c.measure(0, 0).h(1).measure(1, 1); }},
      {"a barrier behind", true, [](Circuit& c) { c.measure(0, 0).barrier(); }},
      {"a gate behind", false, [](Circuit& c) { c.measure(0, 0).x(0); }},
      {"as a control", false, [](Circuit& c) { c.measure(0, 0).cx(0, 1); }},
      {"measured again", false, [](Circuit& c) { c.measure(0, 0).measure(0, 1); }},
      {"reset of a fresh qubit", true, [](Circuit& c) { c.reset(0).h(0).measure(0, 0); }},
      {"reset of a used qubit", true, [](Circuit& c) { c.h(0).reset(0); }},
      {"reset of a measured qubit", false, [](Circuit& c) { c.measure(0, 0).reset(0); }},
      {"a condition on an outcome", false,
       [&](Circuit& c) {
         c.measure(0, 0);
         add(c, {.gate = Gate::kX, .qubits = {1}, .condition = on_zero});
       }},
      {"a condition on a bit that is always 0", true,
       [&](Circuit& c) {
         add(c, {.gate = Gate::kX, .qubits = {1}, .condition = on_zero});
         c.measure(0, 0);
       }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Circuit circuit(2, 2);
    c.build(circuit);
    EXPECT_EQ(terminal_form(circuit).has_value(), c.terminal);
  }
}

TEST(TerminalForm, KeepsGatesAndTellsWhereBitsComeFrom) {
  Circuit circuit(2, 3);
  const Angle theta = circuit.parameter("theta");
  circuit.add_global_phase(0.5);
  add(circuit, {.gate = Gate::kX, .qubits = {0}, .condition = Condition{.bits = {2}, .value = 1}});
  add(circuit, {.gate = Gate::kZ, .qubits = {0}, .condition = Condition{.bits = {2}, .value = 0}});
  circuit.reset(1).rx(theta, 1).measure(0, 0).measure(1, 0);
  const auto form = terminal_form(circuit);
  ASSERT_TRUE(form.has_value());
  Circuit expected(2);
  expected.add_global_phase(0.5);
  expected.z(0).rx(expected.parameter("theta"), 1);
  EXPECT_EQ(form->before, expected);
  EXPECT_FALSE(form->resets);
  // Bit 0 was written twice: the second stays.
  EXPECT_EQ(form->sources, (std::vector<std::optional<unsigned>>{1U, std::nullopt, std::nullopt}));
}

TEST(TerminalForm, KeepsResetsOfUsedQubits) {
  Circuit circuit(2, 1);
  circuit.reset(0).h(0).cx(0, 1).reset(0).measure(1, 0);
  const auto form = terminal_form(circuit);
  ASSERT_TRUE(form.has_value());
  EXPECT_TRUE(form->resets);
  Circuit expected(2);
  expected.h(0).cx(0, 1).reset(0);
  EXPECT_EQ(form->before, expected);
}

TEST(TerminalForm, LooksIntoDefinedGates) {
  Circuit body(1);
  body.h(0);
  Circuit circuit(1, 1);
  circuit.measure(0, 0);
  ASSERT_TRUE(circuit.defined("mine", body, {0}));
  EXPECT_FALSE(terminal_form(circuit).has_value());
}

}  // namespace
}  // namespace quanta::quantum
