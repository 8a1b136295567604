/// How a list of elements is carried out on blocks of amplitudes: as sweeps over the state.
///
/// A sweep has a window of qubits. The amplitudes that differ in them alone are brought into the
/// cache as one block, all elements run that mix qubits of the window only and wait for no other,
/// and the block is written back. Between sweeps qubits change places in the state's index, at no
/// cost, so that the low places, which every window has because memory is read in lines, always
/// hold qubits that the next sweep needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "quantum/simulator/elements.h"
#include "quantum/simulator/pending_diagonal.h"
#include "quantum/simulator/sweep.h"

namespace quanta::quantum {

/// An operation on the whole state at once: its qubit q is bit position[q] of the index.
struct WholeStep {
  Operation operation = {};
  std::vector<unsigned> position = {};
};

struct PlanSizes {
  unsigned lane_bits = 0;
  unsigned register_bits = 0;
  unsigned local_bits = 0;       ///< of a block, where the state has so many qubits
  unsigned contiguous_bits = 0;  ///< low bits of the state's index that are in every window
  /// The highest qubit, of which no element knows, tells two states apart, psi where it is 0, that
  /// are only read off: it is in every window and every tile and keeps its place. What no reading
  /// can tell is left out. At the end they are of no use.
  bool paired = false;
};

template <class Real>
class Planner {
 public:
  /// n_qubits: of the state's index, at least lane_bits + register_bits and those of the list;
  /// zero: qubits of the list that are |0> before its elements, of a pair those that psi has behind
  /// them.
  Planner(ElementList list, unsigned n_qubits, std::uint64_t zero, const PlanSizes& sizes);

  /// The qubits of a pair's first window, or none where it has no step.
  std::uint64_t first_window() const;
  /// Instead of its place at the end, every qubit may stand anywhere, but the contiguous_bits low
  /// ones have to be of these.
  void end_in(std::uint64_t window) { end_window_ = window; }
  /// Where qubits stand before the first step of a pair, low ones being of its first window.
  void begin_at(std::vector<unsigned> position) { position_ = std::move(position); }
  /// Of each qubit of the list in the state's index, before the next step.
  std::span<const unsigned> position() const { return position_; }

  /// The next step; nothing at the end, when qubit q of the circuit is bit q of the index and no
  /// phase is pending (of a pair, when all elements are done).
  std::optional<std::variant<Sweep<Real>, WholeStep>> next();

  /// Share of the elements that have been planned.
  double progress() const;

 private:
  struct Window {
    std::uint64_t qubits = 0;
    std::vector<std::uint32_t> elements = {};
    std::uint64_t zero = 0;  ///< qubits outside that are |0>
    bool whole = false;      ///< no window but a whole step, its only element
  };
  using Step = std::optional<std::variant<Sweep<Real>, WholeStep>>;

  bool whole_is_next() const;
  WholeStep take_whole();
  WholeStep whole_step(const Element& element) const;
  void plan_pair();
  void leave_out_what_is_not_read();
  Step next_of_pair();
  Window choose_window(std::uint64_t keep_from, unsigned keep_count);
  Window window_for_places();
  std::uint64_t at_low_positions(unsigned count) const;
  std::uint64_t away_from_home() const;
  bool in_place() const;
  Sweep<Real> compile(const Window& window, const std::optional<Window>& next, bool last);

  ElementList list_;
  unsigned n_qubits_;
  PlanSizes sizes_;
  PendingDiagonal pending_;
  std::vector<std::uint32_t> waiting_;  ///< elements that no sweep has yet, in their order
  std::size_t n_taken_ = 0;
  std::vector<unsigned> position_;  ///< of each qubit in the index, before the next sweep
  std::vector<unsigned> home_;      ///< where it has to be at the end
  std::uint64_t end_window_ = 0;    ///< as end_in tells, or none
  std::uint64_t zero_;              ///< qubits that are |0>
  std::uint64_t always_;            ///< qubits that are in every window
  std::optional<Window> window_;    ///< of the next sweep, where it is chosen already
  std::vector<Window> planned_;     ///< of a pair, the next one at the end
  Amplitude factor_;                ///< of modulus 1, on the whole state
};

}  // namespace quanta::quantum
