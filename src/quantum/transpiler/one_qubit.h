/// Gates on one qubit from their matrices.
///
///   const EulerAngles e = euler_angles(matrix);          // a u gate and a phase
///   const GateSequence s = synthesise(matrix, basis);    // the fewest gates of the basis
#pragma once

#include <vector>

#include "quantum/circuit/circuit.h"
#include "quantum/transpiler/basis.h"
#include "quantum/transpiler/small_matrix.h"

namespace quanta::quantum {

/// U = e^{i phase} [[c, -e^{i lambda} s], [e^{i phi} s, e^{i(phi + lambda)} c]],
/// c = cos(theta/2), s = sin(theta/2); the same as
/// U = e^{i(phase + (phi + lambda)/2)} R_z(phi) R_y(theta) R_z(lambda).
/// theta is in [0, pi], the others in (-pi, pi]. phi = 0 where theta is 0 or pi.
struct EulerAngles {
  double theta = 0.0;
  double phi = 0.0;
  double lambda = 0.0;
  double phase = 0.0;
};

/// The matrix is unitary; the angles give it back within 1e-15 or so. Those within 4e-15 of a
/// multiple of pi/64 are that multiple.
EulerAngles euler_angles(const Matrix2& unitary);

/// Operations in the order in which they act, and a global phase.
struct GateSequence {
  std::vector<Operation> operations = {};
  Angle phase = {};

  void append(GateSequence more);
};

/// The fewest gates of the basis on qubit `qubit` whose product is the matrix, phase included. With
/// {rz, sx}: none for the identity, one rz for a diagonal matrix, else rz sx rz where theta is
/// pi/2, else rz sx rz sx rz, turns by 0 left out (and x rz where theta is pi and x is there).
GateSequence synthesise(const Matrix2& unitary, const Basis& basis, unsigned qubit);

/// The gate u(theta, phi, lambda) whose angles may be named, in gates of the basis.
GateSequence synthesise_u(const Angle& theta, const Angle& phi, const Angle& lambda,
                          const Basis& basis, unsigned qubit);

/// The one gate of the basis, under `n_controls` controls, that does what the matrix does there:
/// without controls up to the phase that comes with it, under controls exactly (phase 0). Empty
/// where the basis has none. The caller sets its
/// n_controls + 1 qubits.
struct SingleGate {
  Operation operation = {};
  double phase = 0.0;
};
std::optional<SingleGate> single_gate(const Matrix2& unitary, const Basis& basis,
                                      unsigned n_controls);

/// Angles smaller than this are nothing, matrices nearer than it the same.
inline constexpr double kNoAngle = 1e-14;
inline constexpr double kSameMatrix = 1e-13;

/// `angle` less the multiple of 2 pi nearest to it: in [-pi, pi], exact where it was there already.
double wrapped_angle(double angle);

/// The matrix of a gate on one qubit without its controls; its angles are numbers.
Matrix2 matrix2(const Operation& operation);

}  // namespace quanta::quantum
