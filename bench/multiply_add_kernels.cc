#include "bench/multiply_add_kernels.h"

namespace quanta::bench {
namespace {

namespace scalar {
#define VECTOR_BYTES 16
#include "bench/multiply_add_kernels.inc"
#undef VECTOR_BYTES
}  // namespace scalar
QUANTA_TARGET_BEGIN_AVX2
namespace avx2 {
#define VECTOR_BYTES 32
#include "bench/multiply_add_kernels.inc"
#undef VECTOR_BYTES
}  // namespace avx2
QUANTA_TARGET_END
QUANTA_TARGET_BEGIN_AVX512
namespace avx512 {
#define VECTOR_BYTES 64
#include "bench/multiply_add_kernels.inc"
#undef VECTOR_BYTES
}  // namespace avx512
QUANTA_TARGET_END

}  // namespace

double multiply_adds(InstructionSet set, std::size_t n) { QUANTA_DISPATCH(set, multiply_adds(n)); }

}  // namespace quanta::bench
