/// Sums of products of columns, the heart of every covariance.
///
///   const Matrix s = cross_products(deviations, deviations, best_instruction_set());   // x'x
#pragma once

#include <span>

#include "core/instruction_set.h"
#include "core/matrix.h"

namespace quanta::statistics {

/// a'b: entry (i, j) is the sum over the rows t of a(t, i) b(t, j), added in the order of t, each
/// product rounded before it is added. So every instruction set gives the same bits, and a'a is
/// exactly symmetric; where `a` and `b` are one matrix, half of the work is saved. Both have the
/// same number of rows (our own mistake otherwise). Result: columns of a x columns of b.
/// Floor: T n m multiply-adds, n^2 T / 2 for a'a. Allocates T x m for a copy in blocks.
Matrix cross_products(const Matrix& a, const Matrix& b, InstructionSet instruction_set);

/// For `quanta kernels`.
std::span<const KernelDescription> cross_product_kernels();

}  // namespace quanta::statistics
