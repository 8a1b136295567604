#include "quantum/transpiler/one_qubit.h"

#include <cmath>
#include <numbers>
#include <string>

#include <gtest/gtest.h>

#include "core/random.h"

namespace quanta::quantum {
namespace {

constexpr double kPi = std::numbers::pi;

Matrix2 of_gate(Gate gate, std::initializer_list<double> angles = {}) {
  const std::vector<Amplitude> m = gate_matrix(gate, angles);
  return {m[0], m[1], m[2], m[3]};
}

Matrix2 of_angles(const EulerAngles& e) {
  return scaled(of_gate(Gate::kU, {e.theta, e.phi, e.lambda, 0.0}), std::polar(1.0, e.phase));
}

/// The product of a sequence, its phase included.
Matrix2 of_sequence(const GateSequence& sequence, std::span<const double> parameters = {}) {
  Matrix2 product = scaled(kIdentity2, std::polar(1.0, sequence.phase.value(parameters)));
  for (const Operation& operation : sequence.operations) {
    const std::vector<Amplitude> m = operand_matrix(operation, parameters);
    product = Matrix2{m[0], m[1], m[2], m[3]} * product;
  }
  return product;
}

Basis basis_of(std::vector<std::string> names) {
  names.emplace_back("cx");
  const auto basis = Basis::parse(names);
  EXPECT_TRUE(basis.has_value());
  return *basis;
}

/// Random in U(2), now and then one of the corners.
Matrix2 random_unitary(RandomStream& random) {
  const auto angle = [&] {
    const double corners[] = {0.0, kPi / 2, kPi, -kPi / 2, 1e-9, kPi - 1e-9, 1e-13, kPi / 4};
    return random.below(3) == 0 ? corners[random.below(8)] : random.uniform() * 2 * kPi - kPi;
  };
  const double t = angle();
  const double f = angle();
  const double l = angle();
  return scaled(of_gate(Gate::kU, {t, f, l, 0.0}), std::polar(1.0, angle()));
}

TEST(OneQubit, BadBasesNameTheField) {
  const struct {
    const char* name;
    std::vector<std::string> names;
    const char* says;
  } cases[] = {
      {"nothing", {}, "one-qubit"},
      {"no such gate", {"cx", "u9"}, "u9"},
      {"a measurement", {"cx", "u", "measure"}, "measure"},
      {"only turns about z", {"cx", "rz"}, "one-qubit"},
      {"only Clifford gates", {"cx", "h", "s"}, "one-qubit"},
      {"nothing that entangles", {"u"}, "entangles"},
      {"a swap does not entangle", {"u", "swap"}, "entangles"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto basis = Basis::parse(c.names);
    ASSERT_FALSE(basis.has_value());
    EXPECT_EQ(basis.error().field, "basis");
    EXPECT_NE(basis.error().message.find(c.says), std::string::npos) << basis.error().message;
  }
}

TEST(OneQubit, EulerAnglesRebuildTheMatrix) {
  RandomStream random(3, "euler");
  for (int i = 0; i < 20'000; ++i) {
    const Matrix2 u = random_unitary(random);
    const EulerAngles e = euler_angles(u);
    ASSERT_LT(distance(of_angles(e), u), 2e-14) << i;
    EXPECT_GE(e.theta, 0.0);
    EXPECT_LE(e.theta, kPi);
  }
}

TEST(OneQubit, EveryBasisRebuildsTheMatrixWithItsPhase) {
  const std::vector<std::string> bases[] = {{"u"},        {"rz", "sx"}, {"rz", "sx", "x"},
                                            {"p", "sx"},  {"rz", "h"},  {"rz", "ry"},
                                            {"rz", "rx"}, {"rx", "ry"}, {"r"},
                                            {"r", "rz"},  {"p", "ry"},  {"rx", "ry", "rz"}};
  const std::size_t most[] = {1, 5, 5, 5, 5, 3, 3, 3, 2, 3, 3, 3};
  for (std::size_t b = 0; b < std::size(bases); ++b) {
    const Basis basis = basis_of(bases[b]);
    RandomStream random(5, "synthesis", b);
    for (int i = 0; i < 3000; ++i) {
      const Matrix2 u = random_unitary(random);
      const GateSequence s = synthesise(u, basis, 0);
      ASSERT_LT(distance(of_sequence(s), u), 3e-13) << "basis " << b << " case " << i;
      EXPECT_LE(s.operations.size(), most[b]);
      for (const Operation& operation : s.operations) EXPECT_TRUE(basis.allows(operation));
    }
  }
}

TEST(OneQubit, NamedAnglesGiveTheSameGate) {
  const std::vector<std::string> bases[] = {{"u"},        {"rz", "sx"}, {"p", "sx"},  {"rz", "h"},
                                            {"rz", "ry"}, {"rz", "rx"}, {"rx", "ry"}, {"r"}};
  Circuit names(1);
  const Angle t = names.parameter("t");
  const Angle f = names.parameter("f");
  RandomStream random(6, "named");
  for (const auto& b : bases) {
    const Basis basis = basis_of(b);
    const GateSequence s = synthesise_u(t, f, 2.0 * t + 0.3, basis, 0);
    for (int i = 0; i < 50; ++i) {
      const std::vector<double> values = {10 * random.uniform() - 5, 10 * random.uniform() - 5};
      const Matrix2 want = of_gate(Gate::kU, {values[0], values[1], 2 * values[0] + 0.3, 0.0});
      EXPECT_LT(distance(of_sequence(s, values), want), 1e-14) << b[0];
    }
  }
}

TEST(OneQubit, KnowsTheGatesThatHaveNames) {
  const Basis all = Basis::of(Circuit(1));
  const auto name = [&](const Matrix2& u) {
    const GateSequence s = synthesise(u, all, 0);
    std::string text;
    for (const Operation& operation : s.operations) text += operation_name(operation) + " ";
    return text;
  };
  const Matrix2 h = of_gate(Gate::kH);
  const Matrix2 s = of_gate(Gate::kS);
  const Matrix2 t = of_gate(Gate::kT);
  EXPECT_EQ(name(h * h), "");
  EXPECT_EQ(name(t * t), "s ");
  EXPECT_EQ(name(s * s), "z ");
  EXPECT_EQ(name(h * s * s * h), "x ");
  EXPECT_EQ(name(h * s * h), "sx ");
  EXPECT_EQ(name(s * t), "p ");
  EXPECT_EQ(name(h * t * h), "rx ");
  EXPECT_EQ(name(h * t), "u ");
  EXPECT_EQ(name(scaled(h, {0, 1})), "h ");
}

TEST(OneQubit, UsesAsFewTurnsAsTheMatrixNeeds) {
  const Basis basis = basis_of({"rz", "sx", "x"});
  const auto count = [&](Gate gate, std::initializer_list<double> angles = {}) {
    return synthesise(of_gate(gate, angles), basis, 0).operations.size();
  };
  EXPECT_EQ(count(Gate::kI), 0U);
  EXPECT_EQ(count(Gate::kT), 1U);
  EXPECT_EQ(count(Gate::kX), 1U);
  EXPECT_EQ(count(Gate::kY), 2U);
  EXPECT_EQ(count(Gate::kH), 3U);
  EXPECT_EQ(count(Gate::kU, {0.3, 0.4, 0.5, 0.0}), 5U);
  EXPECT_EQ(count(Gate::kU, {kPi / 2, 0.4, kPi / 2, 0.0}), 2U);
}

TEST(OneQubit, UnderControlsThePhaseOfTheGateCounts) {
  Circuit circuit(2);
  circuit.crx(1.0, 0, 1).crz(1.0, 0, 1).cx(0, 1).cz(0, 1).cp(1.0, 0, 1);
  circuit.add_controlled(Gate::kU, 1, {0, 1}, {1.0, 2.0, 3.0, 0.4});
  const Basis basis = Basis::of(circuit);
  RandomStream random(8, "controlled");
  for (int i = 0; i < 3000; ++i) {
    const Matrix2 u = random_unitary(random);
    const auto gate = single_gate(u, basis, 1);
    ASSERT_TRUE(gate.has_value());
    EXPECT_EQ(gate->phase, 0.0);
    EXPECT_LT(distance(matrix2(gate->operation), u), 2e-13);
  }
  for (const double t : {0.3, 3.0, 4.0, 6.0, -3.5, -6.2}) {
    EXPECT_EQ(single_gate(of_gate(Gate::kRz, {t}), basis, 1)->operation.gate, Gate::kRz) << t;
    EXPECT_EQ(single_gate(of_gate(Gate::kRx, {t}), basis, 1)->operation.gate, Gate::kRx) << t;
  }
}

}  // namespace
}  // namespace quanta::quantum
