/// Random circuits of every kind, for tests of this folder.
#pragma once

#include <algorithm>
#include <numbers>
#include <vector>

#include "core/random.h"
#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

struct RandomCircuitOptions {
  unsigned n_qubits = 3;
  unsigned n_gates = 30;
  bool tables = false;        ///< unitaries, diagonals, permutations, Pauli exponentials
  bool classical = false;     ///< measurements, resets, conditions, barriers
  unsigned n_parameters = 0;  ///< named angles
  bool round_angles = true;   ///< multiples of pi/4 now and then, so that gates meet
};

/// Angles, qubits, controls and gates at random; the same for the same stream.
inline Circuit random_circuit(const RandomCircuitOptions& options, RandomStream& random) {
  const unsigned n = options.n_qubits;
  Circuit circuit(n, options.classical ? 3 : 0);
  std::vector<Angle> names;
  for (unsigned p = 0; p < options.n_parameters; ++p) {
    names.push_back(circuit.parameter(std::string(1, static_cast<char>('a' + p))));
  }
  const auto number = [&]() -> double {
    if (options.round_angles && random.below(2) == 0) {
      return static_cast<double>(random.below(17)) * std::numbers::pi / 4 - 2 * std::numbers::pi;
    }
    return 12 * random.uniform() - 6;
  };
  const auto angle = [&]() -> Angle {
    if (!names.empty() && random.below(2) == 0) {
      return static_cast<double>(random.below(5)) * 0.5 * names[random.below(names.size())] -
             1.0 * names[random.below(names.size())] + number();
    }
    return number();
  };
  const auto qubits = [&](unsigned k) {
    std::vector<unsigned> all(n);
    for (unsigned q = 0; q < n; ++q) all[q] = q;
    for (unsigned q = 0; q < k; ++q) std::swap(all[q], all[q + random.below(n - q)]);
    all.resize(k);
    return all;
  };
  const auto phase = [&] { return std::polar(1.0, number()); };
  for (unsigned g = 0; g < options.n_gates; ++g) {
    if (options.classical && random.below(6) == 0) {
      switch (random.below(3)) {
        case 0:
          circuit.measure(qubits(1)[0], static_cast<unsigned>(random.below(3)));
          break;
        case 1:
          circuit.reset(qubits(1)[0]);
          break;
        default:
          circuit.barrier(qubits(1 + static_cast<unsigned>(random.below(n))));
      }
      continue;
    }
    if (options.tables && random.below(5) == 0) {
      const unsigned k = 1 + static_cast<unsigned>(random.below(std::min(n, 2U)));
      const std::size_t size = std::size_t{1} << k;
      std::vector<Amplitude> diagonal(size);
      for (Amplitude& a : diagonal) a = phase();
      switch (random.below(4)) {
        case 0: {
          std::vector<Amplitude> matrix(size * size);
          for (std::size_t i = 0; i < size; ++i) {
            matrix[i * size + (i + 1) % size] = diagonal[i];
          }
          (void)circuit.unitary(matrix, qubits(k));
          break;
        }
        case 1:
          (void)circuit.diagonal(diagonal, qubits(k));
          break;
        case 2: {
          std::vector<std::uint32_t> images(size);
          for (std::uint32_t x = 0; x < size; ++x) {
            images[x] = (x + 1) % static_cast<std::uint32_t>(size);
          }
          (void)circuit.permutation(images, qubits(k));
          break;
        }
        default:
          (void)circuit.pauli_exponential(k == 1 ? "Y" : "XZ", angle(), qubits(k));
      }
      continue;
    }
    Operation operation;
    do {
      operation.gate = static_cast<Gate>(random.below(static_cast<std::size_t>(Gate::kRc3x) + 1));
    } while (properties(operation.gate).n_qubits > n);
    const unsigned operands = properties(operation.gate).n_qubits;
    // Half of all without controls, so that neighbours meet.
    if (random.below(2) == 0) {
      operation.n_controls = static_cast<unsigned>(random.below(std::min(n - operands, 3U) + 1));
    }
    operation.qubits = qubits(operands + operation.n_controls);
    operation.control_state = (std::uint64_t{1} << operation.n_controls) - 1;
    if (random.below(6) == 0) {
      operation.control_state = random.below(std::uint64_t{1} << operation.n_controls);
    }
    for (unsigned a = 0; a < properties(operation.gate).n_angles; ++a) {
      operation.angles.push_back(angle());
    }
    if (options.classical && random.below(8) == 0) {
      operation.condition = Condition{.bits = {0, 2}, .value = random.below(4)};
    }
    (void)circuit.append(std::move(operation));
  }
  circuit.add_global_phase(angle());
  return circuit;
}

}  // namespace quanta::quantum
