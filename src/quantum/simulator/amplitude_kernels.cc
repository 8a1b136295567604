#include <array>
#include <cmath>
#include <type_traits>
#include <utility>

#include "quantum/simulator/kernels.h"

namespace quanta::quantum {
namespace {

// pi/2 in 33 + 33 + 53 bits.
constexpr double kHalfPi1 = 0x1.921fb544p+0;
constexpr double kHalfPi2 = 0x1.0b4611a6p-34;
constexpr double kHalfPi3 = 0x1.3198a2e037073p-69;

namespace scalar {
#define VECTOR_BYTES 16
#include "quantum/simulator/amplitude_kernels.inc"
#undef VECTOR_BYTES
}  // namespace scalar
QUANTA_TARGET_BEGIN_AVX2
namespace avx2 {
#define VECTOR_BYTES 32
#include "quantum/simulator/amplitude_kernels.inc"
#undef VECTOR_BYTES
}  // namespace avx2
QUANTA_TARGET_END
QUANTA_TARGET_BEGIN_AVX512
namespace avx512 {
#define VECTOR_BYTES 64
#include "quantum/simulator/amplitude_kernels.inc"
#undef VECTOR_BYTES
}  // namespace avx512
QUANTA_TARGET_END

/// The vector sine reduces angles below this exactly; larger ones take the library's.
constexpr double kLargestAngle = 0x1p20;

double largest_cost(InstructionSet set, const double* cost, std::size_t n) {
  QUANTA_DISPATCH(set, largest(cost, n));
}

// std::complex<T> is an array of two Ts by the standard ([complex.numbers.general]).
template <class Real>
Real* parts(std::complex<Real>* amplitudes) {
  return reinterpret_cast<Real*>(amplitudes);
}
template <class Real>
const Real* parts(const std::complex<Real>* amplitudes) {
  return reinterpret_cast<const Real*>(amplitudes);
}

}  // namespace

std::span<const KernelDescription> kernels() {
  static constexpr std::string_view kPlace = "quantum/simulator";
  static constexpr std::array kKernels = {
      KernelDescription{"exchange", kPlace, "exp(-i beta (XX+YY)/2) on pairs of amplitudes",
                        "6 flops, 32 bytes moved per touched amplitude"},
      KernelDescription{"exchange_back", kPlace,
                        "the same undone on two states, with the gradient's dot product",
                        "16 flops, 64 bytes moved per touched amplitude"},
      KernelDescription{"multiply_phase", kPlace,
                        "exp(-i gamma c(x)) on every amplitude, sine and cosine in vectors",
                        "50 flops, 40 bytes moved per amplitude"},
      KernelDescription{"multiply_phase_back", kPlace,
                        "the same undone on two states, with the gradient's dot product",
                        "62 flops, 72 bytes moved per amplitude"},
      KernelDescription{"multiply_levels", kPlace, "phases of repeated costs, from a table",
                        "6 flops, 34 bytes moved per amplitude"},
      KernelDescription{"diagonal_expectation", kPlace, "sum of c(x) |a(x)|^2",
                        "6 flops, 24 bytes read per amplitude"},
      KernelDescription{"diagonal_overlap", kPlace, "imaginary part of sum of c(x) phi*(x) psi(x)",
                        "6 flops, 40 bytes read per amplitude"},
      KernelDescription{"rotate", kPlace, "real rotations of up to three qubits in registers",
                        "4 flops per amplitude and qubit, 32 bytes moved per amplitude"},
      KernelDescription{"rotate_back", kPlace,
                        "the same undone on two states, with the gradient's dot product",
                        "11 flops per amplitude and qubit, 64 bytes moved per amplitude"},
      KernelDescription{"turn", kPlace,
                        "rotations within registers, a phase from small tables, "
                        "rotations again",
                        "4 flops per amplitude and qubit, 18 for the phase, 32 bytes moved"},
      KernelDescription{"turn_back", kPlace,
                        "the same undone on two states, with the gradient's dot products",
                        "11 flops per amplitude and qubit, 32 for the phase, 64 bytes moved"},
      KernelDescription{"run_tiles", kPlace,
                        "a program of turns and phases on tiles of vectors in registers",
                        "4 flops per amplitude and turn; 16 (8) bytes moved twice per program"},
      KernelDescription{"multiply_matrix", kPlace, "a controlled 2^k x 2^k matrix on a block",
                        "8 2^k flops, 32 (16) bytes moved per touched amplitude"},
      KernelDescription{"turn_pauli", kPlace, "exp(-i t P/2), P of several X or Y, on a block",
                        "4 flops, 32 (16) bytes moved per amplitude"},
      KernelDescription{"multiply_diagonal", kPlace, "phases of qubits and pairs on a block",
                        "12 flops, 32 (16) bytes moved per amplitude"},
      KernelDescription{"read", kPlace,
                        "Im <phi| P |psi> for a Pauli string P, the gradient of one angle",
                        "4 flops, 32 bytes read per amplitude; none within run_tiles"},
      KernelDescription{"gather", kPlace, "a block of amplitudes from the state",
                        "16 (8) bytes read and written per amplitude"},
      KernelDescription{"scatter", kPlace,
                        "a block of amplitudes to the state, qubits in another order",
                        "16 (8) bytes read and written per amplitude"},
      KernelDescription{"sum_paulis", kPlace,
                        "<P> of up to 64 strings with one X part by Walsh-Hadamard transforms",
                        "16 flops, 16 (8) bytes read per amplitude"},
      KernelDescription{"apply_paulis", kPlace, "sum of c P |a> for strings of any X parts",
                        "4 flops per amplitude and X part, 32 bytes moved per amplitude"},
      KernelDescription{"dot", kPlace, "<a|b>", "8 flops, 32 bytes read per amplitude"},
  };
  return kKernels;
}

template <class Real>
void exchange(InstructionSet set, std::complex<Real>* from_first, std::complex<Real>* from_second,
              const RunGroup& group, double cosine, double sine) {
  QUANTA_DISPATCH(set, exchange(parts(from_first), parts(from_second), group.length,
                                group.runs.data(), group.runs.size(), cosine, sine));
}

template <class Real>
double exchange_back(InstructionSet set, std::complex<Real>* psi, std::complex<Real>* phi,
                     std::ptrdiff_t second, const RunGroup& group, double cosine, double sine) {
  QUANTA_DISPATCH(set, exchange_back(parts(psi), parts(phi), second, group.length,
                                     group.runs.data(), group.runs.size(), cosine, sine));
}

template <class Real>
void multiply_phase(InstructionSet set, std::complex<Real>* amplitudes, const double* cost,
                    std::size_t n, double angle) {
  if (!(largest_cost(set, cost, n) * std::abs(angle) < kLargestAngle)) {
    for (std::size_t x = 0; x < n; ++x) {
      amplitudes[x] *= std::complex<Real>(std::polar(1.0, -angle * cost[x]));
    }
    return;
  }
  QUANTA_DISPATCH(set, multiply_phase(parts(amplitudes), cost, n, angle));
}

template <class Real>
double multiply_phase_back(InstructionSet set, std::complex<Real>* psi, std::complex<Real>* phi,
                           const double* cost, std::size_t n, double angle) {
  if (!(largest_cost(set, cost, n) * std::abs(angle) < kLargestAngle)) {
    double sum = 0.0;
    for (std::size_t x = 0; x < n; ++x) {
      sum += cost[x] * static_cast<double>((std::conj(phi[x]) * psi[x]).imag());
      const std::complex<Real> back(std::polar(1.0, angle * cost[x]));
      psi[x] *= back;
      phi[x] *= back;
    }
    return sum;
  }
  QUANTA_DISPATCH(set, multiply_phase_back(parts(psi), parts(phi), cost, n, angle));
}

template <class Real, class Level>
void multiply_levels(InstructionSet set, std::complex<Real>* amplitudes, const Level* levels,
                     std::size_t n, const std::complex<Real>* factors) {
  QUANTA_DISPATCH(set, multiply_levels(parts(amplitudes), levels, n, parts(factors)));
}

template <class Real>
double diagonal_expectation(InstructionSet set, const std::complex<Real>* amplitudes,
                            const double* cost, std::size_t n) {
  QUANTA_DISPATCH(set, diagonal_expectation(parts(amplitudes), cost, n));
}

template <class Real>
double diagonal_overlap(InstructionSet set, const std::complex<Real>* psi,
                        const std::complex<Real>* phi, const double* cost, std::size_t n) {
  QUANTA_DISPATCH(set, diagonal_overlap(parts(psi), parts(phi), cost, n));
}

#define QUANTA_INSTANTIATE(Real)                                                                 \
  template void exchange(InstructionSet, std::complex<Real>*, std::complex<Real>*,               \
                         const RunGroup&, double, double);                                       \
  template double exchange_back(InstructionSet, std::complex<Real>*, std::complex<Real>*,        \
                                std::ptrdiff_t, const RunGroup&, double, double);                \
  template void multiply_phase(InstructionSet, std::complex<Real>*, const double*, std::size_t,  \
                               double);                                                          \
  template double multiply_phase_back(InstructionSet, std::complex<Real>*, std::complex<Real>*,  \
                                      const double*, std::size_t, double);                       \
  template void multiply_levels(InstructionSet, std::complex<Real>*, const std::uint8_t*,        \
                                std::size_t, const std::complex<Real>*);                         \
  template void multiply_levels(InstructionSet, std::complex<Real>*, const std::uint16_t*,       \
                                std::size_t, const std::complex<Real>*);                         \
  template double diagonal_expectation(InstructionSet, const std::complex<Real>*, const double*, \
                                       std::size_t);                                             \
  template double diagonal_overlap(InstructionSet, const std::complex<Real>*,                    \
                                   const std::complex<Real>*, const double*, std::size_t)
QUANTA_INSTANTIATE(double);
QUANTA_INSTANTIATE(float);

}  // namespace quanta::quantum
