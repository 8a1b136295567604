/// Programs in the gates of a basis.
#pragma once

#include "core/execution.h"
#include "core/result.h"
#include "quantum/transpiler/basis.h"
#include "quantum/transpiler/program.h"

namespace quanta::quantum {

/// Every gate that the basis lacks replaced by gates it has, one gate at a time and without looking
/// at its neighbours; the others, measurements, resets and barriers stay as they are. Global phase
/// and conditions are kept (under a condition a phase is one between branches, which nothing sees,
/// and goes). Defined gates must have been expanded.
///
/// Errors: kBadInput, field "circuit" (a gate under more than 60 controls); kResource, field
/// "basis", where more than kMostOperations gates come out.
Result<Program> translate(const Program& program, const Basis& basis, const Execution& execution);

}  // namespace quanta::quantum
