/// The sum that every gradient is made of: how a Pauli string takes one state to another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/instruction_set.h"
#include "quantum/circuit/gate.h"
#include "quantum/simulator/pauli_sum.h"

namespace quanta::quantum {

/// A Pauli string P on the states whose qubits under `control_mask` read `control_value`, all
/// others being sent to 0: Pi P with the projector Pi. P has no letter under the mask.
struct ControlledPauli {
  PauliString string = {};
  std::uint64_t control_mask = 0;
  std::uint64_t control_value = 0;
  friend bool operator==(const ControlledPauli&, const ControlledPauli&) = default;
};

/// Im <phi| Pi P |psi> for each of the given strings. Both states have the same number of
/// amplitudes, a power of two. Same bits for any number of threads. Cost: one pass over both states
/// a string, in blocks of 2^14 amplitudes which stay in the cache for all strings; strings that
/// differ in their Z alone (six or more) share one pass and a Walsh-Hadamard transform of a block.
std::vector<double> imaginary_overlaps(const Execution& execution, std::span<const Amplitude> phi,
                                       std::span<const Amplitude> psi,
                                       std::span<const ControlledPauli> strings);

/// Its loop, as `quanta kernels` lists it.
inline constexpr KernelDescription kPauliOverlapKernel{
    .name = "pauli_overlap",
    .place = "quantum/algorithm",
    .about = "Im <phi| P |psi> for a Pauli string P, the gradient of one angle",
    .floor = "4 flops, 32 bytes read per amplitude"};

}  // namespace quanta::quantum
