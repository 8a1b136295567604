/// The hot loops of the simulators and how they are listed.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/instruction_set.h"
#include "quantum/circuit/gate.h"

namespace quanta::quantum {

/// What `quanta kernels` prints about this module.
std::span<const KernelDescription> kernels();

// Each takes amplitudes in double or in single precision; sums are double.

/// Where two runs of amplitudes begin whose elements an exchange mixes one by one.
struct RunPair {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
};

/// Runs of one length: element e of the run at `first` (bits 01) pairs with element e at `second`
/// (bits 10). Runs are mixed one after the other, so that a later one may hold amplitudes of an
/// earlier one; the two of a pair have none in common.
struct RunGroup {
  std::uint32_t length = 0;
  std::span<const RunPair> runs;
};

/// exp(-i beta (XX + YY)/2) on each pair (a, b):  a' = c a - i s b,  b' = c b - i s a,
/// with c = cos beta, s = sin beta. Runs' `first` count from one place, their `second` from
/// another.
template <class Real>
void exchange(InstructionSet set, std::complex<Real>* from_first, std::complex<Real>* from_second,
              const RunGroup& group, double cosine, double sine);

/// Both from the same place.
template <class Real>
void exchange(InstructionSet set, std::complex<Real>* amplitudes, const RunGroup& group,
              double cosine, double sine) {
  exchange(set, amplitudes, amplitudes, group, cosine, sine);
}

/// The adjoint step of an exchange: undoes it on both states (the caller passes c and s of beta)
/// and returns Im <phi| (XX + YY)/2 |psi> over the group, whose double is dE/dbeta of this gate.
/// `second` is how far behind psi and phi the runs' `second` count from.
template <class Real>
double exchange_back(InstructionSet set, std::complex<Real>* psi, std::complex<Real>* phi,
                     std::ptrdiff_t second, const RunGroup& group, double cosine, double sine);

/// amplitudes[x] *= exp(-i angle cost[x]) for x in [0, n). |angle cost[x]| may be of any size.
template <class Real>
void multiply_phase(InstructionSet set, std::complex<Real>* amplitudes, const double* cost,
                    std::size_t n, double angle);

/// The adjoint step of a phase: returns Im <phi| diag(cost) |psi> and multiplies both states by
/// exp(+i angle cost[x]).
template <class Real>
double multiply_phase_back(InstructionSet set, std::complex<Real>* psi, std::complex<Real>* phi,
                           const double* cost, std::size_t n, double angle);

/// amplitudes[x] *= factors[levels[x]]. Level: std::uint8_t or std::uint16_t.
template <class Real, class Level>
void multiply_levels(InstructionSet set, std::complex<Real>* amplitudes, const Level* levels,
                     std::size_t n, const std::complex<Real>* factors);

/// sum_x cost[x] |amplitudes[x]|^2.
template <class Real>
double diagonal_expectation(InstructionSet set, const std::complex<Real>* amplitudes,
                            const double* cost, std::size_t n);

/// Im sum_x cost[x] conj(phi[x]) psi[x].
template <class Real>
double diagonal_overlap(InstructionSet set, const std::complex<Real>* psi,
                        const std::complex<Real>* phi, const double* cost, std::size_t n);

}  // namespace quanta::quantum
