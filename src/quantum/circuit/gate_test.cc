#include "quantum/circuit/gate.h"

#include <cmath>

#include <gtest/gtest.h>

namespace quanta::quantum {
namespace {

constexpr Amplitude kImaginary{0.0, 1.0};

std::vector<double> some_angles(unsigned n) {
  static constexpr double kAngles[] = {0.7, -1.3, 2.1, 0.4};
  return {kAngles, kAngles + n};
}

std::size_t size_of(const std::vector<Amplitude>& matrix) {
  return static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(matrix.size()))));
}

std::vector<Amplitude> product(const std::vector<Amplitude>& a, const std::vector<Amplitude>& b) {
  const std::size_t n = size_of(a);
  std::vector<Amplitude> c(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t j = 0; j < n; ++j) c[i * n + j] += a[i * n + k] * b[k * n + j];
    }
  }
  return c;
}

void expect_near(const std::vector<Amplitude>& a, const std::vector<Amplitude>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_NEAR(std::abs(a[i] - b[i]), 0.0, 1e-15) << "element " << i;
  }
}

template <class Body>
void for_each_matrix_gate(const Body& body) {
  for (const GateProperties& entry : gate_table()) {
    if (!has_matrix(entry.gate)) continue;
    SCOPED_TRACE(entry.name);
    body(entry, gate_matrix(entry.gate, some_angles(entry.n_angles)));
  }
}

TEST(Gate, EveryMatrixIsUnitaryAndOfItsSize) {
  for_each_matrix_gate([](const GateProperties& entry, const std::vector<Amplitude>& m) {
    const std::size_t n = std::size_t{1} << entry.n_qubits;
    ASSERT_EQ(m.size(), n * n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        Amplitude sum = 0;
        for (std::size_t r = 0; r < n; ++r) sum += std::conj(m[r * n + i]) * m[r * n + j];
        EXPECT_NEAR(std::abs(sum - Amplitude(i == j)), 0.0, 1e-15);
      }
    }
  });
}

TEST(Gate, TheTableTellsTheTruthAboutDiagonalAndSelfInverse) {
  for_each_matrix_gate([](const GateProperties& entry, const std::vector<Amplitude>& m) {
    const std::size_t n = size_of(m);
    bool diagonal = true;
    double off = 0.0;
    const auto square = product(m, m);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        if (i != j && m[i * n + j] != 0.0) diagonal = false;
        off = std::max(off, std::abs(square[i * n + j] - Amplitude(i == j)));
      }
    }
    EXPECT_EQ(entry.diagonal, diagonal);
    EXPECT_EQ(entry.self_inverse, off < 1e-14);
  });
}

TEST(Gate, NamesAreFoundAgain) {
  for (const GateProperties& entry : gate_table()) EXPECT_EQ(find_gate(entry.name), entry.gate);
  EXPECT_FALSE(find_gate("foo").has_value());
}

// exp(-i t P/2) = cos(t/2) - i sin(t/2) P, with P written out by hand; operand 0 is the low bit.
TEST(Gate, RotationsAreExponentialsOfTheirPaulis) {
  const Amplitude i = kImaginary;
  const struct {
    Gate gate;
    std::vector<Amplitude> pauli;
  } cases[] = {
      {Gate::kRx, {0, 1, 1, 0}},
      {Gate::kRy, {0, -i, i, 0}},
      {Gate::kRz, {1, 0, 0, -1}},
      {Gate::kRxx, {0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0}},
      {Gate::kRyy, {0, 0, 0, -1, 0, 0, 1, 0, 0, 1, 0, 0, -1, 0, 0, 0}},
      {Gate::kRzz, {1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1}},
      {Gate::kRzx, {0, 0, 1, 0, 0, 0, 0, -1, 1, 0, 0, 0, 0, -1, 0, 0}},
  };
  const double t = 0.7;
  for (const auto& c : cases) {
    SCOPED_TRACE(gate_name(c.gate));
    const std::size_t n = size_of(c.pauli);
    std::vector<Amplitude> expected(n * n);
    for (std::size_t e = 0; e < expected.size(); ++e) {
      expected[e] = -i * std::sin(t / 2) * c.pauli[e];
      if (e % (n + 1) == 0) expected[e] += std::cos(t / 2);
    }
    expect_near(gate_matrix(c.gate, std::vector{t}), expected);
  }
}

TEST(Gate, RelationsThatDefineTheGates) {
  const auto m = [](Gate gate, std::vector<double> angles = {}) {
    return gate_matrix(gate, angles);
  };
  expect_near(product(m(Gate::kSx), m(Gate::kSx)), m(Gate::kX));
  expect_near(product(m(Gate::kS), m(Gate::kS)), m(Gate::kZ));
  expect_near(product(m(Gate::kT), m(Gate::kT)), m(Gate::kS));
  expect_near(m(Gate::kU, {M_PI / 2, 0, M_PI, 0}), m(Gate::kH));
  expect_near(m(Gate::kR, {0.7, 0.3}), m(Gate::kU, {0.7, 0.3 - M_PI / 2, M_PI / 2 - 0.3, 0}));
  // (XX + YY)/2 at angle t, b = 0; iswap is t = -pi.
  expect_near(product(m(Gate::kRxx, {0.35}), m(Gate::kRyy, {0.35})), m(Gate::kXxPlusYy, {0.7, 0}));
  expect_near(m(Gate::kIswap), m(Gate::kXxPlusYy, {-M_PI, 0}));
  expect_near(product(m(Gate::kRxx, {0.35}), m(Gate::kRyy, {-0.35})),
              m(Gate::kXxMinusYy, {0.7, 0}));
  // fsim(t, f) = (XX + YY)/2 at 2t, then the phase on 11.
  expect_near(m(Gate::kFsim, {0.35, 0}), m(Gate::kXxPlusYy, {0.7, 0}));
}

// Margolus: rccx and ccx differ by phases only (an X of moduli).
TEST(Gate, RelativePhaseToffolisHaveTheModuliOfToffolis) {
  const auto check = [](Gate gate, unsigned n) {
    const auto m = gate_matrix(gate, {});
    const std::size_t size = std::size_t{1} << n;
    const std::size_t controls = size / 2 - 1;
    for (std::size_t x = 0; x < size; ++x) {
      const std::size_t y = (x & controls) == controls ? x ^ (size / 2) : x;
      EXPECT_NEAR(std::abs(m[y * size + x]), 1.0, 1e-14);
    }
  };
  check(Gate::kRccx, 3);
  check(Gate::kRc3x, 4);
}

}  // namespace
}  // namespace quanta::quantum
