#include "quantum/transpiler/basis.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/enum_text.h"

namespace quanta::quantum {
namespace {

struct Kind {
  Gate gate = Gate::kI;
  unsigned n_controls = 0;
};

constexpr std::pair<std::string_view, Kind> kOtherNames[] = {
    {"u1", {Gate::kP, 0}},       {"u3", {Gate::kU, 0}},    {"i", {Gate::kI, 0}},
    {"phase", {Gate::kP, 0}},    {"prx", {Gate::kR, 0}},   {"cnot", {Gate::kX, 1}},
    {"cu1", {Gate::kP, 1}},      {"cu3", {Gate::kU, 1}},   {"cphase", {Gate::kP, 1}},
    {"toffoli", {Gate::kX, 2}},  {"ccnot", {Gate::kX, 2}}, {"fredkin", {Gate::kSwap, 1}},
    {"c3sqrtx", {Gate::kSx, 3}},
};

/// "c", "cc", "c3", "c4" before the name of a gate without controls.
constexpr std::pair<std::string_view, unsigned> kPrefixes[] = {
    {"", 0}, {"c", 1}, {"cc", 2}, {"c3", 3}, {"c4", 4}};

std::optional<Kind> find_kind(std::string_view name) {
  for (const auto& [other, kind] : kOtherNames) {
    if (other == name) return kind;
  }
  for (const auto& [prefix, n_controls] : kPrefixes) {
    if (!name.starts_with(prefix)) continue;
    if (const auto gate = find_gate(name.substr(prefix.size())); gate && has_matrix(*gate)) {
      return Kind{*gate, n_controls};
    }
  }
  return std::nullopt;
}

std::vector<std::string_view> known_names() {
  std::vector<std::string_view> names;
  for (const GateProperties& entry : gate_table()) {
    if (has_matrix(entry.gate)) names.push_back(entry.name);
  }
  for (const std::string_view name :
       {"cx", "cy", "cz", "ch", "csx", "cp", "crx", "cry", "crz", "cu", "ccx", "ccz", "cswap"}) {
    names.push_back(name);
  }
  for (const auto& [name, kind] : kOtherNames) names.push_back(name);
  return names;
}

/// Gates on two qubits of which one, with gates on one qubit, makes a cx.
constexpr Kind kEntanglers[] = {
    {Gate::kX, 1},   {Gate::kY, 1},   {Gate::kZ, 1},   {Gate::kH, 1},   {Gate::kP, 1},
    {Gate::kRx, 1},  {Gate::kRy, 1},  {Gate::kRz, 1},  {Gate::kEcr, 0}, {Gate::kRxx, 0},
    {Gate::kRyy, 0}, {Gate::kRzz, 0}, {Gate::kRzx, 0},
};

bool fixed_on_two_qubits(const Operation& operation) {
  return is_unitary(operation) && operation.qubits.size() == 2 && has_matrix(operation.gate) &&
         properties(operation.gate).n_angles == 0;
}

}  // namespace

Result<Basis> Basis::parse(std::span<const std::string> names) {
  Basis basis;
  for (const std::string& name : names) {
    const auto kind = find_kind(name);
    if (!kind) return std::unexpected(unknown_word("basis", name, known_names()));
    basis.allow(kind->gate, kind->n_controls);
  }
  const auto has = [&](Gate gate) { return basis.allows(gate, 0); };
  const bool turn_z = has(Gate::kRz) || has(Gate::kP);
  basis.prefers_rz_ = has(Gate::kRz);
  const int turns = (turn_z ? 1 : 0) + (has(Gate::kRx) ? 1 : 0) + (has(Gate::kRy) ? 1 : 0);
  if (!has(Gate::kU) && !has(Gate::kR) && turns < 2 &&
      !(turn_z && (has(Gate::kSx) || has(Gate::kH)))) {
    return bad_input("basis",
                     fmt::format("{} cannot make every one-qubit gate; add u, or rz and sx, or two "
                                 "of rz, rx and ry",
                                 fmt::join(names, ",")));
  }
  if (!basis.entangles()) {
    return bad_input("basis", fmt::format("{} has no gate that entangles two qubits; add one such "
                                          "as cx, cz, ecr or rzz",
                                          fmt::join(names, ",")));
  }
  return basis;
}

Basis Basis::of(const Circuit& circuit) {
  Basis basis;
  basis.open_controls_ = true;
  bool uses_rz = false;
  bool uses_p = false;
  for (const GateProperties& entry : gate_table()) {
    if (has_matrix(entry.gate) && entry.n_qubits == 1) basis.allow(entry.gate, 0);
  }
  for (const Operation& operation : circuit.operations()) {
    if (!is_unitary(operation)) continue;
    const unsigned k = operation.n_controls;
    const bool small = operation.qubits.size() == 1;
    uses_rz |= small && operation.gate == Gate::kRz;
    uses_p |= small && operation.gate == Gate::kP;
    // A control that is known to be met goes.
    for (unsigned fewer = 0; fewer <= k; ++fewer) basis.allow(operation.gate, fewer);
    if (fixed_on_two_qubits(operation)) {
      basis.allow(Gate::kX, 1);
      basis.allow(Gate::kZ, 1);
    }
    if (k == 0) continue;
    // What is left where gates under the same controls merge.
    const bool phase = operation.operands().size() == 1 && properties(operation.gate).diagonal;
    for (const Gate gate : {Gate::kZ, Gate::kP}) {
      if (phase) basis.allow(gate, k);
      basis.allow(gate, k - 1);
    }
  }
  if (!basis.entangles()) {
    basis.allow(Gate::kX, 1);
    basis.allow(Gate::kZ, 1);
  }
  basis.prefers_rz_ = uses_rz && !uses_p;
  return basis;
}

bool Basis::entangles() const {
  return std::ranges::any_of(kEntanglers,
                             [&](const Kind& kind) { return allows(kind.gate, kind.n_controls); });
}

bool Basis::allows(const Operation& operation) const {
  if (!is_unitary(operation)) return true;
  return allows(operation.gate, operation.n_controls) &&
         (open_controls_ || operation.controls_all_one());
}

}  // namespace quanta::quantum
