/// `quanta kernels`: the hot loops and the instruction sets they can use here.
#pragma once

#include "cli/command.h"

namespace quanta::cli {

Action declare_kernels(CLI::App& app);

}  // namespace quanta::cli
