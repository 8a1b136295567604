#include "quantum/transpiler/optimize.h"

#include <algorithm>
#include <numbers>

#include <gtest/gtest.h>

#include "core/enum_text.h"
#include "core/random.h"
#include "quantum/circuit/algebra.h"
#include "quantum/circuit/circuit_statistics.h"
#include "quantum/transpiler/basis.h"
#include "quantum/transpiler/equivalence.h"
#include "quantum/transpiler/random_circuit_for_tests.h"

namespace quanta::quantum {
namespace {

constexpr double kPi = std::numbers::pi;

Optimized optimized(const Circuit& circuit, const OptimizeOptions& options = {}) {
  const auto result = optimize(circuit, options, {});
  EXPECT_TRUE(result.has_value()) << result.error().message;
  return result.has_value() ? *result : Optimized{Circuit(), Circuit(), 0};
}

std::size_t gates(const Circuit& circuit) {
  return static_cast<std::size_t>(std::ranges::count_if(
      circuit.operations(), [](const Operation& o) { return o.gate != Gate::kBarrier; }));
}

std::size_t two_qubit_gates(const Circuit& circuit) {
  return static_cast<std::size_t>(std::ranges::count_if(circuit.operations(), [](const auto& o) {
    return o.gate != Gate::kBarrier && o.qubits.size() > 1;
  }));
}

/// No figure of the first above that of the second, by the statistics that users see.
void expect_no_larger(const Circuit& after, const Circuit& before) {
  const CircuitStatistics a = circuit_statistics(after);
  const CircuitStatistics b = circuit_statistics(before);
  EXPECT_LE(gates(after), gates(before));
  EXPECT_LE(two_qubit_gates(after), two_qubit_gates(before));
  EXPECT_LE(a.depth, b.depth);
  EXPECT_LE(a.two_qubit_depth, b.two_qubit_depth);
}

void expect_equivalent(const Circuit& a, const Circuit& b, Preserve preserve) {
  const auto result = equivalent(a, b, {.preserve = preserve}, {});
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->equal) << quanta::to_text<Proof>(result->proof) << " " << result->deviation;
  EXPECT_NE(result->proof, Proof::kNone);
}

/// Everything that must hold of any circuit.
void check(const Circuit& circuit, const OptimizeOptions& options = {}) {
  const Optimized once = optimized(circuit, options);
  expect_no_larger(once.circuit, once.baseline);
  expect_equivalent(once.baseline, once.circuit, options.preserve);
  const Optimized twice = optimized(once.circuit, options);
  EXPECT_EQ(twice.circuit, once.circuit);
  EXPECT_EQ(twice.rounds, 0U);
}

TEST(Optimize, BadOptionsNameTheField) {
  const struct {
    const char* name;
    OptimizeOptions options;
    const char* field;
  } cases[] = {
      {"no such gate", {.basis = {"cx", "uu"}}, "basis"},
      {"no gate for two qubits", {.basis = {"u"}}, "basis"},
      {"no such level", {.level = 3}, "level"},
  };
  for (const auto& c : cases) {
    const auto result = optimize(Circuit(1), c.options, {});
    ASSERT_FALSE(result.has_value()) << c.name;
    EXPECT_EQ(result.error().field, c.field);
  }
}

TEST(Optimize, KnownIdentitiesVanish) {
  Circuit body(2);
  body.h(0).cx(0, 1).rz(0.3, 1);
  const auto make = [](unsigned n, const auto& fill) {
    Circuit circuit(n);
    fill(circuit);
    return circuit;
  };
  const struct {
    const char* name;
    Circuit circuit;
  } cases[] = {
      {"cx cx", make(2, [](Circuit& c) { c.cx(0, 1).cx(0, 1); })},
      {"h x h z", make(1, [](Circuit& c) { c.h(0).x(0).h(0).z(0); })},
      {"swap swap", make(2, [](Circuit& c) { c.swap(0, 1).swap(1, 0); })},
      {"rz across a control",
       make(2, [](Circuit& c) { c.rz(0.3, 0).cx(0, 1).rz(-0.3, 0).cx(0, 1); })},
      {"rx across a target",
       make(2, [](Circuit& c) { c.rx(0.3, 1).cx(0, 1).rx(-0.3, 1).cx(0, 1); })},
      {"u and its inverse",
       make(1, [](Circuit& c) { c.u(0.3, 0.4, 0.5, 0).u(-0.3, -0.5, -0.4, 0); })},
      {"cz cz through rz", make(2, [](Circuit& c) { c.cz(0, 1).rz(1.0, 0).cz(1, 0).rz(-1.0, 0); })},
      {"ccx ccx, controls exchanged", make(3, [](Circuit& c) { c.ccx(0, 1, 2).ccx(1, 0, 2); })},
      {"ccx through cx",
       make(4, [](Circuit& c) { c.ccx(0, 1, 2).cx(0, 3).ccx(0, 1, 2).cx(0, 3); })},
      {"three cx and a swap", make(2, [](Circuit& c) { c.cx(0, 1).cx(1, 0).cx(0, 1).swap(0, 1); })},
      {"cx both ways between h",
       make(2, [](Circuit& c) { c.cx(0, 1).h(0).h(1).cx(1, 0).h(0).h(1); })},
      {"phases of the same parity",
       make(3,
            [](Circuit& c) {
              c.cx(0, 1).rz(0.7, 1).cx(0, 1).h(2).cx(1, 0).rz(-0.7, 0).cx(1, 0).h(2);
            })},
      {"phases of opposite parity", make(1, [](Circuit& c) { c.t(0).x(0).t(0).x(0); })},
      {"iswap undone", make(2,
                            [](Circuit& c) {
                              c.add(Gate::kIswap, {0, 1}).add(Gate::kXxPlusYy, {0, 1}, {kPi, 0.0});
                            })},
      {"crz turned twice", make(2, [](Circuit& c) { c.crz(2 * kPi, 0, 1).z(0); })},
      {"turns by 4 pi", make(2, [](Circuit& c) { c.crx(4 * kPi, 0, 1).rzz(2 * kPi, 0, 1); })},
      {"sx four times", make(1, [](Circuit& c) { c.sx(0).sx(0).sx(0).sx(0); })},
      {"nothing", make(2, [](Circuit& c) { c.add(Gate::kI, {0}).rz(0.0, 1).p(2 * kPi, 0); })},
      {"rxx through ryy",
       make(2,
            [](Circuit& c) { c.rxx(0.4, 0, 1).ryy(0.9, 0, 1).rxx(-0.4, 1, 0).ryy(-0.9, 0, 1); })},
      {"a block of eight cx", make(2,
                                   [](Circuit& c) {
                                     for (int i = 0; i < 2; ++i)
                                       c.cx(0, 1).cx(1, 0).cx(0, 1).swap(0, 1);
                                   })},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Optimized result = optimized(c.circuit);
    // A phase of opposite parity is left as a global phase; all else is nothing at all.
    EXPECT_EQ(gates(result.circuit), 0U);
    expect_equivalent(c.circuit, result.circuit, Preserve::kUnitary);
    // Under a control nothing is left either: the phase that remains is exact.
    Circuit kept = result.circuit;
    const auto phase = controlled(c.circuit, 1);
    const auto phase_after = controlled(kept, 1);
    ASSERT_TRUE(phase.has_value() && phase_after.has_value());
    expect_equivalent(*phase, *phase_after, Preserve::kUnitary);
  }
}

TEST(Optimize, KnownCircuitsReachTheirSize) {
  const auto make = [](unsigned n, const auto& fill) {
    Circuit circuit(n);
    fill(circuit);
    return circuit;
  };
  const struct {
    const char* name;
    Circuit circuit;
    std::size_t gates;
    std::size_t two_qubit;
  } cases[] = {
      {"a run", make(1, [](Circuit& c) { c.h(0).t(0).h(0).s(0).rx(0.2, 0); }), 1, 0},
      {"h cx h is cz", make(2, [](Circuit& c) { c.h(1).cx(0, 1).h(1); }), 1, 1},
      {"cx between h turns round", make(2, [](Circuit& c) { c.h(0).h(1).cx(0, 1).h(0).h(1); }), 1,
       1},
      {"t t is s", make(2, [](Circuit& c) { c.t(0).cx(0, 1).t(0); }), 2, 1},
      {"a turn meets a gate through a control",
       make(2, [](Circuit& c) { c.rz(0.3, 0).cx(0, 1).h(0); }), 2, 1},
      {"four cx become three",
       make(2,
            [](Circuit& c) {
              for (int i = 0; i < 4; ++i)
                c.cx(0, 1).u(0.3 + i, 0.4, 0.5, 0).u(0.6, 0.7 + i, 0.8, 1);
              for (int i = 0; i < 4; ++i) c.cx(1, 0).u(0.3, 0.4 + i, 0.5, 0).u(0.6, 0.7, 0.8, 1);
            }),
       10, 3},
      {"four cx of cp cp",
       make(2,
            [](Circuit& c) {
              c.cx(0, 1).rz(0.3, 1).cx(0, 1).h(0).h(0).cx(0, 1).rz(0.2, 1).cx(0, 1);
            }),
       3, 2},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Optimized result = optimized(c.circuit);
    EXPECT_EQ(gates(result.circuit), c.gates);
    EXPECT_EQ(two_qubit_gates(result.circuit), c.two_qubit);
    expect_equivalent(c.circuit, result.circuit, Preserve::kUnitary);
  }
}

TEST(Optimize, RandomCircuitsStayTheSameAndNeverGrow) {
  RandomStream random(11, "optimize");
  for (unsigned n = 1; n <= 6; ++n) {
    for (int i = 0; i < 25; ++i) {
      SCOPED_TRACE(::testing::Message() << n << " qubits, case " << i);
      check(random_circuit({.n_qubits = n,
                            .n_gates = 10 + static_cast<unsigned>(random.below(30)),
                            .tables = i % 3 == 0},
                           random));
      if (HasFailure()) return;
    }
  }
}

TEST(Optimize, NamedAnglesStayNamed) {
  RandomStream random(12, "optimize");
  for (int i = 0; i < 25; ++i) {
    SCOPED_TRACE(i);
    const Circuit circuit = random_circuit({.n_qubits = 2 + static_cast<unsigned>(i % 3),
                                            .n_gates = 25,
                                            .tables = true,
                                            .n_parameters = 2},
                                           random);
    check(circuit);
    check(circuit, {.basis = {"cx", "rz", "sx", "x"}});
    if (HasFailure()) return;
  }
  Circuit circuit(2);
  const Angle t = circuit.parameter("t");
  circuit.rz(t, 0).cx(0, 1).rz(-t, 0).rx(2.0 * t, 1).cx(0, 1).rx(-2.0 * t + 0.5, 1);
  const Optimized result = optimized(circuit);
  EXPECT_EQ(gates(result.circuit), 1U);
  EXPECT_EQ(result.circuit.parameters().size(), 1U);
}

// Sums of very many angles lose digits where they are let grow.
TEST(Optimize, VeryManyTurnsKeepTheirDigits) {
  Circuit mixed(2);
  Circuit alike(2);
  Circuit pairs(2);
  mixed.h(0).h(1);
  alike.h(0).h(1);
  pairs.h(0).h(1);
  for (int i = 0; i < 10'000; ++i) {
    mixed.t(0).rz(0.1, 0);
    alike.t(0).t(0).t(0);
    pairs.rzz(0.1, 0, 1).p(0.3, 1);
  }
  for (const Circuit* circuit : {&mixed, &alike, &pairs}) {
    const Optimized found = optimized(*circuit);
    EXPECT_LT(gates(found.circuit), 10U);
    const auto proof = equivalent(*circuit, found.circuit, {}, {});
    ASSERT_TRUE(proof.has_value());
    EXPECT_TRUE(proof->equal);
    EXPECT_LT(proof->deviation, 3e-12);
  }
}

TEST(Optimize, MeasurementsResetsAndConditionsAreFences) {
  RandomStream random(13, "optimize");
  for (int i = 0; i < 40; ++i) {
    SCOPED_TRACE(i);
    const Circuit circuit = random_circuit({.n_qubits = 1 + static_cast<unsigned>(i % 4),
                                            .n_gates = 25,
                                            .tables = i % 4 == 0,
                                            .classical = true},
                                           random);
    check(circuit);
    check(circuit, {.preserve = Preserve::kOutcomes});
    check(circuit, {.basis = {"cx", "rz", "sx", "x"}});
    if (HasFailure()) return;
  }
  Circuit fences(2, 1);
  fences.x(0).barrier({0}).x(0).h(1).measure(1, 0).h(1);
  ASSERT_TRUE(
      fences.append({.gate = Gate::kX, .qubits = {0}, .condition = Condition{{0}, 1}}).has_value());
  ASSERT_TRUE(
      fences.append({.gate = Gate::kX, .qubits = {0}, .condition = Condition{{0}, 1}}).has_value());
  EXPECT_EQ(optimized(fences).circuit, fences);
}

TEST(Optimize, OutcomesNeedLess) {
  const auto make = [](unsigned n, unsigned bits, const auto& fill) {
    Circuit circuit(n, bits);
    fill(circuit);
    return circuit;
  };
  const struct {
    const char* name;
    Circuit circuit;
    std::size_t gates;
  } cases[] = {
      {"diagonals before measurements",
       make(2, 2,
            [](Circuit& c) {
              c.h(0).h(1).cz(0, 1).rz(0.4, 0).rzz(0.2, 0, 1).measure(0, 0).measure(1, 1);
            }),
       4},
      {"a control that is not met", make(2, 1, [](Circuit& c) { c.cx(1, 0).measure(0, 0); }), 1},
      {"a control that is met",
       make(3, 2, [](Circuit& c) { c.x(2).h(0).ccx(2, 0, 1).measure(0, 0).measure(1, 1); }), 4},
      {"qubits not looked at",
       make(3, 1, [](Circuit& c) { c.h(0).h(1).cx(0, 1).cx(1, 2).measure(0, 0); }), 2},
      {"resets of |0>", make(1, 1, [](Circuit& c) { c.reset(0).reset(0).h(0).measure(0, 0); }), 2},
      {"what a reset forgets",
       make(1, 1, [](Circuit& c) { c.h(0).t(0).reset(0).x(0).measure(0, 0); }), 2},
      {"no measurement counts as all", make(2, 0, [](Circuit& c) { c.h(0).t(0).cz(0, 1); }), 1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Optimized result = optimized(c.circuit, {.preserve = Preserve::kOutcomes});
    EXPECT_EQ(gates(result.circuit), c.gates);
    expect_equivalent(c.circuit, result.circuit, Preserve::kOutcomes);
    // Not so where the unitary is to stay.
    expect_equivalent(c.circuit, optimized(c.circuit).circuit, Preserve::kUnitary);
  }
}

TEST(Optimize, BasesAreKeptTo) {
  const std::vector<std::string> bases[] = {{"cx", "rz", "sx", "x"},  {"cz", "rz", "sx", "x"},
                                            {"ecr", "rz", "sx", "x"}, {"cx", "u3"},
                                            {"rzz", "r", "rz"},       {"cz", "prx"},
                                            {"cx", "h", "p"},         {"rxx", "rx", "ry"}};
  RandomStream random(14, "optimize");
  for (const auto& names : bases) {
    const auto basis = Basis::parse(names);
    ASSERT_TRUE(basis.has_value());
    for (int i = 0; i < 4; ++i) {
      SCOPED_TRACE(names[0] + "," + names[1]);
      const Circuit circuit = random_circuit(
          {.n_qubits = 1 + static_cast<unsigned>(i), .n_gates = 20, .tables = true}, random);
      const OptimizeOptions options{.basis = names};
      check(circuit, options);
      const Optimized result = optimized(circuit, options);
      for (const Operation& operation : result.circuit.operations()) {
        EXPECT_TRUE(basis->allows(operation)) << operation_name(operation);
      }
      expect_equivalent(circuit, result.circuit, Preserve::kUnitary);
      if (HasFailure()) return;
    }
  }
}

TEST(Optimize, DefinitionsStayWhereExpandingThemWouldGrow) {
  Circuit body(2);
  body.h(0).h(0).cx(0, 1).t(1).h(1);
  body.add_global_phase(0.3);
  Circuit circuit(3);
  ASSERT_TRUE(circuit.defined("block", body, {0, 1}).has_value());
  Operation controlled_block = circuit.operations()[0];
  controlled_block.qubits = {2, 0, 1};
  controlled_block.n_controls = 1;
  controlled_block.control_state = 1;
  ASSERT_TRUE(circuit.append(controlled_block).has_value());
  const Optimized result = optimized(circuit);
  EXPECT_EQ(gates(result.circuit), 2U);
  const auto operations = result.circuit.operations();
  ASSERT_EQ(operations[0].gate, Gate::kDefined);
  EXPECT_EQ(operations[0].payload->body->operations().size(), 2U);  // cx and one gate
  check(circuit);

  Circuit undone(2);
  ASSERT_TRUE(undone.defined("block", body, {0, 1}).has_value());
  ASSERT_TRUE(undone.append(inverse(undone.operations()[0])).has_value());
  EXPECT_EQ(gates(optimized(undone).circuit), 0U);
  check(undone);
}

TEST(Optimize, ALevelDoesWhatItSays) {
  Circuit circuit(2);
  for (int i = 0; i < 4; ++i) circuit.cx(0, 1).u(0.3 + i, 0.4, 0.5, 0).u(0.6, 0.7 + i, 0.8, 1);
  circuit.h(0).h(0);
  EXPECT_EQ(optimized(circuit, {.level = 0}).circuit, circuit);
  EXPECT_EQ(two_qubit_gates(optimized(circuit, {.level = 1}).circuit), 4U);
  EXPECT_EQ(gates(optimized(circuit, {.level = 1}).circuit), 12U);
  EXPECT_EQ(two_qubit_gates(optimized(circuit, {.level = 2}).circuit), 3U);
}

TEST(Optimize, JoinsNoQubitsThatWereApart) {
  RandomStream random(15, "optimize");
  for (int i = 0; i < 20; ++i) {
    Circuit line(5);
    for (int g = 0; g < 60; ++g) {
      const auto q = static_cast<unsigned>(random.below(4));
      if (random.below(2) == 0) line.cx(q, q + 1);
      if (random.below(2) == 0) line.rz(0.25 * kPi * static_cast<double>(random.below(8)), q);
      if (random.below(3) == 0) line.h(q);
    }
    const Optimized result = optimized(line);
    for (const Operation& operation : result.circuit.operations()) {
      if (operation.qubits.size() == 2) {
        EXPECT_EQ(std::max(operation.qubits[0], operation.qubits[1]),
                  std::min(operation.qubits[0], operation.qubits[1]) + 1);
      }
    }
  }
}

TEST(Optimize, DefinitionsThatExplodeStayAsTheyAre) {
  // Each holds the one before twice: 2^40 gates.
  Circuit body(1);
  body.t(0).t(0);
  for (int i = 0; i < 40; ++i) {
    Circuit twice(1);
    ASSERT_TRUE(twice.defined("d", body, {0}).has_value());
    ASSERT_TRUE(twice.append(twice.operations()[0]).has_value());
    body = twice;
  }
  EXPECT_EQ(gates(optimized(body).circuit), 2U);
  const auto in_basis = optimize(body, {.basis = {"cx", "u"}}, {});
  ASSERT_FALSE(in_basis.has_value());
  EXPECT_EQ(in_basis.error().kind, ErrorKind::kResource);
  EXPECT_EQ(in_basis.error().field, "circuit");
}

TEST(Optimize, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  Circuit circuit(1);
  circuit.h(0).h(0);
  const auto result = optimize(circuit, {}, {.stop = stop.get_token()});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kCancelled);
}

}  // namespace
}  // namespace quanta::quantum
