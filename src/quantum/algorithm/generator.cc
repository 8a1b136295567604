#include "quantum/algorithm/generator.h"

#include <bit>
#include <cassert>
#include <cmath>
#include <numbers>

#include "quantum/simulator/pauli_sum.h"

namespace quanta::quantum {
namespace {

constexpr Amplitude kImaginary{0.0, 1.0};
/// Pauli factors of a generator are 0 or of order one.
constexpr double kNoFactor = 1e-15;

/// dU/dangle.
std::vector<Amplitude> derivative(Gate gate, std::span<const double> angles, std::size_t angle) {
  std::vector<double> turned(angles.begin(), angles.end());
  std::vector<Amplitude> d = gate_matrix(gate, angles);
  // Of a matrix in cos(t/2) and sin(t/2) alone, half of it at t + pi.
  const auto half_turn = [&] {
    turned[0] += std::numbers::pi;
    d = gate_matrix(gate, turned);
    for (Amplitude& a : d) a *= 0.5;
  };
  // All but the given entries do not depend on the angle.
  const auto keep = [&](std::initializer_list<std::size_t> places) {
    std::vector<Amplitude> kept(d.size());
    for (const std::size_t i : places) kept[i] = d[i];
    d = std::move(kept);
  };
  // The two entries e^{-ib} x and e^{ib} x.
  const auto phases = [&](std::size_t minus, std::size_t plus) {
    keep({minus, plus});
    d[minus] *= -kImaginary;
    d[plus] *= kImaginary;
  };
  switch (gate) {
    case Gate::kP:
      d = {0, 0, 0, kImaginary * d[3]};
      break;
    case Gate::kR:
      angle == 0 ? half_turn() : phases(1, 2);
      break;
    case Gate::kU:
      if (angle == 0) {
        half_turn();
        break;
      }
      if (angle == 1) keep({2, 3});
      if (angle == 2) keep({1, 3});
      for (Amplitude& a : d) a *= kImaginary;
      break;
    case Gate::kXxPlusYy:
      if (angle == 0) {
        half_turn();
        keep({5, 6, 9, 10});
      } else {
        phases(6, 9);
      }
      break;
    case Gate::kXxMinusYy:
      if (angle == 0) {
        half_turn();
        keep({0, 3, 12, 15});
      } else {
        phases(3, 12);
      }
      break;
    case Gate::kFsim:
      if (angle == 0) {
        turned[0] += std::numbers::pi / 2;  // cos t and sin t
        d = gate_matrix(gate, turned);
        keep({5, 6, 9, 10});
      } else {
        keep({15});
        d[15] *= -kImaginary;
      }
      break;
    default:  // exp(-i t P/2)
      half_turn();
      break;
  }
  return d;
}

/// The string on the operation's operands, bit j of its masks being operand j.
ControlledPauli on_operands(const Operation& operation, const PauliString& string) {
  ControlledPauli pauli;
  const auto operands = operation.operands();
  for (std::size_t j = 0; j < operands.size(); ++j) {
    pauli.string.x |= (string.x >> j & 1) << operands[j];
    pauli.string.z |= (string.z >> j & 1) << operands[j];
  }
  for (unsigned j = 0; j < operation.n_controls; ++j) {
    pauli.control_mask |= std::uint64_t{1} << operation.qubits[j];
    pauli.control_value |= (operation.control_state >> j & 1) << operation.qubits[j];
  }
  return pauli;
}

}  // namespace

std::vector<Amplitude> generator_matrix(Gate gate, std::span<const double> angles,
                                        std::size_t angle) {
  assert(has_matrix(gate) && angle < properties(gate).n_angles);
  const std::vector<Amplitude> u = gate_matrix(gate, angles);
  const std::vector<Amplitude> d = derivative(gate, angles, angle);
  const std::size_t n = std::size_t{1} << properties(gate).n_qubits;
  std::vector<Amplitude> g(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) g[i * n + j] += d[i * n + k] * std::conj(u[j * n + k]);
      g[i * n + j] *= kImaginary;
    }
  }
  return g;
}

std::vector<GeneratorTerm> pauli_terms(const Operation& operation,
                                       std::span<const Amplitude> matrix) {
  const std::size_t n = std::size_t{1} << operation.operands().size();
  assert(matrix.size() == n * n);
  std::vector<GeneratorTerm> terms;
  for (std::size_t x = 0; x < n; ++x) {
    for (std::size_t z = x == 0 && operation.n_controls == 0 ? 1 : 0; z < n; ++z) {
      // tr(P G)/2^k with P |c> = i^{Y count} (-1)^{parity(c & z)} |c ^ x>.
      static constexpr Amplitude kPowers[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
      Amplitude sum = 0.0;
      for (std::size_t c = 0; c < n; ++c) {
        const Amplitude entry = matrix[c * n + (c ^ x)];
        sum += (std::popcount(c & z) & 1) != 0 ? -entry : entry;
      }
      const double factor = (kPowers[std::popcount(x & z) & 3] * sum).real();
      if (std::abs(factor) <= kNoFactor) continue;
      terms.push_back({on_operands(operation, {.x = x, .z = z}), factor / static_cast<double>(n)});
    }
  }
  return terms;
}

std::vector<GeneratorTerm> generator(const Operation& operation, std::size_t angle,
                                     std::span<const double> parameters) {
  if (operation.gate == Gate::kPauliExponential) {
    const std::string& paulis = operation.payload->paulis;
    const auto string = parse_paulis(paulis, static_cast<unsigned>(paulis.size()));
    if (*string == PauliString{} && operation.n_controls == 0) return {};
    return {{on_operands(operation, *string), 0.5}};
  }
  std::vector<double> angles;
  for (const Angle& a : operation.angles) angles.push_back(a.value(parameters));
  return pauli_terms(operation, generator_matrix(operation.gate, angles, angle));
}

}  // namespace quanta::quantum
