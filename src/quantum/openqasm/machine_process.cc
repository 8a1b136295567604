#include "quantum/openqasm/machine_process.h"

#include <utility>

namespace quanta::quantum::openqasm {
namespace {

class MachineProcess final : public Process {
 public:
  explicit MachineProcess(Machine machine) : machine_(std::move(machine)) {}

  std::unique_ptr<Process> clone() const override {
    return std::make_unique<MachineProcess>(machine_);
  }

  unsigned n_qubits() const override { return machine_.n_qubits(); }

  Result<Step> next() override {
    QUANTA_TRY(step_, machine_.next());
    switch (step_.kind) {
      case Machine::StepKind::kOperation:
        return Step{.kind = Step::Kind::kGate, .gate = &step_.operation};
      case Machine::StepKind::kMeasure:
        return Step{.kind = Step::Kind::kMeasure, .qubit = step_.qubit};
      case Machine::StepKind::kReset:
        return Step{.kind = Step::Kind::kReset, .qubit = step_.qubit};
      case Machine::StepKind::kDone:
        break;
    }
    return Step{};
  }

  void supply(bool outcome) override { machine_.supply(outcome); }

  std::string label() const override { return machine_.label(); }

 private:
  Machine machine_;
  Machine::Step step_;
};

}  // namespace

Result<std::unique_ptr<Process>> machine_process(const Program& program,
                                                 const std::map<std::string, std::string>& inputs,
                                                 const Limits& limits) {
  QUANTA_TRY(Machine machine, Machine::create(program, inputs, limits));
  return std::make_unique<MachineProcess>(std::move(machine));
}

}  // namespace quanta::quantum::openqasm
