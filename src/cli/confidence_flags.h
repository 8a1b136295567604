/// The flags of `optimize` that ask how far its weights can be trusted, and what it then prints.
#pragma once

#include <string>

#include "cli/terminal.h"
#include "services/optimization/optimization.h"

namespace CLI {
class App;
}

namespace quanta::cli {

/// --confidence, --confidence-level, --sensitivity, --stability.
void add_confidence_flags(CLI::App& app, services::OptimizeRequest& request);

/// A table for each that was asked for; empty where none was.
std::string confidence_text(const services::OptimizeDocument& document, const Terminal& terminal);

}  // namespace quanta::cli
