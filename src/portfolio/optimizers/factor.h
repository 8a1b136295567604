/// Which matrices count as positive semidefinite.
#pragma once

#include <optional>

#include "core/matrix.h"

namespace quanta::portfolio {

/// The Cholesky factor L of the symmetric n x n matrix S with 1e-9 of its diagonal and 1e-12 of the
/// largest variance added, which exists exactly if S is positive semidefinite up to rounding;
/// nothing where it does not. As L', so that L is the lower triangle column by column; what is
/// below the diagonal of L' means nothing. O(n^3).
std::optional<Matrix> factor_up_to_rounding(Matrix matrix);

}  // namespace quanta::portfolio
