/// Masks of qubits: qubit q is bit q of a basis state.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace quanta::quantum {

/// About how many amplitudes one parallel chunk has: 256 KiB in double precision.
inline constexpr std::size_t kChunkAmplitudes = 16384;

inline std::uint64_t bit(unsigned q) { return std::uint64_t{1} << q; }

/// The bits 0 … n - 1, n <= 64.
inline std::uint64_t low_bits(unsigned n) {
  return n == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1;
}

inline bool odd(std::uint64_t mask) { return (std::popcount(mask) & 1) != 0; }

}  // namespace quanta::quantum
