/// A correlation matrix with its noise taken out.
#pragma once

#include <cstddef>

#include "core/matrix.h"

namespace quanta::statistics {

struct DenoisedCorrelation {
  Matrix correlation;
  std::size_t n_signals = 0;    ///< eigenvalues above the edge, kept as they are
  double noise_variance = 1.0;  ///< s^2 below
  double edge = 0.0;            ///< s^2 (1 + sqrt(m / T))^2
};

/// Of T independent returns of n unrelated assets, the eigenvalues of the sample correlation lie
/// below the edge of Marchenko and Pastur, s^2 (1 + sqrt(n/T))^2. Those below it are replaced by
/// their mean, which keeps the trace, and the result is brought back to a unit diagonal. What is
/// noise is found by repetition: s^2 is the mean of the m eigenvalues below the edge, and the edge
/// that of m assets, from m = n down.
/// Sources: Marchenko, Pastur (1967); Laloux, Cizeau, Bouchaud, Potters, Phys. Rev. Lett. 83
/// (1999); López de Prado, Machine Learning for Asset Managers (2020), 2.5.1. `correlation`: n x n,
/// symmetric, unit diagonal (the caller's to check); n_periods >= 1. O(n^3).
DenoisedCorrelation denoised_correlation(const Matrix& correlation, std::size_t n_periods);

}  // namespace quanta::statistics
