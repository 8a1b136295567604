/// `quanta algorithms`: every quantum algorithm there is, its range and its cost.
#pragma once

#include "cli/command.h"

namespace quanta::cli {

Action declare_algorithms(CLI::App& app);

}  // namespace quanta::cli
