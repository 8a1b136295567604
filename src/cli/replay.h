/// `quanta replay`: a saved result run again, and whether the bits agree.
#pragma once

#include "cli/command.h"

namespace quanta::cli {

Action declare_replay(CLI::App& app);

}  // namespace quanta::cli
