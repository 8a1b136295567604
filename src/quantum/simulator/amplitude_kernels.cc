#include <array>
#include <cmath>

#include "quantum/simulator/kernels.h"

namespace quanta::quantum {
namespace {

// pi/2 in 33 + 33 + 53 bits.
constexpr double kHalfPi1 = 0x1.921fb544p+0;
constexpr double kHalfPi2 = 0x1.0b4611a6p-34;
constexpr double kHalfPi3 = 0x1.3198a2e037073p-69;

namespace scalar {
#define LANES 2
#include "quantum/simulator/amplitude_kernels.inc"
#undef LANES
}  // namespace scalar
QUANTA_TARGET_BEGIN_AVX2
namespace avx2 {
#define LANES 4
#include "quantum/simulator/amplitude_kernels.inc"
#undef LANES
}  // namespace avx2
QUANTA_TARGET_END
QUANTA_TARGET_BEGIN_AVX512
namespace avx512 {
#define LANES 8
#include "quantum/simulator/amplitude_kernels.inc"
#undef LANES
}  // namespace avx512
QUANTA_TARGET_END

/// The vector sine reduces angles below this exactly; larger ones take the library's.
constexpr double kLargestAngle = 0x1p20;

double largest_cost(InstructionSet set, const double* cost, std::size_t n) {
  switch (set) {
    case InstructionSet::kAvx512:
      return avx512::largest(cost, n);
    case InstructionSet::kAvx2:
      return avx2::largest(cost, n);
    case InstructionSet::kScalar:
      break;
  }
  return scalar::largest(cost, n);
}

// std::complex<double> is an array of two doubles by the standard ([complex.numbers.general]).
double* doubles(Amplitude* amplitudes) { return reinterpret_cast<double*>(amplitudes); }
const double* doubles(const Amplitude* amplitudes) {
  return reinterpret_cast<const double*>(amplitudes);
}

}  // namespace

std::span<const KernelDescription> kernels() {
  static constexpr std::array kKernels = {
      KernelDescription{"exchange", "quantum/simulator",
                        "exp(-i beta (XX+YY)/2) on pairs of amplitudes",
                        "6 flops, 32 bytes moved per touched amplitude"},
      KernelDescription{"exchange_back", "quantum/simulator",
                        "the same undone on two states, with the gradient's dot product",
                        "16 flops, 64 bytes moved per touched amplitude"},
      KernelDescription{"multiply_phase", "quantum/simulator",
                        "exp(-i gamma c(x)) on every amplitude, sine and cosine in vectors",
                        "50 flops, 40 bytes moved per amplitude"},
      KernelDescription{"multiply_phase_back", "quantum/simulator",
                        "the same undone on two states, with the gradient's dot product",
                        "62 flops, 72 bytes moved per amplitude"},
      KernelDescription{"diagonal_expectation", "quantum/simulator", "sum of c(x) |a(x)|^2",
                        "6 flops, 24 bytes read per amplitude"},
      KernelDescription{"run_tiles", "quantum/simulator",
                        "a program of turns and phases on tiles of vectors in registers",
                        "4 flops per amplitude and turn; 16 (8) bytes moved twice per program"},
      KernelDescription{"multiply_matrix", "quantum/simulator",
                        "a controlled 2^k x 2^k matrix on a block of amplitudes",
                        "8 2^k flops, 32 (16) bytes moved per touched amplitude"},
      KernelDescription{"turn_pauli", "quantum/simulator",
                        "exp(-i t P/2), P of several X or Y, on a block of amplitudes",
                        "4 flops, 32 (16) bytes moved per amplitude"},
      KernelDescription{"multiply_diagonal", "quantum/simulator",
                        "phases of qubits and pairs on a block of amplitudes",
                        "12 flops, 32 (16) bytes moved per amplitude"},
      KernelDescription{"gather", "quantum/simulator", "a block of amplitudes from the state",
                        "16 (8) bytes read and written per amplitude"},
      KernelDescription{"scatter", "quantum/simulator",
                        "a block of amplitudes to the state, qubits in another order",
                        "16 (8) bytes read and written per amplitude"},
      KernelDescription{"sum_paulis", "quantum/simulator",
                        "<P> of up to 64 strings with one X part by Walsh-Hadamard transforms",
                        "16 flops, 16 (8) bytes read per amplitude"},
      KernelDescription{"add_paulis", "quantum/simulator",
                        "sum of c P |a> for all strings with one X part",
                        "28 flops, 48 bytes moved per amplitude"},
      KernelDescription{"dot", "quantum/simulator", "<a|b>",
                        "8 flops, 32 bytes read per amplitude"},
  };
  return kKernels;
}

void exchange(InstructionSet set, Amplitude* amplitudes, const RunGroup& group, double cosine,
              double sine) {
  double* at = doubles(amplitudes);
  const RunPair* runs = group.runs.data();
  const std::size_t n = group.runs.size();
  switch (set) {
    case InstructionSet::kAvx512:
      return avx512::exchange(at, group.length, runs, n, cosine, sine);
    case InstructionSet::kAvx2:
      return avx2::exchange(at, group.length, runs, n, cosine, sine);
    case InstructionSet::kScalar:
      break;
  }
  scalar::exchange(at, group.length, runs, n, cosine, sine);
}

double exchange_back(InstructionSet set, Amplitude* psi, Amplitude* phi, const RunGroup& group,
                     double cosine, double sine) {
  const RunPair* runs = group.runs.data();
  const std::size_t n = group.runs.size();
  switch (set) {
    case InstructionSet::kAvx512:
      return avx512::exchange_back(doubles(psi), doubles(phi), group.length, runs, n, cosine, sine);
    case InstructionSet::kAvx2:
      return avx2::exchange_back(doubles(psi), doubles(phi), group.length, runs, n, cosine, sine);
    case InstructionSet::kScalar:
      break;
  }
  return scalar::exchange_back(doubles(psi), doubles(phi), group.length, runs, n, cosine, sine);
}

void multiply_phase(InstructionSet set, Amplitude* amplitudes, const double* cost, std::size_t n,
                    double angle) {
  if (!(largest_cost(set, cost, n) * std::abs(angle) < kLargestAngle)) {
    for (std::size_t x = 0; x < n; ++x) amplitudes[x] *= std::polar(1.0, -angle * cost[x]);
    return;
  }
  switch (set) {
    case InstructionSet::kAvx512:
      return avx512::multiply_phase(doubles(amplitudes), cost, n, angle);
    case InstructionSet::kAvx2:
      return avx2::multiply_phase(doubles(amplitudes), cost, n, angle);
    case InstructionSet::kScalar:
      break;
  }
  scalar::multiply_phase(doubles(amplitudes), cost, n, angle);
}

double multiply_phase_back(InstructionSet set, Amplitude* psi, Amplitude* phi, const double* cost,
                           std::size_t n, double angle) {
  if (!(largest_cost(set, cost, n) * std::abs(angle) < kLargestAngle)) {
    double sum = 0.0;
    for (std::size_t x = 0; x < n; ++x) {
      sum += cost[x] * (std::conj(phi[x]) * psi[x]).imag();
      const Amplitude back = std::polar(1.0, angle * cost[x]);
      psi[x] *= back;
      phi[x] *= back;
    }
    return sum;
  }
  switch (set) {
    case InstructionSet::kAvx512:
      return avx512::multiply_phase_back(doubles(psi), doubles(phi), cost, n, angle);
    case InstructionSet::kAvx2:
      return avx2::multiply_phase_back(doubles(psi), doubles(phi), cost, n, angle);
    case InstructionSet::kScalar:
      break;
  }
  return scalar::multiply_phase_back(doubles(psi), doubles(phi), cost, n, angle);
}

double diagonal_expectation(InstructionSet set, const Amplitude* amplitudes, const double* cost,
                            std::size_t n) {
  switch (set) {
    case InstructionSet::kAvx512:
      return avx512::diagonal_expectation(doubles(amplitudes), cost, n);
    case InstructionSet::kAvx2:
      return avx2::diagonal_expectation(doubles(amplitudes), cost, n);
    case InstructionSet::kScalar:
      break;
  }
  return scalar::diagonal_expectation(doubles(amplitudes), cost, n);
}

}  // namespace quanta::quantum
