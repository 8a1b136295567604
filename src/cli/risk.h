/// `quanta risk`: value at risk, expected shortfall, drawdown, contributions.
#pragma once

#include "cli/command.h"

namespace quanta::cli {

Action declare_risk(CLI::App& app);

}  // namespace quanta::cli
