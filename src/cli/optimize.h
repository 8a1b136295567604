/// `quanta optimize`: weights, selections and lots with their certificate.
#pragma once

#include "cli/command.h"

namespace quanta::cli {

Action declare_optimize(CLI::App& app);

}  // namespace quanta::cli
