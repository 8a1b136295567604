#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "quantum/transpiler/commutation.h"
#include "quantum/transpiler/merge.h"
#include "quantum/transpiler/one_qubit.h"
#include "quantum/transpiler/passes.h"

namespace quanta::quantum {
namespace {

bool is_plain_gate(const Operation& operation) {
  return is_unitary(operation) && !operation.condition;
}

enum class Known : std::uint8_t { kNothing, kZero, kOne };

class KnownStates {
 public:
  KnownStates(Program& program, const Basis& basis)
      : program_(program), basis_(basis), known_(program.n_qubits, Known::kZero) {}

  void run() {
    std::vector<Operation> kept;
    for (Operation& operation : program_.operations) {
      if (auto rest = visit(std::move(operation))) kept.push_back(*std::move(rest));
    }
    program_.operations = std::move(kept);
  }

 private:
  void forget(const Operation& operation) {
    for (std::size_t i = 0; i < operation.qubits.size(); ++i) {
      const Axis axis = i < operation.n_controls ? Axis::kZ : axis_of(operation, i);
      if (axis != Axis::kZ && axis != Axis::kEvery) known_[operation.qubits[i]] = Known::kNothing;
    }
  }

  /// What is left of the operation; keeps track of what is known behind it.
  std::optional<Operation> visit(Operation operation) {
    if (operation.gate == Gate::kBarrier || operation.gate == Gate::kMeasure) return operation;
    if (operation.gate == Gate::kReset) {
      Known& state = known_[operation.qubits[0]];
      if (operation.condition) {
        if (state != Known::kZero) state = Known::kNothing;
        return operation;
      }
      if (std::exchange(state, Known::kZero) == Known::kZero) return std::nullopt;
      return operation;
    }
    if (!is_plain_gate(operation)) {
      forget(operation);
      return operation;
    }
    if (!meet_controls(operation)) return std::nullopt;
    if (auto rest = apply_to_known(operation)) {
      program_.phase = sum_modulo(program_.phase, rest->phase);
      return rest->operation;
    }
    forget(operation);
    return operation;
  }

  /// Takes away controls that are known to be met; false where one is known not to be.
  bool meet_controls(Operation& operation) const {
    Operation fewer = operation;
    fewer.qubits.clear();
    fewer.n_controls = 0;
    fewer.control_state = 0;
    for (unsigned j = 0; j < operation.n_controls; ++j) {
      const Known state = known_[operation.qubits[j]];
      const std::uint64_t wanted = operation.control_state >> j & 1;
      if (state != Known::kNothing) {
        if ((state == Known::kOne) != (wanted == 1)) return false;
        continue;
      }
      fewer.control_state |= wanted << fewer.n_controls++;
      fewer.qubits.push_back(operation.qubits[j]);
    }
    fewer.qubits.insert(fewer.qubits.end(), operation.operands().begin(),
                        operation.operands().end());
    if (fewer.n_controls < operation.n_controls && basis_.allows(fewer)) {
      operation = canonical(std::move(fewer));
    }
    return true;
  }

  /// Gates whose effect on known operands is known.
  std::optional<Merged> apply_to_known(const Operation& operation) {
    const auto operands = operation.operands();
    Known& first = known_[operands[0]];
    if (const auto turn = phase_turn(operation); turn && first != Known::kNothing) {
      const Angle on_zero = turn->is_rz ? -0.5 * turn->angle : Angle();
      const Angle on_one = turn->is_rz ? 0.5 * turn->angle : turn->angle;
      return phase_on_controls(operation, first == Known::kOne ? on_one : on_zero, basis_);
    }
    if (operation.n_controls > 0) return std::nullopt;
    switch (operation.gate) {
      case Gate::kX:
        if (first == Known::kNothing) return std::nullopt;
        first = first == Known::kOne ? Known::kZero : Known::kOne;
        return Merged{.operation = operation};
      case Gate::kSwap: {
        Known& second = known_[operands[1]];
        if (first == second && first != Known::kNothing) return Merged{};
        std::swap(first, second);
        return Merged{.operation = operation};
      }
      case Gate::kRzz: {
        const Known second = known_[operands[1]];
        const bool one_known = first != Known::kNothing || second != Known::kNothing;
        if (!one_known) return std::nullopt;
        const Known state = first != Known::kNothing ? first : second;
        const unsigned other = first != Known::kNothing ? operands[1] : operands[0];
        const Angle turn =
            state == Known::kOne ? -operation.angles[0] : operation.angles[0];  // R_z(turn)
        auto merged = phase_gate(other, turn, basis_);
        if (merged) merged->phase = merged->phase - 0.5 * turn;
        return merged;
      }
      default:
        return std::nullopt;
    }
  }

  Program& program_;
  const Basis& basis_;
  std::vector<Known> known_;
};

/// What is still to come for a qubit, seen from the end.
enum class Ahead : std::uint8_t {
  kNothing,      ///< it is not looked at any more
  kMeasurement,  ///< a last measurement, and only gates diagonal on the qubit before it
  kMore,
};

}  // namespace

void use_known_states(Program& program, const Basis& basis) { KnownStates(program, basis).run(); }

void drop_unseen(Program& program) {
  const bool measures = std::ranges::any_of(
      program.operations, [](const Operation& o) { return o.gate == Gate::kMeasure; });
  std::vector<Ahead> ahead(program.n_qubits, measures ? Ahead::kNothing : Ahead::kMeasurement);
  std::vector<Operation> kept;  // from the end
  for (std::size_t i = program.operations.size(); i-- > 0;) {
    Operation& operation = program.operations[i];
    const auto& q = operation.qubits;
    const bool gate = is_unitary(operation);
    const auto along_z = [&](std::size_t j) {
      const Axis axis = axis_of(operation, j);
      return axis == Axis::kZ || axis == Axis::kEvery;
    };
    bool unseen = gate || operation.gate == Gate::kReset;
    for (std::size_t j = 0; j < q.size() && unseen; ++j) {
      unseen = ahead[q[j]] == Ahead::kNothing ||
               (gate && ahead[q[j]] == Ahead::kMeasurement && along_z(j));
    }
    if (unseen) continue;
    for (std::size_t j = 0; j < q.size(); ++j) {
      Ahead& wire = ahead[q[j]];
      if (operation.gate == Gate::kMeasure && !operation.condition) {
        if (wire == Ahead::kNothing) wire = Ahead::kMeasurement;
      } else if (operation.gate == Gate::kReset && !operation.condition) {
        wire = Ahead::kNothing;
      } else if (!(gate && wire == Ahead::kMeasurement && along_z(j))) {
        wire = Ahead::kMore;
      }
    }
    kept.push_back(std::move(operation));
  }
  std::ranges::reverse(kept);
  program.operations = std::move(kept);
}

}  // namespace quanta::quantum
