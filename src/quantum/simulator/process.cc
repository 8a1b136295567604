#include "quantum/simulator/process.h"

#include <ranges>
#include <utility>

namespace quanta::quantum {
namespace {

class CircuitProcess final : public Process {
 public:
  explicit CircuitProcess(std::shared_ptr<const Circuit> circuit)
      : circuit_(std::move(circuit)), bits_(circuit_->n_bits()) {}

  std::unique_ptr<Process> clone() const override {
    return std::make_unique<CircuitProcess>(*this);
  }

  unsigned n_qubits() const override { return circuit_->n_qubits(); }

  Result<Step> next() override {
    const auto operations = circuit_->operations();
    while (at_ < operations.size()) {
      const Operation& operation = operations[at_++];
      if (!operation.condition) return step_of(operation);
      if (!holds(*operation.condition, bits_)) continue;
      unconditional_ = operation;
      unconditional_.condition.reset();
      return step_of(unconditional_);
    }
    return Step{};
  }

  void supply(bool outcome) override { bits_[target_] = outcome; }

  std::string label() const override { return outcome_label(circuit_->bit_registers(), bits_); }

 private:
  Step step_of(const Operation& operation) {
    if (operation.gate == Gate::kReset) {
      return {.kind = Step::Kind::kReset, .qubit = operation.qubits[0]};
    }
    if (operation.gate != Gate::kMeasure) return {.kind = Step::Kind::kGate, .gate = &operation};
    target_ = *operation.bit;
    return {.kind = Step::Kind::kMeasure, .qubit = operation.qubits[0]};
  }

  std::shared_ptr<const Circuit> circuit_;
  std::vector<bool> bits_;
  std::size_t at_ = 0;
  unsigned target_ = 0;  // bit of the measurement that was asked for last
  Operation unconditional_;
};

}  // namespace

std::string outcome_label(std::span<const Register> registers, const std::vector<bool>& bits) {
  std::string label;
  for (const Register& bit_register : registers | std::views::reverse) {
    if (!label.empty()) label += ' ';
    for (unsigned i = bit_register.size; i-- > 0;)
      label += bits[bit_register.begin + i] ? '1' : '0';
  }
  return label;
}

bool holds(const Condition& condition, const std::vector<bool>& bits) {
  bool equal = true;
  for (std::size_t i = 0; i < condition.bits.size(); ++i) {
    const bool wanted = i < 64 && (condition.value >> i & 1) != 0;
    equal = equal && bits[condition.bits[i]] == wanted;
  }
  return equal != condition.negated;
}

Result<std::unique_ptr<Process>> circuit_process(const Circuit& circuit,
                                                 std::span<const double> parameters) {
  QUANTA_TRY(const Circuit bound, circuit.bind(parameters));
  return std::make_unique<CircuitProcess>(std::make_shared<const Circuit>(bound.expand()));
}

}  // namespace quanta::quantum
