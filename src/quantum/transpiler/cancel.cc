#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "quantum/transpiler/commutation.h"
#include "quantum/transpiler/merge.h"
#include "quantum/transpiler/one_qubit.h"
#include "quantum/transpiler/passes.h"

namespace quanta::quantum {
namespace {

constexpr unsigned kMostLooks = 64;

bool is_fence(const Operation& operation) {
  return !is_unitary(operation) || operation.condition.has_value();
}

/// Takes operations in order (or in reverse) and lets each meet those already taken.
class Sweep {
 public:
  Sweep(Program& program, const Basis& basis, bool backwards)
      : program_(program), basis_(basis), backwards_(backwards), wires_(program.n_qubits) {}

  void run() {
    std::vector<Operation> incoming = std::move(program_.operations);
    program_.operations.clear();
    if (backwards_) std::ranges::reverse(incoming);
    for (Operation& operation : incoming) take(std::move(operation));
    for (auto& kept : kept_) {
      if (kept) program_.operations.push_back(*std::move(kept));
    }
    if (backwards_) std::ranges::reverse(program_.operations);
  }

 private:
  void take(Operation operation) {
    if (is_fence(operation)) {
      keep(std::move(operation));
      return;
    }
    if (auto rest = without_effect(operation, basis_)) {
      program_.phase = sum_modulo(program_.phase, rest->phase);
      if (!rest->operation) return;
      operation = *std::move(rest->operation);
    }
    // How far each of its wires has been looked back along: the number of operations below.
    std::vector<std::size_t> depth;
    for (const unsigned q : operation.qubits) depth.push_back(wires_[q].size());
    for (unsigned look = 0; look < kMostLooks; ++look) {
      std::optional<std::uint32_t> latest;
      for (std::size_t i = 0; i < depth.size(); ++i) {
        if (depth[i] == 0) continue;
        const std::uint32_t index = wires_[operation.qubits[i]][depth[i] - 1];
        if (!latest || index > *latest) latest = index;
      }
      if (!latest) break;
      const Operation& earlier = *kept_[*latest];
      if (is_fence(earlier)) break;
      auto merged =
          backwards_ ? merge(operation, earlier, basis_) : merge(earlier, operation, basis_);
      if (merged) {
        program_.phase = sum_modulo(program_.phase, merged->phase);
        replace(*latest, std::move(merged->operation));
        return;
      }
      if (!commute(earlier, operation)) break;
      for (std::size_t i = 0; i < depth.size(); ++i) {
        if (depth[i] > 0 && wires_[operation.qubits[i]][depth[i] - 1] == *latest) --depth[i];
      }
    }
    keep(std::move(operation));
  }

  void keep(Operation operation) {
    for (const unsigned q : operation.qubits) {
      wires_[q].push_back(static_cast<std::uint32_t>(kept_.size()));
    }
    kept_.emplace_back(std::move(operation));
  }

  void replace(std::uint32_t index, std::optional<Operation> by) {
    for (const unsigned q : kept_[index]->qubits) {
      if (by && std::ranges::find(by->qubits, q) != by->qubits.end()) continue;
      auto& wire = wires_[q];
      wire.erase(std::prev(std::find(wire.rbegin(), wire.rend(), index).base()));  // near the end
    }
    kept_[index] = std::move(by);
  }

  Program& program_;
  const Basis& basis_;
  bool backwards_;
  std::vector<std::optional<Operation>> kept_;
  std::vector<std::vector<std::uint32_t>> wires_;  ///< what is kept on each qubit, rising
};

/// The gates on one qubit since the last other operation there.
struct Run {
  std::vector<std::size_t> places = {};
};

}  // namespace

void cancel(Program& program, const Basis& basis) {
  Sweep(program, basis, false).run();
  Sweep(program, basis, true).run();
}

void merge_runs(Program& program, const Basis& basis) {
  std::vector<Run> runs(program.n_qubits);
  std::vector<std::optional<Operation>> slots(std::make_move_iterator(program.operations.begin()),
                                              std::make_move_iterator(program.operations.end()));
  const auto end_run = [&](unsigned q) {
    const std::vector<std::size_t> places = std::exchange(runs[q].places, {});
    if (places.empty()) return;
    Matrix2 product = kIdentity2;
    for (const std::size_t place : places) product = matrix2(*slots[place]) * product;
    GateSequence gates = synthesise(product, basis, q);
    if (gates.operations.size() >= places.size()) return;
    program.phase = sum_modulo(program.phase, gates.phase);
    for (std::size_t i = 0; i < places.size(); ++i) {
      slots[places[i]].reset();
      if (i < gates.operations.size()) slots[places[i]] = std::move(gates.operations[i]);
    }
  };
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Operation& operation = *slots[i];
    const bool part = operation.qubits.size() == 1 && !is_fence(operation) &&
                      operation.gate != Gate::kDefined && operation.has_numbers();
    if (part) {
      runs[operation.qubits[0]].places.push_back(i);
      continue;
    }
    for (const unsigned q : operation.qubits) end_run(q);
  }
  for (unsigned q = 0; q < program.n_qubits; ++q) end_run(q);
  program.operations.clear();
  for (auto& slot : slots) {
    if (slot) program.operations.push_back(*std::move(slot));
  }
}

}  // namespace quanta::quantum
