#include "quantum/transpiler/translate.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "quantum/transpiler/decompose.h"
#include "quantum/transpiler/merge.h"
#include "quantum/transpiler/multiplexed.h"
#include "quantum/transpiler/one_qubit.h"
#include "quantum/transpiler/two_qubit.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kMostControls = 60;

class Translation {
 public:
  Translation(const Program& program, const Basis& basis)
      : basis_(basis), out_{.n_qubits = program.n_qubits, .n_bits = program.n_bits} {}

  Result<void> add(const Operation& operation) {
    if (basis_.allows(operation) && operation.gate != Gate::kStatePreparation) {
      return keep(operation);
    }
    if (operation.n_controls > kMostControls) {
      return bad_input("circuit",
                       fmt::format("\"{}\" has {} controls: at most {} can be translated",
                                   operation_name(operation), operation.n_controls, kMostControls));
    }
    if (operation.gate == Gate::kStatePreparation) {
      return add(state_preparation(operation.payload->numbers, operation.operands()),
                 operation.condition);
    }
    const bool numbers = operation.has_numbers();
    const bool table = operation.gate == Gate::kDefined;
    if (operation.qubits.size() == 1 && !table) {
      const unsigned q = operation.qubits[0];
      if (numbers) return finish(synthesise(matrix2(operation), basis_, q), operation.condition);
      if (operation.gate != Gate::kPauliExponential) return add_named(operation);
    } else if (operation.qubits.size() == 2 && numbers && !table) {
      return add_two(operation);
    }
    Operation plain = operation;
    plain.condition.reset();
    return add(decompose(plain, out_.n_qubits), operation.condition);
  }

  Program take(const Angle& phase) {
    out_.phase = sum_modulo(out_.phase, phase);
    return std::move(out_);
  }

 private:
  Result<void> keep(Operation operation) {
    if (out_.operations.size() >= kMostOperations) {
      return fail(ErrorKind::kResource,
                  fmt::format("more than {} gates of the basis come out", kMostOperations),
                  "basis");
    }
    out_.operations.push_back(std::move(operation));
    return {};
  }

  void turn(const Angle& phase, const std::optional<Condition>& condition) {
    if (!condition) out_.phase = sum_modulo(out_.phase, phase);
  }

  /// Operations that need translating themselves.
  Result<void> add(GateSequence sequence, const std::optional<Condition>& condition) {
    turn(sequence.phase, condition);
    for (Operation& operation : sequence.operations) {
      operation.condition = condition;
      QUANTA_CHECK(add(operation));
    }
    return {};
  }

  /// Operations of the basis.
  Result<void> finish(GateSequence sequence, const std::optional<Condition>& condition) {
    turn(sequence.phase, condition);
    for (Operation& operation : sequence.operations) {
      operation.condition = condition;
      QUANTA_CHECK(keep(std::move(operation)));
    }
    return {};
  }

  /// A gate on one qubit with named angles.
  Result<void> add_named(const Operation& operation) {
    const unsigned q = operation.qubits[0];
    const auto& angles = operation.angles;
    if (const auto phase = phase_turn(operation)) {
      if (auto gate = phase_gate(q, phase->angle, basis_)) {
        if (phase->is_rz) gate->phase = gate->phase - 0.5 * phase->angle;
        GateSequence sequence{.operations = {}, .phase = gate->phase};
        if (gate->operation) sequence.operations.push_back(*std::move(gate->operation));
        return finish(std::move(sequence), operation.condition);
      }
    }
    constexpr double kHalfPi = std::numbers::pi / 2;
    GateSequence sequence;
    switch (operation.gate) {
      case Gate::kRx:
        sequence = synthesise_u(angles[0], -kHalfPi, kHalfPi, basis_, q);
        break;
      case Gate::kRy:
        sequence = synthesise_u(angles[0], 0.0, 0.0, basis_, q);
        break;
      case Gate::kR:
        sequence = synthesise_u(angles[0], angles[1] - kHalfPi, kHalfPi - angles[1], basis_, q);
        break;
      case Gate::kRz:
        sequence = synthesise_u(0.0, 0.0, angles[0], basis_, q);
        sequence.phase = sequence.phase - 0.5 * angles[0];
        break;
      case Gate::kP:
        sequence = synthesise_u(0.0, 0.0, angles[0], basis_, q);
        break;
      default:
        assert(operation.gate == Gate::kU);
        sequence = synthesise_u(angles[0], angles[1], angles[2], basis_, q);
        sequence.phase = sequence.phase + angles[3];
    }
    return finish(std::move(sequence), operation.condition);
  }

  /// A gate on two qubits; those without angles are worked out once.
  Result<void> add_two(const Operation& operation) {
    const std::array<unsigned, 2> qubits = {operation.qubits[0], operation.qubits[1]};
    if (!operation.angles.empty() || !has_matrix(operation.gate)) {
      return finish(synthesise(matrix4(operation, qubits), basis_, qubits), operation.condition);
    }
    const auto key = std::tuple(operation.gate, operation.n_controls, operation.control_state);
    auto found = fixed_.find(key);
    if (found == fixed_.end()) {
      found = fixed_.emplace(key, synthesise(matrix4(operation, qubits), basis_, {0, 1})).first;
    }
    GateSequence sequence = found->second;
    for (Operation& gate : sequence.operations) {
      for (unsigned& q : gate.qubits) q = qubits[q];
    }
    return finish(std::move(sequence), operation.condition);
  }

  const Basis& basis_;
  Program out_;
  std::map<std::tuple<Gate, unsigned, std::uint64_t>, GateSequence> fixed_;
};

}  // namespace

Result<Program> translate(const Program& program, const Basis& basis, const Execution& execution) {
  Translation translation(program, basis);
  for (const Operation& operation : program.operations) {
    if (execution.cancelled()) return cancelled_error();
    QUANTA_CHECK(translation.add(operation));
  }
  return translation.take(program.phase);
}

}  // namespace quanta::quantum
