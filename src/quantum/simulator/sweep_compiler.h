/// Turns the elements of one sweep into the steps that the kernels know.
///
/// Signs and quarter turns of the pending diagonal D are never applied here: a turn that meets them
/// becomes one about X instead of Y, or of the other sign where a bit is set, which costs nothing.
/// Other phases of a qubit are applied just before its next turn. A turn
/// (a, b) -> c (a - t b, b + t a), c = cos(angle/2), t = tan(angle/2), is one multiply-add per
/// number; the factors c gather in one factor of the sweep. Where |t| > 1 the form with 1/t is
/// taken, which exchanges the roles of a and b and leaves a sign to D.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "quantum/simulator/elements.h"
#include "quantum/simulator/pending_diagonal.h"
#include "quantum/simulator/sweep.h"

namespace quanta::quantum {

template <class Real>
class SweepCompiler {
 public:
  /// position[q]: of qubit q in the state's index; window: the qubits of a block, which include
  /// those at positions below lane_bits; always: of them, those which are registers of every tile
  /// (one, at the highest position, where two states are paired, else none).
  SweepCompiler(const ElementList& list, PendingDiagonal& pending,
                std::span<const unsigned> position, std::uint64_t window, std::uint64_t always,
                unsigned lane_bits, unsigned register_bits);

  /// Applies elements that only mix qubits of the window, in their order.
  void apply(std::span<const std::uint32_t> ids);

  /// Applies all of D that involves the qubits of the mask.
  void apply_pending(std::uint64_t mask);

  /// Makes lane bit l hold qubit wanted[l].
  void arrange_lanes(std::span<const unsigned> wanted);

  /// The qubits in the lanes now.
  std::vector<unsigned> lane_qubits() const {
    return {qubits_.begin(), qubits_.begin() + lane_bits_};
  }

  /// The sweep; afterwards window qubit q is at new_position[q] of the state's index.
  Sweep<Real> finish(std::span<const unsigned> new_position, Amplitude factor) &&;

 private:
  /// A mask of qubits by where the qubits are.
  struct Places {
    unsigned lanes = 0;
    unsigned registers = 0;
    std::uint64_t vectors = 0;  ///< bits of a vector's number that are no register bits
    std::uint64_t block = 0;    ///< bits of the block's number
  };
  struct Coefficient {
    double value = 0.0;
    bool imaginary = false;
    bool cotangent = false;
    std::uint64_t z = 0;
  };

  std::uint64_t any_tile(std::uint64_t set = 0) const;
  void begin_tiles(std::uint64_t set);
  void exchange_lane(unsigned lane, unsigned qubit);
  void apply_turn(const Element& element);
  void apply_pauli(const Element& element);
  void apply_reading(const Element& element);
  void read_diagonals();
  void apply_whole_reading(const Element& element);
  PendingDiagonal::Pauli begin_reading(const Element& element);
  void clear_lanes(std::span<const std::uint32_t> waiting);
  void apply_matrix(const Element& element);
  void apply_phase_of(unsigned qubit);
  Coefficient coefficient(const Element& element);
  void keep_scale_in_range();
  Places places(std::uint64_t qubits) const;
  unsigned register_of(unsigned local) const;
  std::uint64_t lanes_mask() const;
  void push_turn_table(const Coefficient& k, unsigned lane_signs);
  void push_step(PlannedStep<Real> step);

  const ElementList& list_;
  PendingDiagonal& pending_;
  unsigned lane_bits_;
  unsigned register_bits_;
  std::uint64_t window_;
  std::uint64_t always_;
  std::vector<unsigned> qubits_;               ///< qubit of each local bit
  std::vector<unsigned> local_;                ///< local bit of each qubit of the window
  std::vector<unsigned> block_bit_;            ///< bit of the block's number of each other qubit
  std::vector<unsigned> registers_;            ///< local bits of the tile program's register bits
  std::vector<std::uint32_t> diagonals_ = {};  ///< readings that mix nothing and still wait
  std::uint64_t diagonal_watched_ = 0;         ///< what they look at
  std::uint64_t tiles_open_ = 0;  ///< the qubits of the tile program that may still grow, or 0
  double scale_ = 1.0;
  unsigned quarters_ = 0;  ///< i^quarters on the whole state
  Sweep<Real> sweep_;
};

}  // namespace quanta::quantum
