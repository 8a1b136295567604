/// `quanta algorithm NAME`: a quantum algorithm on a small problem, beside the classical answer.
#pragma once

#include "cli/command.h"

namespace quanta::cli {

Action declare_algorithm(CLI::App& app);

}  // namespace quanta::cli
