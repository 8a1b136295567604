#include "quantum/transpiler/two_qubit.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include <gtest/gtest.h>

#include "core/random.h"

namespace quanta::quantum {
namespace {

constexpr double kPi = std::numbers::pi;

Matrix4 of_gate(Gate gate, std::initializer_list<double> angles = {}, unsigned n_controls = 0,
                bool reversed = false) {
  Operation operation{.gate = gate,
                      .qubits = {reversed ? 1U : 0U, reversed ? 0U : 1U},
                      .n_controls = n_controls,
                      .control_state = n_controls};
  for (const double a : angles) operation.angles.emplace_back(a);
  return matrix4(operation, {0, 1});
}

Matrix4 of_sequence(const GateSequence& sequence, std::array<unsigned, 2> qubits) {
  Matrix4 product = scaled(kIdentity4, std::polar(1.0, sequence.phase.constant));
  for (const Operation& operation : sequence.operations) {
    product = matrix4(operation, qubits) * product;
  }
  return product;
}

std::size_t two_qubit_gates(const GateSequence& sequence) {
  return static_cast<std::size_t>(std::ranges::count_if(
      sequence.operations, [](const Operation& o) { return o.qubits.size() == 2; }));
}

Matrix2 random_one(RandomStream& random) {
  const auto angle = [&] { return random.uniform() * 2 * kPi - kPi; };
  const auto m = gate_matrix(
      Gate::kU, std::array{std::acos(1 - 2 * random.uniform()), angle(), angle(), angle()});
  return {m[0], m[1], m[2], m[3]};
}

/// Haar-random: Gaussian columns made orthogonal.
Matrix4 random_two(RandomStream& random) {
  Matrix4 m{};
  for (std::size_t j = 0; j < 4; ++j) {
    for (std::size_t i = 0; i < 4; ++i) m[i * 4 + j] = {random.normal(), random.normal()};
    for (int twice = 0; twice < 2; ++twice) {
      for (std::size_t k = 0; k < j; ++k) {
        Amplitude dot = 0.0;
        for (std::size_t i = 0; i < 4; ++i) dot += std::conj(m[i * 4 + k]) * m[i * 4 + j];
        for (std::size_t i = 0; i < 4; ++i) m[i * 4 + j] -= dot * m[i * 4 + k];
      }
    }
    double norm = 0.0;
    for (std::size_t i = 0; i < 4; ++i) norm += std::norm(m[i * 4 + j]);
    for (std::size_t i = 0; i < 4; ++i) m[i * 4 + j] /= std::sqrt(norm);
  }
  return m;
}

/// Corners, edges and near misses of the Weyl chamber, each between random one-qubit gates or none.
std::vector<Matrix4> special_points() {
  std::vector<Matrix4> points = {
      kIdentity4,
      scaled(kIdentity4, {0, 1}),
      of_gate(Gate::kX, {}, 1),
      of_gate(Gate::kX, {}, 1, true),
      of_gate(Gate::kZ, {}, 1),
      of_gate(Gate::kY, {}, 1),
      of_gate(Gate::kH, {}, 1),
      of_gate(Gate::kSx, {}, 1),
      of_gate(Gate::kSwap),
      of_gate(Gate::kIswap),
      of_gate(Gate::kDcx),
      of_gate(Gate::kEcr),
      of_gate(Gate::kXxPlusYy, {-kPi / 2, 0}),  // sqrt(iswap)
      of_gate(Gate::kP, {0.3}, 1),
      of_gate(Gate::kP, {1e-9}, 1),
      of_gate(Gate::kRzz, {kPi}),
      of_gate(Gate::kRzz, {2 * kPi}),
      of_gate(Gate::kRxx, {-0.4}),
      of_gate(Gate::kFsim, {kPi / 2, kPi / 6}),  // Sycamore
      of_gate(Gate::kSwap) * of_gate(Gate::kX, {}, 1),
      canonical_gate(kPi / 8, kPi / 8, kPi / 8),  // sqrt(swap)
      canonical_gate(kPi / 8, kPi / 8, -kPi / 8),
      canonical_gate(kPi / 4, kPi / 8, 0),  // B
  };
  for (const double a : {0.0, 1e-13, 1e-7, 0.3, kPi / 8, kPi / 4 - 1e-8, kPi / 4, -kPi / 4, 1.1}) {
    for (const double b : {0.0, 1e-13, 0.3, kPi / 4, -kPi / 8, 2.0}) {
      for (const double c : {0.0, 1e-13, 1e-6, -0.3, kPi / 4}) {
        points.push_back(canonical_gate(a, b, c));
      }
    }
  }
  RandomStream random(2, "special points");
  const std::size_t n = points.size();
  for (std::size_t i = 0; i < n; ++i) {
    points.push_back(kron(random_one(random), random_one(random)) * points[i] *
                     kron(random_one(random), random_one(random)));
  }
  return points;
}

void expect_in_chamber(const Kak& kak) {
  EXPECT_LE(kak.a, kPi / 4 + 1e-10);
  EXPECT_LE(kak.b, kak.a + 1e-10);
  EXPECT_LE(std::abs(kak.c), kak.b + 1e-10);
  if (kak.a > kPi / 4 - 1e-12) {
    EXPECT_GE(kak.c, -1e-12);
  }
}

TEST(Kak, RebuildsTenThousandRandomUnitaries) {
  RandomStream random(1, "kak");
  for (int i = 0; i < 10'000; ++i) {
    const Matrix4 u = random_two(random);
    const Kak kak = kak_decomposition(u);
    ASSERT_LT(distance(kak.matrix(), u), 1e-13) << i;
    expect_in_chamber(kak);
    EXPECT_EQ(cx_count(kak), 3U);
  }
}

TEST(Kak, RebuildsSpecialPoints) {
  const std::vector<Matrix4> points = special_points();
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Kak kak = kak_decomposition(points[i]);
    EXPECT_LT(distance(kak.matrix(), points[i]), 1e-13) << i;
    expect_in_chamber(kak);
  }
}

TEST(Kak, KnowsTheCoordinatesOfKnownGates) {
  // Zhang, Vala, Sastry, Whaley 2003 (quant-ph/0209120), figure 2, in units where cx is pi/4.
  const struct {
    const char* name;
    Matrix4 gate;
    double a, b, c;
    unsigned count;
  } cases[] = {
      {"identity", kIdentity4, 0, 0, 0, 0},
      {"cx", of_gate(Gate::kX, {}, 1), kPi / 4, 0, 0, 1},
      {"cz", of_gate(Gate::kZ, {}, 1), kPi / 4, 0, 0, 1},
      {"ecr", of_gate(Gate::kEcr), kPi / 4, 0, 0, 1},
      {"cp(1)", of_gate(Gate::kP, {1.0}, 1), 0.25, 0, 0, 2},
      {"iswap", of_gate(Gate::kIswap), kPi / 4, kPi / 4, 0, 2},
      {"dcx", of_gate(Gate::kDcx), kPi / 4, kPi / 4, 0, 2},
      {"sqrt iswap", of_gate(Gate::kXxPlusYy, {-kPi / 2, 0}), kPi / 8, kPi / 8, 0, 2},
      {"swap", of_gate(Gate::kSwap), kPi / 4, kPi / 4, kPi / 4, 3},
      {"sycamore", of_gate(Gate::kFsim, {kPi / 2, kPi / 6}), kPi / 4, kPi / 4, kPi / 24, 3},
      {"sqrt swap", canonical_gate(kPi / 8, kPi / 8, kPi / 8), kPi / 8, kPi / 8, kPi / 8, 3},
      {"its inverse", canonical_gate(-kPi / 8, -kPi / 8, -kPi / 8), kPi / 8, kPi / 8, -kPi / 8, 3},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Kak kak = kak_decomposition(c.gate);
    EXPECT_NEAR(kak.a, c.a, 1e-14);
    EXPECT_NEAR(kak.b, c.b, 1e-14);
    EXPECT_NEAR(kak.c, c.c, 1e-14);
    EXPECT_EQ(cx_count(kak), c.count);
  }
}

TEST(Kak, OneQubitGatesLeaveTheClassAlone) {
  RandomStream random(4, "class");
  for (int i = 0; i < 300; ++i) {
    const Matrix4 u = random_two(random);
    const Kak a = kak_decomposition(u);
    const Kak b = kak_decomposition(kron(random_one(random), random_one(random)) * u *
                                    kron(random_one(random), random_one(random)));
    EXPECT_NEAR(a.a, b.a, 1e-13);
    EXPECT_NEAR(a.b, b.b, 1e-13);
    EXPECT_NEAR(a.c, b.c, 1e-13);
  }
}

Basis basis_of(const std::vector<std::string>& names) {
  const auto basis = Basis::parse(names);
  EXPECT_TRUE(basis.has_value());
  return *basis;
}

TEST(TwoQubit, SynthesisRebuildsWithTheFewestCx) {
  const std::vector<std::string> bases[] = {
      {"cx", "u"},         {"cx", "rz", "sx", "x"}, {"cz", "rz", "sx"},
      {"ecr", "rz", "sx"}, {"rzz", "rx", "rz"},     {"rxx", "rx", "ry"},
      {"cz", "r"},         {"cp", "h", "p"},        {"ch", "rz", "ry"}};
  const std::vector<Matrix4> points = special_points();
  for (std::size_t b = 0; b < std::size(bases); ++b) {
    const Basis basis = basis_of(bases[b]);
    RandomStream random(7, "synthesis", b);
    for (std::size_t i = 0; i < points.size() + 40; ++i) {
      const Matrix4 u = i < points.size() ? points[i] : random_two(random);
      const GateSequence gates = synthesise(u, basis, {5, 2});
      ASSERT_LT(distance(of_sequence(gates, {5, 2}), u), 4e-12) << "basis " << b << " case " << i;
      EXPECT_LE(two_qubit_gates(gates), cx_count(kak_decomposition(u)));
      for (const Operation& operation : gates.operations) EXPECT_TRUE(basis.allows(operation));
    }
  }
}

TEST(TwoQubit, FindsTheGateItself) {
  // A gate of the basis comes back as that one gate, without others beside it.
  Circuit all(2);
  all.cx(0, 1).cz(0, 1).swap(0, 1).cp(0.3, 0, 1).rzz(0.3, 0, 1).rxx(0.2, 0, 1);
  all.add(Gate::kIswap, {0, 1}).add(Gate::kEcr, {0, 1});
  const Basis basis = Basis::of(all);
  const Matrix4 h = kron(kIdentity2, matrix2({.gate = Gate::kH, .qubits = {0}}));
  const Matrix4 hh = h * exchanged(h);
  const struct {
    const char* name;
    Matrix4 gate;
  } cases[] = {
      {"cx", of_gate(Gate::kX, {}, 1)},
      {"cx reversed", of_gate(Gate::kX, {}, 1, true)},
      {"cz", of_gate(Gate::kZ, {}, 1)},
      {"cx between h", hh * of_gate(Gate::kX, {}, 1) * hh},
      {"h cx h on the target", exchanged(h) * of_gate(Gate::kX, {}, 1) * exchanged(h)},
      {"swap", of_gate(Gate::kSwap)},
      {"three cx",
       of_gate(Gate::kX, {}, 1) * of_gate(Gate::kX, {}, 1, true) * of_gate(Gate::kX, {}, 1)},
      {"iswap", of_gate(Gate::kIswap)},
      {"ecr", of_gate(Gate::kEcr)},
      {"cp", of_gate(Gate::kP, {0.7}, 1)},
      {"cp backwards", of_gate(Gate::kP, {-0.7}, 1)},
      {"rzz", of_gate(Gate::kRzz, {0.7})},
      {"rzz backwards", of_gate(Gate::kRzz, {-0.7})},
      {"cx rz cx",
       of_gate(Gate::kX, {}, 1) *
           kron(matrix2({.gate = Gate::kRz, .qubits = {0}, .angles = {0.7}}), kIdentity2) *
           of_gate(Gate::kX, {}, 1)},
      {"rxx", of_gate(Gate::kRxx, {1.2})},
  };
  for (const auto& c : cases) {
    const GateSequence gates = synthesise(c.gate, basis, {0, 1});
    EXPECT_EQ(gates.operations.size(), 1U) << c.name;
    EXPECT_LT(distance(of_sequence(gates, {0, 1}), c.gate), 1e-12) << c.name;
  }
}

TEST(TwoQubit, ThreeCxAndSevenTurnsMakeAnyGate) {
  const Basis basis = basis_of({"cx", "u", "rz", "ry"});
  RandomStream random(9, "count");
  for (int i = 0; i < 50; ++i) {
    EXPECT_LE(synthesise(random_two(random), basis, {0, 1}).operations.size(), 10U);
  }
}

}  // namespace
}  // namespace quanta::quantum
