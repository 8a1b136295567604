/// An investor's views as a JSON file, for Black-Litterman:
///
///   {"delta": 2.5, "tau": 0.05, "market_weights": {"AAPL": 0.6, "XOM": 0.4},
///    "views": [{"long": "AAPL", "q": 0.2},
///              {"long": "AAPL", "short": "XOM", "q": 0.05, "confidence": 0.7}]}
///
/// Returns q are fractions per year. `delta` (2.5) and `tau` (0.05) may be left out; assets that
/// market_weights leaves out weigh nothing.
#pragma once

#include <string>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"
#include "services/provenance/provenance.h"
#include "statistics/black_litterman.h"

namespace quanta::services {

struct LoadedViews {
  statistics::BlackLitterman problem;
  InputFile input;
};

/// For these assets and their covariance per year. Errors, all with the field "views" or a path in
/// the file: those of reading it; no JSON, an unknown or missing key, an asset that is none of them
/// (with a suggestion), no view; market weights that are all 0.
Result<LoadedViews> load_views(const std::string& file, const std::vector<std::string>& assets,
                               const Matrix& covariance);

}  // namespace quanta::services
