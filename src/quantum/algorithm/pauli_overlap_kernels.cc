#include "quantum/algorithm/pauli_overlap_kernels.h"

#include <bit>
#include <cassert>
#include <map>
#include <tuple>

namespace quanta::quantum {
namespace {

constexpr std::size_t kGrain = 16384;
/// From so many strings over the same products on, one Walsh-Hadamard transform gives them all.
constexpr std::size_t kWorthTransform = 6;

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

void transformed_products(InstructionSet set, bool swap, const double* phi, const double* psi,
                          std::size_t begin, std::size_t end, const ControlledPauli& pauli,
                          double* values) {
  switch (set) {
    case InstructionSet::kAvx512:
      return avx512::transformed_products(swap, phi, psi, begin, end, pauli, values);
    case InstructionSet::kAvx2:
      return avx2::transformed_products(swap, phi, psi, begin, end, pauli, values);
    case InstructionSet::kScalar:
      break;
  }
  scalar::transformed_products(swap, phi, psi, begin, end, pauli, values);
}

/// P |x> = (-i)^{Y count} (-1)^{parity(y & z)} |y> with y = x ^ string.x: an even number of Y
/// leaves
/// +-1 and the imaginary part of the product, an odd one -+i and the real part.
bool takes_imaginary(const PauliString& string) {
  return std::popcount(string.x & string.z) % 2 == 0;
}
double sign_of(const PauliString& string) {
  const int ys = std::popcount(string.x & string.z) & 3;
  return ys == 0 || ys == 3 ? 1.0 : -1.0;
}

/// Strings that read the same products of amplitudes, with other signs.
struct Batch {
  bool imaginary;
  std::vector<std::size_t> places;  // among the strings
};

std::vector<Batch> batches_of(std::span<const ControlledPauli> strings) {
  std::map<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t, bool>, std::size_t> known;
  std::vector<Batch> batches;
  for (std::size_t i = 0; i < strings.size(); ++i) {
    const ControlledPauli& s = strings[i];
    const bool imaginary = takes_imaginary(s.string);
    const auto [at, is_new] = known.try_emplace(
        std::tuple(s.string.x, s.control_mask, s.control_value, imaginary), batches.size());
    if (is_new) batches.push_back({imaginary, {}});
    batches[at->second].places.push_back(i);
  }
  return batches;
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
  const std::vector<Batch> batches = batches_of(strings);
  std::vector<double> parts(n_chunks(phi.size(), kGrain) * n);
  parallel_for(execution, phi.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    double* part = parts.data() + begin / kGrain * n;
    std::vector<double> values;
    for (const Batch& batch : batches) {
      if (batch.places.size() < kWorthTransform) {
        for (const std::size_t i : batch.places) {
          part[i] =
              sign_of(strings[i].string) * signed_sum(execution.instruction_set, batch.imaginary,
                                                      phi_at, psi_at, begin, end, strings[i]);
        }
        continue;
      }
      values.resize(end - begin);
      transformed_products(execution.instruction_set, batch.imaginary, phi_at, psi_at, begin, end,
                           strings[batch.places[0]], values.data());
      for (const std::size_t i : batch.places) {
        // Bits of z above the block give all of it one sign.
        const std::uint64_t z = strings[i].string.z;
        const bool odd = (std::popcount(begin & z) & 1) != 0;
        part[i] = sign_of(strings[i].string) * (odd ? -1.0 : 1.0) * values[z & (end - begin - 1)];
      }
    }
  });
  std::vector<double> result(n);
  for (std::size_t p = 0; p < parts.size(); ++p) result[p % n] += parts[p];
  return result;
}

}  // namespace quanta::quantum
