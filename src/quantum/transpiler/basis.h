/// Which gates a circuit may be made of.
///
///   QUANTA_TRY(const Basis basis, Basis::parse(std::array<std::string, 3>{"cx", "rz", "sx"}));
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

class Basis {
 public:
  /// The named gates alone. Names are those of operation_name ("rz", "cx", "ccx") and of OpenQASM
  /// ("u3", "u1", "cu1", "cnot", "toffoli"). One-qubit gates: u, or two of {rz or p, rx, ry}, or rz
  /// (or p) with sx or h, or r. Two-qubit gates: one of cx, cy, cz, ch, ecr, cp, crx, cry, crz,
  /// rxx, ryy, rzz, rzx. Further gates are used where they fit. Errors: kBadInput, field "basis" (a
  /// name that is no gate, or gates that cannot make every circuit: says which kind is missing).
  static Result<Basis> parse(std::span<const std::string> names);

  /// All one-qubit gates, the larger gates that `circuit` already uses, those with fewer controls,
  /// and cx and cz where it uses a gate on two qubits without angles or has none that entangles.
  static Basis of(const Circuit& circuit);

  /// Whether a unitary gate under so many controls (on 1) is one of them.
  bool allows(Gate gate, unsigned n_controls) const {
    return n_controls < 64 && (allowed_[static_cast<std::size_t>(gate)] >> n_controls & 1) != 0;
  }
  /// The same of an operation; what is no gate (measurements, barriers, …) always is.
  bool allows(const Operation& operation) const;

  /// Whether a turn about z is rather written rz than p.
  bool prefers_rz() const { return prefers_rz_; }

 private:
  bool entangles() const;
  void allow(Gate gate, unsigned n_controls) {
    if (n_controls < 64) allowed_[static_cast<std::size_t>(gate)] |= std::uint64_t{1} << n_controls;
  }

  std::array<std::uint64_t, kGateCount> allowed_{};  ///< bit k: under k controls
  bool open_controls_ = false;                       ///< controls on 0 count as controls
  bool prefers_rz_ = true;
};

}  // namespace quanta::quantum
