/// Real rotations of many qubits and phases between them, on a block of amplitudes that stays in
/// cache. What X-mixer QAOA spends its time in.
///
/// Layout: amplitudes in rows of 2^lane_bits, first their real parts, then their imaginary parts,
/// one vector register each. The lowest lane_bits qubits of a block's index are lanes, the others
/// count rows. A row therefore is 2^(lane_bits + 1) numbers.
///
/// Rotation by t = tan(beta) with the cosine factored out: (a, b) -> (a - t b, b + t a) for each
/// pair that differs in one qubit, in real and imaginary parts alike: one multiply-add per number.
/// The caller puts the cosines into the next phase. |t| <= 1 keeps the growth below 2^(n/2).
#pragma once

#include <cstddef>

#include "core/instruction_set.h"

namespace quanta::quantum {

inline constexpr unsigned kMaxLaneBits = 4;
inline constexpr unsigned kMaxTurnBits = 3;
inline constexpr unsigned kRotateBits = 3;      ///< row bits that rotate takes at once, at most
inline constexpr unsigned kRotateBackBits = 3;  ///< and rotate_back

/// Where the 2^row_bits rows of a block lie: in runs of 2^run_bits neighbours, `pitch` numbers from
/// one run's start to the next.
struct BlockShape {
  unsigned row_bits = 0;
  unsigned run_bits = 0;
  std::size_t pitch = 0;
};

/// exp(-i theta) of a block as a product: high[r >> low_bits] low[r mod 2^low_bits] pairs[r] for
/// row r, where high and low are rows and pairs are (real, imaginary) numbers.
template <class Real>
struct PhaseFactors {
  const Real* high = nullptr;
  const Real* low = nullptr;
  const Real* pairs = nullptr;
  unsigned low_bits = 0;  ///< above the row bits that turn takes
};

/// A diagonal as a sum, with the same indices: vectors of 2^lane_bits numbers, and one number a
/// row.
struct DiagonalTerms {
  const double* high = nullptr;
  const double* low = nullptr;
  const double* pairs = nullptr;  ///< nullptr: all are 0
  unsigned low_bits = 0;
};

/// Tangents of the lanes and of the row bits that turn takes.
template <class Real>
struct LowRotation {
  Real lanes[kMaxLaneBits] = {};
  Real rows[kMaxTurnBits] = {};
  bool any_lanes = false;
};

/// The gradient's dot products. Of rotated bits: the sum over bits, pairs and parts of
///   phi_b psi_a - phi_a psi_b  (half of dE/dbeta),
/// before the rotations are undone.
struct TurnDots {
  double before = 0.0;
  double diagonal = 0.0;  ///< Im <phi| diagonal |psi>, at the phase
  double after = 0.0;
};

template <class Real>
struct RotationKernels {
  unsigned lane_bits = 0;
  unsigned turn_bits = 0;       ///< row bits that turn takes at once, at most
  unsigned turn_back_bits = 0;  ///< and turn_back

  // The row bits first … first + n - 1 of a call lie all inside the runs of a block that is one
  // run, or all above the runs.

  /// Rotates these row bits, n in [1, kRotateBits], by tangents[0 … n-1].
  void (*rotate)(Real* block, const BlockShape& shape, unsigned first, unsigned n,
                 const Real* tangents);
  /// Undoes it on both states, n in [1, kRotateBackBits]; adds the dot product of these bits, as in
  /// TurnDots.
  void (*rotate_back)(Real* psi, Real* phi, const BlockShape& shape, unsigned first, unsigned n,
                      const Real* tangents, double* dot);
  /// Rotates the lanes and n row bits, multiplies by the phase, rotates again; each part may be
  /// nullptr. n <= turn_bits. Asks memory for what lies `next` numbers ahead, where that is not 0.
  void (*turn)(Real* block, const BlockShape& shape, unsigned first, unsigned n,
               const LowRotation<Real>* before, const PhaseFactors<Real>* phase,
               const LowRotation<Real>* after, std::size_t next);
  /// On two states, with dot products: undoes `before`, multiplies by the phase, undoes `after`.
  /// n <= turn_back_bits.
  void (*turn_back)(Real* psi, Real* phi, const BlockShape& shape, unsigned first, unsigned n,
                    const LowRotation<Real>* before, const PhaseFactors<Real>* phase,
                    const DiagonalTerms* diagonal, const LowRotation<Real>* after, TurnDots* dots);
  /// factors[r] = factors[0] times the product over the set bits j of r of
  ///   rows[j] * scalars[j]   (rows: bits rows; scalars: bits complex numbers),
  /// for r < 2^bits; factors[0] is given.
  void (*outer_product)(Real* factors, unsigned bits, const Real* rows, const Real* scalars);
  /// sum of min(c, cap) |a|^2 over the block.
  double (*expectation)(const Real* block, const BlockShape& shape, const DiagonalTerms& diagonal,
                        double cap);
  /// The same sum; then phi = scale min(c, cap) psi and psi = scale psi.
  double (*observe)(Real* psi, Real* phi, const BlockShape& shape, const DiagonalTerms& diagonal,
                    double cap, double scale);
};

template <class Real>
const RotationKernels<Real>& rotation_kernels(InstructionSet set);
template <>
const RotationKernels<double>& rotation_kernels<double>(InstructionSet set);
template <>
const RotationKernels<float>& rotation_kernels<float>(InstructionSet set);

}  // namespace quanta::quantum
