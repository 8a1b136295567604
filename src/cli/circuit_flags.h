/// The flags that commands on circuit files share.
#pragma once

#include "services/circuit/program.h"

namespace CLI {
class App;
}

namespace quanta::cli {

/// FILE and --input NAME=VALUE.
void add_program(CLI::App& app, services::ProgramRequest& request);

}  // namespace quanta::cli
