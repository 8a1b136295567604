/// The hot loops of the blocked simulator: what is done to one block of amplitudes that lies in the
/// second-level cache.
///
/// A block is 2^w amplitudes, re and im side by side, in vectors of 2^lane_bits amplitudes. Local
/// bit i of an amplitude's place in the block is a lane bit (i < lane_bits) or bit i - lane_bits of
/// the vector's number v. Vector v lies at place(v) = v + v / 64, so that vectors a power of two
/// apart do not share cache sets; for numbers without common bits place(a | b) = place(a) +
/// place(b).
///
/// A tile is the 2^register_bits vectors that differ in chosen bits of v. run_tiles loads a tile
/// into registers, applies every step of a program to it, and stores it, so that dozens of gates
/// cost one load and one store.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/instruction_set.h"

namespace quanta::quantum {

inline constexpr std::size_t kPadding = 64;
inline constexpr std::size_t place(std::size_t v) { return v + v / kPadding; }

/// Real numbers that a block of n_vectors vectors takes, for vectors of `lanes` numbers.
inline constexpr std::size_t block_size(std::size_t n_vectors, std::size_t lanes) {
  return (place(n_vectors - 1) + 1) * lanes;
}

/// The kinds of step; codes below are kind and variant in one number.
///
/// Turn on register bit b: with s(r) = (-1)^{|r & sign|} for register r, and r' = r ^ (1 << b),
///   tangent    v[r] += s(r) k f(v[r'])        cotangent  v[r] = v[r'] + s(r) k f(v[r])
/// where f exchanges re and im if bit b of `sign` is 0 (k is then imaginary) and is nothing else if
/// it is 1. Turn on lanes: the same with v[r'] = the lanes of v[r] exchanged (tangent: re and im
/// too, by the lowest bit of flip, where k is imaginary).
/// Table of both: three vectors k, -k, k; those lanes whose sign is negative hold -k.
///
/// Phase: multiplies registers with bit b = 1 (all of them for lanes) by a complex vector (re
/// vector, im vector): the same, or each its own, or the same times low[v % 64] high[v / 64]. The
/// im vector is (-im, im, …). In the last form for lanes two more vectors stand before: 1 where the
/// outer factor does not count, and 1 where it does.
///
/// Reading: of two states, psi in the registers whose highest bit is 0, phi in the others, adds up
///   sum over the lower registers r of (-1)^{|r & signs|} phi[r] f(psi[r']),
/// with r' and f (bit b: which f is told; lanes: re and im exchanged by the lowest bit of flip) as
/// for turns, times a table of three vectors as there, into the vector `sum`.
/// Products: of two states, for all signs at once, the sums that readings with r' = r need.
/// Diagonal reading: adds the one for its signs, times a table, to `sum`. Exchange: swaps the
/// meaning of lane bit l and register bit b. Scale: multiplies all by table[0].
template <class Real>
struct TileStep {
  std::uint32_t code = 0;
  std::uint32_t mask = 0;   ///< turns: where v has an odd number of these bits, -k instead of k
  std::uint32_t flip = 0;   ///< turn on lanes: number i of a vector takes part with i ^ flip
  std::uint32_t signs = 0;  ///< reading: register bits
  const Real* table = nullptr;
  const Real* outer = nullptr;  ///< 64 complex numbers, then one for each value of v / 64
  Real* sum = nullptr;
};

enum class PhaseForm : std::uint8_t { kSame, kEach, kOuter };

/// Codes for a kernel set with that many register bits.
struct StepCode {
  unsigned register_bits;

  constexpr std::uint32_t turn(unsigned bit, unsigned sign, bool cotangent) const {
    return ((bit << register_bits | sign) << 1 | unsigned{cotangent});
  }
  constexpr std::uint32_t lane_turn(unsigned sign, bool cotangent, bool imaginary) const {
    return lane_turns() + sign * 3 + (cotangent ? 1 + unsigned{imaginary} : 0);
  }
  /// bit = register_bits stands for lanes.
  constexpr std::uint32_t phase(unsigned bit, PhaseForm form) const {
    return phases() + bit * 3 + static_cast<unsigned>(form);
  }
  constexpr std::uint32_t exchange(unsigned bit, unsigned lane) const {
    return exchanges() + bit * 3 + lane;
  }
  constexpr std::uint32_t scale() const { return exchanges() + register_bits * 3; }
  constexpr std::uint32_t reading(unsigned bit, bool exchanges_parts) const {
    return scale() + 1 + 2 * bit + unsigned{exchanges_parts};
  }
  constexpr std::uint32_t lane_reading() const { return reading(register_bits - 1, false); }
  constexpr std::uint32_t products() const { return lane_reading() + 1; }
  constexpr std::uint32_t diagonal_reading() const { return lane_reading() + 2; }

