#include "quantum/transpiler/one_qubit.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "core/constants.h"

namespace quanta::quantum {
namespace {

constexpr double kSnap = 4e-15;

/// To the multiple of pi/64 that rounding has moved it from, and into (-pi, pi].
double tidy(double angle) {
  angle = wrapped_angle(angle);
  const double multiple = std::round(angle * 64 / kPi);
  const double exact = multiple * kPi / 64;
  if (std::abs(angle - exact) < kSnap) angle = exact;
  return angle <= -kPi ? kPi : angle + 0.0;  // no -0
}

/// Collects gates on one qubit, leaving out turns by no angle.
class Builder {
 public:
  Builder(const Basis& basis, unsigned qubit) : basis_(basis), qubit_(qubit) {}

  void gate(Gate gate, std::vector<Angle> angles = {}) {
    sequence_.operations.push_back({.gate = gate, .qubits = {qubit_}, .angles = std::move(angles)});
  }

  /// R_P(angle), P being the axis of the gate rx, ry or rz.
  void turn(Gate axis, Angle angle) {
    if (angle.is_number()) {
      const double number = angle.constant;
      angle.constant = tidy(number);
      phase(std::round((number - angle.constant) / (2 * kPi)) * kPi);  // R(t + 2 pi) = -R(t)
      if (std::abs(angle.constant) < kNoAngle) return;
    }
    if (axis == Gate::kRz && !basis_.prefers_rz() && basis_.allows(Gate::kP, 0)) {
      phase(-0.5 * angle);
      axis = Gate::kP;
    }
    gate(axis, {angle});
  }

  void phase(const Angle& angle) { sequence_.phase = sequence_.phase + angle; }

  GateSequence take() {
    if (sequence_.phase.is_number()) sequence_.phase = tidy(sequence_.phase.constant);
    return std::move(sequence_);
  }

