/// What every estimator asks of its input; for the estimators' own use.
#pragma once

#include <cstddef>

#include "core/matrix.h"
#include "core/result.h"

namespace quanta::statistics {

/// Errors: kBadInput, field "returns": fewer than `least_rows` rows, no column, or a value that is
/// not finite (names row and column, both in the message and as the place).
Result<void> check_returns(const Matrix& returns, std::size_t least_rows);

/// Errors: kBadInput, field "covariance": not square, empty, a value that is not finite, or entries
/// (i, j) and (j, i) that differ by more than 1e-8 of their size.
Result<void> check_covariance(const Matrix& covariance);

}  // namespace quanta::statistics
