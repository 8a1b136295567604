#include "quantum/simulator/definite_qubits.h"

#include <algorithm>
#include <span>

namespace quanta::quantum {

bool DefiniteQubits::absorb(Operation& gate) {
  if (gate.gate == Gate::kBarrier) return true;
  for (unsigned j = 0; j < gate.n_controls;) {
    const unsigned q = gate.qubits[j];
    if (!definite_[q]) {
      ++j;
      continue;
    }
    if (values_[q] != ((gate.control_state >> j & 1) != 0)) return true;
    gate.qubits.erase(gate.qubits.begin() + j);
    const std::uint64_t below = (std::uint64_t{1} << j) - 1;
    gate.control_state = (gate.control_state & below) | (gate.control_state >> 1 & ~below);
    --gate.n_controls;
  }
  const unsigned first = gate.qubits[0];
  if (gate.gate == Gate::kX && gate.n_controls == 0 && definite_[first]) {
    values_[first] = !values_[first];
    return true;
  }
  for (const unsigned q : gate.qubits) definite_[q] = false;
  return false;
}

namespace {

/// kOpen: definite with a value that only a run knows.
enum class Known { kZero, kOne, kOpen, kNothing };

/// Every way that a run may go, at once.
class Bound {
 public:
  explicit Bound(unsigned n_qubits) : qubits_(n_qubits, Known::kZero) {}

  void take(const Operation& operation) {
    const bool certain = !operation.condition;
    switch (operation.gate) {
      case Gate::kBarrier:
        return;
      case Gate::kMeasure:
        if (certain && qubits_[operation.qubits[0]] == Known::kNothing) {
          set(operation.qubits[0], Known::kOpen);
        }
        return;
      case Gate::kReset:
        if (certain) {
          set(operation.qubits[0], Known::kZero);
        } else if (qubits_[operation.qubits[0]] != Known::kNothing) {
          set(operation.qubits[0], Known::kOpen);
        }
        return;
      default:
        apply(operation, certain);
    }
  }

  unsigned most() const { return most_; }

 private:
  void apply(const Operation& gate, bool certain) {
    std::vector<unsigned> acted;
    for (unsigned j = 0; j < gate.n_controls; ++j) {
      const Known known = qubits_[gate.qubits[j]];
      const bool wanted = (gate.control_state >> j & 1) != 0;
      if (known == Known::kNothing) acted.push_back(gate.qubits[j]);
      if (known == (wanted ? Known::kZero : Known::kOne)) return;
      certain = certain && known != Known::kOpen;
    }
    const auto targets = std::span(gate.qubits).subspan(gate.n_controls);
    const Known target = qubits_[targets[0]];
    if (gate.gate == Gate::kX && acted.empty() && target != Known::kNothing) {
      const Known flipped = target == Known::kZero  ? Known::kOne
                            : target == Known::kOne ? Known::kZero
                                                    : Known::kOpen;
      set(targets[0], certain ? flipped : Known::kOpen);
      return;
    }
    for (const unsigned q : targets) set(q, Known::kNothing);
  }

  void set(unsigned qubit, Known known) {
    if (qubits_[qubit] == Known::kNothing) --n_now_;
    qubits_[qubit] = known;
    if (known == Known::kNothing) ++n_now_;
    most_ = std::max(most_, n_now_);
  }

  std::vector<Known> qubits_;
  unsigned n_now_ = 0;
  unsigned most_ = 0;
};

}  // namespace

unsigned most_indefinite(const Circuit& circuit) {
  Bound bound(circuit.n_qubits());
  for (const Operation& operation : circuit.operations()) bound.take(operation);
  return bound.most();
}

}  // namespace quanta::quantum
