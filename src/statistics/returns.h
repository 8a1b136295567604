/// Returns from prices.
///
///   QUANTA_TRY(const Matrix returns, statistics::simple_returns(panel.prices));
#pragma once

#include "core/matrix.h"
#include "core/result.h"

namespace quanta::statistics {

/// r[t][i] = p[t+1][i] / p[t][i] - 1.
///
/// prices  n_dates x n_assets, in time order, all positive and finite; n_dates >= 2.
/// Returns (n_dates - 1) x n_assets, as fractions per period.
/// Errors: kBadInput, field "prices": fewer than two rows or no column; a price that is missing
/// (NaN), infinite or not positive. Then `place.line` and `place.column` are its row and column
/// counted from 1, so that a caller who knows dates and names can say them.
/// Cost: one pass. Simple returns add across assets (portfolio return = w'r); log returns do not.
Result<Matrix> simple_returns(const Matrix& prices);

/// ln p[t+1][i] - ln p[t][i]; shapes and errors as above. They add over time, not across assets.
Result<Matrix> log_returns(const Matrix& prices);

}  // namespace quanta::statistics
