/// `quanta circuit optimize`: a circuit file made smaller, with the proof.
#pragma once

#include "cli/command.h"

namespace quanta::cli {

Action declare_circuit_optimize(CLI::App& app);

}  // namespace quanta::cli
