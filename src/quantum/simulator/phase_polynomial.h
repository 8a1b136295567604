/// Quadratic functions of the bits of a basis state: what diagonal costs and phases are made of.
#pragma once

#include <cstddef>
#include <vector>

namespace quanta::quantum {

/// theta(x) = constant + sum_i linear_i x_i + sum_{i<j} coupling_ij x_i x_j, x_i the bits of a
/// basis state.
struct PhasePolynomial {
  double constant = 0.0;
  std::vector<double> linear = {};     ///< n
  std::vector<double> couplings = {};  ///< n x n, symmetric, 0 on the diagonal

  std::size_t n() const { return linear.size(); }
  double coupling(std::size_t i, std::size_t j) const { return couplings[i * n() + j]; }
};

/// factor * theta.
inline PhasePolynomial scaled(PhasePolynomial p, double factor) {
  p.constant *= factor;
  for (double& l : p.linear) l *= factor;
  for (double& c : p.couplings) c *= factor;
  return p;
}

/// theta with the first n_flipped bits inverted. O(n^2).
inline PhasePolynomial flipped(PhasePolynomial p, std::size_t n_flipped) {
  for (std::size_t i = 0; i < n_flipped; ++i) {
    p.constant += p.linear[i];
    p.linear[i] = -p.linear[i];
    for (std::size_t j = 0; j < p.n(); ++j) {
      if (j == i) continue;
      p.linear[j] += p.coupling(i, j);
      p.couplings[i * p.n() + j] = p.couplings[j * p.n() + i] = -p.coupling(i, j);
    }
  }
  return p;
}

}  // namespace quanta::quantum
