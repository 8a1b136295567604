/// Runs a program step by step: the machine does the classical work and says which quantum step
/// comes next; whoever holds the state does it, and tells the outcome of measurements. A machine is
/// a value: a runner that follows both outcomes of a measurement copies it.
///
///   QUANTA_TRY(Machine machine, Machine::create(program, {{"theta", "pi/2"}}));
///   while (true) {
///     QUANTA_TRY(const Machine::Step step, machine.next());
///     if (step.kind == Machine::StepKind::kDone) break;
///     if (step.kind == Machine::StepKind::kOperation) state.apply(step.operation);
///     if (step.kind == Machine::StepKind::kReset) …
///     if (step.kind == Machine::StepKind::kMeasure) machine.supply(state.measure(step.qubit));
///   }
///
/// Gates of the library have Qiskit's meaning in OpenQASM 2 and that of stdgates.inc in 3 (u2 and
/// u3 differ by a phase that shows under ctrl alone). Integers are exact in 64 bits, n at most 64;
/// int[n] wraps where it is stored, uint[n] in every operation; int[n](bits) reads bits without a
/// sign. angle[n] holds the nearest multiple of 2pi/2^n for n up to 52, else a double in [0, 2pi);
/// float[16] and float[32] are rounded where they are stored, floats of any other size are doubles.
/// Declared variables begin as zero. box, delay, nop, cal and defcal do nothing.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "quantum/circuit/circuit.h"
#include "quantum/openqasm/program.h"

namespace quanta::quantum::openqasm {

/// Where a machine stops a program that does not end by itself.
struct Limits {
  std::uint64_t instructions = 200'000'000;  ///< classical ones, those of gate bodies included
  std::uint64_t operations = 20'000'000;     ///< quantum steps
};

class Machine {
 public:
  /// Checks names, types, sizes and everything else that can be known before running. `inputs`
  /// gives each `input` variable its value as text in the program's own notation: "0.5", "3*pi/8",
  /// "true", "0101" for bits, "{1, 2}" for arrays.
  ///
  /// Errors: kBadInput with file, line and column of the program (an undefined gate or name, a
  /// wrong number of parameters or qubits, an index out of range, a type that does not fit …);
  /// field "inputs" for an input that is missing (says its type), is not declared or cannot be
  /// read. More than 4096 qubits, 2^20 bits, 65536 bits or elements of one variable are refused.
  static Result<Machine> create(const Program& program,
                                const std::map<std::string, std::string>& inputs = {},
                                const Limits& limits = {});

  Machine(const Machine& other);
  Machine& operator=(const Machine& other);
  Machine(Machine&& other) noexcept;
  Machine& operator=(Machine&& other) noexcept;
  ~Machine();

  unsigned n_qubits() const;
  /// In order of declaration; hardware qubits follow as "$0", "$1" …, up to the highest one used.
  std::span<const Register> qubit_registers() const;

  /// creg, bit and bit[n] of global scope in order of declaration; begin counts on through them.
  std::span<const Register> bit_registers() const;
  unsigned n_bits() const;
  /// What they hold now: bit i of register r is at r.begin + i. Zero before its declaration.
  std::vector<bool> bits() const;
  /// The same as Qiskit prints it: registers with a blank between, last declared first, each with
  /// its highest bit first.
  std::string label() const;

  enum class StepKind { kOperation, kMeasure, kReset, kDone };
  struct Step {
    StepKind kind = StepKind::kDone;
    /// kOperation: a gate under any controls, or a barrier; no kDefined, angles are numbers, no
    /// condition.
    Operation operation = {};
    unsigned qubit = 0;  ///< kMeasure, kReset
  };

  /// Goes on to the next quantum step. Precondition: the outcome of a kMeasure has been supplied.
  /// Behind kDone comes kDone.
  ///
  /// Errors: kBadInput with the place (division by zero, an index out of range, the same qubit
  /// twice, a call of an opaque gate or extern function …); kResource, where a limit is reached:
  /// says which and at which line. The machine has stopped then.
  Result<Step> next();

  /// The outcome of the measurement that next has just returned.
  void supply(bool outcome);

  /// Of all gphase so far and of gates' bodies, in radians; controls turn it into gates instead.
  double global_phase() const;

 private:
  struct State;
  explicit Machine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace quanta::quantum::openqasm
