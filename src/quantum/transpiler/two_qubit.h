/// Gates on two qubits: their canonical form and circuits for it.
///
///   const Kak kak = kak_decomposition(matrix);         // kak.a, kak.b, kak.c: the Weyl chamber
///   auto gates = synthesise(matrix, basis, {4, 7});    // at most three cx of qubits 4 and 7
#pragma once

#include <array>
#include <optional>

#include "quantum/transpiler/basis.h"
#include "quantum/transpiler/one_qubit.h"
#include "quantum/transpiler/small_matrix.h"

namespace quanta::quantum {

/// U = e^{i phase} (left[1] x left[0]) exp(i (a XX + b YY + c ZZ)) (right[1] x right[0]),
/// [j] acting on operand j, with pi/4 >= a >= b >= |c|, and c >= 0 where a = pi/4 (within 1e-11):
/// then (a, b, c) is the same for all gates that differ by one-qubit gates only. cx is
/// (pi/4, 0, 0), iswap (pi/4, pi/4, 0), swap (pi/4, pi/4, pi/4).
struct Kak {
  std::array<Matrix2, 2> left = {};
  std::array<Matrix2, 2> right = {};
  double a = 0.0;
  double b = 0.0;
  double c = 0.0;
  double phase = 0.0;

  Matrix4 matrix() const;  ///< U again
};

/// For a unitary matrix; matrix() gives it back within 1e-12. About 5 us.
///
/// In the magic basis U is a real rotation, a diagonal and a real rotation: U^T U there is
/// symmetric and unitary, and one rotation makes its real and imaginary parts diagonal together
/// (Jacobi steps on both at once, which also settles repeated eigenvalues). Sources: Kraus & Cirac
/// 2001 (quant-ph/0011050), Tucci 2005 (quant-ph/0507171), Cardoso & Souloumiac 1996 (the angles).
Kak kak_decomposition(const Matrix4& unitary);

/// exp(i (a XX + b YY + c ZZ)).
Matrix4 canonical_gate(double a, double b, double c);

/// How many cx a gate of that class needs: 0 if it is local, 1 for the class of cx, 2 where c = 0,
/// else 3 (within 1e-10). Source: Shende, Bullock & Markov 2004 (quant-ph/0308045).
unsigned cx_count(const Kak& kak);

/// Gates of the basis on two qubits (operand j is qubits[j]) whose product is the matrix, phase
/// included, rebuilt within 1e-11: the fewest two-qubit gates, then the fewest in all, that this
/// finds among one gate of the basis of the same class, two or three gates of the class of cx in
/// all orders, and moves of turns through them. Two cx: CX (R_x x R_z) CX between one-qubit gates;
/// three: Vatan & Williams 2004 (quant-ph/0308006), figure 6.
GateSequence synthesise(const Matrix4& unitary, const Basis& basis, std::array<unsigned, 2> qubits);

/// The matrix of a gate with its controls, all angles numbers, on qubits[0] and qubits[1]: one of
/// its qubits may be missing.
Matrix4 matrix4(const Operation& operation, std::array<unsigned, 2> qubits);

}  // namespace quanta::quantum
