#include "quantum/openqasm/machine.h"

#include <utility>

#include "quantum/openqasm/code.h"
#include "quantum/openqasm/executor.h"

namespace quanta::quantum::openqasm {

struct Machine::State {
  std::shared_ptr<const Code> code;
  Limits limits;
  Memory memory;
  Workshop workshop;
  /// Operations that are being handed out; those of a defined gate lie on top of those around it.
  struct Row {
    std::vector<Operation> operations;
    std::size_t next = 0;
  };
  std::vector<Row> rows = {};
  std::size_t n_outcomes = 0;  ///< of the measurement that is under way
  std::size_t n_resets = 0;
};

Machine::Machine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Machine::Machine(const Machine& other) : state_(std::make_unique<State>(*other.state_)) {}
Machine& Machine::operator=(const Machine& other) {
  if (this != &other) state_ = std::make_unique<State>(*other.state_);
  return *this;
}
Machine::Machine(Machine&& other) noexcept = default;
Machine& Machine::operator=(Machine&& other) noexcept = default;
Machine::~Machine() = default;

Result<Machine> Machine::create(const Program& program,
                                const std::map<std::string, std::string>& inputs,
                                const Limits& limits) {
  QUANTA_TRY(Code code, compile(program.syntax(), inputs));
  auto state = std::make_unique<State>();
  state->memory = Executor::start(code);
  state->code = std::make_shared<const Code>(std::move(code));
  state->limits = limits;
  return Machine(std::move(state));
}

unsigned Machine::n_qubits() const { return state_->code->n_qubits; }

std::span<const Register> Machine::qubit_registers() const { return state_->code->qubit_registers; }

std::span<const Register> Machine::bit_registers() const { return state_->code->bit_registers; }

unsigned Machine::n_bits() const {
  const auto registers = bit_registers();
  return registers.empty() ? 0 : registers.back().begin + registers.back().size;
}

std::vector<bool> Machine::bits() const {
  std::vector<bool> result(n_bits());
  for (std::size_t r = 0; r < bit_registers().size(); ++r) {
    const Register& place = bit_registers()[r];
    const auto* held = std::get_if<Bits>(&state_->memory.variables[state_->code->bit_variables[r]]);
    if (held == nullptr) continue;  // not declared yet
    for (unsigned i = 0; i < place.size; ++i) result[place.begin + i] = held->cells[i] == 1;
  }
  return result;
}

std::string Machine::label() const {
  const std::vector<bool> all = bits();
  std::string text;
  for (std::size_t r = bit_registers().size(); r-- > 0;) {
    const Register& place = bit_registers()[r];
    if (!text.empty()) text += ' ';
    for (unsigned i = place.size; i-- > 0;) text += all[place.begin + i] ? '1' : '0';
  }
  return text;
}

double Machine::global_phase() const { return state_->memory.global_phase.constant; }

Result<Machine::Step> Machine::next() {
  State& s = *state_;
  Memory& m = s.memory;
  while (true) {
    if (!s.rows.empty()) {
      State::Row& row = s.rows.back();
      if (row.next == row.operations.size()) {
        s.rows.pop_back();
        continue;
      }
      Operation operation = std::move(row.operations[row.next++]);
      if (operation.gate != Gate::kDefined) {
        return Step{.kind = StepKind::kOperation, .operation = std::move(operation)};
      }
      if (operation.n_controls == 0) {
        m.global_phase = m.global_phase + operation.payload->body->global_phase();
      }
      s.rows.push_back({expand_once(operation)});
      continue;
    }
    if (!m.operations.empty()) {
      s.rows.push_back({std::exchange(m.operations, {})});
      continue;
    }
    if (s.n_resets < m.resets.size()) {
      return Step{.kind = StepKind::kReset, .qubit = m.resets[s.n_resets++]};
    }
    m.resets.clear();
    s.n_resets = 0;
    if (s.n_outcomes < m.measured.size()) {
      return Step{.kind = StepKind::kMeasure, .qubit = m.measured[s.n_outcomes]};
    }
    m.measured.clear();
    s.n_outcomes = 0;
    if (m.done) return Step{};
    if (auto ran = Executor(*s.code, s.limits, m, s.workshop, nullptr).run(); !ran) {
      m.done = true;
      m.operations.clear();
      return std::unexpected(std::move(ran).error());
    }
  }
}

void Machine::supply(bool outcome) {
  State& s = *state_;
  std::get<Bits>(s.memory.stack.back()).cells.push_back(outcome ? 1 : 0);
  ++s.n_outcomes;
}

}  // namespace quanta::quantum::openqasm
