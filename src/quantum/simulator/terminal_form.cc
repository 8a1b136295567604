#include "quantum/simulator/terminal_form.h"

#include <algorithm>
#include <utility>

#include "quantum/simulator/process.h"

namespace quanta::quantum {
namespace {

/// The circuit without its operations.
Circuit empty_like(const Circuit& circuit) {
  Circuit empty;
  for (const Register& r : circuit.qubit_registers()) (void)empty.add_qubits(r.name, r.size);
  for (const std::string& name : circuit.parameters()) (void)empty.parameter(name);
  empty.add_global_phase(circuit.global_phase());
  return empty;
}

}  // namespace

std::optional<TerminalForm> terminal_form(const Circuit& circuit) {
  const Circuit flat = circuit.expand();
  TerminalForm form{.before = empty_like(flat)};
  form.sources.resize(flat.n_bits());
  std::vector<bool> touched(flat.n_qubits());
  std::vector<bool> measured(flat.n_qubits());
  const std::vector<bool> zeros(flat.n_bits());
  for (const Operation& operation : flat.operations()) {
    if (operation.condition) {
      const auto was_measured = [&](unsigned bit) { return form.sources[bit].has_value(); };
      if (std::ranges::any_of(operation.condition->bits, was_measured)) return std::nullopt;
      if (!holds(*operation.condition, zeros)) continue;
    }
    if (operation.gate == Gate::kReset && !touched[operation.qubits[0]]) continue;
    Operation kept = operation;
    kept.condition.reset();
    if (kept.gate != Gate::kBarrier) {
      for (const unsigned q : kept.qubits) {
        if (measured[q]) return std::nullopt;
        touched[q] = true;
      }
    }
    if (kept.gate == Gate::kMeasure) {
      measured[kept.qubits[0]] = true;
      form.sources[*kept.bit] = kept.qubits[0];
      continue;
    }
    form.resets = form.resets || kept.gate == Gate::kReset;
    if (!form.before.append(std::move(kept))) {
      return std::nullopt;  // not reached: the operation stood in a circuit
    }
  }
  return form;
}

}  // namespace quanta::quantum
