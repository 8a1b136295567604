/// The program: words in, one exit status out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "core/execution.h"
#include "core/result.h"

namespace quanta::cli {

/// 0 done, 1 the work failed, 2 wrong usage, 3 bad input data or an impossible request.
int exit_status(ErrorKind kind);

/// Runs the words (without the program's name) as `quanta` does: document or text on standard
/// output, messages on standard error. The value is the process's exit status.
int run_program(const std::vector<std::string>& words);

/// What a saved document fixes when its command is run again.
struct Repetition {
  std::uint64_t seed = 1;
  InstructionSet kernel = InstructionSet::kScalar;
};

/// Runs the words and gives back what they print with --json, printing nothing. Seed and kernel are
/// those of the repetition, whatever flags, environment and configuration say. `stop` ends it.
Result<json::Value> repeat(const std::vector<std::string>& words, const Repetition& repetition,
                           const Execution& execution);

}  // namespace quanta::cli
