/// What a benchmark has in common with the assets: `--benchmark FILE[:COLUMN]`.
#pragma once

#include <string>
#include <vector>

#include "core/execution.h"
#include "core/matrix.h"
#include "core/result.h"
#include "services/moments/moments.h"
#include "services/provenance/provenance.h"

namespace quanta::services {

/// Per year, by sample moments of the common returns.
struct BenchmarkMoments {
  Matrix covariance;                ///< of the assets
  std::vector<double> with_assets;  ///< covariances of the benchmark with them
  double variance = 0.0;            ///< of the benchmark
  InputFile input;
  std::vector<std::string> warnings;
};

/// `estimate` is of prices. Errors: those of load_benchmark and statistics::estimate_moments.
Result<BenchmarkMoments> benchmark_moments(const std::string& file_and_column,
                                           const Estimate& estimate, const Execution& execution);

}  // namespace quanta::services
