/// The gates that circuits are made of: names, sizes, matrices.
///
/// Conventions (those of Qiskit): qubit q is bit q of a basis state's index. The matrix of a gate
/// on k qubits has 2^k rows, row by row; bit j of a row or column index is operand j, the first
/// operand being the lowest bit. R_P(t) = exp(-i t P/2). c = cos(t/2), s = sin(t/2).
///
/// A controlled gate is not a gate of its own: an Operation (circuit.h) has a gate and any number
/// of controls, so that cx is X with one control, and names come from both ("cx", "ccx", "crz").
/// Sources: OpenQASM 2 (Cross et al. 2017, arXiv:1707.03429) and its qelib1.inc, OpenQASM 3 and its
/// stdgates.inc (Cross et al. 2022, arXiv:2104.14722), Qiskit's circuit library.
#pragma once

#include <complex>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace quanta::quantum {

using Amplitude = std::complex<double>;

enum class Gate : std::uint8_t {
  // One qubit.
  kI,
  kX,
  kY,
  kZ,
  kH,
  kS,    ///< diag(1, i)
  kSdg,  ///< diag(1, -i)
  kT,    ///< diag(1, e^{i pi/4})
  kTdg,
  kSx,  ///< 1/2 [[1+i, 1-i], [1-i, 1+i]]; its square is X exactly
  kSxdg,
  kRx,
  kRy,
  kRz,
  kP,  ///< diag(1, e^{i t}); u1 and phase are other names for it
  kR,  ///< (t, f): U(t, f - pi/2, pi/2 - f, 0), a turn about an axis in the x-y plane; also prx
  kU,  ///< (t, f, l, g): e^{ig} [[c, -e^{il} s], [e^{if} s, e^{i(f+l)} c]]; u3 is g = 0, u2 t =
       ///< pi/2
  // Two qubits.
  kSwap,
  kIswap,  ///< exchanges 01 and 10 with a factor i
  kDcx,    ///< cx(0, 1) then cx(1, 0)
  kEcr,    ///< 1/sqrt2 (IX - XY), labels highest qubit first
  kRxx,
  kRyy,
  kRzz,
  kRzx,        ///< exp(-i t ZX/2), Z on operand 0, X on operand 1
  kXxPlusYy,   ///< (t, b): as Qiskit's XXPlusYYGate
  kXxMinusYy,  ///< (t, b): as Qiskit's XXMinusYYGate
  kFsim,       ///< (t, f): [[cos t, -i sin t], [-i sin t, cos t]] on 01 and 10, e^{-if} on 11
  // Three and four qubits: ccx and c3x up to phases (Margolus), by their listed sequences.
  kRccx,
  kRc3x,
  // Any number of qubits; what they do is in the operation's payload.
  kUnitary,           ///< a matrix on 1 to 5 qubits
  kDiagonal,          ///< 2^k numbers of modulus 1
  kPermutation,       ///< basis state x becomes images[x]
  kPauliExponential,  ///< (t): exp(-i t P/2) for a Pauli string P
  kDefined,           ///< a circuit under a name: a `gate` of OpenQASM, a box in a drawing
  // No unitaries.
  kStatePreparation,  ///< makes the given state of qubits that are |0…0>; undefined on others
  kMeasure,           ///< in the Z basis, into one classical bit
  kReset,             ///< to |0>
  kBarrier,           ///< keeps optimisation and drawing apart
};

/// Number of gates in the enum.
inline constexpr std::size_t kGateCount = static_cast<std::size_t>(Gate::kBarrier) + 1;

struct GateProperties {
  Gate gate = Gate::kI;
  std::string_view name;      ///< "rx"
  unsigned n_qubits = 0;      ///< without controls; 0: any number
  unsigned n_angles = 0;      ///< in the order of the comments above
  bool diagonal = false;      ///< its matrix is diagonal for all angles
  bool self_inverse = false;  ///< its square is the identity, exactly, for all angles
};

/// In the order of the enum.
std::span<const GateProperties> gate_table();

inline const GateProperties& properties(Gate gate) {
  return gate_table()[static_cast<std::size_t>(gate)];
}

inline std::string_view gate_name(Gate gate) { return properties(gate).name; }

/// The gate of that table name ("rx"); nothing where there is none.
std::optional<Gate> find_gate(std::string_view name);

/// Whether the gate alone, with its angles, has a matrix: all from kI to kRc3x.
inline bool has_matrix(Gate gate) { return gate <= Gate::kRc3x; }

/// The matrix of a gate with has_matrix(gate), row by row, without controls. angles: n_angles
/// finite numbers, in radians. Entries are exact where they are 0, 1, i and the like.
std::vector<Amplitude> gate_matrix(Gate gate, std::span<const double> angles);

}  // namespace quanta::quantum
