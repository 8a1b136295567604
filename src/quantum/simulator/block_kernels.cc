#include "quantum/simulator/block_kernels.h"

#include <type_traits>
#include <utility>

namespace quanta::quantum {
namespace {

// Every set in both precisions. More registers than tiles have are needed for the factors: tiles of
// 16 vectors where there are 32 registers, of 8 where there are 16.

namespace scalar_single {
#define REAL float
#define LANES 4
#define REGISTER_BITS 3
#include "quantum/simulator/block_kernels.inc"
#undef REAL
#undef LANES
}  // namespace scalar_single
namespace scalar_double {
#define REAL double
#define LANES 2
#include "quantum/simulator/block_kernels.inc"
#undef REAL
#undef LANES
}  // namespace scalar_double
QUANTA_TARGET_BEGIN_AVX2
namespace avx2_single {
#define REAL float
#define LANES 8
#include "quantum/simulator/block_kernels.inc"
#undef REAL
#undef LANES
}  // namespace avx2_single
namespace avx2_double {
#define REAL double
#define LANES 4
#include "quantum/simulator/block_kernels.inc"
#undef REAL
#undef LANES
#undef REGISTER_BITS
}  // namespace avx2_double
QUANTA_TARGET_END
QUANTA_TARGET_BEGIN_AVX512
namespace avx512_single {
#define REAL float
#define LANES 16
#define REGISTER_BITS 4
#include "quantum/simulator/block_kernels.inc"
#undef REAL
#undef LANES
}  // namespace avx512_single
namespace avx512_double {
#define REAL double
#define LANES 8
#include "quantum/simulator/block_kernels.inc"
#undef REAL
#undef LANES
#undef REGISTER_BITS
}  // namespace avx512_double
QUANTA_TARGET_END

}  // namespace

template <>
const BlockKernels<float>& block_kernels(InstructionSet set) {
  switch (set) {
    case InstructionSet::kAvx512:
      return avx512_single::kKernels;
    case InstructionSet::kAvx2:
      return avx2_single::kKernels;
    case InstructionSet::kScalar:
      break;
  }
  return scalar_single::kKernels;
}

template <>
const BlockKernels<double>& block_kernels(InstructionSet set) {
  switch (set) {
    case InstructionSet::kAvx512:
      return avx512_double::kKernels;
    case InstructionSet::kAvx2:
      return avx2_double::kKernels;
    case InstructionSet::kScalar:
      break;
  }
  return scalar_double::kKernels;
}

}  // namespace quanta::quantum
