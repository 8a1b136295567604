/// The hot loops of the simulators and how they are listed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/instruction_set.h"
#include "quantum/circuit/gate.h"

namespace quanta::quantum {

/// What `quanta kernels` prints about this module.
std::span<const KernelDescription> kernels();

/// Where two runs of amplitudes begin whose elements an exchange mixes one by one.
struct RunPair {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
};

/// Runs of one length: element e of the run at `first` (bits 01) pairs with element e at `second`
/// (bits 10). No amplitude appears twice in a group.
struct RunGroup {
  std::uint32_t length = 0;
  std::span<const RunPair> runs;
};

/// exp(-i beta (XX + YY)/2) on each pair (a, b):  a' = c a - i s b,  b' = c b - i s a,
/// with c = cos beta, s = sin beta.
void exchange(InstructionSet set, Amplitude* amplitudes, const RunGroup& group, double cosine,
              double sine);

/// The adjoint step of an exchange: undoes it on both states (the caller passes c and s of beta)
/// and returns Im <phi| (XX + YY)/2 |psi> over the group, whose double is dE/dbeta of this gate.
double exchange_back(InstructionSet set, Amplitude* psi, Amplitude* phi, const RunGroup& group,
                     double cosine, double sine);

/// amplitudes[x] *= exp(-i angle cost[x]) for x in [0, n). |angle cost[x]| may be of any size.
void multiply_phase(InstructionSet set, Amplitude* amplitudes, const double* cost, std::size_t n,
                    double angle);

/// The adjoint step of a phase: returns Im <phi| diag(cost) |psi> and multiplies both states by
/// exp(+i angle cost[x]).
double multiply_phase_back(InstructionSet set, Amplitude* psi, Amplitude* phi, const double* cost,
                           std::size_t n, double angle);

/// sum_x cost[x] |amplitudes[x]|^2.
double diagonal_expectation(InstructionSet set, const Amplitude* amplitudes, const double* cost,
                            std::size_t n);

}  // namespace quanta::quantum
