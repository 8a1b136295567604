/// A quantum program while it runs: it hands out one step after the other and is told what was
/// measured. Whoever runs it holds the state (see branching.h); whoever writes it holds the
/// classical bits. A circuit with measurements and conditions is one, a program with loops another.
///
///   std::unique_ptr<Process> process = circuit_process(circuit).value();
///   for (Step step = process->next().value(); step.kind != Step::Kind::kEnd;
///        step = process->next().value()) {
///     if (step.kind == Step::Kind::kMeasure) process->supply(outcome of step.qubit);
///   }
///   process->label();                        // "01 1"
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "quantum/circuit/circuit.h"

namespace quanta::quantum {

struct Step {
  enum class Kind : std::uint8_t { kGate, kMeasure, kReset, kEnd };
  Kind kind = Kind::kEnd;
  /// kGate: a unitary gate (no kDefined), a state preparation or a barrier, with numbers for its
  /// angles and without a condition. Valid until the next call of next().
  const Operation* gate = nullptr;
  unsigned qubit = 0;  ///< kMeasure, kReset
};

class Process {
 public:
  virtual ~Process() = default;
  /// As it stands: both go on from here.
  virtual std::unique_ptr<Process> clone() const = 0;
  virtual unsigned n_qubits() const = 0;
  /// Errors are those of the program, at their place in it.
  virtual Result<Step> next() = 0;
  /// The outcome of the measurement that next() asked for; before the following next().
  virtual void supply(bool outcome) = 0;
  /// All classical bits, see outcome_label.
  virtual std::string label() const = 0;

 protected:
  Process() = default;
  Process(const Process&) = default;
  Process& operator=(const Process&) = default;
};

/// The bits as text: registers in reverse order of declaration with a blank between, each with its
/// highest bit first. `bits` by number, as the registers count them.
std::string outcome_label(std::span<const Register> registers, const std::vector<bool>& bits);

/// Whether `bits` are as the condition demands.
bool holds(const Condition& condition, const std::vector<bool>& bits);

/// The circuit with numbers for its parameters, defined gates expanded. Errors: as Circuit::bind.
Result<std::unique_ptr<Process>> circuit_process(const Circuit& circuit,
                                                 std::span<const double> parameters = {});

}  // namespace quanta::quantum
