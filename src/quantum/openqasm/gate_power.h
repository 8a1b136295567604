/// Powers of gates, for the modifiers inv and pow.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/result.h"
#include "quantum/circuit/circuit.h"

namespace quanta::quantum::openqasm {

/// The operation n times in a row (its inverse, where n is negative) in as few operations as are
/// possible: rotations take n times the angle, a long row of others becomes one matrix.
/// Precondition: a unitary operation whose angles are numbers. Errors: kResource, where more than
/// `most` operations come out.
Result<std::vector<Operation>> whole_power(const Operation& operation, std::int64_t n,
                                           std::size_t most);

/// U^r of a unitary matrix of n rows: the eigenvalues e^{i phi}, phi in (-pi, pi], become e^{i r
/// phi}. Eigenvalues within 1e-12 of -1 count as -1, whose phi is pi. By Jacobi rotations that
/// diagonalise the Hermitian parts of U together. Precondition: unitary within 1e-9, n at most 32.
std::vector<Amplitude> principal_power(std::span<const Amplitude> matrix, std::size_t n, double r);

/// The gate's principal power under the same controls. Precondition: at most 5 operands.
Operation principal_power(const Operation& operation, double r);

}  // namespace quanta::quantum::openqasm
