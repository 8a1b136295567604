#include "quantum/transpiler/decompose.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "core/constants.h"
#include "quantum/transpiler/multiplexed.h"
#include "quantum/transpiler/shannon.h"
#include "quantum/transpiler/two_qubit.h"

namespace quanta::quantum {
namespace {

/// Builds V^+ … W … V: only the middle needs the controls of the whole.
class Steps {
 public:
  explicit Steps(const Operation& whole) : whole_(whole) {}

  /// A gate that the controls need not touch, as its inverse comes too.
  void free(Gate gate, std::vector<unsigned> qubits, std::vector<Angle> angles = {}) {
    add({.gate = gate, .qubits = std::move(qubits), .angles = std::move(angles)});
  }
  void free_cx(unsigned control, unsigned target) { add(cx(control, target)); }

  void under_controls(Gate gate, std::vector<unsigned> qubits, std::vector<Angle> angles = {}) {
    under_controls({.gate = gate, .qubits = std::move(qubits), .angles = std::move(angles)});
  }
  void under_controls(Operation operation) {
    const auto controls = whole_.controls();
    operation.qubits.insert(operation.qubits.begin(), controls.begin(), controls.end());
    operation.control_state = operation.control_state << whole_.n_controls | whole_.control_state;
    operation.n_controls += whole_.n_controls;
    add(std::move(operation));
  }
  void under_controls(GateSequence sequence) {
    for (Operation& operation : sequence.operations) under_controls(std::move(operation));
    phase_under_controls(sequence.phase);
  }

  /// e^{i angle} where the controls are met.
  void phase_under_controls(const Angle& angle) {
    if (angle == Angle()) return;
    if (whole_.n_controls == 0) {
      sequence_.phase = sequence_.phase + angle;
      return;
    }
    Operation phase{.gate = Gate::kP,
                    .qubits = {whole_.controls().begin(), whole_.controls().end()},
                    .n_controls = whole_.n_controls - 1,
                    .control_state = whole_.control_state,
                    .angles = {angle}};
    const std::uint64_t last = std::uint64_t{1} << phase.n_controls;
    const bool on_one = (phase.control_state & last) != 0;
    phase.control_state &= ~last;
    const unsigned target = phase.qubits.back();
    if (!on_one) free(Gate::kX, {target});
    add(std::move(phase));
    if (!on_one) free(Gate::kX, {target});
  }

  static Operation cx(unsigned control, unsigned target) {
    return {.gate = Gate::kX, .qubits = {control, target}, .n_controls = 1, .control_state = 1};
  }

  void add(Operation operation) { sequence_.operations.push_back(std::move(operation)); }
  GateSequence take() { return std::move(sequence_); }

