/// `--weights FILE`: a CSV with the columns asset and weight.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "services/provenance/provenance.h"

namespace quanta::services {

struct LoadedWeights {
  std::vector<double> weights;  ///< in the order of `assets`; 0 where the file has none
  InputFile input;
};

/// Errors: those of reading a file; kBadInput with line and column: a header other than
/// `asset,weight`, a row of another length, an asset that is not among `assets` (with a suggestion)
/// or stands twice, a weight that is no finite number.
Result<LoadedWeights> load_weights(const std::string& file, const std::vector<std::string>& assets);

}  // namespace quanta::services
