#include "quantum/transpiler/multiplexed.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace quanta::quantum {
namespace {}  // namespace

GateSequence multiplexed_rotation(Gate axis, std::span<const double> angles,
                                  std::span<const unsigned> controls, unsigned target) {
  const std::size_t n = angles.size();
  std::vector<double> parts(angles.begin(), angles.end());
  // Angle i turns with the sign of the parity x . gray(i): a Walsh-Hadamard transform.
  for (std::size_t stride = 1; stride < n; stride *= 2) {
    for (std::size_t x = 0; x < n; ++x) {
      if ((x & stride) != 0) continue;
      const double a = parts[x];
      const double b = parts[x | stride];
      parts[x] = a + b;
      parts[x | stride] = a - b;
    }
  }
  GateSequence result;
  for (std::size_t i = 0; i < n; ++i) {
    const double angle = parts[i ^ (i >> 1)] / static_cast<double>(n);
    result.operations.push_back({.gate = axis, .qubits = {target}, .angles = {angle}});
    if (n == 1) break;
    // The bit in which the next Gray code differs; the last one leads back to 0.
    const std::size_t bit = i + 1 < n ? static_cast<std::size_t>(std::countr_zero(i + 1))
                                      : static_cast<std::size_t>(std::countr_zero(n)) - 1;
    result.operations.push_back(
        {.gate = Gate::kX, .qubits = {controls[bit], target}, .n_controls = 1, .control_state = 1});
  }
  return result;
}

GateSequence diagonal(std::span<const double> phases, std::span<const unsigned> qubits) {
  GateSequence result;
  std::vector<double> left(phases.begin(), phases.end());
  for (; !qubits.empty(); qubits = qubits.subspan(1)) {
    std::vector<double> differences(left.size() / 2);
    for (std::size_t i = 0; i < differences.size(); ++i) {
      differences[i] = left[2 * i + 1] - left[2 * i];
      left[i] = (left[2 * i + 1] + left[2 * i]) / 2;
    }
    left.resize(differences.size());
    result.append(multiplexed_rotation(Gate::kRz, differences, qubits.subspan(1), qubits[0]));
  }
  result.phase = result.phase + left[0];
  return result;
}

GateSequence state_preparation(std::span<const Amplitude> amplitudes,
                               std::span<const unsigned> qubits) {
  if (qubits.empty()) return {.operations = {}, .phase = std::arg(amplitudes[0])};
  // r e^{im} (R_z(d) R_y(t) |0>) on the first qubit, r e^{im} being a state of the others.
  const std::size_t n = amplitudes.size() / 2;
  std::vector<Amplitude> rest(n);
  std::vector<double> turns_y(n);
  std::vector<double> turns_z(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Amplitude zero = amplitudes[2 * i];
    const Amplitude one = amplitudes[2 * i + 1];
    const double low = std::abs(zero) > 0 ? std::arg(zero) : std::arg(one);
    const double high = std::abs(one) > 0 ? std::arg(one) : std::arg(zero);
    rest[i] = std::polar(std::hypot(std::abs(zero), std::abs(one)), (low + high) / 2);
    turns_y[i] = 2 * std::atan2(std::abs(one), std::abs(zero));
    turns_z[i] = high - low;
  }
  GateSequence result = state_preparation(rest, qubits.subspan(1));
  result.append(multiplexed_rotation(Gate::kRy, turns_y, qubits.subspan(1), qubits[0]));
  result.append(multiplexed_rotation(Gate::kRz, turns_z, qubits.subspan(1), qubits[0]));
  return result;
}

}  // namespace quanta::quantum