 private:
  const Operation& whole_;
  GateSequence sequence_;
};

Operation mcx(std::vector<unsigned> controls, unsigned target) {
  const auto n = static_cast<unsigned>(controls.size());
  controls.push_back(target);
  return {.gate = Gate::kX,
          .qubits = std::move(controls),
          .n_controls = n,
          .control_state = (std::uint64_t{1} << n) - 1};
}

/// theta, phi, lambda and phase of a gate on one operand.
std::array<Angle, 4> as_u(const Operation& operation) {
  const auto& angles = operation.angles;
  switch (operation.gate) {
    case Gate::kRx:
      return {angles[0], -kPi / 2, kPi / 2, 0.0};
    case Gate::kRy:
      return {angles[0], 0.0, 0.0, 0.0};
    case Gate::kRz:
      return {0.0, 0.0, angles[0], -0.5 * angles[0]};
    case Gate::kP:
      return {0.0, 0.0, angles[0], 0.0};
    case Gate::kR:
      return {angles[0], angles[1] - kPi / 2, kPi / 2 - angles[1], 0.0};
    case Gate::kU:
      return {angles[0], angles[1], angles[2], angles[3]};
    default: {
      const EulerAngles e = euler_angles(matrix2(operation));
      return {e.theta, e.phi, e.lambda, e.phase};
    }
  }
}

/// X under k >= 2 controls on 1.
GateSequence controlled_x(const Operation& operation, unsigned n_qubits) {
  const std::vector<unsigned> c(operation.controls().begin(), operation.controls().end());
  const unsigned t = operation.qubits.back();
  Steps steps(operation);
  if (c.size() == 2) {
    steps.free(Gate::kH, {t});
    steps.free_cx(c[1], t);
    steps.free(Gate::kTdg, {t});
    steps.free_cx(c[0], t);
    steps.free(Gate::kT, {t});
    steps.free_cx(c[1], t);
    steps.free(Gate::kTdg, {t});
    steps.free_cx(c[0], t);
    steps.free(Gate::kT, {c[1]});
    steps.free(Gate::kT, {t});
    steps.free(Gate::kH, {t});
    steps.free_cx(c[0], c[1]);
    steps.free(Gate::kT, {c[0]});
    steps.free(Gate::kTdg, {c[1]});
    steps.free_cx(c[0], c[1]);
    return steps.take();
  }
  std::vector<unsigned> scratch;
  for (unsigned q = 0; q < n_qubits && scratch.size() + 2 < c.size(); ++q) {
    if (std::ranges::find(operation.qubits, q) == operation.qubits.end()) scratch.push_back(q);
  }
  const std::size_t k = c.size();
  if (scratch.size() + 2 == k) {
    // A staircase of ccx down to the first controls and up again, twice, so that whatever the
    // scratch held goes out again.
    const auto stair = [&](std::size_t i) {  // i = 0: the two lowest; i = k - 2: onto the target
      steps.add(mcx({i == 0 ? c[0] : scratch[i - 1], c[i + 1]}, i + 2 == k ? t : scratch[i]));
    };
    for (const std::size_t top : {k - 2, k - 3}) {
      for (std::size_t i = top; i > 0; --i) stair(i);
      for (std::size_t i = 0; i <= top; ++i) stair(i);
    }
    return steps.take();
  }
  if (!scratch.empty()) {
    const std::size_t half = (k + 1) / 2;
    const unsigned a = scratch[0];
    const std::vector<unsigned> low(c.begin(), c.begin() + static_cast<std::ptrdiff_t>(half));
    std::vector<unsigned> high(c.begin() + static_cast<std::ptrdiff_t>(half), c.end());
    high.push_back(a);
    for (int twice = 0; twice < 2; ++twice) {
      steps.add(mcx(low, a));
      steps.add(mcx(high, t));
    }
    return steps.take();
  }
  steps.free(Gate::kH, {t});
  Operation phase = operation;
  phase.gate = Gate::kP;
  phase.angles = {kPi};
  steps.add(std::move(phase));
  steps.free(Gate::kH, {t});
  return steps.take();
}

/// P(angle) under controls on 1.
GateSequence controlled_phase(const Operation& operation) {
  const Angle& angle = operation.angles[0];
  std::vector<unsigned> c(operation.controls().begin(), operation.controls().end());
  const unsigned t = operation.qubits.back();
  const unsigned last = c.back();
  c.pop_back();
  Steps steps(operation);
  const auto half_phase = [&](std::vector<unsigned> controls, unsigned target, double factor) {
    Operation phase = mcx(std::move(controls), target);
    phase.gate = Gate::kP;
    phase.angles = {factor * angle};
    steps.add(std::move(phase));
  };
  if (c.empty()) {
    half_phase({}, last, 0.5);
    half_phase({}, t, 0.5);
    steps.add(mcx({last}, t));
    half_phase({}, t, -0.5);
    steps.add(mcx({last}, t));
    return steps.take();
  }
  half_phase({last}, t, 0.5);
  steps.add(mcx(c, last));
  half_phase({last}, t, -0.5);
  steps.add(mcx(c, last));
  half_phase(c, t, 0.5);
  return steps.take();
}

/// A gate on one operand under controls on 1.
GateSequence controlled_turn(const Operation& operation, unsigned n_qubits) {
  const unsigned t = operation.qubits.back();
  Steps steps(operation);
  const auto with = [&](Gate gate, std::vector<Angle> angles = {}) {
    Operation middle = operation;
    middle.gate = gate;
    middle.angles = std::move(angles);
    steps.add(std::move(middle));
  };
  const auto x = [&] { with(Gate::kX); };
  const auto turn = [&](Gate axis, const Angle& angle) {
    if (angle != Angle()) steps.free(axis, {t}, {angle});
  };
  switch (operation.gate) {
    case Gate::kI:
      return steps.take();
    case Gate::kX:
      return controlled_x(operation, n_qubits);
    case Gate::kP:
      return controlled_phase(operation);
    case Gate::kZ:
      steps.free(Gate::kH, {t});
      x();
      steps.free(Gate::kH, {t});
      return steps.take();
    case Gate::kY:
      steps.free(Gate::kSdg, {t});
      x();
      steps.free(Gate::kS, {t});
      return steps.take();
    case Gate::kH:
      steps.free(Gate::kRy, {t}, {-kPi / 4});
      with(Gate::kZ);
      steps.free(Gate::kRy, {t}, {kPi / 4});
      return steps.take();
    case Gate::kS:
      with(Gate::kP, {kPi / 2});
      return steps.take();
    case Gate::kSdg:
      with(Gate::kP, {-kPi / 2});
      return steps.take();
    case Gate::kT:
      with(Gate::kP, {kPi / 4});
      return steps.take();
    case Gate::kTdg:
      with(Gate::kP, {-kPi / 4});
      return steps.take();
    case Gate::kSx:
    case Gate::kSxdg:
      steps.free(Gate::kH, {t});
      with(Gate::kP, {operation.gate == Gate::kSx ? kPi / 2 : -kPi / 2});
      steps.free(Gate::kH, {t});
      return steps.take();
    case Gate::kRx:
      steps.free(Gate::kH, {t});
      with(Gate::kRz, operation.angles);
      steps.free(Gate::kH, {t});
      return steps.take();
    default:
      break;
  }
  // R_z(f) R_y(t/2) X R_y(-t/2) R_z(-(f+l)/2) X R_z((l-f)/2), which without the X is nothing.
  const auto [theta, phi, lambda, phase] = as_u(operation);
  turn(Gate::kRz, 0.5 * (lambda - phi));
  x();
  turn(Gate::kRz, -0.5 * (phi + lambda));
  turn(Gate::kRy, -0.5 * theta);
  x();
  turn(Gate::kRy, 0.5 * theta);
  turn(Gate::kRz, phi);
  steps.phase_under_controls(phase + 0.5 * (phi + lambda));
  return steps.take();
}

/// Multi-controlled X that undo a permutation, last one first: bit by bit, each basis state in
/// order is brought home without moving those that are there already.
std::vector<Operation> permutation_steps(std::vector<std::uint32_t> images,
                                         std::span<const unsigned> qubits) {
  std::vector<Operation> steps;
  const auto flip = [&](std::uint32_t controls, unsigned bit) {
    std::vector<unsigned> wires;
    for (unsigned j = 0; j < qubits.size(); ++j) {
      if (j != bit && (controls >> j & 1) != 0) wires.push_back(qubits[j]);
    }
    steps.push_back(mcx(std::move(wires), qubits[bit]));
    const std::uint32_t mask = controls & ~(std::uint32_t{1} << bit);
    for (std::uint32_t& y : images) {
      if ((y & mask) == mask) y ^= std::uint32_t{1} << bit;
    }
  };
  for (std::uint32_t x = 0; x < images.size(); ++x) {
    for (unsigned bit = 0; bit < qubits.size(); ++bit) {
      if ((x & ~images[x]) >> bit & 1) flip(images[x], bit);
    }
    for (unsigned bit = 0; bit < qubits.size(); ++bit) {
      if ((images[x] & ~x) >> bit & 1) flip(x, bit);
    }
  }
  std::ranges::reverse(steps);
  return steps;
}

/// exp(i (a XX + b ZZ)) = CX (R_x(-2a) x R_z(-2b)) CX, under the controls of the whole.
void xx_and_zz(Steps& steps, unsigned p, unsigned q, const Angle& rx, const Angle& rz) {
  steps.free_cx(p, q);
  if (rx != Angle()) steps.under_controls(Gate::kRx, {p}, {rx});
  if (rz != Angle()) steps.under_controls(Gate::kRz, {q}, {rz});
  steps.free_cx(p, q);
}

/// exp(i (a XX + b YY)): the same between quarter turns about x.
void xx_and_yy(Steps& steps, unsigned p, unsigned q, const Angle& rx, const Angle& rz) {
  for (const unsigned wire : {p, q}) steps.free(Gate::kRx, {wire}, {kPi / 2});
  xx_and_zz(steps, p, q, rx, rz);
  for (const unsigned wire : {p, q}) steps.free(Gate::kRx, {wire}, {-kPi / 2});
}

void pauli_exponential(Steps& steps, const Operation& operation) {
  const auto operands = operation.operands();
  const std::string& paulis = operation.payload->paulis;
  std::vector<unsigned> wires;
  const auto frames = [&](double sign) {
    for (std::size_t j = 0; j < operands.size(); ++j) {
      const char letter = paulis[operands.size() - 1 - j];
      if (letter == 'X') steps.free(Gate::kH, {operands[j]});
      if (letter == 'Y') steps.free(Gate::kRx, {operands[j]}, {sign * kPi / 2});
      if (letter != 'I' && sign > 0) wires.push_back(operands[j]);
    }
  };
  frames(1.0);
  if (wires.empty()) {
    steps.phase_under_controls(-0.5 * operation.angles[0]);
    return;
  }
  for (std::size_t j = 0; j + 1 < wires.size(); ++j) steps.free_cx(wires[j], wires[j + 1]);
  steps.under_controls(Gate::kRz, {wires.back()}, operation.angles);
  for (std::size_t j = wires.size() - 1; j-- > 0;) steps.free_cx(wires[j], wires[j + 1]);
  frames(-1.0);
}

/// The gate with its controls as a table on all of its qubits: of a diagonal, where nothing happens
/// unless the controls are met.
Operation diagonal_with_controls(const Operation& operation) {
  if (operation.n_controls == 0) return operation;
  Operation whole{.gate = Gate::kDiagonal, .qubits = operation.qubits};
  std::vector<Amplitude> numbers(std::size_t{1} << operation.qubits.size(), 1.0);
  for (std::size_t x = 0; x < operation.payload->numbers.size(); ++x) {
    numbers[x << operation.n_controls | operation.control_state] = operation.payload->numbers[x];
  }
  whole.payload = std::make_shared<const Payload>(Payload{.numbers = std::move(numbers)});
  return whole;
}

}  // namespace

GateSequence decompose(const Operation& operation, unsigned n_qubits) {
  assert(is_unitary(operation) &&
         (operation.qubits.size() > 1 || operation.gate == Gate::kPauliExponential));
  if (!operation.controls_all_one() && operation.gate != Gate::kDiagonal) {
    Steps steps(operation);
    const auto flip = [&] {
      for (unsigned j = 0; j < operation.n_controls; ++j) {
        if ((operation.control_state >> j & 1) == 0) steps.free(Gate::kX, {operation.qubits[j]});
      }
    };
    Operation on_one = operation;
    on_one.control_state = operation.n_controls == 64
                               ? ~std::uint64_t{0}
                               : (std::uint64_t{1} << operation.n_controls) - 1;
    flip();
    steps.add(std::move(on_one));
    flip();
    return steps.take();
  }
  const auto operands = operation.operands();
  if (operands.size() == 1 && operation.gate <= Gate::kU) {
    return controlled_turn(operation, n_qubits);
  }
  Steps steps(operation);
  const unsigned p = operands[0];
  const unsigned q = operands.size() > 1 ? operands[1] : p;
  const auto& angles = operation.angles;
  switch (operation.gate) {
    case Gate::kSwap:
      steps.free_cx(q, p);
      steps.under_controls(Steps::cx(p, q));
      steps.free_cx(q, p);
      break;
    case Gate::kIswap:
      xx_and_yy(steps, p, q, -kPi / 2, -kPi / 2);
      break;
    case Gate::kDcx:
      steps.under_controls(Steps::cx(p, q));
      steps.under_controls(Steps::cx(q, p));
      break;
    case Gate::kEcr:
      steps.free(Gate::kRzx, {p, q}, {kPi / 4});
      steps.under_controls(Gate::kX, {p});
      steps.free(Gate::kRzx, {p, q}, {-kPi / 4});
      break;
    case Gate::kRxx:
      xx_and_zz(steps, p, q, angles[0], {});
      break;
    case Gate::kRzz:
      xx_and_zz(steps, p, q, {}, angles[0]);
      break;
    case Gate::kRyy:
      xx_and_yy(steps, p, q, {}, angles[0]);
      break;
    case Gate::kRzx:
      steps.free(Gate::kH, {q});
      xx_and_zz(steps, p, q, {}, angles[0]);
      steps.free(Gate::kH, {q});
      break;
    case Gate::kXxPlusYy:
      steps.free(Gate::kRz, {p}, {angles[1]});
      xx_and_yy(steps, p, q, 0.5 * angles[0], 0.5 * angles[0]);
      steps.free(Gate::kRz, {p}, {-angles[1]});
      break;
    case Gate::kXxMinusYy:
      steps.free(Gate::kRz, {p}, {-angles[1]});
      xx_and_yy(steps, p, q, 0.5 * angles[0], -0.5 * angles[0]);
      steps.free(Gate::kRz, {p}, {angles[1]});
      break;
    case Gate::kFsim:
      xx_and_yy(steps, p, q, angles[0], angles[0]);
      steps.under_controls({.gate = Gate::kP,
                            .qubits = {p, q},
                            .n_controls = 1,
                            .control_state = 1,
                            .angles = {-angles[1]}});
      break;
    case Gate::kRccx:
    case Gate::kRc3x: {
      // The listed sequences of gate.h; the outer H of the controls' absence undo each other.
      const bool three = operation.gate == Gate::kRccx;
      const unsigned t = operands.back();
      const auto controlled_by = [&](std::size_t j) {
        steps.under_controls(Steps::cx(operands[j], t));
      };
      const auto on_target = [&](Gate gate) { steps.under_controls(gate, {t}); };
      if (three) {
        on_target(Gate::kH);
        on_target(Gate::kT);
        controlled_by(1);
        on_target(Gate::kTdg);
        controlled_by(0);
        on_target(Gate::kT);
        controlled_by(1);
        on_target(Gate::kTdg);
        on_target(Gate::kH);
        break;
      }
      on_target(Gate::kH);
      on_target(Gate::kT);
      controlled_by(2);
      on_target(Gate::kTdg);
      on_target(Gate::kH);
      for (const std::size_t j : {0U, 1U}) {
        controlled_by(j);
        on_target(j == 0 ? Gate::kT : Gate::kTdg);
      }
      for (const std::size_t j : {0U, 1U}) {
        controlled_by(j);
        on_target(j == 0 ? Gate::kT : Gate::kTdg);
      }
      on_target(Gate::kH);
      on_target(Gate::kT);
      controlled_by(2);
      on_target(Gate::kTdg);
      on_target(Gate::kH);
      break;
    }
    case Gate::kDiagonal: {
      const Operation whole = diagonal_with_controls(operation);
      std::vector<double> phases;
      for (const Amplitude& number : whole.payload->numbers) phases.push_back(std::arg(number));
      return diagonal(phases, whole.qubits);
    }
    case Gate::kPermutation:
      for (Operation& step : permutation_steps(operation.payload->images, operands)) {
        steps.under_controls(std::move(step));
      }
      break;
    case Gate::kPauliExponential:
      pauli_exponential(steps, operation);
      break;
    case Gate::kUnitary:
      if (operands.size() == 1) {
        const auto [theta, phi, lambda, phase] = as_u(operation);
        steps.under_controls(Gate::kU, {p}, {theta, phi, lambda, phase});
      } else if (operands.size() == 2) {
        static const Basis cx_and_u = *Basis::parse(std::array<std::string, 2>{"cx", "u"});
        const auto& m = operation.payload->numbers;
        Matrix4 matrix{};
        std::ranges::copy(m, matrix.begin());
        steps.under_controls(synthesise(matrix, cx_and_u, {p, q}));
      } else {
        steps.under_controls(shannon_decomposition(operation.payload->numbers, operands));
      }
      break;
    default: {
      assert(operation.gate == Gate::kDefined);
      const Circuit flat = operation.payload->body->expand();
      GateSequence body;
      for (const Operation& inner : flat.operations()) {
        if (inner.gate == Gate::kBarrier) continue;
        body.operations.push_back(inner);
        for (unsigned& wire : body.operations.back().qubits) wire = operands[wire];
      }
      body.phase = flat.global_phase();
      steps.under_controls(std::move(body));
    }
  }
  return steps.take();
}

}  // namespace quanta::quantum
