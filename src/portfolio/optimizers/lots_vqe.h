/// A LotProblem by the variational quantum eigensolver.
#pragma once

#include <cstddef>

#include "core/execution.h"
#include "core/result.h"
#include "portfolio/objectives/selection.h"
#include "portfolio/optimizers/lots_qaoa.h"

namespace quanta::portfolio {

/// All 2^n amplitudes are held, and their slopes.
inline constexpr unsigned kMaxVqeQubits = 20;

struct VqeLotsOptions {
  unsigned layers = 2;
  std::size_t shots = 1024;
  std::uint64_t seed = 1;
  std::size_t max_evaluations = 300;
};

/// Encoding as in solve_by_qaoa. Circuit: `layers` of Givens rotations of neighbours on a ring
/// (AnsatzForm::kGivens), which keep the number of ones, one angle each, from N ones at even
/// distances; L-BFGS on exact energies, fewer evaluations than asked where 4e9 amplitude updates
/// are used up, at least 20. Then the shots. In the answer `mixer` names the ansatz. Errors:
/// kResource, field "max-lots" or "select", above kMaxVqeQubits; kBadInput, field "group" (limits
/// of groups: the circuit does not keep them), "shots" (0); those of quantum::solve_vqe.
Result<QaoaLots> solve_by_vqe(const LotProblem& problem, const VqeLotsOptions& options,
                              const Execution& execution);

}  // namespace quanta::portfolio
