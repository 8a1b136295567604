#include "quantum/algorithm/fourier.h"

#include <bit>
#include <cassert>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "quantum/algorithm/phase.h"

namespace quanta::quantum {

void fourier_transform(std::span<Amplitude> values, bool inverse) {
  const std::size_t n = values.size();
  assert(std::has_single_bit(n));
  for (std::size_t i = 1, j = 0; i < n; ++i) {  // j is i with its bits in reverse order
    std::size_t bit = n >> 1;
    for (; (j & bit) != 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(values[i], values[j]);
  }
  std::vector<Amplitude> factors(n / 2);
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const double turns = static_cast<double>(i) / static_cast<double>(n);
    factors[i] = unit(inverse ? turns : -turns);
  }
  for (std::size_t half = 1; half < n; half *= 2) {
    const std::size_t stride = n / (2 * half);
    for (std::size_t block = 0; block < n; block += 2 * half) {
      for (std::size_t i = 0; i < half; ++i) {
        Amplitude& low = values[block + i];
        Amplitude& high = values[block + half + i];
        const Amplitude turned = factors[i * stride] * high;
        high = low - turned;
        low += turned;
      }
    }
  }
}

Circuit fourier_circuit(unsigned n_qubits, bool inverse) {
  assert(n_qubits > 0);
  Circuit circuit(n_qubits);
  const double sign = inverse ? -1.0 : 1.0;
  const auto column = [&](unsigned target) {
    const auto phase = [&](unsigned control) {
      circuit.cp(sign * std::numbers::pi / std::ldexp(1.0, static_cast<int>(target - control)),
                 control, target);
    };
    if (!inverse) circuit.h(target);
    if (inverse) {
      for (unsigned control = 0; control < target; ++control) phase(control);
    } else {
      for (unsigned control = target; control-- > 0;) phase(control);
    }
    if (inverse) circuit.h(target);
  };
  const auto swaps = [&] {
    for (unsigned q = 0; q < n_qubits / 2; ++q) circuit.swap(q, n_qubits - 1 - q);
  };
  if (inverse) {
    swaps();
    for (unsigned q = 0; q < n_qubits; ++q) column(q);
  } else {
    for (unsigned q = n_qubits; q-- > 0;) column(q);
    swaps();
  }
  return circuit;
}

}  // namespace quanta::quantum
