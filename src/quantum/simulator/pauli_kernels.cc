#include "quantum/simulator/pauli_kernels.h"

namespace quanta::quantum {
namespace {

/// Vectors that are transformed together, and strings that are summed in one pass.
constexpr std::size_t kBlock = 64;
constexpr std::size_t kBatch = 64;

/// WeightedPaulis for the kernels, which may not call functions of the library's headers.
struct PauliFactors {
  std::uint64_t x = 0;
  const std::uint64_t* z = nullptr;
  const double* re = nullptr;
  const double* im = nullptr;
  std::size_t n = 0;
};

namespace scalar {
#define LANES 2
#include "quantum/simulator/pauli_kernels.inc"
#undef LANES
}  // namespace scalar
QUANTA_TARGET_BEGIN_AVX2
namespace avx2 {
#define LANES 4
#include "quantum/simulator/pauli_kernels.inc"
#undef LANES
}  // namespace avx2
QUANTA_TARGET_END
QUANTA_TARGET_BEGIN_AVX512
namespace avx512 {
#define LANES 8
#include "quantum/simulator/pauli_kernels.inc"
#undef LANES
}  // namespace avx512
QUANTA_TARGET_END

}  // namespace

template <class Real>
void sum_paulis(InstructionSet set, const Real* amplitudes, const PauliGroup& group, bool imaginary,
                double* sums) {
  QUANTA_DISPATCH(set, sum_paulis(amplitudes, group, imaginary, sums));
}
template void sum_paulis(InstructionSet, const float*, const PauliGroup&, bool, double*);
template void sum_paulis(InstructionSet, const double*, const PauliGroup&, bool, double*);

void apply_paulis(InstructionSet set, const double* amplitudes,
                  std::span<const WeightedPaulis> groups, std::size_t begin, std::size_t end,
                  double* result) {
  std::vector<PauliFactors> factors;
  for (const WeightedPaulis& g : groups) {
    factors.push_back(
        {.x = g.x, .z = g.z.data(), .re = g.re.data(), .im = g.im.data(), .n = g.z.size()});
  }
  const std::size_t n = factors.size();
  QUANTA_DISPATCH(set, apply_paulis(amplitudes, factors.data(), n, begin, end, result));
}

void dot(InstructionSet set, const double* a, const double* b, std::size_t n, double* sum) {
  QUANTA_DISPATCH(set, dot(a, b, n, sum));
}

}  // namespace quanta::quantum
