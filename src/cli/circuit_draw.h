/// `quanta circuit draw`: a circuit file as text or as a picture.
#pragma once

#include "cli/command.h"

namespace quanta::cli {

Action declare_circuit_draw(CLI::App& app);

}  // namespace quanta::cli
