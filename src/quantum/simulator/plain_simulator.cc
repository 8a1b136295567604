#include "quantum/simulator/plain_simulator.h"

#include <bit>
#include <cassert>
#include <cmath>
#include <string>

namespace quanta::quantum {
namespace {

std::size_t spread(std::size_t value, std::span<const unsigned> operands) {
  std::size_t x = 0;
  for (std::size_t j = 0; j < operands.size(); ++j) x |= (value >> j & 1) << operands[j];
  return x;
}

/// exp(-i t/2 P) = cos(t/2) - i sin(t/2) P: P|x> from letter to letter.
void apply_pauli_plainly(const Operation& operation, std::span<const double> parameters,
                         std::size_t control_mask, std::size_t control_value,
                         std::span<Amplitude> amplitudes) {
  const double half = operation.angles[0].value(parameters) / 2;
  const std::string& letters = operation.payload->paulis;
  const std::vector<Amplitude> old(amplitudes.begin(), amplitudes.end());
  for (Amplitude& a : amplitudes) a *= std::cos(half);
  for (std::size_t x = 0; x < old.size(); ++x) {
    if ((x & control_mask) != control_value) {
      amplitudes[x] = old[x];
      continue;
    }
    std::size_t y = x;
    Amplitude value = Amplitude(0, -std::sin(half)) * old[x];
    for (std::size_t j = 0; j < letters.size(); ++j) {
      const std::size_t bit = std::size_t{1} << operation.operands()[j];
      const char letter = letters[letters.size() - 1 - j];
      if (letter == 'X' || letter == 'Y') y ^= bit;
      if (letter == 'Y') value *= Amplitude(0, (x & bit) != 0 ? -1 : 1);
      if (letter == 'Z' && (x & bit) != 0) value = -value;
    }
    amplitudes[y] += value;
  }
}

}  // namespace

void apply_plainly(const Operation& operation, std::span<const double> parameters,
                   std::span<Amplitude> amplitudes) {
  if (operation.gate == Gate::kBarrier) return;
  const auto operands = operation.operands();
  std::size_t mask = 0;
  for (const unsigned q : operands) mask |= std::size_t{1} << q;
  std::size_t control_mask = 0;
  std::size_t control_value = 0;
  for (unsigned j = 0; j < operation.n_controls; ++j) {
    control_mask |= std::size_t{1} << operation.qubits[j];
    control_value |= (operation.control_state >> j & 1) << operation.qubits[j];
  }
  if (operation.gate == Gate::kPauliExponential) {
    return apply_pauli_plainly(operation, parameters, control_mask, control_value, amplitudes);
  }
  const std::size_t k = std::size_t{1} << operands.size();
  const bool table = operation.gate == Gate::kDiagonal || operation.gate == Gate::kPermutation ||
                     operation.gate == Gate::kStatePreparation;
  const std::vector<Amplitude> matrix =
      table ? std::vector<Amplitude>() : operand_matrix(operation, parameters);
  std::vector<Amplitude> old(k);
  for (std::size_t base = 0; base < amplitudes.size(); ++base) {
    if ((base & mask) != 0 || (base & control_mask) != control_value) continue;
    for (std::size_t v = 0; v < k; ++v) old[v] = amplitudes[base | spread(v, operands)];
    for (std::size_t v = 0; v < k; ++v) {
      Amplitude& to = amplitudes[base | spread(v, operands)];
      switch (operation.gate) {
        case Gate::kDiagonal:
          to = operation.payload->numbers[v] * old[v];
          break;
        case Gate::kPermutation:
          amplitudes[base | spread(operation.payload->images[v], operands)] = old[v];
          break;
        case Gate::kStatePreparation:  // the operands are |0…0>
          to = operation.payload->numbers[v] * old[0];
          break;
        default:
          to = 0.0;
          for (std::size_t c = 0; c < k; ++c) to += matrix[v * k + c] * old[c];
      }
    }
  }
}

std::vector<Amplitude> simulate_plainly(const Circuit& circuit,
                                        std::span<const double> parameters) {
  std::vector<Amplitude> amplitudes(std::size_t{1} << circuit.n_qubits());
  amplitudes[0] = std::polar(1.0, circuit.global_phase().value(parameters));
  for (const Operation& operation : circuit.operations()) {
    if (operation.gate == Gate::kMeasure) continue;
    assert(operation.gate != Gate::kReset && !operation.condition);
    apply_plainly(operation, parameters, amplitudes);
  }
  return amplitudes;
}

double expectation_plainly(std::span<const Amplitude> state, const PauliString& string) {
  // P|x> = i^{|x & z| count of Y…}: each Y is i X Z, so <P> = sum conj(a[x ^ X]) i^{#Y} (-1)^{x.z}
  // a[x].
  static constexpr Amplitude kPowers[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
  Amplitude sum = 0.0;
  for (std::size_t x = 0; x < state.size(); ++x) {
    const double sign = (std::popcount(x & string.z) & 1) != 0 ? -1.0 : 1.0;
    sum += std::conj(state[x ^ string.x]) * sign * state[x];
  }
  return (kPowers[std::popcount(string.x & string.z) & 3] * sum).real();
}

}  // namespace quanta::quantum
