/// Circuit files: OpenQASM 2 and 3.
#pragma once

#include <map>
#include <string>

#include "core/result.h"
#include "quantum/backend/backend.h"
#include "quantum/circuit/circuit.h"
#include "quantum/openqasm/program.h"
#include "services/provenance/provenance.h"

namespace quanta::services {

/// A file of at most 16 MiB (unpacked), and the values of the program's inputs by name, as text in
/// its own notation: "0.5", "3*pi/8", "0101".
struct ProgramRequest {
  std::string file;  ///< "-" is standard input
  std::map<std::string, std::string> inputs;
};

struct LoadedProgram {
  quantum::openqasm::Program program;
  std::map<std::string, std::string> inputs;
  InputFile input;
};

/// Errors: those of reading the file; kBadInput with file, line and column where the text breaks
/// the grammar; kResource where it is too long.
Result<LoadedProgram> load_program(const ProgramRequest& request);

/// The circuit that it is. Errors: those of openqasm::to_circuit, with field "input" where an input
/// is at fault.
Result<quantum::Circuit> circuit_of(const LoadedProgram& loaded);

/// The same, inputs of type float and angle without a value being its parameters. Errors: those of
/// openqasm::to_open_circuit, as above.
Result<quantum::Circuit> open_circuit_of(const LoadedProgram& loaded);

/// What is run: the circuit where the program is one, else the program step by step. Errors: as
/// circuit_of, but for programs that are no circuit.
Result<quantum::Job> job_of(const LoadedProgram& loaded);

}  // namespace quanta::services
