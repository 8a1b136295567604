#include "quantum/circuit/arithmetic.h"

#include <array>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/random.h"
#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum {
namespace {

std::vector<unsigned> qubits(unsigned begin, unsigned n) {
  std::vector<unsigned> list(n);
  std::iota(list.begin(), list.end(), begin);
  return list;
}

/// The amplitudes that a circuit without parameters makes of basis state x.
std::vector<Amplitude> on_basis_state(const Circuit& circuit, std::uint64_t x) {
  std::vector<Amplitude> state(std::size_t{1} << circuit.n_qubits());
  state[x] = 1.0;
  for (const Operation& operation : circuit.operations()) apply_plainly(operation, {}, state);
  return state;
}

/// That the circuit turns basis state x into basis state y, and no phase with it.
void expect_image(const Circuit& circuit, std::uint64_t x, std::uint64_t y) {
  EXPECT_EQ(on_basis_state(circuit, x)[y], Amplitude(1.0)) << x << " should become " << y;
}

/// That the circuit keeps x and turns `target` from |0> by RY(angle).
void expect_ry(const Circuit& circuit, std::uint64_t x, unsigned target, double angle) {
  const auto state = on_basis_state(circuit, x);
  EXPECT_NEAR(std::abs(state[x] - std::cos(angle / 2)), 0.0, 1e-14) << "x " << x;
  EXPECT_NEAR(std::abs(state[x | std::uint64_t{1} << target] - std::sin(angle / 2)), 0.0, 1e-14)
      << "x " << x;
}

TEST(Arithmetic, ComparesWithEveryThreshold) {
  for (unsigned n = 1; n <= 4; ++n) {
    for (std::uint64_t threshold = 0; threshold <= (1U << n) + 1; ++threshold) {
      Circuit circuit(n + 1);
      flip_if_at_least(circuit, qubits(0, n), threshold, n);
      EXPECT_LE(circuit.operations().size(), n);
      for (std::uint64_t x = 0; x < 1U << n; ++x) {
        SCOPED_TRACE(testing::Message() << n << " bits, threshold " << threshold);
        const std::uint64_t flag = x >= threshold ? 1 : 0;
        expect_image(circuit, x, x | flag << n);
        expect_image(circuit, x | 1U << n, x | (1 - flag) << n);
      }
    }
  }
}

TEST(Arithmetic, AddsWeightedBitsModuloTheRegister) {
  const std::vector<std::uint64_t> weights = {3, 1, 6};
  for (unsigned m = 1; m <= 5; ++m) {
    Circuit circuit(3 + m);
    add_weighted_bits(circuit, qubits(0, 3), weights, qubits(3, m));
    for (std::uint64_t x = 0; x < 8; ++x) {
      for (std::uint64_t start = 0; start < 1U << m; ++start) {
        std::uint64_t sum = start;
        for (unsigned i = 0; i < 3; ++i) sum += weights[i] * (x >> i & 1);
        expect_image(circuit, x | start << 3, x | (sum & ((1U << m) - 1)) << 3);
      }
    }
  }
}

TEST(Arithmetic, TurnsByALineUnderControls) {
  Circuit circuit(5);
  linear_ry(circuit, qubits(0, 3), 0.3, -0.7, 4, qubits(3, 1));
  for (std::uint64_t x = 0; x < 8; ++x) {
    expect_ry(circuit, x, 4, 0.0);
    expect_ry(circuit, x | 8, 4, 0.3 - 0.7 * static_cast<double>(x));
  }
}

TEST(Arithmetic, TurnsByPiecesOfLines) {
  const std::array<LinearPiece, 3> pieces = {{{0, 0.2, 0.0}, {3, -0.4, 0.5}, {6, 1.1, -0.3}}};
  Circuit circuit(6);
  piecewise_linear_ry(circuit, qubits(0, 3), pieces, 3, 4, qubits(5, 1));
  for (std::uint64_t x = 0; x < 8; ++x) {
    const LinearPiece& piece = pieces[x < 3 ? 0 : x < 6 ? 1 : 2];
    expect_ry(circuit, x, 3, 0.0);
    expect_ry(circuit, x | 32, 3, piece.offset + piece.slope * static_cast<double>(x));
  }
}

// RY on the target where the controls read x, against the same done by one controlled gate a value.
RC_GTEST_PROP(ArithmeticProperty, MultiplexesAnyTable, (std::uint64_t seed)) {
  RandomStream random(seed, "angles");
  const auto k = static_cast<unsigned>(random.below(5));
  std::vector<double> angles(std::size_t{1} << k);
  for (double& angle : angles) angle = 6.0 * random.normal();
  Circuit circuit(k + 1);
  multiplexed_ry(circuit, angles, qubits(1, k), 0);
  RC_ASSERT(circuit.operations().size() == (k == 0 ? 1 : angles.size() * 2));
  for (std::uint64_t x = 0; x < angles.size(); ++x) {
    for (std::uint64_t start = 0; start < 2; ++start) {
      const auto state = on_basis_state(circuit, x << 1 | start);
      const double c = std::cos(angles[x] / 2);
      const double s = std::sin(angles[x] / 2);
      RC_ASSERT(std::abs(state[x << 1] - (start == 0 ? c : -s)) < 1e-12);
      RC_ASSERT(std::abs(state[x << 1 | 1] - (start == 0 ? s : c)) < 1e-12);
    }
  }
}

TEST(Arithmetic, CountsBits) {
  EXPECT_EQ(bits_for(0), 1U);
  EXPECT_EQ(bits_for(1), 1U);
  EXPECT_EQ(bits_for(3), 2U);
  EXPECT_EQ(bits_for(4), 3U);
}

}  // namespace
}  // namespace quanta::quantum
