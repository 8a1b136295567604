/// The kinds of problem behind `optimize`, each filling in its part of the document. Only
/// optimization.cc includes this.
#pragma once

#include "services/moments/moments.h"
#include "services/optimization/optimization.h"

namespace quanta::services {

/// Fills weights, objective, constraints, certificate, methods and, in the provenance, method,
/// backend, degraded and warnings. document.assets is there already.
Result<void> solve_weights(const OptimizeRequest& request, const Estimate& estimate, const Run& run,
                           OptimizeDocument& document);

/// The same for rules, which run within microseconds and cannot be stopped.
Result<void> solve_rule(const OptimizeRequest& request, const Estimate& estimate,
                        OptimizeDocument& document);

/// The same for selection and lots, and `selected` or `lots`.
Result<void> solve_lots(const OptimizeRequest& request, const Estimate& estimate, const Run& run,
                        OptimizeDocument& document);

}  // namespace quanta::services
