#include "quantum/simulator/rotation_kernels.h"

#include <bit>
#include <type_traits>
#include <utility>

namespace quanta::quantum {
namespace {

namespace scalar {
#define VECTOR_BYTES 16
#define TURN_BITS 2
#define TURN_BACK_BITS 1
#include "quantum/simulator/rotation_kernels.inc"
#undef VECTOR_BYTES
}  // namespace scalar
QUANTA_TARGET_BEGIN_AVX2
namespace avx2 {
#define VECTOR_BYTES 32
#include "quantum/simulator/rotation_kernels.inc"
#undef VECTOR_BYTES
}  // namespace avx2
QUANTA_TARGET_END
#undef TURN_BITS
#undef TURN_BACK_BITS
QUANTA_TARGET_BEGIN_AVX512
namespace avx512 {
#define VECTOR_BYTES 64
#define TURN_BITS 3
#define TURN_BACK_BITS 2
#include "quantum/simulator/rotation_kernels.inc"
}  // namespace avx512
QUANTA_TARGET_END

template <class Real>
const RotationKernels<Real>& choose(InstructionSet set) {
  QUANTA_DISPATCH(set, kKernels<Real>);
}

}  // namespace

template <>
const RotationKernels<double>& rotation_kernels<double>(InstructionSet set) {
  return choose<double>(set);
}
template <>
const RotationKernels<float>& rotation_kernels<float>(InstructionSet set) {
  return choose<float>(set);
}

}  // namespace quanta::quantum
