#include "quantum/simulator/pauli_kernels.h"

namespace quanta::quantum {
namespace {

/// Vectors that are transformed together, and strings that are summed in one pass.
constexpr std::size_t kBlock = 64;
constexpr std::size_t kBatch = 64;

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
  switch (set) {
    case InstructionSet::kAvx512:
      return avx512::sum_paulis(amplitudes, group, imaginary, sums);
    case InstructionSet::kAvx2:
      return avx2::sum_paulis(amplitudes, group, imaginary, sums);
    case InstructionSet::kScalar:
      break;
  }
  scalar::sum_paulis(amplitudes, group, imaginary, sums);
}
template void sum_paulis(InstructionSet, const float*, const PauliGroup&, bool, double*);
template void sum_paulis(InstructionSet, const double*, const PauliGroup&, bool, double*);

void add_paulis(InstructionSet set, const double* amplitudes, const PauliGroup& group,
                const double* re, const double* im, double* result) {
  switch (set) {
    case InstructionSet::kAvx512:
      return avx512::add_paulis(amplitudes, group, re, im, result);
    case InstructionSet::kAvx2:
      return avx2::add_paulis(amplitudes, group, re, im, result);
    case InstructionSet::kScalar:
      break;
  }
  scalar::add_paulis(amplitudes, group, re, im, result);
}

void dot(InstructionSet set, const double* a, const double* b, std::size_t n, double* sum) {
  switch (set) {
    case InstructionSet::kAvx512:
      return avx512::dot(a, b, n, sum);
    case InstructionSet::kAvx2:
      return avx2::dot(a, b, n, sum);
    case InstructionSet::kScalar:
      break;
  }
  scalar::dot(a, b, n, sum);
}

}  // namespace quanta::quantum
