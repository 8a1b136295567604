/// The hot loops that read a state: sums over amplitudes for many Pauli strings at once.
///
/// Amplitudes come as n_amplitudes >= 64 (a power of two) complex numbers; sums are in double
/// precision for both kinds of state. Within 64 vectors a Walsh–Hadamard transform gives the sums
/// with all signs (-1)^{|w & z|} of six bits of w, so that a hundred strings cost little more than
/// one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/instruction_set.h"

namespace quanta::quantum {

/// The strings with one X part and the stretch [begin, end) of amplitudes: a power of two of at
/// least 64, and a multiple of its length.
struct PauliGroup {
  std::uint64_t x = 0;
  const std::uint64_t* z = nullptr;
  std::size_t n = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// sums[j] = sum over the stretch of (-1)^{|w & z[j]|} conj(a[w ^ x]) a[w], its real part, or its
/// imaginary one.
template <class Real>
void sum_paulis(InstructionSet set, const Real* amplitudes, const PauliGroup& group, bool imaginary,
                double* sums);

/// The strings with one X part: f(w) = sum_j (re[j] + i im[j]) (-1)^{|w & z[j]|}.
struct WeightedPaulis {
  std::uint64_t x = 0;
  std::vector<std::uint64_t> z = {};
  std::vector<double> re = {};
  std::vector<double> im = {};
};

/// result[w] = sum over the groups of f(w ^ x) a[w ^ x], for w in [begin, end), which is as the
/// stretch of a PauliGroup.
void apply_paulis(InstructionSet set, const double* amplitudes,
                  std::span<const WeightedPaulis> groups, std::size_t begin, std::size_t end,
                  double* result);

/// sum of conj(a) b over n amplitudes: (re, im).
void dot(InstructionSet set, const double* a, const double* b, std::size_t n, double* sum);

}  // namespace quanta::quantum
