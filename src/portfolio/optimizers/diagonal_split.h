/// A symmetric matrix as a diagonal plus a positive semidefinite rest.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/execution.h"
#include "core/matrix.h"

namespace quanta::portfolio {

/// d >= 0 on `kept`, 0 elsewhere, such that Q - Diag(d) is positive semidefinite on the rows and
/// columns `kept`, with sum g d large: `sweeps` rounds of coordinate ascent on
///   g'd + mu log det(Q - Diag(d)),   mu falling to 0.2 % of g'd / n,
/// each coordinate at its maximum d_i += 1 / M_ii - mu / g_i with M = (Q - Diag(d))^-1 kept up by
/// rank-one updates. Any end is feasible, and is checked by a factorisation of its own.
///
/// quadratic  n x n, symmetric
/// gain       g >= 0, one for each of `kept`, raised to 5 % of the largest in units of Q_ii; all
/// zero
///            counts as 1 / Q_ii each
/// start      a feasible d (n) or empty
/// A stopped execution ends it after a sweep. All zero where Q is not positive definite on `kept`.
/// Deterministic. Cost: sweeps x |kept|^3 multiply-adds.
/// Source: Frangioni, Gentile, Operations Research Letters 35 (2007), for the problem.
std::vector<double> diagonal_split(const Matrix& quadratic, std::span<const std::uint32_t> kept,
                                   std::span<const double> gain, std::span<const double> start,
                                   int sweeps, const Execution& execution);

}  // namespace quanta::portfolio