 private:
  constexpr std::uint32_t lane_turns() const { return register_bits << (register_bits + 1); }
  constexpr std::uint32_t phases() const { return lane_turns() + (3U << register_bits); }
  constexpr std::uint32_t exchanges() const { return phases() + 3 * (register_bits + 1); }
};

/// A matrix on `high` vector bits (operand j < n_high) and the lane bits of lane_mask, on the
/// vectors whose bits under control_mask are control_value.
///
/// Table: the matrix as complex numbers by rows, if it is the same for all lanes. Otherwise
/// (vector_factors) (re, im) vectors: at [(row / g * n_inputs + input) * g + row % g], g = min(4,
/// rows), the factor of the input in output vector `row`. Inputs are, for each of the 2^n_high
/// vectors, that vector with its lanes exchanged by each subset of lane_mask, rising.
template <class Real>
struct MatrixStep {
  unsigned n_high = 0;
  unsigned high[5] = {};  // NOLINT(*-c-arrays): see core/instruction_set.h on inline functions
  unsigned lane_mask = 0;
  bool vector_factors = false;
  std::size_t control_mask = 0;
  std::size_t control_value = 0;
  const Real* table = nullptr;
};

/// a(w) + k (-1)^{…} a(w ^ x), or its cotangent form, for any x: vectors v and v ^ vector_x, lanes
/// exchanged by lane_x.
template <class Real>
struct PauliStep {
  std::size_t vector_x = 0;
  unsigned lane_x = 0;
  std::size_t sign = 0;  ///< vector bits
  bool cotangent = false;
  bool imaginary = false;
  const Real* table = nullptr;  ///< k, -k, k as for turns
};

/// A reading for any x and under controls: psi is the first half of the block, phi the second.
template <class Real>
struct ReadingStep {
  std::size_t vector_x = 0;
  unsigned flip = 0;     ///< as for a reading of lanes
  std::size_t sign = 0;  ///< vector bits
  std::size_t control_mask = 0;
  std::size_t control_value = 0;
  const Real* table = nullptr;  ///< three vectors as for turns, 0 in lanes that controls forbid
  Real* sum = nullptr;
};

/// Multiplies vector v by pairs[v] * low[v % 64] * high[v / 64].
template <class Real>
struct DiagonalStep {
  const Real* pairs = nullptr;  ///< a complex number for each amplitude, or nullptr for ones
  const Real* low = nullptr;    ///< 64 (re, im) vectors as in a phase step
  const Real* high = nullptr;   ///< complex numbers
};

/// How a block lies in the state: vectors at block[j] + block_low[i] in the block are those at
/// state[j] + i in the state, j < n_high, i < n_low; all counted in vectors.
struct CopyTable {
  std::size_t n_high = 0;
  std::size_t n_low = 0;
  const std::uint32_t* block = nullptr;
  const std::uint32_t* block_low = nullptr;
  const std::uint32_t* state = nullptr;
};

template <class Real>
struct BlockKernels {
  unsigned lane_bits = 0;
  unsigned register_bits = 0;
  void (*gather)(Real* block, const Real* state, const CopyTable& table) = nullptr;
  /// times factor[0] + i factor[1]
  void (*scatter)(const Real* block, Real* state, const CopyTable& table,
                  const Real* factor) = nullptr;
  /// registers: the chosen bits of v, rising.
  void (*run_tiles)(Real* block, std::size_t n_vectors, const unsigned* registers,
                    const TileStep<Real>* steps, std::size_t n_steps) = nullptr;
  void (*multiply_matrix)(Real* block, std::size_t n_vectors,
                          const MatrixStep<Real>& step) = nullptr;
  void (*turn_pauli)(Real* block, std::size_t n_vectors, const PauliStep<Real>& step) = nullptr;
  void (*multiply_diagonal)(Real* block, std::size_t n_vectors,
                            const DiagonalStep<Real>& step) = nullptr;
  void (*read)(const Real* block, std::size_t n_vectors, const ReadingStep<Real>& step) = nullptr;

  std::size_t lanes() const { return std::size_t{2} << lane_bits; }  ///< numbers in a vector
};

/// For Real = float and double.
template <class Real>
const BlockKernels<Real>& block_kernels(InstructionSet set);

}  // namespace quanta::quantum
