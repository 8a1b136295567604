#include "bench/random_covariance.h"

#include "core/random.h"

namespace quanta::bench {

Matrix random_covariance(std::size_t n, std::string_view purpose) {
  RandomStream random(1, purpose, n);
  constexpr std::size_t kFactors = 11;
  Matrix loadings(n, kFactors);
  for (std::size_t i = 0; i < n; ++i) {
    loadings(i, 0) = 0.15 + 0.05 * random.normal();
    for (std::size_t f = 1; f < kFactors; ++f) loadings(i, f) = 0.05 * random.normal();
  }
  Matrix covariance(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = 0;
      for (std::size_t f = 0; f < kFactors; ++f) sum += loadings(i, f) * loadings(j, f);
      covariance(i, j) = covariance(j, i) = sum;
    }
    covariance(i, i) += 0.01 + 0.05 * random.uniform();
  }
  return covariance;
}

}  // namespace quanta::bench
