/// `quanta circuit stats`: how large and deep a circuit file is.
#pragma once

#include "cli/command.h"

namespace quanta::cli {

Action declare_circuit_stats(CLI::App& app);

}  // namespace quanta::cli
