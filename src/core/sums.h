/// Sums over numbers in a row, term after term: the same bits on every machine.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "core/matrix.h"

namespace quanta {

/// a'b, of the size of a; b has as many at least.
inline double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// M x.
inline std::vector<double> times(const Matrix& matrix, std::span<const double> x) {
  std::vector<double> out(matrix.rows());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = dot(matrix.row(i), x);
  return out;
}

/// The largest |x_i|; 0 of nothing.
inline double largest_entry(std::span<const double> x) {
  double size = 0.0;
  for (const double value : x) size = std::max(size, std::abs(value));
  return size;
}

}  // namespace quanta