 private:
  const Basis& basis_;
  unsigned qubit_;
  GateSequence sequence_;
};

/// Keeps the shortest of the sequences offered, the first of equals.
void keep_shorter(std::optional<GateSequence>& best, GateSequence candidate) {
  if (!best || candidate.operations.size() < best->operations.size()) best = std::move(candidate);
}

/// The matrix of H U H, with which turns about x become turns about z.
Matrix2 in_x_frame(const Matrix2& u) {
  const Amplitude a = u[0] + u[1];
  const Amplitude b = u[0] - u[1];
  const Amplitude c = u[2] + u[3];
  const Amplitude d = u[2] - u[3];
  return {0.5 * (a + c), 0.5 * (b + d), 0.5 * (a - c), 0.5 * (b - d)};
}

bool turns_z(const Basis& basis) { return basis.allows(Gate::kRz, 0) || basis.allows(Gate::kP, 0); }

}  // namespace

double wrapped_angle(double angle) {
  if (angle >= -kPi && angle <= kPi) return angle;
  return std::remainder(angle, 2 * kPi);
}

Matrix2 matrix2(const Operation& operation) {
  assert(operation.operands().size() == 1);
  const std::vector<Amplitude> matrix = operand_matrix(operation, {});
  return {matrix[0], matrix[1], matrix[2], matrix[3]};
}

void GateSequence::append(GateSequence more) {
  std::move(more.operations.begin(), more.operations.end(), std::back_inserter(operations));
  phase = phase + more.phase;
}

EulerAngles euler_angles(const Matrix2& u) {
  const double c = std::abs(u[0]);
  const double s = std::abs(u[2]);
  EulerAngles e;
  e.theta = 2 * std::atan2(s, c);
  // The phases of the larger elements are the ones that are well known; phi + lambda, or
  // phi - lambda, must come from them alone.
  if (s < kNoAngle) {
    e.theta = 0.0;
    e.phase = std::arg(u[0]);
    e.lambda = std::arg(u[3]) - e.phase;
  } else if (c < kNoAngle) {
    e.theta = kPi;
    e.phase = std::arg(u[2]);
    e.lambda = std::arg(-u[1]) - e.phase;
  } else if (c >= s) {
    e.phase = std::arg(u[0]);
    e.phi = std::arg(u[2]) - e.phase;
    e.lambda = std::arg(u[3]) - e.phase - e.phi;
  } else {
    e.phase = std::arg(u[0]);
    e.phi = std::arg(u[2]) - e.phase;
    e.lambda = std::arg(-u[1]) - e.phase;
  }
  return {tidy(e.theta), tidy(e.phi), tidy(e.lambda), tidy(e.phase)};
}

std::optional<SingleGate> single_gate(const Matrix2& u, const Basis& basis, unsigned n_controls) {
  std::optional<SingleGate> found;
  const auto fits = [&](Gate gate, std::initializer_list<double> angles) {
    if (!basis.allows(gate, n_controls)) return false;
    const std::vector<Amplitude> m = gate_matrix(gate, angles);
    const Matrix2 matrix = {m[0], m[1], m[2], m[3]};
    const double phase = n_controls > 0 ? 0.0 : tidy(relative_phase(u, matrix));
    if (distance(u, scaled(matrix, std::polar(1.0, phase))) > kSameMatrix) return false;
    found = SingleGate{.operation = {.gate = gate, .n_controls = n_controls}, .phase = phase};
    found->operation.qubits.resize(n_controls + 1);
    for (const double angle : angles) found->operation.angles.emplace_back(angle);
    return true;
  };
  const EulerAngles e = euler_angles(u);
  if (std::abs(u[2]) < kSameMatrix) {
    // Under controls a turn by 2 pi more is another gate.
    const double period =
        wrapped_angle(e.phase + e.lambda / 2) == 0.0 || n_controls == 0 ? 0 : 2 * kPi;
    const auto turn_z = [&] { return fits(Gate::kRz, {e.lambda + period}); };
    const auto phase = [&] { return fits(Gate::kP, {e.lambda}); };
    if (fits(Gate::kZ, {}) || fits(Gate::kS, {}) || fits(Gate::kSdg, {}) || fits(Gate::kT, {}) ||
        fits(Gate::kTdg, {}) || (basis.prefers_rz() && turn_z()) || phase() || turn_z()) {
      return found;
    }
  } else {
    if (fits(Gate::kX, {}) || fits(Gate::kY, {}) || fits(Gate::kH, {}) || fits(Gate::kSx, {}) ||
        fits(Gate::kSxdg, {})) {
      return found;
    }
    for (const double turn : {e.theta, -e.theta, e.theta - 2 * kPi, 2 * kPi - e.theta}) {
      if (std::abs(turn) > kPi && n_controls == 0) continue;
      if (fits(Gate::kRx, {turn}) || fits(Gate::kRy, {turn})) return found;
    }
  }
  if (fits(Gate::kU, {e.theta, e.phi, e.lambda, n_controls > 0 ? e.phase : 0.0}) ||
      fits(Gate::kR, {e.theta, tidy(e.phi + kPi / 2)}) ||
      fits(Gate::kR, {e.theta, tidy((e.phi - e.lambda + kPi) / 2)})) {
    return found;
  }
  return std::nullopt;
}

GateSequence synthesise_u(const Angle& theta, const Angle& phi, const Angle& lambda,
                          const Basis& basis, unsigned qubit) {
  if (basis.allows(Gate::kU, 0)) {
    Builder out(basis, qubit);
    out.gate(Gate::kU, {theta, phi, lambda, 0.0});
    return out.take();
  }
  const Angle mean = 0.5 * (phi + lambda);  // u = e^{i mean} R_z(phi) R_y(theta) R_z(lambda)
  const bool rx = basis.allows(Gate::kRx, 0);
  const bool ry = basis.allows(Gate::kRy, 0);
  const bool right_angle = theta.is_number() && theta.constant == kPi / 2;
  const bool straight_angle = theta.is_number() && theta.constant == kPi;
  const bool none = theta.is_number() && std::abs(theta.constant) < kNoAngle;
  std::optional<GateSequence> best;
  if (turns_z(basis)) {
    Builder out(basis, qubit);
    if (none) {
      out.turn(Gate::kRz, phi + lambda);
      out.phase(mean);
      return out.take();
    }
    if (ry || rx) {
      const double shift = ry ? 0.0 : kPi / 2;  // R_y(t) = R_z(pi/2) R_x(t) R_z(-pi/2)
      out.turn(Gate::kRz, lambda - shift);
      out.turn(ry ? Gate::kRy : Gate::kRx, theta);
      out.turn(Gate::kRz, phi + shift);
      out.phase(mean);
      keep_shorter(best, out.take());
    }
    if (basis.allows(Gate::kX, 0) && straight_angle) {  // u(pi, f, l) = -i e^{i mean} X R_z(l-f-pi)
      Builder flip(basis, qubit);
      flip.turn(Gate::kRz, lambda - phi - kPi);
      flip.gate(Gate::kX);
      flip.phase(mean - kPi / 2);
      keep_shorter(best, flip.take());
    }
    if (basis.allows(Gate::kSx, 0)) {
      Builder sx(basis, qubit);
      if (right_angle) {  // SX = e^{i pi/4} R_x(pi/2)
        sx.turn(Gate::kRz, lambda - kPi / 2);
        sx.gate(Gate::kSx);
        sx.turn(Gate::kRz, phi + kPi / 2);
        sx.phase(mean - kPi / 4);
      } else {  // R_y(t) = i R_z(pi) SX R_z(t + pi) SX
        sx.turn(Gate::kRz, lambda);
        sx.gate(Gate::kSx);
        sx.turn(Gate::kRz, theta + kPi);
        sx.gate(Gate::kSx);
        sx.turn(Gate::kRz, phi + kPi);
        sx.phase(mean + kPi / 2);
      }
      keep_shorter(best, sx.take());
    } else if (basis.allows(Gate::kH, 0)) {
      Builder h(basis, qubit);
      if (right_angle) {  // R_y(pi/2) = H Z = i H R_z(pi)
        h.turn(Gate::kRz, lambda + kPi);
        h.gate(Gate::kH);
        h.turn(Gate::kRz, phi);
        h.phase(mean + kPi / 2);
      } else {  // R_x(t) = H R_z(t) H
        h.turn(Gate::kRz, lambda - kPi / 2);
        h.gate(Gate::kH);
        h.turn(Gate::kRz, theta);
        h.gate(Gate::kH);
        h.turn(Gate::kRz, phi + kPi / 2);
        h.phase(mean);
      }
      keep_shorter(best, h.take());
    }
  }
  if (!best && rx && ry) {  // R_z(t) = R_x(-pi/2) R_y(-t) R_x(pi/2)
    Builder out(basis, qubit);
    out.turn(Gate::kRx, kPi / 2);
    out.turn(Gate::kRy, -lambda);
    out.turn(Gate::kRx, -kPi / 2);
    out.turn(Gate::kRy, theta);
    out.turn(Gate::kRx, kPi / 2);
    out.turn(Gate::kRy, -phi);
    out.turn(Gate::kRx, -kPi / 2);
    out.phase(mean);
    keep_shorter(best, out.take());
  }
  if (!best) {  // R_z(t) = -R(pi, t/2) R(pi, 0), and R_z(-l) R_y(t) R_z(l) = R(t, pi/2 - l)
    assert(basis.allows(Gate::kR, 0));
    Builder out(basis, qubit);
    if (!none) out.gate(Gate::kR, {theta, kPi / 2 - lambda});
    out.gate(Gate::kR, {kPi, 0.0});
    out.gate(Gate::kR, {kPi, mean});
    out.phase(mean + kPi);
    keep_shorter(best, out.take());
  }
  return *std::move(best);
}

GateSequence synthesise(const Matrix2& u, const Basis& basis, unsigned qubit) {
  if (const double phase = std::arg(u[0]);
      distance(u, scaled(kIdentity2, std::polar(1.0, phase))) < kSameMatrix) {
    return {.operations = {}, .phase = tidy(phase)};
  }
  if (auto single = single_gate(u, basis, 0)) {
    single->operation.qubits = {qubit};
    return {.operations = {std::move(single->operation)}, .phase = single->phase};
  }
  const EulerAngles e = euler_angles(u);
  std::optional<GateSequence> best;
  GateSequence general = synthesise_u(e.theta, e.phi, e.lambda, basis, qubit);
  general.phase = general.phase + e.phase;
  keep_shorter(best, std::move(general));
  if (basis.allows(Gate::kRx, 0) && basis.allows(Gate::kRy, 0)) {
    // In the frame where x and z are exchanged, y reversed: R_x(phi) R_y(-theta) R_x(lambda).
    const EulerAngles x = euler_angles(in_x_frame(u));
    Builder out(basis, qubit);
    out.turn(Gate::kRx, x.lambda);
    out.turn(Gate::kRy, -x.theta);
    out.turn(Gate::kRx, x.phi);
    out.phase(x.phase + (x.phi + x.lambda) / 2);
    keep_shorter(best, out.take());
  }
  if (basis.allows(Gate::kR, 0)) {
    // V = R(pi, a)^+ U is an R where its diagonal is real, but for a phase: R(pi, a) has the
    // elements -i e^{-ia}, -i e^{ia} off the diagonal.
    const double mean = e.phase + (e.phi + e.lambda) / 2;  // U has determinant e^{2 i mean}
    const Amplitude corner = u[2] * std::polar(1.0, -mean);
    const double a = std::abs(corner) < kNoAngle ? e.lambda / 2 : std::arg(corner) + kPi / 2;
    const std::vector<Amplitude> first = gate_matrix(Gate::kR, std::array{kPi, a});
    const Matrix2 turn = {first[0], first[1], first[2], first[3]};
    const Matrix2 rest = scaled(adjoint(turn) * u, std::polar(1.0, -mean));
    Builder out(basis, qubit);
    out.gate(Gate::kR, {tidy(2 * std::atan2(std::abs(rest[2]), rest[0].real())),
                        tidy(std::arg(rest[2]) + kPi / 2)});
    out.gate(Gate::kR, {kPi, tidy(a)});
    out.phase(mean);
    keep_shorter(best, out.take());
  }
  if (best->phase.is_number()) best->phase = tidy(best->phase.constant);
  return *std::move(best);
}

}  // namespace quanta::quantum
