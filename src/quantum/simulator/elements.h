/// A circuit as the few kinds of step that the blocked simulator knows.
///
/// Every one-qubit gate is a phase, a real turn and a phase (ZYZ); a controlled one is V CP V^+
/// with its eigenvectors V, so that runs of gates on a qubit, basis changes of controlled gates
/// included, melt into one turn between two-qubit phases. Swaps only rename qubits. What has no
/// such form (matrices on several qubits, more than one control) is kept as a matrix under
/// controls.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "quantum/circuit/circuit.h"
#include "quantum/simulator/pauli_sum.h"

namespace quanta::quantum {

/// Below this a sine or cosine is rounding noise of an exact zero.
inline constexpr double kNoise = 4e-16;

/// Qubits are bits of masks. With w a basis state's index:
///   kTurn    exp(-i angle/2 P), P the Pauli string with X part `mixed` and Z part `z`
///   kPhase   e^{i angle} where all one or two qubits of `watched` are 1
///   kMatrix  ElementList::matrices[index]
///   kWhole   ElementList::operations[index]: a table or a state that one pass over everything does
///   kRead    ElementList::readings[index] is read off here; nothing changes
struct Element {
  enum class Kind : std::uint8_t { kTurn, kPhase, kMatrix, kWhole, kRead };
  Kind kind = Kind::kPhase;
  std::uint32_t index = 0;
  std::uint64_t mixed = 0;    ///< qubits whose values it changes
  std::uint64_t watched = 0;  ///< qubits that it only depends on
  std::uint64_t z = 0;
  double angle = 0.0;
};

/// A matrix on operands where the control qubits have their values: 2^k rows, bit j of a row index
/// is operands[j]. k = 0 is a factor on the controlled states.
struct ControlledMatrix {
  std::vector<unsigned> operands = {};
  std::uint64_t control_mask = 0;
  std::uint64_t control_value = 0;
  std::vector<Amplitude> entries = {};
};

/// A Pauli string P on the states whose qubits under `control_mask` read `control_value`, all
/// others being sent to 0: Pi P with the projector Pi. P has no letter under the mask.
struct ControlledPauli {
  PauliString string = {};
  std::uint64_t control_mask = 0;
  std::uint64_t control_value = 0;
  friend bool operator==(const ControlledPauli&, const ControlledPauli&) = default;
};

/// What is read off in front of operation number `before`, or behind the last.
struct Reading {
  std::size_t before = 0;
  ControlledPauli pauli = {};
};

struct ElementList {
  std::vector<Element> elements = {};
  std::vector<ControlledMatrix> matrices = {};
  std::vector<Operation> operations = {};  ///< kDiagonal, kPermutation, kStatePreparation
  std::vector<ControlledPauli> readings = {};
  Amplitude factor = 1.0;            ///< of modulus 1, on the whole state
  std::vector<unsigned> place = {};  ///< qubit q of the circuit ends as qubit place[q] here
};

/// Elements in the order of the operations, which are unitary, barriers or state preparations on
/// n_qubits <= 64 qubits; defined gates are expanded, conditions not looked at. Readings, by rising
/// `before`, keep their numbers.
ElementList elements_of(std::span<const Operation> operations, std::span<const double> parameters,
                        unsigned n_qubits, std::span<const Reading> readings = {});

}  // namespace quanta::quantum
