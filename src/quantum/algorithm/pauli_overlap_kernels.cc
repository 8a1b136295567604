#include "quantum/algorithm/pauli_overlap_kernels.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace quanta::quantum {
namespace {

constexpr std::size_t kGrain = 16384;

namespace scalar {
#define LANES 2
#include "quantum/algorithm/pauli_overlap_kernels.inc"
#undef LANES
}  // namespace scalar
QUANTA_TARGET_BEGIN_AVX2
namespace avx2 {
#define LANES 4
#include "quantum/algorithm/pauli_overlap_kernels.inc"
#undef LANES
}  // namespace avx2
QUANTA_TARGET_END
QUANTA_TARGET_BEGIN_AVX512
namespace avx512 {
#define LANES 8
#include "quantum/algorithm/pauli_overlap_kernels.inc"
#undef LANES
}  // namespace avx512
QUANTA_TARGET_END

double signed_sum(InstructionSet set, bool swap, const double* phi, const double* psi,
                  std::size_t begin, std::size_t end, const ControlledPauli& pauli) {
  const std::size_t n = end - begin;
  if (set == InstructionSet::kAvx512 && n >= 4) {
    return avx512::signed_sum(swap, phi, psi, begin, end, pauli);
  }
  if (set != InstructionSet::kScalar && n >= 2) {
    return avx2::signed_sum(swap, phi, psi, begin, end, pauli);
  }
  return scalar::signed_sum(swap, phi, psi, begin, end, pauli);
}

}  // namespace

std::vector<double> imaginary_overlaps(const Execution& execution, std::span<const Amplitude> phi,
                                       std::span<const Amplitude> psi,
                                       std::span<const ControlledPauli> strings) {
  assert(phi.size() == psi.size() && std::has_single_bit(phi.size()));
  // std::complex<double> is an array of two doubles by the standard ([complex.numbers.general]).
  const auto* phi_at = reinterpret_cast<const double*>(phi.data());
  const auto* psi_at = reinterpret_cast<const double*>(psi.data());
  const std::size_t n = strings.size();
  std::vector<double> parts(n_chunks(phi.size(), kGrain) * n);
  parallel_for(execution, phi.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = 0; i < n; ++i) {
      // P |x> = (-i)^{Y count} (-1)^{parity(y & z)} |y> with y = x ^ string.x: an even number of Y
      // leaves +-1 and the imaginary part of the product, an odd one -+i and the real part.
      const int ys = std::popcount(strings[i].string.x & strings[i].string.z) & 3;
      const double sum = signed_sum(execution.instruction_set, ys % 2 == 0, phi_at, psi_at, begin,
                                    end, strings[i]);
      parts[begin / kGrain * n + i] = ys == 0 || ys == 3 ? sum : -sum;
    }
  });
  std::vector<double> result(n);
  for (std::size_t p = 0; p < parts.size(); ++p) result[p % n] += parts[p];
  return result;
}

}  // namespace quanta::quantum
