/// `quanta frontier`: exact corner portfolios and points between them.
#pragma once

#include "cli/command.h"

namespace quanta::cli {

Action declare_frontier(CLI::App& app);

}  // namespace quanta::cli
