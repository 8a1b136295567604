/// `quanta backends`: what can run circuits here.
#pragma once

#include "cli/command.h"

namespace quanta::cli {

Action declare_backends(CLI::App& app);

}  // namespace quanta::cli
