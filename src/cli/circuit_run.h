/// `quanta circuit run`: a circuit file simulated.
#pragma once

#include "cli/command.h"

namespace quanta::cli {

Action declare_circuit_run(CLI::App& app);

}  // namespace quanta::cli
