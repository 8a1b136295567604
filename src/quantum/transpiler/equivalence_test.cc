#include "quantum/transpiler/equivalence.h"

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/transpiler/random_circuit_for_tests.h"

namespace quanta::quantum {
namespace {

Equivalence compare(const Circuit& a, const Circuit& b, Preserve preserve = Preserve::kUnitary) {
  const auto result = equivalent(a, b, {.preserve = preserve}, {});
  EXPECT_TRUE(result.has_value());
  return result.value_or(Equivalence{});
}

TEST(Equivalence, BadInputNamesTheField) {
  Circuit named(1);
  named.rx(named.parameter("t"), 0);
  Circuit other(1);
  other.rx(other.parameter("s"), 0);
  const struct {
    const char* name;
    Circuit a, b;
    const char* field;
  } cases[] = {
      {"other qubits", Circuit(2), Circuit(3), "qubits"},
      {"other bits", Circuit(2, 1), Circuit(2), "bits"},
      {"a parameter more", named, Circuit(1), "parameters"},
      {"other names", named, other, "parameters"},
  };
  for (const auto& c : cases) {
    const auto result = equivalent(c.a, c.b, {}, {});
    ASSERT_FALSE(result.has_value()) << c.name;
    EXPECT_EQ(result.error().field, c.field);
  }
}

TEST(Equivalence, TellsTheSameFromTheSimilar) {
  const auto make = [](unsigned n, unsigned bits, const auto& fill) {
    Circuit circuit(n, bits);
    fill(circuit);
    return circuit;
  };
  const struct {
    const char* name;
    Circuit a, b;
    bool equal;
    Proof proof;
  } cases[] = {
      {"global phase", make(1, 0, [](Circuit& c) { c.rz(1.0, 0); }),
       make(1, 0, [](Circuit& c) { c.p(1.0, 0); }), true, Proof::kUnitary},
      {"phase under control", make(2, 0, [](Circuit& c) { c.crz(1.0, 0, 1); }),
       make(2, 0, [](Circuit& c) { c.cp(1.0, 0, 1); }), false, Proof::kUnitary},
      {"swap", make(2, 0, [](Circuit& c) { c.swap(0, 1); }),
       make(2, 0, [](Circuit& c) { c.cx(0, 1).cx(1, 0).cx(0, 1); }), true, Proof::kUnitary},
      {"a tiny angle", make(1, 0, [](Circuit& c) { c.rx(1e-8, 0); }), Circuit(1), false,
       Proof::kUnitary},
      {"rounding", make(1, 0, [](Circuit& c) { c.rx(1e-12, 0); }), Circuit(1), true,
       Proof::kUnitary},
      {"eleven qubits", make(11, 0, [](Circuit& c) { c.h(10).cx(10, 0).h(10); }),
       make(11, 0, [](Circuit& c) { c.h(0).cx(0, 10).h(0); }), true, Proof::kRandomStates},
      {"eleven qubits that differ", make(11, 0, [](Circuit& c) { c.cz(10, 0); }), Circuit(11),
       false, Proof::kRandomStates},
      {"a sign on one state of 2^11",
       make(11, 0,
            [](Circuit& c) { c.add_controlled(Gate::kZ, 10, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}); }),
       Circuit(11), false, Proof::kRandomStates},
      {"the same last measurements", make(2, 2, [](Circuit& c) { c.z(0).z(0).measure(0, 1); }),
       make(2, 2, [](Circuit& c) { c.measure(0, 1); }), true, Proof::kUnitary},
      {"another bit", make(2, 2, [](Circuit& c) { c.measure(0, 1); }),
       make(2, 2, [](Circuit& c) { c.measure(0, 0); }), false, Proof::kBranches},
      {"a dropped measurement", make(1, 1, [](Circuit& c) { c.measure(0, 0); }), Circuit(1, 1),
       false, Proof::kBranches},
      {"a diagonal before the measurement", make(1, 1, [](Circuit& c) { c.t(0).measure(0, 0); }),
       make(1, 1, [](Circuit& c) { c.measure(0, 0); }), false, Proof::kUnitary},
      {"through a measurement", make(1, 1, [](Circuit& c) { c.t(0).measure(0, 0).h(0); }),
       make(1, 1, [](Circuit& c) { c.measure(0, 0).h(0); }), true, Proof::kBranches},
      {"not through one", make(1, 1, [](Circuit& c) { c.h(0).measure(0, 0).h(0); }),
       make(1, 1, [](Circuit& c) { c.measure(0, 0); }), false, Proof::kBranches},
      {"a reset hides", make(2, 0, [](Circuit& c) { c.cx(0, 1).reset(0); }),
       make(2, 0, [](Circuit& c) { c.reset(0); }), false, Proof::kBranches},
      {"no qubits", Circuit(0), Circuit(0), true, Proof::kUnitary},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Equivalence result = compare(c.a, c.b);
    EXPECT_EQ(result.equal, c.equal) << result.deviation;
    EXPECT_EQ(result.proof, c.proof);
  }
}

TEST(Equivalence, OutcomesAreWhatMeasurementsSee) {
  Circuit a(3, 2);
  a.h(0).cx(0, 1).t(0).measure(0, 0).measure(1, 1);
  Circuit b(3, 2);
  b.h(1).cx(1, 0).h(2).measure(0, 0).measure(1, 1);
  EXPECT_TRUE(compare(a, b, Preserve::kOutcomes).equal);
  EXPECT_FALSE(compare(a, b).equal);
  Circuit c(3, 2);
  c.h(0).h(1).measure(0, 0).measure(1, 1);
  const Equivalence differs = compare(a, c, Preserve::kOutcomes);
  EXPECT_FALSE(differs.equal);
  EXPECT_EQ(differs.proof, Proof::kOutcomes);
  EXPECT_NEAR(differs.deviation, 0.25, 1e-12);

  // Teleportation: the last bit is that of the state sent, whatever the others say.
  Circuit teleport(3, 3);
  teleport.ry(0.7, 0).h(1).cx(1, 2).cx(0, 1).h(0).measure(0, 0).measure(1, 1);
  ASSERT_TRUE(
      teleport
          .append(
              {.gate = Gate::kX, .qubits = {2}, .condition = Condition{.bits = {1}, .value = 1}})
          .has_value());
  teleport.measure(2, 2);
  Circuit direct(3, 3);
  direct.h(0).h(1).ry(0.7, 2).measure(0, 0).measure(1, 1).measure(2, 2);
  EXPECT_TRUE(compare(teleport, direct, Preserve::kOutcomes).equal);

  // Without measurements: of all qubits.
  Circuit plus(1);
  plus.h(0);
  Circuit minus(1);
  minus.h(0).z(0);
  EXPECT_TRUE(compare(plus, minus, Preserve::kOutcomes).equal);
  EXPECT_FALSE(compare(plus, Circuit(1), Preserve::kOutcomes).equal);
}

TEST(Equivalence, ParametersAreTriedAtRandomValues) {
  Circuit a(1);
  const Angle s = a.parameter("s");
  const Angle t = a.parameter("t");
  a.rz(s, 0).rz(t, 0);
  Circuit b(1);
  const Angle t2 = b.parameter("t");  // in another order
  const Angle s2 = b.parameter("s");
  b.rz(s2 + t2, 0);
  EXPECT_TRUE(compare(a, b).equal);
  Circuit c(1);
  (void)c.parameter("s");
  c.rz(c.parameter("t") - c.parameter("s"), 0);
  EXPECT_FALSE(compare(a, c).equal);
}

TEST(Equivalence, SaysWhenItIsTooLarge) {
  EXPECT_EQ(compare(Circuit(30), Circuit(30)).proof, Proof::kNone);
  EXPECT_FALSE(compare(Circuit(30), Circuit(30)).equal);
  EXPECT_EQ(compare(Circuit(4096), Circuit(4096)).proof, Proof::kNone);
  Circuit branching(1, 1);
  for (int i = 0; i < 13; ++i) branching.h(0).measure(0, 0);
  branching.h(0);
  EXPECT_EQ(compare(branching, branching, Preserve::kOutcomes).proof, Proof::kNone);
  // Doubled thirty times: 2^30 gates.
  Circuit body(1);
  body.x(0);
  for (int i = 0; i < 30; ++i) {
    Circuit twice(1);
    ASSERT_TRUE(twice.defined("d", body, {0}).has_value());
    ASSERT_TRUE(twice.append(twice.operations()[0]).has_value());
    body = twice;
  }
  EXPECT_EQ(compare(body, body).proof, Proof::kNone);
}

TEST(Equivalence, AnyGateMoreIsSeen) {
  // What a circuit with measurements and conditions does changes with each gate put into it.
  RandomStream random(5, "equivalence");
  for (int i = 0; i < 10; ++i) {
    const Circuit a = random_circuit({.n_qubits = 3, .n_gates = 15, .classical = true}, random);
    Circuit b = a;
    b.rx(0.3, static_cast<unsigned>(random.below(3)));
    EXPECT_TRUE(compare(a, a).equal);
    EXPECT_FALSE(compare(a, b).equal);
  }
}

TEST(Equivalence, SameBitsForAnyNumberOfThreads) {
  RandomStream random(6, "threads");
  const Circuit a = random_circuit({.n_qubits = 6, .n_gates = 40}, random);
  Circuit b = a;
  b.rz(1e-6, 0);
  std::vector<double> deviations;
  for (const std::size_t threads : {1, 2, 7}) {
    ThreadPool pool(threads);
    deviations.push_back(equivalent(a, b, {}, {.pool = &pool})->deviation);
  }
  EXPECT_EQ(deviations[0], deviations[1]);
  EXPECT_EQ(deviations[0], deviations[2]);
  EXPECT_NEAR(deviations[0], 0.5e-6, 0.3e-6);
}

}  // namespace
}  // namespace quanta::quantum
