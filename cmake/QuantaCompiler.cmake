# Flags of our own code, as an interface target that every module links.
#
# x86-64-v2 is the floor: a binary runs on any machine of that level, and the hot kernels choose
# AVX2 or AVX-512 at run time (core/instruction_set.h). Contraction is off outside those kernels,
# so that the same source gives the same bits whatever the optimiser fuses.
add_library(quanta_build_flags INTERFACE)
target_compile_options(quanta_build_flags INTERFACE
  -march=x86-64-v2 -ffp-contract=off
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast
  -Wno-sign-conversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False positives of g++ 12 on inlined standard containers (GCC bugs 105562, 105329).
  target_compile_options(quanta_build_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
else()
  # libstdc++ 12 itself calls get_temporary_buffer, deprecated, from its stable sort.
  target_compile_options(quanta_build_flags INTERFACE -Wno-deprecated-declarations)
endif()
target_include_directories(quanta_build_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")

# Where several sources are compiled as one, a local name may hide a name of another file, and what
# belongs to one file looks as if a header had it: no fault of either.
add_library(quanta_together_flags INTERFACE)
target_compile_options(quanta_together_flags INTERFACE -Wno-shadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(quanta_together_flags INTERFACE -Wno-subobject-linkage)
endif()
