#include "quantum/circuit/gate.h"

#include <array>
#include <cassert>
#include <cmath>
#include <numbers>

namespace quanta::quantum {
namespace {

constexpr auto kTable = std::to_array<GateProperties>({
    {Gate::kI, "id", 1, 0, true, true},
    {Gate::kX, "x", 1, 0, false, true},
    {Gate::kY, "y", 1, 0, false, true},
    {Gate::kZ, "z", 1, 0, true, true},
    {Gate::kH, "h", 1, 0, false, true},
    {Gate::kS, "s", 1, 0, true, false},
    {Gate::kSdg, "sdg", 1, 0, true, false},
    {Gate::kT, "t", 1, 0, true, false},
    {Gate::kTdg, "tdg", 1, 0, true, false},
    {Gate::kSx, "sx", 1, 0, false, false},
    {Gate::kSxdg, "sxdg", 1, 0, false, false},
    {Gate::kRx, "rx", 1, 1, false, false},
    {Gate::kRy, "ry", 1, 1, false, false},
    {Gate::kRz, "rz", 1, 1, true, false},
    {Gate::kP, "p", 1, 1, true, false},
    {Gate::kR, "r", 1, 2, false, false},
    {Gate::kU, "u", 1, 4, false, false},
    {Gate::kSwap, "swap", 2, 0, false, true},
    {Gate::kIswap, "iswap", 2, 0, false, false},
    {Gate::kDcx, "dcx", 2, 0, false, false},
    {Gate::kEcr, "ecr", 2, 0, false, true},
    {Gate::kRxx, "rxx", 2, 1, false, false},
    {Gate::kRyy, "ryy", 2, 1, false, false},
    {Gate::kRzz, "rzz", 2, 1, true, false},
    {Gate::kRzx, "rzx", 2, 1, false, false},
    {Gate::kXxPlusYy, "xx_plus_yy", 2, 2, false, false},
    {Gate::kXxMinusYy, "xx_minus_yy", 2, 2, false, false},
    {Gate::kFsim, "fsim", 2, 2, false, false},
    {Gate::kRccx, "rccx", 3, 0, false, true},
    {Gate::kRc3x, "rc3x", 4, 0, false, false},
    {Gate::kUnitary, "unitary", 0, 0, false, false},
    {Gate::kDiagonal, "diagonal", 0, 0, true, false},
    {Gate::kPermutation, "permutation", 0, 0, false, false},
    {Gate::kPauliExponential, "pauli_exponential", 0, 1, false, false},
    {Gate::kDefined, "defined", 0, 0, false, false},
    {Gate::kStatePreparation, "prepare", 0, 0, false, false},
    {Gate::kMeasure, "measure", 1, 0, false, false},
    {Gate::kReset, "reset", 1, 0, false, false},
    {Gate::kBarrier, "barrier", 0, 0, false, false},
});
static_assert(kTable.size() == kGateCount);
static_assert([] {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (kTable[i].gate != static_cast<Gate>(i)) return false;
  }
  return true;
}());

constexpr Amplitude kOne{1.0, 0.0};
constexpr Amplitude kImaginary{0.0, 1.0};
constexpr double kRootHalf = std::numbers::sqrt2 / 2;

Amplitude turn(double angle) { return {std::cos(angle), std::sin(angle)}; }

std::vector<Amplitude> diagonal_of(std::initializer_list<Amplitude> values) {
  const std::size_t n = values.size();
  std::vector<Amplitude> matrix(n * n);
  std::size_t i = 0;
  for (const Amplitude& value : values) matrix[n * i + i] = value, ++i;
  return matrix;
}

/// An operation of a listed sequence: a matrix on some of the qubits.
struct Step {
  std::vector<Amplitude> matrix;
  std::vector<unsigned> qubits;
};

/// The product of the steps, the first one applied first, on n qubits.
std::vector<Amplitude> product(unsigned n, const std::vector<Step>& steps) {
  const std::size_t size = std::size_t{1} << n;
  std::vector<Amplitude> result(size * size);
  for (std::size_t column = 0; column < size; ++column) {
    std::vector<Amplitude> state(size);
    state[column] = 1.0;
    for (const Step& step : steps) {
      std::vector<Amplitude> next(size);
      const std::size_t k = std::size_t{1} << step.qubits.size();
      for (std::size_t x = 0; x < size; ++x) {
        std::size_t from = 0;
        std::size_t rest = x;
        for (std::size_t j = 0; j < step.qubits.size(); ++j) {
          from |= (x >> step.qubits[j] & 1) << j;
          rest &= ~(std::size_t{1} << step.qubits[j]);
        }
        for (std::size_t to = 0; to < k; ++to) {
          std::size_t y = rest;
          for (std::size_t j = 0; j < step.qubits.size(); ++j) {
            y |= (to >> j & 1) << step.qubits[j];
          }
          next[y] += step.matrix[to * k + from] * state[x];
        }
      }
      state = std::move(next);
    }
    for (std::size_t row = 0; row < size; ++row) result[row * size + column] = state[row];
  }
  return result;
}

std::vector<Amplitude> controlled_x() { return {1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0}; }

std::vector<Amplitude> u_matrix(double t, double f, double l, double g) {
  const double c = std::cos(t / 2);
  const double s = std::sin(t / 2);
  return {turn(g) * c, -turn(g + l) * s, turn(g + f) * s, turn(g + f + l) * c};
}

/// u2(0, pi) of the Margolus sequences, which is H.
Step u2_h(unsigned q) { return {gate_matrix(Gate::kH, {}), {q}}; }
Step t_of(unsigned q) { return {gate_matrix(Gate::kT, {}), {q}}; }
Step tdg_of(unsigned q) { return {gate_matrix(Gate::kTdg, {}), {q}}; }
Step cx_of(unsigned control, unsigned target) { return {controlled_x(), {control, target}}; }

}  // namespace

