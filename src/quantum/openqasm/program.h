/// OpenQASM 2 and 3: from text to a program and back.
///
///   QUANTA_TRY(const openqasm::Program program, openqasm::parse(text, "bell.qasm"));
///   std::string tidy = openqasm::print(program);
///
/// What a program does is in machine.h (step by step) and to_circuit.h (as one circuit).
///
/// The version is that of the `OPENQASM` statement: 2 for 2.x; 3 for 3.x and where there is none.
/// Sources: Cross et al. 2017, arXiv:1707.03429; the OpenQASM 3 specification and its grammar.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

namespace quanta::quantum::openqasm {

struct Syntax;

/// A text that follows the grammar. Cheap to copy.
class Program {
 public:
  /// 2 or 3.
  int version() const;
  /// The name that was given to parse, for messages.
  const std::string& file() const;
  const Syntax& syntax() const { return *syntax_; }

  explicit Program(std::shared_ptr<const Syntax> syntax) : syntax_(std::move(syntax)) {}

 private:
  std::shared_ptr<const Syntax> syntax_;
};

/// Reads a text by the grammar alone: names, types and sizes are looked at by Machine::create and
/// to_circuit. `file` is only a name for messages; nothing is opened, and `include` knows
/// "qelib1.inc" and "stdgates.inc" alone.
///
/// Errors: kBadInput, with file, line and column; the message says which token was found and what
/// was expected. Limits: 256 levels of nesting, 16 MiB of text.
Result<Program> parse(std::string_view text, std::string_view file);

/// The program in one layout: a statement a line, two blanks of indent, literals as they were
/// written, comments left out. parse(print(p)) prints the same text again.
std::string print(const Program& program);

}  // namespace quanta::quantum::openqasm
