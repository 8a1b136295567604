/// A program as what the simulators run (simulator/process.h).
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/result.h"
#include "quantum/openqasm/machine.h"
#include "quantum/openqasm/program.h"
#include "quantum/simulator/process.h"

namespace quanta::quantum::openqasm {

/// The program at its beginning; its labels hold every classical bit of global scope. Errors: as
/// Machine::create; those of Machine::next come while it runs.
Result<std::unique_ptr<Process>> machine_process(
    const Program& program, const std::map<std::string, std::string>& inputs = {},
    const Limits& limits = {});

}  // namespace quanta::quantum::openqasm
