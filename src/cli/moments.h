/// `quanta moments`: means and covariance as asked.
#pragma once

#include "cli/command.h"

namespace quanta::cli {

Action declare_moments(CLI::App& app);

}  // namespace quanta::cli
