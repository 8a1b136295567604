// Whatever bytes come in: they are refused at a place inside the text, or make a program whose
// print is a fixed point. Such a program stops within its limits, with an answer or an error that
// has a line; where it makes a circuit, the circuit's OpenQASM text is read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "quantum/openqasm/export.h"
#include "quantum/openqasm/machine.h"
#include "quantum/openqasm/program.h"
#include "quantum/openqasm/to_circuit.h"

namespace {

namespace openqasm = quanta::quantum::openqasm;

constexpr openqasm::Limits kLimits{.instructions = 20'000, .operations = 2'000};
constexpr std::size_t kMostExported = 50;

void require(bool holds) {
  if (!holds) std::abort();
}

void require_message(const quanta::Error& error) {
  require(!error.message.empty());
  require(error.kind != quanta::ErrorKind::kInternal);
}

void run(const openqasm::Program& program) {
  auto machine = openqasm::Machine::create(program, {}, kLimits);
  if (!machine) {
    require_message(machine.error());
    return;
  }
  std::size_t n = 0;
  while (true) {
    const auto step = machine->next();
    if (!step) {
      require_message(step.error());
      require(step.error().place.line >= 1);
      break;
    }
    if (step->kind == openqasm::Machine::StepKind::kDone) break;
    if (step->kind == openqasm::Machine::StepKind::kMeasure) machine->supply(n % 3 == 1);
    require(++n <= 2 * kLimits.operations);
    if (n % 64 == 0) {
      const openqasm::Machine copy = *machine;
      require(copy.label() == machine->label());
    }
  }
  require(machine->bits().size() == machine->n_bits());
}

void flatten(const openqasm::Program& program) {
  const auto circuit = openqasm::to_open_circuit(program, {}, kLimits);
  if (!circuit) {
    require_message(circuit.error());
    return;
  }
  if (circuit->operations().size() > kMostExported) return;
  for (const auto& text : {openqasm::to_openqasm2(*circuit), openqasm::to_openqasm3(*circuit)}) {
    if (!text) {
      require_message(text.error());
      continue;
    }
    const auto again = openqasm::parse(*text, "exported");
    require(again.has_value());
    const auto back = openqasm::to_open_circuit(*again);
    require(back.has_value());
    require(back->parameters().size() == circuit->parameters().size());
    require(back->n_qubits() == circuit->n_qubits() && back->n_bits() == circuit->n_bits());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto program = openqasm::parse(text, "input");
  if (!program) {
    require_message(program.error());
    require(program.error().place.line >= 1 && program.error().place.line <= size + 1);
    require(program.error().place.column >= 1 && program.error().place.column <= size + 1);
    return 0;
  }
  const std::string printed = openqasm::print(*program);
  const auto again = openqasm::parse(printed, "printed");
  require(again.has_value());
  require(openqasm::print(*again) == printed);
  run(*program);
  flatten(*program);
  return 0;
}
