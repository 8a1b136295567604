/// `quanta bench [NAME …]`: the benchmarks, each beside its floor and its reference.
#pragma once

#include "cli/command.h"

namespace quanta::cli {

Action declare_bench(CLI::App& app);

}  // namespace quanta::cli
