/// The instruction sets that hot kernels are built for, and which of them this machine runs.
///
/// A kernel source is written once in an .inc file and compiled once per set in one .cc, each time
/// into its own namespace:
///
///   namespace scalar {
///   #include "quantum/simulator/exchange_kernels.inc"
///   }
///   QUANTA_TARGET_BEGIN_AVX2
///   namespace avx2 {
///   #include "quantum/simulator/exchange_kernels.inc"
///   }
///   QUANTA_TARGET_END
///   ... the same for avx512 with QUANTA_TARGET_BEGIN_AVX512
///
/// Everything that the .inc uses is included before the first QUANTA_TARGET_BEGIN, so that no
/// shared inline function is ever emitted with instructions that the machine may lack.
/// QUANTA_DISPATCH picks the namespace once per call:
///
///   void exchange(InstructionSet set, double* x) { QUANTA_DISPATCH(set, exchange(x)); }
#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace quanta {

enum class InstructionSet {
  kScalar,  ///< x86-64-v2, what every supported machine has
  kAvx2,    ///< AVX2 and FMA (x86-64-v3)
  kAvx512,  ///< AVX-512 F, DQ, BW, VL (x86-64-v4)
};

constexpr auto enum_names(InstructionSet) {
  using enum InstructionSet;
  return std::array{std::pair{kScalar, std::string_view("scalar")},
                    std::pair{kAvx2, std::string_view("avx2")},
                    std::pair{kAvx512, std::string_view("avx512")}};
}

/// The widest set that this machine's processor and operating system support.
InstructionSet best_instruction_set();

/// A hot kernel, as `quanta kernels` lists it.
struct KernelDescription {
  std::string_view name;   ///< "exchange"
  std::string_view place;  ///< "quantum/simulator"
  std::string_view about;  ///< one line: what it computes
  std::string_view floor;  ///< bytes and flops per element that it cannot go below
};

}  // namespace quanta

#define QUANTA_PRAGMA(...) _Pragma(#__VA_ARGS__)
#if defined(__clang__)
#define QUANTA_TARGET_BEGIN_(set) \
  QUANTA_PRAGMA(clang attribute push(__attribute__((target(set))), apply_to = function))
#define QUANTA_TARGET_END QUANTA_PRAGMA(clang attribute pop)
#define QUANTA_WIDE_
#else
#define QUANTA_TARGET_BEGIN_(set) QUANTA_PRAGMA(GCC push_options) QUANTA_PRAGMA(GCC target(set))
#define QUANTA_TARGET_END QUANTA_PRAGMA(GCC pop_options)
#define QUANTA_WIDE_ ",prefer-vector-width=512"  // g++ alone takes it as part of a target
#endif
#define QUANTA_TARGET_BEGIN_AVX2 QUANTA_TARGET_BEGIN_("avx2,fma,bmi2")
#define QUANTA_TARGET_BEGIN_AVX512 \
  QUANTA_TARGET_BEGIN_("avx512f,avx512dq,avx512bw,avx512vl,fma,bmi2" QUANTA_WIDE_)

/// Returns the set's version of a kernel's result, from the namespaces scalar, avx2 and avx512.
#define QUANTA_DISPATCH(set, ...) \
  switch (set) {                  \
    case InstructionSet::kAvx512: \
      return avx512::__VA_ARGS__; \
    case InstructionSet::kAvx2:   \
      return avx2::__VA_ARGS__;   \
    case InstructionSet::kScalar: \
      break;                      \
  }                               \
  return scalar::__VA_ARGS__