std::span<const GateProperties> gate_table() { return kTable; }

std::optional<Gate> find_gate(std::string_view name) {
  for (const GateProperties& entry : kTable) {
    if (entry.name == name) return entry.gate;
  }
  return std::nullopt;
}

std::vector<Amplitude> gate_matrix(Gate gate, std::span<const double> angles) {
  assert(has_matrix(gate) && angles.size() == properties(gate).n_angles);
  const double t = angles.empty() ? 0.0 : angles[0];
  const double c = std::cos(t / 2);
  const double s = std::sin(t / 2);
  const Amplitude is = kImaginary * s;
  switch (gate) {
    case Gate::kI:
      return {1, 0, 0, 1};
    case Gate::kX:
      return {0, 1, 1, 0};
    case Gate::kY:
      return {0, -kImaginary, kImaginary, 0};
    case Gate::kZ:
      return {1, 0, 0, -1};
    case Gate::kH:
      return {kRootHalf, kRootHalf, kRootHalf, -kRootHalf};
    case Gate::kS:
      return {1, 0, 0, kImaginary};
    case Gate::kSdg:
      return {1, 0, 0, -kImaginary};
    case Gate::kT:
      return {1, 0, 0, {kRootHalf, kRootHalf}};
    case Gate::kTdg:
      return {1, 0, 0, {kRootHalf, -kRootHalf}};
    case Gate::kSx:
      return {{0.5, 0.5}, {0.5, -0.5}, {0.5, -0.5}, {0.5, 0.5}};
    case Gate::kSxdg:
      return {{0.5, -0.5}, {0.5, 0.5}, {0.5, 0.5}, {0.5, -0.5}};
    case Gate::kRx:
      return {c, -is, -is, c};
    case Gate::kRy:
      return {c, -s, s, c};
    case Gate::kRz:
      return {{c, -s}, 0, 0, {c, s}};
    case Gate::kP:
      return {1, 0, 0, turn(t)};
    case Gate::kR: {
      const double f = angles[1];
      return {c, -kImaginary * turn(-f) * s, -kImaginary * turn(f) * s, c};
    }
    case Gate::kU:
      return u_matrix(t, angles[1], angles[2], angles[3]);
    case Gate::kSwap:
      return {1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1};
    case Gate::kIswap:
      return {1, 0, 0, 0, 0, 0, kImaginary, 0, 0, kImaginary, 0, 0, 0, 0, 0, 1};
    case Gate::kDcx:
      return product(2, {cx_of(0, 1), cx_of(1, 0)});
    case Gate::kEcr: {
      const double h = kRootHalf;
      const Amplitude ih = kImaginary * h;
      return {0, h, 0, ih, h, 0, -ih, 0, 0, ih, 0, h, -ih, 0, h, 0};
    }
    case Gate::kRxx:
      return {c, 0, 0, -is, 0, c, -is, 0, 0, -is, c, 0, -is, 0, 0, c};
    case Gate::kRyy:
      return {c, 0, 0, is, 0, c, -is, 0, 0, -is, c, 0, is, 0, 0, c};
    case Gate::kRzz: {
      const Amplitude even{c, -s};
      const Amplitude odd{c, s};
      return diagonal_of({even, odd, odd, even});
    }
    case Gate::kRzx:
      return {c, 0, -is, 0, 0, c, 0, is, -is, 0, c, 0, 0, is, 0, c};
    case Gate::kXxPlusYy: {
      const double b = angles[1];
      return {1,
              0,
              0,
              0,  //
              0,
              c,
              -kImaginary * turn(-b) * s,
              0,  //
              0,
              -kImaginary * turn(b) * s,
              c,
              0,  //
              0,
              0,
              0,
              1};
    }
    case Gate::kXxMinusYy: {
      const double b = angles[1];
      return {c,
              0,
              0,
              -kImaginary * turn(-b) * s,  //
              0,
              1,
              0,
              0,  //
              0,
              0,
              1,
              0,  //
              -kImaginary * turn(b) * s,
              0,
              0,
              c};
    }
    case Gate::kFsim: {
      const Amplitude off{0.0, -std::sin(t)};
      return {1, 0,   0,           0, 0, std::cos(t), off, 0,
              0, off, std::cos(t), 0, 0, 0,           0,   turn(-angles[1])};
    }
    case Gate::kRccx:
      return product(3, {u2_h(2), t_of(2), cx_of(1, 2), tdg_of(2), cx_of(0, 2), t_of(2),
                         cx_of(1, 2), tdg_of(2), u2_h(2)});
    case Gate::kRc3x:
      return product(4, {u2_h(3), t_of(3), cx_of(2, 3), tdg_of(3), u2_h(3), cx_of(0, 3), t_of(3),
                         cx_of(1, 3), tdg_of(3), cx_of(0, 3), t_of(3), cx_of(1, 3), tdg_of(3),
                         u2_h(3), t_of(3), cx_of(2, 3), tdg_of(3), u2_h(3)});
    default:
      break;
  }
  assert(false && "a gate without a matrix");
  return {kOne};
}

}  // namespace quanta::quantum
