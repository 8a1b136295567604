#include "statistics/cross_products.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <vector>

namespace quanta::statistics {
namespace {

/// Rows that are packed at a time: a panel of them stays in the first two caches.
constexpr std::size_t kTerms = 128;

constexpr std::size_t panels(std::size_t columns, std::size_t width) {
  return (columns + width - 1) / width;
}

/// Rows begin … begin + n_terms of `from` in panels of `width` columns, each panel row by row; the
/// last panel is filled with zeros.
void pack(const Matrix& from, std::size_t begin, std::size_t n_terms, std::size_t width,
          std::vector<double>& to) {
  const std::size_t n_panels = panels(from.columns(), width);
  to.assign(n_panels * width * n_terms, 0.0);
  for (std::size_t t = 0; t < n_terms; ++t) {
    const std::span<const double> row = from.row(begin + t);
    for (std::size_t p = 0; p < n_panels; ++p) {
      const std::size_t first = p * width;
      const std::size_t count = std::min(width, row.size() - first);
      std::copy_n(row.begin() + static_cast<std::ptrdiff_t>(first), count,
                  to.begin() + static_cast<std::ptrdiff_t>((p * n_terms + t) * width));
    }
  }
}

namespace scalar {
#define VECTOR_BYTES 16
#define TILE_ROWS 4
#include "statistics/cross_products.inc"
#undef VECTOR_BYTES
}  // namespace scalar
QUANTA_TARGET_BEGIN_AVX2
namespace avx2 {
#define VECTOR_BYTES 32
#include "statistics/cross_products.inc"
#undef VECTOR_BYTES
#undef TILE_ROWS
}  // namespace avx2
QUANTA_TARGET_END
QUANTA_TARGET_BEGIN_AVX512
namespace avx512 {
#define VECTOR_BYTES 64
#define TILE_ROWS 8
#include "statistics/cross_products.inc"
#undef VECTOR_BYTES
#undef TILE_ROWS
}  // namespace avx512
QUANTA_TARGET_END

Matrix dispatch(InstructionSet set, const Matrix& a, const Matrix& b) {
  QUANTA_DISPATCH(set, multiply(a, b));
}

}  // namespace

Matrix cross_products(const Matrix& a, const Matrix& b, InstructionSet instruction_set) {
  assert(a.rows() == b.rows());
  return dispatch(instruction_set, a, b);
}

std::span<const KernelDescription> cross_product_kernels() {
  static constexpr std::array kKernels = {
      KernelDescription{"cross_products", "statistics", "sums of products of columns",
                        "a multiply-add for each period and pair of columns"}};
  return kKernels;
}

}  // namespace quanta::statistics
