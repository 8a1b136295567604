/// `quanta data check`: what is odd in a price file.
#pragma once

#include "cli/command.h"

namespace quanta::cli {

Action declare_data_check(CLI::App& app);

}  // namespace quanta::cli
