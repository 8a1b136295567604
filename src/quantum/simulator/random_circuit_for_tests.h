/// Random circuits of all gates, for tests of what runs or rewrites circuits.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numbers>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/random.h"
#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

/// Different qubits, in random order.
inline std::vector<unsigned> random_qubits(unsigned n, std::size_t count, RandomStream& stream) {
  std::vector<unsigned> qubits(n);
  for (unsigned q = 0; q < n; ++q) qubits[q] = q;
  std::shuffle(qubits.begin(), qubits.end(), stream);
  qubits.resize(count);
  return qubits;
}

/// The Q factor of a matrix of normal numbers, by Gram–Schmidt on the rows.
inline std::vector<Amplitude> random_unitary(std::size_t n, RandomStream& stream) {
  std::vector<Amplitude> m(n * n);
  for (Amplitude& a : m) a = {stream.normal(), stream.normal()};
  for (std::size_t i = 0; i < n; ++i) {
    const auto row = std::span(m).subspan(i * n, n);
    for (int twice = 0; twice < 2; ++twice) {
      for (std::size_t j = 0; j < i; ++j) {
        Amplitude dot = 0.0;
        for (std::size_t c = 0; c < n; ++c) dot += std::conj(m[j * n + c]) * row[c];
        for (std::size_t c = 0; c < n; ++c) row[c] -= dot * m[j * n + c];
      }
    }
    double norm = 0.0;
    for (const Amplitude& a : row) norm += std::norm(a);
    for (Amplitude& a : row) a /= std::sqrt(norm);
  }
  return m;
}

/// An angle; often one at which gates are special.
inline double random_angle(RandomStream& stream) {
  const auto special = static_cast<double>(stream.below(8));
  return stream.below(3) == 0 ? special * std::numbers::pi / 4
                              : (2 * stream.uniform() - 1) * 2 * std::numbers::pi;
}

/// A unitary gate of the kind (not kDefined) on random qubits with n_controls controls of random
/// values. Precondition: so many qubits are there.
inline Operation random_operation(Gate gate, unsigned n_controls, unsigned n_qubits,
                                  RandomStream& stream) {
  Operation operation{.gate = gate, .n_controls = n_controls};
  std::size_t n_operands = properties(gate).n_qubits;
  if (n_operands == 0) {
    const std::size_t most = gate == Gate::kUnitary ? 5 : 6;
    n_operands = 1 + stream.below(std::min<std::size_t>(most, n_qubits - n_controls));
  }
  operation.qubits = random_qubits(n_qubits, n_controls + n_operands, stream);
  operation.control_state = stream.next() & ((std::uint64_t{1} << n_controls) - 1);
  for (unsigned a = 0; a < properties(gate).n_angles; ++a) {
    operation.angles.emplace_back(random_angle(stream));
  }
  Payload payload;
  const std::size_t size = std::size_t{1} << n_operands;
  switch (gate) {
    case Gate::kUnitary:
      payload.numbers = random_unitary(size, stream);
      break;
    case Gate::kDiagonal:
      for (std::size_t i = 0; i < size; ++i) {
        payload.numbers.push_back(std::polar(1.0, random_angle(stream)));
      }
      break;
    case Gate::kPermutation:
      for (std::uint32_t i = 0; i < size; ++i) payload.images.push_back(i);
      std::shuffle(payload.images.begin(), payload.images.end(), stream);
      break;
    case Gate::kPauliExponential:
      for (std::size_t i = 0; i < n_operands; ++i) payload.paulis += "IXYZ"[stream.below(4)];
      break;
    default:
      return operation;
  }
  operation.payload = std::make_shared<const Payload>(std::move(payload));
  return operation;
}

/// n_operations gates of all kinds that fit, up to three controls on one in three of them, with now
/// and then a defined gate that holds others.
inline Circuit random_circuit(unsigned n_qubits, std::size_t n_operations, RandomStream& stream,
                              bool with_defined = true) {
  Circuit circuit(n_qubits);
  circuit.add_global_phase(random_angle(stream));
  while (circuit.operations().size() < n_operations) {
    const auto gate = static_cast<Gate>(stream.below(static_cast<std::uint64_t>(Gate::kDefined)));
    const unsigned n_operands = std::max(1U, properties(gate).n_qubits);
    const unsigned most = n_qubits < n_operands ? 0 : std::min(3U, n_qubits - n_operands);
    const auto n_controls =
        static_cast<unsigned>(stream.below(3) == 0 ? stream.below(most + 1) : 0);
    if (with_defined && n_qubits > 2 && stream.below(20) == 0) {
      const auto k = static_cast<unsigned>(1 + stream.below(std::min(3U, n_qubits - 1)));
      const unsigned controls = static_cast<unsigned>(stream.below(2));
      Operation defined{
          .gate = Gate::kDefined,
          .qubits = random_qubits(n_qubits, k + controls, stream),
          .n_controls = controls,
          .control_state = stream.next() & controls,
          .payload = std::make_shared<const Payload>(Payload{
              .name = "inner",
              .body = std::make_shared<const Circuit>(random_circuit(k, 4, stream, false))})};
      if (!circuit.append(std::move(defined))) return circuit;
    } else if (n_qubits >= n_operands) {
      if (!circuit.append(random_operation(gate, n_controls, n_qubits, stream))) return circuit;
    }
  }
  return circuit;
}

}  // namespace quanta::quantum
